"""What Prometheus scrapes: the figures of the store, the queues in Redis, and what hubs have delivered here.

Everything but the last is read when it is asked for. Labels come from closed lists (stages, reasons, outlets of the
configuration); whatever else may stand in the store counts as "other", so that nobody can add series from outside.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import redis
import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from workers.clean.drift import BEFORE, RECENT, drift
from workers.desk.behind import Behind
from workers.operate import heartbeat
from workers.operate.queues import look
from workers.operate.redis import RedisError
from workers.reasons import sentence
from workers.route import STAGES
from workers.store import figures
from workers.store.database import StoreError
from workers.store.figures import Figures, Tally
from workers.store.items import END
from workers.store.readings import readings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[str, ...]

log = structlog.get_logger()


class Pushes:
    """How the requests of hubs ended, since this desk began. Safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, outcome: str) -> None:
        """Count one; `outcome` is a word of the code, never of a request."""
        with self._lock:
            self._counts[outcome] += 1

    def all(self) -> dict[str, int]:
        """The counts by outcome."""
        with self._lock:
            return dict(self._counts)


class Figured:
    """A collector of one desk. `collect` blocks and is not for two threads at once."""

    def __init__(self, behind: Behind, pushes: Pushes, now: Callable[[], datetime]) -> None:
        self._behind = behind
        self._pushes = pushes
        self._now = now
        self._tally = Tally()

    def describe(self) -> list[Metric]:
        """Nothing ahead of time: to be asked for a description must not ask the store."""
        return []

    def collect(self) -> Iterator[Metric]:
        """All families. What cannot be read is left out, and `marsad_up` says so."""
        begun = time.perf_counter()
        up = {}
        for name, read in (("store", self._store), ("redis", self._redis)):
            try:
                yield from list(read())
                up[name] = 1
            except (StoreError, RedisError, redis.RedisError) as error:
                log.warning("out_of_reach", what=name, error=str(error)[:300])
                up[name] = 0
        yield _gauge(
            "marsad_up", "Whether it could be read (1) or not (0).", ["part"], {(k,): v for k, v in up.items()}
        )
        pushed = {(name,): number for name, number in self._pushes.all().items()}
        yield _counter("marsad_push_requests", "What hubs asked of this desk, by outcome.", ["outcome"], pushed)
        took = time.perf_counter() - begun
        yield GaugeMetricFamily("marsad_scrape_duration_seconds", "How long reading all this took.", took)

    def _store(self) -> Iterator[Metric]:
        now = self._now()
        database = self._behind.database()
        read = figures.read(database, now, self._tally)
        yield from of_figures(read, now, self._behind.config.outlets)
        signs = {
            (slug, sign.name): 1.0
            for slug, pages in readings(database, most=RECENT + BEFORE).items()
            if slug in self._behind.config.outlets
            for sign in drift(pages)
        }
        text = "What is read otherwise than before on an outlet's newest pages; `marsad outlets health` says how much."
        yield _gauge("marsad_outlet_drift", text, ["outlet", "sign"], signs)

    def _redis(self) -> Iterator[Metric]:
        connection, prefix = self._behind.redis(), self._behind.config.settings.prefix
        held = look(connection, prefix, STAGES)
        messages = {(name, "waiting"): queue.waiting for name, queue in held.items()}
        messages |= {(name, "in_flight"): queue.in_flight for name, queue in held.items()}
        yield _gauge("marsad_queue_messages", "Messages in the queues of the workers.", ["queue", "state"], messages)
        ages = {(name,): age for name, age in heartbeat.ages(connection, prefix).items() if name == heartbeat.TICK}
        yield _gauge("marsad_heartbeat_age_seconds", "Seconds since a part of marsad did its round.", ["part"], ages)


