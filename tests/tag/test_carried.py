"""Whom verbs without a subject mean, and whom not. All sentences are written for these tests; they report nothing real."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Tags

Tag = Callable[..., Tags]
Act = tuple[str, tuple[str, ...], tuple[str, ...]]


def acts(tags: Tags) -> list[Act]:
    """Type, actor ids or countries, recipient ids or countries of each event."""
    return [(one.type, one.actor or one.actor_country, one.recipient or one.recipient_country) for one in tags.events]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("رأى لافروف أن القرار تتخذه دمشق وحدها، وانتقد الوجود الأميركي في التنف.", ("ACCUSE", ("lavrov",), ("USA",))),
        (
            "تحدث لافروف في أنقرة.\n\nوأشار إلى أن الأمر شأن دمشق، ودان الغارات الإسرائيلية.",
            ("ACCUSE", ("lavrov",), ("ISR",)),
        ),
        ("قالت زاخاروفا إن الشيباني وصل أمس، وانتقدت العقوبات الأميركية.", ("ACCUSE", ("zakharova",), ("USA",))),
        ("التقى الشرع وفداً تركياً، وأبدى استعداده للعمل مع روسيا.", ("AGREE", ("sharaa",), ("russia",))),
        ("أعلنت موسكو أن الشرع سيصل غداً، وأبدت استعدادها لمساعدة سوريا.", ("AGREE", ("russia",), ("syria",))),
        ("استعرض بوتين مع مساعديه أوضاع الجبهة، ثم هنأ الشرع بالعيد.", ("SUPPORT", ("putin",), ("sharaa",))),
        ("عاد الشيباني من عمان، وطلب من موسكو تسليم ضباط سابقين.", ("REQUEST", ("shaibani",), ("russia",))),
        ("قال بيسكوف إن بلاده تدعم سوريا في إعادة الإعمار.", ("SUPPORT", ("peskov",), ("syria",))),
        ("تناول لافروف ملف الجنوب، ورفض الهجمات الإسرائيلية على سوريا.", ("REJECT", ("lavrov",), ("ISR",))),
        ("وصف لافروف اللقاء بالمثمر. وتعهد بمواصلة المساعدات للسوريين.", ("AGREE", ("lavrov",), ("SYR",))),
    ],
)
def test_a_verb_goes_on_with_the_subject_before(tag: Tag, text: str, wanted: Act) -> None:
    """The main verb's subject is carried over, within the sentence and from the one before."""
    assert wanted in acts(tag(text))


@pytest.mark.parametrize(
    ("text", "type_", "wrong"),
    [
        ("رأى لافروف أن القرار تتخذه دمشق وحدها، وانتقد الوجود الأميركي.", "ACCUSE", "syria"),
        ("نوقشت زيارة بوتين إلى طهران، وانتقد نواب الوجود الروسي في سوريا.", "ACCUSE", "putin"),
        ("تراجعت أسعار الخبز في دمشق. وهاجم ناشطون الوجود الروسي.", "ACCUSE", "syria"),
        ("التهنئة جاءت بعد لقاء في دمشق حضره ضباط روس.", "SUPPORT", "russia"),
        ("شرح مصدر في المرفأ أن روسيا ترسل القمح، وطالب سوريا بدفع الثمن.", "REQUEST", "russia"),
        ("شنت الطائرات السورية والروسية غارات سورية روسية على جبل الزاوية.", "ASSAULT", "RUS"),
        ("تحدثت رويترز عن ضربات أمريكية استهدفت الجيش السوري.", "ASSAULT", "reuters"),
        ("وقبل وصوله الكرملين، اجتمع الشيباني مع لافروف.", "CONSULT", "kremlin"),
    ],
)
def test_nobody_is_made_to_act(tag: Tag, text: str, type_: str, wrong: str) -> None:
    """A noun that merely stands nearer is no subject; another's act is not laid to whoever was named before."""
    assert not [one for one in tag(text).events if one.type == type_ and wrong in one.actor]


