"""Other ways to write the same Arabic words, at places that are drawn: forms of Unicode, vowels, tatweel, unseen signs, spaces."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a][\u064b-\u0655\u0670]*")
# A letter that joins on, and its marks, before another letter.
_JOINED = re.compile(
    "[\u0626\u0628\u062a-\u062e\u0633-\u063a\u0641-\u0647\u0649\u064a][\u064b-\u0655\u0670]*(?=[\u0621-\u063a\u0641-\u064a])"
)
_SPACE = re.compile(" ")
_SIGN = re.compile("[^\u0300-\u036f\u064b-\u0655\u0670](?![\u0300-\u036f\u064b-\u0655\u0670])")  # and no mark on it

VOWELS = ("\u064e", "\u064f", "\u0650", "\u0651", "\u0652", "\u064b", "\u064c", "\u064d")
UNSEEN = ("\u200b", "\u200e", "\u200f", "\ufeff")
HARD = ("\u00a0", "\u202f", " \u00a0", "\u00a0\u200f")

Change = tuple[str, int]  # what is put in, and a number that chooses the place


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where signs of a kind may stand: after what the pattern finds, or instead of it."""

    places: re.Pattern[str]
    signs: tuple[str, ...]
    instead: bool = False


_KINDS = (
    _Kind(_LETTER, VOWELS),
    _Kind(_JOINED, ("\u0640", "\u0640\u0640")),
    _Kind(_SIGN, UNSEEN),
    _Kind(_SPACE, HARD, instead=True),
)
_OF = {sign: kind for kind in _KINDS for sign in kind.signs}
FORMS: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
}


@dataclass(frozen=True, slots=True)
class Variant:
    """A form of Unicode and the changes made before it: with few of them, what failed is easily read."""

    form: str
    changes: tuple[Change, ...]

    def of(self, text: str) -> str:
        """Write a text so; a change without a place for it is left out."""
        for sign, number in self.changes:
            text = _put(text, sign, (number,))
        return FORMS[self.form](text)


@dataclass(frozen=True, slots=True)
class Scattered:
    """The same for long texts: of each hundred places of every kind so many are changed, as `seed` throws the dice."""

    form: str
    per_hundred: int
    seed: int
    signs: tuple[str, ...]

    def of(self, text: str) -> str:
        """Write a text so; equal texts become equal ones."""
        dice = random.Random(f"{self.seed}{text}")
        for sign in self.signs:
            number = sum(1 for _ in _OF[sign].places.finditer(text)) * self.per_hundred // 100
            text = _put(text, sign, [dice.randrange(1 << 30) for _ in range(number)])
        return FORMS[self.form](text)


def _put(text: str, sign: str, numbers: Sequence[int]) -> str:
    kind = _OF[sign]
    places = [(one.start() if kind.instead else one.end(), one.end()) for one in kind.places.finditer(text)]
    if not places:
        return text
    pieces, at = [], 0
    for start, end in sorted({places[number % len(places)] for number in numbers}):
        pieces += [text[at:start], sign]
        at = end
    return "".join([*pieces, text[at:]])


ALL_SIGNS = tuple(_OF)
variants = st.builds(
    Variant,
    st.sampled_from(tuple(FORMS)),
    st.lists(st.tuples(st.sampled_from(ALL_SIGNS), st.integers(0, 400)), max_size=12).map(tuple),
)


def scattered(*signs: str) -> st.SearchStrategy[Scattered]:
    """Long texts with some of these signs in them, in one of the forms."""
    some = st.lists(st.sampled_from(signs), unique=True, max_size=4).map(tuple)
    return st.builds(Scattered, st.sampled_from(tuple(FORMS)), st.sampled_from((1, 5, 20)), st.integers(0, 999), some)
