"""A fortnight of watching, with a clock that is set forward: what the store says against what the made-up web knows."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import structlog
from sqlalchemy import func, select

from tests.watch import fortnight
from tests.watch.fortnight import DAY, END, HOUR, OFFLINE, START, Request, Site, Web, make_web
from workers import route
from workers.config import load_config
from workers.fetch.archive import Archive
from workers.fetch.guard import refuse_url
from workers.fetch.pace import LocalPace
from workers.fetch.polite import Polite
from workers.road import Road, StoreShelf
from workers.store import ledger
from workers.store.database import Database
from workers.store.schema import aliases, items, polls, sightings, sources

SEED = 1
QUIET = 3 * HOUR  # after the end, in which everything is looked at once more
WATCH_ONLY = {"watch": 1000, "fetch": 0, "clean": 0, "tag": 0}


@dataclass(slots=True)
class Fortnight:
    """What has happened: the web with its log, and the store."""

    web: Web
    road: Road
    url_of: dict[str, str] = field(default_factory=dict)


def _watch(folder: Path, seed: int) -> Iterator[Fortnight]:
    web = make_web(seed)
    clock = web.clock
    config = replace(load_config(), outlets={slug: site.outlet() for slug, site in web.sites.items()})
    settings = config.settings
    database = Database.open(f"sqlite:///{folder / 'store.db'}")
    archive = Archive(folder / "archive")
    polite = Polite(
        web,
        pace=LocalPace(clock.seconds),
        shelf=StoreShelf(database),
        gap=lambda url: getattr(config.outlet_of(url), "pace", None) or settings.pace,
        max_redirects=settings.fetch_max_redirects,
        timeout=settings.fetch_timeout,
        refuse=partial(refuse_url, ports=settings.ports, loopback=False),
        sleep=clock.sleep,
        clock=clock,
    )

    def no_tagger():
        raise AssertionError

    road = Road(
        config=config,
        database=database,
        archive=archive,
        transport=polite,
        recordings=None,
        tagger=no_tagger,
        now=clock,
    )
    route.enrol(road)
    nexts = select(func.min(sources.c.next_poll_at))
    n = 0
    while True:
        with database.reading() as connection:
            due = connection.execute(nexts).scalar_one()
        if due >= END + QUIET:
            break
        clock.now = max(clock.now, due)
        for message in route.tick(road, WATCH_ONLY):
            route.step(road, message)
            n += 1
    print(n)
    yield Fortnight(web, road)


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    began = time.process_time()
    yield from _watch(tmp_path_factory.mktemp("fortnight"), SEED)
    structlog.reset_defaults()


def test_it(watched):
    pass
