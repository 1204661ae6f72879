"""The text under work while dates are read from it, and what the words around a date tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from workers.arabic import grammar, months
from workers.arabic.letters import Folded
from workers.arabic.months import Mod, Sense

PROCLITICS = "وفبلك"
_TELLING = frozenset(
    (
        *months.NAMED_AFTER_A_DAY,
        *months.PARTS_OF_A_MONTH,
        *months.NO_MONTH_AFTER,
        *months.GENERAL_AFTER,
        *months.NO_WEEKDAY_AFTER,
        *months.TODAY_AFTER,
    )
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text under work: its folded form with single spaces, its source, and `taken`, which marks what is read."""

    folded: Folded
    source: str
    anchor: date | None
    taken: bytearray

    @property
    def text(self) -> str:
        """The folded text the patterns run over."""
        return self.folded.text

    def raw(self, start: int, end: int) -> str:
        """Return the source of a folded stretch, with its hamzas and diacritics."""
        first, last = self.folded.span(start, end)
        return self.source[first:last]

    def take(self, start: int, end: int) -> None:
        """Mark [start, end) as read, so that no other reading uses it."""
        self.taken[start:end] = b"\x01" * (end - start)

    def back(self, at: int) -> int:
        """Return where the free text before `at` begins, not further than the patterns look."""
        first = max(0, at - grammar.BEFORE)
        return self.taken.rfind(1, first, at) + 1 or first


@dataclass(frozen=True, slots=True)
class Draft:
    """A date as written; `first` is the first day of an interval that ends on `day`."""

    start: int
    end: int
    month: int
    day: int | None
    first: int | None = None
    year: int | None = None
    sense: Sense = "near"
    weekday: int | None = None
    mod: Mod | None = None


def last_word(sheet: Sheet, at: int) -> str:
    """Return the word that ends at `at`, without article and proclitic, if it is one that tells for or against a date."""
    word = grammar.LAST_WORD.search(sheet.text, max(0, at - grammar.BEFORE), at)
    if word is None:
        return ""
    return next((w for w in _readings(word[1]) if w in _TELLING), "")


def _readings(word: str) -> Iterator[str]:
    yield word
    bare = word[1:] if word[0] in PROCLITICS else word
    yield bare
    yield bare.removeprefix("ال")


def future_cue(text: str, at: int) -> bool:
    """Whether the clause before `at` announces what is to come."""
    clause = text[max(0, at - grammar.BEFORE) : at]
    return grammar.FUTURE_CUE.search(grammar.CLAUSE_END.split(clause)[-1]) is not None
