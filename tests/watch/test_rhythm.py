"""What a source's rhythm learns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.rhythm import BINS, CELLS, Rhythm, place

DAMASCUS, BERLIN = ZoneInfo("Asia/Damascus"), ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
aware = st.timedeltas(timedelta(days=-2000), timedelta(days=1400)).map(lambda apart: MONDAY + apart)


def taught(weeks: int = 4, *, hours: range = range(9, 15), days: tuple[int, ...] = (0, 1, 2, 3, 5, 6)) -> Rhythm:
    """A rhythm from hourly looks at a source with four articles in each of these local hours."""
    rhythm = Rhythm()
    for step in range(weeks * CELLS):
        until = MONDAY + step * HOUR
        begun = (until - HOUR).astimezone(DAMASCUS)
        busy = begun.hour in hours and begun.weekday() in days
        arrivals = [until - timedelta(minutes=minute) for minute in (5, 20, 35, 50)] if busy else []
        rhythm = rhythm.observe(arrivals, until=until, zone=DAMASCUS)
    return rhythm


@pytest.fixture(scope="module")
def desk() -> Rhythm:
    return taught()


def test_a_source_never_seen_is_even() -> None:
    """Before anything is known every hour and every minute is like any other."""
    assert len(set(Rhythm().week())) == 1
    assert set(Rhythm().shares()) == {1.0}
    assert Rhythm().stir(MONDAY) == 1.0


def test_hours_and_days_are_learned_in_the_outlets_zone(desk: Rhythm) -> None:
    """The working day stands out from the night, and a free Friday from the other days."""
    noon = datetime(2026, 4, 1, 12, tzinfo=DAMASCUS)  # a Wednesday
    assert desk.rate(noon, DAMASCUS) == pytest.approx(4, rel=0.15)
    assert desk.rate(noon + 12 * HOUR, DAMASCUS) < 0.2
    assert desk.rate(noon + 2 * DAY, DAMASCUS) < 0.5
    assert desk.rate(noon + 3 * DAY, DAMASCUS) > 3


def test_what_is_expected_adds_up(desk: Rhythm) -> None:
    """A week brings the sum of its hours, and parts of a time bring what the whole brings."""
    assert desk.expected(MONDAY, MONDAY + 7 * DAY, DAMASCUS) == pytest.approx(sum(desk.week()))
    assert desk.expected(MONDAY, MONDAY + 7 * DAY, DAMASCUS) == pytest.approx(6 * 6 * 4, rel=0.1)
    middle = MONDAY + timedelta(hours=31, minutes=17)
    parts = desk.expected(MONDAY, middle, DAMASCUS) + desk.expected(middle, MONDAY + 16 * DAY, DAMASCUS)
    assert parts == pytest.approx(desk.expected(MONDAY, MONDAY + 16 * DAY, DAMASCUS))
    assert desk.expected(middle, MONDAY, DAMASCUS) == 0


def test_a_first_look_learns_from_what_the_feed_still_shows() -> None:
    """Thirty articles of the last ten hours are three an hour, whatever is pinned from long ago or dated by the day."""
    now = MONDAY + 12 * HOUR
    shown = [now - timedelta(minutes=20 * number + 1) for number in range(30)]
    rhythm = Rhythm().observe([*shown, now - 90 * DAY, now], until=now, zone=DAMASCUS)
    assert sum(rhythm.seen) == 29
    assert sum(rhythm.watched) == pytest.approx(29 / 3, rel=0.01)
    assert rhythm.rate(now - HOUR, DAMASCUS) > 1
    days = [datetime(2026, 2, day, tzinfo=DAMASCUS) for day in (26, 27, 28)]
    assert sum(Rhythm().observe(days, until=now, zone=DAMASCUS).seen) == 0
    assert sum(Rhythm().observe([now] * 30, until=now, zone=DAMASCUS).seen) == 0


def test_a_look_after_a_long_gap_is_like_a_first_one(desk: Rhythm) -> None:
    """When nobody looked for days, hours that a short feed no longer shows do not count as empty."""
    until = desk.until or MONDAY
    back = until + 5 * DAY
    again = desk.observe([back - 2 * HOUR, back - HOUR, back - HOUR / 2], until=back, zone=DAMASCUS)
    assert sum(again.watched) < sum(desk.watched)
    assert again.until == back


@pytest.mark.parametrize("claimed", [MONDAY - 10 * HOUR, MONDAY + 9 * DAY, MONDAY + HOUR])
def test_dates_outside_the_time_between_two_looks_say_that_not_when(claimed: datetime) -> None:
    """An article dated by the day, in the future or not at all counts evenly for the time since the last look."""
    rhythm = Rhythm(until=MONDAY - HOUR).observe([claimed], until=MONDAY + HOUR, zone=DAMASCUS)
    assert sorted(one for one in rhythm.seen if one) == [0.5, 0.5]
    assert sum(rhythm.bins) == 0


def test_an_archive_put_online_is_no_rhythm() -> None:
    """Old articles announced late teach nothing, and a thousand at once not more than a few hundred."""
    before = Rhythm(until=MONDAY)
    old = [MONDAY - 100 * DAY] * 500
    assert sum(before.observe(old, until=MONDAY + HOUR, zone=DAMASCUS).seen) == 0
    assert sum(before.observe([MONDAY + HOUR] * 1000, until=MONDAY + HOUR, zone=DAMASCUS).seen) == pytest.approx(200)


def test_the_minutes_of_bulletins_are_learned() -> None:
    """Where all comes at the full hour, the first part of the hour has most of the articles."""
    rhythm = Rhythm(until=MONDAY)
    for hour in range(200):
        at = MONDAY + hour * HOUR
        rhythm = rhythm.observe([at + timedelta(minutes=1)], until=at + HOUR, zone=DAMASCUS)
    shares = rhythm.shares()
    assert shares[0] > 5
    assert sum(shares) == pytest.approx(BINS)


def test_a_burst_and_a_lull_pass() -> None:
    """Many articles raise the rate for some hours and their want lowers it; neither for long or without bound."""
    rhythm = taught(2, hours=range(24), days=tuple(range(7)))
    until = rhythm.until or MONDAY
    burst = rhythm.observe([until + timedelta(minutes=5)] * 60, until=until + HOUR / 4, zone=DAMASCUS)
    assert 3 < burst.stir(until + HOUR / 4) <= 4
    assert burst.stir(until + 12 * HOUR) == pytest.approx(1, abs=0.01)
    assert burst.stir(until - DAY) <= 4
    lull = rhythm.observe([], until=until + 4 * HOUR, zone=DAMASCUS)
    assert 0.25 <= lull.stir(until + 4 * HOUR) < 0.6


def test_what_is_old_fades() -> None:
    """After some weeks of another habit the new one is believed."""
    rhythm = taught(4)
    until = rhythm.until or MONDAY
    for hour in range(1, 8 * CELLS):
        rhythm = rhythm.observe([], until=until + hour * HOUR, zone=DAMASCUS)
    assert sum(rhythm.week()) < 6 * 6 * 4 * 0.25


def test_articles_that_come_together_are_noticed() -> None:
    """One at a time has a dispersion near 1, ten at a time a far larger one."""

    def dispersion(number: int) -> float:
        rhythm = Rhythm(until=MONDAY)
        for hour in range(1, 4 * CELLS):
            at = MONDAY + hour * HOUR
            arrivals = [at - HOUR / 2] * (number if hour * 7919 % (10 * number) < 10 else 0)
            rhythm = rhythm.observe(arrivals, until=at, zone=DAMASCUS)
        return rhythm.dispersion

    assert dispersion(1) < 2
    assert dispersion(10) > 5


def test_clocks_put_back_do_no_harm(desk: Rhythm) -> None:
    """A look before the last one changes nothing; a clock that was days ahead is put right."""
    until = desk.until or MONDAY
    assert desk.observe([until], until=until - HOUR, zone=DAMASCUS) is desk
    assert desk.observe([], until=until - 300 * DAY, zone=DAMASCUS).until == until - 300 * DAY


@pytest.mark.parametrize(("day", "hours"), [(29, 23), (28, 24)])
def test_hours_are_right_where_clocks_are_changed(day: int, hours: int) -> None:
    """The Sunday on which summer time begins has 23 hours, and none of them is counted twice."""
    start = datetime(2026, 3, day, tzinfo=BERLIN).astimezone(UTC)
    end = datetime(2026, 3, day + 1, tzinfo=BERLIN).astimezone(UTC)
    rhythm = Rhythm(until=start).observe([], until=end, zone=BERLIN)
    assert sum(rhythm.watched) == pytest.approx(hours)
    assert max(rhythm.watched) == pytest.approx(1)
    assert place(start, BERLIN) == ((5 if day == 28 else 6) * 24, 0)


def test_times_without_a_zone_are_refused() -> None:
    """A naive time is a fault of the caller, not a time of this machine's zone."""
    naive = MONDAY.replace(tzinfo=None)
    for call in (
        lambda: Rhythm().observe([], until=naive, zone=DAMASCUS),
        lambda: Rhythm().observe([naive], until=MONDAY, zone=DAMASCUS),
        lambda: Rhythm().rate(naive, DAMASCUS),
        lambda: Rhythm().expected(naive, MONDAY, DAMASCUS),
    ):
        with pytest.raises(ValueError, match="no time zone"):
            call()


