"""Quotation marks as pages really use them. All sentences are written for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.arabic.quotes import LONGEST, quotations

CASES = [
    ("قال “نعم” ثم «لا».", ["“نعم”", "«لا»"]),
    ("أشار بـ”القرار“ إلى أمر", ["”القرار“"]),
    ("نقلت بـ”الصحيفة” أن الأمر تم", ["”الصحيفة”"]),
    ('قال "نعم" و"لا" و "ربما".', ['"نعم"', '"لا"', '"ربما"']),
    ('قال "إن معركة "الفجر" انتهت" أمس', ['"إن معركة "الفجر" انتهت"', '"الفجر"']),
    ('قال "إن كذا. وأضاف "نعم" ثم صمت', ['"نعم"']),
    ('الموقع": روسيا ترى "ذلك"', ['"ذلك"']),
    ('حرش "القرية"جنوب المدينة', ['"القرية"']),
    ("«قال «نعم»»", ["«قال «نعم»»", "«نعم»"]),
    ("«قوات “الفجر” في الشمال»", ["«قوات “الفجر” في الشمال»", "“الفجر”"]),
    ("“قال لـ”زيد” نعم”", ["“قال لـ”زيد” نعم”", "”زيد”"]),
    ('قال " نعم " ثم " لا "', ['" نعم "', '" لا "']),
    ("قال „نعم“ و”لا“", ["„نعم“", "”لا“"]),
    ("»معكوس«", ["»معكوس«"]),
    ('"فقرة\n\nأخرى"', []),
    ('"سطر\nآخر"', ['"سطر\nآخر"']),
    ('"فقرة\n \t\nأخرى"', []),
    ("قال 'نعم' و''لا''", ["'نعم'", "''لا''"]),
    ("ل«الشرق» و«الغرب»", ["«الشرق»", "«الغرب»"]),
    ('طول 5" ثم "نص" هنا', ['"نص"']),
    ("it's don't 'word'", ["'word'"]),
    ('("نص")', ['"نص"']),
    ('"«نص»"', ['"«نص»"', "«نص»"]),
    ('قال:"نعم".ثم ذهب', ['"نعم"']),
    ("قال“نعم”.", ["“نعم”"]),
    ('""', []),
    ("“ ”", []),
    ('"', []),
    ("", []),
    ("‹نعم›", ["‹نعم›"]),
    ("＂نعم＂", ["＂نعم＂"]),
    ("قال «نعم", []),
    ("قال نعم» ثم «لا»", ["«لا»"]),
    ('«قال "نعم»', ['«قال "نعم»']),
    ("\u200f“نعم”\u200f وذهب", ["“نعم”"]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_finds_quotations(text: str, expected: list[str]) -> None:
    """Direction is inferred, nested and broken marks are borne."""
    found = quotations(text)
    assert [text[a:b] for (a, b), _ in found] == expected
    for (start, end), (first, last) in found:
        assert start < first < last < end
        assert text[first:last].strip()


def test_a_stretch_too_long_is_no_quotation() -> None:
    """Two marks far apart are two accidents, and a quotation after them is still found."""
    text = 'قال "' + "كلمة " * LONGEST + '" ثم "نعم" وذهب'
    assert [text[a:b] for (a, b), _ in quotations(text)] == ['"نعم"']


@given(st.text(st.sampled_from("اب \n\"”“«»'‘’„‹›ـ،.:()و\u200f"), max_size=120))
def test_quotations_are_exact_and_well_nested(text: str) -> None:
    """Whatever the marks, spans are valid, ordered, cross no blank line and do not overlap by halves."""
    found = quotations(text)
    assert [q.span for q in found] == sorted((q.span for q in found), key=lambda s: (s[0], -s[1]))
    for (start, end), (first, last) in found:
        assert 0 <= start < first < last < end <= len(text)
        assert "\n\n" not in text[start:end]
    for one in found:
        for two in found:
            assert (
                one.span[1] <= two.span[0]
                or one.span[0] <= two.span[0] <= two.span[1] <= one.span[1]
                or (two.span[0] <= one.span[0])
            )
