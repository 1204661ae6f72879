"""An article read once: folded, in tokens and sentences, with spans that lead back into its text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress
from operator import add
from typing import Generic, Literal, TypeVar

from workers.arabic.clitics import proclitics
from workers.arabic.letters import Folded, fold
from workers.arabic.tokens import sentences, tokens
from workers.items import Article, Span, Words

Zone = Literal["headline", "lead", "body"]
T = TypeVar("T")

# A form longer than this is no Arabic word; hostile input has tokens of a megabyte.
LONGEST_WORD = 40
_REMEMBERED = 1 << 15
# A first paragraph of fewer characters is a label (a section, a caption); so many of them may stand above the lead.
_LABEL = 60
_LABELS = 3


@lru_cache(maxsize=1 << 16)
def readings(word: str) -> tuple[tuple[str, str], ...]:
    """Return every (proclitic, rest) that the folded word may be, itself first."""
    return tuple(proclitics(word)) if len(word) <= LONGEST_WORD else (("", word),)


class Memo(dict[str, T], Generic[T]):
    """What a function says of a word, `memo[word]`, worked out once a word. `ask` is the same as a function."""

    def __init__(self, work: Callable[[str], T]) -> None:
        super().__init__()
        self._work = work
        self.ask: Callable[[str], T] = self.__getitem__

    def __missing__(self, word: str) -> T:
        told = self._work(word)
        if len(word) <= LONGEST_WORD:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[word] = told
        return told


class Forms:
    """Folded words, asked for with or without proclitics: `word in forms`, or `forms.has(word)` for each word of a text."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self.has = Memo(self._has).ask

    def __contains__(self, word: str) -> bool:
        return self.has(word)

    def _has(self, word: str) -> bool:
        return any(rest in self.words for _, rest in readings(word))


@lru_cache(maxsize=1 << 16)
def stems(word: str) -> frozenset[str]:
    """Return what the folded word may be without proclitics and article."""
    return frozenset(rest.removeprefix("ال") for _, rest in readings(word))


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens [start, end), their span in the text, the zone and the number of the paragraph."""

    start: int
    end: int
    span: Span
    zone: Zone
    paragraph: int


@dataclass(frozen=True)
class Reading:
    """The text with its tokens: `words[i]` is folded, `ends[i]` and `starts[i]` are offsets into the folded text."""

    text: str
    folded: Folded
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[Sentence]

    def span(self, start: int, end: int) -> Span:
        """Return the source span of tokens [start, end)."""
        return self.folded.span(self.starts[start], self.ends[end - 1])

    def cut(self, start: int, end: int) -> Words:
        """Return the source words of tokens [start, end)."""
        span = self.span(start, end)
        return Words(text=self.text[span[0] : span[1]], span=span)

    def source(self, token: int) -> str:
        """Return the source text of one token, marks included."""
        first, last = self.span(token, token + 1)
        return self.text[first:last]

    def where(self, ask: Callable[[str], object], sentence: Sentence) -> list[int]:
        """Return the tokens of a sentence of whose word `ask` is true."""
        first, end = sentence.start, sentence.end
        return list(compress(range(first, end), map(ask, self.words[first:end])))

    def token_at(self, position: int) -> int:
        """Return the first token that starts at or after a position of the source text."""
        return bisect_left(self.source_starts, position)

    @cached_property
    def source_starts(self) -> list[int]:
        """Where each token starts in the source text."""
        return [self.folded.origin[start] for start in self.starts]


def read(article: Article, *, lead_chars: int) -> Reading:
    """Read the article; a first paragraph longer than `lead_chars` is lead only up to the sentence reaching it."""
    folded = fold(article.text)
    words, starts = tokens(folded)
    reading = Reading(article.text, folded, words, starts, list(map(add, starts, map(len, words))), [])
    headline, lead = article.zones.headline, _lead(article, folded, lead_chars)
    token, paragraph, before = 0, 0, 0
    for span in sentences(article.text):
        first, token = token, bisect_left(reading.source_starts, span[1], lo=token)
        if first == token:
            continue
        paragraph += "\n" in article.text[before : span[0]]
        before = span[1]
        reading.sentences.append(Sentence(first, token, span, _zone(span, headline, lead), paragraph))
    return reading


def _lead(article: Article, folded: Folded, most: int) -> Span:
    """Return the lead, at most `most` characters; a first line too short for a sentence is a label, not yet the lead.

    Characters are counted folded, so that vowels and unseen signs make no lead longer.
    """
    (start, end), text = article.zones.lead, article.text
    first = bisect_left(folded.origin, start)
    for _ in range(_LABELS):
        if bisect_left(folded.origin, end) - first >= _LABEL or end >= len(text):
            break
        after = text.find("\n\n", end + 2)
        end = len(text) if after < 0 else after
    return start, min(end, folded.origin[min(first + most, len(folded.text))])


def _zone(span: Span, headline: Span, lead: Span) -> Zone:
    if headline[0] <= span[0] < headline[1]:
        return "headline"
    return "lead" if lead[0] <= span[0] < lead[1] else "body"
