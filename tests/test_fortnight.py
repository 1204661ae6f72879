"""A fortnight of watching, with a clock that is set forward: what the store says against what a made-up web knows.

Everything is marsad's own, from the tick to the store, except the network and the clock.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from tests.watch import fortnight, written
from tests.watch.fortnight import DAY, END, OFFLINE, START, Piece, Request, Site, Web, make_web
from tests.watch.written import HOUR
from workers import route
from workers.config import load_config
from workers.fetch.archive import Archive
from workers.fetch.guard import refuse_url
from workers.fetch.pace import LocalPace
from workers.fetch.polite import Polite
from workers.items import Stage
from workers.road import Road, StoreShelf
from workers.store import ledger
from workers.store.database import Database
from workers.store.elsewhere import only_elsewhere
from workers.store.schema import items, polls, sightings, sources
from workers.watch.ledger import silent
from workers.watch.rhythm import Rhythm

EVERY = 7200.0  # seconds between two looks, on the average; with the usual 900 the test would take minutes
LONGEST = 9000.0
AFTERWARDS = 4 * HOUR  # without news, in which everything is looked at once more
WATCH_ONLY: dict[Stage, int] = {"watch": 1000, "fetch": 0, "clean": 0, "tag": 0}

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
]  # all of it is the first test's; it takes a minute of one core at most

_NUMBER = re.compile(r"\d{6}")


@dataclass(slots=True)
class Watched:
    """What has happened: the web with its log, the store, and what the truth says of every look that showed something."""

    web: Web
    road: Road
    steps: int = 0
    # after each look: its source, how many faults it counts, and whether the answer was of use
    faults: list[tuple[str, datetime, int]] = field(default_factory=list)
    seconds: float = 0.0

    def rows(self, query: Any) -> list[Any]:
        with self.road.database.reading() as connection:
            return list(connection.execute(query).all())

    def found(self) -> dict[int, list[Any]]:
        """The items of the store by the number in their address."""
        numbers = defaultdict(list)
        for row in self.rows(select(items)):
            numbers[number_of(row.url)].append(row)
        return numbers

    def looks(self) -> list[tuple[Any, Request]]:
        """Every poll that was answered with the request that it was, in the order of time."""
        said = self.rows(select(polls, sources.c.url).join(sources).where(polls.c.status.is_not(None)))
        by_time = {(row.url, row.polled_at): row for row in said}
        answered = [one for one in self.web.log if one.source and one.status is not None]
        assert len(by_time) == len(answered), "every answer is in the ledger, and nothing else"
        return [(by_time[one.source, one.end], one) for one in answered]


def tell(line: str) -> None:
    """Show a figure where output is shown (-s)."""
    sys.stdout.write(f"\n{line}")


def number_of(url: str) -> int:
    found = _NUMBER.findall(url)
    assert len(found) == 1, url
    return int(found[0])


@contextmanager
def watch(folder: Path, seed: int) -> Iterator[Watched]:
    """Watch the web of a seed for a fortnight and some hours."""
    web = make_web(seed)
    clock = web.clock
    config = replace(load_config(), outlets={slug: site.outlet() for slug, site in web.sites.items()})
    config = config.with_settings(poll_every=EVERY, poll_shortest=300.0, poll_longest=LONGEST)
    settings = config.settings

    def gap(url: str) -> float:
        outlet = config.outlet_of(url)
        return outlet.pace if outlet is not None and outlet.pace is not None else settings.pace

    with ExitStack() as stack:
        database = Database.open(f"sqlite:///{folder / 'store.db'}")
        stack.callback(database.close)
        archive = Archive(folder / "archive")
        stack.callback(archive.close)
        archive.check()
        polite = Polite(
            web,
            pace=LocalPace(clock.seconds),
            shelf=StoreShelf(database),
            gap=gap,
            max_redirects=settings.fetch_max_redirects,
            timeout=settings.fetch_timeout,
            refuse=partial(refuse_url, ports=settings.ports, loopback=False),
            sleep=clock.sleep,
            clock=clock,
        )

        def no_tagger() -> Any:
            raise AssertionError("nothing is tagged here")

        road = Road(
            config=config,
            database=database,
            archive=archive,
            transport=polite,
            recordings=None,
            tagger=no_tagger,
            now=clock,
        )
        watched = Watched(web, road)
        _go(watched)
        yield watched


def _go(watched: Watched) -> None:
    road, clock = watched.road, watched.web.clock
    began = time.process_time()
    route.enrol(road)
    # Without SQLAlchemy: what is only asked to go on should not take a part of the time that is measured.
    with closing(sqlite3.connect(watched.road.database.url.removeprefix("sqlite:///"))) as connection:
        while (due := _next_poll(connection)) < END + AFTERWARDS:
            # The tick comes every two seconds.
            clock.now = max(clock.now, due + timedelta(seconds=clock.now.microsecond % 2000 / 1000))
            for message in route.tick(road, WATCH_ONLY):
                route.step(road, message)  # what follows of it is another stage
                watched.steps += 1
                url, faults = connection.execute(
                    "SELECT url, faults FROM sources WHERE key = ?", [message.key]
                ).fetchone()
                watched.faults.append((url, clock.now, faults))
    watched.seconds = time.process_time() - began


def _next_poll(connection: sqlite3.Connection) -> datetime:
    (at,) = connection.execute("SELECT min(next_poll_at) FROM sources").fetchone()
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """The fortnight, watched once for all tests."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with watch(tmp_path_factory.mktemp("fortnight"), seed=1) as one:
        yield one
    structlog.configure(**before)


