"""Who is meant by «الجانبان», what is told once more, what is only alleged. Sentences written for these tests; nobody did or said any of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Event, Tags

Tag = Callable[..., Tags]


def of(tags: Tags, rule: str) -> Event:
    return next(one for one in tags.events if one.rule == rule)


@pytest.mark.parametrize("both", ["الجانبان", "الطرفان", "البلدان", "الوزيران"])
def test_both_are_the_two_named_last(tag: Tag, both: str) -> None:
    """The people who met agreed, each with the other."""
    event = of(tag(f"التقى لافروف الشيباني في دمشق. واتفق {both} على تأليف لجنة."), "willing")
    assert (event.type, event.reciprocal) == ("AGREE", True)
    assert (event.actor, event.recipient) == (("lavrov",), ("shaibani",))


def test_the_other_of_both_is_the_recipient(tag: Tag) -> None:
    """One of «البلدين» acts, so the other one is acted on."""
    event = of(tag("استقبل بوتين الشرع. وأبدى بوتين استعداده لتوسيع التجارة بين البلدين."), "willing")
    assert (event.actor_country, event.recipient_country) == (("RUS",), ("SYR",))


def test_a_third_country_leaves_open_who_both_are(tag: Tag) -> None:
    """«الجانبان» may be Turkey and Russia."""
    text = "التقى لافروف الشيباني في دمشق. ووصل الوزير التركي هاكان فيدان. واتفق الجانبان على تأليف لجنة."
    assert not any(one.rule == "willing" for one in tag(text).events)


def test_nobody_named_is_no_both(tag: Tag) -> None:
    """Two municipalities."""
    assert tag("اتفق الجانبان على إصلاح الجسر.").events == ()


def test_two_who_speak_together_are_told_by_their_words(tag: Tag) -> None:
    """No single person is made the author of what two said."""
    said = tag("التقى لافروف الشيباني في دمشق. وأكد الوزيران أن اللجنة ستجتمع في الخريف.").statements
    assert [(one.speaker, one.speaker_text) for one in said] == [(None, "الوزيران")]


def test_two_promises_are_two_events(tag: Tag) -> None:
    """Acts of speech are the same only if they are about the same."""
    text = "تعهدت موسكو لدمشق بترميم محطة الكهرباء. كما تعهدت موسكو لدمشق بتسليم شحنات قمح إضافية."
    assert len([one for one in tag(text).events if one.rule == "willing"]) == 2


def test_one_promise_told_twice_is_one_event(tag: Tag) -> None:
    """In the headline and in the text."""
    tags = tag("تعهدت موسكو لدمشق بترميم محطة الكهرباء في بانياس.", title="موسكو تتعهد لدمشق بترميم محطة الكهرباء")
    assert len([one for one in tags.events if one.type == "AGREE"]) == 1


def test_what_is_alleged_is_an_accusation_and_no_deed(tag: Tag) -> None:
    """Only the accusation is known: who makes it, and against whom."""
    tags = tag("قال لافروف إن الولايات المتحدة تنهب ثروات السوريين.")
    assert [(one.type, one.actor, one.recipient_country) for one in tags.events] == [("ACCUSE", ("lavrov",), ("USA",))]


def test_no_accusation_is_made_by_a_newspaper_or_of_oneself(tag: Tag) -> None:
    """Media report, and who denies accuses nobody."""
    assert not any(one.type == "ACCUSE" for one in tag("قالت رويترز إن الولايات المتحدة تنهب ثروات السوريين.").events)
    assert not any(one.type == "ACCUSE" for one in tag("نفى لافروف أن تكون موسكو قد انتهكت السيادة السورية.").events)


def test_an_ally_in_passing_takes_no_part(tag: Tag) -> None:
    """«حليف X» tells who somebody is."""
    event = of(tag("هنأ بوتين، حليف الأسد القديم، الشرع بعيد الجلاء."), "congratulate")
    assert event.recipient == ("sharaa",)


def test_a_date_behind_since_is_that_of_another_act(tag: Tag) -> None:
    """The visit is of October, taking office was earlier."""
    event = of(tag("زار الشرع موسكو في 15 تشرين الأول 2025، في أول زيارة منذ توليه منصبه أواخر عام 2024."), "visit")
    assert event.date is not None
    assert event.date.value == "2025-10-15"
