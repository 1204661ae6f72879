"""How results look on a terminal."""

from __future__ import annotations

import io
import re
import sys

import pytest

from workers.cli import screen


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It does."""
        return True


def printed(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> str:
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    screen.table(("grade", "outlet", "headline"), [(3, "one", "بوتين يهاتف الشرع"), (0, "two", "plain")])
    return stream.getvalue()


def test_arabic_is_closed_off_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell in Arabic cannot move its neighbours: marks of direction stand around it, and around no other."""
    text = printed(monkeypatch, Terminal())
    assert "\u200e\u2068بوتين يهاتف الشرع\u2069\u200e" in text
    assert text.count("\u2068") == 1


def test_a_pipe_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no terminal is, nothing is added to the words and no line is cut."""
    text = printed(monkeypatch, io.StringIO())
    assert "بوتين يهاتف الشرع" in text
    assert not set(text) & {"\u200e", "\u2068", "\x1b"}


def test_columns_stand_under_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The marks have no width: every headline begins in the same column."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", printed(monkeypatch, Terminal())).splitlines()
    begins = [line.index(word) for line, word in ((lines[0], "headline"), (lines[3], "plain"))]
    assert begins == [lines[2].index("\u200e")] * 2


def test_hostile_text_cannot_steer_a_terminal() -> None:
    """Escapes, controls and forced directions from a page are not passed on."""
    assert screen.plain("a\x1b[2Jb\u202ec\u2066d\x07\ne") == "a[2Jbcd e"
