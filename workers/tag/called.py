"""Bodies and places that no file names, told by a noun and what stands behind it: «إدارة التعاون الدولي», «حي الزراعة»."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress
from typing import Literal, NamedTuple

from workers.arabic.letters import fold_text
from workers.config.topic import NamesConfig
from workers.tag.entities import PREPOSITIONS, TANWIN
from workers.tag.lexicon import Lexicon
from workers.tag.parties import Parties
from workers.tag.reading import Forms, Reading, readings

# Indefinite nouns that a name begins with, words of a name in all, and those that a body's name has at least.
_CONSTRUCT = 2
_WORDS = 6
_BODY = 3
_LETTERS = 3
# «لجنة حكومية»: an adjective, and no name.
_INDEFINITE = ("يه", "يين")
_DEFINITE = ("ال", "وال", "لل")

Kind = Literal["ORG", "FAC", "LOC"]


class Called(NamedTuple):
    """Tokens [start, end) of a name, and the proclitic of the first."""

    start: int
    end: int
    clitic: str
    kind: Kind


class Caller:
    """The nouns of names.toml by which bodies and places are called, compiled; `countries` are adjectives of countries."""

    def __init__(self, names: NamesConfig, lexicon: Lexicon, parties: Parties, countries: Mapping[str, str]) -> None:
        self._kinds: dict[str, Kind] = {fold_text(noun): kind for kind, nouns in names.called.items() for noun in nouns}
        self._offices = frozenset(map(fold_text, names.of_countries))
        self._plain = frozenset(map(fold_text, names.no_name))
        self._acting = frozenset(map(fold_text, names.acting))
        self._nouns = Forms({*self._kinds, *self._acting, *(f"ال{noun}" for noun in (*self._kinds, *self._offices))})
        self._countries = countries
        self._lexicon = lexicon
        self._parties = parties

    def find(self, reading: Reading, taken: set[int], starts: Mapping[int, int]) -> Iterator[Called]:
        """Yield the names; `taken` are tokens of known names and `starts` those where one begins, with its end."""
        behind = 0
        for token in compress(range(len(reading.words) - 1), map(self._nouns.has, reading.words)):
            if token < behind or token in taken:
                continue
            clitic, noun = next(pair for pair in readings(reading.words[token]) if pair[1] in self._nouns.words)
            bare = noun.removeprefix("ال")
            if noun != bare and bare in self._offices and reading.words[token + 1] in self._countries:
                yield Called(token, token + 2, clitic, "ORG")
                behind = token + 2
                continue
            kind = self._kinds.get(bare) or ("ORG" if noun in self._acting and self._acts(reading, token) else None)
            if kind is None:
                continue
            if noun == bare:
                end = self._construct(reading, token, taken, starts, kind)
            else:
                end = self._definite(reading, token, taken) if kind == "ORG" else token
            if end - token >= (_BODY if kind == "ORG" else 2):
                yield Called(token, end, clitic, kind)
                behind = end

    def _construct(self, reading: Reading, token: int, taken: set[int], starts: Mapping[int, int], kind: Kind) -> int:
        """«معهد تاريخ الثقافة المادية», «رابطة عائلات قيصر»: nouns up to one with the article or a known name, and its adjectives."""
        words, at = reading.words, token + 1
        while at < len(words) and at - token <= _CONSTRUCT and not words[at].startswith("ال") and at not in taken:
            if not self._names(reading, at) or words[at].startswith("ي") or words[at].endswith(_INDEFINITE):
                return token
            at += 1
        if at in starts:
            return starts[at] if at > token + 1 else token
        if at in taken or at >= len(words) or not words[at].startswith("ال") or not self._names(reading, at):
            bare = at == token + 2 and kind == "LOC" and not words[at - 1].startswith(("ب", "ل"))
            return at if bare else token
        return self._while(reading, at + 1, token, taken, _DEFINITE)

    def _acts(self, reading: Reading, token: int) -> bool:
        """«مدير إدارة كذا», «منحت إدارة كذا»: whether somebody of it is named, or it is a verb's subject."""
        before = reading.words[token - 1] if token else ""
        return self._parties.head(before)[1] == "person" or self._lexicon.knows(before)

    def _definite(self, reading: Reading, token: int, taken: set[int]) -> int:
        """«المديرية العامة للآثار والمتاحف», «الشركة السورية لنقل النفط»: a noun with the article, its adjectives, and what it is for."""
        words = reading.words
        at = self._while(reading, token + 1, token, taken, ("ال",))
        if at == token + 1 or at >= len(words):
            return token
        purpose = words[at]
        if purpose.startswith("لل"):
            return self._while(reading, at, token, taken, _DEFINITE)
        follows = words[at + 1] if at + 1 < len(words) else ""
        if purpose.startswith("ل") and follows.startswith("ال") and purpose.isalpha() and at not in taken:
            return self._while(reading, at + 1, token, taken, _DEFINITE)
        return token if words[token + 1] in self._countries else at

    def _while(self, reading: Reading, at: int, token: int, taken: set[int], openings: tuple[str, ...]) -> int:
        words = reading.words
        while at < len(words) and at - token < _WORDS and at not in taken and words[at].startswith(openings):
            if not self._names(reading, at):
                break
            at += 1
        return at

    def _names(self, reading: Reading, token: int) -> bool:
        word = reading.words[token]
        plain = word.isalpha() and len(word) >= _LETTERS and word not in PREPOSITIONS and word not in self._plain
        return plain and not self._lexicon.knows(word) and TANWIN not in reading.source(token)
