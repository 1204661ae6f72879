"""What operators watch, counted on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers.items import Drop, Entry, Source
from workers.store import figures, hosts, items, sources, subscriptions
from workers.store.database import Database
from workers.store.figures import Overdue, Tally
from workers.store.sources import Poll

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")
LIST = Source(key="e" * 16, outlet="one", kind="listing", url="https://one.test/news")
ALIEN = Source(key="d" * 16, outlet=None, kind="feed", url="https://two.test/feed")


@pytest.fixture
def store(database: Database) -> Database:
    """A store with three sources, two of them of one outlet."""
    sources.enrol(database, [(FEED, NOON), (LIST, NOON), (ALIEN, NOON)])
    return database


def entry(number: int) -> Entry:
    return Entry(key=f"{number:016x}", url=f"https://one.test/{number}", outlet="one", found_at=NOON)


def poll(store: Database, at: datetime, *entries: Entry, source: Source = FEED, **said: object) -> None:
    seen = Poll(source=source.key, polled_at=at, **said)  # type: ignore[arg-type]
    sources.keep_poll(store, seen, entries, next_poll_at=at + HOUR, trace="t", now=at, due=at + HOUR)


def test_an_empty_store_has_no_figures(store: Database) -> None:
    """Nothing is counted and nothing is old."""
    read = figures.read(store, NOON, Tally())
    assert (read.under_way, read.oldest, read.endings, read.polls) == ({}, {}, {}, {})
    assert (read.good_poll, read.new_article, read.troubles, read.subscriptions, read.visits) == ({}, {}, {}, {}, {})


def test_polls_are_counted_by_outlet_and_outcome(store: Database) -> None:
    """What came, what had not changed, and each trouble; the sums of what was seen go with them."""
    poll(store, NOON, entry(1), entry(2), gap=True, capped=3, unreadable=1)
    poll(store, NOON + HOUR, entry(2), not_modified=True)
    poll(store, NOON + 2 * HOUR, fault="timeout")
    poll(store, NOON, source=LIST, fault="timeout")
    poll(store, NOON + 3 * HOUR, source=ALIEN)
    read = figures.read(store, NOON + 4 * HOUR, Tally())
    assert read.polls == {
        ("one", "ok"): 1,
        ("one", "not_modified"): 1,
        ("one", "timeout"): 2,
        ("", "ok"): 1,
    }
    one = {what: number for (outlet, what), number in read.entries.items() if outlet == "one"}
    assert one == {"new": 2, "known": 1, "unreadable": 1, "capped": 3, "rekeyed": 0, "gap_risk": 1}
    assert read.good_poll == {"one": NOON + HOUR, "": NOON + 3 * HOUR}


def test_what_is_long_past_is_read_once(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tally kept between readings gives what a new one gives, and asks for the latest hours only."""
    asked: list[tuple[datetime | None, datetime | None]] = []
    count = figures._count

    def watched(connection: object, tally: Tally, since: datetime | None, until: datetime | None) -> None:
        asked.append((since, until))
        count(connection, tally, since, until)  # type: ignore[arg-type]

    monkeypatch.setattr(figures, "_count", watched)
    kept = Tally()
    for hour in range(12):
        at = NOON + hour * HOUR
        poll(store, at, entry(hour), fault="dns" if hour % 3 == 0 else None)
        items.drop(store, entry(hour).key, "fetch", Drop(reason="soft_404"), at)
        again = figures.read(store, at, kept)
        fresh = figures.read(store, at, Tally())
        assert (again.polls, again.entries, again.endings) == (fresh.polls, fresh.entries, fresh.endings)
        assert again.polls.total() == hour + 1
    asked.clear()
    figures.read(store, NOON + 11 * HOUR, kept)
    assert all(since is not None and since >= NOON + 8 * HOUR for since, _ in asked)


def test_items_are_counted_by_stage_with_the_longest_waiting(store: Database) -> None:
    """And endings by how, where and why; what a recording entered is no live work."""
    for number, at in ((1, NOON), (2, NOON + HOUR), (3, NOON)):
        items.enter(store, [entry(number)], trace="t", now=at, due=at, recording=items.LIVE)
    items.enter(store, [entry(4)], trace="t", now=NOON - HOUR, due=NOON, recording="a recording")
    items.drop(store, entry(3).key, "fetch", Drop(reason="soft_404"), NOON + HOUR)
    read = figures.read(store, NOON + 2 * HOUR, Tally())
    assert (read.under_way, read.oldest) == ({"fetch": 2}, {"fetch": NOON})
    assert read.endings == {("dropped", "fetch", "soft_404"): 1}


def test_troubles_and_subscriptions_are_counted(store: Database) -> None:
    """By outlet, stage and reason; by how far the asking has come."""
    hosts.trouble(store, "one", "fetch", "dns", NOON)
    hosts.trouble(store, "one", "fetch", "dns", NOON)
    hosts.trouble(store, None, "watch", "tls", NOON)
    subscriptions.note(store, FEED.key, "https://hub.test/", FEED.url, NOON)
    read = figures.read(store, NOON, Tally())
    assert read.troubles == {("one", "fetch", "dns"): 2, ("", "watch", "tls"): 1}
    assert read.subscriptions == {"wanted": 1}


def overdue(store: Database, now: datetime) -> Overdue:
    return figures.overdue(store, now, stuck_after=6 * HOUR, unpolled_after=timedelta(minutes=10))


def test_what_waits_for_its_first_try_too_long_is_stuck(store: Database) -> None:
    """Six hours are borne; more are told."""
    items.enter(store, [entry(1)], trace="t", now=NOON, due=NOON + 9 * HOUR, recording=items.LIVE)
    assert overdue(store, NOON + 6 * HOUR).stuck == 0
    assert overdue(store, NOON + 6 * HOUR + timedelta(seconds=1)).stuck == 1


def test_a_backfill_may_take_days(store: Database) -> None:
    """What the sources of a backfill have found waits its turn behind the pace of one host."""
    past = replace(FEED, key="c" * 16, url="https://one.test/feed?page=2", since=NOON)
    sources.enrol(store, [(past, NOON)])
    poll(store, NOON, entry(1), source=past)
    assert overdue(store, NOON + 30 * HOUR).stuck == 0


def test_sources_that_nobody_looks_at_are_overdue(store: Database) -> None:
    """Once they have been due for longer than their host's pace explains."""
    poll(store, NOON)
    seen = overdue(store, NOON + timedelta(minutes=10))
    assert (seen.sources, seen.last_poll) == (0, NOON)
    assert overdue(store, NOON + timedelta(minutes=11)).sources == 2
    assert overdue(store, NOON + 2 * HOUR).sources == 3
    sources.retire(store, [])
    assert overdue(store, NOON + 2 * HOUR).sources == 0
