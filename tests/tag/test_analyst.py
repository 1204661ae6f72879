"""What an analyst of the relation must never be told wrong.

All sentences are written for these tests: they report nothing real, and nobody said what they quote.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Event, Statement, Tags

Tag = Callable[..., Tags]


def ids(tags: Tags) -> set[str]:
    return {entity.id for entity in tags.entities}


def event(tags: Tags, rule: str) -> Event:
    return next(one for one in tags.events if one.rule == rule)


def way(one: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return one.actor_country, one.recipient_country


def statement(tags: Tags, words: str) -> Statement:
    return next(one for one in tags.statements if words in one.text)


@pytest.mark.parametrize(
    "text",
    [
        "ألغيت زيارة الرئيس أحمد الشرع إلى روسيا قبل موعدها بساعات.",
        "أعلن الكرملين إلغاء زيارة لافروف إلى دمشق.",
        "ذكر أوشاكوف أن زيارة بوتين إلى سوريا ليست مدرجة على الجدول.",
    ],
)
def test_a_cancelled_visit_did_not_happen(tag: Tag, text: str) -> None:
    """A visit called off or not planned is negated, not actual."""
    assert event(tag(text), "visit").status == "negated"


def test_a_postponed_visit_has_not_happened(tag: Tag) -> None:
    """تأجيل الزيارة is no visit."""
    assert event(tag("قرر الشرع تأجيل زيارته إلى موسكو."), "visit").status == "hypothetical"


def test_a_meeting_to_come_is_future_without_the_article_too(tag: Tag) -> None:
    """لقاء مرتقب is announced, not held."""
    assert event(tag("لقاء مرتقب بين الشيباني ولافروف في بودابست."), "meet").status == "future"


def test_a_denial_reaches_its_whole_complement(tag: Tag) -> None:
    """What نفى governs is denied however far behind the verb it stands."""
    tags = tag("نفت وزارة الدفاع السورية ما تناقلته صفحات محلية عن انسحاب القوات الروسية من القامشلي.")
    assert event(tags, "withdraw").status == "negated"


def test_a_denial_leaves_the_time_of_telling_alone(tag: Tag) -> None:
    """A meeting after which something is denied took place."""
    tags = tag("نفى بيسكوف عقب لقاء بوتين والشرع وجود أي تباين.")
    assert event(tags, "meet").status == "actual"


def test_a_request_comes_from_whom_it_is_received_from(tag: Tag) -> None:
    """تلقي X أي طلب من Y: Y asks X, and the denial denies it."""
    one = event(tag("نفى الكرملين تلقي موسكو أي طلب من دمشق لإعادة الأموال."), "request")
    assert (way(one), one.status) == ((("SYR",), ("RUS",)), "negated")


def test_where_the_detained_fled_to_is_not_the_victim(tag: Tag) -> None:
    """اعتقال X الفار إلى Y is done to X, and X does nothing to Y."""
    tags = tag("طلب القاضي اعتقال الأسد الفار إلى روسيا.")
    assert not any(one.type == "COERCE" for one in tags.events)


def test_where_students_study_is_not_whom_they_ask(tag: Tag) -> None:
    """A university's country in the sentence is not the recipient of an appeal."""
    tags = tag("ناشد طلاب سوريون يدرسون في الجامعات الروسية وزارة التعليم العالي التدخل.")
    assert not any(one.type == "REQUEST" and "RUS" in one.recipient_country for one in tags.events)


@pytest.mark.parametrize(
    "text",
    [
        "رست في طرطوس باخرة محملة بالقمح قادمة من روسيا.",
        "تسلم المصرف المركزي دفعة من الأوراق النقدية من روسيا في مطار دمشق.",
        "أفرغت ناقلة نفط روسية حمولتها في بانياس.",
    ],
)
def test_a_cargo_comes_from_its_origin(tag: Tag, text: str) -> None:
    """A cargo is sent by the country behind "from" or in its adjective, and is core."""
    tags = tag(text)
    assert way(event(tags, "shipment")) == (("RUS",), ("SYR",))
    assert tags.relevance.grade == 3


def test_a_patrol_together(tag: Tag) -> None:
    """دورية ... برفقة: both sides take part."""
    tags = tag("جابت دورية للشرطة العسكرية الروسية برفقة عناصر من الأمن الداخلي السوري ريف القامشلي.")
    assert way(event(tags, "cooperate")) == (("RUS",), ("SYR",))


def test_chambers_sign(tag: Tag) -> None:
    """توقيع مذكرة بين غرفتي: a chamber of a city stands for its side."""
    tags = tag("توقيع مذكرة تفاهم بين غرفتي تجارة حلب وموسكو.")
    assert way(event(tags, "sign")) == (("SYR",), ("RUS",))


