"""The patterns of Arabic dates, made of the tables of months.py; they run over folded text.

Patterns named `…_LEFT` end where a trigger word begins and are searched in a short slice before it; the others are
matched from the trigger word on. So the work is linear in the text, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workers.arabic import months

WORD = re.compile(r"[^\W\d_]+|\d+")
BEFORE = 64  # code points of the slice before a trigger word


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_L, _R = r"(?<![^\W_])", r"(?![^\W_])"  # no letter or digit beside
_GAP = r"[ ،,]{1,3}"
MONTH = {name: number for number, names in months.MONTHS.items() for name in names}
WEEKDAY = {name: number for number, names in months.WEEKDAYS.items() for name in names}
_MONTHS, _WEEKDAYS, _QUALIFIERS = _any(MONTH), _any(WEEKDAY), _any(months.QUALIFIERS)
# Some pages lose the space before the adjective: شباطالحالي.
_NO_LETTER = rf"(?:(?![^\W\d_])|(?=(?:{_QUALIFIERS}){_R}))"
_DAY_PARTS, _MODS = _any(months.DAY_PARTS), _any(months.MODS)

# «أكتوبر/تشرين الأول», «شباط (فبراير)», «شباط فبراير»
MONTH_NAMES = re.compile(
    rf"(?P<one>{_MONTHS}){_NO_LETTER}"
    rf"(?:(?: ?\( ?(?P<two>{_MONTHS}) ?\)|(?P<join> ?[/\\|–-] ?| )(?P<three>{_MONTHS}){_NO_LETTER}))?"
)
# what follows a month: a year, a year by its sense, a sense; «العام نفسه» needs a memory, so it is only recognised
MONTH_TAIL = re.compile(
    r"(?: ?[،,/.–-]? {0,2}(?:(?:من|في) )?(?:لل|ل|ال)?(?:عام|سنه)? ?(?P<year>\d{4})(?: ?م(?![^\W_]))?(?![\w%]|[.,/:]\d|-\d)"
    rf"| (?:من |في |ل)?(?:(?P<this>هذا العام|هذه السنه)|(?:العام|السنه) (?P<year_sense>{_QUALIFIERS})){_R}"
    rf"|(?P<same> (?:(?:من |في )?(?:العام|السنه) (?:نفسه|ذاته|عينه|نفسها|ذاتها)|(?:من|في) (?:ذلك|نفس|ذات|تلك) (?:العام|السنه))){_R}"
    rf"| ?(?:من )?(?P<sense>{_QUALIFIERS}){_R})"
)
# «Feb 12, 2025» in Arabic
DAY_THEN_YEAR = re.compile(r" (?P<day>\d{1,2}) ?[،,] ?(?P<year>\d{4})(?![\w%]|[.,/:-]\d)")

_NUMBER = r"(?:(?<![^\W\d_])[وفبلك]?ال ?)?(?<![\d.,/:])(?<!\d-)\d{1,2}"
_FIRST = r"(?:(?<![^\W\d_])[وفبلك]?ال ?)?(?<![\d.,/:])\d{1,2}"
_JOIN = r" ?[–—-] ?| (?:الي|حتي|وحتي|والي) | و ?"
DAY_LEFT = re.compile(
    rf"(?:(?P<first>{_FIRST})(?P<join>{_JOIN})(?P<second>(?:ال ?)?\d{{1,2}})|(?P<day>{_NUMBER}))"
    r"(?: ?(?:من|في)(?= ))?(?: شهر)? ?[/–-]?\Z"
)
ORDINAL_LEFT = re.compile(rf"{_L}[وفبلك]?(?P<day>{_any(months.ORDINALS)}) من(?: شهر)? \Z")
# «مساء أمس 5 من …», «اليوم، الأربعاء 12 من …», «الأربعاء … الموافق لـ …»
CONTEXT_LEFT = re.compile(
    rf"(?:{_L}(?P<near>(?:(?:{_DAY_PARTS}) )?(?:يوم )?(?P<word>امس|اليوم|غدا|غد))(?P<gap>{_GAP}))?"
    rf"(?:{_L}[وفبل]?(?P<day>(?:(?:{_DAY_PARTS}) )?(?:يوم )?(?P<weekday>{_WEEKDAYS}))(?:{_GAP}| ?[(-] ?))?"
    r"(?:(?:في|بتاريخ) )?(?:(?<![^\W_])[وبل]?(?:ال)?موافق(?:ه)? ?(?:ل|ب)? ?)?\Z"
)
IN_LEFT = re.compile(rf"{_L}[وف]?(?:في|منذ|خلال) \Z")
# what may follow a month that is told by «في» alone: a mark or a function word, no name's second half
MONTH_ALONE = re.compile(
    rf"(?:\s*$| ?[^\w\s–-]| (?:مع|من|في|الي|علي|بعد|قبل|عن|ان|حيث|عندما|حين|ثم|عقب|خلال|بين|ضد|لدي|بسبب|نتيجه|اي|وما|اثر|حتي|كما|لكن){_R})"
)
INTERVAL_LEFT = re.compile(rf"{_L}[وف]?(?:(?:ما )?بين|من) (?:شهر |شهري )?\Z")
INTERVAL_RIGHT = re.compile(rf" (?:و ?|و?الي |و?حتي )(?:شهر )?(?:{_MONTHS}){_R}")
MONTH_LEFT = re.compile(rf"{_L}[وفبل]?(?:(?P<mod>{_MODS}) )?(?P<month>شهر )?\Z")
YEAR_LEFT = re.compile(
    rf"(?:{_L}[وفبلك]?(?P<mod>{_MODS}) )?(?:{_L}(?:لل|[وفبلك])?(?P<noun>(?:ال)?(?:عام|سنه)|عامي|الاعوام|اعوام) ?)?\Z"
)
SECOND_YEAR_LEFT = re.compile(r"(?:عامي|الاعوام|اعوام) \d{4}(?: ?و|(?: |، ?)(?:و|الي|حتي|وحتي) ?| ?[–-] ?)\Z")
BARE_YEAR_LEFT = re.compile(rf"{_L}[وف]?(?:في|منذ|حتي|بعد|قبل|خلال|من) \Z")
# «في 2016» is a year, «في 2016 منزلا» is not: what may follow is a mark, a function word or a definite noun
AFTER_BARE_YEAR = re.compile(
    rf"م?(?:\s*$| ?[^\w\s٪%$€/+–-](?!\d)|\n| (?:(?:وحتي|حتي|علي|من|الي|بعد|عندما|حيث|حين|ثم|قبل|عقب|خلال|اثر|ان|كان|كانت|لكن|اذ|اي|عبر|ضد|مع|في|بسبب|بفعل|نتيجه|وفق|بموجب|لان|قبيل|رغم|دون|لدي|كما|وقد|فيما|بينما|نحو|بنسبه|بهدف|وما|ولم|وهو|وهي)"
    rf"{_R}|ال\w|ل[^\W\d_]{{5,}}))"
)
QUALIFIED = re.compile(rf" (?P<sense>{_QUALIFIERS}){_R}")
MOD_LEFT = re.compile(rf"{_L}[وفبل]?(?P<mod>{_MODS}) \Z")
THIS_LEFT = re.compile(rf"{_L}[وفبل]?هذ[اه] \Z")
DAY_PART_LEFT = re.compile(
    rf"{_L}[وفبل]?(?P<part>(?:(?:{_DAY_PARTS}) )?(?:يوم )?)(?P<first>(?:ال)?اول (?:من )?|بعد )?\Z"
)
WEEKDAY_RIGHT = re.compile(rf"(?P<gap>{_GAP})(?P<weekday>{_WEEKDAYS}){_R}")
AGO = re.compile(
    rf"(?P<word>قبل|منذ) (?:(?P<count>\d{{1,3}}|{_any(months.CARDINALS)}) )?(?P<unit>{_any(months.UNITS)}){_R}"
    r"(?P<one> واحده?)?(?P<rest> ?)"
)
DEFINITE = re.compile(rf"(?!(?:{_any(months.VERBS_LIKE_NOUNS)}){_R})[وف]?[بلك]?(?:ال|لل)[^\W\d_]{{2,}}(?<!ين)(?<!ان)")
LAST_WORD = re.compile(r"([^\W\d_]+)[ «“”\"]{1,2}\Z")
NEXT_WORD = re.compile(r" ?([^\W\d_]+)")
NUMBER_NEXT = re.compile(r" ?\d")
MARK_NEXT = re.compile(r"\s*(?:$|[^\w\s(])")

# A future without المقبل: the verb or participle that announces the date. A list, since سي and ست also begin nouns.
FUTURE_CUE = re.compile(
    rf"{_L}[وف]?(?:سوف|(?:ال)?مقرره?ا?|المرتقبه?|المزمع|المنتظره?|[يت]عتزم|الموعد|"
    r"س[يت](?:زور|عقد|لتقي|صل|بدا|توقف|ستانف|تابع|واصل|شمل|حضر|رسل|منح|فرض|رفع|طلق|طرح|عرض|ناقش|نشر|باشر|ستكمل|صوت|حصل|نهي|لغي|فتح|غلق|نقل|سلم|جتمع|صوتون|جري|كون|نطلق|تم|ستضيف|شارك|فتتح|غادر|توجه|بحث|قوم|قام|نظم|نتهي|ستمر|شهد|سافر|"
    rf"وقع|علن|ستقبل|قدم|دخل|عود|بقي|خرج|عمل|صدر)){_R}"
)
CLAUSE_END = re.compile(r"[.!؟\n]")

NUMERIC = re.compile(
    r"(?<![\da-zA-Z_./:\-])"
    r"(?:(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|"
    r"(?P<d2>\d{1,2})(?P<s2> ?/ ?|[-.])(?P<m2>\d{1,2})(?P=s2)(?P<y2>\d{4}))"
    r"(?=T\d\d:\d\d|(?![\da-zA-Z_/]|[.\-:]\d))"
)
