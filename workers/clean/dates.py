"""When an article was published: all claims, which is believed, and what speaks against it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, cast
from zoneinfo import ZoneInfo

from workers.arabic.calendar import find_dates, read_date
from workers.arabic.letters import fold, fold_text
from workers.clean.datelines import tells_update
from workers.clean.facts import Facts
from workers.clean.lines import tidy
from workers.items import DateCandidate, DateMention, Entry, Published, Span

Precision = Literal["second", "minute", "day"]

_URL_DAY = re.compile(r"(?<!\d)(20\d\d)[-/](\d\d?)[-/](\d\d?)(?!\d)")
_DAY = dt.timedelta(days=1)
_NOW = dt.timedelta(seconds=30)  # a clock may differ from ours by so much

# How far into a text its own "today" is looked for; further down it is somebody else's.
_LEAD = 2500
_WINDOW = 40
# Folded, with the numbers of date.weekday().
_WEEKDAYS = {"اثنين": 0, "ثلاثاء": 1, "اربعاء": 2, "خميس": 3, "جمعه": 4, "سبت": 5, "احد": 6}
_NAMED = "|".join(_WEEKDAYS)
_BEFORE = re.compile(
    rf"(?:^|[^\w])(?P<word>[وبفل]?اليوم|[وبفل]?امس)[\s،,]*(?:ال(?P<weekday>{_NAMED}))?[\s،,(\-]*(?:الموافق|في)?\s*$"
)
_TODAY = re.compile(rf"(?<!\w)اليوم[\s،,]*ال({_NAMED})(?!\w)")


class Told(NamedTuple):
    """A candidate with what decides over it: its local time, its precision, and whether it was only inferred."""

    candidate: DateCandidate
    local: dt.datetime
    precision: Precision
    inferred: bool = False


def find_published(
    *, facts: Facts, entry: Entry, datelines: Iterable[str], text: str, captured_at: dt.datetime, zone: ZoneInfo
) -> Published:
    """Choose among the claims; what is not known is None with the flag "no_date", never guessed.

    In the order of belief: `json-ld`, `meta`, `time` and `page` (an element that the profile names) of the page, `feed`,
    `text` (a dateline, or "today" beside a date), `url`, and last what is inferred from "yesterday" or from a weekday
    beside "today", or from the day of the last change (`updated`). A claim more than a day after the capture is flagged `future:<basis>` and never chosen, nor is the very
    moment of the capture (`fetch_time:<basis>`); midnight of 1 January only where nothing else is claimed. Values carry the offset of `zone`.
    """
    captured = captured_at.astimezone(zone)
    claims = [
        *_stated(facts.dates, captured, zone),
        *_announced(entry, captured, zone),
        *_in_datelines(datelines, captured, zone),
        *_in_text(text, captured, zone),
        *_in_address(entry.url, zone),
    ]
    claims.sort(key=lambda told: told.inferred)  # stable: the order above stays
    return _choose(claims, captured)


def _choose(claims: list[Told], captured: dt.datetime) -> Published:
    flags = [f"future:{told.candidate.basis}" for told in claims if _is_future(told, captured)]
    flags += [f"fetch_time:{told.candidate.basis}" for told in claims if _is_now(told, captured)]
    usable = [told for told in claims if not (_is_future(told, captured) or _is_now(told, captured))]
    candidates = tuple(told.candidate for told in claims)
    if not usable:
        why = "every claim is implausible" if claims else "no claim was found"
        return Published(candidates=candidates, flags=tuple(dict.fromkeys([*flags, "no_date"])), reason=why)
    doubted = [told for told in usable if _is_new_year(told)]
    chosen = next((told for told in usable if told not in doubted), usable[0])
    if _is_new_year(chosen):
        flags.append("suspicious_january_first")
    day = chosen.local.date()
    flags += [f"contradiction:{told.candidate.basis}" for told in usable if abs(told.local.date() - day) > _DAY]
    agreeing = dict.fromkeys(told.candidate.basis for told in (chosen, *usable) if told.local.date() == day)
    return Published(
        value=chosen.local.isoformat(),
        precision=chosen.precision,
        basis=tuple(agreeing),
        candidates=candidates,
        flags=tuple(dict.fromkeys(flags)),
        reason=_why(chosen, claims, doubted),
    )


def _why(chosen: Told, claims: list[Told], doubted: list[Told]) -> str:
    """Why that claim was chosen, for a person."""
    basis = chosen.candidate.basis
    if len(claims) == 1:
        return f"{basis} is the only claim"
    passed = list(dict.fromkeys(told.candidate.basis for told in claims[: claims.index(chosen)]))
    if chosen in doubted:
        return f"{basis}, though doubtful, is all there is"
    before = f"; {', '.join(passed)} was passed over as implausible" if passed else ""
    return f"{basis} is believed first{' of what is left' if passed else ''}{before}"


def _is_now(told: Told, captured: dt.datetime) -> bool:
    """Whether a claim is the moment of the capture: a page that prints the time at which it is asked for."""
    of_page = told.candidate.basis in {"json-ld", "meta", "time", "page"} and told.precision == "second"
    return of_page and abs(told.local - captured) <= _NOW


def _is_future(told: Told, captured: dt.datetime) -> bool:
    return told.local.date() > captured.date() + _DAY


def _is_new_year(told: Told) -> bool:
    # What a reader of dates answers when it understood nothing but the year.
    moment = told.local
    return (moment.month, moment.day, moment.hour, moment.minute) == (1, 1, 0, 0)


def _told(
    basis: str,
    value: str,
    precision: str,
    zone: ZoneInfo,
    *,
    text: str | None,
    span: Span | None = None,
    inferred: bool = False,
) -> Told | None:
    try:
        local = dt.datetime.fromisoformat(value)
        local = local.replace(tzinfo=zone) if local.tzinfo is None else local.astimezone(zone)
        local.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # year 1 or 9999 moved over its edge by an offset
        return None
    candidate = DateCandidate(value=local.isoformat(), basis=basis, text=text, span=span)
    return Told(candidate, local, cast("Precision", precision), inferred)


def _stated(said: Iterable[tuple[str, str]], captured: dt.datetime, zone: ZoneInfo) -> Iterator[Told]:
    for basis, words in said:
        read = read_date(words, zone, captured.date())
        if read is None:
            days = [mention for mention in find_dates(words, captured.date()) if _is_day(mention)]
            read = (days[0].start, "day") if len({mention.start for mention in days}) == 1 else None
        if read is not None and (told := _told(basis, *read, zone, text=words)) is not None:
            yield told


def _announced(entry: Entry, captured: dt.datetime, zone: ZoneInfo) -> Iterator[Told]:
    """The source's date: as the watcher read it, for it knows the outlet's habits; its words tell the precision."""
    words = tidy((entry.claimed or "")[:200])
    read = read_date(words, zone, captured.date()) if words else None
    value, precision = read or ("", "second")
    if entry.published is not None:
        value = entry.published.isoformat()
    if value and (told := _told("feed", value, precision, zone, text=words or None)) is not None:
        yield told


def _in_datelines(datelines: Iterable[str], captured: dt.datetime, zone: ZoneInfo) -> Iterator[Told]:
    """The first dateline that can be read, and the first that tells a change ("last update"): that one is inferred."""
    found: set[str] = set()
    for line in datelines:
        basis = "updated" if tells_update(line) else "text"
        for told in _stated([(basis, line)], captured, zone):
            if basis not in found:
                found.add(basis)
                yield told._replace(inferred=basis == "updated")


def _in_text(text: str, captured: dt.datetime, zone: ZoneInfo) -> Iterator[Told]:
    """What the text says of its own day: "اليوم، الأربعاء 12 من شباط" is it, "أمس 5 من كانون الأول" the day before it.

    A weekday that does not fit its date makes the words worthless. A weekday alone is dated by the capture, and only
    if that was on the same day or the next.
    """
    found: dict[bool, Told] = {}
    for mention in find_dates(text, captured.date(), 0, min(len(text), _LEAD)):
        beside = _beside(mention, text)
        if beside is None:
            continue
        day = dt.date.fromisoformat(mention.start)
        if beside["weekday"] and _WEEKDAYS[beside["weekday"]] != day.weekday():
            continue
        is_past = beside["word"].endswith("امس")
        value = (day + _DAY if is_past else day).isoformat()
        told = _told("text", value, "day", zone, text=mention.text, span=mention.span, inferred=is_past)
        if told is not None:
            found.setdefault(is_past, told)
    yield from found.values() or _weekday_in_text(text, captured, zone)


def _beside(mention: DateMention, text: str) -> re.Match[str] | None:
    """The "today" or "yesterday" that stands before the number of a day, or None."""
    start, end = mention.span
    number = next((at for at in range(start, end) if text[at].isdigit()), None)
    if not _is_day(mention) or number is None:
        return None
    return _BEFORE.search(fold_text(text[max(0, number - _WINDOW) : number]))


def _weekday_in_text(text: str, captured: dt.datetime, zone: ZoneInfo) -> Iterator[Told]:
    folded = fold(text[:_LEAD])
    for match in _TODAY.finditer(folded.text):
        for day in (captured.date(), captured.date() - _DAY):
            if day.weekday() == _WEEKDAYS[match[1]]:
                start, end = span = folded.span(*match.span())
                told = _told("text", day.isoformat(), "day", zone, text=text[start:end], span=span, inferred=True)
                if told is not None:
                    yield told
                    return


def _in_address(url: str, zone: ZoneInfo) -> Iterator[Told]:
    found = _URL_DAY.search(url)
    if found is None:
        return
    try:
        value = dt.date(*map(int, found.groups())).isoformat()
    except ValueError:
        return
    if (told := _told("url", value, "day", zone, text=found[0])) is not None:
        yield told


def _is_day(mention: DateMention) -> bool:
    return mention.start == mention.end == mention.value
