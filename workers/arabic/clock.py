"""Times of day and ages in one dateline: «14:30», «3:15 م», «+03:00», «منذ ساعتين»."""

from __future__ import annotations

import re
from datetime import UTC, time, timedelta, timezone
from typing import Literal

from workers.arabic import months

Precision = Literal["second", "minute", "day"]

_TIME = re.compile(
    r"(?<![\d:.+-])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?![\d:])"
    r" ?(?P<half>صباحا|مساء|ظهرا|عصرا|ليلا|فجرا|[صم](?![^\W\d_])|[aApP]\.?[mM](?![a-zA-Z]))?"
)
_HALF_FIRST = re.compile(r"(?<![^\W\d_])(?P<half>[صم]|[aApP][mM]) ?$")
_OFFSET = re.compile(
    r"(?<=[\d ])(?:(?:GMT|UTC)? ?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})(?!\d)|(?P<utc>GMT|UTC|Z)\b)"
    r"|(?:بتوقيت )?(?:ال)?(?P<greenwich>غرينتش|جرينتش|غرينيتش)"
)
_AGE = re.compile(
    r"(?:منذ|قبل) (?:(?P<count>\d{1,3}|" + "|".join(sorted(months.CARDINALS, key=len, reverse=True)) + r") )?"
    r"(?P<unit>[^\W\d_]+)(?: واحده?)?(?= ?$| ?[^\w\s])"
)
_ENGLISH_AGE = re.compile(r"(?P<count>\d{1,3}|an?|one) (?P<unit>minute|min|hour|day)s? ago", re.IGNORECASE)
_AGE_UNITS: dict[str, tuple[str, int | None]] = {
    **{form: ("minutes", n) for form, n in (("دقيقه", 1), ("دقيقتين", 2), ("دقايق", None))},
    **{form: ("hours", n) for form, n in (("ساعه", 1), ("ساعتين", 2), ("ساعات", None))},
    **{form: ("days", n) for form, n in (("يوم", 1), ("يومين", 2), ("ايام", None), ("يوما", None))},
}
_NOON = 12


def times(text: str) -> list[tuple[time, Precision]]:
    """Return the distinct times of day written in a folded line; an impossible one («25:70») is passed over."""
    found: dict[time, Precision] = {}
    for match in _TIME.finditer(text):
        before = _HALF_FIRST.search(text, 0, match.start())
        half = match["half"] or (before["half"] if before else None)
        hour = _on_24(int(match["hour"]), half)
        try:
            moment = time(hour, int(match["minute"]), int(match["second"] or 0))
        except ValueError:
            continue
        found[moment] = "second" if match["second"] else "minute"
    return list(found.items())


def _on_24(hour: int, half: str | None) -> int:
    if half is None or hour > _NOON:
        return hour
    if half[0] in "صفaA":
        return hour % _NOON
    if half == "ليلا":
        return hour % _NOON if hour == _NOON or hour < 6 else hour + _NOON
    if half == "ظهرا":
        return hour if hour in {11, _NOON} else hour + _NOON
    return hour % _NOON + _NOON


def offset(text: str) -> timezone | None:
    """Return the offset from UTC written in a folded line, or None."""
    found = _OFFSET.search(text)
    if found is None:
        return None
    if found["sign"] is None:
        return UTC
    span = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"]))
    return timezone(span if found["sign"] == "+" else -span) if span < timedelta(hours=15) else None


def age(text: str) -> tuple[str, timedelta] | None:
    """Return («minutes» | «hours» | «days», how long ago) of a folded line like «منذ 3 ساعات», or None."""
    if english := _ENGLISH_AGE.search(text):
        unit = "minutes" if english["unit"].lower().startswith("min") else english["unit"].lower() + "s"
        return unit, timedelta(**{unit: int(english["count"]) if english["count"].isdecimal() else 1})
    found = _AGE.search(text)
    if found is None or found["unit"] not in _AGE_UNITS:
        return None
    unit, own = _AGE_UNITS[found["unit"]]
    count = found["count"]
    if count is None and own is None:
        return None
    number = own or 1 if count is None else int(count) if count.isdecimal() else months.CARDINALS[count]
    return unit, timedelta(**{unit: number})
