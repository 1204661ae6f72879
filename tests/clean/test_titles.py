"""The headline, without the outlet's name."""

from __future__ import annotations

import pytest

from workers.clean.facts import Facts
from workers.clean.lines import Line
from workers.clean.titles import choose_title, title_of_text, without_outlet

NAMES = frozenset({"صدي النهر", "river", "echoriver"})
PROSE = Line("افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي البلدات كلها.")


@pytest.mark.parametrize(
    "title",
    [
        "مشتل جديد - صدى النهر",
        "مشتل جديد | صدى النهر",
        "مشتل جديد – E C H O R I V E R – الشبكة الكبرى",
        "صدى النهر - مشتل جديد",
        "صدى النهر | مشتل جديد - river",
    ],
)
def test_outlet_is_cut_off(title: str) -> None:
    """The outlet's names and the page's site name go, before and after."""
    assert without_outlet(title, NAMES, Facts(site_name="الشبكة الكبرى")) == "مشتل جديد"


def test_headline_with_a_dash_stays_whole() -> None:
    """A dash inside a headline is no border."""
    title = "مشتل جديد - خطوة أولى"
    assert without_outlet(title, NAMES, Facts()) == title


def test_heading_says_how_long_the_title_is() -> None:
    """The first heading, when the shared title begins with it, is the headline."""
    facts = Facts(headings=("مشتل جديد في البلدة",))
    assert without_outlet("مشتل جديد في البلدة :: أي شيء", NAMES, facts) == "مشتل جديد في البلدة"


def test_order_of_claims() -> None:
    """Profile and JSON-LD before og:title before h1 before the title element before the source."""
    everything = Facts(own_titles=("أ ب",), shared_titles=("ت ث",), headings=("ج ح",), head_title="خ د")
    assert choose_title(everything, NAMES, "ذ ر") == "أ ب"
    assert choose_title(Facts(headings=("ج ح",), head_title="خ د"), NAMES, "ذ ر") == "ج ح"
    assert choose_title(Facts(), NAMES, "ذ ر") == "ذ ر"
    assert choose_title(Facts(), NAMES, None) is None


def test_shared_title_that_was_cut() -> None:
    """A title that a system cut short is completed by the heading that begins with it."""
    whole = "مشتل جديد في البلدة بعد عامين من العمل المتواصل"
    assert choose_title(Facts(own_titles=(whole[:30] + "...",), headings=("أخبار", whole)), NAMES, None) == whole


def test_outlets_name_is_no_headline() -> None:
    """A heading that is the outlet's name is passed over."""
    assert choose_title(Facts(headings=("صدى النهر",), head_title="مشتل جديد - صدى النهر"), NAMES, None) == "مشتل جديد"


def test_title_of_a_plain_text() -> None:
    """Its first line, if short, without a full stop, and a paragraph follows."""
    assert title_of_text([Line("مشتل جديد في البلدة.. ما قصته؟"), PROSE]) == "مشتل جديد في البلدة.. ما قصته؟"
    assert title_of_text([PROSE, PROSE]) is None
    assert title_of_text([Line("مشتل جديد في البلدة.")]) is None
    assert title_of_text([Line("سطر"), Line("سطر")]) is None
    assert title_of_text([]) is None
