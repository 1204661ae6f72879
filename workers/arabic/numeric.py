"""Dates and years in digits: «26/02/2025», «2025-02-26», «أواخر عام 2024»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workers.arabic import grammar, months
from workers.arabic.intervals import PART_LEFT
from workers.arabic.months import Mod
from workers.arabic.resolve import FIRST_YEAR, LAST_YEAR, Hit, valid, year_hit
from workers.arabic.sheet import Draft, Sheet

_NUMBER_GOES_ON = re.compile(r" ?[/–-] ?\d|[.,:]\d|[\w%]")
_TO_NUMBER = re.compile(r" (?:الي|حتي|وحتي) (?P<year>\d{1,6})(?!\d)")
_YEAR_TO = re.compile(r"(?<![^\W_])(?:من|بين) (?:عام )?(?P<year>(?:19|20)\d\d) (?:الي|حتي|وحتي) \Z")
_SHORT = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<mark>[/-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d\d)(?![\d/]|[.,-]\d)"
)
_TOLD = re.compile(r"(?<![^\W_])(?:بتاريخ|الموافق|الموافق ل) ?\Z")
_NUMBER_BEFORE = re.compile(r"\d ?[/–-]? ?$|\d[.,:]$")


def numeric_drafts(sheet: Sheet) -> Iterator[Draft]:
    """Read «26/02/2025» and «2025-02-26»: day first, unless only the other order is a day or agrees with the weekday."""
    for found in grammar.NUMERIC.finditer(sheet.text):
        start, end = found.span()
        if 1 in sheet.taken[start:end]:
            continue
        context = grammar.CONTEXT_LEFT.search(sheet.text, sheet.back(start), start)
        weekday = grammar.WEEKDAY[context["weekday"]] if context and context["weekday"] else None
        sheet.take(context.start() if context else start, end)
        if found["y"]:
            readings = [valid(int(found["y"]), int(found["m"]), int(found["d"]))]
        else:
            year, one, two = int(found["y2"]), int(found["d2"]), int(found["m2"])
            readings = [valid(year, two, one), valid(year, one, two)]
        days = [d for d in readings if d is not None]
        day = next((d for d in days if d.weekday() == weekday), days[0] if days else None)
        if day is not None:
            yield Draft(start, end, day.month, day.day, year=day.year)


def short_drafts(sheet: Sheet) -> Iterator[Draft]:
    """Read «بتاريخ 12/3/25» and «الأربعاء 12/3/25»: a year of two digits where a word or a fitting weekday says it is a date."""
    for found in _SHORT.finditer(sheet.text):
        start, end = found.span()
        if 1 in sheet.taken[start:end]:
            continue
        day = valid(2000 + int(found["year"]), int(found["month"]), int(found["day"]))
        context = grammar.CONTEXT_LEFT.search(sheet.text, sheet.back(start), start)
        weekday = grammar.WEEKDAY[context["weekday"]] if context and context["weekday"] else None
        told = _TOLD.search(sheet.text, sheet.back(start), start) is not None
        if day is None or (weekday is not None and day.weekday() != weekday) or (weekday is None and not told):
            continue
        sheet.take(context.start() if context else start, end)
        yield Draft(start, end, day.month, day.day, year=day.year)


def year_hits(sheet: Sheet, triggers: list[int]) -> Iterator[Hit]:
    """Read years on their own: «عام 2015», «أواخر 2024», and «في 2016» where no counted thing follows."""
    text = sheet.text
    for at in triggers:
        year = int(text[at : at + 4])
        if sheet.taken[at] or not FIRST_YEAR <= year <= LAST_YEAR:
            continue
        if _NUMBER_GOES_ON.match(text, at + 4) or _NUMBER_BEFORE.search(text, max(0, at - 4), at):
            continue
        start = _year_start(sheet, at)
        if start is None:
            continue
        first, mod = start
        end = at + 4
        sheet.take(first, end)
        yield year_hit(first, end, year, mod)


def _year_start(sheet: Sheet, at: int) -> tuple[int, Mod | None] | None:
    left = grammar.YEAR_LEFT.search(sheet.text, sheet.back(at), at)
    if left is not None and left["mod"]:
        return left.start("mod"), months.MODS[left["mod"]]
    if left is not None and left["noun"]:
        plural = left["noun"] in {"عامي", "الاعوام", "اعوام"}
        return (at if plural else left.start("noun")), None
    if (before := _YEAR_TO.search(sheet.text, max(0, at - 24), at)) and grammar.AFTER_BARE_YEAR.match(
        sheet.text, at + 4
    ):
        return (at, None) if int(before["year"]) < int(sheet.text[at : at + 4]) else None
    if grammar.SECOND_YEAR_LEFT.search(sheet.text, max(0, at - grammar.BEFORE), at):
        return at, None
    if PART_LEFT.search(sheet.text, sheet.back(at), at):
        return at, None
    if (to := _TO_NUMBER.match(sheet.text, at + 4)) and not _is_second_year(sheet, at, to):
        return None
    if grammar.BARE_YEAR_LEFT.search(sheet.text, sheet.back(at), at) and grammar.AFTER_BARE_YEAR.match(
        sheet.text, at + 4
    ):
        return at, None
    return None


def _is_second_year(sheet: Sheet, at: int, to: re.Match[str]) -> bool:
    """«من 2012 إلى 2016»: years, unless a counted thing follows the second («من 2100 إلى 1990 ليرة»)."""
    year = int(to["year"])
    in_order = int(sheet.text[at : at + 4]) < year <= LAST_YEAR
    return in_order and grammar.AFTER_BARE_YEAR.match(sheet.text, to.end()) is not None
