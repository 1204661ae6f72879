"""When a source is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.plan import DAY, JITTER, TILT, Bounds, History, apportion, densities, next_look
from workers.watch.rhythm import BINS, CELLS, Rhythm

DAMASCUS, BERLIN = ZoneInfo("Asia/Damascus"), ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
BOUNDS = Bounds(shortest=120, usual=900, longest=7200)

amounts = st.floats(0, 1e6)
rhythms = st.builds(
    Rhythm,
    until=st.none() | st.just(NOW),
    seen=st.lists(amounts, min_size=CELLS, max_size=CELLS).map(tuple),
    watched=st.lists(amounts, min_size=CELLS, max_size=CELLS).map(tuple),
    bins=st.lists(amounts, min_size=BINS, max_size=BINS).map(tuple),
    recent=amounts,
    foreseen=amounts,
)
odd = st.none() | st.floats()


def wait(history: History, *, bounds: Bounds = BOUNDS, now: datetime = NOW, zone: ZoneInfo = DAMASCUS) -> float:
    return (next_look(now, history, bounds, zone) - now).total_seconds()


def desk(night: float = 0.1) -> Rhythm:
    """A rhythm with ten articles an hour from 9 to 17, four weeks known."""
    week = [(40.0 if 9 <= hour < 17 else night * 4) for _ in range(7) for hour in range(24)]
    return Rhythm(until=NOW, seen=tuple(week), watched=(4.0,) * CELLS)


def test_a_new_source_is_due_at_once_and_then_at_the_usual_interval() -> None:
    """Nothing known is no reason to wait, nor to hurry afterwards."""
    assert next_look(NOW, History(), BOUNDS, DAMASCUS) == NOW
    assert wait(History(polled_at=NOW)) == pytest.approx(900, rel=JITTER)


def test_looks_go_with_the_square_root_of_the_articles() -> None:
    """A hundred times the articles is ten times the looks."""
    rhythm = desk()
    week = rhythm.week()
    looks = densities(week, Bounds(shortest=1, usual=900, longest=1e6))
    assert looks[12] / looks[3] == pytest.approx((week[12] / week[3]) ** 0.5)
    noon, night = datetime(2026, 3, 3, 12, tzinfo=DAMASCUS), datetime(2026, 3, 3, 2, tzinfo=DAMASCUS)
    assert wait(History(polled_at=noon, rhythm=rhythm), now=noon) < 600
    assert wait(History(polled_at=night, rhythm=rhythm), now=night) > 1800


@pytest.mark.parametrize("zone", [DAMASCUS, BERLIN])
@pytest.mark.parametrize("usual", [300.0, 900.0, 3600.0])
def test_a_learned_week_keeps_the_budget(usual: float, zone: ZoneInfo) -> None:
    """However uneven the rhythm, a week has as many looks as at the usual interval, also when clocks are changed."""
    bounds = Bounds(shortest=120, usual=usual, longest=7200)
    at = start = datetime(2026, 3, 24, tzinfo=UTC)
    number = 0
    while at < start + timedelta(weeks=1):
        at = next_look(at, History(polled_at=at, rhythm=desk(), key="x"), bounds, zone)
        number += 1
    assert number == pytest.approx(7 * DAY / usual, rel=0.03)


@given(rhythm=rhythms, fresh=odd, retry=odd, faults=st.integers(-1, 10**6), pushed=st.booleans(), ours=st.booleans())
def test_bounds_are_always_kept(  # noqa: PLR0917
    rhythm: Rhythm, fresh: float | None, retry: float | None, faults: int, pushed: bool, ours: bool
) -> None:
    """Whatever was learned or is asked for, no look is too soon or later than the longest wait, a day in trouble."""
    history = History(
        polled_at=NOW, faults=faults, retry_after=retry, fresh_for=fresh, rhythm=rhythm, pushed=pushed, ours=ours
    )
    waits = wait(history)
    assert BOUNDS.shortest - 1e-3 <= waits <= DAY + 1e-3
    if faults <= 0 and retry is None:
        assert waits <= BOUNDS.longest + 1e-3
    at = next_look(NOW, history, BOUNDS, BERLIN)
    assert at.utcoffset() == timedelta(0)


@given(rhythm=rhythms, usual=st.floats(60, 7000), least=st.floats(0.01, 1), most=st.floats(1, 100))
def test_any_rhythm_keeps_the_budget_within_bounds(rhythm: Rhythm, usual: float, least: float, most: float) -> None:
    """Densities keep their mean and their bounds for any rates."""
    bounds = Bounds(shortest=usual * least, usual=usual, longest=usual * most)
    found = densities(rhythm.week(), bounds)
    assert fmean(found) * usual == pytest.approx(1, rel=0.01)
    assert min(found) * bounds.longest >= 1 - 1e-9
    assert max(found) * bounds.shortest <= 1 + 1e-9


def test_trouble_is_met_by_longer_and_longer_waits_but_never_the_end() -> None:
    """The n-th fault waits n times as long, a day at most."""
    waits = [wait(History(polled_at=NOW, faults=faults)) for faults in (1, 2, 3, 10)]
    assert waits == pytest.approx([900, 1800, 2700, 9000], rel=JITTER)
    assert wait(History(polled_at=NOW, faults=10**9)) == DAY


def test_our_own_trouble_is_not_theirs() -> None:
    """While our network is down sources are tried again soon, whatever faults that made."""
    assert wait(History(polled_at=NOW, faults=50, retry_after=9000, ours=True)) == pytest.approx(120, rel=JITTER)


def test_what_server_and_source_ask_for_is_granted() -> None:
    """A longer wait is kept, up to a day for the server and the longest one for the source; a shorter changes nothing."""
    assert wait(History(polled_at=NOW, retry_after=5000)) == 5000
    assert wait(History(polled_at=NOW, faults=1, retry_after=1e9)) == DAY
    assert wait(History(polled_at=NOW, fresh_for=3600)) == 3600
    assert wait(History(polled_at=NOW, fresh_for=1e9)) == BOUNDS.longest
    assert wait(History(polled_at=NOW, fresh_for=1)) == wait(History(polled_at=NOW))


def test_a_source_with_a_hub_is_still_looked_at() -> None:
    """What a hub delivers need not be fetched, but hubs fail."""
    assert wait(History(polled_at=NOW, pushed=True)) == pytest.approx(BOUNDS.longest, rel=JITTER)


def test_the_time_after_bulletins_gets_the_looks() -> None:
    """Where articles come in the first minutes of the hour, looks gather behind them."""
    rhythm = Rhythm(until=NOW, seen=(40.0,) * CELLS, watched=(4.0,) * CELLS, bins=(6000.0, *([60.0] * 11)))
    at, minutes = NOW, []
    for _ in range(300):
        at = next_look(at, History(polled_at=at, rhythm=rhythm), BOUNDS, DAMASCUS)
        minutes.append(at.minute)
    assert sum(minute < 10 for minute in minutes) > 200


def test_a_burst_brings_looks() -> None:
    """Breaking news are looked for more often than the hour deserves."""
    calm = Rhythm(until=NOW, seen=(4.0,) * CELLS, watched=(4.0,) * CELLS)
    stirred = Rhythm(until=NOW, seen=(4.0,) * CELLS, watched=(4.0,) * CELLS, recent=20.0, foreseen=1.0)
    assert wait(History(polled_at=NOW, rhythm=stirred)) < 0.7 * wait(History(polled_at=NOW, rhythm=calm))


def test_sources_added_together_drift_apart() -> None:
    """The same history under another key gives another time, and the same key the same."""
    times = {next_look(NOW, History(polled_at=NOW, key=str(number)), BOUNDS, DAMASCUS) for number in range(20)}
    assert len(times) > 15
    one = History(polled_at=NOW, key="1")
    assert next_look(NOW, one, BOUNDS, DAMASCUS) == next_look(NOW, one, BOUNDS, DAMASCUS)


def test_a_look_that_was_missed_is_due_at_once() -> None:
    """After a standstill nothing is planned into the past, and a clock put back does not stop the looks."""
    assert next_look(NOW, History(polled_at=NOW - timedelta(days=3)), BOUNDS, DAMASCUS) == NOW
    assert wait(History(polled_at=NOW + timedelta(days=300))) == pytest.approx(900, rel=JITTER)


def test_times_without_a_zone_are_refused() -> None:
    """A naive time is a fault of the caller."""
    with pytest.raises(ValueError, match="no time zone"):
        next_look(NOW.replace(tzinfo=None), History(), BOUNDS, DAMASCUS)


@pytest.mark.parametrize("bounds", [(0, 1, 2), (3, 2, 4), (1, 5, 4), (1, 2, float("inf")), (1, float("nan"), 2)])
def test_bounds_must_be_in_order(bounds: tuple[float, float, float]) -> None:
    """Intervals that contradict each other are refused when they are made."""
    with pytest.raises(ValueError, match="must grow"):
        Bounds(shortest=bounds[0], usual=bounds[1], longest=bounds[2])


@given(volumes=st.lists(st.floats(0, 1e6), max_size=30))
def test_sources_share_the_looks_of_all(volumes: list[float]) -> None:
    """More articles never get fewer looks, nobody more or less than the tilt allows, and the sum stays the same."""
    shares = apportion(volumes, BOUNDS)
    assert len(shares) == len(volumes)
    ranked = [its.usual for _, its in sorted(zip(volumes, shares, strict=True), key=lambda pair: pair[0])]
    assert all(later <= former + 1e-6 for former, later in pairwise(ranked))
    assert all(900 / TILT - 1e-6 <= one <= 900 * TILT + 1e-6 for one in ranked)
    if volumes:
        assert fmean(1 / one for one in ranked) == pytest.approx(1 / 900, rel=0.01)
