"""The transport of live work: asks a site one thing at a time, at its pace, and only what its robots.txt lets us read."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urldefrag, urljoin
from uuid import uuid4

from workers.fetch.pace import LEAST_WAIT, Pace
from workers.fetch.robots import Kept, Rules, Shelf, origin_of, settle
from workers.fetch.verdict import ended, retry_after
from workers.items import Drop, Failure, Hop, Later, Response, utc
from workers.urls import site_of

LONGEST_HOLD = 3600.0  # seconds a whole site is left alone because one answer asked for it
HOLD = 60.0  # seconds, when a host says "too many requests" and not for how long
# Seconds between the end of the longest request and the end of its turn: what came is noted in the store meanwhile.
LEASE_MARGIN = 45.0

_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_REDIRECTS = {301, 302, 303, 307, 308}
_SHOWN = 200  # characters of an address in a message


class Asks(Protocol):
    """One request, no redirects followed: `workers.fetch.network.Network`."""

    agent: str

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Response | Failure | Drop:
        """GET `url`, or POST `form` to it. Never raises for what the far side does."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...


def _now() -> datetime:
    return datetime.now(UTC)


class Polite:
    """Fetches with a turn for every request, redirects and robots.txt included. May be shared between threads.

    `refuse` says which addresses are not asked at all; `gap` gives the seconds between two requests to the site of an
    address; `timeout` is how long one request may take; `patience` how long one call may sleep in all. A call that
    would have to wait longer ends as `Later`, at the hop that redirects have led to. What is kept in `shelf` is shared,
    so whatever a call has learned of a robots.txt the next one knows.
    """

    def __init__(
        self,
        network: Asks,
        *,
        pace: Pace,
        shelf: Shelf,
        gap: Callable[[str], float],
        max_redirects: int,
        timeout: float,
        refuse: Callable[[str], Drop | None] = lambda _: None,
        patience: float = 1.0,
        poll_every: float = 900.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._network = network
        self._pace = pace
        self._shelf = shelf
        self._gap = gap
        self._max_redirects = max_redirects
        self._timeout = timeout
        self._refuse = refuse
        self._patience = patience
        self._poll_every = poll_every
        self._sleep = sleep
        self._clock = clock

    def get(
        self,
        url: str,
        *,
        after: datetime | None = None,
        headers: Mapping[str, str] | None = None,
        hop: Hop | None = None,
    ) -> Response | Failure | Drop | Later:
        """Fetch `url` as it is now, going on at `hop` if there is one. `headers` go to its own site only."""
        del after
        here = hop or Hop(url=url, count=0)
        patience = self._patience
        ends = time.monotonic() + self._timeout
        while True:
            step = self._step(here, headers if site_of(here.url) == site_of(url) else None)
            if isinstance(step, Response):
                return replace(step, url=url)
            if isinstance(step, (Failure, Drop)):
                return step
            wait = 0.0
            if isinstance(step, Later):
                wait = step.seconds
            else:
                here = step
            # Slow hosts in a chain must not keep a worker for the sum of their times.
            if wait > patience or time.monotonic() > ends:
                return Later(seconds=wait, hop=here if here.count else None)
            if wait:
                self._sleep(wait)
                patience -= wait

    def post(self, url: str, form: Mapping[str, str]) -> Response | Failure | Drop | Later:
        """Send `form` to a service that asked for it, such as a hub; no robots.txt is about that."""
        refused = self._refuse(url)
        if refused is not None:
            return refused
        answer = self._ask(url, form=form)
        if isinstance(answer, Later) and answer.seconds <= self._patience:
            self._sleep(answer.seconds)
            answer = self._ask(url, form=form)
        return answer

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        """`poll_every` seconds after the last look; at once for a source never seen."""
        del url
        if after is None:
            return datetime.min.replace(tzinfo=UTC)
        return utc(after) + timedelta(seconds=self._poll_every)

    def close(self) -> None:
        """Close all connections."""
        self._network.close()

    def _step(self, here: Hop, headers: Mapping[str, str] | None) -> Response | Failure | Drop | Later | Hop:
        """One request at most, for the page at `here` or for the robots.txt before it; a Hop says to go on there."""
        if here.count > self._max_redirects:
            return ended("too_many_redirects", f"more than {self._max_redirects}, at last to {here.url[:_SHOWN]}")
        refused = self._refuse(here.url)
        if refused is not None:
            return refused
        try:
            origin = origin_of(here.url)
        except ValueError:
            return ended("bad_url", f"{here.url[:_SHOWN]} is no http(s) address")
        kept = self._shelf.load(origin)
        if kept is None or kept.way or kept.good_until <= self._clock():
            return self._learn(origin, kept) or here
        rules = Rules(kept)
        if not rules.known:
            # Whoever asked and got none has failed; what waits behind has not.
            return Later(seconds=(kept.good_until - self._clock()).total_seconds())
        if not rules.allows(here.url, self._network.agent):
            return ended("robots", f"{origin}/robots.txt asks not to read {here.url[:_SHOWN]}")
        delay = rules.delay(self._network.agent) or 0.0
        answer = self._ask(here.url, headers=headers, heard=lambda _: delay)
        if not isinstance(answer, Response) or not _redirects(answer):
            return answer
        target = _target(answer)
        if target is None:
            return ended("bad_url", f"{here.url[:_SHOWN]} leads to {answer.headers['location'][:_SHOWN]!r}")
        if target == here.url:  # what waits for a cookie would send us round for ever
            return ended("too_many_redirects", f"{target[:_SHOWN]} leads to itself")
        return Hop(url=target, count=here.count + 1)

    def _learn(self, origin: str, old: Kept | None) -> Failure | Drop | Later | None:
        """One request for the robots.txt of `origin`, or for where it has led to; None when something was learned."""
        way = old.way if old and old.good_until > self._clock() else ()
        learned: list[Kept] = []

        # Called while the turn is ours: whoever has the next one finds what this one brought.
        def heard(answer: Response | Failure | Drop) -> float:
            response = answer if isinstance(answer, Response) else None
            if isinstance(answer, Drop) and answer.reason != "too_large":
                if not way:  # it is we who do not ask this host
                    return 0.0
                response = _nowhere(self._clock())
            target = _target(response) if response and _redirects(response) else None
            further = (*way, target) if target and self._refuse(target) is None else ()
            learned.append(settle(response, self._clock(), old, way=further))
            self._shelf.save(origin, learned[0])
            return Rules(learned[0]).delay(self._network.agent) or 0.0

        answer = self._ask(way[-1] if way else f"{origin}/robots.txt", heard=heard)
        if isinstance(answer, Later) or not learned:
            return None if isinstance(answer, Response) else answer
        if Rules(learned[0]).known:
            return None
        if isinstance(answer, Response):
            return ended("robots", f"{origin}/robots.txt answers {answer.status}", retry_after(answer))
        reason = answer.reason if isinstance(answer, Failure) else "robots"
        return ended(reason, f"{origin}/robots.txt: {answer.detail}")

    def _ask(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        heard: Callable[[Response | Failure | Drop], float] = lambda _: 0.0,
    ) -> Response | Failure | Drop | Later:
        """One request in a turn of its own. `heard` is called before the turn ends, and may ask for a longer pause."""
        site, token = site_of(url), uuid4().hex
        gap = self._gap(url)
        wait = self._pace.enter(site, token=token, lease=self._timeout + LEASE_MARGIN)
        if wait > 0:
            return Later(seconds=max(wait, LEAST_WAIT))
        try:
            answer = self._network.ask(url, headers=headers, form=form)
            gap = max(gap, _hold(answer))
            gap = max(gap, heard(answer))
            return answer
        finally:
            self._pace.leave(site, token=token, gap=gap)


def _hold(answer: Response | Failure | Drop) -> float:
    """The seconds for which the whole site is to be left alone."""
    if not isinstance(answer, Response) or answer.status not in {429, 503}:
        return 0.0
    said = retry_after(answer)
    if said is None:
        return HOLD if answer.status == 429 else 0.0
    return min(said, LONGEST_HOLD)


def _redirects(answer: Response) -> bool:
    return answer.status in _REDIRECTS and bool(answer.headers.get("location", "").strip())


def _target(answer: Response) -> str | None:
    """Where a redirect leads, whatever it is; None when it cannot be read."""
    location = answer.headers["location"].strip()
    try:
        # urljoin would read "http://" and nothing more as the address that it came from.
        return urldefrag(location if _ABSOLUTE.match(location) else urljoin(answer.final_url, location)).url
    except ValueError:
        return None


def _nowhere(now: datetime) -> Response:
    """What stands for a robots.txt that led to an address we do not ask."""
    return Response(url="", final_url="", status=404, headers={}, body=b"", captured_at=now)
