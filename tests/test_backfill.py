"""Walks back in time: over sitemaps, WordPress pages, listing pages and archived feeds that are made up."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.web import DAY, HOUR, MINUTE, START, Live, Page, Web, feed, headline, index, outlet, sitemap, story, urls
from workers import route
from workers.items import Failure
from workers.looks import BACKFILL_TRIES
from workers.store import backfills
from workers.urls import key_of

ONE = "https://one.example"
LIST, API, FEED, MAP = f"{ONE}/news", f"{ONE}/wp-json/wp/v2/posts?per_page=2", f"{ONE}/feed", f"{ONE}/sitemap.xml"
SINCE = START - 30 * DAY

Make = Callable[..., Live]


@pytest.fixture(autouse=True, scope="module")
def _silent() -> Iterator[None]:
    """What goes wrong here goes wrong on purpose."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def web() -> Web:
    """Articles by the day: number n was written n days before the start."""
    made = Web()
    for number in range(100):
        made.said[address(number)] = story(number)
    return made


@pytest.fixture
def make(web: Web, tmp_path: Path) -> Iterator[Make]:
    made: list[Live] = []

    def call(*sources: tuple[str, str] | Mapping[str, Any], **settings: Any) -> Live:
        url = f"sqlite:///{tmp_path / 'store.db'}"
        made.append(Live(web, url, tmp_path, outlet("one", *sources), grade=0, **settings))
        return made[-1]

    yield call
    for one in made:
        one.close()


def address(number: int) -> str:
    return f"{ONE}/stories/story-of-day-{number}"


def on(number: int) -> datetime:
    return START - number * DAY


def listing(number: int, *numbers: int, older: str | None = None, dated: bool = True) -> Page:
    """A page of a list, with dates as a machine writes them."""
    rows = "".join(
        f"<div class='one'><a href='{address(one)}'>{headline(one)}</a>"
        + (f"<time datetime='{on(one).isoformat()}'>x</time>" if dated else "")
        + "</div>"
        for one in numbers
    )
    link = f"<a class='older' href='{older}'>older</a>" if older else ""
    return Page(f"<html><body><p>page {number}</p>{rows}{link}</body></html>")


LISTING = {"kind": "listing", "url": LIST, "item": ".one", "link": "a[href]", "date": "time", "older": "a.older"}


def shelve(web: Web, pages: int, per_page: int = 5, *, dated: bool = True, last: str | None = None) -> None:
    """A list of pages, the latest articles first; the last leads to `last`."""
    for number in range(1, pages + 1):
        older = f"{LIST}?page={number + 1}" if number < pages else last
        numbers = range((number - 1) * per_page, number * per_page)
        web.said[page(number)] = listing(number, *numbers, older=older, dated=dated)


def page(number: int) -> str:
    return LIST if number == 1 else f"{LIST}?page={number}"


def begun(live: Live, since: datetime = SINCE) -> Live:
    """The walk back has begun, after the first look at what is there now."""
    live.settle()
    assert route.backfill(live.road, "one", since) == len(live.road.config.outlets["one"].sources)
    return live


def walk_of(live: Live, since: datetime = SINCE) -> backfills.Walk:
    [walk] = backfills.walks(live.database, "one", since)
    return walk


def days(live: Live) -> list[int]:
    """The numbers of the articles that were found."""
    return sorted(int(one["url"].rsplit("-", 1)[1]) for one in live.rows())


def test_a_list_is_walked_page_by_page(web: Web, make: Make) -> None:
    """Each page leads to the one before it, until all that one shows is older than was wanted."""
    shelve(web, 12)
    live = begun(make(LISTING))
    live.go(3 * HOUR)
    assert days(live) == list(range(31))  # the page that holds the last day is read, what is older on it is not
    assert {one.ending for one in live.endings().values()} == {"recorded"}
    walk = walk_of(live)
    assert (walk.looked, walk.waiting, walk.fault) == (8, 0, None)
    assert walk.oldest == on(30)
    assert page(9) not in web.asked()
    assert live.sound()


def test_a_walk_keeps_the_pace_of_the_site(web: Web, make: Make) -> None:
    """Requests of a walk are requests like all others."""
    shelve(web, 12)
    live = begun(make(LISTING))
    live.go(HOUR)
    times = [one.at for one in web.log]
    assert len(times) > 20
    assert all(after - before >= timedelta(seconds=5) for before, after in itertools.pairwise(times))


def test_posts_of_wordpress_are_walked_page_by_page(web: Web, make: Make) -> None:
    """By the numbers of the pages that its headers tell."""

    def posts(number: int) -> Page:
        rows = [
            {
                "link": address(one), "date_gmt": f"{on(one):%Y-%m-%dT%H:%M:%S}", "title": {"rendered": headline(one)},
                "content": {"rendered": f"<p>{headline(one)}</p>"},
            }
            for one in range((number - 1) * 2, number * 2)
        ]  # fmt: skip
        return Page(json.dumps(rows), media="application/json", headers={"x-wp-totalpages": "40"})

    for number in range(1, 41):
        web.said[API if number == 1 else f"{ONE}/wp-json/wp/v2/posts?page={number}&per_page=2"] = posts(number)
    live = begun(make(("wordpress", API)), on(9))
    live.go(HOUR)
    assert days(live) == list(range(10))
    assert walk_of(live, on(9)).looked == 6


