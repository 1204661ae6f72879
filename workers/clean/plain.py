"""A body of plain text to lines: text that somebody extracted already, with what was left over around it."""

from __future__ import annotations

import re

from workers.clean.lines import Line, split

_HEADING = re.compile(r"#{1,6}\s+(?=\S)")


def read_plain(text: str) -> list[Line]:
    """Each non-empty line as a paragraph; Markdown's # makes a heading, other Markdown is left to the leftover rules."""
    lines = []
    for line in split(text):
        heading = _HEADING.match(line)
        lines.append(Line(line[heading.end() :], "heading") if heading else Line(line))
    return lines
