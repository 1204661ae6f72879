"""Turns that all workers share, on a real Redis."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from workers.operate.redis import EmbeddedRedis, client
from workers.operate.slots import WITHOUT_REDIS, Slots

PREFIX = "test:"


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server, client(server.url) as made:
        yield made


@pytest.fixture
def slots(connection: redis.Redis) -> Slots:
    return Slots(connection, PREFIX)


@pytest.fixture
def site() -> str:
    return f"{uuid4().hex}.example"


def test_one_turn_at_a_time(slots: Slots, site: str) -> None:
    """While one token has the turn no other gets it, and other sites are free."""
    assert slots.enter(site, token="a", lease=30) == 0
    assert 0 < slots.enter(site, token="b", lease=30) <= 1
    assert slots.enter(f"other.{site}", token="c", lease=30) == 0


def test_the_pause_after_a_turn_is_kept(slots: Slots, site: str) -> None:
    """The next turn begins when the pause is over and not before."""
    slots.enter(site, token="a", lease=30)
    slots.leave(site, token="a", gap=0.2)
    left = time.monotonic()
    waits = 0
    while wait := slots.enter(site, token="b", lease=30):
        assert wait <= 0.205
        waits += 1
        time.sleep(wait)
    assert 0.2 <= time.monotonic() - left < 0.5
    assert waits <= 2


def test_while_a_site_is_in_use_its_last_pause_tells_when_to_ask_again(slots: Slots, site: str) -> None:
    """The next turn cannot begin before that, however soon the present one ends."""
    slots.enter(site, token="a", lease=30)
    slots.leave(site, token="a", gap=0.05)
    time.sleep(0.06)
    assert slots.enter(site, token="b", lease=30) == 0
    assert slots.enter(site, token="c", lease=30) == pytest.approx(0.05, abs=0.002)


def test_a_lost_turn_ends_with_its_lease(slots: Slots, site: str) -> None:
    """A killed worker's turn frees itself."""
    slots.enter(site, token="a", lease=0.1)
    assert 0 < slots.enter(site, token="b", lease=30) <= 0.102
    time.sleep(0.11)
    assert slots.enter(site, token="b", lease=30) == 0


def test_a_wrong_token_frees_nothing(slots: Slots, site: str) -> None:
    """Whoever comes back after its lease does not end the turn that another has now."""
    slots.enter(site, token="a", lease=0.05)
    time.sleep(0.06)
    slots.enter(site, token="b", lease=30)
    slots.leave(site, token="a", gap=0)
    slots.leave(site, token="stranger", gap=0)
    assert slots.enter(site, token="c", lease=30) > 0


def test_a_long_pause_is_not_shortened(slots: Slots, site: str) -> None:
    """What a host asked for holds, also after a late answer to an earlier request."""
    slots.enter(site, token="a", lease=30)
    slots.leave(site, token="a", gap=3600)
    slots.leave(site, token="late", gap=0.1)
    assert slots.enter(site, token="b", lease=30) == pytest.approx(3600, abs=2)


def test_asking_twice_with_one_token_is_one_turn(slots: Slots, site: str) -> None:
    """A question whose answer was lost on the way may be asked again."""
    assert slots.enter(site, token="a", lease=30) == 0
    assert slots.enter(site, token="a", lease=30) == 0


def test_keys_are_of_this_installation_and_go_by_themselves(slots: Slots, connection: redis.Redis, site: str) -> None:
    """Every key begins with the prefix and lives no longer than what it says."""
    key = f"{PREFIX}slot:{site}"
    slots.enter(site, token="a", lease=30)
    assert 30 < connection.pttl(key) / 1000 < 95
    slots.leave(site, token="a", gap=200)
    assert 200 < connection.pttl(key) / 1000 < 265
    assert set(connection.scan_iter(f"*{site}")) == {key.encode()}


def test_a_lost_redis_loses_the_last_pause_only(slots: Slots, connection: redis.Redis, site: str) -> None:
    """After FLUSHALL turns are given again, one at a time, and scripts come back by themselves."""
    slots.enter(site, token="a", lease=30)
    connection.flushall()
    connection.script_flush()
    assert slots.enter(site, token="b", lease=30) == 0
    slots.leave(site, token="a", gap=0)
    assert slots.enter(site, token="c", lease=30) > 0
    slots.leave(site, token="b", gap=0.01)
    time.sleep(0.02)
    assert slots.enter(site, token="c", lease=30) == 0


def test_without_redis_there_are_no_turns(tmp_path: Path) -> None:
    """Nobody asks the web while nobody can say whose turn it is, and nothing is raised."""
    with client(f"redis+socket://{tmp_path}/nobody.sock", retries=0) as nobody:
        slots = Slots(nobody, PREFIX)
        assert slots.enter("paper.example", token="a", lease=30) == WITHOUT_REDIS
        slots.leave("paper.example", token="a", gap=1)


def test_many_threads_take_turns(connection: redis.Redis, site: str) -> None:
    """Eight threads never meet, and keep the pause between the end of one turn and the start of the next."""
    busy, spans = threading.Lock(), []

    def work(name: str) -> None:
        slots = Slots(connection, PREFIX)
        for number in range(4):
            while wait := slots.enter(site, token=f"{name}{number}", lease=10):
                time.sleep(wait)
            assert busy.acquire(blocking=False)
            begun = time.monotonic()
            time.sleep(0.002)
            spans.append((begun, time.monotonic()))
            busy.release()
            slots.leave(site, token=f"{name}{number}", gap=0.01)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(spans) == 32
    assert min(later[0] - earlier[1] for earlier, later in itertools.pairwise(spans)) >= 0.01
