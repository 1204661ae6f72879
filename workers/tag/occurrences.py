"""One act that many articles tell is one occurrence, with all that tell it: the copies among them counted apart."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workers.items import Event, EventDate, Record

# Without a day of its own an act is news: it was done on the day of publication or so many days before.
_NEWS_DAYS = 2
# A longer span («في العام الماضي») tells too little to say that two acts are one.
_LONGEST_DAYS = 31
_MOST_ORIGINALS = 100

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_DAY = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")

Days = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Source:
    """An article that tells the act, with the event as it tells it; `copy_of` is the key of the article it repeats."""

    record: Record
    event: Event
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class _Telling:
    """A source with its days and place, as far as they tell acts apart."""

    source: Source
    days: Days | None
    places: frozenset[str]


@dataclass(slots=True)
class Occurrence:
    """An act: `event` is the telling that says most, `days` when it was done (first and last day, or None).

    `named` holds the ids of the actors and of the recipients that are named anywhere, without those of whole countries.
    """

    event: Event
    days: Days | None
    date: EventDate | None
    named: tuple[set[str], set[str]]
    places: set[str]
    sources: list[Source] = field(default_factory=list)
    originals: int = 0


def occurrences(records: Iterable[Record], countries: Collection[str]) -> list[Occurrence]:
    """Return the acts that records tell, by day; those without a day come last, in the order of their articles.

    Two articles tell the same act if its type, the countries of both parties and its status agree, its days overlap, and
    neither mode nor parties nor places contradict each other; what one names the other may leave out. An act told as past
    («زار موسكو في 5 أيار») is that of its day. Of one article no two events are the same act (`merging`).
    """
    found: list[Occurrence] = []
    by_day: defaultdict[tuple[object, ...], list[Occurrence]] = defaultdict(list)
    originals: dict[str, str | None] = {}
    for record in records:
        originals[record.article.key] = record.article.copies.of
        for event in record.tags.events:
            days = days_of(event, record.article.published.day)
            place = frozenset({event.place} if event.place and event.place not in countries else ())
            telling = _Telling(Source(record, event, record.article.copies.of), days, place)
            keys = list(_keys(event, days))
            alike = {id(one): one for key in keys for one in by_day.get(key, ())}.values()
            same = [one for one in alike if _fits(one, telling, countries)]
            if same:
                one = max(same, key=lambda other: _closeness(other, telling.source.event))
            else:
                one = Occurrence(event, days, None, (set(), set()), set())
                found.append(one)
                for key in keys:
                    by_day[key].append(one)
            _add(one, telling, countries)
    for one in found:
        one.originals = len({_original(source.record.article.key, originals) for source in one.sources})
    return sorted(found, key=lambda one: (one.days is None, one.days or (dt.date.min, dt.date.min)))


def days_of(event: Event, published: dt.date | None) -> Days | None:
    """Return the first and the last day on which an event may have been, or None where too little is known."""
    if event.date is not None and event.date.basis == "sentence":
        days = _days(event.date.value)
        return days if days and (days[1] - days[0]).days <= _LONGEST_DAYS else None
    if published is None or event.status == "historical":
        return None
    return dt.date.fromordinal(max(1, published.toordinal() - _NEWS_DAYS)), published


def _days(value: str) -> Days | None:
    """Return the days of a TIMEX3 value: a day, a week, a month, an interval of those."""
    if "/" in value:
        first, last = (_days(part) for part in value.split("/", 1))
        return (first[0], last[1]) if first and last and first[0] <= last[1] else None
    try:
        if week := _WEEK.fullmatch(value):
            # A week of the region begins on Sunday, the day before ISO's.
            start = dt.date.fromisocalendar(int(week[1]), int(week[2]), 1) - dt.timedelta(days=1)
            return start, start + dt.timedelta(days=6)
        if not (day := _DAY.match(value)):
            return None
        year, month = int(day[1]), int(day[2])
        if day[3]:
            return dt.date(year, month, int(day[3])), dt.date(year, month, int(day[3]))
        after = dt.date(year + month // 12, month % 12 + 1, 1)
        return dt.date(year, month, 1), after - dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return None


def _keys(event: Event, days: Days | None) -> Iterator[tuple[object, ...]]:
    if days is None:
        return
    pair = frozenset((*event.actor_country, *event.recipient_country))
    for number in range((days[1] - days[0]).days + 1):
        yield days[0] + dt.timedelta(days=number), event.type, _done(event), pair


def _done(event: Event) -> str:
    return "actual" if event.status == "historical" else event.status


def _fits(one: Occurrence, telling: _Telling, countries: Collection[str]) -> bool:
    known, event, days = one.event, telling.source.event, telling.days
    if any(source.record.article.key == telling.source.record.article.key for source in one.sources):
        return False
    if one.days is None or days is None or max(one.days[0], days[0]) > min(one.days[1], days[1]):
        return False
    if known.mode != event.mode and known.mode and event.mode:
        return False
    if one.places and telling.places and not one.places & telling.places:
        return False
    if not _turned(known, event) and known.actor_country != event.actor_country:
        return False
    more = _named(event, countries, turned=_turned(known, event))
    return all(not mine or not theirs or mine & theirs for mine, theirs in zip(one.named, more, strict=True))


def _turned(known: Event, event: Event) -> bool:
    """Whether what both did is told from the other side."""
    return known.actor_country != event.actor_country and (known.reciprocal or event.reciprocal)


def _named(event: Event, countries: Collection[str], *, turned: bool) -> tuple[set[str], set[str]]:
    actors, recipients = set(event.actor) - set(countries), set(event.recipient) - set(countries)
    return (recipients, actors) if turned else (actors, recipients)


def _closeness(one: Occurrence, event: Event) -> tuple[int, bool]:
    named = {*event.actor, *event.recipient}
    return len(named & (one.named[0] | one.named[1])), one.event.mode == event.mode


def _add(one: Occurrence, telling: _Telling, countries: Collection[str]) -> None:
    event, days = telling.source.event, telling.days
    actors, recipients = _named(event, countries, turned=_turned(one.event, event))
    one.named[0].update(actors)
    one.named[1].update(recipients)
    one.places.update(telling.places)
    if one.days and days:
        one.days = max(one.days[0], days[0]), min(one.days[1], days[1])
    if event.date and (one.date is None or (one.date.basis, event.date.basis) == ("dateline", "sentence")):
        one.date = event.date
    if one.sources and _said(event) > _said(one.event) and not _turned(one.event, event):
        one.event = event
    one.sources.append(telling.source)


def _said(event: Event) -> tuple[bool, int, bool, bool]:
    return event.status != "historical", bool(event.actor) + bool(event.recipient), bool(event.mode), bool(event.place)


def _original(key: str, originals: Mapping[str, str | None]) -> str:
    """Follow copies of copies to the one that repeats none."""
    for _ in range(_MOST_ORIGINALS):
        before = originals.get(key)
        if before is None:
            return key
        key = before
    return key
