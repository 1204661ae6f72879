"""Which hubs are asked when, on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers.items import Source
from workers.store import sources, subscriptions
from workers.store.database import Database
from workers.store.subscriptions import Subscription

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")
HUB = "https://hub.test/"


@pytest.fixture
def store(database: Database) -> Database:
    """A store with one feed that is watched."""
    sources.enrol(database, [(FEED, NOON)])
    return database


def note(store: Database, *, hub: str = HUB, topic: str = FEED.url, at: datetime = NOON) -> bool:
    return subscriptions.note(store, FEED.key, hub, topic, at)


def verify(store: Database, at: datetime, lease: timedelta = 10 * DAY, topic: str = FEED.url) -> bool:
    return subscriptions.keep_verified(
        store, FEED.key, topic, lease_until=at + lease, renew_at=at + lease * 3 / 4, now=at
    )


def known(store: Database) -> Subscription:
    found = subscriptions.find(store, FEED.key)
    assert found is not None
    return found


def claimed(store: Database, at: datetime) -> list[str]:
    return [one.source for one in subscriptions.claim_due(store, at)]


def test_a_declared_hub_is_asked_once(store: Database) -> None:
    """What a feed says at every look changes nothing; the hub is asked at once and then waited for."""
    assert note(store)
    assert not note(store, at=NOON + HOUR)
    [one] = subscriptions.claim_due(store, NOON)
    assert one == known(store)
    assert (one.hub, one.topic, one.state, one.asked_at, one.failures) == (HUB, FEED.url, "asked", NOON, 1)
    assert claimed(store, NOON) == []
    assert claimed(store, NOON + HOUR - timedelta(seconds=1)) == []
    assert claimed(store, NOON + HOUR) == [FEED.key]


def test_many_workers_ask_once(store: Database) -> None:
    """Eight that look at the same moment get one asking between them."""
    note(store)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: claimed(store, NOON), range(8)))
    assert sorted(found) == [[]] * 7 + [[FEED.key]]


def test_a_hub_that_never_asks_back_is_asked_ever_more_seldom_and_for_ever(store: Database) -> None:
    """An hour, two, three and so on up to a day lie between."""
    note(store)
    at, waits = NOON, []
    for _ in range(40):
        assert claimed(store, at) == [FEED.key]
        following = known(store).next_at
        assert following is not None
        waits.append((following - at) / HOUR)
        at = following
    assert waits == [*range(1, 24), *[24] * 17]


def test_verified_means_active_until_the_lease_ends(store: Database) -> None:
    """It is pushed from then on; three quarters later the hub is asked again and goes on delivering meanwhile."""
    note(store)
    claimed(store, NOON)
    assert verify(store, NOON + HOUR)
    assert subscriptions.active(store, NOON + HOUR) == {FEED.key: NOON + HOUR + 10 * DAY}
    assert claimed(store, NOON + HOUR + 7 * DAY) == []
    renewal = NOON + HOUR + 7.5 * DAY
    assert claimed(store, renewal) == [FEED.key]
    assert known(store).state == "active"
    assert subscriptions.active(store, renewal) == {FEED.key: NOON + HOUR + 10 * DAY}
    assert verify(store, renewal + HOUR)
    assert known(store).failures == 0
    assert subscriptions.active(store, NOON + 15 * DAY) == {FEED.key: renewal + HOUR + 10 * DAY}


def test_a_lease_that_is_not_renewed_ends(store: Database) -> None:
    """Then the source counts as not pushed, and its hub as asked."""
    note(store)
    claimed(store, NOON)
    verify(store, NOON, lease=DAY)
    claimed(store, NOON + 20 * HOUR)
    assert subscriptions.active(store, NOON + DAY) == {}
    assert claimed(store, NOON + DAY) == [FEED.key]
    assert known(store).state == "asked"


def test_only_what_is_asked_for_can_be_verified(store: Database) -> None:
    """Not another topic, not before anybody asked, not what nobody knows."""
    assert not verify(store, NOON)
    note(store)
    assert not verify(store, NOON)
    claimed(store, NOON)
    assert not verify(store, NOON, topic="https://one.test/other")
    assert verify(store, NOON)


def test_a_hub_that_asks_back_before_it_answers_is_believed(store: Database) -> None:
    """Whatever it says to the asking afterwards, the verification stands."""
    note(store)
    claimed(store, NOON)
    verify(store, NOON + timedelta(seconds=1))
    subscriptions.keep_failed(store, FEED.key, "HTTP 500")
    assert (known(store).state, known(store).detail) == ("active", None)


def test_an_asking_that_fails_is_made_again(store: Database) -> None:
    """The reason is kept; a subscription that still runs stays active."""
    note(store)
    claimed(store, NOON)
    subscriptions.keep_failed(store, FEED.key, "HTTP 500 " * 200)
    found = known(store)
    assert (found.state, len(found.detail or ""), found.next_at) == ("failed", 500, NOON + HOUR)
    assert claimed(store, NOON + HOUR) == [FEED.key]
    verify(store, NOON + 2 * HOUR)
    renewal = NOON + 8 * DAY
    claimed(store, renewal)
    subscriptions.keep_failed(store, FEED.key, "the hub is away")
    found = known(store)
    assert (found.state, found.detail, found.next_at) == ("active", "the hub is away", renewal + HOUR)


def test_what_was_not_asked_is_not_counted(store: Database) -> None:
    """A hub whose host is not to be asked yet is asked later, with no failure to its name."""
    note(store)
    claimed(store, NOON)
    subscriptions.put_off(store, FEED.key, until=NOON + timedelta(seconds=5))
    assert known(store).failures == 0
    assert claimed(store, NOON + timedelta(seconds=5)) == [FEED.key]
    assert known(store).failures == 1


def test_a_denial_is_asked_about_again(store: Database) -> None:
    """In a day, in two, in the end once a week; the source is not pushed."""
    note(store)
    at, waits = NOON, []
    for _ in range(9):
        claimed(store, at)
        subscriptions.keep_denied(store, FEED.key, "not for you", at)
        found = known(store)
        assert (found.state, found.detail) == ("denied", "not for you")
        assert found.next_at is not None
        waits.append((found.next_at - at) / DAY)
        at = found.next_at
    assert waits == [1, 2, 3, 4, 5, 6, 7, 7, 7]
    assert subscriptions.active(store, at) == {}
    subscriptions.keep_denied(store, "0" * 16, "whose?", at)


def test_a_denial_ends_what_was_active(store: Database) -> None:
    """A hub may change its mind at any time."""
    note(store)
    claimed(store, NOON)
    verify(store, NOON)
    subscriptions.keep_denied(store, FEED.key, "gone", NOON + DAY)
    assert subscriptions.active(store, NOON + DAY) == {}
    assert known(store).next_at == NOON + 2 * DAY


def test_a_feed_that_moves_to_another_hub_begins_anew(store: Database) -> None:
    """The lease of the old one counts no more; two hubs named by turns are asked once an hour at most."""
    note(store)
    claimed(store, NOON)
    verify(store, NOON)
    assert note(store, hub="https://other.test/", at=NOON + DAY)
    assert subscriptions.active(store, NOON + DAY) == {}
    assert claimed(store, NOON + DAY) == [FEED.key]
    minutes = timedelta(minutes=10)
    assert note(store, hub=HUB, at=NOON + DAY + minutes)
    assert note(store, hub="https://other.test/", at=NOON + DAY + 2 * minutes)
    assert note(store, hub=HUB, at=NOON + DAY + 3 * minutes)
    assert not verify(store, NOON + DAY + 3 * minutes)
    assert claimed(store, NOON + DAY + 3 * minutes) == []
    assert claimed(store, NOON + DAY + HOUR) == [FEED.key]
    assert note(store, topic="https://one.test/new", at=NOON + 2 * DAY)
    assert known(store).topic == "https://one.test/new"


def test_only_watched_sources_are_asked_for(store: Database) -> None:
    """One that the configuration names no longer is left alone; its hub learns by the lease."""
    note(store)
    sources.retire(store, [])
    assert claimed(store, NOON) == []


def test_what_a_feed_no_longer_declares_is_forgotten(store: Database) -> None:
    """And is there anew when it is declared anew."""
    note(store)
    assert subscriptions.withdraw(store, FEED.key)
    assert not subscriptions.withdraw(store, FEED.key)
    assert subscriptions.find(store, FEED.key) is None
    assert note(store)


def test_the_longest_due_are_taken_first_and_not_all_at_once(store: Database) -> None:
    """So that a hundred new feeds do not fill the queue with askings."""
    others = [replace(FEED, key=f"{number:016x}", url=f"https://one.test/{number}") for number in range(5)]
    sources.enrol(store, [(one, NOON) for one in others])
    for number, one in enumerate(others):
        subscriptions.note(store, one.key, HUB, one.url, NOON - number * HOUR)
    taken = [one.source for one in subscriptions.claim_due(store, NOON, limit=3)]
    assert taken == [others[4].key, others[3].key, others[2].key]