def test_a_delegation_that_leaves_is_no_withdrawal(tag: Tag) -> None:
    """غادر الوفد is the end of a visit, not a retreat."""
    assert not any(one.type == "RETREAT" for one in tag("غادر الوفد الروسي دمشق مساء الأحد.").events)


def test_where_one_speaks_is_no_speaker(tag: Tag) -> None:
    """وأضاف في حديث للصحفيين: whoever spoke before goes on."""
    tags = tag("قال بيسكوف إن الاتصالات مستمرة. وأضاف في حديث للصحفيين أن دمشق شريك مهم.")
    assert statement(tags, "شريك مهم").speaker == "peskov"


def test_a_quotation_before_its_verb(tag: Tag) -> None:
    """«…»، قالت X is a quotation of X."""
    tags = tag('"نأمل أن تنجح هذه الجهود قريباً"، قالت زاخاروفا في إحاطتها.')
    one = statement(tags, "تنجح")
    assert (one.speaker, one.kind, one.text) == ("zakharova", "direct", "نأمل أن تنجح هذه الجهود قريباً")


def test_a_source_in_a_ministry_is_not_the_ministry(tag: Tag) -> None:
    """بحسب مصدر في الوزارة: nobody named vouches."""
    tags = tag("سيصل وفد روسي إلى دمشق غداً، بحسب مصدر في وزارة الاقتصاد السورية.")
    one = statement(tags, "وفد روسي")
    assert (one.speaker, one.speaker_text) == (None, "مصدر في وزارة الاقتصاد السورية")


def test_a_medium_that_relays_is_not_the_speaker(tag: Tag) -> None:
    """ذكرت وكالة X نقلاً عن Y: Y says it, through X."""
    one = statement(tag("ذكرت وكالة سبوتنيك نقلاً عن معهد البحار أن موجة عالية ضربت الساحل."), "موجة")
    assert (one.speaker, one.speaker_text, one.via) == (None, "معهد البحار", "sputnik")


def test_a_noun_like_a_verb_says_nothing(tag: Tag) -> None:
    """فضّل عدم ذكر اسمه: the mention of a name is no speech of his name."""
    tags = tag("قال تاجر فضّل عدم ذكر اسمه، إن السفارة السورية في موسكو لم ترد.")
    assert {(one.cue.text, one.speaker) for one in tags.statements} == {("قال", None)}


def test_a_student_is_no_demand(tag: Tag) -> None:
    """قال طالب: of two such verbs side by side the second is a noun."""
    tags = tag("قال طالب في جامعة قازان إن المنحة الروسية تأخرت على السوريين.")
    assert [one.polarity for one in tags.statements] == ["asserted"]


def test_a_family_name_behind_the_full_name(tag: Tag) -> None:
    """وصرح الحريري is the Hariri named before."""
    tags = tag("التقى نصر الحريري نائب وزير الخارجية الروسي. وصرح الحريري أن المحادثات كانت صعبة.")
    assert statement(tags, "صعبة").speaker == "nasr-hariri"


def test_a_namesake_is_not_the_one_named_before(tag: Tag) -> None:
    """Behind another first name the family name is somebody else's."""
    tags = tag("التقى نصر الحريري المبعوث الروسي. وفي بيروت قال سعد الحريري إن لبنان ينأى بنفسه.")
    assert all(one.speaker != "nasr-hariri" for one in tags.statements)


def test_an_embassy_speaks_under_its_whole_name(tag: Tag) -> None:
    """What the embassy said begins behind its name."""
    one = statement(tag("أعلنت السفارة الروسية في دمشق أن أبوابها تفتح الأحد."), "أبوابها")
    assert (one.speaker, one.text) == ("russian-embassy-damascus", "أبوابها تفتح الأحد")


def test_by_what_he_told_an_agency(tag: Tag) -> None:
    """بحسب ما صرح به X: X says it."""
    assert statement(tag("وبحسب ما صرح به بيسكوف لوكالة تاس، فإن موسكو لا تستعجل."), "تستعجل").speaker == "peskov"


def test_who_is_called_on_is_not_what_is_called_for(tag: Tag) -> None:
    """داعية السلطات إلى: the demand begins behind the preposition."""
    tags = tag("أعربت زاخاروفا عن قلق بلادها إزاء العنف، داعية السلطات في دمشق إلى «حماية المدنيين من دون تمييز».")
    one = statement(tags, "حماية")
    assert (one.speaker, one.polarity, one.text) == ("zakharova", "demanded", "حماية المدنيين من دون تمييز")


