"""Relevance: where evidence stands, what is no evidence. The texts are written for these tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from workers.items import Tags
from workers.tag.check import sample
from workers.tag.tagger import Tagger

Tag = Callable[..., Tags]

FILLER = "عرضت البلدية خطة لإصلاح شبكة المياه في الأحياء القديمة خلال الصيف، وقالت إن العمل سيجري على مراحل. "


def test_a_relation_in_the_headline_is_the_core(tag: Tag) -> None:
    """Grade 3, with the reason in the headline zone."""
    tags = tag(FILLER, "بوتين يستقبل الشرع في موسكو")
    assert tags.relevance.grade == 3
    assert tags.relevance.why[0].zone == "headline"
    assert tags.relevance.direction[0] == "SYR>RUS"


def test_one_clause_in_the_body_is_passing(tag: Tag) -> None:
    """Grade 1: it stands once, far down."""
    assert tag(FILLER * 6 + "\n\n" + FILLER + "وكان لافروف قد زار دمشق في وقت سابق.").relevance.grade == 1


def test_two_sentences_in_the_body_are_substantial(tag: Tag) -> None:
    """Grade 2: the body reports it as news."""
    body = "استهدفت طائرات روسية محيط إدلب. والتقى وزير الدفاع السوري نظيره الروسي بعد الظهر."
    assert tag(FILLER * 6 + "\n\n" + body).relevance.grade == 2


def test_a_repeated_sentence_counts_once(tag: Tag) -> None:
    """A lead printed again at the end is not a second report."""
    body = "استهدفت طائرات روسية محيط إدلب."
    assert tag(FILLER * 6 + "\n\n" + f"{body} {body}").relevance.grade == 1


def test_naming_both_sides_is_no_relation(tag: Tag) -> None:
    """Two sentences, two subjects, nothing between them."""
    text = "ارتفعت الحرارة في سوريا أمس. وفي روسيا، تراجع سعر القمح بعد موسم وفير."
    assert tag(text).relevance.grade == 0


def test_a_list_links_nobody(tag: Tag) -> None:
    """Membership in a list is passing at most."""
    assert tag("تفرض واشنطن عقوبات على إيران وكوبا وسوريا وفنزويلا وروسيا.").relevance.grade <= 1


def test_every_reason_is_a_substring(tag: Tag) -> None:
    """No span, no tag."""
    text = "تمر العلاقات الروسية السورية بمرحلة جديدة، وقال لافروف إن دمشق شريكة."
    relevance = tag(text).relevance
    assert relevance.why
    assert all(text[slice(*one.span)] == one.text for one in (*relevance.why, *relevance.against))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("أوراق نقدية تالفة في أسواق حلب", "يرفض الباعة أوراقاً طُبع بعضها في روسيا قبل أعوام."),
        ("تفتتح دمشق معرضاً للكتاب", "تشارك دور نشر من مصر والأردن والعراق وروسيا."),
        ("مزارعو حماة ينتظرون البذار", "وصلت في الربيع كمية قليلة من روسيا."),
        ("سوق السيارات في دمشق", "تباع سيارات قديمة جُلبت من روسيا في الثمانينيات."),
        ("متحف في حمص يعيد ترتيب خزائنه", "بين القطع ساعة صنعت في روسيا."),
        ("مدرسة في إدلب تستقبل طلابها", "درس مديرها الهندسة في روسيا."),
    ],
)
def test_a_clause_about_the_other_side_is_passing(tag: Tag, title: str, text: str) -> None:
    """In an article set on one side, background and lists about the other are grade 1."""
    assert tag(FILLER + "\n\n" + FILLER * 3 + text, title).relevance.grade == 1


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("متطوعون يحرسون الغابات في روسيا", "يسميهم الناس حماة الأشجار."),
        ("قضاة روس يتقاعدون", "وصفتهم الصحف بأنهم حماة العدالة."),
        ("فوج الإطفاء في سيبيريا", "لُقب رجاله بحماة الأحراج."),
        ("حراس الآثار في موسكو", "كرمت المدينة حماة التراث."),
        ("جمعية في قازان", "تسمي نفسها جمعية حماة المستهلك."),
        ("مسابقة في روسيا", "فاز فيلم عن حماة الأنهار."),
    ],
)
def test_protectors_do_not_bring_syria_in(tag: Tag, title: str, text: str) -> None:
    """«حماة الأشجار» is no city, so the article is nobody's business."""
    assert tag(FILLER + text, title).relevance.grade == 0


def test_a_ministry_without_a_country_is_the_outlets_own(tagger: Tagger) -> None:
    """A list with Russia in it, told by a Syrian outlet of its own ministry, is passing; elsewhere it is nothing."""
    text = "أعلنت وزارة التعليم مواعيد المنح.\n\nوتتوزع المنح على جامعات في الهند والمجر وباكستان وروسيا والصين."
    home = replace(sample(text), outlet="sana")
    assert tagger.tag(home).relevance.grade == 1
    assert tagger.tag(sample(text)).relevance.grade == 0
