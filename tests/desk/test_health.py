"""What is told of an installation that does its work, and of ones that do not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import anyio
import pytest
from pydantic import SecretStr

from tests.desk.clock import NOON, Clock
from workers.config import Config
from workers.desk import health
from workers.desk.behind import Behind, Threads
from workers.items import Entry, Source
from workers.operate import heartbeat
from workers.store import figures, hosts, items, sources
from workers.store.database import Database, StoreError
from workers.store.figures import Overdue
from workers.watch.outage import Host

FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")
HOUR = timedelta(hours=1)


def look(behind: Behind, now: Callable[[], datetime], threads: Threads | None = None) -> list[str]:
    threads = threads or Threads(4)
    return anyio.run(lambda: health.look(behind, threads, now))


def test_ticks_that_stay_away_are_told() -> None:
    """Ten may be missing; none at all is told too."""
    assert health.of_ticks({"tick": 19.0}, 2.0) == []
    assert "for 21 seconds" in health.of_ticks({"tick": 21.0}, 2.0)[0]
    assert "for 3 hours" in health.of_ticks({"tick": 3 * 3600.0}, 2.0)[0]
    assert "yet" in health.of_ticks({}, 2.0)[0]


@pytest.mark.parametrize(
    ("stuck", "due", "polled", "told"),
    [
        (0, 0, None, []),
        (0, 0, NOON - 9 * HOUR, []),
        (0, 3, NOON - HOUR, []),
        (0, 3, NOON - 2 * HOUR, ["3 sources are due and none was looked at for 2 hours"]),
        (0, 3, None, ["3 sources are due and none was looked at yet"]),
        (5, 0, NOON, ["5 items have been under way for more than 6 hours without a try"]),
    ],
)
def test_what_is_overdue_is_told(stuck: int, due: int, polled: datetime | None, told: list[str]) -> None:
    """Silence alone is no fault where nothing is due."""
    assert health.of_work(Overdue(stuck=stuck, sources=due, last_poll=polled), NOON) == told


def test_a_network_that_is_down_is_told() -> None:
    """When several sites fail and none has answered since."""
    well = [Host(site=f"{name}.test", answered_at=NOON - HOUR) for name in "abc"]
    down = [replace(site, failed_at=NOON) for site in well]
    assert health.of_network(well, NOON) == []
    assert health.of_network(down[:1], NOON) == []
    [told] = health.of_network(down, NOON)
    assert "none has answered since 11:00 UTC" in told
    [told] = health.of_network([replace(site, answered_at=None) for site in down], NOON)
    assert "none has answered yet" in told


def test_all_is_well(behind: Behind, store: Database, clock: Clock, config: Config) -> None:
    """A store and a Redis that answer, a fresh tick, nothing overdue."""
    heartbeat.beat(behind.redis(), config.settings.prefix, heartbeat.TICK)
    assert look(behind, clock) == []


def test_everything_that_is_wrong_is_told_at_once(behind: Behind, store: Database, clock: Clock) -> None:
    """Not the first fault alone: whoever mends one wants to know of the other."""
    sources.enrol(store, [(FEED, NOON)])
    one = Entry(key="1" * 16, url="https://one.test/1", outlet="one", found_at=NOON)
    items.enter(store, [one], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    clock.go(hours=7)
    for site in "abc":
        hosts.failed(store, f"{site}.test", "connect", clock())
    told = look(behind, clock)
    assert [sentence.split()[0] for sentence in told] == ["1", "1", "our", "nothing"]


def test_what_is_away_is_told_without_a_word_of_where(config: Config, clock: Clock) -> None:
    """Addresses and folders are for the log alone."""
    settings = config.settings.model_copy(
        update={
            "redis_url": SecretStr("redis://:pass@127.0.0.1:1/0"),
            "store_url": "postgresql://me:pass@127.0.0.1:1/x",
        }
    )
    away = Behind(replace(config, settings=settings))
    told = look(away, clock)
    assert told == [
        "the store cannot be reached; the desk's log says why",
        "Redis cannot be reached; the desk's log says why",
    ]
    none = Behind(config.with_settings(redis_url=SecretStr("")))
    assert look(none, clock) == told
    assert not (config.settings.var / "marsad.db").exists()


def test_a_store_that_hangs_holds_nobody_up(
    behind: Behind, store: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given up after its time, and takes no more threads than it may, however often somebody asks."""
    begun = []

    def hang(*_: object, **__: object) -> Overdue:
        begun.append(1)
        time.sleep(4.0)
        raise StoreError("too late")

    monkeypatch.setattr(figures, "overdue", hang)
    monkeypatch.setattr(health, "WITHIN", 0.4)
    heartbeat.beat(behind.redis(), behind.config.settings.prefix, heartbeat.TICK)
    threads = Threads(2)

    async def ask_often() -> list[list[str]]:
        return [await health.look(behind, threads, clock) for _ in range(6)]

    told = anyio.run(ask_often)
    assert told[0] == ["the store does not answer within 0 seconds"]
    assert all(sentences[0] == told[0][0] for sentences in told)
    assert len(begun) == 2
