"""When a source announces articles: its articles an hour in each hour of the week, learned from every look at it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from workers.items import utc

CELLS = 168  # hours of the week in the outlet's zone, from Monday midnight
BINS = 12  # parts of five minutes in an hour

HALF_LIFE = timedelta(weeks=4)  # in which what was learned loses half its weight
STIR = timedelta(hours=1)  # the same for a burst or a lull

_REACH = timedelta(days=7)  # of what a first look shows, so much is learned from
_UNWATCHED = timedelta(days=1)  # after a longer gap a look is like a first one: a feed shows only its latest
_LATE = timedelta(days=2)  # an article older than that was put in afterwards and tells nothing of the rhythm
_MOST = 200  # articles that one look counts for at most, so that a moved archive does not drown what was learned

_PRIOR = (2.0, 4.0)  # articles and hours which a source is thought to have shown before it was ever looked at
_DOUBT = 2.0  # articles that it takes to believe a cell, an hour or a day half as much as what stands above it
_BIN_DOUBT = 10.0  # articles thought to be in each part of the hour beforehand
_STIR_DOUBT = 3.0  # articles beyond the expected that it takes to believe half of a burst
_CALM = (0.25, 4.0)  # how far a burst or lull may move the rate
_PER_HOUR = timedelta(hours=1).total_seconds()


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the looks up to `until` have taught; everything fades with `HALF_LIFE`, `recent` and `foreseen` with `STIR`.

    `seen` are articles and `watched` hours for each hour of the week; `bins` are articles for each part of the hour.
    `recent` articles came lately where `foreseen` were expected. `scatter` is the sum of the squared errors of what
    was expected of each look and `foretold` the sum of what was expected: their ratio is 1 for articles that come one
    by one and about n where they come n at a time.
    """

    until: datetime | None = None
    seen: tuple[float, ...] = (0.0,) * CELLS
    watched: tuple[float, ...] = (0.0,) * CELLS
    bins: tuple[float, ...] = (0.0,) * BINS
    recent: float = 0.0
    foreseen: float = 0.0
    scatter: float = 0.0
    foretold: float = 0.0

    def observe(self, arrivals: Sequence[datetime], *, until: datetime, zone: ZoneInfo) -> Rhythm:
        """Return the rhythm after a look at `until` (aware) in which articles dated `arrivals` (aware) were new.

        To be called after every look that was answered, also with nothing new or a 304, and after what a hub sends.
        What is new must have appeared since the look before. A date outside that time (a day without an hour, a date
        in the future, the time of the look for want of one) says that an article came, not when: it counts evenly for
        all of that time.
        """
        until = utc(until)
        times = [utc(one) for one in arrivals]
        first = self.until is None or until - self.until > _UNWATCHED
        if self.until is None or first:
            begun, times = _shown(times, until, zone)
        else:
            begun = self.until
            times = [one for one in times if one > begun - _LATE]
        if until <= begun:  # nothing to learn; and a clock that was far ahead is put right
            stuck = self.until is not None and timedelta(0) <= self.until - until < _UNWATCHED
            return self if stuck else replace(self, until=until)

        fade = _fade(until - (self.until or until), HALF_LIFE)
        seen, watched, bins = ([one * fade for one in row] for row in (self.seen, self.watched, self.bins))
        span = (until - begun).total_seconds() / _PER_HOUR
        weight = min(1.0, _MOST / max(1, len(times)))
        somewhen = weight * sum(not begun <= one < until for one in times)
        for cell, hours in _stretches(begun, until, zone):
            watched[cell] += hours
            seen[cell] += somewhen * hours / span
        for one in times:
            if begun <= one < until:
                cell, part = place(one, zone)
                seen[cell] += weight
                bins[part] += weight

        came, expected = weight * len(times), self.expected(begun, until, zone)
        quick = _fade(until - (self.until or until), STIR)
        return Rhythm(
            until=until,
            seen=tuple(seen),
            watched=tuple(watched),
            bins=tuple(bins),
            recent=self.recent * quick + came,
            foreseen=self.foreseen * quick + expected,
            # What was expected of a first look was a guess, whose error tells nothing of the source.
            scatter=self.scatter * fade + (0.0 if first else (came - expected) ** 2),
            foretold=self.foretold * fade + (0.0 if first else expected),
        )

    def week(self) -> tuple[float, ...]:
        """Articles an hour in each cell, as smooth as little knowledge demands and as sharp as much knowledge allows.

        A cell is drawn to what its hour of the day and its day of the week make likely, these to the mean of all.
        """
        return _week(self.seen, self.watched)

    def shares(self) -> tuple[float, ...]:
        """How much each part of the hour has of the articles, 1 being the mean."""
        whole = sum(self.bins) / BINS + _BIN_DOUBT
        return tuple((one + _BIN_DOUBT) / whole for one in self.bins)

    def rate(self, at: datetime, zone: ZoneInfo) -> float:
        """Articles an hour to be expected at `at`, without regard to what goes on today."""
        return self.week()[place(utc(at), zone)[0]]

    def expected(self, start: datetime, end: datetime, zone: ZoneInfo) -> float:
        """The number of articles to be expected between two times; 0 when `end` is not after `start`."""
        start, end = utc(start), utc(end)
        if end <= start:
            return 0.0
        week = self.week()
        weeks, rest = divmod(end - start, timedelta(weeks=1))
        parts = sum(week[cell] * hours for cell, hours in _stretches(end - rest, end, zone))
        return weeks * sum(week) + parts

    def stir(self, at: datetime) -> float:
        """By how much a burst or a lull moves the rate at `at`, a time after `until`; 1 is as usual."""
        if self.until is None:
            return 1.0
        least, most = _CALM
        factor = min(most, max(least, (self.recent + _STIR_DOUBT) / (self.foreseen + _STIR_DOUBT)))
        return math.pow(factor, _fade(max(timedelta(0), at - self.until), STIR))

    @property
    def dispersion(self) -> float:
        """How many articles come at a time, at least 1."""
        return max(1.0, (self.scatter + _DOUBT) / (self.foretold + _DOUBT))

    def as_json(self) -> Any:
        """Return what `from_json` reads; under 4 KB as text."""
        return {
            "until": None if self.until is None else self.until.isoformat(timespec="seconds"),
            **{name: [_short(one) for one in getattr(self, name)] for name in _ROWS},
            **{name: _short(getattr(self, name)) for name in _SUMS},
        }

    @classmethod
    def from_json(cls, data: Any) -> Rhythm:
        """Return the rhythm that `as_json` wrote; None, or anything broken, is one that knows nothing."""
        try:
            until = utc(datetime.fromisoformat(data["until"]))
            rows = {name: tuple(map(_count, data[name])) for name in _ROWS}
            sums = {name: _count(data[name]) for name in _SUMS}
        except (KeyError, TypeError, ValueError, OverflowError):
            return cls()
        if any(len(row) != size for row, size in zip(rows.values(), _ROWS.values(), strict=True)):
            return cls()
        return cls(until=until, **rows, **sums)  # type: ignore[arg-type]


