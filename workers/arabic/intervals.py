"""What two dates, or a date and a part of it, say together: «بين أيار وتموز 2025», «من 2012 إلى 2016», «الربع الأول من 2025»."""

from __future__ import annotations

import calendar
import re
from dataclasses import replace
from datetime import date

from workers.arabic import months
from workers.arabic.resolve import Hit, day_hit, valid
from workers.arabic.sheet import Sheet

_BEFORE = 24  # code points
_BETWEEN = re.compile(r"(?<![^\W_])[وف]?(?:ما )?بين (?:يومي |عامي |شهري )?$")
_FROM = re.compile(r"(?<![^\W_])[وف]?من (?:يوم |عام |شهر )?$")
_AND = re.compile(r" ?(?:،)? ?و ?(?:بين )?$")
_TO = re.compile(r" (?:و?الي|و?حتي|لغايه|والي غايه|الي غايه) (?:يوم |عام |شهر )?$")
_KINDS = {len("2025"): "year", len("2025-05"): "month", len("2025-05-05"): "day"}

# «الربع الأول من العام 2025»: a part of a year that stands before it.
PART_LEFT = re.compile(
    r"(?<![^\W_])[وفبل]?(?:ال)?(?P<part>ربع|نصف) (?P<number>الاول|الثاني|الثالث|الرابع|الاخير) (?:من |ل)(?:هذا |ال)?\Z"
)
_OF_IT = re.compile(
    rf" و?(?:حتي|الي) (?P<day>(?:ال)?\d{{1,2}}|{'|'.join(sorted(months.ORDINALS, key=len, reverse=True))}) منه(?![^\W_])"
)
_NUMBERS = {"الاول": 1, "الثاني": 2, "الثالث": 3, "الرابع": 4}


def joined(sheet: Sheet, hits: list[Hit]) -> list[Hit]:
    """Join pairs of dates of one kind that are the ends of an interval, and parts of a year with their year."""
    ordered = [_to_the(sheet, _with_part(sheet, hit)) for hit in sorted(hits, key=lambda hit: hit.start)]
    found: list[Hit] = []
    for hit in ordered:
        whole = _interval(sheet, found[-1], hit) if found else None
        if whole is None:
            found.append(hit)
        else:
            found[-1] = whole
    return found


def _interval(sheet: Sheet, one: Hit, other: Hit) -> Hit | None:
    kind = _KINDS.get(len(one.value))
    if kind is None or kind != _KINDS.get(len(other.value)) or one.mod or other.mod or other.first <= one.first:
        return None
    if "Q" in one.value + other.value or "H" in one.value + other.value or "W" in one.value + other.value:
        return None
    before = sheet.text[max(0, one.start - _BEFORE) : one.start]
    between = sheet.text[one.end : other.start]
    opening = (_BETWEEN.search(before) if _AND.match(between) else None) or (
        _FROM.search(before) if _TO.match(between) else None
    )
    if opening is None:
        return None
    start = one.start - len(opening[0]) + (opening[0][0] in "وف")
    return replace(one, start=start, end=other.end, value=f"{one.value}/{other.value}", last=other.last)


def _to_the(sheet: Sheet, hit: Hit) -> Hit:
    """«من العاشر من تشرين الأول حتى الرابع عشر منه»: a second day of the same month."""
    found = _OF_IT.match(sheet.text, hit.end)
    if found is None or hit.first != hit.last:
        return hit
    day = valid(
        hit.first.year, hit.first.month, months.ORDINALS.get(found["day"]) or int(found["day"].removeprefix("ال"))
    )
    return hit if day is None or day <= hit.first else day_hit(hit.start, found.end(), hit.first, day)


def _with_part(sheet: Sheet, hit: Hit) -> Hit:
    if _KINDS.get(len(hit.value)) != "year" or hit.mod:
        return hit
    left = PART_LEFT.search(sheet.text, max(0, hit.start - 2 * _BEFORE), hit.start)
    if left is None:
        return hit
    quarters = left["part"] == "ربع"
    number = _NUMBERS.get(left["number"], 4 if quarters else 2)
    if not quarters and number > 2:
        return hit
    size = 3 if quarters else 6
    year, last = hit.first.year, number * size
    return replace(
        hit,
        start=left.start("part") - 2 * sheet.text.startswith("ال", left.start("part") - 2),
        value=f"{year:04}-{'Q' if quarters else 'H'}{number}",
        first=date(year, last - size + 1, 1),
        last=date(year, last, calendar.monthrange(year, last)[1]),
    )
