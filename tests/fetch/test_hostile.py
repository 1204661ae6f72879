"""Whatever a server does, asking it ends in the right reason, within its time, and with memory to spare."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.fetch.hostile import Case, served
from tests.fetch.misbehaviours import ARTICLE, CASES, MAX_BYTES, TIMEOUT
from workers.config import load_config
from workers.config.settings import Settings
from workers.fetch.guard import refuse_url
from workers.fetch.network import Network
from workers.fetch.pace import LocalPace
from workers.fetch.polite import Polite
from workers.fetch.robots import Kept
from workers.fetch.verdict import judge
from workers.items import Drop, Failure, Hop, Later, Response
from workers.reasons import REASONS

MOST_MEMORY = 8 * MAX_BYTES  # at the worst moment of one call; a robots.txt of 2 MB takes 11 MB to be read
TRIES = 3  # to be in time: other tests run beside


class Shelf(dict[str, Kept]):
    def load(self, origin: str) -> Kept | None:
        return self.get(origin)

    def save(self, origin: str, kept: Kept) -> None:
        self[origin] = kept


@pytest.fixture(scope="module")
def phrases() -> tuple[str, ...]:
    return load_config().leftovers.challenge


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    made = Network(Settings(fetch_timeout=TIMEOUT, fetch_max_bytes=MAX_BYTES, allow_loopback=True))
    yield made
    made.close()


@pytest.fixture
def transport(network: Network) -> Polite:
    return Polite(
        network,
        pace=LocalPace(),
        shelf=Shelf(),
        gap=lambda _: 0.005,
        max_redirects=4,
        timeout=TIMEOUT,
        refuse=lambda url: refuse_url(url, ports=(80, 443), loopback=True),
    )


def ask(transport: Polite, url: str, phrases: tuple[str, ...]) -> Response | Failure | Drop | Later:
    """Ask, once more where a call's time was up between two requests."""
    hop: Hop | None = None
    for _ in range(5):
        answer = transport.get(url, hop=hop)
        if isinstance(answer, Response):
            return judge(answer, asked=url, challenge=phrases) or answer
        if not isinstance(answer, Later) or answer.seconds > 1:
            return answer
        time.sleep(answer.seconds)
        hop = answer.hop
    raise AssertionError("it never ends")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_misbehaviour_ends_in_its_reason_and_time(
    case: Case, transport: Polite, phrases: tuple[str, ...]
) -> None:
    """One end: the reason of the table, or the page; never an exception, never later than its limit."""
    before = set(threading.enumerate())
    with served(case) as (url, asked):
        started = time.monotonic()
        answer = ask(transport, url, phrases)
        took = time.monotonic() - started
        if case.name == "robots so slow":  # no fault: the page is waited for
            assert isinstance(answer, Later)
            assert answer.seconds == pytest.approx(300, abs=2)
            return
    if isinstance(answer, Response):
        assert case.ends == "served", f"{answer.status} {answer.body[:100]!r}"
        assert b"<html" in answer.body
    else:
        assert isinstance(answer, (Failure, Drop))
        assert answer.reason == case.ends, answer
        assert len(answer.detail) < 1000
    assert len(asked) <= 8
    for _ in range(TRIES - 1):
        if took < case.within:
            break
        with served(case) as (url, _):
            started = time.monotonic()
            ask(transport, url, phrases)
            took = min(took, time.monotonic() - started)
    assert took < case.within
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.bomb], ids=lambda case: case.name)
def test_memory_stays_bounded(case: Case, transport: Polite, phrases: tuple[str, ...]) -> None:
    """What aims at memory gets no more than a small multiple of the largest page."""
    with served(case) as (url, _):
        tracemalloc.start()
        try:
            answer = ask(transport, url, phrases)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert not isinstance(answer, Later)
    assert peak < MOST_MEMORY, f"{peak / 1e6:.0f} MB"


def test_a_site_is_free_again_after_all_that(transport: Polite, phrases: tuple[str, ...]) -> None:
    """No misbehaviour keeps the turn: another server on the same host is asked right after each."""
    good = Case("good", "an ordinary page", "served", 2.0, CASES["watched page"].page)
    for name in ("resets", "hangs up", "gzip bomb", "two lengths", "leads to itself", "test as page"):
        with served(CASES[name]) as (url, _):
            ask(transport, url, phrases)
        with served(good) as (url, _):
            assert isinstance(ask(transport, url, phrases), Response), name


def test_the_table_is_what_was_promised() -> None:
    """At least 45 misbehaviours, each with a name of its own, a sentence, a known end and a limit."""
    assert len(CASES) >= 45
    assert {case.ends for case in CASES.values()} - {"served"} <= REASONS.keys()
    assert all(case.does and 0 < case.within <= 3 for case in CASES.values())
    assert ARTICLE.startswith(b"<!doctype html>")
