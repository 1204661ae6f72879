"""The date of an entry as a moment: RFC 822 and ISO 8601 here, everything in Arabic words by the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from workers.arabic.calendar import read_date

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
_ZONE = r"\s*(?P<zone>Z|[A-Za-z]{2,4}|(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d{2})?)?(?:\s*\([^()]{0,40}\))?"
_RFC = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?P<day>\d{{1,2}})[\s-]+(?P<month>[A-Za-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{4}}|\d{{2}})"
    rf"(?:,?\s+{_TIME}{_ZONE})?"
)
_ISO = re.compile(rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})(?:[T\s]\s*{_TIME}{_ZONE})?")
_UTC = re.compile(r"\d\s*(?:Z|(?:GMT|UTC?)?\s?[+-]00(?::?00)?|GMT|UTC?)(?:\s*\([^()]{0,40}\))?$", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Hours east of Greenwich. Any other name is read as the outlet's own zone: AST is Arabia's here and the Atlantic's in
# RFC 822.
_NAMED = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "cet": 1, "bst": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip
_YEARS = range(1990, 2101)  # the epoch's beginning and year 1 are what programs write for "unknown"


def moment(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment that `text` names, in UTC, or None when unsure. Never raises.

    A time without a zone is `zone`'s, a date without a time counts from its midnight there. A moment in the future
    is returned like any other: judging it takes a clock.
    """
    found = _RFC.fullmatch(text.strip()) or _ISO.fullmatch(text.strip())
    try:
        at = _from_parts(found, zone) if found else _from_words(text, zone)
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at is not None and at.year in _YEARS else None


def latest(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the last moment that `text` may mean: a day alone (YYYY-MM-DD) lasts until its end."""
    at = moment(text, zone)
    return at + timedelta(days=1, seconds=-1) if at is not None and _DAY.fullmatch(text.strip()) else at


def says_utc(text: str) -> bool:
    """Whether the date `text` names a time and claims Greenwich's, as programs do that do not know their zone."""
    return ":" in text and _UTC.search(text.strip()) is not None


def _from_parts(found: re.Match[str], zone: ZoneInfo) -> datetime | None:
    part = found.groupdict()
    month, year = part["month"], int(part["year"])
    if len(part["year"]) == 2:
        year += 2000
    number = int(month) if month.isdecimal() else _MONTHS.index(month[:3].lower()) + 1
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    return datetime(year, number, int(part["day"]), hour, minute, min(second, 59), tzinfo=_zone(part["zone"], zone))


def _from_words(text: str, zone: ZoneInfo) -> datetime | None:
    read = read_date(text, zone)
    if read is None:
        return None
    at = datetime.fromisoformat(read[0])
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _zone(name: str | None, zone: ZoneInfo) -> tzinfo:
    if not name:
        return zone
    if offset := _OFFSET.search(name):
        apart = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"] or 0))
        return timezone(-apart if offset["sign"] == "-" else apart)
    hours = _NAMED.get(name.lower())
    return zone if hours is None else timezone(timedelta(hours=hours))
