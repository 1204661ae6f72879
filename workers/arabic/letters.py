"""The normal form of Arabic text for matching, made on a shadow copy whose every character knows its source.

The stored text is never changed: a match in the shadow is turned back into a span of the source by `Folded.span`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from workers.items import Span

# Letters of neighbouring alphabets that Arabic newsrooms type for an Arabic sound or by a wrong keyboard layout.
_NEIGHBOURS = dict(
    zip("کڪګگڭڨڤپچژیېےۍہھەۃ", "كككغكقفبجزييييهههه", strict=True),
)
_LINE_ENDS = "\u0085\u2028\u2029"
_DROPPED_CATEGORIES = frozenset({"Mn", "Me", "Cf"})  # marks (diacritics, combining hamza), bidi and zero-width signs
_TATWEEL = "\u0640"
_ARABIC_MARKS = frozenset(map(chr, (*range(0x064B, 0x0653), 0x0670)))
_ODD_LENGTH = re.compile(rb"[^\x01]")


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the way back.

    `origin[i]` is the index in the source of shadow character i; it has one more item than `text` has characters,
    the last being the length of the source. A source character may give no, one or several shadow characters.
    """

    text: str
    origin: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """Turn a shadow span into a source span; dropped marks after the last letter belong to that letter."""
        first = self.origin[start]
        if end <= start:
            return first, first
        last = self.origin[end - 1]
        while self.origin[end] == last:
            end += 1
        return first, self.origin[end]


def fold(text: str) -> Folded:
    """Return the normal form of `text` with its map.

    Compatibility forms are decomposed; diacritics, tatweel, bidi and zero-width signs dropped; alef, hamza seats, yeh
    and teh marbuta folded; neighbouring alphabets' letters, digits and spaces replaced. Newlines stay. Folding is
    idempotent, blind to NFC/NFD, and works letter by letter, so folding a part equals a part of the folded whole.
    """
    pieces = list(map(_table().__getitem__, text))
    lengths = bytes(map(len, pieces))
    shadow = "".join(pieces)
    if lengths.count(1) == len(text):
        return Folded(shadow, range(len(text) + 1))
    origin: list[int] = []
    begun = 0
    for odd in _ODD_LENGTH.finditer(lengths):  # between these, runs of one to one: a range is ten times a loop
        at = odd.start()
        origin.extend(range(begun, at))
        origin.extend([at] * lengths[at])
        begun = at + 1
    origin.extend(range(begun, len(text) + 1))
    return Folded(shadow, origin)


def fold_text(text: str) -> str:
    """Return only the normal form of `text`."""
    return "".join(map(_table().__getitem__, text))


class _Table(dict[str, str]):
    """Character to its folded form, filled as characters are met (all of Unicode would take a second)."""

    def __init__(self, normal: Callable[[str], str]) -> None:
        super().__init__()
        self._normal = normal

    def __missing__(self, char: str) -> str:
        canonical = unicodedata.normalize("NFD", char)
        folded = self._one(char) if canonical == char else "".join(map(self._one, canonical))
        self[char] = folded
        return folded

    def _one(self, char: str) -> str:
        category = unicodedata.category(char)
        if category in _DROPPED_CATEGORIES or char == _TATWEEL:
            return ""
        if char in _LINE_ENDS or char == "\n":
            return "\n"
        if category == "Zs" or char.isspace():
            return " "
        whole = self._normal(char)
        if whole.startswith(" "):  # a spacing accent decomposes to a space and a mark; only Arabic's are marks here
            return "" if unicodedata.normalize("NFKD", char)[-1] in _ARABIC_MARKS else char
        return "".join(_digit(c) for c in whole)


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


@cache
def _table() -> _Table:
    # Its dediacritisation is left out: to import it takes 0.7 s (it goes through all of Unicode), and what it drops is
    # marks and tatweel, which are told by their category here.
    from camel_tools.utils.normalize import (  # noqa: PLC0415
        normalize_alef_ar,
        normalize_alef_maksura_ar,
        normalize_teh_marbuta_ar,
        normalize_unicode,
    )

    neighbours = str.maketrans(_NEIGHBOURS)

    def normal(char: str) -> str:
        compatible = unicodedata.normalize("NFD", normalize_unicode(char))
        bare = "".join(c for c in compatible if unicodedata.category(c) not in _DROPPED_CATEGORIES and c != _TATWEEL)
        letters: str = normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(bare)))
        return letters.translate(neighbours)

    return _Table(normal)
