"""Whom words mean that name nobody, what is only a condition, and whose somebody is by his name.

The sentences are written for these tests; they report nothing that happened.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Tags

Tag = Callable[..., Tags]

RUS, SYR = ("RUS",), ("SYR",)


def acts(tags: Tags) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.type, one.status, one.actor_country, one.recipient_country) for one in tags.events]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        # Object pronouns, and objects beside their verb.
        (
            "شكر مندوب سوريا روسيا على صلاتها بأنقرة، وحثها على استخدام نفوذها في طهران.",
            ("REQUEST", "actual", SYR, RUS),
        ),
        ("قال المندوب السوري إبراهيم العلبي إنه يشكر روسيا على صلاتها بأنقرة.", ("SUPPORT", "actual", SYR, RUS)),
        # Contrasts begin anew, also within what somebody is ready for.
        ("قال الكرملين إن موسكو مستعدة لدراسة ديون دمشق، لكنها ترفض شطبها.", ("REJECT", "actual", RUS, SYR)),
        ("طالبت موسكو دمشق بتحقيق، بينما أدانت وزارة الخارجية السورية تصريحات لافروف.", ("ACCUSE", "actual", SYR, RUS)),
        # Who was named last, and by a noun.
        ("ألغت دمشق عقد شركة روسية، وهددت الأخيرة بمقاضاة سوريا.", ("THREATEN", "actual", RUS, SYR)),
        (
            "بثت قناة روسيا اليوم تقريراً عن حلب. واتهمت وزارة الإعلام السورية القناة بالتضليل.",
            ("ACCUSE", "actual", SYR, RUS),
        ),
        ("وصل وفد روسي إلى مطار القامشلي في سوريا. وعززت موسكو وجودها في المطار.", ("MOBILIZE", "actual", RUS, SYR)),
        ("قدمت مؤسسة روسية أجهزة لحلب. واستقبل وزير الصحة السوري وفد المؤسسة.", ("CONSULT", "actual", RUS, SYR)),
        # A base for those who hold it; a vehicle for those who sent it.
        ("آوت قاعدة حميميم آلاف المدنيين السوريين.", ("AID", "actual", RUS, SYR)),
        ("هبطت في مطار دمشق طائرة روسية تحمل دفعة من أوراق العملة السورية.", ("COOPERATE", "actual", RUS, SYR)),
        # From whom a noun comes, and whom talks bring together.
        ("لم يصدر عن موسكو أي التزام تجاه دمشق.", ("AGREE", "negated", RUS, SYR)),
        ("تناولت المحادثات التي جمعت لافروف والشيباني ملف المعابر.", ("CONSULT", "actual", RUS, SYR)),
        # Offices below an office.
        ("بحث النائب الأول لرئيس الوزراء الروسي مع وزير الاقتصاد السوري التعاون.", ("CONSULT", "actual", RUS, SYR)),
        ("بحث الوكيل الأول لوزارة الخارجية الروسية مع وزير الاقتصاد السوري التعاون.", ("CONSULT", "actual", RUS, SYR)),
        ("بحث كبير المفاوضين الروس مع وزير الاقتصاد السوري التعاون.", ("CONSULT", "actual", RUS, SYR)),
        ("أكد أمين مجلس الأمن الروسي سيرغي شويغو أن بلاده تقف إلى جانب سوريا.", ("SUPPORT", "actual", RUS, SYR)),
        # A delegation is received, not sheltered; a contract's year is not that of its end.
        ("استقبل القنصل الروسي في حلب ثلاثة من ممثلي الأهالي السوريين.", ("CONSULT", "actual", SYR, RUS)),
        ("أنهت وزارة الطاقة السورية العقد الموقع مع شركة روسية عام 2018.", ("SANCTION", "actual", SYR, RUS)),
        # Passives.
        ("مُنح مجند روسي حق اللجوء في سوريا.", ("AID", "actual", SYR, RUS)),
        ("احتُجز طبيب سوري لدى الأمن الروسي.", ("COERCE", "actual", RUS, SYR)),
        # Who holds a placard asks.
        ("وقف أهالي دوما في الساحة رافعين لافتات تطالب موسكو بالاعتذار.", ("REQUEST", "actual", SYR, RUS)),
        # Whose somebody is by a given name and a family name.
        (
            "ناشدت أم حسام، وهي نازحة من الميادين في سوريا، الرئيس الروسي أن يعيد ابنها.",
            ("REQUEST", "actual", SYR, RUS),
        ),
        ("بحث وزير النقل السوري مع رسلان غاريبوف تأهيل السكة.", ("CONSULT", "actual", SYR, RUS)),
        # Background, plans and refusals by their words.
        ("وكانت موسكو تخصص لسوريا 500 منحة.", ("AID", "historical", RUS, SYR)),
        ("وكان لافروف، خلال لقاء في موسكو، أبدى استعداد بلاده لمساعدة دمشق.", ("AGREE", "historical", RUS, SYR)),
        ("من المقرر تسيير دورية مشتركة بين القوات الروسية والجيش السوري.", ("COOPERATE", "future", RUS, SYR)),
        ("أكدت زاخاروفا أن روسيا لن تسلم الأسد إلى دمشق.", ("REJECT", "actual", RUS, SYR)),
        ("قال بيسكوف إن تسليم الأسد إلى دمشق غير مطروح.", ("REJECT", "actual", RUS, SYR)),
    ],
)
def test_who_is_meant(tag: Tag, text: str, act: tuple[str, str, tuple[str, ...], tuple[str, ...]]) -> None:
    """The act is told, with its status and both sides."""
    assert act in acts(tag(text, "أخبار سوريا"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # A subject that nobody knows is not whoever the sentence before was about.
        ("وصل السفير الروسي إلى حلب. ونظم العشرات من ذوي الضحايا وقفة أمام السفارة الروسية في سوريا.", RUS),
        ("زار الوفد الروسي دمشق. وخصصت جامعة في الصين مقاعد للطلاب السوريين.", RUS),
    ],
)
def test_an_unknown_subject_stays_unknown(tag: Tag, text: str, kind: tuple[str, ...]) -> None:
    """What somebody else did is not laid to the last one named."""
    told = [one for one in tag(text).events if one.type in {"PROTEST", "AID"}]
    assert all(one.actor_country != kind for one in told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("حذرت موسكو من عواقب التصعيد ما لم تطرد دمشق المقاتلين الروس.", "SANCTION"),
        ("قالت المندوبة الروسية إن بلادها قد تعيد النظر في دعم دمشق.", "SUPPORT"),
        ("نددت السفارة الروسية بما سمته «الاستيلاء على ممتلكات روسية في سوريا».", "COERCE"),
        ("علقت موسكو توريد القمح إلى سوريا.", "AID"),
        ("ستطبع دمشق الليرة في الإمارات بدلاً من روسيا.", "COOPERATE"),
        ("لجأت شركة روسية إلى محكمة التحكيم ضد دمشق.", "AID"),
        ("فصلت جامعة قازان الروسية 17 طالباً سورياً.", "REQUEST"),
        ("فصلت جامعة قازان الروسية 17 طالبا سوريا.", "REQUEST"),
        ("زعم الجيش الروسي أن الضربات طالت موقعين لمسلحين في حلب رصدوا قرب قاعدة حميميم.", "ASSAULT"),
        ("كسبت شركة تات نفت الروسية الثقة وهي مستعدة للعمل في سوريا.", "REJECT"),
    ],
)
def test_what_is_not_done(tag: Tag, text: str, kind: str) -> None:
    """A condition, what will be thought over, what is only called so or stopped: none is an act."""
    assert kind not in {one.type for one in tag(text).events}


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("وسئل الأردن عن الملف، واكتفى بالقول على لسان المتحدث باسم الكرملين دميتري بيسكوف إن الأمر معقد.", "peskov"),
        ("تحدث لافروف عن سوريا. ولدى سؤاله عن ديون الاتحاد السوفييتي، أجاب بأن شطبها وارد.", "lavrov"),
        ("أحجم المتحدث باسم الكرملين بيسكوف عن التعقيب. وكان قد قال إن منح اللجوء قرار شخصي.", "peskov"),
        ("قال أمين مجلس الأمن الروسي سيرغي شويغو إن دمشق شريك.", "shoigu"),
        ("اعترض إبراهيم علبي على ما ورد في كلمة نيبينزيا بشأن الساحل، قائلاً إن الوضع هادئ.", "olabi"),
        ("وزار وزير الطاقة السوري محمد البشير موسكو. وأضاف الوزير السوري: «لن نعترف بالديون القديمة».", "bashir"),
    ],
)
def test_who_speaks(tag: Tag, text: str, speaker: str) -> None:
    """By the mouth of another, behind an adjunct, carried over, by an office."""
    assert [one.speaker for one in tag(text).statements][-1:] == [speaker]


def test_what_is_called_for_is_no_statement(tag: Tag) -> None:
    """A noun behind «دعا إلى» is an event's; a clause or marks are words."""
    assert tag("دعا لافروف دمشق إلى وقف التصعيد.").statements == ()
    assert [one.text for one in tag("دعا لافروف إلى أن تعقد دمشق مؤتمراً.").statements] == ["تعقد دمشق مؤتمراً"]


@pytest.mark.parametrize("remark", ["دون أن يقدم دليلاً على ذلك", "من دون ذكر تفاصيل", "دون أن يوضح متى"])
def test_what_the_reporter_misses_is_not_said(tag: Tag, remark: str) -> None:
    """Behind a comma the reporter tells what the speaker left out; what a thing is without is the speaker's own."""
    assert [one.text for one in tag(f"قال لافروف إن الجنود غادروا حلب، {remark}.").statements] == ["الجنود غادروا حلب"]
    kept = "الجنود غادروا حلب، دون أن تقع إصابات"
    assert [one.text for one in tag(f"قال لافروف إن {kept}.").statements] == [kept]
