"""What Prometheus is given: right names, right numbers, and no series that somebody outside could add."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.desk.clock import NOON, Clock
from workers.desk import metrics
from workers.desk.behind import Behind
from workers.desk.metrics import Pushes
from workers.items import Drop, Entry, Source
from workers.operate import heartbeat
from workers.store import hosts, items, sources, subscriptions
from workers.store.database import Database

HOUR = timedelta(hours=1)
FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")
ALIEN = Source(key="e" * 16, outlet="unheard-of", kind="feed", url="https://two.test/feed")


def scrape(behind: Behind, clock: Clock, pushes: Pushes | None = None) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels in the order of their names."""
    text = metrics.page(metrics.make_registry(behind, pushes or Pushes(), clock)).decode()
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def filled(store: Database) -> Database:
    """Two sources, one look at each, two items."""
    sources.enrol(store, [(FEED, NOON), (ALIEN, NOON)])
    entry = Entry(key="1" * 16, url="https://one.test/1", outlet="one", found_at=NOON)
    other = replace(entry, key="2" * 16, url="https://one.test/2")
    seen = sources.Poll(source=FEED.key, polled_at=NOON, capped=7, gap=True)
    state = sources.State(source=FEED, new_at=NOON)
    sources.keep_poll(store, seen, [entry, other], next_poll_at=NOON, trace="t", now=NOON, due=NOON, state=state)
    fault = sources.Poll(source=ALIEN.key, polled_at=NOON, fault="no reason that is known")
    sources.keep_poll(store, fault, [], next_poll_at=NOON, trace="t", now=NOON, due=NOON)
    items.drop(store, entry.key, "fetch", Drop(reason="soft_404"), NOON)
    hosts.trouble(store, "one", "fetch", "timeout", NOON)
    hosts.trouble(store, 'one"} 1\nmarsad_up 0\n\\', "fetch", "timeout", NOON)
    subscriptions.note(store, FEED.key, "https://hub.test/", FEED.url, NOON)
    return store


def test_the_figures_of_the_store_and_of_redis(filled: Database, behind: Behind, clock: Clock) -> None:
    """Counters end in _total, ages are in seconds."""
    prefix = behind.config.settings.prefix
    heartbeat.beat(behind.redis(), prefix, heartbeat.TICK)
    behind.redis().lpush(prefix + "fetch", "a message")
    clock.go(hours=2)
    pushes = Pushes()
    pushes.add("taken")
    said = scrape(behind, clock, pushes)
    assert said.pop(("marsad_heartbeat_age_seconds", "tick")) < 60
    assert said.pop(("marsad_scrape_duration_seconds",)) < 60
    assert {key: value for key, value in said.items() if value} == {
        ("marsad_items_under_way", "fetch"): 1,
        ("marsad_oldest_item_age_seconds", "fetch"): 7200,
        ("marsad_endings_total", "dropped", "soft_404", "fetch"): 1,
        ("marsad_polls_total", "ok", "one"): 1,
        ("marsad_polls_total", "other", "other"): 1,
        ("marsad_polls_gap_risk_total", "one"): 1,
        ("marsad_entries_capped_total", "one"): 7,
        ("marsad_entries_total", "new", "one"): 2,
        ("marsad_good_poll_age_seconds", "one"): 7200,
        ("marsad_new_article_age_seconds", "one"): 7200,
        ("marsad_troubles_total", "one", "timeout", "fetch"): 1,
        ("marsad_troubles_total", "other", "timeout", "fetch"): 1,
        ("marsad_subscriptions", "wanted"): 1,
        ("marsad_queue_messages", "fetch", "waiting"): 1,
        ("marsad_up", "store"): 1,
        ("marsad_up", "redis"): 1,
        ("marsad_push_requests_total", "taken"): 1,
    }


def test_every_stage_and_queue_is_there_from_the_beginning(store: Database, behind: Behind, clock: Clock) -> None:
    """A series that appears only with the first trouble cannot be alarmed on."""
    said = scrape(behind, clock)
    for stage in ("fetch", "clean", "tag"):
        assert said["marsad_items_under_way", stage] == 0
        assert said["marsad_oldest_item_age_seconds", stage] == 0
        assert said["marsad_queue_messages", stage, "waiting"] == 0


def test_what_cannot_be_read_is_left_out_and_told(behind: Behind, clock: Clock) -> None:
    """Without a store the queues are there all the same, and the other way round."""
    said = scrape(behind, clock)
    assert (said["marsad_up", "store"], said["marsad_up", "redis"]) == (0, 1)
    assert ("marsad_queue_messages", "fetch", "waiting") in said
    away = Behind(behind.config.with_settings(redis_url=SecretStr("redis://127.0.0.1:1/0")))
    said = scrape(away, clock)
    assert (said["marsad_up", "store"], said["marsad_up", "redis"]) == (0, 0)


def test_two_desks_share_nothing(store: Database, behind: Behind, clock: Clock) -> None:
    """Each has a registry of its own; reading twice counts nothing twice."""
    first, second = Pushes(), Pushes()
    first.add("taken")
    assert ("marsad_push_requests_total", "taken") not in scrape(behind, clock, second)
    registry = metrics.make_registry(behind, first, clock)
    once, twice = metrics.page(registry), metrics.page(registry)
    assert once.split(b"marsad_scrape")[0] == twice.split(b"marsad_scrape")[0]