@pytest.mark.parametrize(
    "text",
    [
        "رصفت الورشات شارع موسكو وسط حلب.",
        "افتتح فندق موسكو في حمص قاعة للأفراح.",
    ],
)
def test_a_street_named_after_a_city(tag: Tag, text: str) -> None:
    """A street's or hotel's name links nobody to the city."""
    tags = tag(text)
    assert "moscow" not in ids(tags)
    assert tags.relevance.grade == 0


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("منتخب سوريا يودع الدورة", "خسر المنتخب أمام نظيره الروسي في بطولة الشطرنج."),
        ("ندوة في حمص", "دارت الندوة حول الرواية الروسية وأثرها في أدباء المدينة."),
    ],
)
def test_sport_and_letters_are_no_relation(tag: Tag, title: str, text: str) -> None:
    """A Russian opponent or novel in an article from Syria is not the topic's business."""
    assert tag(text, title).relevance.grade == 0


@pytest.mark.parametrize(
    "text",
    [
        "استخدمت روسيا حق النقض ضد مشروع قرار حول سوريا.",
        "سيطر عناصر من مجموعة فاغنر على حقل للغاز شرقي حمص.",
        "تستأنف اللجنة السورية الروسية المشتركة عملها بعد الصيف.",
        "شكر الشرع نظيره الروسي على تهنئته.",
        "دعت الخارجية الروسية جميع الأطراف السورية إلى التهدئة.",
    ],
)
def test_what_no_meeting_tells_is_core_too(tag: Tag, text: str) -> None:
    """Vetoes, mercenaries, commissions, thanks and appeals are the relation itself."""
    assert tag(text).relevance.grade == 3


def test_the_animal_is_no_president(tag: Tag) -> None:
    """الأسد الآسيوي lives in a reserve."""
    assert "bashar-assad" not in ids(tag("ولدت ثلاثة أشبال من الأسد الآسيوي في حديقة بلندن."))


def test_whom_the_next_verb_meets_is_not_met_by_the_first(tag: Tag) -> None:
    """التقى X Y، كما بحث مع Z: Z belongs to the second verb."""
    tags = tag("التقى الرئيس الشرع أمير قطر في الدوحة، كما بحث مع الوفد الروسي سبل الدعم.")
    assert way(event(tags, "meet")) == (("SYR",), ("QAT",))
    assert way(event(tags, "talks")) == (("SYR",), ("RUS",))


def test_a_spokesman_arrests_nobody(tag: Tag) -> None:
    """An arrest in what somebody says is not laid to the one who speaks."""
    tags = tag("أوضح المتحدث باسم وزارة الداخلية السورية نور الدين البابا أن لا صحة للأنباء عن اعتقال ضباط روس.")
    assert not any(one.type == "COERCE" for one in tags.events)


def test_a_session_about_a_country_asks_it_nothing(tag: Tag) -> None:
    """طلب جلسة حول X: X is what it is about."""
    tags = tag("طلبت روسيا جلسة مغلقة لمجلس الأمن حول سوريا.")
    assert not any(one.type == "REQUEST" and "SYR" in one.recipient_country for one in tags.events)
    assert tags.relevance.grade >= 2


def test_to_whom_it_was_said_is_not_said(tag: Tag) -> None:
    """أكدت المصادر لشبكة X أن: what was said begins behind أن."""
    one = statement(tag("وأكدت المصادر لشبكة شام أن ضباطاً روساً زاروا القامشلي."), "ضباطاً")
    assert one.text == "ضباطاً روساً زاروا القامشلي"


def test_a_former_ambassador_is_not_the_ambassador(tag: Tag) -> None:
    """السابق belongs to the name of the speaker."""
    one = statement(tag("قال السفير الروسي السابق في دمشق إن المرحلة صعبة."), "صعبة")
    assert one.speaker_text == "السفير الروسي السابق في دمشق"


def test_an_aside_stands_between_speaker_and_speech(tag: Tag) -> None:
    """أكد X، خلال مؤتمر مع Y، استعداد بلاده: X says it."""
    tags = tag("أكد لافروف، خلال مؤتمر صحفي مع الشيباني في موسكو، استعداد بلاده لإعمار المشافي.")
    one = statement(tags, "استعداد")
    assert (one.speaker, one.text) == ("lavrov", "استعداد بلاده لإعمار المشافي")


def test_an_amount_is_no_channel(tag: Tag) -> None:
    """روسيا 1.5 مليون is a country and a sum."""
    assert ids(tag("قدمت روسيا 1.5 مليون دولار لدعم السوريين.")) == {"russia"}


def test_a_statement_speaks_for_its_author(tag: Tag) -> None:
    """ذكر بيان للكرملين أن: the Kremlin says it."""
    one = statement(tag("وذكر بيان للكرملين أن الرئيسين بحثا ملف سوريا."), "الرئيسين")
    assert one.speaker == "kremlin"


def test_an_attribution_within_a_clause_cuts_nothing_off(tag: Tag) -> None:
    """أبدى X، وفق Y، …: the beginning of the clause is no statement of Y."""
    tags = tag("أبدى السفير الروسي، وفق سانا، استعداد بلاده لزيادة المنح للسوريين.")
    assert not any(one.text == "أبدى السفير الروسي" for one in tags.statements)