@pytest.mark.parametrize(
    ("text", "actor", "recipient", "mode"),
    [
        ("زار الشرع موسكو، والتقى الرئيس الروسي فلاديمير بوتين في الكرملين.", "sharaa", "putin", "visit"),
        ("زار الشرع موسكو، والتقى بوتين.", "sharaa", "putin", "visit"),
        ("وصل لافروف إلى دمشق، والتقى الشرع في قصر الشعب.", "lavrov", "sharaa", "visit"),
        ("وصل لافروف إلى دمشق والتقى الشرع.", "lavrov", "sharaa", "visit"),
        ("زار الشيباني موسكو، حيث أجرى محادثات مع نظيره الروسي سيرغي لافروف.", "shaibani", "lavrov", "visit"),
        ("وصل الشيباني إلى موسكو، واجتمع مع لافروف.", "shaibani", "lavrov", "visit"),
        ("يزور بوغدانوف دمشق، ويلتقي الشيباني مساء اليوم.", "bogdanov", "shaibani", "visit"),
        ("زارت زاخاروفا دمشق، والتقت الشيباني.", "zakharova", "shaibani", "visit"),
        ("زار الشرع موسكو في الخريف.", "sharaa", "russia", "visit"),
        ("استقبل بوتين الشرع في موسكو، وبحث معه الديون.", "sharaa", "putin", "visit"),
        ("زار الشرع موسكو، فيما التقى الشيباني لافروف.", "shaibani", "lavrov", None),
        ("زار أبو قصرة موسكو، والتقى مسؤولين روساً.", "abu-qasra", "russia", "visit"),
    ],
)
def test_a_visit_is_to_whoever_is_met(tag: Tag, text: str, actor: str, recipient: str, mode: str | None) -> None:
    """The visitor is carried over to the meeting, whose host becomes the recipient of the visit, told once."""
    found = [(one.actor, one.recipient, one.mode) for one in tag(text).events if one.type == "CONSULT"]
    assert ((actor,), (recipient,), mode) in found


@pytest.mark.parametrize(
    ("text", "actor", "recipient"),
    [
        ("روسيا على اتصال دائم بدمشق وسوريا حاضرة في كل لقاء.", ("russia",), ("syria",)),
        ("موسكو على تواصل مع أنقرة وسوريا بند ثابت في الحديث. روسيا على اتصال مع دمشق.", ("russia",), ("syria",)),
        ("قال بيسكوف إن موسكو على اتصال مع دمشق وأنقرة تعلم بذلك.", ("russia",), ("syria",)),
        ("قال بيسكوف إن موسكو على اتصال مع دمشق وأنقرة.", ("russia",), ("syria", "turkey")),
        ("تجري دمشق وموسكو مفاوضات جديدة.", ("syria",), ("russia",)),
        ("التقى لافروف بالشرع والشيباني في دمشق.", ("lavrov",), ("sharaa", "shaibani")),
        ("التقى الشيباني بلافروف وتركيا لم تشارك.", ("shaibani",), ("lavrov",)),
        ("اجتمع بوتين مع الشرع وإيران ليست بعيدة عن الملف.", ("putin",), ("sharaa",)),
        ("بحث الشيباني مع موسكو وطهران مصير الديون.", ("shaibani",), ("russia", "iran")),
        ("بحث لافروف مع دمشق وبغداد تستضيف الجولة المقبلة.", ("lavrov",), ("syria",)),
        ("انطلق حوار بين روسيا وسوريا تشرف عليه أنقرة.", ("russia",), ("syria",)),
        ("عقد لافروف محادثات مع سوريا والعراق في سوتشي.", ("lavrov",), ("syria", "iraq")),
    ],
)
def test_and_begins_a_clause_before_a_predicate(
    tag: Tag, text: str, actor: tuple[str, ...], recipient: tuple[str, ...]
) -> None:
    """«وسوريا حاضرة» is no second recipient, «وأنقرة.» is; a capital stands for its country."""
    assert (actor, recipient) in [(one.actor, one.recipient) for one in tag(text).events if one.type == "CONSULT"]


@pytest.mark.parametrize(
    "text",
    [
        "وقعت الغارات السورية - الروسية فجراً.",
        "تواصلت غارات الجيشين السوري والروسي على جبل الزاوية.",
        "استهدفت القوات السورية مقار في الجبل، بالتعاون مع القوات الروسية.",
        "قصفت طائرات سورية روسية مشتركة بلدة في الجنوب.",
    ],
)
def test_who_strikes_together_strikes_not_each_other(tag: Tag, text: str) -> None:
    """Two sides on one hostile noun, or one with the help of the other, are no attacker and victim."""
    assert [one for one in tag(text).events if one.type == "ASSAULT" and "RUS" in one.recipient_country] == []
