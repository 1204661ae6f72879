"""The small pieces: lines, plain text, language, fingerprints, origins, datelines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.clean import datelines
from workers.clean.facts import Facts
from workers.clean.fingerprint import fingerprint
from workers.clean.language import language_of
from workers.clean.lines import Line, is_headline, is_prose, key, tidy
from workers.clean.origin import find_origin
from workers.clean.plain import read_plain
from workers.config import Config
from workers.items import Article, Published, Zones


def article(body: str, title: str = "") -> Article:
    """An article of which only the text matters."""
    text = f"{title}\n\n{body}" if title else body
    start = len(text) - len(body)
    return Article(
        id="i",
        key="k",
        url="u",
        outlet=None,
        language="ar",
        title=title or None,
        author=None,
        text=text,
        zones=Zones(headline=(0, len(title)), lead=(start, len(text)), body=(start, len(text))),
        published=Published(),
    )


def test_fingerprint_is_blind_to_spelling() -> None:
    """Diacritics, tatweel, alef, digits, marks, spaces and the headline make no difference; words do."""
    one = fingerprint(article("قال إنّ ٢٦ غرسةً وصلت، إلى «المشتل»."))
    assert one == fingerprint(article("قال ان 26 غرسة  وصلت الى المشتـــل", title="عنوان"))
    assert one != fingerprint(article("قال إن ٢٧ غرسة وصلت إلى المشتل."))
    assert len(one) == 32


@pytest.mark.parametrize(
    ("text", "declared", "outlet", "language"),
    [
        ("زار الوفد البلدة أمس والتقى أهلها", "", None, "ar"),
        ("زار الوفد البلدة أمس والتقى أهلها", "en", "ar", "ar"),
        ("این گزارش درباره کشاورزی و آب در روستاهای کوچک است که در سال گذشته چاپ شد", "ar", None, "fa"),
        ("یہ خبر گاؤں کے کسانوں کے بارے میں ہے", "", None, "ur"),
        ("The delegation visited the town", "en", None, "en"),
        ("The delegation visited the town", "ar", None, "und"),
        ("", "", None, "ar"),
    ],
)
def test_language(text: str, declared: str, outlet: str | None, language: str) -> None:
    """Letters decide; what the page declares counts for other scripts."""
    assert language_of(text, declared, outlet) == language


def test_plain_text_lines() -> None:
    """Each line is a paragraph, a Markdown heading a heading, and nothing unseen is left."""
    assert read_plain("# عنوان\r\n\r\n نص\u200f أول\u2028نص ثان\x00\n \n") == [
        Line("عنوان", "heading"),
        Line("نص أول"),
        Line("نص ثان"),
    ]


def test_prose_and_headlines() -> None:
    """Length and full stop tell a paragraph from a headline."""
    assert is_prose(Line("افتتحت المديرية مشتلاً جديداً شمال المدينة بعد عامين من العمل."))
    assert is_headline(Line("مديرية الزراعة تفتتح مشتلاً جديداً.. ماذا ينتج؟"))
    assert not is_headline(Line("وجاءت الغراس على النحو التالي:"))
    assert not is_headline(Line("زيتون من الحقل الأول", "item"))


@given(st.text())
def test_tidy_is_one_clean_line(text: str) -> None:
    """Whatever comes in, one line without controls or lone surrogates goes out, and tidying it again changes nothing."""
    got = tidy(text)
    assert not set(got) & set("\n\r\t\x00\u2028\u200f\ufeff")
    assert got == got.strip()
    assert tidy(got) == got
    got.encode("utf-8")


@given(st.text())
def test_key_is_stable(text: str) -> None:
    """The comparing form of a comparing form is itself."""
    assert key(key(text)) == key(text)


@pytest.mark.parametrize("name", ["أخبار التل", "وكالة التل", "موقع أخبار التل", "اخبار التلّ", "hill.example"])
def test_origin_by_name(config: Config, name: str) -> None:
    """Any name an outlet goes by, with a word before it, is that outlet."""
    assert find_origin(name, Facts(), "river", config).origin_named == "hill"


def test_origin_by_other_signs(config: Config) -> None:
    """A name nobody knows stays as written; an address counts if it is another outlet's."""
    assert find_origin("The Valley Post", Facts(), "river", config).origin_named == "The Valley Post"
    assert find_origin("صدى النهر", Facts(), "river", config).origin_named == "river"
    canonical = Facts(addresses=("https://www.hill.example/5", "https://river.example/5"))
    assert find_origin(None, canonical, "river", config).origin_named == "hill"
    assert find_origin(None, Facts(addresses=("https://river.example/5",)), "river", config).origin_named is None
    assert find_origin(None, Facts(image="https://hill.example/a.jpg"), "river", config).origin_named == "hill"
    assert find_origin(None, Facts(addresses=("http://[broken", "")), "river", config).origin_named is None


def test_dateline_of_two_words() -> None:
    """A place of two words, with or without spaces around the dash, is cut with its agency."""
    names = frozenset({"صدي النهر"})
    assert datelines.cut("البلدة الكبيرة-صدى النهر زار الوفد", names) == ("البلدة الكبيرة-صدى النهر", "زار الوفد")
    assert datelines.cut("زار الوفد البلدة - وهي بعيدة - أمس", names) == (None, "زار الوفد البلدة - وهي بعيدة - أمس")


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("12 شباط 2025", True),
        ("نشر في: 12 شباط 2025 - 10:30", True),
        ("10:30", True),
        ("12 شباط 2025 الساعة 10:30 بتوقيت المدينة", True),
        ("في 12 شباط 2025 سقطت المدينة", False),
        ("12 شباط", False),
        ("عنوان", False),
    ],
)
def test_line_that_only_dates(text: str, dates: bool) -> None:
    """A full date and nothing beside it but words of publishing."""
    assert datelines.is_date_line(text, before_headline=False) is dates
