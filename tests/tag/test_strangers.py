"""Speakers whom the topic does not know: named by their words, carried on, never taken for somebody else. Written for these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Tags

Tag = Callable[..., Tags]


def said(tags: Tags) -> list[tuple[str | None, str]]:
    return [(one.speaker or one.speaker_text, one.text) for one in tags.statements]


def test_a_stranger_is_not_who_spoke_before(tag: Tag) -> None:
    """«من جانبه، جدّد السيناتور X موقفه، قائلاً»: the words after are X's."""
    text = (
        "قالت زاخاروفا إن المعرض يفتح غداً.\n\n"
        "من جانبه، جدّد المحامي سمير الحلاق موقفه الرافض للبيع، قائلاً: “لن نبيع البيت أبداً”، واعتبر أن القانون معه."
    )
    assert said(tag(text))[1:] == [
        ("المحامي سمير الحلاق", "موقفه الرافض للبيع"),
        ("المحامي سمير الحلاق", "لن نبيع البيت أبداً"),
        ("المحامي سمير الحلاق", "القانون معه"),
    ]


def test_a_stranger_goes_on_speaking(tag: Tag) -> None:
    """«وأضاف» means whoever spoke, known or not, and says so."""
    tags = tag("قال المحامي سمير الحلاق إن المحكمة أجلت الجلسة. وأضاف أن القاضي غائب.")
    assert said(tags) == [("المحامي سمير الحلاق", "المحكمة أجلت الجلسة"), ("المحامي سمير الحلاق", "القاضي غائب")]
    assert [one.speaker_basis for one in tags.statements] == ["unnamed", "carried"]


def test_whom_a_medium_quotes_ends_before_his_saying(tag: Tag) -> None:
    """«عن X قوله إن»."""
    (one,) = tag("نقلت وكالة تاس عن بارتسيتس قوله إن بلاده تريد علاقات جيدة مع سوريا.").statements
    assert (one.speaker_text, one.via) == ("بارتسيتس", "tass")


def test_a_woman_beside_her_verb_speaks(tag: Tag) -> None:
    """Her name may look like a man's."""
    assert said(tag("وقالت جين شاهين إن القانون قديم.")) == [("shaheen", "القانون قديم")]


@pytest.mark.parametrize(
    "text",
    [
        "قد يقول قائل إن الوجود الروسي يطمئن الساحل.",
        "ولم يقل لافروف إن الحوار انتهى.",
        "يريد الكرملين أن يؤكد أن القاعدة باقية.",
        "وهو ما يُتوقع أن يوقّعه بوتين خلال أيام.",
        "ويلغي المشروع الجديد حكم “قانون البيوت القديمة في حلب” الصادر عام 1950.",
        "وعدت روسيا من الدول الغنية بالقمح.",
    ],
)
def test_what_nobody_said(tag: Tag, text: str) -> None:
    """What may be said, was not said, should be said; laws with long names."""
    assert tag(text).statements == ()


def test_sources_before_their_verb(tag: Tag) -> None:
    """Whom they told it is not who says it."""
    tags = tag("مصادر مقربة من وزارة الدفاع السورية أكدت لـ“رويترز” أن الخطة جاهزة. وأضافت أن التنفيذ قريب.")
    who = "مصادر مقربة من وزارة الدفاع السورية"
    assert said(tags) == [(who, "الخطة جاهزة"), (who, "التنفيذ قريب")]


def test_people_in_a_body_are_not_the_body(tag: Tag) -> None:
    """«مسؤولون في الوزارة» speak for themselves."""
    (one,) = tag("بحسب ثلاثة مسؤولين في وزارة الدفاع السورية، فإن الخطة تشمل تجنيد مقاتلين.").statements
    assert (one.speaker, one.text) == (None, "الخطة تشمل تجنيد مقاتلين")
