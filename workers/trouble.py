"""What is remembered of every request's end: which hosts answer, how often what goes wrong, and whether it is us."""

from __future__ import annotations

from datetime import timedelta

from workers.fetch.transport import Asked
from workers.items import Failure, Later, Response
from workers.reasons import OF_THE_WAY
from workers.road import Road
from workers.store import hosts
from workers.urls import site_of
from workers.watch import outage

# How long a site that does not answer is left alone: each page asked for in vain costs a worker half a minute.
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

# Seconds to wait while this machine's own network is down.
OFFLINE = 60.0


def note(road: Road, url: str, outlet: str | None, stage: str, answer: Asked) -> bool:
    """Remember how a request to `url` ended; return whether the trouble is this machine's own network."""
    if isinstance(answer, Later) or road.recordings is not None:
        return False
    now = road.now()
    if isinstance(answer, Response):
        hosts.answered(road.database, site_of(answer.final_url), now)
        return False
    count(road, outlet, stage, answer.reason)
    if answer.reason not in OF_THE_WAY:
        return False
    hosts.failed(road.database, site_of(url), answer.reason, now)
    known = [outage.Host(site=site, answered_at=ok, failed_at=bad) for site, ok, bad in hosts.of(road.database)]
    return outage.ours(known, now)


def shunned(road: Road) -> set[str]:
    """The sites that did not answer when last asked, and are left alone: the longer, the longer they have not."""
    if road.recordings is not None:
        return set()
    now = road.now()
    silent = ((site, ok or bad, bad) for site, ok, bad in hosts.of(road.database) if bad and (ok is None or bad > ok))
    return {site for site, ok, bad in silent if now < bad + min(max((bad - ok) / 4, SHORTEST_PAUSE), LONGEST_PAUSE)}


def count(road: Road, outlet: str | None, stage: str, reason: str) -> None:
    """Count a trouble, also one that a later try gets over."""
    if road.recordings is None:
        hosts.trouble(road.database, outlet, stage, reason, road.now())


def defect(error: Exception) -> Failure:
    """A fault of marsad itself, as a failure of the item that met it."""
    return Failure(reason="defect", detail=f"{type(error).__name__}: {error}"[:500])