_ROWS: Mapping[str, int] = {"seen": CELLS, "watched": CELLS, "bins": BINS}
_SUMS = ("recent", "foreseen", "scatter", "foretold")


@lru_cache(maxsize=64)  # whoever observes a look and plans the next asks for the same week twice
def _week(seen: tuple[float, ...], watched: tuple[float, ...]) -> tuple[float, ...]:
    total = (sum(seen) + _PRIOR[0]) / (sum(watched) + _PRIOR[1])
    hours = [_drawn(sum(seen[hour::24]), sum(watched[hour::24]), total) for hour in range(24)]
    rates: list[float] = []
    for first in range(0, CELLS, 24):
        came, spent = seen[first : first + 24], watched[first : first + 24]
        day = _drawn(sum(came), sum(spent), total) / total
        rates += map(_drawn, came, spent, [hour * day for hour in hours])
    return tuple(rates)


def place(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Return the hour of the week and the part of the hour in which the aware time `at` is in `zone`."""
    local = at.astimezone(zone)
    return local.weekday() * 24 + local.hour, local.minute * BINS // 60


def _shown(times: Sequence[datetime], until: datetime, zone: ZoneInfo) -> tuple[datetime, list[datetime]]:
    """Return since when a feed seen for the first time shows everything, and what it shows after that.

    That is its oldest article, which thereby tells nothing itself. Midnight is mostly a day without an hour.
    """
    shown = sorted(one for one in times if until - _REACH <= one < until and _has_hour(one.astimezone(zone)))
    if not shown or until - shown[0] < timedelta(hours=1):
        return until, []
    return shown[0], shown[1:]


def _has_hour(local: datetime) -> bool:
    return bool(local.hour or local.minute or local.second)


def _stretches(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[int, float]]:
    """Yield the cells between two times in UTC, with the hours spent in each; right where clocks are changed."""
    while start < end:
        local = start.astimezone(zone)
        left = timedelta(hours=1) - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        stop = min(end, start + left)
        yield local.weekday() * 24 + local.hour, (stop - start).total_seconds() / _PER_HOUR
        start = stop


def _drawn(seen: float, watched: float, towards: float) -> float:
    """The rate of `seen` articles in `watched` hours, drawn to `towards` the more, the fewer articles there are."""
    return (seen + _DOUBT) / (watched + _DOUBT / towards)


def _fade(after: timedelta, half_life: timedelta) -> float:
    return math.pow(0.5, after / half_life)


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _count(value: Any) -> float:
    number = float(value)
    if not 0 <= number <= 1e9 or math.isnan(number):
        raise ValueError(value)
    return number
