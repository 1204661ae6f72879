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


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("نفذ سلاحا الجو السوري والروسي سلسلة غارات على أهداف لهيئة تحرير الشام.", "strike SYR+RUS>SYR actual"),
        ("سقط قتلى في غارات للجيشين السوري والروسي على مواقع هيئة تحرير الشام.", "strike SYR+RUS>SYR actual"),
        ("موسكو مستعدة لاستضافة لقاء بين الأسد وإردوغان.", "willing RUS>SYR+TUR actual"),
        ("وكان لافروف قد زار دمشق في الربيع.", "visit RUS>SYR historical"),
        ("وقد زار لافروف دمشق، وقد تزور زاخاروفا حلب غداً.", "visit RUS>SYR actual"),
        ("قد تجري زاخاروفا زيارة إلى دمشق.", "visit RUS>SYR hypothetical"),
        ("وقد صرح الجانب التركي بذلك، مؤكداً التزامه بسيادة سوريا.", "willing TUR>SYR actual"),
        ("التقى الشيباني المبعوث الخاص للرئيس الروسي فلاديمير بوتين.", "meet SYR>RUS actual"),
    ],
)
def test_who_did_what_and_when(tag: Tag, text: str, wanted: str) -> None:
    """Two armies together, a readiness, what had been and what may be, another side in between, an envoy without a name."""
    told = [
        f"{one.rule} {'+'.join(one.actor_country)}>{'+'.join(one.recipient_country)} {one.status}"
        for one in tag(text).events
    ]
    assert wanted in told


def test_an_envoy_is_not_who_sent_him(tag: Tag) -> None:
    """The name behind the comma is the envoy's."""
    event = of(tag("استقبل الشيباني المبعوث الخاص للرئيس الروسي فلاديمير بوتين، ألكسندر لافرنتييف."), "host")
    assert event.actor == ("lavrentiev",)


def test_reaching_an_aim_is_no_arrival(tag: Tag) -> None:
    """«الوصول إلى تطبيع العلاقات»."""
    assert tag("تسعى موسكو إلى الوصول إلى تطبيع العلاقات بين سوريا وتركيا.").events == ()


@pytest.mark.parametrize("opening", ["يذكر أن", "ويشار إلى أن", "يُذكَر أنّ"])
def test_the_reporters_own_words_have_no_speaker(tag: Tag, opening: str) -> None:
    """«يُذكر أن» goes on for nobody."""
    tags = tag(f"قال لافروف إن الحوار مستمر.\n\n{opening} روسيا تملك قاعدتين في سوريا.")
    assert [one.speaker for one in tags.statements] == ["lavrov"]


def test_a_known_name_in_marks_is_no_speech(tag: Tag) -> None:
    """However many words it has."""
    assert tag("تحدث لافروف عن مقر يتبع “هيئة تحرير الشام” في إدلب.").statements == ()


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("سوريا: غارات على مقار المسلحين في إدلب.", None),
        ("سوريا: قواتنا استهدفت مقار المسلحين في حلب.", "syria"),
        ("روسيا: لن نتخلى عن الحوار مع دمشق.", "russia"),
        ("موسكو: الحوار مع دمشق مستمر.", "russia"),
        ("صدرت المذكرة في قرار وصفته موسكو بأنه “شائن ومرفوض تماماً”.", "russia"),
        ("وبحسب بيان صادر عن وزارة الدفاع الروسية في موسكو، عادت طائراتها من حلب.", "russian-mod"),
    ],
)
def test_whose_words_they_are(tag: Tag, text: str, speaker: str | None) -> None:
    """A label is no speaker; a government that says "we", a capital and the subject behind the verb are."""
    assert [one.speaker for one in tag(text).statements] == ([speaker] if speaker else [])


def test_a_source_is_named_to_the_end_of_its_name(tag: Tag) -> None:
    """What was said begins behind the comma."""
    (said,) = tag("وبحسب بيان لوزارة الدفاع الروسية في موسكو، عادت الطائرات من حلب.").statements
    assert said.text == "عادت الطائرات من حلب"
