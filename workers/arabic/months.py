"""The words of the Arabic calendar; months in their Levantine, eastern and Maghrebi names.

All are in folded spelling (letters.fold_text): ا for أ إ آ, ه for ة, ي for ى and ئ.
"""

from __future__ import annotations

from typing import Literal

Mod = Literal["START", "MID", "END"]
Sense = Literal["past", "present", "future", "near"]

MONTHS: dict[int, tuple[str, ...]] = {
    1: ("كانون الثاني", "كانون ثاني", "يناير", "جانفي"),
    2: ("شباط", "فبراير", "فيفري"),
    3: ("اذار", "مارس"),
    4: ("نيسان", "ابريل", "افريل"),
    5: ("ايار", "مايو", "ماي"),
    6: ("حزيران", "يونيو", "يونيه", "جوان"),
    7: ("تموز", "يوليو", "يوليه", "يوليوز", "جويليه"),
    8: ("اب", "اغسطس", "اوغسطس", "اوت", "غشت"),
    9: ("ايلول", "سبتمبر", "شتنبر"),
    10: ("تشرين الاول", "تشرين اول", "اكتوبر"),
    11: ("تشرين الثاني", "تشرين ثاني", "نوفمبر", "نونبر"),
    12: ("كانون الاول", "كانون اول", "ديسمبر", "دجنبر"),
}
# Also a surname, a given name or, without its hamza, "father": a month only with a day, «شهر» or a second name.
NEEDS_DAY = ("ماي", "جوان")
# Peeling ب or ل from these two-letter months would read باب (door) as a month.
SHORT = ("اب", "ماي", "اوت")

ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

# Monday is 0, as in datetime.
WEEKDAYS: dict[int, tuple[str, ...]] = {
    0: ("الاثنين", "الاتنين"),
    1: ("الثلاثاء", "الثلثاء", "الثلاثا"),
    2: ("الاربعاء", "الاربعا"),
    3: ("الخميس",),
    4: ("الجمعه",),
    5: ("السبت",),
    6: ("الاحد",),
}

_ONES = ("الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع")
ORDINALS: dict[str, int] = {
    "الاول": 1,
    "الفاتح": 1,
    **{word: n for n, word in enumerate(_ONES, 2)},
    "العاشر": 10,
    "الحادي عشر": 11,
    **{f"{word} عشر": n + 10 for n, word in enumerate(_ONES, 2)},
    **{f"{one}{end}": tens * 10 for tens, one in ((2, "العشر"), (3, "الثلاث")) for end in ("ين", "ون")},
    **{
        f"{word} وال{tens}{end}": base + n
        for base, tens, count in ((20, "عشر", 9), (30, "ثلاث", 1))
        for n, word in enumerate(("الحادي", *_ONES)[:count], 1)
        for end in ("ين", "ون")
    },
    "الواحد والعشرين": 21,
    "الواحد والثلاثين": 31,
}

CARDINALS: dict[str, int] = {
    **{
        form: n
        for n, stem in enumerate(("ثلاث", "اربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"), 3)
        for form in (stem, stem + "ه")
    },
    "ثمان": 8,
}

QUALIFIERS: dict[str, Sense] = {
    **dict.fromkeys(("الماضي", "الماضيه", "المنصرم", "المنصرمه", "الفايت", "الفايته"), "past"),
    **dict.fromkeys(("الحالي", "الحاليه", "الجاري", "الجاريه"), "present"),
    **dict.fromkeys(("المقبل", "المقبله", "القادم", "القادمه"), "future"),
}

MODS: dict[str, Mod] = {
    **dict.fromkeys(("مطلع", "اوايل", "بدايه", "بدايات", "مستهل"), "START"),
    **dict.fromkeys(("منتصف", "اواسط"), "MID"),
    **dict.fromkeys(("اواخر", "نهايه", "نهايات", "ختام"), "END"),
}

DAY_PARTS = ("صباح", "ظهر", "بعد ظهر", "قبل ظهر", "ظهيره", "عصر", "مساء", "فجر", "ليل", "ليله", "منتصف ليل")

