"""Events whose parties stand far from their word: named before, unnamed, in participles, in what is said.

The sentences are written for these tests; they report nothing that happened.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Tags

Tag = Callable[..., Tags]


def acts(tags: Tags) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.type, one.status, one.actor_country, one.recipient_country) for one in tags.events]


TO_RUSSIA, TO_SYRIA = (("SYR",), ("RUS",)), (("RUS",), ("SYR",))


@pytest.mark.parametrize(
    ("text", "event"),
    [
        # A body or an office named before.
        ("نددت وزارة النقل السورية بالقرار. وطالبت الوزارة موسكو بتوضيح.", ("REQUEST", "actual", *TO_RUSSIA)),
        ("قال مدير المكتب في وزارة النقل السورية إن العقد انتهى، مطالباً موسكو بتوضيح.", ("REQUEST", "actual", *TO_RUSSIA)),
        ("وصل وزير الخارجية السوري إلى موسكو على رأس وفد. ورفض الوفد عرضاً روسياً.", ("REJECT", "actual", *TO_RUSSIA)),
        # Participles go on with the main clause.
        ("أكد الشيباني أن الملف مفتوح، متهماً روسيا بالمماطلة.", ("ACCUSE", "actual", *TO_RUSSIA)),
        ("أكد الشيباني أن الملف مفتوح، داعياً الجانب الروسي إلى الوضوح.", ("REQUEST", "actual", *TO_RUSSIA)),
        # What is done by saying it.
        ("قال لافروف: “ندعو دمشق إلى ضبط الحدود في أسرع وقت”.", ("REQUEST", "actual", *TO_SYRIA)),
        ("قال لافروف: “نحن مستعدون لمساعدة سوريا في هذا الملف”.", ("AGREE", "actual", *TO_SYRIA)),
        # The capital told by its adjective, the seat of an envoy, a father's name.
        ("زار لافروف العاصمة السورية.", ("CONSULT", "actual", *TO_SYRIA)),
        ("استقبل أسعد حسن الشيباني سفير روسيا لدى سوريا ألكسندر يفيموف.", ("CONSULT", "actual", *TO_SYRIA)),
        # Whose people, whose checkpoint.
        ("طالب أهالي كفرنبل موسكو بتعويض.", ("REQUEST", "actual", *TO_RUSSIA)),
        ("أوقف حاجز تابع لقوى الأمن الداخلي رتلاً روسياً قرب حماة.", ("COERCE", "actual", *TO_RUSSIA)),
        # Passives, both together, from whom it came.
        ("وُقع العقد في نيسان بين الحكومة السورية وشركة روسية.", ("SUPPORT", "actual", *TO_RUSSIA)),
        ("صودرت شاحنات شركة روسية على يد دورية من الأمن الداخلي السوري.", ("COERCE", "actual", *TO_RUSSIA)),
        ("قال بيسكوف إن موسكو لم تتلق من السلطات السورية أي طلب بهذا الشأن.", ("REQUEST", "negated", *TO_RUSSIA)),
        ("تسلمت الحكومة السورية من السفارة الروسية أرشيفاً ورقياً.", ("COOPERATE", "actual", *TO_SYRIA)),
        # When.
        ("وكان لافروف قد زار دمشق في الشتاء، ووقع مع الحكومة السورية اتفاقاً.", ("SUPPORT", "historical", *TO_SYRIA)),
        ("سبق للسلطات السورية أن طلبت من موسكو خرائط الألغام.", ("REQUEST", "historical", *TO_RUSSIA)),
        ("على روسيا أن تعلق شحنات القمح إلى سوريا.", ("SANCTION", "hypothetical", *TO_SYRIA)),
        ("زيارة الشرع إلى روسيا قد تجري في الخريف.", ("CONSULT", "hypothetical", *TO_RUSSIA)),
        ("نفى وزير الدفاع السوري، مرهف أبو قصرة، أن تكون بلاده قد طلبت من روسيا سلاحاً.", ("REQUEST", "negated", *TO_RUSSIA)),
        # Goods sold and goods given.
        ("رست باخرة قمح روسية في مرفأ اللاذقية.", ("COOPERATE", "actual", *TO_SYRIA)),
        ("رست باخرة مساعدات روسية في مرفأ اللاذقية.", ("AID", "actual", *TO_SYRIA)),
    ],
)  # fmt: skip
def test_an_act_is_found(tag: Tag, text: str, event: tuple[str, str, tuple[str, ...], tuple[str, ...]]) -> None:
    """Type, status and both sides; a consultation may be told from either."""
    found = acts(tag(text))
    assert event in found or (event[0] == "CONSULT" and (*event[:2], event[3], event[2]) in found)


@pytest.mark.parametrize(
    "text",
    [
        "طالبت دمشق موسكو بالاعتذار.",  # no apology
        "رفض المسؤول الروسي الكشف عن موعد زيارة الوفد إلى سوريا.",  # no refusal of Syria
        "رحب لافروف بالضيف السوري في مكتبه.",  # a greeting
        "تحدث الكاتب عن قصف كفرنبل وعن روسيا.",  # a target, and nobody who shelled
        "حضر نحو مئة طالب سوري محاضرة عن روسيا.",  # a student, not "he demanded"
        "تلقى الشرع دعوة لزيارة موسكو.",  # who is asked to travel has not
        "سئل المتحدث عما إذا كان الشرع قد زار موسكو.",  # a question
    ],
)
def test_what_only_looks_like_an_act(tag: Tag, text: str) -> None:
    """Objects of demands, refusals to speak, greetings, targets, nouns."""
    kinds = {"CONCEDE", "REJECT", "SUPPORT", "ASSAULT", "CONSULT"} | ({"REQUEST"} if "طالب سوري" in text else set())
    assert [one.rule for one in tag(text).events if one.type in kinds and one.status == "actual"] == []


def test_two_presidents_are_no_spokesmen(tag: Tag) -> None:
    """«الرئيسين» are who was named with that office, whoever spoke of them since; else only their countries."""
    call = "تلقى الرئيس السوري أحمد الشرع اتصالاً من الرئيس الروسي فلاديمير بوتين. "
    said = "قال المتحدث باسم الكرملين دميتري بيسكوف إن الرئيسين اتفقا على متابعة الملف."
    agreed = next(one for one in tag(call + said).events if one.type == "AGREE")
    assert {agreed.actor, agreed.recipient} == {("sharaa",), ("putin",)}
    agreed = next(one for one in tag(f"زار الشرع موسكو. {said}").events if one.type == "AGREE")
    assert "peskov" not in (*agreed.actor, *agreed.recipient)


def test_a_headline_and_its_text_tell_one_act(tag: Tag) -> None:
    """Whatever the words and the mode."""
    tags = tag(
        "استقبل وزير الخارجية الروسي سيرغي لافروف نظيره السوري أسعد الشيباني في موسكو.",
        title="الشيباني يبحث مع لافروف ملف العقود",
    )
    assert [one.type for one in tags.events] == ["CONSULT"]
    tags = tag("نددت وزارة الخارجية السورية بتصريحات نائب روسي.", title="دمشق تستنكر تصريحات نائب روسي")
    assert [one.type for one in tags.events] == ["ACCUSE"]


@pytest.mark.parametrize(
    "text",
    [
        "دعم موسكو لجهود الشرع مستمر.",
        "أكد لافروف في رسالته دعم موسكو لجهود الرئيس الشرع.",
        "وأفاد بيسكوف بأن بوتين أكد في رسالته دعم بلاده لمساعي الحكومة السورية.",
    ],
)
def test_efforts_are_supported_for_whose_they_are(tag: Tag, text: str) -> None:
    """«دعم X لجهود Y»: Y is behind the preposition, as in «دعم X لـY»."""
    assert ("SUPPORT", "actual", *TO_SYRIA) in acts(tag(text))