def test_sitemaps_are_walked_by_month(web: Web, make: Make) -> None:
    """All months of the index that may hold something wanted, and no others."""
    months = [datetime(2025, 12, 1, tzinfo=UTC), *(datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3))]
    web.said[MAP] = index(*((f"{ONE}/posts-{month:%Y-%m}.xml", None) for month in months))
    for month in months:
        inside = [n for n in range(100) if (on(n).year, on(n).month) == (month.year, month.month)]
        web.said[f"{ONE}/posts-{month:%Y-%m}.xml"] = sitemap(*((address(n), on(n)) for n in inside))
    live = begun(make(("sitemap", MAP)))
    live.go(3 * HOUR)
    asked = set(web.asked(".xml"))
    assert f"{ONE}/posts-2026-01.xml" in asked
    assert f"{ONE}/posts-2025-12.xml" not in asked
    assert set(range(31)) <= set(days(live))
    assert walk_of(live).waiting == 0


def test_an_archived_feed_is_walked(web: Web, make: Make) -> None:
    """RFC 5005: each document names the one before it."""
    for number in range(1, 6):
        older = f"<atom:link rel='prev-archive' href='{FEED}/{number + 1}'/>" if number < 5 else ""
        entries = [{"url": address(n), "title": headline(n), "at": on(n)} for n in range((number - 1) * 4, number * 4)]
        web.said[FEED if number == 1 else f"{FEED}/{number}"] = feed(*entries, more=older)
    live = begun(make(("feed", FEED)))
    live.go(HOUR)
    assert days(live) == list(range(20))
    assert walk_of(live).looked == 5


def test_a_walk_goes_on_after_a_kill(web: Web, make: Make) -> None:
    """Whatever a worker held when it died is taken up again when its time has run out; no page is skipped."""
    shelve(web, 12)
    live = begun(make(LISTING))
    live.go(MINUTE)
    some = walk_of(live)
    assert 0 < some.looked < 8
    assert some.waiting == 1
    while not any(one.stage == "watch" for one in route.tick(live.road)):  # claimed, and then the power fails
        live.clock.sleep(2)
    live.close()
    again = make(LISTING)
    again.go(3 * HOUR)
    assert days(again) == list(range(31))
    assert (walk_of(again).looked, walk_of(again).waiting) == (8, 0)
    assert max(web.asked().count(page(number)) for number in range(2, 9)) == 1


def test_asked_again_it_tells_how_far_it_is(web: Web, make: Make) -> None:
    """The same walk is not begun twice; another day is another walk."""
    shelve(web, 12)
    live = begun(make(LISTING))
    live.go(MINUTE)
    assert route.backfill(live.road, "one", SINCE) == 0
    live.go(3 * HOUR)
    assert walk_of(live).looked == 8
    assert route.backfill(live.road, "one", on(45)) == 1
    live.go(3 * HOUR)
    assert days(live) == list(range(46))
    assert walk_of(live, on(45)).oldest == on(45)


def test_asked_again_when_it_is_over_it_finds_what_came_since(web: Web, make: Make) -> None:
    """It may be walked anew, and ends again; nothing is fetched twice."""
    shelve(web, 12)
    live = begun(make(LISTING))
    live.go(3 * HOUR)
    before = web.asked("/stories/")
    assert route.backfill(live.road, "one", SINCE) == 0
    live.go(3 * HOUR)
    assert walk_of(live).waiting == 0
    fresh = [url for url in web.asked("/stories/")[len(before) :] if url not in before]
    assert fresh == []


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_a_walk_ends_with_the_list(dated: bool, web: Web, make: Make) -> None:
    """Where no older page is named there is nothing more, whatever the day; what bears no date is taken."""
    shelve(web, 3, dated=dated)
    live = begun(make(LISTING), on(90))
    live.go(HOUR)
    assert days(live) == list(range(15))
    assert (walk_of(live, on(90)).looked, walk_of(live, on(90)).waiting) == (3, 0)


def test_an_empty_page_ends_a_walk(web: Web, make: Make) -> None:
    """Also where it names a page before itself; it is asked for again for a while, since pages come out broken too."""
    shelve(web, 3, last=page(4))
    web.said[page(4)] = listing(4, older=page(5))
    web.said[page(5)] = listing(5, 50)
    live = begun(make(LISTING), on(90))
    live.go(DAY)
    assert days(live) == list(range(15))
    assert page(5) not in web.asked()
    assert web.asked().count(page(4)) == BACKFILL_TRIES
    assert walk_of(live, on(90)).waiting == 0


