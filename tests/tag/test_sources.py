"""Who is quoted: speakers that the topic does not know, nouns that stand for them, sources of sources.

The sentences are written for these tests; nobody said any of it.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Statement, Tags

Tag = Callable[..., Tags]


def last(tags: Tags) -> Statement:
    return tags.statements[-1]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("وقال الباحث في شؤون الطاقة سامي الدرويش إن الأسعار سترتفع.", "الباحث في شؤون الطاقة سامي الدرويش"),
        ("وقال رئيس النقابة، سامي الدرويش، لعنب بلدي، إن الأجور متأخرة.", "رئيس النقابة، سامي الدرويش"),
        ("وأكد مدير الصوامع سامي الدرويش، في اتصال هاتفي مع عنب بلدي، أن المخزون يكفي.", "مدير الصوامع سامي الدرويش"),
        ("أما المزارع سامي الدرويش فرأى أن الموسم ضعيف.", "المزارع سامي الدرويش"),
        ("وكانت صفحات محلية قد زعمت أن الطريق مغلق.", "صفحات محلية"),
        ("وامتنع المجلس عن التعليق، لكن موظفاً في البلدية أكد أن القرار صدر.", "موظفاً في البلدية"),
        ("وجاء في حيثيات القرار أن المتهم غادر البلاد.", "حيثيات القرار"),
        ("وصل القطار متأخراً، وفق ما أفاد به مصدر في المحطة لعنب بلدي.", "مصدر في المحطة"),
        ("وقال بركات سامي إن الأجور متأخرة.", "بركات سامي"),
    ],
)
def test_an_unknown_speaker_is_named_by_the_whole_phrase(tag: Tag, text: str, who: str) -> None:
    """Title, place of work and name, wherever they stand, and neither when nor to whom it was said."""
    assert last(tag(text)).speaker_text == who


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("كشف مصدر في المصرف أن الدفعة وصلت. وأوضح المصدر أن قيمتها لم تحدد.", "مصدر في المصرف"),
        ("كشف مصدر في المصرف أن الدفعة وصلت. وبحسب المصدر، لم تحدد قيمتها بعد.", "مصدر في المصرف"),
        ("قال مسؤول في المرفأ إن العمل بدأ. وأكد المسؤول نفسه أن الحركة طبيعية.", "مسؤول في المرفأ"),
        ("وقال الناشط سامي الدرويش إن الطريق مغلق. وأضاف أن الأهالي ينتظرون.", "الناشط سامي الدرويش"),
    ],
)
def test_a_noun_means_whoever_it_named(tag: Tag, text: str, who: str) -> None:
    """المصدر, المسؤول نفسه: by the words that named him before."""
    assert last(tag(text)).speaker_text == who


def test_the_minister_is_the_one_named(tag: Tag) -> None:
    """الوزير: the minister of the sentence before; of two ministers, nobody."""
    one = "قال وزير الخارجية السوري أسعد الشيباني إن العمل بدأ. وأضاف الوزير أن اللجنة تجتمع غداً."
    assert last(tag(one)).speaker == "shaibani"
    two = (
        "التقى وزير الخارجية السوري أسعد الشيباني وزير الخارجية الروسي سيرغي لافروف. وأضاف الوزير أن اللجنة تجتمع غداً."
    )
    assert last(tag(two)).speaker is None


def test_another_subject_is_never_passed_over(tag: Tag) -> None:
    """Behind a verb somebody else stands: whoever spoke before is not quoted with it."""
    text = "قال الشيباني إن العمل بدأ. وأكد التاجر أن الأسعار ارتفعت."
    assert last(tag(text)).speaker_text == "التاجر"
    text = "قال الشيباني إن العمل بدأ. واستمع القاضي إلى إفادة صاحب متجر في السوق قال إنه رأى الحادث."
    assert last(tag(text)).speaker != "shaibani"


def test_an_agency_passes_on_and_speaks_not(tag: Tag) -> None:
    """نقلت X عن Y …: what follows is Y's; also where the agency's name stands in marks and holds إن."""
    tags = tag("ونقلت وكالة “تاس” عن زاخاروفا قولها: “لم نتلق أي طلب من دمشق حتى الآن”. وأضافت أن بلادها تتابع الملف.")
    assert [one.speaker for one in tags.statements] == ["zakharova", "zakharova"]
    assert last(tag("ونقلت شبكة «سي إن إن» عن دبلوماسي غربي أن المحادثات تقدمت.")).speaker_text == "دبلوماسي غربي"


def test_a_participle_agrees_with_its_speaker(tag: Tag) -> None:
    """«ذكرت الرئاسة أن X …، معتبرة» is the presidency's, «مشدداً» the man's."""
    text = "ذكرت الرئاسة السورية أن الشرع بحث الملف مع لافروف، {} أن الوقت مناسب."
    assert last(tag(text.format("معتبرة"))).speaker == "syrian-presidency"
    assert last(tag(text.format("معتبراً"))).speaker == "sharaa"


def test_what_is_described_does_not_speak(tag: Tag) -> None:
    """«ووصفت الدعوى بأنها»: the embassy goes on speaking."""
    tags = tag("رفضت السفارة الروسية في دمشق الاتهامات، ووصفت الدعوى، في بيان، بأنها «محاولة مكشوفة للابتزاز».")
    assert last(tags).speaker == "russian-embassy-damascus"


@pytest.mark.parametrize(
    "text",
    [
        "وأنهى الفريق العمل بعد متابعة دقيقة استمرت أسابيع.",
        "سلمت الوزارة مذكرة إلى السفارة تضم أسماء الطلاب.",
        "تبلغ قيمة الدفعة نحو مليون ليرة، وهي مخصصة للأجور.",
        "دمشق: «الشرق الأوسط»",
    ],
)
def test_nouns_and_datelines_report_nothing(tag: Tag, text: str) -> None:
    """متابعة, مذكرة, تبلغ look like reporting words."""
    assert tag(text).statements == ()


def test_a_relative_clause_is_part_of_what_is_said(tag: Tag) -> None:
    """«أن X، الذي …، لم يفعل»: the name alone is no statement."""
    tags = tag("وأشارت الصحيفة إلى أن التاجر، الذي غادر البلاد في الخريف، لم يعد إلى عمله.")
    assert last(tags).text == "التاجر، الذي غادر البلاد في الخريف، لم يعد إلى عمله"


def test_a_report_and_the_words_behind_its_colon_are_two(tag: Tag) -> None:
    """«إن كذا: «…»»: told, then quoted."""
    tags = tag("وقال التاجر إن المحل مغلق منذ الأمس: «لم يبق عندنا ما نبيعه للناس».")
    assert [(one.kind, one.text) for one in tags.statements] == [
        ("indirect", "المحل مغلق منذ الأمس"),
        ("direct", "لم يبق عندنا ما نبيعه للناس"),
    ]
