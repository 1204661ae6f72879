"""Dates that need the day they were written on: «أمس», «الثلاثاء الماضي», «مطلع الشهر الجاري», «قبل يومين»."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from workers.arabic import grammar, months
from workers.arabic.months import Mod
from workers.arabic.named import day_left
from workers.arabic.resolve import (
    FIRST_YEAR,
    LAST_YEAR,
    STEP,
    Hit,
    day_hit,
    month_hit,
    shift,
    shift_month,
    valid,
    week_hit,
    weekday_day,
    year_hit,
)
from workers.arabic.sheet import Sheet, future_cue, last_word
from workers.items import Span

Kind = Literal["weekday", "yesterday", "today", "tomorrow", "night", "period", "ago"]

WORDS: dict[str, Kind] = {
    **dict.fromkeys(grammar.WEEKDAY, "weekday"),
    **dict.fromkeys(("امس", "الامس"), "yesterday"),
    **dict.fromkeys(("غدا", "غد"), "tomorrow"),
    **dict.fromkeys(("الاسبوع", "الشهر", "العام", "السنه"), "period"),
    "اليوم": "today",
    "الليله": "night",
    "قبل": "ago",
    "منذ": "ago",
}
_MONDAY = 0


def relative_hits(sheet: Sheet, anchor: date, triggers: list[tuple[int, int, Kind]]) -> Iterator[Hit]:
    """Read the words of `WORDS` at `triggers` (start, end, kind), as written on the day `anchor`."""
    for at, end, kind in triggers:
        if sheet.taken[at]:
            continue
        hit = _HOW[kind](sheet, anchor, at, end)
        if hit is not None:
            sheet.take(hit.start, hit.end)
            yield hit


def _next_word(sheet: Sheet, at: int) -> str:
    found = grammar.NEXT_WORD.match(sheet.text, at)
    return found[1] if found else ""


def _weekday_after(sheet: Sheet, end: int) -> tuple[int, int | None]:
    found = grammar.WEEKDAY_RIGHT.match(sheet.text, end)
    return (found.end(), grammar.WEEKDAY[found["weekday"]]) if found else (end, None)


def _near_day(anchor: date, offset: int, weekday: int | None) -> date | None:
    """Return the day `offset` from the anchor, or the nearest on the weekday written beside it."""
    day = shift(anchor, offset)
    if weekday is None or (day is not None and day.weekday() == weekday):
        return day
    return weekday_day(anchor, weekday, "present")


def _weekday(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    weekday = grammar.WEEKDAY[sheet.text[at:end]]
    left = grammar.DAY_PART_LEFT.search(sheet.text, sheet.back(at), at)
    start = left.start("part") if left and left["part"] and not left["first"] else at
    qualified = grammar.QUALIFIED.match(sheet.text, end)
    following = sheet.text[end : end + 2].strip()
    if following[:1].isdecimal() or last_word(sheet, start) in months.NO_WEEKDAY_AFTER:
        return None
    if _next_word(sheet, end) in months.NO_WEEKDAY_BEFORE or sheet.text.startswith(" من كل", end):
        return None
    if qualified:
        day = weekday_day(anchor, weekday, months.QUALIFIERS[qualified["sense"]])
        return None if day is None else day_hit(start, qualified.end(), day)
    # الاثنين is also "the two".
    if weekday == _MONDAY and start == at and not _is_monday(sheet, at):
        return None
    ahead = future_cue(sheet.text, start) and anchor.weekday() != weekday
    day = weekday_day(anchor, weekday, "future" if ahead else "near")
    return None if day is None else day_hit(start, end, day)


def _is_monday(sheet: Sheet, at: int) -> bool:
    """«الاثنين» after a mark, or after a definite noun that is no dual: «نشرت الوزارة الاثنين», not «الرجلين الاثنين»."""
    if sheet.text[max(0, at - 2) : at].strip()[-1:] in {"،", ",", "("}:
        return True
    word = grammar.LAST_WORD.search(sheet.text, max(0, at - grammar.BEFORE), at)
    return word is not None and grammar.DEFINITE.fullmatch(word[1]) is not None


def _yesterday(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    left = grammar.DAY_PART_LEFT.search(sheet.text, sheet.back(at), at)
    before = left is not None and "اول" in (left["first"] or "")
    if left is not None and (left["first"] is None or before):
        at = left.start("part")
    if sheet.text.startswith(" الاول", end):
        before, end = True, end + len(" الاول")
    if _next_word(sheet, end) in months.NO_YESTERDAY_BEFORE:
        return None
    end, weekday = _weekday_after(sheet, end)
    day = _near_day(anchor, -2 if before else -1, weekday)
    return None if day is None else day_hit(at, end, day)


def _today(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    left = grammar.DAY_PART_LEFT.search(sheet.text, sheet.back(at), at)
    part = left is not None and bool(left["part"]) and not left["first"]
    start = left.start("part") if left is not None and part else at
    after, weekday = _weekday_after(sheet, end)
    if weekday is None:
        follows = _next_word(sheet, end)
        marked = grammar.MARK_NEXT.match(sheet.text, end) is not None
        opened = sheet.text[max(0, at - 2) : at].strip()[-1:] in {"،", ","}
        reported = last_word(sheet, at) in months.TODAY_AFTER or _is_reported(sheet, at)
        if follows in months.NO_TODAY_BEFORE:
            return None
        if not part and not ((opened or reported) and (marked or follows in months.TODAY_BEFORE)):
            return None
    day = _near_day(anchor, 0, weekday)
    return None if day is None else day_hit(start, after, day)


def _is_reported(sheet: Sheet, at: int) -> bool:
    """Whether a verb that reports or moves stands before its subject: «وصل وزير الخارجية اليوم إلى»."""
    before = grammar.CLAUSE_END.split(sheet.text[max(0, at - grammar.BEFORE) : at])[-1].split()
    if not before or not grammar.DEFINITE.fullmatch(before[-1]):
        return False
    return any(word.lstrip("وف") in months.TODAY_AFTER or word in months.TODAY_AFTER for word in before[-4:-1])


def _tomorrow(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    left = grammar.DAY_PART_LEFT.search(sheet.text, sheet.back(at), at)
    after = left is not None and left["first"] == "بعد "
    part = left is not None and bool(left["part"])
    marked = any(tanween in sheet.raw(at, end) for tanween in "ًٌٍ")
    stop, weekday = _weekday_after(sheet, end)
    alone = sheet.text[at:end] == "غدا" and grammar.MARK_NEXT.match(sheet.text, end) is not None
    if not (after or part or marked or weekday is not None or alone):  # غدا is also "became"
        return None
    day = _near_day(anchor, 2 if after else 1, weekday)
    start = left.start() if left is not None and (after or part) else at
    if sheet.text[start] in "وفبل" and sheet.text[start : start + 3] not in {"بعد", "ليل", "فجر"}:
        start += 1
    return None if day is None else day_hit(start, stop, day)


def _night(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    qualified = grammar.QUALIFIED.match(sheet.text, end)
    if qualified is None or months.QUALIFIERS[qualified["sense"]] != "past":
        return None
    day = shift(anchor, -1)
    return None if day is None else day_hit(at, qualified.end(), day)


def _period(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    noun = sheet.text[at:end]
    this = grammar.THIS_LEFT.search(sheet.text, sheet.back(at), at)
    qualified = None if this else grammar.QUALIFIED.match(sheet.text, end)
    if not (this or qualified) and _ends_this_year(sheet, noun, at, end):
        modified = grammar.MOD_LEFT.search(sheet.text, sheet.back(at), at)
        return _whole(noun, anchor, 0, (modified.start("mod") if modified else at, end), "END")
    if not (this or qualified) or (noun == "العام" and last_word(sheet, at) in months.GENERAL_AFTER):
        return None
    step = STEP[months.QUALIFIERS[qualified["sense"]]] if qualified else 0
    stop = qualified.end() if qualified else end
    if grammar.NUMBER_NEXT.match(sheet.text, stop):  # «هذا العام 2025/2026» is a school year
        return None
    start = at - len("هذا ") if this else at
    if noun == "الشهر" and not this:
        day = day_left(sheet, start)
        if day is not None and sheet.text.endswith((" من ", " في "), 0, start):
            found = valid(*shift_month(anchor, step), day.day)
            return None if found is None else day_hit(day.start, stop, found)
    modified = grammar.MOD_LEFT.search(sheet.text, sheet.back(start), start)
    mod: Mod | None = None
    if modified:
        start, mod = modified.start("mod"), months.MODS[modified["mod"]]
    return _whole(noun, anchor, step, (start, stop), mod)


def _ends_this_year(sheet: Sheet, noun: str, at: int, end: int) -> bool:
    """«نهاية العام» without a word of which: this one."""
    modified = grammar.MOD_LEFT.search(sheet.text, sheet.back(at), at)
    ends = noun == "العام" and modified is not None and months.MODS[modified["mod"]] == "END"
    follows = _next_word(sheet, end)
    return ends and not follows.startswith("ال") and not grammar.NUMBER_NEXT.match(sheet.text, end)


def _whole(noun: str, anchor: date, step: int, span: Span, mod: Mod | None = None) -> Hit | None:
    start, end = span
    if noun == "الاسبوع":
        inside = shift(anchor, 7 * step)
        return None if inside is None else week_hit(start, end, inside, mod)
    year, month = shift_month(anchor, step) if noun == "الشهر" else (anchor.year + step, 1)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return month_hit(start, end, year, month, mod) if noun == "الشهر" else year_hit(start, end, year, mod)


def _ago(sheet: Sheet, anchor: date, at: int, end: int) -> Hit | None:
    found = grammar.AGO.match(sheet.text, at)
    if found is None or end > found.end():
        return None
    unit, own = months.UNITS[found["unit"]]
    written = found["count"]
    if written is None and own is None:
        return None
    count = own or 1 if written is None else int(written) if written.isdecimal() else months.CARDINALS[written]
    stop = found.end("one") if found["one"] else found.end("unit")
    follows = _next_word(sheet, stop)
    # «قبل عام 2011», «قبل يوم الأحد», «قبل يومين من الانتخابات» count from something else.
    if follows in {"من", "ان"} or (
        own == 1 and not found["one"] and not grammar.MARK_NEXT.match(sheet.text, found.end())
    ):
        return None
    if found["word"] == "منذ" and (unit != "day" or count == 1):  # a duration; of days it tells the day too
        return None
    if unit == "day":
        day = shift(anchor, -count)
        return None if day is None else day_hit(at, stop, day)
    noun = {"week": "الاسبوع", "month": "الشهر", "year": "العام"}[unit]
    return _whole(noun, anchor, -count, (at, stop))


_HOW = {
    "weekday": _weekday,
    "yesterday": _yesterday,
    "today": _today,
    "tomorrow": _tomorrow,
    "night": _night,
    "period": _period,
    "ago": _ago,
}
