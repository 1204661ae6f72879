"""What may have been missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workers.watch.ledger import gap_risk, silent
from workers.watch.rhythm import CELLS, Rhythm

DAMASCUS = ZoneInfo("Asia/Damascus")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"known": 1}, False),
        ({"known": 1, "capped": 1}, True),
        ({"seen": 0}, False),
        ({"first_look": True}, False),
        ({"first_look": True, "capped": 9}, True),
        ({"backfill": True}, False),
        ({"not_modified": True}, False),
        ({"oldest_seen": MONDAY}, True),
        ({"oldest_seen": MONDAY, "newest_before": MONDAY - HOUR}, True),
        ({"oldest_seen": MONDAY - 2 * HOUR, "newest_before": MONDAY - HOUR}, False),
    ],
)
def test_a_look_without_anything_known_may_have_come_too_late(changes: dict[str, object], expected: bool) -> None:
    """A source that shows only unknown articles has rolled over, unless they reach back to what was known."""
    facts: dict[str, object] = {
        "seen": 20, "known": 0, "capped": 0, "first_look": False, "not_modified": False, "backfill": False,
        "oldest_seen": None, "newest_before": None,
    }  # fmt: skip
    assert gap_risk(**facts | changes) is expected  # type: ignore[arg-type]


def watched(weeks: int, *, quiet: int = 0, number: int = 1, every: int = 1) -> tuple[Rhythm, datetime | None]:
    """A rhythm of hourly looks: `number` articles in each `every`th hour of the working day, then `quiet` hours."""
    rhythm, last, count = Rhythm(until=MONDAY), None, 0
    for step in range(1, weeks * CELLS + quiet):
        until = MONDAY + step * HOUR
        working = 9 <= (until - HOUR).astimezone(DAMASCUS).hour < 17 and step < weeks * CELLS
        count += working
        arrivals = [until - HOUR / 2] * (number if working and count % every == 0 else 0)
        last = until if arrivals else last
        rhythm = rhythm.observe(arrivals, until=until, zone=DAMASCUS)
    return rhythm, last


def test_a_night_is_no_silence_and_a_working_day_without_anything_is() -> None:
    """An outlet of one article an hour is silent when a day has brought none."""
    for quiet, expected in ((8, False), (16, False), (48, True)):
        rhythm, last = watched(4, quiet=quiet)
        found = silent(rhythm, last, rhythm.until or MONDAY, DAMASCUS)
        assert (found is not None) is expected, quiet
    assert found is not None
    assert found.since == last
    assert found.expected == pytest.approx(16, rel=0.2)
    assert found.chance < 0.001


def test_a_silence_is_not_forgotten_for_its_length() -> None:
    """Months later the source is still known to have been busy once."""
    rhythm, last = watched(6, quiet=26 * CELLS)
    later = Rhythm.from_json(rhythm.as_json())
    for one in (rhythm, later):
        found = silent(one, last, rhythm.until or MONDAY, DAMASCUS)
        assert found is not None
        assert found.expected > 500


def test_many_articles_at_a_time_are_no_more_telling_than_one() -> None:
    """A magazine that puts ten articles online every other day is not silent after three days."""
    rhythm, last = watched(6, quiet=72, number=10, every=16)
    assert rhythm.dispersion > 5
    assert silent(rhythm, last, rhythm.until or MONDAY, DAMASCUS) is None
    rhythm, last = watched(6, quiet=6 * CELLS, number=10, every=16)
    assert silent(rhythm, last, rhythm.until or MONDAY, DAMASCUS) is not None


def test_who_is_hardly_known_is_never_silent() -> None:
    """A few days, or a few articles, are no habit."""
    rhythm, last = watched(1, quiet=48)
    assert silent(rhythm, last, rhythm.until or MONDAY, DAMASCUS) is None
    rhythm, last = watched(5, quiet=CELLS, every=100)
    assert silent(rhythm, last, rhythm.until or MONDAY, DAMASCUS) is None
    assert silent(Rhythm(), MONDAY, MONDAY + 99 * DAY, DAMASCUS) is None
    assert silent(rhythm, None, MONDAY + 99 * DAY, DAMASCUS) is None


def test_time_in_which_nobody_looked_is_no_silence() -> None:
    """When we were not there the source is not to blame."""
    rhythm, last = watched(4)
    assert silent(rhythm, last, (rhythm.until or MONDAY) + 20 * DAY, DAMASCUS) is None
    assert silent(rhythm, (rhythm.until or MONDAY) + DAY, (rhythm.until or MONDAY) + 2 * DAY, DAMASCUS) is None
