"""Particles written together with the word that follows: every legal reading, for the caller's knowledge to choose."""

from __future__ import annotations

from collections.abc import Iterator

_LEAST = 2  # letters a rest must have

_CONJUNCTIONS = "وف"
_PREPOSITIONS = "بكل"
_IMPERFECT = "ايتن"


def proclitics(word: str) -> Iterator[tuple[str, str]]:
    """Yield (proclitic, rest) for each legal reading of a folded noun or name, the whole word first, least peeled next.

    The grammar is `[ا]?[وف]?[بكل]?REST`. The article stays with the rest, since it tells names from words (الشرع,
    القطر are not شرع, قطر). After ل the article has lost its alef, and of three lams one is not written:
    للكرملين is ل + الكرملين, للافروف is ل + لافروف, للاذقيه is ل + اللاذقيه.
    """
    yield "", word
    for conjunction, rest in [("", word), *_peel(word, _CONJUNCTIONS)]:
        if conjunction:
            yield conjunction, rest
        yield from ((conjunction + preposition, stem) for preposition, stem in _prepositions(rest))
    # Folding has made the interrogative أ an alef: it must not be read into the article, nor twice into one word.
    for question, rest in _peel(word, "ا"):
        if rest[0] in "لا":
            continue
        yield question, rest
        yield from ((question + conjunction, stem) for conjunction, stem in _peel(rest, _CONJUNCTIONS))
        yield from ((question + preposition, stem) for preposition, stem in _prepositions(rest))


def _peel(word: str, letters: str) -> Iterator[tuple[str, str]]:
    if len(word) > _LEAST and word[0] in letters:
        yield word[0], word[1:]


def _prepositions(word: str) -> Iterator[tuple[str, str]]:
    for preposition, rest in _peel(word, _PREPOSITIONS):
        yield preposition, rest
        if preposition == "ل" and rest[0] == "ل" and len(rest) > _LEAST:
            yield preposition, "ا" + rest
            yield preposition, "ال" + rest


def verb_proclitics(word: str) -> Iterator[tuple[str, str]]:
    """Yield (proclitic, rest) for each legal reading of a folded verb: `[وف]?[سل]?`, س and ل before the imperfect."""
    for conjunction, rest in [("", word), *_peel(word, _CONJUNCTIONS)]:
        yield conjunction, rest
        if len(rest) > _LEAST and rest[0] in "سل" and rest[1] in _IMPERFECT:
            yield conjunction + rest[0], rest[1:]
