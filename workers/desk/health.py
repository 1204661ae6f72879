"""Whether this installation does its work: a list of what is wrong, in words for whoever is called out at night.

Judging is pure; `look` asks the store and Redis, each for a few seconds at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import anyio
import redis
import structlog

from workers.desk.behind import Behind, BusyError, Threads
from workers.operate import heartbeat
from workers.operate.redis import RedisError
from workers.route import STAGES
from workers.store import figures, hosts
from workers.store.database import StoreError
from workers.store.figures import Overdue
from workers.watch import outage
from workers.watch.outage import Host

# Seconds for the store, and as many for Redis: together less than a load balancer waits.
WITHIN = 3.0

STUCK_AFTER = timedelta(hours=6)
NO_POLL_FOR = timedelta(hours=1)
# A source that is due is looked at within seconds; this leaves room for its host's pace.
DUE_FOR = timedelta(minutes=10)

# Seconds without a task done in a queue that has some: the longest task takes two minutes.
STILL = 300.0

# A tick that is missing this many times is no accident.
TICKS = 10

log = structlog.get_logger()


def of_ticks(ages: Mapping[str, float], tick_every: float) -> list[str]:
    """What the signs of life say; `ages` are in seconds by name."""
    age = ages.get(heartbeat.TICK)
    if age is None:
        return ["nothing has looked for work yet: is beat running, and the worker of the tick queue?"]
    if age > TICKS * tick_every:
        return [f"nothing has looked for work for {_span(age)}: is beat running, and the worker of the tick queue?"]
    return []


def of_queues(ages: Mapping[str, float]) -> list[str]:
    """Which stages neither do their work nor have none; `ages` are in seconds since either."""
    return [
        f"nothing has moved in the queue {stage} for {_span(ages[stage])}: do its workers run?"
        for stage in STAGES
        if ages.get(stage, 0.0) > STILL
    ]


def of_work(overdue: Overdue, now: datetime) -> list[str]:
    """What is overdue in the store."""
    said = []
    if overdue.stuck:
        hours = STUCK_AFTER // timedelta(hours=1)
        said.append(f"{overdue.stuck} items have been under way for more than {hours} hours without a try")
    silent = overdue.last_poll is None or overdue.last_poll < now - NO_POLL_FOR
    if silent and overdue.sources:
        since = "yet" if overdue.last_poll is None else f"for {_span((now - overdue.last_poll).total_seconds())}"
        said.append(f"{overdue.sources} sources are due and none was looked at {since}")
    return said


def of_network(sites: Sequence[Host], now: datetime) -> list[str]:
    """Whether it is our own network that is down, by what is known of the way to each site."""
    if not outage.ours(sites, now):
        return []
    answers = [site.answered_at for site in sites if site.answered_at is not None]
    since = f"since {max(answers):%H:%M} UTC" if answers else "yet"
    return [f"our network is down: several sites failed lately and none has answered {since}"]


async def look(behind: Behind, threads: Threads, now: Callable[[], datetime]) -> list[str]:
    """Everything that is wrong, in at most `WITHIN` seconds. Never raises."""
    settings = behind.config.settings
    found: dict[str, list[str]] = {}

    def store() -> list[str]:
        database, moment = behind.database(), now()
        overdue = figures.overdue(database, moment, stuck_after=STUCK_AFTER, unpolled_after=DUE_FOR)
        sites = [Host(site=site, answered_at=said, failed_at=failed) for site, said, failed in hosts.of(database)]
        return of_work(overdue, moment) + of_network(sites, moment)

    def queues() -> list[str]:
        ages = heartbeat.ages(behind.redis(), settings.prefix)
        return of_ticks(ages, settings.tick_every) or of_queues(ages)

    async def ask(name: str, work: Callable[[], list[str]]) -> None:
        try:
            found[name] = await threads.run(work, within=WITHIN)
        except (TimeoutError, BusyError):
            found[name] = [f"{name} does not answer within {WITHIN:.0f} seconds"]
        except (StoreError, RedisError, redis.RedisError) as error:
            # Only the log says more: a message may name a host or a folder, and anybody may be asking.
            log.warning("out_of_reach", what=name, error=str(error)[:300])
            found[name] = [f"{name} cannot be reached; the desk's log says why"]

    async with anyio.create_task_group() as group:
        group.start_soon(ask, "the store", store)
        group.start_soon(ask, "Redis", queues)
    return [reason for name in sorted(found, reverse=True) for reason in found[name]]


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.0f} hours"