@pytest.mark.parametrize("back", [1, 2, 3])
@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_a_loop_of_older_links_ends(back: int, dated: bool, web: Web, make: Make) -> None:
    """Pages that lead round in a circle are each read once."""
    shelve(web, 3, dated=dated, last=page(back))
    live = begun(make(LISTING), on(90))
    before = len(web.asked("/news"))
    live.go(HOUR)
    asked = web.asked("/news")[before:]
    assert max(asked.count(page(number)) for number in (2, 3)) == 1
    assert walk_of(live, on(90)).waiting == 0


def test_page_numbers_past_the_end_end(web: Web, make: Make) -> None:
    """Some sites answer every number past their last page with that page again, and name a next one."""
    shelve(web, 3, last=page(4), dated=False)
    for number in range(3, 60):
        web.said[page(number)] = listing(3, 10, 11, 12, older=f"{LIST}?page=next", dated=False)
    web.said[f"{LIST}?page=next"] = listing(3, 10, 11, 12, older=f"{LIST}?page=4", dated=False)
    live = begun(make(LISTING), on(90))
    live.go(3 * HOUR)
    assert walk_of(live, on(90)).waiting == 0
    assert walk_of(live, on(90)).looked <= 5


def test_a_page_that_never_comes_is_left_at_last(web: Web, make: Make) -> None:
    """After ten looks in vain, with growing pauses; the walk says why it went no further."""
    shelve(web, 6)
    web.said[page(4)] = Failure(reason="timeout", detail="made up")
    live = begun(make(LISTING))
    live.go(DAY)
    assert web.asked().count(page(4)) == BACKFILL_TRIES
    walk = walk_of(live)
    assert (walk.waiting, walk.fault) == (0, "timeout")
    assert days(live) == list(range(15))


def test_trouble_that_passes_does_not_end_a_walk(web: Web, make: Make) -> None:
    """The page is asked for again, and the walk goes on from there."""
    shelve(web, 6)
    there = web.said[page(4)]
    web.said[page(4)] = Page(status=503)
    live = begun(make(LISTING))
    live.go(HOUR)
    assert walk_of(live).waiting == 1
    web.said[page(4)] = there
    live.go(DAY)
    assert days(live) == list(range(30))


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_ends_a_walk(status: int, web: Web, make: Make) -> None:
    """It is asked for once: older pages are moved, not mended."""
    shelve(web, 3, last=page(4))
    web.said[page(4)] = Page(status=status)
    live = begun(make(LISTING), on(90))
    live.go(DAY)
    assert web.asked().count(page(4)) == 1
    assert (walk_of(live, on(90)).waiting, walk_of(live, on(90)).fault) == (0, "gone")


def test_news_go_before_what_a_walk_finds(web: Web, make: Make) -> None:
    """With a backlog of one site, what was published now is fetched first."""
    shelve(web, 4, per_page=20)
    live = begun(make(LISTING, pace=60.0), on(90))
    while walk_of(live, on(90)).looked < 4:
        for message in route.tick(live.road, {"watch": 9, "fetch": 0, "clean": 0, "tag": 0}):
            route.step(live.road, message)
        live.clock.sleep(3)
    assert len([one for one in live.rows() if one["stage"] == "fetch"]) > 20
    fresh = f"{ONE}/stories/story-of-day-777"
    web.said[fresh] = story(777)
    body = listing(1, 777, *range(20), older=page(2))
    web.said[LIST] = body
    while not any(one["url"] == fresh for one in live.rows()):
        live.go(MINUTE)
    found = live.item(fresh)["found_at"]
    live.go(10 * MINUTE)
    [asked] = web.times(fresh)
    assert asked - found < timedelta(seconds=200)
    assert any(one.at > asked for one in web.log if "/stories/" in one.url)


def test_a_walk_is_no_source_of_its_own(web: Web, make: Make) -> None:
    """It teaches no rhythm, makes no gap, and a restart neither retires nor repeats it."""
    shelve(web, 6)
    live = begun(make(LISTING))
    live.go(MINUTE)
    route.enrol(live.road)
    live.go(3 * HOUR)
    assert walk_of(live).waiting == 0
    pages = [one for one in live.sources() if one["since"] is not None]
    assert urls(pages) == [page(number) for number in range(1, 7)]
    assert {one["parent"] for one in pages} == {key_of(LIST)}
    assert not any(one["gap"] for one in live.polls())
    route.enrol(live.road)
    assert all(one["next_poll_at"] is None for one in live.sources() if one["since"] is not None)


def test_an_outlet_that_is_not_watched_may_be_walked(web: Web, make: Make) -> None:
    """Its sources are walked and not watched."""
    shelve(web, 3)
    live = make(LISTING)
    live.settle()
    config = live.road.config
    unwatched = config.outlets["one"].model_copy(update={"watch": False})
    from dataclasses import replace

    road = replace(live.road, config=replace(config, outlets={"one": unwatched}))
    route.enrol(road)
    live.road = road
    assert route.backfill(road, "one", SINCE) == 1
    live.go(HOUR)
    assert days(live) == list(range(15))
    assert live.source(LIST)["next_poll_at"] is None
