"""Whether one text repeats another: word for word, edited, or as an update of the same story."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from workers.arabic.letters import fold_text
from workers.arabic.quotes import quotations

Relation = Literal["verbatim", "edited", "update"]

# All measured on families of texts written for tests (tests/exam/copies) and on real articles of several outlets.
_GRAM = 3  # words that must follow each other in both texts
_LEAST_RUN = 6  # words in a row that are told to be taken over; names with their titles are shorter
_LEAST_QUOTED = 5  # words in marks that count as a quotation: two newsrooms may quote the same words
_EDITED = 0.72  # of the later text's own words that come from the earlier: with more new ones it is an update
_UPDATED_EARLIER = 0.2  # of the earlier text's own words that an update takes over
_UPDATED_LATER = 0.15  # of an update's own words that are taken over, where the earlier text was longer
_LEAST_TAKEN = 14  # words outside of quotations and closing background
_EARLY = (
    0.08  # of the first half of an update; what takes over nothing there tells another story and closes with this one
)
_SAME_HEADLINE = 0.34  # of the words of two headlines, articles and proclitics aside
_TAIL = 0.5  # of the words, at the end of both, where a paragraph that both have is background and not the story
_SERIAL_APART = timedelta(hours=16)
_SERIAL_NUMBERS = 6
_SERIAL_SHARE = 0.5  # of the earlier text's numbers; a daily report of an outlet has new ones in the same sentences

_WORD = re.compile(r"\w+")
_BARE = re.compile(r"^[وف]?(?:[بكل]?ال|لل)(?=\w{3})")
_INVISIBLE = frozenset({"Mn", "Me", "Cf"})


@dataclass(frozen=True, slots=True)
class Copy:
    """How a later text repeats an earlier one.

    `score` is the share of both texts' words that stand in both, 0 to 1. `altered` says what was done: "headline",
    "marks" (spelling, digits, punctuation), "wording", "dropped" and "added" (whole paragraphs).
    """

    relation: Relation
    score: float
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Paragraph:
    words: tuple[str, ...]
    quoted: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A text made ready to be compared with others."""

    title: str
    exact: str
    paragraphs: tuple[_Paragraph, ...]
    outlet: str | None = None
    published: datetime | None = None
    words: tuple[str, ...] = ()
    heads: frozenset[str] = frozenset()  # the words of the headline, bare


def text_of(title: str | None, body: str, *, outlet: str | None = None, published: datetime | None = None) -> Text:
    """Prepare a headline and a body, whose paragraphs stand on lines of their own."""
    paragraphs = tuple(_paragraph(line) for line in body.split("\n") if line.strip())
    words = tuple(word for one in paragraphs for word in one.words)
    heads = frozenset(bare for word in _WORD.findall(fold_text(title or "")) if len(bare := _BARE.sub("", word)) > 2)
    return Text(_exact(title or ""), _exact(body), paragraphs, outlet, published, words, heads)


def compare(earlier: Text, later: Text) -> Copy | None:
    """How `later` repeats `earlier`, or None.

    Words in quotation marks prove nothing, since two newsrooms quote the same statement; nor does a paragraph that closes
    both texts, since outlets print the same background under many. Diacritics, tatweel and invisible signs make no difference.
    """
    if len(earlier.words) < _GRAM or len(later.words) < _GRAM:
        return None
    headline = bool(earlier.title and later.title and earlier.title != later.title)
    if earlier.exact == later.exact:
        return Copy("edited", 1.0, ("headline",)) if headline else Copy("verbatim", 1.0)
    if earlier.words == later.words:
        return Copy("edited", 1.0, ("headline", "marks") if headline else ("marks",))
    there, here = _taken(earlier, later), _taken(later, earlier)
    score = round((sum(there) + sum(here)) / (len(there) + len(here)), 3)
    relation = _relation(earlier, later, there, here)
    return None if relation is None else Copy(relation, score, tuple(_altered(earlier, later, there, here, headline)))