def of_figures(read: Figures, now: datetime, outlets: Collection[str]) -> Iterator[Metric]:
    """The families of the store's figures; `outlets` are the slugs that are spoken of by name."""

    def outlet(slug: str) -> str:
        return slug if slug in outlets else "other" if slug else "none"

    def age(moment: datetime) -> float:
        return max((now - moment).total_seconds(), 0.0)

    def youngest(moments: Mapping[str, datetime]) -> dict[Labels, float]:
        latest: dict[str, datetime] = {}
        for slug, moment in moments.items():
            latest[outlet(slug)] = max(moment, latest.get(outlet(slug), moment))
        return {(name,): age(moment) for name, moment in latest.items()}

    entries = _sum(((outlet(slug), what), number) for (slug, what), number in read.entries.items())

    def of_entries(what: str) -> dict[Labels, int]:
        return {(slug,): number for (slug, kind), number in entries.items() if kind == what}

    yield _gauge(
        "marsad_items_under_way",
        "Articles that wait for a stage.",
        ["stage"],
        {(stage,): read.under_way.get(stage, 0) for stage in figures.WAITING},
    )
    yield _gauge(
        "marsad_oldest_item_age_seconds",
        "Seconds that the article waiting longest for a stage has waited.",
        ["stage"],
        {(stage,): age(read.oldest[stage]) if stage in read.oldest else 0.0 for stage in figures.WAITING},
    )
    yield _counter(
        "marsad_endings",
        "Articles that came to their end: how, at which stage and why.",
        ["ending", "stage", "reason"],
        _sum(((ending, stage, _reason(why)), number) for (ending, stage, why), number in read.endings.items()),
    )
    yield _counter(
        "marsad_polls",
        "Looks at sources: ok, not_modified, or the trouble that was met.",
        ["outlet", "outcome"],
        _sum(
            ((outlet(slug), _reason(how, "ok", "not_modified")), number) for (slug, how), number in read.polls.items()
        ),
    )
    yield _counter(
        "marsad_polls_gap_risk",
        "Looks at sources that showed nothing known: something may have come and gone before.",
        ["outlet"],
        of_entries("gap_risk"),
    )
    yield _counter(
        "marsad_entries_capped",
        "Entries left out because a source showed more than are taken at once.",
        ["outlet"],
        of_entries("capped"),
    )
    yield _counter(
        "marsad_entries",
        "Entries that sources showed.",
        ["outlet", "kind"],
        {key: number for key, number in entries.items() if key[1] in {"new", "known", "unreadable", "rekeyed"}},
    )
    yield _gauge(
        "marsad_good_poll_age_seconds",
        "Seconds since a look at a source of the outlet that met no trouble.",
        ["outlet"],
        youngest(read.good_poll),
    )
    yield _gauge(
        "marsad_new_article_age_seconds",
        "Seconds since a source of the outlet showed an article not known before.",
        ["outlet"],
        youngest(read.new_article),
    )
    yield _counter(
        "marsad_troubles",
        "Tries that came to nothing, those included that a later try got over.",
        ["outlet", "stage", "reason"],
        _sum(((outlet(slug), stage, _reason(why)), number) for (slug, stage, why), number in read.troubles.items()),
    )
    yield _gauge(
        "marsad_subscriptions",
        "Feeds with a hub, by how far the asking has come.",
        ["state"],
        {(state,): number for state, number in read.subscriptions.items()},
    )
    yield _gauge(
        "marsad_visits_under_way",
        "Later looks at recorded articles that wait for a stage.",
        ["stage"],
        _sum(((stage,), number) for (stage, _), number in read.visits.items() if stage != END),
    )
    yield _counter(
        "marsad_visits",
        "Later looks at recorded articles that came to their end, by what they found.",
        ["outcome"],
        _sum(((outcome or "none",), number) for (stage, outcome), number in read.visits.items() if stage == END),
    )


def page(registry: CollectorRegistry) -> bytes:
    """Everything in the registry as Prometheus' text format. Blocks."""
    return generate_latest(registry)


def make_registry(behind: Behind, pushes: Pushes, now: Callable[[], datetime]) -> CollectorRegistry:
    """A registry of this desk alone."""
    registry = CollectorRegistry()
    registry.register(Figured(behind, pushes, now))
    return registry


def _reason(reason: str, *also: str) -> str:
    if not reason:
        return "none"
    return reason if sentence(reason) or reason in also else "other"


def _sum(pairs: Iterable[tuple[Labels, int]]) -> dict[Labels, int]:
    total: Counter[Labels] = Counter()
    for labels, number in pairs:
        total[labels] += number
    return dict(total)


def _gauge(name: str, text: str, labels: list[str], values: Mapping[Any, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _counter(name: str, text: str, labels: list[str], values: Mapping[Any, float]) -> Metric:
    """`name` without the ending "_total", which the text format adds."""
    family = CounterMetricFamily(name, text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family
