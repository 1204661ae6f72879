"""Any text is tagged, every span says what stands there, and the spelling of a text changes nothing of what it says.

The sentences are those of the topic's examples and of the written exam; nobody did or said any of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.often import often, patient
from tests.fuzz.variants import ALL_SIGNS, FORMS, Scattered, scattered
from workers.config.settings import HOME
from workers.items import Tags
from workers.tag.check import sample
from workers.tag.tagger import Tagger

pytestmark = patient

WRITTEN = Path(__file__).parents[1] / "exam" / "relevance.jsonl"
# Vowels that make another word: tanwin is the accusative's, and damma on a first letter the passive's.
SIGNS = tuple(sign for sign in ALL_SIGNS if sign not in {"\u064b", "\u064c", "\u064d", "\u064f"})
SPELLINGS = {
    "hamzas": str.maketrans("أإآ", "ااا"),
    "digits": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "marks": str.maketrans("«»،؛", '"",;'),
}


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    """The project's own topic."""
    return Tagger.load(HOME / "config" / "topics" / "russia-syria")


@lru_cache(maxsize=1)
def texts() -> tuple[str, ...]:
    """The written articles, and the examples of the event patterns without what they expect."""
    written = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    patterns = [one for pattern in tagger().knowledge.events.patterns for one in (*pattern.yes, *pattern.no)]
    return (*(f"{one['title']}.\n\n{one['text']}" for one in written), *(one.partition(" -> ")[0] for one in patterns))


def spans(tags: Tags) -> Iterator[tuple[tuple[int, int], str]]:
    """All spans of a record with their words."""
    for entity in tags.entities:
        yield from ((one.span, one.text) for one in entity.mentions)
    for event in tags.events:
        yield from ((one.span, one.text) for one in (event.trigger, event.evidence))
    for said in tags.statements:
        yield from ((said.span, said.text), (said.cue.span, said.cue.text))
    yield from ((one.span, one.text) for one in tags.citations)
    yield from ((one.span, one.text) for one in (*tags.relevance.why, *tags.relevance.against))


def told(tags: Tags) -> list[Any]:
    """What a record says, without where and in which spelling."""
    return [
        tags.relevance.grade,
        [(one.id, len(one.mentions)) for one in tags.entities],
        [
            (one.rule, one.status, one.actor, one.recipient, one.actor_country, one.recipient_country)
            for one in tags.events
        ],
        [(one.kind, one.speaker, one.polarity) for one in tags.statements],
        [(one.id, one.role) for one in tags.citations],
    ]


@often(80)
@given(
    st.lists(
        st.one_of(
            st.integers(0, 10_000),
            st.text(max_size=20),
            st.sampled_from(["«", "»", '"', "”", "\n\n", ":", "قال", "أن", "و"]),
        ),
        max_size=12,
    ),
    st.sampled_from(["", " ", "، "]),
)
def test_any_text_is_tagged_at_exact_spans(parts: list[int | str], between: str) -> None:
    """Pieces of sentences, signs and stray characters in any order."""
    known = texts()
    text = between.join(known[one % len(known)] if isinstance(one, int) else one for one in parts)
    tags = tagger().tag(sample(text))
    assert all(0 <= start < end <= len(text) and text[start:end] == words for (start, end), words in spans(tags))


@often(150)
@given(
    st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 40), st.randoms(use_true_random=False), st.booleans()
)
def test_words_of_news_in_any_order_are_tagged(which: int, start: int, size: int, dice: Random, shuffle: bool) -> None:
    """A text may break off anywhere, behind an office, a mark or a verb, and its words may stand in any order."""
    words = f"{texts()[which % len(texts())]} {texts()[start % len(texts())]}".split()
    cut = words[start % len(words) :][:size]
    if shuffle:
        dice.shuffle(cut)
    text = " ".join(cut)
    tags = tagger().tag(sample(text, title=text))
    assert all(0 <= first < last and f"{text}\n\n{text}"[first:last] == told for (first, last), told in spans(tags))


@often(60)
@given(st.integers(0, 10_000), scattered(*SIGNS))
def test_signs_change_nothing(which: int, how: Scattered) -> None:
    """Vowels, tatweel, unseen signs, hard spaces and forms of Unicode."""
    text = texts()[which % len(texts())]
    assert told(tagger().tag(sample(how.of(text)))) == told(tagger().tag(sample(text)))


@pytest.mark.parametrize("how", [*SPELLINGS, *filter(None, FORMS)])
def test_spellings_change_hardly_anything(how: str) -> None:
    """Of all sentences at least 99.5 in a hundred say the same without hamzas, with other digits, other marks, composed or not."""
    other = []
    for text in texts():
        written = text.translate(SPELLINGS[how]) if how in SPELLINGS else FORMS[how](text)
        if told(tagger().tag(sample(written))) != told(tagger().tag(sample(text))):
            other.append(text)
    assert len(other) <= 0.005 * len(texts()), other
