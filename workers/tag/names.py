"""Names that the knowledge base lacks, as a recogniser proposes them: never a tag, always for review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, Protocol

from workers.arabic.letters import fold_text
from workers.arabic.tokens import sentences
from workers.items import Article, Proposal, Span, Tags

# A recogniser reads so many words of a sentence and so many sentences of an article, so that no text takes for ever.
_WORDS = 120
_SENTENCES = 60
_LETTERS = 3
_TYPES: dict[str, Literal["PER", "ORG", "LOC"]] = {"PERS": "PER", "PER": "PER", "ORG": "ORG", "LOC": "LOC"}

_WORD = re.compile(r"[^\W_]+(?:[\u0610-\u061a\u064b-\u0652\u0670]+[^\W_]*)*")

Word = tuple[str, Span]


class Recogniser(Protocol):
    """What labels words: `B-`/`I-` and PERS, ORG, LOC or MISC, or `O`, one label a word."""

    name: str

    def labels(self, texts: list[list[str]]) -> list[list[str]]:
        """Return the labels of the words of some sentences."""
        ...

    def clitics(self, word: str) -> int:
        """Return how many letters of a name are a proclitic (و, ب, ل …)."""
        ...


def propose(article: Article, tags: Tags, recogniser: Recogniser) -> tuple[Proposal, ...]:
    """Return the names in an article that no known mention covers, each spelling once, in the order of the text."""
    parts = [_words(article.text, span) for span in sentences(article.text)][:_SENTENCES]
    read = [part[:_WORDS] for part in parts if part]
    known = sorted(mention.span for entity in tags.entities for mention in entity.mentions)
    labelled = recogniser.labels([[word for word, _ in part] for part in read])
    found: dict[str, Proposal] = {}
    for words, labels in zip(read, labelled, strict=True):
        # A recogniser may lose words (docs/decisions.md): then its labels belong to others, and nothing is known.
        if len(words) != len(labels):
            continue
        for type_, span in _names(words, labels, recogniser.clitics):
            text = article.text[slice(*span)]
            if len(fold_text(text)) >= _LETTERS and not any(span[0] < end and start < span[1] for start, end in known):
                found.setdefault(fold_text(text), Proposal(text=text, span=span, type=type_))
    return tuple(found.values())


def _words(text: str, span: Span) -> list[Word]:
    """Return the words of a sentence with their marks; none is empty to a recogniser."""
    found = ((word[0], word.span()) for word in _WORD.finditer(text, *span))
    return [(word, place) for word, place in found if fold_text(word)]


def _names(
    words: Sequence[Word], labels: Sequence[str], clitics: Callable[[str], int]
) -> Iterator[tuple[Literal["PER", "ORG", "LOC"], Span]]:  # fmt: skip
    for first, last, kind in _runs(labels):
        type_ = _TYPES.get(kind)
        if type_ is None:
            continue
        start, end = words[first][1][0], words[last - 1][1][1]
        yield type_, (min(start + clitics(words[first][0]), end - 1), end)


def _runs(labels: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Yield (first, behind the last, kind) of each name: it begins at B, or at an I that follows nothing of its kind."""
    cuts = [at for at, (before, label) in enumerate(pairwise(["O", *labels])) if not _goes_on(before, label)]
    for first, end in pairwise([*cuts, len(labels)]):
        if labels[first] != "O":
            yield first, end, labels[first].partition("-")[2]


def _goes_on(before: str, label: str) -> bool:
    return label.startswith("I-") and before != "O" and before.partition("-")[2] == label.partition("-")[2]
