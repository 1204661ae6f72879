"""Statements: kinds, speakers, carried-over speech. The sentences are written for these tests; nobody said them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workers.items import Tags

Tag = Callable[..., Tags]


def told(tags: Tags) -> list[tuple[str, str | None, str]]:
    return [(one.kind, one.speaker, one.text) for one in tags.statements]


def test_direct_speech_is_the_words_in_marks(tag: Tag) -> None:
    """A colon or أن and marks around all of it: direct."""
    assert told(tag("قال الشيباني: “سنراجع العقود القديمة كلها”.")) == [
        ("direct", "shaibani", "سنراجع العقود القديمة كلها")
    ]


def test_indirect_speech_is_the_clause(tag: Tag) -> None:
    """قال X إن …: the clause without its particle."""
    assert told(tag("قال لافروف، الثلاثاء 11 من شباط، إن بلاده تتابع الملف.")) == [
        ("indirect", "lavrov", "بلاده تتابع الملف")
    ]


def test_a_fragment_in_marks_is_mixed(tag: Tag) -> None:
    """Marks around a part of the clause: mixed, the whole clause kept."""
    ((kind, speaker, text),) = told(tag("قال لافروف إن الوضع “تحسن بشكل كبير” منذ الشتاء."))
    assert (kind, speaker) == ("mixed", "lavrov")
    assert text == "الوضع “تحسن بشكل كبير” منذ الشتاء"


def test_a_verb_without_subject_continues_the_last_speaker(tag: Tag) -> None:
    """وأضاف أن … is still the minister, in the next paragraph too."""
    tags = tag("قال الشيباني إن العمل بدأ.\n\nوأضاف أن اللجنة ستجتمع قريباً.")
    assert [one.speaker for one in tags.statements] == ["shaibani", "shaibani"]
    assert [one.speaker_basis for one in tags.statements] == ["named", "carried"]


def test_a_feminine_verb_continues_the_body(tag: Tag) -> None:
    """وأضافت is the ministry, not the man it quoted."""
    tags = tag("قالت وزارة الخارجية السورية إن الشيباني وصل إلى موسكو.\n\nوأضافت أن الزيارة تستمر يومين.")
    assert [one.speaker for one in tags.statements] == ["syrian-mfa", "syrian-mfa"]


def test_a_participle_ends_one_statement_and_opens_the_next(tag: Tag) -> None:
    """، مشيراً إلى أن: a second statement of the same speaker."""
    assert told(tag("أكد لافروف أن بلاده تدعم الحوار، مشيراً إلى أن الوقت يضيق.")) == [
        ("indirect", "lavrov", "بلاده تدعم الحوار"),
        ("indirect", "lavrov", "الوقت يضيق"),
    ]


def test_a_noun_phrase_may_be_what_was_affirmed(tag: Tag) -> None:
    """أكد X التزام Y states it without أن."""
    assert told(tag("أكد الشرع التزام بلاده بالاتفاقات الموقعة.")) == [
        ("indirect", "sharaa", "التزام بلاده بالاتفاقات الموقعة")
    ]


def test_a_headline_with_a_colon_is_speech(tag: Tag) -> None:
    """لافروف: … names the speaker before the colon."""
    tags = tag("نص الخبر هنا.", "لافروف: ندعم الحوار مع دمشق")
    assert told(tags) == [("indirect", "lavrov", "ندعم الحوار مع دمشق")]


def test_a_source_at_the_head_vouches_for_the_sentence(tag: Tag) -> None:
    """وبحسب X، …: what follows the comma."""
    assert told(tag("وبحسب الكرملين، اتفق الطرفان على لقاء جديد.")) == [
        ("indirect", "kremlin", "اتفق الطرفان على لقاء جديد")
    ]


def test_an_unnamed_source_is_told_by_its_words(tag: Tag) -> None:
    """نقلت X عن مصادر: no speaker, the medium as the way."""
    (said,) = tag("نقلت رويترز عن مصادر مطلعة أن الوفد غادر.").statements
    assert (said.speaker, said.speaker_text, said.via) == (None, "مصادر مطلعة", "reuters")


def test_polarity_follows_the_verb(tag: Tag) -> None:
    """Denial, demand and warning are not assertion."""
    tones = [
        tag(text).statements[0].polarity
        for text in (
            "نفى الكرملين أن تكون موسكو قد طلبت قاعدة.",
            "دعا لافروف إلى أن ترفع القيود عن دمشق.",
            "حذر الشيباني من أن التصعيد خطير.",
        )
    ]
    assert tones == ["denied", "demanded", "warned"]


BELOW = "قال المتحدث باسم الكرملين دميتري بيسكوف إن روسيا مستعدة لمراجعة عقد مرفأ طرطوس مع الحكومة السورية."


def test_a_heading_told_in_full_below_is_said_once(tag: Tag) -> None:
    """The words said are kept, and not the paper's summary of them, whose speaker may be the body for which the man speaks."""
    full = ("indirect", "peskov", "روسيا مستعدة لمراجعة عقد مرفأ طرطوس مع الحكومة السورية")
    for voice in ("الكرملين", "بيسكوف", "موسكو"):
        assert told(tag(BELOW, title=f"{voice}: مستعدون لمراجعة عقد مرفأ طرطوس")) == [full]


