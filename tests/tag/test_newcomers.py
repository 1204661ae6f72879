"""People, bodies and villages that no file names: what tells them, and what only looks like them.

The sentences are written for these tests; they report nothing that happened.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Entity, Tags

Tag = Callable[..., Tags]


def newcomers(tags: Tags) -> list[Entity]:
    return [one for one in tags.entities if one.id.startswith("unknown:")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("قال التاجر محمود السباهي إن السوق هادئة.", ["محمود السباهي"]),
        ("وبيّنت مديرة البعثات، رنا الدروبي، أن الباب مفتوح.", ["رنا الدروبي"]),
        ("التقى الوفد بعمر حاج بكري في حماة.", ["عمر حاج بكري"]),
        ("قال العقيد حسن عبد الهادي إن الطريق سالكة.", ["حسن عبد الهادي"]),
        ("وذكرت أم يزن، وهي ربة منزل، أن الأسعار ارتفعت.", ["أم يزن"]),
        ("رأى الباحث نضال الخطيب أن الملف معقد.", ["نضال الخطيب"]),
        ("وأشار إيغور سيميونوف إلى أن الشركة ستعود.", ["إيغور سيميونوف"]),
        ("بحسب موقع “تانكر مابس” فإن السفينة غادرت.", ["تانكر مابس"]),
        ("وقعت شركة «نور البحر» العقد.", ["نور البحر"]),
        ("وصلت السيارات إلى قرية المرجان صباحاً في سوريا.", ["قرية المرجان"]),
        ("وصلت السيارات إلى قرية وادي المرجان صباحاً في سوريا.", ["قرية وادي المرجان"]),
        ("دخلت الفرقة 60 المدينة مساء الأحد.", ["الفرقة 60"]),
        ("قال المحامي عبد الرحمن الخطيب إن الملف معقد.", ["عبد الرحمن الخطيب"]),
        ("وأعلن النائب العام العسكري حسان التربة فتح الملف.", ["حسان التربة"]),
        ("وحذر سمير الشيخ، المحامي في المركز، من الصفقة.", ["سمير الشيخ"]),
        ("وقال قصي عامر، وهو عامل دهان، إنه عاد.", ["قصي عامر"]),
        ("طلبت الوزارة تسليم العميد السابق في المخابرات الجوية نضال الديوب، المقيم في حلب.", ["نضال الديوب"]),
        ("وعادت جارتها هدى الصقر إلى البيت.", ["هدى الصقر"]),
        ("وأطلع أبو مرزوق الجانب الآخر على الأمر.", ["أبو مرزوق"]),
    ],
)
def test_a_newcomer_is_named(tag: Tag, text: str, names: list[str]) -> None:
    """The name is the exact substring, without its proclitic."""
    found = newcomers(tag(text))
    assert [one.mentions[0].text for one in found] == names
    assert all(
        text[slice(*mention.span)] == mention.text and mention.rule == "unknown"
        for one in found
        for mention in one.mentions
    )
    assert all(one.qid is None and one.sector is None for one in found)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("قال مدير معهد تاريخ الفنون الشعبية إن العمل مستمر.", ["معهد تاريخ الفنون الشعبية"]),
        ("راجعت المديرية العامة للآثار والفنون ملف الموقع.", ["المديرية العامة للآثار والفنون"]),
        ("أعلنت الشركة السورية لنقل الرمال توقفها.", ["الشركة السورية لنقل الرمال"]),
        ("وذكر مدير إدارة التعاون الفني أن الملف جاهز.", ["إدارة التعاون الفني"]),
        ("انفجرت عبوة في حي البساتين مساء أمس.", ["حي البساتين"]),
        ("توقفت محطة السنديان الحرارية عن العمل.", ["محطة السنديان الحرارية"]),
        ("تجمع الطلاب أمام القنصلية الروسية في المدينة.", ["القنصلية الروسية"]),
    ],
)
def test_a_body_or_place_is_called(tag: Tag, text: str, names: list[str]) -> None:
    """By its noun and what stands behind it, whole."""
    found = newcomers(tag(text))
    assert [one.mentions[0].text for one in found] == names
    assert all(text[slice(*mention.span)] == mention.text for one in found for mention in one.mentions)


@pytest.mark.parametrize(
    "text",
    [
        "تحسنت إدارة الموارد المائية في البلاد.",
        "شكلت الوزارة لجنة حكومية لدراسة الملف.",
        "ارتفع سعر زيت دوار الشمس في الأسواق.",
        "كانت المدينة محطة تجارية مهمة.",
        "زار الوفد المشفى الجراحي والسوق.",
        "توقفت الشركة الروسية عن العمل.",
    ],
)
def test_what_only_looks_like_a_body(tag: Tag, text: str) -> None:
    """A common noun with its adjective names nobody."""
    assert newcomers(tag(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        # A given name that is an ordinary word, a thing that bears a name, a preposition written like a name.
        "كان نضال العمال طويلاً.",
        "عاد الرئيس السوري إلى دمشق بعد لقاء نظيره.",
        "رمم المتطوعون جامع خالد بن الوليد.",
        "تولى أوائل الضباط القيادة.",
        "حصل على الشهادة من الجامعة.",
        "قال محمد إن الطريق سالكة.",
        # Known already.
        "استقبل فلاديمير بوتين أحمد الشرع.",
        # Marks that hold no name, and a village without one.
        "قالت الشركة «لن نوقع العقد قبل نهاية العام الحالي».",
        "وصلت السيارات إلى قرية مجاورة في سوريا.",
    ],
)
def test_what_only_looks_like_a_name_is_none(tag: Tag, text: str) -> None:
    """Nobody new is named."""
    assert newcomers(tag(text)) == []


def test_a_family_name_alone_is_the_same_person(tag: Tag) -> None:
    """Once the whole name has been told."""
    (one,) = newcomers(tag("قال التاجر محمود السباهي إن السوق هادئة. وأضاف السباهي أن الزيت متوفر."))
    assert [mention.text for mention in one.mentions] == ["محمود السباهي", "السباهي"]