# What is to be found.


def could_be_seen(site: Site, piece: Piece, begun: datetime) -> bool:
    """Whether some source showed the piece when the outlet could be reached, after the first answer at `begun`."""
    place = site.pieces.index(piece)
    spells = [*((spell.start, spell.end) for spell in site.spells), OFFLINE]
    for shelf in site.shelves:
        at = max(piece.at, begun)
        until = min(shelf.shown_until(site.pieces, place), END + AFTERWARDS)
        if shelf.render is written.index:
            until = END + AFTERWARDS
        for start, end in sorted(spells):
            if start <= at < end:
                at = end
        if at < until:
            return True
    return False


def test_everything_published_is_found_once(watched: Watched) -> None:
    """Each article that could be seen is one item; what was not seen lies in a gap that the ledger names."""
    found = watched.found()
    assert [number for number, rows in found.items() if len(rows) > 1] == []
    published = {piece.number for site in watched.web.sites.values() for piece in site.pieces}
    assert set(found) <= published
    gaps = ledger.gaps(watched.road.database, START).rows
    missing: Counter[str] = Counter()
    begun: dict[str, datetime] = {}
    for one in watched.web.log:
        if one.source and one.status == 200:
            begun.setdefault(one.site.removesuffix(".example"), one.start)
    wanted = 0
    for slug, site in watched.web.sites.items():
        for piece in site.pieces:
            if not could_be_seen(site, piece, begun[slug]):
                continue
            wanted += 1
            if piece.number not in found:
                missing[slug] += 1
                at = piece.at
                named = [gap for gap in gaps if gap.outlet == slug and (gap.after or START) <= at <= gap.before]
                assert named, f"{slug} {piece} is missing and no gap names it"
    tell(f"{wanted} articles could be seen, {len(found)} found, missing in named gaps: {dict(missing)}")
    assert wanted > 3000
    assert set(missing) <= {"plain", "nameless"}, (
        "what was down for long may have rolled over before it was looked at again"
    )
    assert sum(missing.values()) < wanted / 500


def test_every_look_is_counted_as_it_was(watched: Watched) -> None:
    """Seen, new, known, changed addresses and gaps of every look are those that the web knows."""
    known: dict[str, set[int]] = defaultdict(set)
    addresses: set[str] = set()
    looked: set[str] = set()
    wrong = []
    numbers: Counter[str] = Counter()
    for poll, request in watched.looks():
        site = request.site.removesuffix(".example")
        shown = [piece.number for piece, _ in request.shown]
        new = [number for number in shown if number not in known[site]]
        changed = [1 for piece, address in request.shown if piece.number in known[site] and address not in addresses]
        full = request.status == 200
        gap = bool(shown) and len(new) == len(shown) and request.source in looked
        truth = (len(shown), len(new), len(shown) - len(new), len(changed), gap, request.status == 304)
        said = (poll.seen, poll.new, poll.known, poll.rekeyed, poll.gap, poll.not_modified)
        if truth != said or (poll.fault is None) != (request.status in {200, 304}):
            wrong.append((request.source, request.end.isoformat(), truth, said, poll.fault))
        numbers.update(gaps=gap, looks=1, new=len(new), full=full, rekeyed=len(changed))
        if full:
            looked.add(request.source)
            known[site].update(shown)
            addresses.update(address for _, address in request.shown)
    tell(f"{dict(numbers)}")
    assert wrong == [], f"{len(wrong)} looks"
    assert numbers["gaps"] > 0
    assert numbers["rekeyed"] > 0


