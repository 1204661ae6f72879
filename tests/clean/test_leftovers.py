"""Leftover lines go, whole; the article's own lines stay, unchanged."""

from __future__ import annotations

import pytest

from workers.clean.leftovers import Sifted, sift
from workers.clean.lines import Line
from workers.clean.phrases import names_of, rules_of
from workers.config import Config, Leftovers

LEAD = "افتتحت مديرية الزراعة مشتلاً جديداً شمال المدينة بعد عامين من العمل، وقالت إنه يكفي حاجة ثلاث بلدات."
SECOND = "وأوضح المهندس المشرف أن المشتل ينتج أربعين ألف غرسة في السنة، وأن توزيعها يبدأ مطلع الشهر المقبل."


def run(config: Config, *lines: str | Line, outlet: str = "river", title: str | None = None) -> Sifted:
    """Sift lines as those of one outlet's page."""
    own = config.outlets[outlet].leftovers
    rules = rules_of(config.leftovers, own, names_of(config.outlets.values()))
    return sift([one if isinstance(one, Line) else Line(one) for one in lines], rules, title)


def kept(sifted: Sifted) -> list[str]:
    """The texts of the lines that stayed."""
    return [line.text for line in sifted.kept]


def gone(sifted: Sifted) -> tuple[str, ...]:
    """The texts of what was removed."""
    return tuple(one.text for one in sifted.removed)


@pytest.mark.parametrize(
    "line",
    [
        "شاركها.",
        "Exit mobile version",
        "صورة",
        "|",
        "ـــــــ ــ",
        "***",
        "مشاركة: ",
        "فيسبوك تويتر واتساب",
        "عاجل",
        "وقت القراءة المتوقع:4دقائق",
        "جميع الحقوق محفوظة لصدى النهر 2025",
        "© 2025 River",
        "![](https://river.example/wp-content/2025/02/photo.jpg)",
        "https://river.example/2",
        "إذا كنت تعتقد/تعتقدين أن المقال يحوي معلومات غير دقيقة",
        "انضم إلى قائمتنا البريدية لتصلك الأخبار",
        "عمال في مشتل البلدة - 5 شباط 2019 (صدى النهر/ فلان الفلاني)",
        "عمال في مشتل البلدة، 18 من نيسان 2019",
        "وفد المهندسين في المشتل (مواقع التواصل)",
        "صدى النهر",
        "أخبار التل - hill.example",
        "صدى النهر - river,",
        "15 تعليق",
        "NILESAT HD 11111-27500/V",
        "صدى النهر مؤسسة مستقلة تأسست في عام قديم وتعمل في كل مكان على نقل ما يجري في البلدات والقرى من أخبار "
        "الزراعة والماء والطرق والمدارس وما يتصل بها من شؤون الناس.",
    ],
)
def test_lines_that_go(config: Config, line: str) -> None:
    """Each of the known kinds of leftover is removed as a whole line and told."""
    sifted = run(config, LEAD, line, SECOND)
    assert kept(sifted) == [LEAD, SECOND]
    assert gone(sifted) == (line,)


@pytest.mark.parametrize(
    "line",
    [
        "شارك الوزير في افتتاح المشتل مع عدد من المهندسين والعاملين، وقال إن العمل يستمر في بقية البلدات.",
        "المصدر المائي الوحيد في البلدة جف قبل عامين.",
        "اقرأ أيضاً ما كتبه المهندس في دفتره عن تلك السنة، فقد وصف فيه حال البساتين قبل الجفاف وبعده.",
        "كتب المهندس في تقريره أن الغراس بحاجة إلى ماء أكثر.",
        "التعليقات التي أدلى بها المهندس أثارت استياء الأهالي في البلدة وفي القرى المجاورة لها.",
        "في 5 شباط 2019 زرعت البلدة أول غرسة زيتون في هذا المشتل (وهو الأكبر).",
        "مشاتل أخرى",
        "الغراس المتاحة: زيتون، لوز، رمان",
    ],
)
def test_lines_that_stay(config: Config, line: str) -> None:
    """Sentences and sub-headings that begin like a leftover stay."""
    sifted = run(config, LEAD, line, SECOND)
    assert kept(sifted) == [LEAD, line, SECOND]
    assert gone(sifted) == ()


def test_box_takes_its_headlines_along(config: Config) -> None:
    """The headlines after a bare "read also" go with it, up to the next paragraph."""
    sifted = run(config, LEAD, "اقرأ أيضاً:", "وفد أجنبي يزور القاعدة", "قمح من وراء البحر يصل المرفأ", SECOND)
    assert kept(sifted) == [LEAD, SECOND]
    assert len(sifted.removed) == 3


def test_box_with_its_headline_on_the_same_line(config: Config) -> None:
    """Then the line goes alone; what follows is not taken for a headline."""
    sifted = run(config, LEAD, "إقرأ أيضا: وفد أجنبي يزور القاعدة", "مشاتل قديمة", SECOND)
    assert kept(sifted) == [LEAD, "مشاتل قديمة", SECOND]


