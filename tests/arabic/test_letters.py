"""The normal form and its way back. All sentences are written for these tests."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.arabic import months
from workers.arabic.letters import fold, fold_text

ARABIC = st.text(
    st.sampled_from('أإآٱاىيئؤءةهبكلوفسروسيامنتدـًَُِّْٰٕٓٔ٠٥۵5کیگڤپچ \u00a0\u200f\u200c\n\r\t،.«»“”"ﻻﷲé🙂'), max_size=80
)
ANY = st.one_of(ARABIC, st.text(max_size=60))

FOLDED = [
    ("أحمد إبراهيم آدم ٱلله", "احمد ابراهيم ادم الله"),
    ("مستشفى على مدى", "مستشفي علي مدي"),
    ("القاعدة الجوية", "القاعده الجويه"),
    ("مسؤول شؤون هيئة رئيس", "مسوول شوون هييه رييس"),
    ("محمَّدٌ رسولُ السَّلامِ", "محمد رسول السلام"),
    ("هٰذا", "هذا"),
    ("الكـــرملين بـ", "الكرملين ب"),
    ("٢٦ شباط ٢٠٢٥", "26 شباط 2025"),
    ("۱۲۳۴۵۶۷۸۹۰", "1234567890"),
    ("کیف سیرگی", "كيف سيرغي"),
    ("ڤلاديمير پوتين چورج", "فلاديمير بوتين جورج"),
    ("\ufefb\ufe94", "لاه"),
    ("دمشق\u00a0اليوم\u2002هنا\u202fوهناك", "دمشق اليوم هنا وهناك"),
    ("\u202bسوريا\u202c \u200fوروسيا\u200e\ufeff", "سوريا وروسيا"),
    ("می\u200cشود", "ميشود"),
    ("سطر\nآخر\r\nثالث\tرابع", "سطر\nاخر \nثالث رابع"),
    ("ا\u0654نباء ا\u0655ن ا\u0653ب و\u0654 ي\u0654", "انباء ان اب و ي"),
    ("ﷲ", "الله"),
    ("\ufdfc", "ريال"),
    ("…", "..."),
    ("´ ¨", "´ ¨"),
    ("\ufe70", ""),
    ("RT العربية", "RT العربيه"),
    ("ء", "ء"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), FOLDED)
def test_folds_to_the_normal_form(text: str, expected: str) -> None:
    """Each class of letters, marks, digits and spaces takes its normal form."""
    assert fold_text(text) == expected
    assert fold(text).text == expected


def test_spans_lead_back_to_the_exact_source() -> None:
    """A match in the shadow is found again in the source with the marks that belong to its letters."""
    text = "قال\u200f لافْـروفُ: ﻻ شيء، نعلّق…"
    folded = fold(text)
    for word, source in [
        ("لافروف", "لافْـروفُ"),
        ("لا شيء", "ﻻ شيء"),
        ("نعلق", "نعلّق"),
        ("قال", "قال\u200f"),
        ("...", "…"),
    ]:
        at = folded.text.index(fold_text(word))
        first, last = folded.span(at, at + len(fold_text(word)))
        assert text[first:last] == source


def test_empty_and_outer_spans() -> None:
    """An empty span stays empty; the whole shadow is the source without what was dropped before it."""
    folded = fold("\u200fسوريا\u200f")
    assert folded.span(2, 2) == (3, 3)
    assert folded.span(0, 5) == (1, 7)
    assert fold("").span(0, 0) == (0, 0)


@given(ANY)
def test_the_map_is_exact(text: str) -> None:
    """Every shadow character comes from the source character its map names, in order, none left over."""
    folded = fold(text)
    assert len(folded.origin) == len(folded.text) + 1
    assert folded.origin[-1] == len(text)
    assert list(folded.origin) == sorted(folded.origin)
    for i, char in enumerate(folded.text):
        assert char in fold_text(text[folded.origin[i]])
        first, last = folded.span(i, i + 1)
        assert 0 <= first < last <= len(text)
        assert char in fold_text(text[first:last])


@given(ANY)
def test_folding_is_idempotent(text: str) -> None:
    """Folding what is folded changes nothing."""
    once = fold_text(text)
    assert fold_text(once) == once


@given(ANY)
def test_folding_is_blind_to_unicode_forms(text: str) -> None:
    """Composed and decomposed text fold alike."""
    assert fold_text(unicodedata.normalize("NFC", text)) == fold_text(unicodedata.normalize("NFD", text))


@given(st.text(st.sampled_from("سوريادمشق لافروف"), max_size=40), st.data())
def test_folding_is_blind_to_decoration(text: str, data: st.DataObject) -> None:
    """Diacritics, tatweel and invisible signs change nothing wherever they are put."""
    marks = data.draw(st.lists(st.sampled_from("\u064b\u0651\u0640\u200f\u200d\ufeff\u0670"), max_size=10))
    decorated = text
    for mark in marks:
        at = data.draw(st.integers(0, len(decorated)))
        decorated = decorated[:at] + mark + decorated[at:]
    assert fold_text(decorated) == text


@settings(max_examples=50)
@given(ANY, ANY)
def test_folding_works_letter_by_letter(left: str, right: str) -> None:
    """Folding a part equals that part of the folded whole."""
    assert fold_text(left + right) == fold_text(left) + fold_text(right)


def test_calendar_tables_are_in_folded_spelling() -> None:
    """The words of months.py can be looked up in folded text."""
    tables = [months.MONTHS.values(), months.WEEKDAYS.values()]
    listed = [word for table in tables for names in table for word in names]
    keyed = [*months.ORDINALS, *months.CARDINALS, *months.QUALIFIERS, *months.MODS, *months.UNITS]
    plain = [*months.DAY_PARTS, *months.NAMED_AFTER_A_DAY, *months.GENERAL_AFTER, *months.TODAY_AFTER]
    for word in [*listed, *keyed, *plain, *months.NO_TODAY_BEFORE, *months.NO_WEEKDAY_AFTER]:
        assert fold_text(word) == word


def test_nothing_is_read_or_made_at_import(tmp_path: Path) -> None:
    """Importing costs no camel-tools; using it touches neither its data catalogue nor the home folder."""
    code = (
        "import sys, workers.arabic.calendar, workers.arabic.tokens, workers.arabic.quotes, workers.arabic.clitics\n"
        "assert not [m for m in sys.modules if m.startswith('camel_tools')]\n"
        "from workers.arabic.letters import fold\n"
        "from workers.arabic.tokens import tokens\n"
        "assert tokens(fold('سوريا، اليوم'))\n"
        "assert 'camel_tools.data' not in sys.modules\n"
    )
    root = Path(__file__).resolve().parents[2]
    environment = {"HOME": str(tmp_path), "PYTHONPATH": str(root), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
