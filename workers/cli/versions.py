"""`marsad diff`: what an article said at first and what it said when it was looked at again."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import click

from workers.cli import screen
from workers.cli.compare import Change, compare
from workers.cli.explain import find_item
from workers.cli.faults import InputError
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.store.versions import Look, Version, looks, versions

_SAID = {
    "same": "the same",
    "changed": "changed",
    "gone": "taken down",
    "unreadable": "could not be read",
}


@click.command()
@click.argument("name", metavar="KEY|URL")
@click.option("--from", "first", type=click.IntRange(0), help="The version to compare; the one before each otherwise.")
@click.option("--to", "second", type=click.IntRange(0), help="The version to compare it with; the last otherwise.")
@as_json
@store_option
def diff(name: str, first: int | None, second: int | None, store_url: str | None, *, as_json: bool) -> None:
    """Show the versions of an article and every word that was changed in it after it was published.

    It is looked at again an hour, a day and a week after it was fetched, and when its source says that it was changed.
    """
    with open_store(store_url) as (config, database):
        key, url = find_item(config, database, name)
        there = versions(database, key)
        looked = looks(database, key)
    pairs = _chosen(there, first, second)
    changes = [(old, new, compare(old.article, new.article)) for old, new in pairs]
    if as_json:
        print_json({
            "key": key,
            "url": url,
            "versions": [_version_json(one) for one in there],
            "visits": [asdict(one) for one in looked],
            "changes": [_change_json(old, new, one) for old, new, found in changes for one in found],
        })  # fmt: skip
        return
    click.echo(f"{key}  {url}")
    _tell_looks(there, looked)
    if not there:
        click.echo("it never came to an article; `marsad explain` tells why")
    elif len(there) == 1:
        click.echo("there is one version only")
    for old, new, found in changes:
        _tell_changes(old, new, found)


def _chosen(there: Sequence[Version], first: int | None, second: int | None) -> list[tuple[Version, Version]]:
    """The pairs to compare: each version with the one before it, or the two that are asked for."""
    if first is None and second is None:
        return list(pairwise(there))
    known = {one.number: one for one in there}
    one = 0 if first is None else first
    other = there[-1].number if second is None and there else second
    for number in (one, other):
        if number not in known:
            numbers = ", ".join(map(str, known)) or "none"
            raise InputError(f"there is no version {number}; the versions are: {numbers}")
    return [(known[one], known[other])]  # type: ignore[index]


def _version_json(version: Version) -> dict[str, Any]:
    article = version.article
    return {
        "number": version.number,
        "captured_at": version.captured_at,
        "outcome": version.outcome,
        "title": article.title,
        "text": article.text,
        "published": article.published.value,
        "final_url": version.capture.final_url,
        "digest": version.capture.digest,
    }


def _change_json(old: Version, new: Version, change: Change) -> dict[str, Any]:
    said = asdict(change)
    words = said.pop("pieces")
    return {"from": old.number, "to": new.number, **said, "words": words}


def _tell_looks(there: Sequence[Version], looked: Sequence[Look]) -> None:
    rows = [("0", there[0].captured_at.isoformat(), "first seen", there[0].article.title)] if there else []
    for one in looked:
        if one.outcome is None:
            rows.append((str(one.number), one.due.isoformat() if one.due else "", "to come", None))
        else:
            said = _SAID[one.outcome] + (f" ({one.reason})" if one.reason else "")
            rows.append((str(one.number), one.captured_at.isoformat() if one.captured_at else "", said, one.title))
    screen.table(("visit", "time", "outcome", "title"), rows)


def _tell_changes(old: Version, new: Version, changes: Sequence[Change]) -> None:
    click.echo(f"\n--- {old.number}  {old.captured_at.isoformat()}")
    click.echo(f"+++ {new.number}  {new.captured_at.isoformat()}")
    if not changes:
        click.echo("no difference in headline and text")
    for change in changes:
        number = f" {change.paragraph}" if change.paragraph else ""
        click.echo(f"@@ {change.part}{number} {change.op}")
        for sign, there in (("-", change.before), ("+", change.after)):
            if there is not None:
                click.echo(_line(sign, change, terminal=sys.stdout.isatty()))


def _line(sign: str, change: Change, *, terminal: bool) -> str:
    """One version of a paragraph. Words that only it has are in colour or, where there is none, in brackets."""
    own, colour, brackets = ("delete", "red", "[-{}-]") if sign == "-" else ("insert", "green", "{{+{}+}}")
    colours = terminal and not os.environ.get("NO_COLOR")
    parts = []
    for piece in change.pieces:
        words = screen.plain(piece.text)
        if piece.op == own and colours:
            words = click.style(words, fg=colour)
        elif piece.op == own and change.op == "changed":
            # Of what is new or gone as a whole, the sign before the line says enough.
            words = brackets.format(words)
        if piece.op in {own, "equal"}:
            parts.append(words)
    line = " ".join(parts)
    return f"{sign} {screen.isolated(line) if terminal else line}"