def test_box_spares_the_sub_heading_after_it(config: Config) -> None:
    """A short line right before a paragraph, after a headline of the box, is the next section's heading."""
    sifted = run(config, LEAD, "اقرأ أيضاً", "وفد أجنبي يزور القاعدة في الجنوب", "مشاتل قديمة", SECOND)
    assert kept(sifted) == [LEAD, "مشاتل قديمة", SECOND]


def test_line_that_is_a_link(config: Config) -> None:
    """A line that is nothing but a link is another article's headline."""
    sifted = run(config, LEAD, Line("وفد أجنبي يزور القاعدة في الجنوب", linked=True), SECOND)
    assert kept(sifted) == [LEAD, SECOND]


def test_inserted_headlines(config: Config) -> None:
    """Where an outlet's file says how long its sub-headings are, longer lines between paragraphs are other headlines."""
    own = Leftovers(longest_heading=5)
    rules = rules_of(config.leftovers, own, names_of(config.outlets.values()))
    lines = [LEAD, "وفد أجنبي يزور القاعدة في الجنوب", "مشاتل قديمة", SECOND, "وجاءت الغراس التي وزعت على هذا النحو:"]
    assert kept(sift([Line(one) for one in lines], rules)) == [LEAD, "مشاتل قديمة", SECOND, lines[-1]]


def test_headline_that_nothing_follows(config: Config) -> None:
    """A headline after the last paragraph is another article's."""
    assert kept(run(config, LEAD, SECOND, "وفد أجنبي يزور القاعدة في الجنوب", "شاركها.")) == [LEAD, SECOND]


def test_last_item_of_a_list_stays(config: Config) -> None:
    """After a colon, short lines at the end are a list."""
    lines = (LEAD, "وتوزع الغراس على البلدات التالية كما أعلنت المديرية اليوم:", "زيتون إلى بلدة التل الشمالي", "لوز")
    assert kept(run(config, *lines)) == list(lines)


def test_from_here_on(config: Config) -> None:
    """From a comment form on everything goes, in order; the outlet's own phrase counts too."""
    sifted = run(config, LEAD, SECOND, "اترك تعليقاً", "قارئ: " + LEAD)
    assert kept(sifted) == [LEAD, SECOND]
    assert gone(sifted) == ("اترك تعليقاً", "قارئ: " + LEAD)
    assert kept(run(config, LEAD, SECOND, "عن المؤسسة", SECOND + " ثم")) == [LEAD, SECOND]


def test_from_here_before_the_article_is_no_end(config: Config) -> None:
    """Some themes count comments above the article; nothing is cut before prose was read."""
    assert LEAD in kept(run(config, "التعليقات", LEAD, SECOND))


@pytest.mark.parametrize(
    ("line", "origin"),
    [
        ("المصدر: أخبار التل", "أخبار التل"),
        ("المصدر : أخبار التل.", "أخبار التل"),
        ("نقلاً عن أخبار التل", "أخبار التل"),
        ("المصدر:The Valley Post", "The Valley Post"),
        ("المصدر: وكالات", None),
    ],
)
def test_origin_line(config: Config, line: str, origin: str | None) -> None:
    """A source line goes and names the origin; "agencies" names nobody."""
    sifted = run(config, LEAD, SECOND, line)
    assert sifted.origin == origin
    assert gone(sifted) == (line,)


def test_origin_on_the_next_line(config: Config) -> None:
    """The name may stand on the line after its label."""
    sifted = run(config, LEAD, SECOND, "المصدر:", "أخبار التل")
    assert sifted.origin == "أخبار التل"
    assert kept(sifted) == [LEAD, SECOND]


def test_author_line(config: Config) -> None:
    """A writer's line goes and names the author."""
    sifted = run(config, LEAD, SECOND, "الكاتب: فلان الفلاني", "مشاركة:")
    assert sifted.author == "فلان الفلاني"
    assert kept(sifted) == [LEAD, SECOND]


def test_place_and_agency(config: Config) -> None:
    """A dateline goes, alone on its line or before the first word of the first paragraph."""
    assert gone(run(config, "البلدة-صدى النهر", LEAD, SECOND)) == ("البلدة-صدى النهر",)
    sifted = run(config, "البلدة - أخبار التل: " + LEAD, SECOND)
    assert kept(sifted) == [LEAD, SECOND]
    assert gone(sifted) == ("البلدة - أخبار التل:",)


@pytest.mark.parametrize(
    "line", ["2025-02-12", "الأربعاء 12 شباط 2025", "آخر تحديث: 12 شباط 2025 - 14:20", "12/02/2025"]
)
def test_line_that_only_dates(config: Config, line: str) -> None:
    """A line that only says when is kept for the date and removed from the text, first or last."""
    assert gone(run(config, line, LEAD, SECOND)) == (line,)
    assert kept(run(config, LEAD, SECOND, line)) == [LEAD, SECOND]


