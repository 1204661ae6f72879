"""Turns within one process."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from workers.fetch.pace import UNKNOWN_GAP, LocalPace

SITE = "paper.example"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> LocalPace:
    return LocalPace(clock)


def test_one_turn_at_a_time(pace: LocalPace) -> None:
    """While one token has the turn no other gets it, and other sites are free."""
    assert pace.enter(SITE, token="a", lease=30) == 0
    assert 0 < pace.enter(SITE, token="b", lease=30) <= UNKNOWN_GAP
    assert pace.enter("other.example", token="c", lease=30) == 0


def test_the_pause_after_a_turn_is_kept(pace: LocalPace, clock: Clock) -> None:
    """The next turn begins when the pause is over, and the wait says when that is."""
    pace.enter(SITE, token="a", lease=30)
    clock.now += 3
    pace.leave(SITE, token="a", gap=5)
    assert pace.enter(SITE, token="b", lease=30) == 5
    clock.now += 4.5
    assert pace.enter(SITE, token="b", lease=30) == 0.5
    clock.now += 0.5
    assert pace.enter(SITE, token="b", lease=30) == 0


def test_a_lost_turn_ends_with_its_lease(pace: LocalPace, clock: Clock) -> None:
    """Nobody waits longer for a worker that does not come back."""
    pace.enter(SITE, token="a", lease=30)
    clock.now += 29.9
    assert pace.enter(SITE, token="b", lease=30) == pytest.approx(0.1)
    clock.now += 0.1
    assert pace.enter(SITE, token="b", lease=30) == 0


def test_a_wrong_token_frees_nothing(pace: LocalPace, clock: Clock) -> None:
    """Whoever comes back after its lease does not end the turn that another has now."""
    pace.enter(SITE, token="a", lease=30)
    clock.now += 31
    pace.enter(SITE, token="b", lease=30)
    pace.leave(SITE, token="a", gap=0)
    assert pace.enter(SITE, token="c", lease=30) > 0


def test_a_long_pause_is_not_shortened(pace: LocalPace, clock: Clock) -> None:
    """What a host asked for holds, also after a late answer to an earlier request."""
    pace.enter(SITE, token="a", lease=30)
    pace.leave(SITE, token="a", gap=3600)
    pace.leave(SITE, token="late", gap=1)
    assert pace.enter(SITE, token="b", lease=30) == 3600


def test_asking_twice_with_one_token_is_one_turn(pace: LocalPace) -> None:
    """A question whose answer was lost may be asked again."""
    assert pace.enter(SITE, token="a", lease=30) == 0
    assert pace.enter(SITE, token="a", lease=30) == 0


def test_sites_of_the_past_are_forgotten(pace: LocalPace, clock: Clock) -> None:
    """Months of links to other sites do not fill the memory."""
    for number in range(3000):
        pace.enter(f"{number}.example", token="a", lease=1)
        pace.leave(f"{number}.example", token="a", gap=1)
        clock.now += 5
    assert len(pace._turns) < 1100


def test_threads_take_turns() -> None:
    """Real threads on a real clock never meet, and keep the pause."""
    pace, busy, times = LocalPace(), threading.Lock(), []

    def work(name: str) -> None:
        for number in range(5):
            while wait := pace.enter(SITE, token=f"{name}{number}", lease=10):
                time.sleep(wait)
            assert busy.acquire(blocking=False)
            times.append(time.monotonic())
            busy.release()
            pace.leave(SITE, token=f"{name}{number}", gap=0.01)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(times) == 20
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 0.01
