"""Dates with a month name: «12 من شباط», «أكتوبر/تشرين الأول المقبل», «مطلع أيار»."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from workers.arabic import grammar, months
from workers.arabic.months import Sense
from workers.arabic.resolve import (
    FIRST_YEAR,
    LAST_YEAR,
    STEP,
    Hit,
    day_hit,
    day_without_year,
    month_hit,
    month_without_year,
    valid,
)
from workers.arabic.sheet import PROCLITICS, Draft, Sheet, future_cue, last_word

_LEAP_YEAR = 2000
_NEXT_DATE = re.compile(
    rf"[ ،,]{{0,2}}(?:و|الي|حتي|وحتي|والي|[–-])?[ ]?(?:(?:يوم )?(?:{'|'.join(grammar.WEEKDAY)}) ?)?$"
)
_NEXT_DATE_WITHIN = 24  # code points between two dates that share the year of the second


@dataclass(frozen=True, slots=True)
class _Tail:
    end: int
    year: int | None = None
    sense: Sense | None = None
    broken: bool = False


def month_drafts(sheet: Sheet, triggers: list[int]) -> list[Draft]:
    """Read the dates around month names; `triggers` are the starts of words that may begin one."""
    drafts: list[Draft] = []
    for at in triggers:
        if not sheet.taken[at]:
            drafts += _month(sheet, at)
    return drafts


def _month(sheet: Sheet, at: int) -> Iterator[Draft]:
    names = grammar.MONTH_NAMES.match(sheet.text, at)
    if names is None:
        return
    month, end, second = grammar.MONTH[names["one"]], names.end(), names["two"] or names["three"]
    if second and grammar.MONTH[second] != month:
        if names["two"] or set("/\\|") & set(names["join"]):  # two months for one date: not to be guessed
            sheet.take(at, end)
            return
        second, end = None, names.end("one")
    tail = _tail(sheet, end)
    left = day_left(sheet, at)
    if left is None and sheet.text[max(0, at - 2) : at].rstrip(" ")[-1:].isdecimal():
        return
    if left is None:
        yield from _whole_month(sheet, at, month, names["one"], tail, dual=second is not None)
        return
    start = left.first[0] if left.first else left.start
    context = grammar.CONTEXT_LEFT.search(sheet.text, sheet.back(start), start)
    begun = context.start() if context else start
    weekday = grammar.WEEKDAY[context["weekday"]] if context and context["weekday"] else None
    sense = tail.sense or ("present" if context and context["near"] else "near")
    named = tail.year is None and last_word(sheet, start) in months.NAMED_AFTER_A_DAY
    sheet.take(begun, tail.end)
    if tail.broken or named or valid(tail.year or _LEAP_YEAR, month, left.day) is None:
        return
    if context and context["near"] and context["gap"].isspace() and context.end("gap") == start:
        start = context.start("near")
    whole = Draft(start, tail.end, month, left.day, None, tail.year, sense, weekday)
    if left.first is None:
        yield whole
    elif left.together:
        yield replace(whole, first=left.first[2], weekday=None)
    else:
        yield replace(whole, start=left.first[0], end=left.first[1], day=left.first[2], weekday=None)
        yield replace(whole, start=left.start, weekday=None)


@dataclass(frozen=True, slots=True)
class Day:
    """The day written before a month; of a pair («9 و10», «5-7») `first` is the span and number of the first one."""

    start: int
    day: int
    first: tuple[int, int, int] | None = None
    together: bool = False  # an interval, not two days


def day_left(sheet: Sheet, at: int) -> Day | None:
    """Read the day that ends where a month begins, in digits or as «الثالث من»."""
    found = grammar.DAY_LEFT.search(sheet.text, sheet.back(at), at)
    if found is None:
        ordinal = grammar.ORDINAL_LEFT.search(sheet.text, sheet.back(at), at)
        if ordinal is None or last_word(sheet, ordinal.start()) in months.PARTS_OF_A_MONTH:
            return None
        return Day(ordinal.start("day"), months.ORDINALS[ordinal["day"]])
    start = found.start("first" if found["first"] else "day")
    if sheet.text[start] in PROCLITICS:
        start += 1
    if not found["first"]:
        return Day(start, _number(found["day"]))
    first, second = _number(found["first"]), _number(found["second"])
    if first >= second:
        return Day(found.start("second"), second)
    return Day(found.start("second"), second, (start, found.end("first"), first), together=found["join"].strip() != "و")


def _number(text: str) -> int:
    return int("".join(filter(str.isdecimal, text)))


def _tail(sheet: Sheet, at: int) -> _Tail:
    found = grammar.MONTH_TAIL.match(sheet.text, at)
    if found is None:
        return _Tail(at)
    anchor = sheet.anchor
    if found["year"]:
        year = int(found["year"])
        return _Tail(found.end(), year, broken=not FIRST_YEAR <= year <= LAST_YEAR)
    if found["sense"]:
        return _Tail(found.end(), sense=months.QUALIFIERS[found["sense"]])
    if found["same"] or anchor is None:
        return _Tail(found.end(), broken=True)
    step = 0 if found["this"] else STEP[months.QUALIFIERS[found["year_sense"]]]
    return _Tail(found.end(), anchor.year + step)


def _whole_month(sheet: Sheet, at: int, month: int, name: str, tail: _Tail, *, dual: bool) -> Iterator[Draft]:
    day = grammar.DAY_THEN_YEAR.match(sheet.text, at + len(name)) if tail.end == at + len(name) else None
    if day and valid(int(day["year"]), month, int(day["day"])):
        sheet.take(at, day.end())
        yield Draft(at, day.end(), month, int(day["day"]), year=int(day["year"]))
        return
    left = grammar.MONTH_LEFT.search(sheet.text, sheet.back(at), at)
    mod = months.MODS[left["mod"]] if left and left["mod"] else None
    sure = dual or mod is not None or (left is not None and left["month"] is not None)
    sure = sure or _begins_interval(sheet, at, tail.end) or _is_when(sheet, at, name)
    dated = tail.year is not None or tail.sense is not None
    if not (sure or dated) or (name in months.NEEDS_DAY and not sure):
        return
    if name == "اب" and not sure and _first(sheet, at) in "أإ":  # أب is "father"
        return
    start = at
    if left is not None and left["mod"]:
        start = left.start("mod")
    elif left is not None and left["month"]:
        start = left.start("month")
    before = last_word(sheet, start)
    if before in months.NO_MONTH_AFTER or (before in months.NAMED_AFTER_A_DAY and not dated):
        return
    sheet.take(start, tail.end)
    if not tail.broken:
        yield Draft(start, tail.end, month, None, None, tail.year, tail.sense or "near", None, mod)


def _is_when(sheet: Sheet, at: int, name: str) -> bool:
    """«في تموز»: a month alone after the word for "in"; آب only with its own first letter."""
    if sheet.anchor is None or name in months.NEEDS_DAY or not grammar.IN_LEFT.search(sheet.text, sheet.back(at), at):
        return False
    return (name != "اب" or _first(sheet, at) == "آ") and grammar.MONTH_ALONE.match(
        sheet.text, at + len(name)
    ) is not None


def _first(sheet: Sheet, at: int) -> str:
    """The letter at a place as written, composed with its hamza or madda."""
    return unicodedata.normalize("NFC", sheet.raw(at, at + 1))[:1]


def _begins_interval(sheet: Sheet, at: int, end: int) -> bool:
    """Whether another month follows as the end of an interval: «بين أيار وتموز», «من تموز إلى آب»."""
    return bool(
        grammar.INTERVAL_LEFT.search(sheet.text, sheet.back(at), at) and grammar.INTERVAL_RIGHT.match(sheet.text, end)
    )


def resolve_drafts(sheet: Sheet, drafts: list[Draft]) -> Iterator[Hit]:
    """Turn drafts into hits: the year of the next date («29 أيار و1 حزيران 2025»), or the one the anchor gives."""
    ordered = sorted(drafts, key=lambda d: d.start)
    after: Draft | None = None
    for draft in reversed(ordered):
        full = _with_year_of(sheet.text, draft, after)
        hit = _hit(sheet, full)
        if hit is not None:
            yield hit
        after = full


def _with_year_of(text: str, draft: Draft, after: Draft | None) -> Draft:
    if after is None or after.year is None or draft.year is not None or draft.sense != "near":
        return draft
    if after.start - draft.end > _NEXT_DATE_WITHIN or not _NEXT_DATE.match(text[draft.end : after.start]):
        return draft
    later = (draft.month, draft.day or 0) > (after.month, after.day or 0)
    return replace(draft, year=after.year - later)


def _hit(sheet: Sheet, draft: Draft) -> Hit | None:
    year, sense = draft.year, draft.sense
    if year is None and sense == "near" and future_cue(sheet.text, draft.start):
        sense = "future"
    if draft.day is None:
        if year is None and sheet.anchor is not None:
            year = month_without_year(sheet.anchor, draft.month, sense)
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return None
        return month_hit(draft.start, draft.end, year, draft.month, draft.mod)
    if year is not None:
        day = valid(year, draft.month, draft.day)
    elif sheet.anchor is not None:
        day = day_without_year(sheet.anchor, draft.month, draft.day, sense, draft.weekday)
    else:
        day = None
    if day is None:
        return None
    if draft.first is not None:
        return day_hit(draft.start, draft.end, day.replace(day=draft.first), day)
    return day_hit(draft.start, draft.end, day)
