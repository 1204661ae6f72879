"""Dates of the Islamic calendar by Umm al-Qura: «12 شعبان 1446 هـ», «10/8/1446 هـ», «رمضان الماضي», «عام 1446 هـ»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from workers.arabic import months
from workers.arabic.months import Sense
from workers.arabic.named import day_left
from workers.arabic.resolve import Hit, day_hit
from workers.arabic.sheet import Sheet, last_word

# Folded. The names of months are names of people too: a date only with a day, a year of the calendar or a sense beside.
MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("محرم", "المحرم"),
            ("صفر",),
            ("ربيع الاول", "ربيع اول"),
            ("ربيع الثاني", "ربيع الاخر", "ربيع ثاني"),
            ("جمادي الاولي", "جمادي الاول"),
            ("جمادي الاخره", "جمادي الثانيه", "جمادي الاخر", "جمادي الثاني"),
            ("رجب",),
            ("شعبان",),
            ("رمضان",),
            ("شوال",),
            ("ذي القعده", "ذو القعده", "ذي قعده"),
            ("ذي الحجه", "ذو الحجه", "ذي حجه"),
        ),
        1,
    )
    for name in names
}
WORDS = frozenset(name.split()[0] for name in MONTHS)
_ERA = r"(?: ?(?:ه|للهجره|هجريه?)(?![^\W_]))"
_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = re.compile(
    rf"(?P<month>{_NAMES})(?![^\W_])(?: المبارك| المعظم| الحرام| الخير)?"
    rf"(?:(?:،? ?(?:من )?(?:عام |سنه |لعام )?(?P<year>1[345]\d\d)(?!\d){_ERA}?)"
    rf"| (?P<sense>{'|'.join(sorted(months.QUALIFIERS, key=len, reverse=True))})(?![^\W_]))?"
)
_NUMERIC = re.compile(
    rf"(?<![\d/.-])(?P<day>\d{{1,2}})(?P<mark>[/-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>1[345]\d\d){_ERA}"
)
_YEAR = re.compile(rf"(?:(?<![^\W_])(?:ال)?(?:عام|سنه) )(?P<year>1[345]\d\d){_ERA}")
_APART = 2  # days that a sighting of the moon may differ from the reckoning
_BESIDE = re.compile(r"[\s،,(]*(?:ه )?[\s،,(]*(?:ال)?موافقه? ?(?:ل|ب)?[\s،]*(?:\w+ )?$")
_NEAR = 28  # code points between the two forms of one date


def hijri_hits(sheet: Sheet, triggers: list[int]) -> Iterator[Hit]:
    """Read the dates around month names (`triggers` are the starts of words that may begin one), and those in digits."""
    for at in triggers:
        hit = _named(sheet, at) if not sheet.taken[at] else None
        if hit is not None:
            sheet.take(hit.start, hit.end)
            yield hit
    for pattern, read in ((_NUMERIC, _numeric), (_YEAR, _whole_year)):
        for found in pattern.finditer(sheet.text):
            if 1 in sheet.taken[found.start() : found.end()]:
                continue
            hit = read(found)
            if hit is not None:
                sheet.take(hit.start, hit.end)
                yield hit


def agreed(sheet: Sheet, hits: list[Hit]) -> list[Hit]:
    """The Hijri dates that stand beside their Gregorian day («الموافق») take that day, if it is near."""
    ordered = sorted(hits, key=lambda hit: hit.start)
    found = []
    for at, hit in enumerate(ordered):
        if hit.hijri and hit.first == hit.last:
            for other in (*ordered[at + 1 : at + 2], *ordered[max(0, at - 1) : at]):
                first, second = sorted((hit, other), key=lambda one: one.start)
                between = sheet.text[first.end : second.start]
                same = not other.hijri and other.first == other.last and abs((other.first - hit.first).days) <= _APART
                if same and len(between) <= _NEAR and _BESIDE.match(between):
                    hit = day_hit(hit.start, hit.end, other.first)  # noqa: PLW2901
                    break
        found.append(hit)
    return found


def _named(sheet: Sheet, at: int) -> Hit | None:
    found = _MONTH.match(sheet.text, at)
    if found is None:
        return None
    month, end = MONTHS[found["month"]], found.end()
    left = day_left(sheet, at)
    year = int(found["year"]) if found["year"] else None
    if left is not None:
        if last_word(sheet, left.start) in months.NAMED_AFTER_A_DAY:
            return None
        day = _day(year, month, left.day) if year else _without_year(sheet.anchor, month, left.day, found["sense"])
        return None if day is None else day_hit(left.start, end, day, hijri=True)
    if year is None and not found["sense"]:
        return None
    if year is None:
        year = _year_of_month(sheet.anchor, month, months.QUALIFIERS[found["sense"]])
    span = _month_span(year, month) if year else None
    return None if span is None else day_hit(at, end, *span, hijri=True)


def _numeric(found: re.Match[str]) -> Hit | None:
    day = _day(int(found["year"]), int(found["month"]), int(found["day"]))
    return None if day is None else day_hit(*found.span(), day, hijri=True)


def _whole_year(found: re.Match[str]) -> Hit | None:
    first, last = _month_span(int(found["year"]), 1), _month_span(int(found["year"]), 12)
    return day_hit(*found.span(), first[0], last[1], hijri=True) if first and last else None


def _without_year(anchor: date | None, month: int, day: int, sense: str | None) -> date | None:
    """The nearest past, one day ahead allowed; with «المقبل» the next."""
    if anchor is None or (here := _hijri_year(anchor)) is None:
        return None
    days = [found for year in range(here - 2, here + 3) if (found := _day(year, month, day)) is not None]
    if sense is not None and months.QUALIFIERS[sense] == "future":
        return next((one for one in days if one > anchor), None)
    return next((one for one in reversed(days) if (one - anchor).days <= 1), None)


def _year_of_month(anchor: date | None, month: int, sense: Sense) -> int | None:
    if anchor is None or (here := _hijri_year(anchor)) is None:
        return None
    spans = [(year, span) for year in range(here - 2, here + 3) if (span := _month_span(year, month))]
    if sense == "future":
        return next((year for year, (first, _) in spans if first > anchor), None)
    if sense == "present":
        return next((year for year, (first, last) in spans if first <= anchor <= last), None)
    return next((year for year, (_, last) in reversed(spans) if last < anchor), None)


@lru_cache(maxsize=512)
def _day(year: int, month: int, day: int) -> date | None:
    # Imported here: few texts have such a date.
    from hijridate import Hijri  # noqa: PLC0415

    try:
        found = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):  # no such day, or a year outside of the tables
        return None
    return date(found.year, found.month, found.day)


def _month_span(year: int, month: int) -> tuple[date, date] | None:
    first = _day(year, month, 1)
    last = _day(year, month, 30) or _day(year, month, 29)
    return (first, last) if first and last else None


def _hijri_year(day: date) -> int | None:
    from hijridate import Gregorian  # noqa: PLC0415

    try:
        return int(Gregorian(day.year, day.month, day.day).to_hijri().year)
    except (ValueError, OverflowError):
        return None