def test_a_heading_of_its_own_stays(tag: Tag) -> None:
    """Other words, another side, or marks around what was said."""
    for heading in (
        "بيسكوف: لا موعد للقمة حتى الآن",
        "الشيباني: مستعدون لمراجعة عقد مرفأ طرطوس",
        "بيسكوف: «مستعدون لمراجعة عقد طرطوس»",
    ):
        assert len(told(tag(BELOW, title=heading))) == 2, heading


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Asides between commas, also before a noun that is written like a participle.
        ("كشف الشيباني أن بلاده وجهت، عبر القنوات الدبلوماسية، مذكرة رسمية إلى موسكو.",
         ["بلاده وجهت، عبر القنوات الدبلوماسية، مذكرة رسمية إلى موسكو"]),
        ("أعلنت البحرية أن قوة اعتلت، فجر الجمعة، ناقلة النفط القادمة من روسيا.",
         ["قوة اعتلت، فجر الجمعة، ناقلة النفط القادمة من روسيا"]),
        # A contrast is the speaker's unless it reports.
        ("قال الشيباني إن روسيا تتكفل بالأقساط، بينما تبقى النفقات على الطالب.",
         ["روسيا تتكفل بالأقساط، بينما تبقى النفقات على الطالب"]),
        ("قال الشيباني إن الملف مفتوح، بينما أكد لافروف أن المباحثات مستمرة.", ["الملف مفتوح", "المباحثات مستمرة"]),
        # To carry is to report only with "from" or "that".
        ("قال مصدر إن القوات أخلت المطار، ونقلت آليات إلى حميميم.", ["القوات أخلت المطار، ونقلت آليات إلى حميميم"]),
        # "If" is no "that".
        ("طالب الشيباني موسكو بالرد، مهدداً بفسخ العقد إن لم تفعل.", []),
        # What accuses says so.
        ("تتهم رابطة المعتقلين موسكو بأنها تؤوي ضباط الأسد.", ["تؤوي ضباط الأسد"]),
    ],
)  # fmt: skip
def test_what_was_said_reaches_to_its_end(tag: Tag, text: str, said: list[str]) -> None:
    """The whole clause, and none that is the reporter's."""
    assert [one.text for one in tag(text).statements if one.kind != "direct"] == said


def test_a_verb_written_like_between_has_a_subject(tag: Tag) -> None:
    """«بيّن» with its shadda is the verb wherever it stands."""
    (one,) = tag("بدوره بيّن السفير ألكسندر يفيموف أن بلاده عازمة على رفع عدد المقاعد.").statements
    assert one.speaker == "yefimov"
