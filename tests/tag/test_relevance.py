"""Relevance: where evidence stands, what is no evidence. The texts are written for these tests."""

from __future__ import annotations

from collections.abc import Callable

from workers.items import Tags

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