@given(looks=st.lists(st.tuples(aware, st.lists(aware, max_size=5)), max_size=5))
def test_any_rhythm_survives_json(looks: list[tuple[datetime, list[datetime]]]) -> None:
    """Whatever was observed, rates are above zero and the stored form is small and comes back the same."""
    rhythm = Rhythm()
    for until, arrivals in looks:
        rhythm = rhythm.observe(arrivals, until=until, zone=BERLIN)
    assert all(0 < rate < 1e6 for rate in rhythm.week())
    text = json.dumps(rhythm.as_json())
    assert len(text) < 4096
    again = Rhythm.from_json(json.loads(text))
    assert again.week() == pytest.approx(rhythm.week(), rel=0.01)
    assert json.dumps(again.as_json()) == text


def test_a_full_rhythm_is_stored_in_under_4_kilobytes(desk: Rhythm) -> None:
    """What many looks with odd numbers have taught is still small."""
    odd = Rhythm(
        desk.until, (12.345678,) * CELLS, (5.7654321,) * CELLS, (1234.5678,) * BINS, 1.23456, 2.3, 9.87e5, 1e-9
    )
    assert len(json.dumps(odd.as_json())) < 4096


@pytest.mark.parametrize(
    "data",
    [
        None, 7, "x", [], {}, {"until": None}, {"until": "2026-03-02T00:00:00"}, {"until": "soon"},
        Rhythm(until=MONDAY).as_json() | {"seen": [1, 2]}, Rhythm(until=MONDAY).as_json() | {"seen": ["x"] * CELLS},
        Rhythm(until=MONDAY).as_json() | {"bins": [-1] * BINS},
        Rhythm(until=MONDAY).as_json() | {"recent": float("nan")}, Rhythm(until=MONDAY).as_json() | {"recent": None},
    ],
)  # fmt: skip
def test_a_broken_store_is_an_empty_rhythm(data: Any) -> None:
    """What cannot be read is as if nothing was known."""
    assert Rhythm.from_json(data) == Rhythm()
