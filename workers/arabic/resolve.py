"""Date arithmetic: which day, month, week or year is meant, seen from an anchor day."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from workers.arabic.months import Mod, Sense

FIRST_YEAR, LAST_YEAR = 1900, 2100
STEP: dict[Sense, int] = {"past": -1, "present": 0, "future": 1}  # of a month or year, by its word
_YEARS_AROUND = 4  # 29 February
_A_YEAR = 366
_WEEKDAY_REACH = 800  # days back a weekday may send a date; further, a slip in the weekday is likelier
_SAME_MONTH = 31  # days within which «الحالي» may reach over the end of a month


@dataclass(frozen=True, slots=True)
class Hit:
    """A date found in the folded text: its span there, the TIMEX3 value and the days it covers."""

    start: int
    end: int
    value: str
    first: date
    last: date
    mod: Mod | None = None
    spoken: bool = False  # counted from the moment of speaking: «أمس», «الشهر الجاري»
    hijri: bool = False


def valid(year: int, month: int, day: int) -> date | None:
    """Return the date, or None when there is no such day or the year is no year of news."""
    try:
        return date(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
    except ValueError:
        return None


def day_hit(start: int, end: int, first: date, last: date | None = None, *, hijri: bool = False) -> Hit:
    """Make the hit of a day, or of the interval from `first` to `last`."""
    if last is None or last == first:
        return Hit(start, end, first.isoformat(), first, first, hijri=hijri)
    return Hit(start, end, f"{first.isoformat()}/{last.isoformat()}", first, last, hijri=hijri)


def month_hit(start: int, end: int, year: int, month: int, mod: Mod | None = None) -> Hit:
    """Make the hit of a whole month."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    return Hit(start, end, f"{year:04}-{month:02}", date(year, month, 1), last, mod)


def year_hit(start: int, end: int, year: int, mod: Mod | None = None) -> Hit:
    """Make the hit of a whole year."""
    return Hit(start, end, f"{year:04}", date(year, 1, 1), date(year, 12, 31), mod)


def week_hit(start: int, end: int, inside: date, mod: Mod | None = None) -> Hit:
    """Make the hit of the week, Sunday to Saturday, around `inside`; its number is the ISO one of its Monday."""
    sunday = inside - timedelta(days=inside.isoweekday() % 7)
    year, week, _ = (sunday + timedelta(days=1)).isocalendar()
    return Hit(start, end, f"{year:04}-W{week:02}", sunday, sunday + timedelta(days=6), mod)


def shift(anchor: date, days: int) -> date | None:
    """Return the day `days` after the anchor, or None outside the years of news."""
    try:
        moved = anchor + timedelta(days=days)
    except OverflowError:
        return None
    return moved if FIRST_YEAR <= moved.year <= LAST_YEAR else None


def shift_month(anchor: date, months: int) -> tuple[int, int]:
    """Return the year and month `months` after the anchor's."""
    index = anchor.year * 12 + anchor.month - 1 + months
    return index // 12, index % 12 + 1


def _same_days(anchor: date, month: int, day: int) -> Iterator[date]:
    for year in range(max(MINYEAR, anchor.year - _YEARS_AROUND), min(MAXYEAR, anchor.year + _YEARS_AROUND) + 1):
        found = valid(year, month, day)
        if found is not None:
            yield found


def day_without_year(anchor: date, month: int, day: int, sense: Sense, weekday: int | None = None) -> date | None:
    """Give a day and month the year their words mean; of several, the one on the weekday named beside them.

    `near` is the nearest past. It reaches one day ahead, since a page may carry the date of the evening before.
    """
    days = sorted(_same_days(anchor, month, day), key=lambda d: abs((d - anchor).days))
    around = [d for d in days if -_WEEKDAY_REACH <= (d - anchor).days <= _A_YEAR]
    fit = {
        "past": [d for d in around if d < anchor],
        "present": [d for d in around if abs((d - anchor).days) <= _SAME_MONTH],
        "future": [d for d in around if d >= anchor],
        "near": [d for d in around if -_A_YEAR <= (d - anchor).days <= 1],
    }[sense]
    on_weekday = [d for d in (around if sense == "near" else fit) if d.weekday() == weekday]
    if on_weekday or sense == "present":
        return next(iter(on_weekday or fit), None)
    # 29 شباط may have no past for a year: then the last one is meant, or the next.
    return (
        next(iter(fit), None)
        or next((d for d in days if d <= anchor and sense == "near"), None)
        or next(iter(days), None)
    )


def month_without_year(anchor: date, month: int, sense: Sense) -> int | None:
    """Return the year of a month named without one, or None when its words contradict the anchor."""
    if sense == "present":
        return anchor.year if month == anchor.month else None
    if sense == "future":
        return anchor.year + (month <= anchor.month)
    if sense == "past":
        return anchor.year - (month >= anchor.month)
    return anchor.year - (month > anchor.month)


def weekday_day(anchor: date, weekday: int, sense: Sense) -> date | None:
    """Return the day a weekday alone means: `near` may be the anchor itself, `past` and `future` may not."""
    back = (anchor.weekday() - weekday) % 7
    if sense == "future":
        return shift(anchor, 7 - back)
    if sense == "present":
        return shift(anchor, min((-back, 7 - back), key=abs))
    return shift(anchor, -back if back or sense == "near" else -7)