def _relation(earlier: Text, later: Text, there: Sequence[bool], here: Sequence[bool]) -> Relation | None:
    alike = _alike(earlier.heads, later.heads)
    closing = {one.words for one in _tail(earlier, alike)} & {one.words for one in _tail(later, alike)}
    before, after = _own(earlier, there, closing), _own(later, here, closing)
    if _is_serial(earlier, later):
        return None
    if sum(here) >= _EDITED * len(here) and (_share(after) >= _EDITED or _share(here) >= 0.9):
        return "edited"
    taken = min(sum(before), sum(after))
    if not (_share(after[: len(after) // 2]) >= _EARLY or alike):
        return None  # an outlet's earlier report, put under another one as its background
    if taken >= _LEAST_TAKEN and (_share(before) >= _UPDATED_EARLIER or _share(after) >= _UPDATED_LATER):
        return "update"
    return None


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) >= _SAME_HEADLINE * len(one | other)


def _share(taken: Sequence[bool]) -> float:
    return sum(taken) / len(taken) if taken else 0.0


def _own(text: Text, taken: Sequence[bool], closing: set[tuple[str, ...]]) -> list[bool]:
    """What is taken of the words that are neither quoted nor in a closing paragraph that both texts have."""
    own: list[bool] = []
    at = 0
    for one in text.paragraphs:
        if one.words not in closing:
            own += [got for got, quoted in zip(taken[at : at + len(one.words)], one.quoted, strict=True) if not quoted]
        at += len(one.words)
    return own


def _tail(text: Text, alike: bool) -> list[_Paragraph]:
    """The last paragraphs, as long as they make no more than a share of the text; a text's only one is none.

    Under another headline than the other text's the very last may be as long as it likes: below a short report there
    stands more background than news.
    """
    tail: list[_Paragraph] = []
    words = 0
    for one in reversed(text.paragraphs[1:]):
        words += len(one.words)
        if words > _TAIL * len(text.words) and (tail or alike):
            break
        tail.append(one)
    return tail


def _taken(text: Text, other: Text) -> list[bool]:
    """For each word of a text whether it stands in a run that the other text has too."""
    grams = {other.words[at : at + _GRAM] for at in range(len(other.words) - _GRAM + 1)}
    words = text.words
    taken = [False] * len(words)
    for at in range(len(words) - _GRAM + 1):
        if words[at : at + _GRAM] in grams:
            taken[at : at + _GRAM] = [True] * _GRAM
    begun = None
    for at, got in enumerate([*taken, False]):
        if got and begun is None:
            begun = at
        elif not got and begun is not None:
            if at - begun < min(_LEAST_RUN, len(words)):
                taken[begun:at] = [False] * (at - begun)
            begun = None
    return taken


def _is_serial(earlier: Text, later: Text) -> bool:
    """Whether an outlet printed its daily report again, with other numbers in the same sentences."""
    if earlier.outlet is None or earlier.outlet != later.outlet or not earlier.published or not later.published:
        return False
    numbers = [word for word in earlier.words if word.isdecimal()]
    if abs(later.published - earlier.published) < _SERIAL_APART or len(numbers) < _SERIAL_NUMBERS:
        return False
    again = set(later.words)
    return sum(number in again for number in numbers) < _SERIAL_SHARE * len(numbers)


def _altered(earlier: Text, later: Text, there: Sequence[bool], here: Sequence[bool], headline: bool) -> list[str]:
    found = ["headline"] if headline else []
    dropped, added = _untaken(earlier, there), _untaken(later, here)
    found += [name for name, number in (("dropped", dropped), ("added", added)) if number]
    if sum(not got for got in here) > added:
        found.append("wording")
    return found


def _untaken(text: Text, taken: Sequence[bool]) -> int:
    """How many words stand in paragraphs of which nearly nothing is taken."""
    words, at = 0, 0
    for one in text.paragraphs:
        part = taken[at : at + len(one.words)]
        at += len(one.words)
        words += len(part) if sum(part) < 0.2 * len(part) else 0
    return words


def _paragraph(line: str) -> _Paragraph:
    spans = [one.span for one in quotations(line) if line[slice(*one.inner)].count(" ") >= _LEAST_QUOTED - 1]
    words: list[str] = []
    quoted: list[bool] = []
    at = 0
    for start, end in [*_outermost(spans), (len(line), len(line))]:
        for part, inside in ((line[at:start], False), (line[start:end], True)):
            found = _WORD.findall(fold_text(part))
            words += found
            quoted += [inside] * len(found)
        at = end
    return _Paragraph(tuple(words), tuple(quoted))


def _outermost(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


def _exact(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    seen = (char for char in composed if unicodedata.category(char) not in _INVISIBLE and char != "\u0640")
    return " ".join("".join(seen).split())
