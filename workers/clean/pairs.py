"""All pairs of copies among documents at hand: candidates by what their sketches share, each then compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from workers.clean.copies import Copy, Text, compare, text_of
from workers.clean.fingerprint import Sketch, sketch
from workers.clean.leftovers import sift
from workers.clean.lines import Line, split
from workers.clean.phrases import Rules

# Of each band and each sentence the latest so many texts are looked at: more share only what all the world prints.
MOST_OF_ONE = 50
MOST = 200  # candidates of a text, those that share most


class Document(NamedTuple):
    """What is compared of a document: its body without leftovers, and what may tell which of two came first."""

    id: str
    title: str | None
    body: str
    outlet: str | None
    published: datetime | None


class Pair(NamedTuple):
    """Two documents by their number: `b` repeats `a`."""

    a: int
    b: int
    copy: Copy


def bare(title: str | None, body: str, rules: Rules) -> str:
    """A body without leftover lines: two pages that have only those in common are no copies."""
    return "\n".join(line.text for line in sift([Line(one) for one in split(body)], rules, title).kept)


class Pairs:
    """Documents in the order in which they are added, and the pairs that each makes with those before it."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self._by_number: defaultdict[int, list[int]] = defaultdict(list)
        self._text = lru_cache(maxsize=512)(self._prepared)

    def add(self, document: Document) -> list[Pair]:
        """Take a document in; return its pairs. The later of two is the one published later, else the one added later."""
        number = len(self.documents)
        self.documents.append(document)
        mark = sketch(document.body)
        pairs = [pair for other in self._candidates(mark) if (pair := self._pair(other, number)) is not None]
        for one in (*mark.bands, *mark.units):
            there = self._by_number[one]
            there.append(number)
            del there[:-MOST_OF_ONE]
        return sorted(pairs, key=lambda pair: (pair.a, pair.b))

    def _candidates(self, mark: Sketch) -> Iterator[int]:
        shared: Counter[int] = Counter()
        for one in (*mark.bands, *mark.units):
            shared.update(self._by_number.get(one, ()))
        return (number for number, _ in shared.most_common(MOST))

    def _pair(self, one: int, other: int) -> Pair | None:
        first, second = self.documents[one].published, self.documents[other].published
        a, b = (other, one) if first and second and second < first else (one, other)
        found = compare(self._text(a), self._text(b))
        return None if found is None else Pair(a, b, found)

    def _prepared(self, number: int) -> Text:
        said = self.documents[number]
        return text_of(said.title, said.body, outlet=said.outlet, published=said.published)
