"""When to look at a source again.

An article waits for the next look. With a given number of looks a week, articles wait least on the average when the
looks are as dense as the square root of the articles: twice as many looks where four times as many articles come.
So a week's looks are given out by the square root of the learned rhythm, and a look is due where one whole look of
that density has passed since the last.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workers.items import utc
from workers.watch.rhythm import BINS, Rhythm, place

DAY = 86400.0
JITTER = 0.03  # of an interval, to both sides: sources that were added together do not stay together
TILT = 2.0  # how much more or less than its equal share of looks a source gets at most

_BIN = 3600.0 / BINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Seconds between two looks: the least, the mean to be kept over a week, and the most.

    Raises ValueError unless 0 < shortest <= usual <= longest.
    """

    shortest: float
    usual: float
    longest: float

    def __post_init__(self) -> None:
        if not 0 < self.shortest <= self.usual <= self.longest < math.inf:
            raise ValueError(f"intervals must grow from shortest to longest: {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a source when its next look is planned.

    `faults` counts the looks on end that brought nothing readable; `retry_after` and `fresh_for` are what the server
    and the source ask for, in seconds; `pushed` is whether a hub tells of new articles; `ours` is whether our own
    network is down. `key` only tells sources apart.
    """

    polled_at: datetime | None = None
    faults: int = 0
    retry_after: float | None = None
    fresh_for: float | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    pushed: bool = False
    ours: bool = False
    key: str = ""


def next_look(now: datetime, history: History, bounds: Bounds, zone: ZoneInfo) -> datetime:
    """Return when the source is due, in UTC and never before `now`; at once if it was never looked at.

    After `faults` looks without use the wait is as many times the usual one, a day at most: it grows, but no source is
    given up. What server and source ask for is granted, up to a day and up to `longest`.
    """
    now = utc(now)
    if history.polled_at is None:
        return now
    polled = min(utc(history.polled_at), now)  # the clock may have been put back
    wait = _wait(polled, history, bounds, zone)
    if not history.ours:
        wait = max(wait, min(_seconds(history.retry_after), DAY))
    return max(now, polled + timedelta(seconds=wait))


def _wait(polled: datetime, history: History, bounds: Bounds, zone: ZoneInfo) -> float:
    sway = _sway(history.key, polled)
    if history.ours:
        return bounds.shortest * (1 + abs(sway))
    if history.faults > 0:
        return min(max(DAY, bounds.longest), max(bounds.shortest, history.faults * bounds.usual * (1 + sway)))
    planned = bounds.longest if history.pushed else _planned(polled, history.rhythm, bounds, zone)
    wait = max(planned * (1 + sway), _seconds(history.fresh_for))
    return min(bounds.longest, max(bounds.shortest, wait))


def _planned(polled: datetime, rhythm: Rhythm, bounds: Bounds, zone: ZoneInfo) -> float:
    """Seconds from `polled` until one look of the week's looks has passed."""
    looks, shares = densities(rhythm.week(), bounds), _after(rhythm.shares())
    least, most = 1 / bounds.longest, 1 / bounds.shortest
    passed, waited = 0.0, 0.0
    while waited < bounds.longest:
        at = polled + timedelta(seconds=waited)
        cell, part = place(at, zone)
        density = min(most, max(least, looks[cell] * math.sqrt(rhythm.stir(at)))) * shares[part]
        step = _BIN - (at.timestamp() % _BIN)
        if passed + density * step >= 1:
            return waited + (1 - passed) / density
        passed += density * step
        waited += step
    return bounds.longest


def densities(rates: Sequence[float], bounds: Bounds) -> list[float]:
    """Return looks a second for each hour of the week, as the square root of its `rates` but within `bounds`.

    Their mean is 1 / usual, so what the bounds take from some hours others get.
    """
    return _dealt(
        [math.sqrt(max(rate, 1e-9)) for rate in rates], 1 / bounds.longest, 1 / bounds.usual, 1 / bounds.shortest
    )


def apportion(volumes: Sequence[float], bounds: Bounds) -> list[Bounds]:
    """Return the bounds of each of several sources, by how many articles a week each shows (`sum(rhythm.week())`).

    All together keep the number of looks that `bounds` gives; those with more articles get more of them, though none
    is looked at more than `TILT` times as often or as seldom as usual. The square root of the articles would make the
    mean over all articles least, but small outlets would wait longer than with equal shares. The cube root gives up a
    little of that mean (`make bench`) and costs hardly any outlet anything.
    """
    most, least = 1 / max(bounds.shortest, bounds.usual / TILT), 1 / min(bounds.longest, bounds.usual * TILT)
    weights = [math.pow(max(volume, 1e-9), 1 / 3) for volume in volumes]
    dealt = _dealt(weights, least, 1 / bounds.usual, most) if weights else []
    return [replace(bounds, usual=min(bounds.longest, max(bounds.shortest, 1 / one))) for one in dealt]


def _dealt(weights: Sequence[float], least: float, mean: float, most: float) -> list[float]:
    """Return what goes as `weights` (positive), but within `least` and `most`, and is `mean` on the average."""
    goal = mean * len(weights)
    low, high = least / max(weights), most / min(weights)
    scale = goal / sum(weights)
    found = list(weights)
    for _ in range(60):  # a handful is usual: a step of Newton's, or halving where that leads out
        found = [min(most, max(least, scale * weight)) for weight in weights]
        short = goal - sum(found)
        if abs(short) < 1e-4 * goal:
            break
        low, high = (scale, high) if short > 0 else (low, scale)
        slope = sum(weight for weight, one in zip(weights, found, strict=True) if least < one < most)
        scale = scale + short / slope if slope else 0.0
        if not low < scale < high:
            scale = (low + high) / 2
    return found


def _after(shares: Sequence[float]) -> list[float]:
    """Looks for each part of the hour: what comes in a part is best looked for at its end, so half goes to the next."""
    return [(shares[part] + shares[part - 1]) / 2 for part in range(len(shares))]


def _sway(key: str, polled: datetime) -> float:
    return JITTER * (zlib.crc32(f"{key} {polled.isoformat()}".encode()) / 2**31 - 1)


def _seconds(value: float | None) -> float:
    return value if value is not None and 0 < value < math.inf else 0.0
