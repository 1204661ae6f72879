"""What may have been missed: looks that came too late, and sources that are silent against their habit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workers.items import utc
from workers.watch.rhythm import CELLS, HALF_LIFE, Rhythm

LIKELY = 0.001  # a silence that comes by chance more often than that is none

_KNOWN_HOURS = 240.0  # that a source must have been watched before its silence says anything
_KNOWN_ARTICLES = 5.0
_FULL = HALF_LIFE / math.log(2) / timedelta(hours=1)  # the faded hours of a source that was always watched
_BLURRED = 1 / 8  # what has faded so far cannot be told from rounding


def gap_risk(
    *,
    seen: int,
    known: int,
    capped: int,
    first_look: bool,
    not_modified: bool,
    backfill: bool,
    oldest_seen: datetime | None,
    newest_before: datetime | None,
) -> bool:
    """Tell whether articles may have come and gone between the look before and this one.

    So when some were more than is read (`capped`), and when none of those seen was known: the source has rolled over.
    But where the oldest of them is from before `newest_before`, the newest that was known, the looks overlap. A first
    look, and one that walks back in time, follow upon nothing.
    """
    if not_modified or seen == 0:
        return False
    if capped > 0:
        return True
    if first_look or backfill or known > 0:
        return False
    return oldest_seen is None or newest_before is None or oldest_seen >= newest_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No new article `since`, where `expected` would have come; `chance` is how likely that is without a cause."""

    since: datetime
    expected: float
    chance: float


def silent(rhythm: Rhythm, last_new_at: datetime | None, now: datetime, zone: ZoneInfo) -> Silence | None:
    """Return the silence of a source that should have shown articles by now; None if there is none.

    It is measured up to the last look, by what was known when the silence began, since a rhythm gets used to silence.
    Articles that come n at a time are 1/n as telling. Never for a source that is known too little.
    """
    if last_new_at is None or rhythm.until is None:
        return None
    since, end = utc(last_new_at), min(utc(now), rhythm.until)
    if end <= since:
        return None
    # Since then nothing came in, so articles have only faded; hours have faded and have been added to.
    faded = math.pow(0.5, (end - since) / HALF_LIFE)
    articles = sum(rhythm.seen) / faded
    hours = (sum(rhythm.watched) - _FULL * (1 - faded)) / faded if faded > _BLURRED else _FULL
    if hours < _KNOWN_HOURS or articles < _KNOWN_ARTICLES:
        return None
    usual = sum(rhythm.week()) / CELLS
    expected = rhythm.expected(since, end, zone) * (articles / hours) / usual
    chance = math.exp(-expected / rhythm.dispersion)
    return Silence(since=since, expected=expected, chance=chance) if chance < LIKELY else None
