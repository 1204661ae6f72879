"""Readings of particles written with their word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.arabic.clitics import proclitics, verb_proclitics
from workers.arabic.letters import fold_text

READINGS = [
    ("للكرملين", "ل", "الكرملين"),
    ("للافروف", "ل", "لافروف"),
    ("للاذقية", "ل", "اللاذقية"),
    ("وللاذقية", "ول", "اللاذقية"),
    ("والكرملين", "و", "الكرملين"),
    ("بالشرع", "ب", "الشرع"),
    ("وبالشرع", "وب", "الشرع"),
    ("فلبوتين", "فل", "بوتين"),
    ("كبوتين", "ك", "بوتين"),
    ("وكموسكو", "وك", "موسكو"),
    ("لموسكو", "ل", "موسكو"),
    ("بسوريا", "ب", "سوريا"),
    ("أروسيا", "ا", "روسيا"),
    ("أوروسيا", "او", "روسيا"),
    ("أبسوريا", "اب", "سوريا"),
    ("وواشنطن", "و", "واشنطن"),
    ("ببوتين", "ب", "بوتين"),
    ("وللشرع", "ول", "الشرع"),
    ("وحماة", "و", "حماة"),
]
NEVER = [("القطر", "قطر"), ("الشرع", "شرع"), ("الأسد", "سد"), ("الروس", "روس"), ("لبنان", "نان"), ("بو", "و")]


@pytest.mark.parametrize(("word", "proclitic", "rest"), READINGS)
def test_offers_the_reading(word: str, proclitic: str, rest: str) -> None:
    """Every legal reading is offered, and the whole word comes before all others."""
    readings = list(proclitics(fold_text(word)))
    assert readings[0] == ("", fold_text(word))
    assert (proclitic, fold_text(rest)) in readings


@pytest.mark.parametrize(("word", "rest"), NEVER)
def test_never_peels_what_is_no_proclitic(word: str, rest: str) -> None:
    """The article is never peeled off, a rest is never a single letter, and only legal orders are read."""
    assert rest not in [stem for _, stem in proclitics(fold_text(word))]


VERBS = [
    ("وسيزور", "وس", "يزور"),
    ("ستزور", "س", "تزور"),
    ("فسنبحث", "فس", "نبحث"),
    ("سأزور", "س", "ازور"),
    ("وقال", "و", "قال"),
    ("فأعلن", "ف", "اعلن"),
    ("ليبحث", "ل", "يبحث"),
    ("وصل", "", "وصل"),
    ("سافر", "", "سافر"),
]


@pytest.mark.parametrize(("word", "proclitic", "rest"), VERBS)
def test_offers_the_reading_of_a_verb(word: str, proclitic: str, rest: str) -> None:
    """The future and the conjunctions before a verb are read, the whole word first."""
    readings = list(verb_proclitics(fold_text(word)))
    assert readings[0] == ("", fold_text(word))
    assert (proclitic, fold_text(rest)) in readings


@given(st.text(st.sampled_from("اوفبكلسرنتي"), max_size=12))
def test_readings_are_few_and_whole(word: str) -> None:
    """No word has many readings; peeling only ever shortens it, save for an article's restored letters."""
    readings = list(proclitics(word))
    assert len(readings) <= 20
    assert all(rest and len(proclitic) <= 3 for proclitic, rest in readings[1:])
    assert all(word.endswith(rest) or rest.startswith(("ال", "الل")) for _, rest in readings)
    assert all(word == proclitic + rest for proclitic, rest in verb_proclitics(word))
