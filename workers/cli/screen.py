"""How results look on a terminal: tables, one live line of progress, Arabic in its right order."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.store.counts import Counts

# A cell that reads from right to left is closed off from its neighbours: by marks that every bidirectional terminal
# knows (U+200E), and by an isolate (U+2068, U+2069) for those that know the newer ones. Both have no width.
_LTR_MARK, _FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u200e", "\u2068", "\u2069"

_CONTROLS = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), *range(8294, 8298)))

# Seconds between two lines of progress where there is no terminal.
_PLAIN_EVERY = 2.0


def plain(text: object) -> str:
    """Text from the web without what would steer a terminal: controls, escapes, forced directions."""
    return str(text).replace("\n", " ").translate(_CONTROLS)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table to stdout. Put the columns in Arabic last: a line then begins where the eye does."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, name in enumerate(head):
        grid.add_column(name, no_wrap=number < len(head) - 1, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(_cell(value, console)) for value in row))
    if not console.is_terminal:
        # Nobody's screen limits the width of a file or a pipe.
        console.width = 10_000
    console.print(grid)


def isolated(text: str) -> str:
    """A text closed off from what stands beside it on a terminal, if any of it reads from right to left."""
    if not any("\u0590" <= letter <= "\u08ff" for letter in text):
        return text
    return f"{_LTR_MARK}{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}{_LTR_MARK}"


class Progress:
    """One line that tells how far a replay is: rewritten in place on a terminal, now and then a new line elsewhere."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._said = 0.0
        self._last = ""

    def say(self, counts: Counts) -> None:
        """Show the sums."""
        line = (
            f"{counts.polls} looks, {counts.entries} entries: {counts.recorded} recorded, "
            f"{sum(counts.dropped.values())} dropped, {sum(counts.failed.values())} failed, {counts.waiting} under way"
        )
        if self._live:
            click.echo(f"\r\x1b[2K{line}", err=True, nl=False)
        elif time.monotonic() - self._said >= _PLAIN_EVERY:
            self._said = time.monotonic()
            click.echo(line, err=True)
            line = ""
        self._last = line

    def end(self) -> None:
        """Leave the line; where lines are spared, say the last one if it was."""
        if self._live or self._last:
            click.echo("" if self._live else self._last, err=True)


def _cell(value: Any, console: Console) -> str:
    text = plain("" if value is None else value)
    return isolated(text) if console.is_terminal else text
