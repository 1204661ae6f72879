"""What the class and the id of an element say of its text, read word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from workers.config.layouts import Layouts

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LONGEST = 400  # characters of the names of one element; utility classes make long ones, and say nothing

Phrases = dict[str, tuple[tuple[str, ...], ...]]


class Said(NamedTuple):
    """Whether an element holds an article's text (`body`) or its writer's name (`author`), or the words that say it holds
    something else (`box`).
    """

    body: bool = False
    box: str | None = None
    author: bool = False


NOTHING = Said()


class Classes:
    """The words of config/layouts.toml, ready to be looked for."""

    def __init__(self, layouts: Layouts) -> None:
        self.body = frozenset(tuple(one.split()) for one in layouts.body)
        self.box = _by_first([*layouts.box, *layouts.others])
        self.others = frozenset(layouts.others)
        self.author = frozenset(tuple(one.split()) for one in layouts.author)
        self.spared = frozenset(layouts.spared)
        self.known: dict[str, Said] = {}

    def said(self, names: str) -> Said:
        """What the names (a class attribute, an id, or both with a space between) say."""
        if (known := self.known.get(names)) is not None:
            return known
        body, author, box = False, False, None
        for name in names[:_LONGEST].split():
            words = tuple(word.lower() for word in _WORD.findall(name))
            body, author = body or words in self.body, author or words in self.author
            box = box or self._box(words)
        if len(self.known) > 20_000:  # ids of posts make ever new names
            self.known.clear()
        said = self.known[names] = Said(body, None if body else box, author) if body or box or author else NOTHING
        return said

    def _box(self, words: tuple[str, ...]) -> str | None:
        for at, word in enumerate(words):
            for phrase in self.box.get(word, ()):
                if words[at : at + len(phrase)] == phrase and not (at and words[at - 1] in self.spared):
                    return " ".join(phrase)
        return None


def _by_first(phrases: Iterable[str]) -> Phrases:
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(some, key=len, reverse=True)) for first, some in table.items()}


@lru_cache(maxsize=16)
def classes_of(layouts: Layouts) -> Classes:
    """The compiled form, made once."""
    return Classes(layouts)
