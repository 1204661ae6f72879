"""What the calendar finds is a date that exists, at an exact place, in any text and in any spelling of it."""

from __future__ import annotations

import calendar
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exam.pagefiles import all_pages
from tests.fuzz.dated import anchors, heaps, parts, sentences
from tests.fuzz.often import often, patient
from tests.fuzz.variants import ALL_SIGNS, FORMS, Scattered, Variant, scattered, variants
from workers.arabic.calendar import find_dates
from workers.arabic.letters import fold_text
from workers.items import DateMention

pytestmark = patient

EXAM = Path(__file__).parents[1] / "exam" / "dates.jsonl"
# Tanwin makes another word of «غدا» (became) than «غداً» (tomorrow).
SIGNS = tuple(one for one in ALL_SIGNS if one not in {"\u064b", "\u064c", "\u064d"})
_LONG = 20_000  # code points
_YEAR, _MONTH, _DAY = re.compile(r"\d{4}"), re.compile(r"(\d{4})-(\d\d)"), re.compile(r"\d{4}-\d\d-\d\d")
_WEEK, _PART = re.compile(r"(\d{4})-W(\d\d)"), re.compile(r"(\d{4})-([QH])([1-4])")


def days_of(value: str) -> tuple[date, date]:
    """The first and the last day of a value of TIMEX3, worked out anew; a value that is none fails."""
    if "/" in value:
        first, last = map(days_of, value.split("/"))
        return first[0], last[1]
    if _DAY.fullmatch(value):
        return date.fromisoformat(value), date.fromisoformat(value)
    if month := _MONTH.fullmatch(value):
        year, number = int(month[1]), int(month[2])
        return date(year, number, 1), date(year, number, calendar.monthrange(year, number)[1])
    if week := _WEEK.fullmatch(value):
        # The country's week begins on the Sunday before the Monday that the number counts from.
        sunday = date.fromisocalendar(int(week[1]), int(week[2]), 1) - timedelta(days=1)
        return sunday, sunday + timedelta(days=6)
    if part := _PART.fullmatch(value):
        size = 3 if part[2] == "Q" else 6
        last_month = size * int(part[3])
        year = int(part[1])
        return date(year, last_month - size + 1, 1), date(year, last_month, calendar.monthrange(year, last_month)[1])
    assert _YEAR.fullmatch(value), value
    return date(int(value), 1, 1), date(int(value), 12, 31)


def check(text: str, found: tuple[DateMention, ...]) -> None:
    """Mentions stand in order and apart, say what is written there, and cover the days that their value names."""
    end = 0
    for one in found:
        assert end <= one.span[0] < one.span[1] <= len(text)
        end = one.span[1]
        assert text[slice(*one.span)] == one.text
        first, last = days_of(one.value)
        assert first <= last
        assert (one.start, one.end) == (first.isoformat(), last.isoformat()), one
        assert 1899 <= first.year <= last.year <= 2101  # a week may reach over the edge
        assert one.mod in {None, "START", "MID", "END"}


def told(text: str, anchor: date | None) -> list[tuple[str, str | None, str]]:
    """The dates of a text with their words in comparing form."""
    found = find_dates(text, anchor)
    check(text, found)
    return [(one.value, one.mod, " ".join(fold_text(one.text).split())) for one in found]


@often(600)
@given(heaps, anchors)
def test_heaps_of_date_words(text: str, anchor: date | None) -> None:
    """Date words of every kind, without order or sense, give valid dates at exact places or none."""
    check(text, find_dates(text, anchor))


@often(150)
@given(heaps, anchors, st.integers(0, 60), st.integers(0, 60))
def test_a_part_is_read_by_itself(text: str, anchor: date | None, one: int, two: int) -> None:
    """Reading a part of a text finds what that part alone holds, with spans in the whole."""
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    alone = find_dates(text[start:end], anchor)
    inside = find_dates(text, anchor, start, end)
    assert [(i.value, i.mod, i.text, i.start, i.end) for i in inside] == [
        (a.value, a.mod, a.text, a.start, a.end) for a in alone
    ]
    assert [i.span for i in inside] == [(a.span[0] + start, a.span[1] + start) for a in alone]


@often(12)
@given(st.lists(parts, min_size=1, max_size=5), st.sampled_from(("", " ")), anchors)
def test_a_long_text_has_an_end(some: list[str], between: str, anchor: date | None) -> None:
    """Whatever is repeated for 20,000 characters is read within the guard of an example."""
    unit = between.join(some) + between
    text = (unit * (_LONG // len(unit) + 1))[:_LONG]
    check(text, find_dates(text, anchor))


@often(500)
@given(sentences, anchors, variants)
def test_sentences_in_other_spellings(text: str, anchor: date | None, variant: Variant) -> None:
    """Forms of Unicode, vowels, tatweel, unseen signs and hard spaces change no date of a sentence and no word of it."""
    assert told(variant.of(text), anchor) == told(text, anchor)


@often(40)
@given(st.integers(0, 10_000), scattered(*ALL_SIGNS))
def test_articles_in_other_spellings(which: int, how: Scattered) -> None:
    """The same for whole articles with such signs all over."""
    articles = [page for page in all_pages() if page.reason is None]
    page = articles[which % len(articles)]
    anchor = date.fromisoformat(page.captured_at[:10])
    assert told(how.of(page.text), anchor) == told(page.text, anchor), page.name


@pytest.mark.parametrize(
    "how", [Scattered(form, 20, 7, SIGNS) for form in FORMS], ids=lambda how: how.form or "as it is"
)
def test_lines_of_the_exam_in_other_spellings(how: Scattered) -> None:
    """Every line of the exam of dates says the same with vowels, tatweel, unseen signs and hard spaces in it."""
    other = []
    for line in EXAM.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        text, moment = said.get("text") or said["line"], said.get("published") or said.get("captured_at")
        day = date.fromisoformat(moment[:10]) if moment else None
        plain, found = ([(one.value, one.mod) for one in find_dates(one, day)] for one in (text, how.of(text)))
        if found != plain:
            other.append((text, plain, found))
    assert other == []
