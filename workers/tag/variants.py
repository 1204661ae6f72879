"""Unseen spellings of known foreign names: the same skeleton, beside the person's given name or title.

Each such mention says so (`skeleton`), and `marsad suggestions` lists the spellings, so that the files can learn them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import compress

from workers.arabic.letters import fold_text
from workers.arabic.skeleton import skeleton
from workers.config.topic import EntityConfig
from workers.tag.loader import Knowledge
from workers.tag.reading import Forms, Memo, Reading, readings

# A name's letters and the consonants of its skeleton, at least, and of one that a title alone must tell; tokens from a title
# to the name behind it.
_LETTERS = 4
_BONES = 3
_BONES_ALONE = 4
_TITLED = 4

_skeleton = lru_cache(maxsize=1 << 14)(skeleton)


class Variants:
    """The names of people from the topic's `transliterated` countries, by skeleton."""

    def __init__(self, knowledge: Knowledge) -> None:
        countries = set(knowledge.topic.transliterated)
        self._titles = Forms(form for word in knowledge.topic.nominals.persons for form in _with_article(word))
        self._families: dict[str, EntityConfig | None] = {}
        self._givens: dict[str, set[str]] = {}
        self._bearer = Memo(self._bears)
        for entity in knowledge.entities:
            names = fold_text(entity.name_ar).split()
            if entity.type != "PER" or entity.country not in countries or len(names) < 2:
                continue
            family = skeleton(names[-1])
            if len(family) >= _BONES:
                # Of two people with one skeleton nobody knows who is meant.
                known = self._families.get(family, entity)
                self._families[family] = entity if known is entity else None
                self._givens.setdefault(entity.id, set()).add(skeleton(names[0]))

    def find(
        self, reading: Reading, taken: set[int], countries: dict[int, str]
    ) -> Iterator[tuple[int, int, str, EntityConfig]]:  # fmt: skip
        """Yield (first token, token behind the last, proclitic, person) for each unseen spelling.

        `taken` are tokens that name something already, `countries` those that are a country's adjective.
        """
        words = reading.words
        bearers = list(map(self._bearer.ask, words))
        for token in compress(range(1, len(words)), bearers[1:]):
            entity = bearers[token]
            if token in taken or entity is None:
                continue
            if len(words[token - 1]) > 2 and token - 1 not in taken:
                found = self._given(words[token - 1], entity)
                if found is not None:
                    yield token - 1, token + 1, found, entity
                    continue
            if len(_skeleton(words[token])) >= _BONES_ALONE and self._titled(words, token, entity, countries):
                yield token, token + 1, "", entity

    def _bears(self, word: str) -> EntityConfig | None:
        return self._families.get(_skeleton(word)) if len(word) >= _LETTERS and word.isalpha() else None

    def _given(self, word: str, entity: EntityConfig) -> str | None:
        """Return the proclitic before the person's given name, None if the word is another one."""
        wanted = self._givens[entity.id]
        return next((proclitic for proclitic, rest in readings(word) if _skeleton(rest) in wanted), None)

    def _titled(self, words: list[str], token: int, entity: EntityConfig, countries: dict[int, str]) -> bool:
        near = range(max(0, token - _TITLED), token)
        title = any(words[at] in self._titles for at in near)
        return title and any(countries.get(at) == entity.country for at in near)


def _with_article(word: str) -> tuple[str, str]:
    folded = fold_text(word)
    return folded, f"ال{folded}"