# A day and month after one of these is the name of something (a street, a coalition, an uprising), not a date.
NAMED_AFTER_A_DAY = (
    *("ثوره", "حركه", "انقلاب", "انتفاضه", "ذكري", "قوي", "تحالف", "فريق", "تيار"),
    *("احداث", "هجمات", "اعتداءات", "محور"),
    *("شارع", "جسر", "ساحه", "ميدان", "مدرسه", "مشفي", "مستشفي", "ملعب", "سد", "حي", "صاله", "كتيبه", "لواء", "جامعه"),
)
# Nissan is spelled like April.
NO_MONTH_AFTER = ("سياره", "سيارات", "شركه", "طراز", "موديل")
# «الأسبوع الأول من أيار» is not the first of May.
PARTS_OF_A_MONTH = ("النصف", "الربع", "الثلث", "الاسبوع", "الشطر", "الجزء", "القسم")
# «العام» after these means "general": الأمين العام الحالي.
GENERAL_AFTER = (
    *("الامين", "المدير", "النايب", "المحامي", "القايد", "المفتش", "المنسق", "الراي", "القطاع", "السكرتير", "المراقب"),
    *("المشرف", "المفوض", "الوضع", "القنصل", "الحاكم", "الاتجاه", "المزاج", "الاطار", "التوجه", "الشان", "المجال"),
    *("الطابع", "المشهد", "الجو", "النظام", "الامن", "التعليم", "الحق", "المدعي", "المال", "السياق", "الموقف"),
)

Unit = Literal["day", "week", "month", "year"]
# unit and how many of it the word itself counts, None where a number must stand before it
UNITS: dict[str, tuple[Unit, int | None]] = {
    **{form: ("day", n) for form, n in (("يوم", 1), ("يومين", 2), ("ايام", None), ("يوما", None))},
    **{form: ("week", n) for form, n in (("اسبوع", 1), ("اسبوعين", 2), ("اسابيع", None), ("اسبوعا", None))},
    **{form: ("month", n) for form, n in (("شهر", 1), ("شهرين", 2), ("اشهر", None), ("شهور", None), ("شهرا", None))},
    **{form: ("year", n) for form, n in (("عام", 1), ("عامين", 2), ("اعوام", None), ("عاما", None))},
    **{form: ("year", n) for form, n in (("سنه", 1), ("سنتين", 2), ("سنوات", None))},
}

# «صلاة الجمعة», «سوق الأربعاء», «كل يوم أحد»: no day of a calendar
NO_WEEKDAY_AFTER = ("عبد", "سوق", "صلاه", "خطبه", "عطله", "كل", "ايام", "بين", "عشيه", "جمعه")
NO_WEEKDAY_BEFORE = ("العظيمه", "السوداء", "الحزينه", "البيضاء")
NO_YESTERDAY_BEFORE = ("الحاج", "الحاجه", "القريب", "البعيد")  # «في أمسّ الحاجة» is folded to the same letters
NO_TODAY_BEFORE = (
    *("التالي", "السابق", "نفسه", "ذاته", "عينه", "الاخير", "الذي", "المذكور", "الموعود"),
    *("العالمي", "الوطني", "الدولي"),
    *("الواحد", "الاول", "الثاني", "الثالث", "الرابع", "الخامس", "السادس", "السابع", "الثامن", "التاسع", "العاشر"),
)
# «اليوم» is also half the name of many media: alone it is a date only after a verb that reports or moves.
TODAY_AFTER = (
    *("قال", "قالت", "اعلن", "اعلنت", "اكد", "اكدت", "افاد", "افادت", "ذكر", "ذكرت", "كشف", "كشفت", "اشار", "اشارت"),
    *("اضاف", "اضافت", "وصل", "وصلت", "عقد", "عقدت", "التقي", "التقت", "بحث", "بحثت", "اصدر", "اصدرت", "نقلت", "نقل"),
    *("زار", "زارت", "استقبل", "استقبلت", "وقع", "وقعت", "شهد", "شهدت", "بدا", "بدات"),
    *("انطلقت", "انطلق", "صرح", "صرحت"),
)
# They begin like a noun with its article.
VERBS_LIKE_NOUNS = ("التقي", "التقت", "والتقي", "والتقت", "التحق", "التحقت", "القي", "القت", "الغي", "الغت", "التزم")
TODAY_BEFORE = ("ان", "انه", "انها", "بان", "في", "علي", "الي", "مع", "عن", "خلال", "بعد")