def test_a_rolled_over_feed_is_flagged_and_the_sitemap_has_the_rest(watched: Watched) -> None:
    """What the short feed never showed to us is exactly what the ledger says that only the sitemap shows."""
    site = watched.web.sites["twofold"]
    feed, sitemap = (site.url(shelf) for shelf in site.shelves)
    shown: dict[str, dict[int, datetime]] = {feed: {}, sitemap: {}}
    for request in watched.web.log:
        for piece, _ in request.shown if request.source in shown else ():
            shown[request.source].setdefault(piece.number, request.end)
    at = {piece.number: piece.at for piece in site.pieces}
    inside = [at[number] for number in shown[feed]]
    last_look = max(request.end for request in watched.web.log if request.source == feed and request.status is not None)
    truth = {
        number
        for number, seen_at in shown[sitemap].items()
        if number not in shown[feed] and max(min(inside), START) <= at[number] < max(inside) and seen_at < last_look
    }
    said = {number_of(one.url) for one in only_elsewhere(watched.road.database, START).rows if one.lacking_in == feed}
    tell(f"{len(truth)} articles only in the sitemap")
    assert said == truth
    assert truth


def test_dates_are_those_of_the_outlet(watched: Watched) -> None:
    """Times are the outlet's to the second, across the change of clocks; dates to come count from the look."""
    at = {piece.number: (site, piece) for site in watched.web.sites.values() for piece in site.pieces}
    rows = watched.rows(select(sightings, items.c.url).join(items, items.c.key == sightings.c.key))
    clamped = 0
    for row in rows:
        site, piece = at[number_of(row.url)]
        if site.slug == "board":
            continue
        if site.slug == "months":
            assert (row.published, row.modified) == (None, piece.at)
            continue
        claimed = site.claimed(piece)
        if claimed > row.seen_at + timedelta(minutes=10):
            assert row.flags == ["future_date"]
            assert row.published == row.seen_at
            clamped += 1
        else:
            assert (site.slug, row.published, row.flags) == (site.slug, claimed, None)
    assert clamped > 10


# What is asked.


def test_requests_stay_within_the_budget(watched: Watched) -> None:
    """All looks together are as many as granted, and no source has more than twice its share."""
    days = (END + AFTERWARDS - START) / DAY
    share = days * 86400 / EVERY
    offline = (OFFLINE[1] - OFFLINE[0]).total_seconds() / 300 + 1
    configured = [site.url(shelf) for site in watched.web.sites.values() for shelf in site.shelves]
    log = watched.web.log
    robots = [one for one in log if one.url.endswith("/robots.txt")]
    looks = Counter(one.source for one in log if one.source)
    tell(
        f"{watched.steps} steps, {len(log)} requests, {len(robots)} for robots.txt, in {watched.seconds:.1f} s of work"
    )
    for url in configured:
        assert looks[url] <= share * 2.1 + offline, url
    assert sum(looks[url] for url in configured) <= len(configured) * (share * 1.1 + offline)
    others = {url: number for url, number in looks.items() if url not in configured}
    assert sum(others.values()) <= share
    assert len(robots) <= len({one.url for one in robots}) * (days + 12)
    assert len(log) > 3000


def test_no_site_is_asked_twice_at_once_or_too_soon(watched: Watched) -> None:
    """Between the end of a request and the next to the same site lies the pause of settings, outlet or robots.txt."""
    by_site = defaultdict(list)
    for one in watched.web.log:
        by_site[one.site].append(one)
    least = {"agency.example": 10.0, "twofold.example": fortnight.CRAWL_DELAY}
    for site, log in by_site.items():
        for before, after in pairwise(log):
            pause = (after.start - before.end).total_seconds()
            asked = 3600.0 if before.status == 429 else least.get(site, 5.0)
            if before.url.endswith("/robots.txt") and before.status is None:
                asked = 5.0
            assert pause >= asked - 1e-6, (site, before.end, pause)


