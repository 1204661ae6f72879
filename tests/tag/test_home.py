"""Offices, villages and people of whom no country is told are those of home; who gives and who suffers an act without a name.

The sentences are written for these tests; they report nothing that happened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.tag.conftest import article
from workers.items import Tags
from workers.tag.tagger import Tagger

Tag = Callable[..., Tags]
TO_RUSSIA, TO_SYRIA = (("SYR",), ("RUS",)), (("RUS",), ("SYR",))
ABOUT = "أخبار من سوريا"


def acts(tags: Tags) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.type, one.actor_country, one.recipient_country) for one in tags.events]


@pytest.mark.parametrize(
    ("text", "event"),
    [
        # An office, a department, a body without its country.
        ("طالبت وزارة العدل موسكو بتسليم المتهمين.", ("REQUEST", *TO_RUSSIA)),
        ("رفض وزير الإعلام طلباً روسياً.", ("REJECT", *TO_RUSSIA)),
        ("طالبت هيئة الاستثمار موسكو بتعويض.", ("REQUEST", *TO_RUSSIA)),
        # People of a village that no file names, and people of none.
        ("منع مزارعون من قرية المرجان دورية روسية من المرور.", ("COERCE", *TO_RUSSIA)),
        ("طالب ناشطون موسكو بالاعتذار.", ("REQUEST", *TO_RUSSIA)),
        # Who suffers it without a name.
        ("أفرجت القوات الروسية عن راعي أغنام.", ("RETREAT", *TO_SYRIA)),
        ("قصفت الطائرات الروسية محيط قرية المرجان.", ("ASSAULT", *TO_SYRIA)),
        # Whose man, whose base, whose forces.
        ("التقى مبعوث بوتين الشيباني في دمشق.", ("CONSULT", *TO_SYRIA)),
        ("طلبت قيادة قاعدة حميميم من وزارة الدفاع السورية توضيحاً.", ("REQUEST", *TO_SYRIA)),
        ("قالت وزارة الدفاع الروسية إن قواتها الجوية دمرت مستودعاً في جبل الزاوية.", ("ASSAULT", *TO_SYRIA)),
        # A pronoun behind a preposition.
        ("اجتمع الشيباني بلافروف في أنطاليا وطلب منه تسليم الأرشيف.", ("REQUEST", *TO_RUSSIA)),
        # Who carries out what a noun names, and by whose hand.
        ("شهدت حمص مناورات نفذتها القوات الروسية مع الجيش السوري.", ("COOPERATE", *TO_SYRIA)),
        ("جاء القرار بعد اتصال هاتفي أجراه لافروف مع الشيباني.", ("CONSULT", *TO_SYRIA)),
    ],
)  # fmt: skip
def test_an_act_of_or_on_the_nameless_is_found(
    tag: Tag, text: str, event: tuple[str, tuple[str, ...], tuple[str, ...]]
) -> None:
    """Type and both sides."""
    assert event in acts(tag(text, ABOUT))


@pytest.mark.parametrize(
    "text",
    [
        # Another country's, by an adjective that the topic does not know, or because the text said so before.
        "رفضت وزارة العدل الهنغارية طلب موسكو، بحسب تقرير عن سوريا.",
        "انتقدت وزارة الدفاع التركية الهجوم. وطالبت وزارة الدفاع موسكو بتوضيح بشأن سوريا.",
        # A village where the text has just spoken of another country.
        "قصفت الطائرات الروسية في أوكرانيا قرية المرجان، وقالت سوريا إنها تتابع.",
        # Whoever stands behind an intransitive verb does it.
        "زارت ماريا زاخاروفا حلب. وتنتشر نقطة للجيش السوري قرب المدينة.",
    ],
)
def test_what_is_another_countrys_is_not_of_home(tag: Tag, text: str) -> None:
    """No act between the sides but a visit."""
    found = [one for one in acts(tag(text)) if {"RUS", "SYR"} <= {*one[1], *one[2]} and one[0] != "CONSULT"]
    assert found == []


def test_a_ministry_without_its_country_is_named(tag: Tag) -> None:
    """The mention is that of the known ministry."""
    (one,) = [one for one in tag("أعلنت وزارة الإعلام موعد المعرض.", ABOUT).entities if one.type == "ORG"]
    assert (one.id, one.mentions[0].rule) == ("syrian-information", "home")


def test_an_outlet_at_home_on_the_other_side_means_its_own(tagger: Tagger) -> None:
    """What a Russian outlet calls the ministry is Russia's."""
    told = article("أعلنت وزارة الدفاع في موسكو وصول سفينة إلى طرطوس. وطالبت وزارة الدفاع دمشق بتوضيح.")
    russian = next(one.id for one in tagger.knowledge.entities if one.type == "MEDIA" and one.country == "RUS")
    assert ("REQUEST", *TO_SYRIA) in acts(tagger.tag(replace(told, outlet=russian)))


def test_dates_of_another_act_are_not_this_ones(tag: Tag) -> None:
    """«وعود قطعوها قبل ست سنوات»: the promise is old, and not the accusation."""
    (one,) = tag("اتهم أهالي درعا ضباطاً روساً بالتنصل من وعود قطعوها قبل ست سنوات.").events
    assert (one.type, one.status) == ("ACCUSE", "actual")
