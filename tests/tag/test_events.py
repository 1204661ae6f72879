"""Events: parties, order, status, dates and places. The sentences are written for these tests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Event, Tags

Tag = Callable[..., Tags]


def only(tags: Tags, rule: str) -> Event:
    (found,) = [one for one in tags.events if one.rule == rule]
    return found


def test_an_apposition_is_one_party(tag: Tag) -> None:
    """Title, country and name in commas are one actor."""
    call = only(
        tag("أجرى وزير الخارجية الروسي، سيرغي لافروف، مكالمة هاتفية مع رئيس الفترة المؤقتة في سوريا، أحمد الشرع."),
        "phone-call",
    )
    assert (call.actor, call.recipient, call.reciprocal) == (("lavrov",), ("sharaa",), True)
    assert (call.type, call.mode, call.quad) == ("CONSULT", "phone", "verbal_cooperation")


def test_subject_before_and_after_the_verb(tag: Tag) -> None:
    """The headline's order and the body's give the same event."""
    after, before = only(tag("زار الشرع موسكو."), "visit"), only(tag("الشرع يزور موسكو."), "visit")
    assert (after.actor, after.recipient) == (before.actor, before.recipient) == (("sharaa",), ("russia",))


def test_an_elided_title_joins_two_ministers(tag: Tag) -> None:
    """وزير الخارجية X، والدفاع Y: both took part."""
    talks = only(tag("أنهى وزير الخارجية الشيباني، والدفاع أبو قصرة محادثات مع ضباط روس."), "talks")
    assert talks.actor == ("shaibani", "abu-qasra")
    assert talks.recipient_country == ("RUS",)


def test_two_adjectives_are_two_parties(tag: Tag) -> None:
    """مباحثات روسية سورية has both sides on one noun."""
    talks = only(tag("انطلقت مباحثات روسية سورية في سوتشي."), "talks")
    assert (talks.actor_country, talks.recipient_country, talks.place) == (("RUS",), ("SYR",), "sochi")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("زار لافروف دمشق.", "actual"),
        ("سيزور لافروف دمشق.", "future"),
        ("يزور لافروف دمشق الأسبوع المقبل.", "future"),
        ("لم يزر أحد. لن يزور لافروف دمشق.", "negated"),
        ("ربما يزور لافروف دمشق.", "hypothetical"),
        ("زار لافروف دمشق عام 2020.", "historical"),
    ],
)
def test_status_is_read_from_cues(tag: Tag, text: str, status: str) -> None:
    """Tense, particles and dates tell what has happened."""
    assert only(tag(text), "visit").status == status


def test_a_date_in_the_sentence_beats_the_dateline(tag: Tag) -> None:
    """The event's date says what it rests on."""
    named, bare = only(tag("زار لافروف دمشق في 12 أيار 2025."), "visit"), only(tag("زار لافروف دمشق."), "visit")
    assert named.date is not None
    assert bare.date is not None
    assert (named.date.value, named.date.basis) == ("2025-05-12", "sentence")
    assert (bare.date.value, bare.date.basis) == ("2025-06-01", "dateline")


def test_a_verb_needs_its_hamza_where_it_would_be_another_word(tag: Tag) -> None:
    """هنا is "here", هنأ congratulates."""
    assert tag("هنا دمشق، والرئيس الروسي بعيد.").events == ()
    assert only(tag("هنأ بوتين الشرع بالعيد."), "congratulate").recipient == ("sharaa",)


def test_a_strike_needs_whoever_carried_it_out(tag: Tag) -> None:
    """Speaking of a strike is not striking."""
    assert not [one for one in tag("يتحدث الشيباني عن قصف من إسرائيل.").events if one.type == "ASSAULT"]


def test_evidence_holds_trigger_and_parties(tag: Tag) -> None:
    """The evidence is a substring with the trigger inside."""
    text = "في الصباح، زار الشرع موسكو، ثم عاد."
    visit = only(tag(text), "visit")
    assert text[slice(*visit.evidence.span)] == visit.evidence.text == "زار الشرع موسكو"
    assert visit.trigger.text == "زار"