def test_retry_after_and_max_age_are_kept(watched: Watched) -> None:
    """A source that asks to be left alone is, and one that says how long it is good is not asked before."""
    for source in ("crowded", "fresh"):
        log = [one for one in watched.web.log if source in one.source]
        for before, after in pairwise(log):
            wait = (after.start - before.end).total_seconds()
            if before.status == 429:
                assert wait >= fortnight.RETRY_AFTER - 1
            if source == "fresh" and before.status == 200:
                assert wait >= fortnight.MAX_AGE - 1


@pytest.mark.parametrize(("slug", "within"), [("liar", 6), ("stale", 48)])
def test_a_lying_etag_is_caught(watched: Watched, slug: str, within: float) -> None:
    """The first look without conditions that shows what was withheld is the end of conditions.

    Where the state is always a new one it takes more: most of what is new must have been there at the last 304.
    """
    log = [one for one in watched.web.log if one.source.startswith(f"https://{slug}.")]
    last = max(one.end for one in log if one.conditional)
    assert any(one.status == 304 for one in log)
    assert last <= START + timedelta(hours=within) + timedelta(seconds=LONGEST), last


# What goes wrong.


def test_trouble_leaves_no_trace(watched: Watched) -> None:
    """After the first answer of use no source is in trouble any more, also when that said that nothing had changed."""
    last: dict[str, Request] = {}
    log = iter(watched.web.log)
    ahead = next(log, None)
    wrong = []
    for url, at, faults in watched.faults:
        while ahead is not None and ahead.end <= at:
            if ahead.source:
                last[ahead.source] = ahead
            ahead = next(log, None)
        if url in last and last[url].status in {200, 304} and faults:
            wrong.append((url, at.isoformat(), last[url].status, faults))
    assert wrong == [], f"{len(wrong)} looks"


def test_our_own_network_is_told_from_theirs(watched: Watched) -> None:
    """While nothing can be reached the looks are offline and nobody backs off; the ledger names the time."""
    start, end = OFFLINE
    rows = watched.rows(select(polls, sources.c.url).join(sources).where(polls.c.polled_at.between(start, end)))
    reasons = Counter(row.fault for row in rows)
    tell(f"{dict(reasons)}")
    # Three sites must fail within a quarter of an hour, which takes a while with looks so far apart.
    assert reasons["connect"] <= 8
    assert reasons["offline"] > 100
    last = {row.url: row.fault for row in sorted(rows, key=lambda row: row.polled_at)}
    first: dict[str, Request] = {}
    for one in watched.web.log:
        if one.source and one.start >= end:
            first.setdefault(one.source, one)
    late = {url: first[url].start - end for url, fault in last.items() if fault == "offline"}
    assert len(late) >= 6
    assert max(late.values()) < timedelta(seconds=400)
    [pause] = ledger.pauses(watched.road.database, START, watched.web.clock.now, longest=LONGEST, grace=600.0)
    assert start - HOUR / 2 <= pause.after <= start + HOUR
    assert end <= pause.before <= end + HOUR / 2
    assert pause.looks > 100


def test_the_silent_one_is_reported(watched: Watched) -> None:
    """Of all sources only that is silent against its rhythm which is."""
    told = {}
    for one in ledger.heard(watched.road.database):
        zone = watched.road.config.outlets[one.outlet or ""].zone
        if found := silent(Rhythm.from_json(one.rhythm), one.new_at, min(END, one.polled_at or END), zone):
            told[one.outlet] = found
    tell(f"{told}")
    assert set(told) == {"hushed"}
    assert told["hushed"].since < START + 8 * DAY


def test_how_long_articles_wait(watched: Watched) -> None:
    """Articles wait for less than with looks at fixed intervals; the figures are printed."""
    found = watched.found()
    waits: dict[str, list[float]] = defaultdict(list)
    for slug, site in watched.web.sites.items():
        for piece in site.pieces:
            if piece.at >= START + DAY and piece.number in found:
                waits[slug].append((found[piece.number][0].found_at - piece.at).total_seconds())
    looks = Counter(one.site.removesuffix(".example") for one in watched.web.log if one.source)
    for slug, one in sorted(waits.items()):
        ordered = sorted(one)
        tell(
            f"{slug:10}{len(one):6}{looks[slug]:6} looks  mean {fmean(one) / 60:6.1f} min  p95 {ordered[len(one) * 95 // 100] / 60:6.1f}"
        )
    every = [wait for one in waits.values() for wait in one]
    tell(f"all       {len(every):6}  mean {fmean(every) / 60:.1f} min")
    assert min(every) >= 0
    assert fmean(every) < EVERY / 2
