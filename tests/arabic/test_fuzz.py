"""Dates are the same whatever the spelling of their words, and spans stay exact in any text."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.disguise import DISGUISES
from workers.arabic.calendar import find_dates
from workers.arabic.months import MONTHS

MORE = int(os.environ.get("MARSAD_FUZZ", "0"))
EXAM = Path(__file__).parents[1] / "exam" / "dates.jsonl"
PARTS = st.one_of(
    st.sampled_from([*(name for names in MONTHS.values() for name in names), *"٠١٢٣٤٥٦٧٨٩", *"۰۱۲۹", "السبت", "الجمعة", "يوم", "من", "في", "عام", "أمس", "أول", "غدًا", "قبل", "منذ", "يومين", "ساعات"]),
    st.sampled_from(["الماضي", "المقبل", "الجاري", "مطلع", "أواخر", "بين", "حتى", "إلى", "و", "هـ", "رمضان", "محرم", "/", "-", ".", "،", ":", "«", "»", "\n"]),
    st.integers(0, 3000).map(str),
    st.sampled_from(["\u0640", "\u064b", "\u200f", "\u0654", "\u00a0", "\u202b", "ﷺ", "ﻻ", "²", "Ⅳ", "１２", "𝟮"]),
)  # fmt: skip


@settings(max_examples=MORE or 400, deadline=None, derandomize=not MORE)
@given(
    st.lists(PARTS, max_size=40),
    st.sampled_from(["", " "]),
    st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 12, 31))),
)
def test_spans_are_exact_in_any_text(parts: list[str], between: str, anchor: date | None) -> None:
    """Mentions are in order, apart from each other, say what stands at their spans, and name days that exist."""
    text = between.join(parts)
    end = 0
    for mention in find_dates(text, anchor):
        assert end <= mention.span[0] < mention.span[1] <= len(text)
        assert text[slice(*mention.span)] == mention.text
        assert date.fromisoformat(mention.start) <= date.fromisoformat(mention.end)
        end = mention.span[1]


@pytest.mark.parametrize("how", DISGUISES)
def test_dates_see_through_disguises(how: str) -> None:
    """Every line of the exam gives the same dates composed or not, with vowels, tatweel, unseen signs and hard spaces."""
    other = []
    for line in EXAM.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        text, anchor = said.get("text") or said["line"], said.get("published") or said.get("captured_at")
        day = date.fromisoformat(anchor[:10]) if anchor else None
        plain = [(one.value, one.mod) for one in find_dates(text, day)]
        found = [(one.value, one.mod) for one in find_dates(DISGUISES[how](text), day)]
        if found != plain:
            other.append((text, plain, found))
    assert other == []


def test_a_long_text_is_read_at_once() -> None:
    """Half a million characters of dates are no burden: a part that is not linear would take minutes."""
    text = "في 12 شباط 2025 قبل يومين من مطلع الشهر الماضي بين 3 و5 آذار / مارس، أمس الأول، ٢٢ رمضان ١٤٤٦ هـ. " * 5000
    assert len(find_dates(text[:500_000], date(2025, 2, 26))) > 10_000
