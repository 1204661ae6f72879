"""Other articles' headlines inside a paragraph go, and the sentence around them is whole again. Written for these tests."""

from __future__ import annotations

import re

import pytest

from workers.clean.inline import cut_inserted
from workers.clean.lines import Line, key
from workers.config import Leftovers

BEFORE = "قال مدير المشتل إن الغراس وصلت كلها."
AFTER = "وأضاف أن التوزيع يبدأ غداً في ثلاث بلدات."
HEADLINE = "وفد أجنبي يزور القاعدة في الجنوب"


def cut(phrases: Leftovers, line: Line) -> tuple[str, tuple[str, ...]]:
    """What is left of a line and what went."""
    forms = "|".join(sorted((re.escape(key(one)) for one in phrases.inline), key=len, reverse=True))
    found = cut_inserted(line, re.compile(rf"(?<![^\W_])(?:{forms})(?![^\W_])"))
    return (line.text, ()) if found is None else (found.line.text, found.pieces)


def linked(text: str, headline: str = HEADLINE) -> Line:
    """A line in which the headline is a link."""
    at = text.index(headline)
    return Line(text, links=((at, at + len(headline)),))


@pytest.mark.parametrize(
    "inserted",
    [
        f"اقرأ أيضاً: {HEADLINE}.",
        f"إقرأ أيضا: {HEADLINE}.",
        f"(اقرأ أيضاً: {HEADLINE})",
        f"«اقرأ أيضاً: {HEADLINE}»",
        f"للمزيد: {HEADLINE}.",
    ],
)
def test_without_a_link(phrases: Leftovers, inserted: str) -> None:
    """A mark after the phrase and a sentence of its own are enough."""
    left, gone = cut(phrases, Line(f"{BEFORE} {inserted} {AFTER}"))
    assert left == f"{BEFORE} {AFTER}"
    assert len(gone) == 1
    assert HEADLINE in gone[0]


def test_with_a_link(phrases: Leftovers) -> None:
    """The link says how far the headline goes, with a mark or without, at the start of a paragraph too."""
    assert cut(phrases, linked(f"{BEFORE} اقرأ أيضاً {HEADLINE} {AFTER}"))[0] == f"{BEFORE} {AFTER}"
    assert cut(phrases, linked(f"اقرأ أيضاً: {HEADLINE} {AFTER}"))[0] == AFTER


def test_inside_a_sentence(phrases: Leftovers) -> None:
    """With a mark and a link it is cut out of the middle of a sentence."""
    left, _ = cut(phrases, linked(f"قال المدير إنه ينتظر الموافقة، للمزيد: {HEADLINE} وإن الكلفة قليلة."))
    assert left == "قال المدير إنه ينتظر الموافقة، وإن الكلفة قليلة."


@pytest.mark.parametrize(
    "text",
    [
        "وقال للطلاب اقرأوا أيضاً ما كتبه الأولون عن البساتين.",
        "اقرأ أيضاً ما كتبه المهندس في دفتره عن تلك السنة، فقد وصف فيه حال البساتين.",
        "ويحتاج الأهالي إلى مساعدة للمزيد من البلدات.",
        BEFORE,
    ],
)
def test_sentences_stay(phrases: Leftovers, text: str) -> None:
    """The words of a sentence that only look like the phrase stay."""
    assert cut(phrases, Line(text)) == (text, ())
