"""What stands in quotation marks, when the marks' shapes cannot be trusted.

Arabic pages open with ” and close with “, use one ASCII mark for both, nest equal marks and forget closing ones. So a
mark's direction is read from its neighbours first and from its shape second.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from workers.items import Span

LONGEST = 2000  # code points; a longer stretch between two marks is two accidents, not a quotation
_LONGEST_SINGLE = 200  # single marks are apostrophes as well
_DEEPEST = 6

_DOUBLE, _GUILLEMET, _SINGLE_GUILLEMET, _SINGLE = '"“”„‟″＂', "«»", "‹›", "'‘’‚"
_FAMILIES = {mark: family for family in (_DOUBLE, _GUILLEMET, _SINGLE_GUILLEMET, _SINGLE) for mark in family}
_SHAPED_OPEN, _SHAPED_CLOSE = "“„‟«‹‘‚", "”»›’"

_MARK = re.compile("''|‘‘|’’|[" + "".join(_FAMILIES) + "]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_OPENS_AFTER = frozenset("([{:،؛,;/-–—|…=>")
_CLOSES_BEFORE = frozenset(")]}:،؛,;/.!?؟-–—|…<")
_CLITIC = re.compile(r"(?:^|[\s([{،:\"“”«»])[وف]?(?:[بكل]|ال|لل|بال)?\u0640*$")
_LOOK_BACK = 8  # code points a clitic with its tatweel and the space before it may take

Role = Literal["open", "close", "either", "neither"]


class Quotation(NamedTuple):
    """A stretch in marks: `span` with them, `inner` without, both in the source text."""

    span: Span
    inner: Span


class _Open(NamedTuple):
    start: int
    end: int
    family: str
    shaped: bool


def quotations(text: str) -> list[Quotation]:
    """Return the quoted stretches in order of their start, outer before inner, none across a blank line.

    A mark without a partner gives nothing, and does not disturb those after it.
    """
    found: list[Quotation] = []
    start = 0
    for blank in _BLANK_LINE.finditer(text):
        found += _paragraph(text, start, blank.start())
        start = blank.end() - 1
    found += _paragraph(text, start, len(text))
    return found


def _paragraph(text: str, start: int, end: int) -> list[Quotation]:
    found: list[Quotation] = []
    opened: list[_Open] = []
    for mark in _MARK.finditer(text, start, end):
        family = _DOUBLE if len(mark[0]) == 2 else _FAMILIES[mark[0]]
        opened = [o for o in opened if mark.start() - o.end <= (_LONGEST_SINGLE if o.family == _SINGLE else LONGEST)]
        partner = next((i for i in reversed(range(len(opened))) if opened[i].family == family), None)
        before = opened[partner] if partner is not None else None
        role = _role(text, mark, start, end, before)
        if role == "open":
            opened.append(_Open(mark.start(), mark.end(), family, mark[0][0] in _SHAPED_OPEN))
            del opened[:-_DEEPEST]
        elif role == "close" and before is not None:
            if text[before.end : mark.start()].strip():
                found.append(Quotation((before.start, mark.end()), (before.end, mark.start())))
            del opened[partner:]
    return sorted(found, key=lambda q: (q.span[0], -q.span[1]))


def _role(text: str, mark: re.Match[str], start: int, end: int, before: _Open | None) -> Role:
    left, right = _neighbour(text, mark.start() - 1, -1, start, end), _neighbour(text, mark.end(), 1, start, end)
    shape = mark[0][0]
    after_clitic = bool(left.strip()) and _CLITIC.search(text, max(start, mark.start() - _LOOK_BACK), mark.start())
    free_left = left.isspace() or left in _OPENS_AFTER or (left in _FAMILIES and before is None)
    free_right = right.isspace() or right in _CLOSES_BEFORE
    if _FAMILIES[shape] == _SINGLE and len(mark[0]) == 1:
        # An apostrophe has letters on both sides, a foot or a minute a digit before it.
        if (free_left or after_clitic) and not free_right:
            return "open"
        return "close" if before is not None and free_right and not free_left else "neither"
    if after_clitic and not free_right and (before is None or left == "\u0640"):
        return "open"
    if before is not None and before.shaped and shape in _SHAPED_CLOSE:
        return "close"
    if free_left and not free_right:
        return "open"
    if free_right and not free_left:
        return "close"
    if before is not None:
        # Marks that touch: an opening shape inside an open quotation starts an inner one, «قال «نعم»».
        return "open" if shape in _SHAPED_OPEN and before.shaped and not free_right else "close"
    return "close" if shape in "»›" and free_right and left.strip() else "open"


def _neighbour(text: str, at: int, step: int, start: int, end: int) -> str:
    while start <= at < end and text[at] in _INVISIBLE:
        at += step
    return text[at] if start <= at < end else " "