def test_section_and_date_before_the_headline(config: Config) -> None:
    """A section's name with the date is no headline when one follows; alone it may be one."""
    assert "● أخبار البلد ١٢ شباط ٢٠٢٥" in gone(run(config, "● أخبار البلد ١٢ شباط ٢٠٢٥", "مشتل جديد", LEAD))
    assert kept(run(config, "أسعار الخضار 12 شباط 2025", LEAD)) == ["أسعار الخضار 12 شباط 2025", LEAD]


def test_caption_before_the_headline_dates_nothing(config: Config) -> None:
    """A photograph's caption goes, and its date is told to nobody."""
    sifted = run(config, "عمال المشتل - 5 شباط 2019", "مشتل جديد", LEAD)
    assert gone(sifted) == ("عمال المشتل - 5 شباط 2019",)
    assert sifted.datelines == ()


def test_repeated_paragraph_and_title(config: Config) -> None:
    """A paragraph said twice is kept once and told; a line that repeats the title goes without mention."""
    sifted = run(config, "مشتل جديد في البلدة", LEAD, SECOND, LEAD, title="مشتلٌ جديدٌ في البلدة")
    assert kept(sifted) == [LEAD, SECOND]
    assert gone(sifted) == (LEAD,)


def test_long_paragraph_survives_any_beginning(config: Config) -> None:
    """No beginning condemns a paragraph longer than its bound."""
    long = "جميع الحقوق محفوظة للمزارعين في البلدة، هكذا قال المشرف، " + "وأضاف أن العمل مستمر في كل الحقول " * 12
    assert kept(run(config, LEAD, long.strip())) == [LEAD, long.strip()]


def test_notices_of_the_site(config: Config) -> None:
    """A paragraph on terms, cookies and comments that speaks to the reader goes; one that reports on such things stays."""
    notice = "نستخدم نحن وشركاؤنا ملفات تعريف الارتباط على جهازك لعرض محتوى يناسبك، ويمكنك سحب موافقتك متى شئت."
    report = "وقالت الهيئة إن شركات الإعلانات غيرت سياسة الخصوصية في تطبيقاتها بعد شكاوى من آلاف المستخدمين في البلاد."
    sifted = run(config, LEAD, notice, report, SECOND)
    assert kept(sifted) == [LEAD, report, SECOND]
    assert [one.rule for one in sifted.removed] == ["notice"]


ANNOUNCING = "وطلبت المديرية من المزارعين أن يبدؤوا بما يلي:"


def test_announced_list_is_the_authors(config: Config) -> None:
    """After a paragraph that ends with a colon list items stay, whatever words they are; after any other they go."""
    items = [Line("تسجيل الدخول", "item"), Line("طباعة", "item"), Line("واتساب", "item")]
    assert kept(run(config, LEAD, ANNOUNCING, *items, SECOND)) == [
        LEAD,
        ANNOUNCING,
        *(one.text for one in items),
        SECOND,
    ]
    assert kept(run(config, LEAD, *items, SECOND)) == [LEAD, SECOND]
    assert kept(run(config, ANNOUNCING, SECOND, *items, LEAD)) == [ANNOUNCING, SECOND, LEAD]


def test_linked_items_go_from_an_announced_list_too(config: Config) -> None:
    """A share bar after "follow us on:" is links."""
    assert kept(run(config, LEAD, ANNOUNCING, Line("واتساب", "item", linked=True), SECOND)) == [
        LEAD,
        ANNOUNCING,
        SECOND,
    ]


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("التعليقات", True),
        ("التعليقات (3)", True),
        ("التعليقات: 0", True),
        ("اترك تعليقاً على هذا المقال", True),
        ("التعليقات لا تقرأ", False),
        ("Comments on the plan", False),
    ],
)
def test_short_end_must_be_the_whole_line(config: Config, line: str, ends: bool) -> None:
    """One word ends an article only if nothing but a number follows it: it may begin a sub-heading."""
    more = "وسيُعاد الاستطلاع في نهاية العام مع سكان بلدتين قريبتين للمقارنة بين ما قالوه وما فعلوه بعد ذلك."
    assert (more in kept(run(config, LEAD, SECOND, Line(line, "heading"), more))) is not ends


@pytest.mark.parametrize(
    "line", ["المصدر: بطاقة صغيرة تثبت من أين جاء كل فيلم.", "الكاتب: من يكتب كي يعيش لا من يعيش كي يكتب."]
)
def test_label_in_a_sentence_names_nobody(config: Config, line: str) -> None:
    """More than four words and a full stop after a label are a sentence."""
    sifted = run(config, LEAD, Line(line, "item"), SECOND)
    assert (kept(sifted), sifted.origin, sifted.author) == ([LEAD, line, SECOND], None, None)


def test_source_is_no_number(config: Config) -> None:
    """The cell of a table under "source" names no outlet."""
    assert run(config, LEAD, SECOND, "المصدر", "2010").origin is None
