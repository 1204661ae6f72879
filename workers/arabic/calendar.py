"""Dates in Arabic text, and the date of one dateline, meta tag or feed field."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Literal
from zoneinfo import ZoneInfo

from workers.arabic import clock, grammar, hijri, months
from workers.arabic.clock import Precision
from workers.arabic.hijri import agreed, hijri_hits
from workers.arabic.intervals import joined
from workers.arabic.letters import Folded, fold
from workers.arabic.named import month_drafts, resolve_drafts
from workers.arabic.numeric import numeric_drafts, short_drafts, year_hits
from workers.arabic.quotes import quotations
from workers.arabic.relative import WORDS, Kind, relative_hits
from workers.arabic.resolve import FIRST_YEAR, LAST_YEAR, Hit, valid
from workers.arabic.sheet import Sheet
from workers.items import DateMention

_LONGEST_LINE = 300  # code points; a longer string is no dateline
_SPACES = re.compile("  +")
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?P<second>:\d{2}(?:[.,]\d{1,9})?)?(?: ?(?:[Zz]|[+-]\d{2}:?\d{2}))?)?"
)
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,4}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}(?P<second>:\d{2})?(?P<zone> (?:[A-Z]{1,4}|[+-]\d{4}))?"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z\d])(?:(?P<day>\d{1,2}) (?P<month>[A-Za-z]{3,9})\.?,?|(?P<month2>[A-Za-z]{3,9})\.? (?P<day2>\d{1,2}),?)"
    r" (?P<year>\d{4})(?!\d)"
)


def _with_proclitics(word: str) -> str:
    return "و" if word in months.SHORT else "وفبل"


def _triggers() -> dict[str, tuple[Literal["month", "hijri"] | Kind, int]]:
    """A word that may begin a date, with its proclitic or without -> what it begins, and how long the proclitic is."""
    first_words = {name.split()[0] for name in grammar.MONTH}
    found: dict[str, tuple[Literal["month", "hijri"] | Kind, int]] = {}
    for kinds in (dict.fromkeys(hijri.WORDS, "hijri"), WORDS):
        for word, kind in kinds.items():
            found |= {p + word: (kind, 1) for p in "وفبل"}  # type: ignore[misc]
        found |= {word: (kind, 0) for word, kind in kinds.items()}  # type: ignore[misc]
    for word in first_words:
        found |= {p + word: ("month", 1) for p in _with_proclitics(word)}
    return found | dict.fromkeys(first_words, ("month", 0))


_TRIGGERS = _triggers()
_QUOTE = re.compile("[\"“”„‟″＂«»‹›'‘’‚]")


def find_dates(text: str, anchor: date | None, start: int = 0, end: int | None = None) -> tuple[DateMention, ...]:
    """Return the dates in `text[start:end]` in order, their spans in `text`; `anchor` is the day it was published.

    A date without a year takes the sense of its words (الماضي, الحالي, المقبل, a future verb), the year its weekday
    fits, else the nearest past. Without an anchor only full dates, months and years are found. What has two readings
    (تشرين alone, «أيار/حزيران», «العام نفسه»), no such day (31 شباط) or a year outside 1900 to 2100 is left out.
    """
    part = text[start:end]
    sheet = _sheet(part, _day(anchor))
    mentions = []
    for hit in sorted(_hits(sheet), key=lambda h: h.start):
        first, last = sheet.folded.span(hit.start, hit.end)
        mentions.append(
            DateMention(
                text=part[first:last],
                span=(first + start, last + start),
                value=hit.value,
                start=hit.first.isoformat(),
                end=hit.last.isoformat(),
                mod=hit.mod,
            )
        )
    return tuple(mentions)


def _day(anchor: date | None) -> date | None:
    return anchor.date() if isinstance(anchor, datetime) else anchor


def _sheet(text: str, anchor: date | None) -> Sheet:
    folded = _single_spaced(fold(text))
    return Sheet(folded, text, anchor, bytearray(len(folded.text)))


def _single_spaced(folded: Folded) -> Folded:
    if "  " not in folded.text:
        return folded
    pieces: list[str] = []
    origin: list[int] = []
    begun = 0
    for spaces in _SPACES.finditer(folded.text):
        pieces.append(folded.text[begun : spaces.start() + 1])
        origin += folded.origin[begun : spaces.start() + 1]
        begun = spaces.end()
    pieces.append(folded.text[begun:])
    origin += folded.origin[begun:]
    return Folded("".join(pieces), origin)


def _hits(sheet: Sheet) -> list[Hit]:
    in_months: list[int] = []
    in_years: list[int] = []
    in_hijri: list[int] = []
    in_words: list[tuple[int, int, Kind]] = []
    for match in grammar.WORD.finditer(sheet.text):
        word = match[0]
        trigger = _TRIGGERS.get(word)
        if trigger is None:
            if len(word) == len("2025") and word.isdecimal():
                in_years.append(match.start())
            continue
        kind, proclitic = trigger
        at = match.start() + proclitic
        if kind == "month":
            in_months.append(at)
        elif kind == "hijri":
            in_hijri.append(at)
        else:
            in_words.append((at, match.end(), kind))
    islamic = list(hijri_hits(sheet, in_hijri)) if in_hijri or "14" in sheet.text else []
    drafts = [*month_drafts(sheet, in_months), *numeric_drafts(sheet), *short_drafts(sheet)]
    hits = [*resolve_drafts(sheet, drafts), *year_hits(sheet, in_years)]
    if sheet.anchor is not None:
        spoken = [replace(hit, spoken=True) for hit in relative_hits(sheet, sheet.anchor, in_words)]
        hits += _not_quoted(sheet, spoken)
    hits += islamic
    return joined(sheet, agreed(sheet, hits) if islamic else hits)


def _not_quoted(sheet: Sheet, hits: list[Hit]) -> list[Hit]:
    """The hits outside of quotation marks: inside, it is not known on which day «أمس» was said."""
    if not hits or not _QUOTE.search(sheet.source):
        return hits
    inside = [one.inner for one in quotations(sheet.source)]
    spans = [sheet.folded.span(hit.start, hit.end) for hit in hits]
    return [
        hit
        for hit, (start, end) in zip(hits, spans, strict=True)
        if not any(a <= start and end <= b for a, b in inside)
    ]


def read_date(text: str, zone: ZoneInfo, anchor: date | None = None) -> tuple[str, Precision] | None:
    """Read one dateline, meta value or feed field: (ISO 8601 in `zone`, "second" | "minute" | "day"), None when unsure.

    A time without a zone is `zone`'s. A line that names two days, or none, is unsure. Dates without a year and ages
    («منذ ساعتين») need the anchor: the moment the line was read, or only its day. Ages in hours are rounded by the
    page, so they give the day; they and minutes need a moment.
    """
    line = _single_spaced(fold(" ".join(text[: _LONGEST_LINE + 1].split()))).text.strip()
    if not line or len(line) > _LONGEST_LINE:
        return None
    try:
        return _standard(line, zone) or _dateline(line, zone, anchor)
    except OverflowError:  # a zone shift past the first or the last year
        return None


def _standard(line: str, zone: ZoneInfo) -> tuple[str, Precision] | None:
    precision: Precision = "minute"
    if iso := _ISO.fullmatch(line):
        try:
            moment = datetime.fromisoformat(line.replace(",", ".").upper().replace(" +", "+").replace(" Z", "Z"))
        except ValueError:
            return None
        precision = "second" if iso["second"] else "minute" if ":" in line else "day"
    elif mail := _RFC822.fullmatch(line):
        try:
            moment = parsedate_to_datetime(line)
        except ValueError:
            return None
        precision = "second" if mail["second"] else "minute"
        if mail["zone"] == " -0000":
            moment = moment.replace(tzinfo=UTC)
    else:
        return None
    return _written(moment, zone, precision)


def _written(moment: datetime, zone: ZoneInfo, precision: Precision) -> tuple[str, Precision] | None:
    local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        return None
    return local.isoformat(timespec="seconds"), precision


def _dateline(line: str, zone: ZoneInfo, anchor: date | None) -> tuple[str, Precision] | None:
    now = anchor.astimezone(zone) if isinstance(anchor, datetime) and anchor.tzinfo else anchor
    found = _hits(_sheet(line, _day(now)))
    whole = [hit for hit in found if hit.first == hit.last]
    days = {hit.first for hit in whole if not hit.hijri} | _english_days(line) or {hit.first for hit in whole}
    if not days and now is not None and line.startswith("اليوم"):
        days = {date(now.year, now.month, now.day)}
    if not days:
        return _aged(line, zone, now)
    if len(days) > 1:
        return None
    day = days.pop()
    moments = clock.times(line)
    if len(moments) != 1:
        return _written(datetime.combine(day, time()), zone, "day")
    moment, precision = moments[0]
    return _written(datetime.combine(day, moment, clock.offset(line)), zone, precision)


def _english_days(line: str) -> set[date]:
    found = set()
    for match in _ENGLISH.finditer(line):
        name = (match["month"] or match["month2"]).lower()
        month = next((n for n, full in enumerate(months.ENGLISH_MONTHS, 1) if full.startswith(name)), None)
        day = valid(int(match["year"]), month, int(match["day"] or match["day2"])) if month else None
        if day is not None:
            found.add(day)
    return found


def _aged(line: str, zone: ZoneInfo, now: date | None) -> tuple[str, Precision] | None:
    aged = clock.age(line)
    if aged is None or now is None:
        return None
    unit, ago = aged
    if unit != "days" and not isinstance(now, datetime):
        return None
    then = now - ago
    if unit != "minutes" or not isinstance(then, datetime):
        return _written(datetime(then.year, then.month, then.day, tzinfo=zone), zone, "day")
    return _written(then.replace(second=0, microsecond=0), zone, "minute")
