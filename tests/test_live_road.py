"""The live road in this process: a real store and the polite transport, over a web that is made up."""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select, text

from tests.web import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Live,
    Page,
    Said,
    Web,
    feed,
    headline,
    index,
    numbered,
    outlet,
    redirect,
    sitemap,
    story,
)
from workers import route
from workers.items import Drop, Failure
from workers.reasons import REASONS
from workers.road import Road
from workers.store import aliases as names
from workers.store import counts, items, results, versions
from workers.store.database import MIGRATIONS
from workers.store.schema import aliases
from workers.urls import key_of

ONE, TWO, THREE = "https://one.example", "https://two.example", "https://three.example"
FEED = f"{ONE}/feed"

Make = Callable[..., Live]


@pytest.fixture(autouse=True, scope="module")
def _silent() -> Iterator[None]:
    """What goes wrong here goes wrong on purpose."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def make(web: Web, tmp_path: Path) -> Iterator[Make]:
    """Make a live road over the web, on SQLite unless a store is named."""
    made: list[Live] = []

    def call(*outlets: Any, store_url: str = "", **settings: Any) -> Live:
        url = store_url or f"sqlite:///{tmp_path / 'store.db'}"
        made.append(Live(web, url, tmp_path, *outlets, **settings))
        return made[-1]

    yield call
    for one in made:
        one.close()


@pytest.fixture
def live(web: Web, make: Make) -> Live:
    """One outlet with a feed that shows nothing yet, looked at once."""
    web.said[FEED] = feed(*numbered(ONE, 1))
    web.said[f"{ONE}/news/1"] = story(1)
    return make(outlet("one", ("feed", FEED)))


def announce(live: Live, *numbers: int, base: str = ONE) -> None:
    """Let the feed show these articles, whose pages are there."""
    live.web.said[f"{base}/feed"] = feed(*numbered(base, *numbers))
    for number in numbers:
        live.web.said.setdefault(f"{base}/news/{number}", story(number))


def waits_of(live: Live, url: str, most: int = 20) -> list[float]:
    """The seconds from each request for a page to the next, until its item has ended."""
    for _ in range(most):
        if url in live.endings():
            break
        live.clock.now = max(live.clock.now, live.item(url)["next_attempt_at"])
        live.tick()
    times = live.web.times(url)
    return [(after - before).total_seconds() for before, after in itertools.pairwise(times)]


def fetches(messages: list[route.Message]) -> list[route.Message]:
    return [one for one in messages if one.stage == "fetch"]


def watch_only(live: Live, number: int) -> None:
    """Look at the sources until so many items are known; nothing is fetched."""
    while len(live.rows()) < number:
        for message in route.tick(live.road, {"watch": 1000, "fetch": 0, "clean": 0, "tag": 0}):
            route.step(live.road, message)
        live.clock.sleep(3)


# From a look to a record.


def test_an_article_found_is_recorded(live: Live) -> None:
    """A look, a page, an article: each request at the pace of the site, and robots.txt before all."""
    live.settle()
    assert live.endings()[f"{ONE}/news/1"].ending == "recorded"
    assert [one.url for one in live.web.log] == [f"{ONE}/robots.txt", FEED, f"{ONE}/news/1"]
    times = [one.at for one in live.web.log]
    assert all(after - before >= timedelta(seconds=5) for before, after in itertools.pairwise(times))
    assert live.sound()


def test_what_is_found_waits_for_the_tick(live: Live) -> None:
    """A look sends no page to be fetched: a tick does, and no second one of a site while the first is under way."""
    announce(live, 1, 2, 3)
    while not live.rows():
        for message in route.tick(live.road):
            assert route.step(live.road, message) == []
        live.clock.sleep(6)
    [first] = fetches(route.tick(live.road))
    live.clock.sleep(2)
    assert fetches(route.tick(live.road)) == []
    route.step(live.road, first)
    live.clock.sleep(6)
    [second] = fetches(route.tick(live.road))
    assert second.key != first.key


def test_a_tick_sends_one_page_of_each_site(web: Web, make: Make) -> None:
    """Three sites with three pages each: one of each at every tick, whichever host of the site."""
    hosts = ("example.org", "news.example.org", "example.com")
    for host in hosts:
        web.said[f"https://{host}/feed"] = feed(*numbered(f"https://{host}", 1, 2, 3))
    live = make(*(outlet(f"o{n}", ("feed", f"https://{host}/feed"), host=host) for n, host in enumerate(hosts)))
    watch_only(live, 9)
    site_of = {one["key"]: one["site"] for one in live.rows()}
    sent = [site_of[one.key] for one in fetches(route.tick(live.road))]
    assert sorted(sent) == ["example.com", "example.org"]


def test_a_busy_host_costs_no_try(live: Live) -> None:
    """An item whose site is not free rests for as long as that takes; none of its tries is counted."""
    announce(live, *range(1, 9))
    live.tick()
    live.settle()
    assert {one.ending for one in live.endings().values()} == {"recorded"}
    times = live.web.times(f"{ONE}/robots.txt") + [one.at for one in live.web.log if "/news/" in one.url]
    assert len(times) == 9
    ordered = sorted(times)
    assert all(after - before >= timedelta(seconds=5) for before, after in itertools.pairwise(ordered))


def test_later_keeps_the_hop_over_tries(live: Live) -> None:
    """A redirect whose target's site is not free goes on there next time, and the first address is not asked again."""
    web, first, last = live.web, f"{ONE}/news/1", f"{TWO}/stories/1"
    web.said[first] = redirect(last)
    web.said[last] = story(1)
    watch_only(live, 1)
    live.clock.sleep(6)
    live.pace.enter("two.example", token="somebody", lease=40)
    live.tick()
    row = live.item(first)
    assert (row["location"], row["hops"], row["attempts"], row["resting"]) == (last, 1, 0, True)
    live.settle()
    assert web.asked("/news/") == [first]
    assert web.asked("/stories/") == [last]
    ending = live.endings()[first]
    assert ending.ending == "recorded"
    row = live.item(first)
    assert (row["location"], row["hops"]) == (None, 0)


def test_redirects_cross_sites_each_at_its_pace(live: Live) -> None:
    """Every site on the way is asked for its robots.txt, and the capture says where the page was."""
    web, first, last = live.web, f"{ONE}/news/1", f"{THREE}/x/1"
    web.said[first] = redirect(f"{TWO}/go?to=1", 302)
    web.said[f"{TWO}/go?to=1"] = redirect(last, 307)
    web.said[last] = story(1)
    live.settle()
    capture = results.capture_of(live.database, key_of(first))
    assert capture is not None
    assert (capture.url, capture.final_url) == (first, last)
    robots = [one.url for one in web.log if one.url.endswith("/robots.txt")]
    assert robots == [f"{base}/robots.txt" for base in (ONE, TWO, THREE)]
    assert names.resolve(live.database, key_of(last)) == key_of(first)


def test_a_source_that_redirects_keeps_its_hop_too(live: Live) -> None:
    """A look goes on where the redirect led when that site is free."""
    web = live.web
    web.said[FEED] = redirect(f"{TWO}/feed")
    web.said[f"{TWO}/feed"] = feed(*numbered(ONE, 1))
    live.pace.enter("two.example", token="somebody", lease=30)
    live.go(30 * timedelta(seconds=1))
    assert live.source(FEED)["location"] == f"{TWO}/feed"
    live.go(2 * MINUTE)
    assert web.asked("/feed") == [FEED, f"{TWO}/feed"]
    assert [one["seen"] for one in live.polls()] == [1]
    assert live.source(FEED)["location"] is None


# When it goes wrong.

TROUBLES: dict[str, Said] = {
    **{reason: Failure(reason=reason, detail="made up") for reason in ("dns", "connect", "tls", "timeout", "protocol")},
    "http_3xx": Page(status=304),
    "http_4xx": Page(status=418),
    "gone": Page(status=404),
    "forbidden": Page(status=403),
    "http_5xx": Page(status=500),
    "throttled": Page(status=429),
    "blocked": Page("<html><title>Just a moment...</title></html>", status=403, headers={"cf-mitigated": "challenge"}),
    "bad_url": redirect("http://"),
    "forbidden_address": Drop(reason="forbidden_address", detail="made up"),
    "too_many_redirects": redirect(f"{ONE}/news/1"),
    "too_large": Drop(reason="too_large", detail="made up"),
    "not_html": Page("%PDF-1.7", media="application/pdf"),
    "empty": Page(""),
    "redirect_home": redirect(f"{ONE}/"),
    "feed_xml": Page("<rss version='2.0'><channel/></rss>", media="application/rss+xml"),
}


@pytest.mark.parametrize("reason", TROUBLES)
def test_a_reason_has_its_own_times_and_its_own_end(reason: str, live: Live) -> None:
    """Every try comes when the reason's policy says, no sooner and not much later, and the last one ends the item."""
    web, url = live.web, f"{ONE}/news/1"
    web.said[url] = TROUBLES[reason]
    web.said[f"{ONE}/"] = Page("<html><body>home</body></html>")
    watch_only(live, 1)
    policy = REASONS[reason]
    waits = waits_of(live, url)
    assert len(waits) == len(policy.retries)
    for waited, wanted in zip(waits, policy.retries, strict=True):
        assert wanted <= waited <= wanted + 30
    ending = live.endings()[url]
    assert (ending.ending, ending.stage, ending.reason) == (policy.ending, "fetch", reason)
    assert live.sound()


def test_retry_after_is_honoured(live: Live) -> None:
    """Whoever asks for a longer pause than the policy's gets it, and the whole site is left alone meanwhile."""
    web, url = live.web, f"{ONE}/news/1"
    announce(live, 1, 2)
    web.said[url] = Page(status=503, headers={"retry-after": "2000"})
    live.go(10 * MINUTE)
    [asked] = web.times(url)
    web.said[url] = story(1)
    live.settle()
    assert (web.times(url)[1] - asked).total_seconds() >= 2000
    later = [one.at for one in web.log if one.at > asked]
    assert min(later) - asked >= timedelta(seconds=2000)
    assert {one.ending for one in live.endings().values()} == {"recorded"}


def test_robots_are_obeyed_and_asked_again(live: Live) -> None:
    """What robots.txt forbids is never asked for; it is tried again, since that file changes, and then dropped."""
    web, url = live.web, f"{ONE}/news/1"
    web.said[f"{ONE}/robots.txt"] = Page("User-agent: *\nDisallow: /news/\n", media="text/plain")
    live.tick()
    live.go(MINUTE)
    assert live.item(url)["reason"] == "robots"
    live.settle()
    assert web.asked("/news/") == []
    ending = live.endings()[url]
    assert (ending.ending, ending.reason) == ("dropped", "robots")
    assert ending.ended_at - START >= timedelta(seconds=sum(REASONS["robots"].retries))


def test_a_page_that_robots_come_to_allow_is_read(live: Live) -> None:
    """The next try reads the new robots.txt."""
    web, url = live.web, f"{ONE}/news/1"
    web.said[f"{ONE}/robots.txt"] = Page("User-agent: *\nDisallow: /news/\n", media="text/plain")
    live.go(HOUR)
    web.said[f"{ONE}/robots.txt"] = Page("User-agent: *\nDisallow: /private/\n", media="text/plain")
    live.settle()
    assert live.endings()[url].ending == "recorded"


def test_a_try_that_never_came_back_is_counted(live: Live) -> None:
    """After as many tries as the settings grant the item ends as lost, and each lost one is sent again in time."""
    watch_only(live, 1)
    [key] = [one["key"] for one in live.rows()]
    tries = 0
    while True:
        live.clock.now += timedelta(seconds=live.road.config.settings.stale_after + 1)
        [sent] = fetches(route.tick(live.road))
        assert sent.key == key
        if tries == live.road.config.settings.attempts:
            route.step(live.road, sent)
            break
        # A worker takes it up and is gone.
        assert items.begin(live.database, key, "fetch", due=live.road.resend_at) is not None
        tries += 1
    ending = live.endings()[f"{ONE}/news/1"]
    assert (ending.ending, ending.stage, ending.reason) == ("failed", "fetch", "worker_lost")
    assert tries == live.road.config.settings.attempts
    assert live.web.asked("/news/") == []


def test_our_own_network_costs_no_try_and_no_back_off(web: Web, make: Make) -> None:
    """When all sites fail it is us: nothing ends, no source backs off, and all goes on within minutes."""
    bases = (ONE, TWO, THREE, "https://four.example")
    for base in bases:
        web.said[f"{base}/feed"] = feed(*numbered(base, 1))
        web.said[f"{base}/news/1"] = story(1)
    live = make(*(outlet(base[8:].split(".")[0], ("feed", f"{base}/feed")) for base in bases))
    live.go(10 * MINUTE)
    assert len(live.endings()) == 4
    for base in bases:
        web.said[f"{base}/feed"] = feed(*numbered(base, 1, 2, 3))
        web.said[f"{base}/news/2"], web.said[f"{base}/news/3"] = story(2), story(3)
    live.go(2 * HOUR)
    assert len(live.endings()) == 12
    for base in bases:
        announce(live, 1, 2, 3, 4, base=base)
    live.go(40 * MINUTE)
    before = live.clock.now
    web.down = True
    live.go(2 * HOUR)
    offline = [one for one in live.polls() if one["polled_at"] > before and one["fault"]]
    assert {one["fault"] for one in offline[8:]} == {"offline"}
    assert max(one["faults"] for one in live.sources()) <= 2
    assert max([0, *(one["attempts"] for one in live.rows())]) <= 1
    web.down = False
    live.go(45 * MINUTE)
    assert len(live.endings()) == 16
    assert {one.ending for one in live.endings().values()} == {"recorded"}


def test_items_wait_out_an_outage_of_our_own(web: Web, make: Make) -> None:
    """An outage of hours in the middle of fetching costs the first items one try, and the others none."""
    bases = (ONE, TWO, THREE, "https://four.example")
    for base in bases:
        web.said[f"{base}/feed"] = feed(*numbered(base, *range(1, 6)))
        for number in range(1, 6):
            web.said[f"{base}/news/{number}"] = story(number)
    live = make(*(outlet(base[8:].split(".")[0], ("feed", f"{base}/feed")) for base in bases))
    live.go(timedelta(seconds=20))
    assert len(live.rows()) == 20
    web.down = True
    live.go(2 * HOUR)
    assert {one.ending for one in live.endings().values()} <= {"recorded"}
    assert sum(one["attempts"] for one in live.rows()) <= 3
    web.down = False
    live.go(35 * MINUTE)
    assert len([one for one in live.endings().values() if one.ending == "recorded"]) == 20
    assert live.sound()


def test_one_host_that_is_down_is_not_our_network(web: Web, make: Make) -> None:
    """While others answer, the trouble is the host's: its looks back off and its items use their tries."""
    for base in (ONE, TWO, THREE):
        web.said[f"{base}/feed"] = feed(*numbered(base, 1))
        web.said[f"{base}/news/1"] = story(1)
    web.said[f"{ONE}/feed"] = Failure(reason="connect", detail="refused")
    live = make(*(outlet(base[8:].split(".")[0], ("feed", f"{base}/feed")) for base in (ONE, TWO, THREE)))
    live.go(DAY)
    faults = [one["fault"] for one in live.polls(FEED)]
    assert set(faults) == {"connect"}
    times = web.times(FEED)
    waits = [after - before for before, after in itertools.pairwise(times)]
    assert waits == sorted(waits)
    assert live.source(FEED)["faults"] == len(faults)
    assert live.source(FEED)["next_poll_at"] is not None


def test_a_defect_of_a_reader_is_a_fault_of_one_look(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that breaks stops nothing: the look says so and the next is planned."""
    monkeypatch.setattr("workers.polling.read", lambda *_: 1 / 0)
    live.go(MINUTE)
    [poll] = live.polls()
    assert poll["fault"] == "defect"
    assert live.source(FEED)["next_poll_at"] > live.clock.now


# One article, many addresses.


def test_a_page_whose_canonical_link_is_a_known_article_is_a_twin(live: Live) -> None:
    """Announced at two addresses with one headline, it is recorded once; the second says of which it is the twin."""
    live.settle()
    other = f"{ONE}/home/story-of-1"
    live.web.said[FEED] = feed(*numbered(ONE, 1), (other, headline(1)))
    live.web.said[other] = story(1, f'<link rel="canonical" href="{ONE}/news/1">')
    live.go(HOUR)
    ending = live.endings()[other]
    assert (ending.ending, ending.reason) == ("dropped", "twin")
    assert f"{ONE}/news/1" in (ending.detail or "")
    assert counts.count(live.database).recorded == 1
    assert live.sound()


def test_a_redirect_to_a_known_article_is_a_twin(live: Live) -> None:
    """A short address that leads to an article we have adds nothing."""
    live.settle()
    live.web.said[FEED] = feed(*numbered(ONE, 1), (f"{ONE}/?p=1", headline(1)))
    live.web.said[f"{ONE}/?p=1"] = redirect(f"{ONE}/news/1")
    live.go(HOUR)
    assert live.endings()[f"{ONE}/?p=1"].reason == "twin"


def test_one_canonical_link_on_every_page_loses_nothing(live: Live) -> None:
    """A template that names the same article on every page, before and after that one is announced itself."""
    link = f'<link rel="canonical" href="{ONE}/news/3">'
    for number in range(1, 7):
        live.web.said[f"{ONE}/news/{number}"] = story(number, link)
    live.web.said[FEED] = feed(*numbered(ONE, 1, 2))
    live.settle()
    live.web.said[FEED] = feed(*numbered(ONE, 1, 2, 3, 4, 5, 6))
    live.go(2 * HOUR)
    assert sorted(live.endings()) == [f"{ONE}/news/{number}" for number in range(1, 7)]
    assert {one.ending for one in live.endings().values()} == {"recorded"}


@pytest.mark.parametrize(
    "twin",
    ["http://one.example/news/1", "https://www.one.example/news/1/", "https://m.one.example/news/1", f"{ONE}/news/1/amp",
     f"{ONE}/news/1?utm_source=x", f"{ONE}/news/1?amp=1"],
)  # fmt: skip
def test_twins_by_address_are_one_item(twin: str, live: Live) -> None:
    """The phone's, the accelerated and the shared form of an address need no request to be known."""
    live.settle()
    live.web.said[FEED] = feed((twin, "العنوان نفسه بصيغة أخرى"), *numbered(ONE, 1, 2))
    live.web.said[f"{ONE}/news/2"] = story(2)
    live.go(HOUR)
    assert sorted(live.endings()) == [f"{ONE}/news/1", f"{ONE}/news/2"]
    assert set(live.web.asked("/news/1")) == {f"{ONE}/news/1"}
    assert [one["url"] for one in live.rows()] == [f"{ONE}/news/1", f"{ONE}/news/2"]


def test_another_name_learned_from_a_page_is_known_when_it_is_announced(live: Live) -> None:
    """Where a redirect or a canonical link led is the same article, whoever announces it later."""
    web, final = live.web, f"{ONE}/2026/03/story-1"
    web.said[f"{ONE}/news/1"] = redirect(final)
    web.said[final] = story(1, f'<link rel="canonical" href="{ONE}/story/1">')
    live.settle()
    web.said[FEED] = feed((final, headline(1)), (f"{ONE}/story/1", headline(1)), *numbered(ONE, 2))
    web.said[f"{ONE}/news/2"] = story(2)
    live.go(HOUR)
    assert sorted(live.endings()) == [f"{ONE}/news/1", f"{ONE}/news/2"]
    poll = next(one for one in live.polls() if one["seen"] == 3)
    assert (poll["new"], poll["known"]) == (1, 2)
    with live.database.reading() as connection:
        said = {row.url: row.basis for row in connection.execute(select(aliases.c.url, aliases.c.basis))}
    assert said == {final: "redirect", f"{ONE}/story/1": "canonical"}


@pytest.mark.parametrize("identity", ["guid", "url"])
def test_a_source_may_tell_articles_by_its_own_names(identity: str, web: Web, make: Make) -> None:
    """With the policy "guid" a new address under a known name is the known article; without, it is another."""
    web.said[FEED] = feed(
        *({"url": f"{ONE}/{n}-old", "title": f"عنوان قديم {n} {headline(n)}", "guid": f"g{n}"} for n in (1, 2, 3))
    )
    for number in (1, 2, 3):
        web.said[f"{ONE}/{number}-old"] = story(number)
    live = make(outlet("one", {"kind": "feed", "url": FEED, "identity": identity}))
    live.settle()
    web.said[FEED] = feed(
        {"url": f"{ONE}/1-new", "title": "عنوان آخر بعد التحرير", "guid": "g1"},
        *({"url": f"{ONE}/{n}-old", "title": f"عنوان قديم {n} {headline(n)}", "guid": f"g{n}"} for n in (2, 3)),
    )
    web.said[f"{ONE}/1-new"] = story(9)
    live.go(HOUR)
    assert len(live.rows()) == (3 if identity == "guid" else 4)


def test_a_source_that_changes_all_its_addresses_is_not_read_anew(live: Live) -> None:
    """Known headlines under new addresses, many at once, are the known articles; what is new among them is found."""
    announce(live, *range(1, 11))
    live.settle()
    before = len(live.web.asked())
    moved = [(f"{ONE}/2026/03/{number}.html", headline(number)) for number in range(3, 13)]
    live.web.said[FEED] = feed(*moved)
    for url, _ in moved[-2:]:
        live.web.said[url] = story(int(url.rsplit("/", 1)[1][:-5]))
    live.go(2 * HOUR)
    assert len(live.endings()) == 12
    assert {one.ending for one in live.endings().values()} == {"recorded"}
    poll = next(one for one in live.polls() if one["rekeyed"])
    assert (poll["seen"], poll["known"], poll["new"], poll["rekeyed"], poll["gap"]) == (10, 8, 2, 8, False)
    assert {url for url in live.web.asked()[before:] if ".html" in url} == {url for url, _ in moved[-2:]}


# Sources.


def wordpress(*numbers: int, modified: datetime = START) -> Page:
    posts = [
        {
            "id": number, "link": f"{ONE}/news/{number}/", "date_gmt": f"{START:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{modified:%Y-%m-%dT%H:%M:%S}", "guid": {"rendered": f"{ONE}/?p={number}"},
            "title": {"rendered": headline(number)},
            "content": {"rendered": story(number).body.partition("</h1>")[2].partition("</article>")[0]},
        }
        for number in numbers
    ]  # fmt: skip
    return Page(json.dumps(posts), media="application/json", headers={"x-wp-totalpages": "1"})


def test_whole_texts_of_wordpress_are_recorded_without_a_page(web: Web, make: Make) -> None:
    """One request brings articles and all; the capture says where they are from and the archive holds them."""
    api = f"{ONE}/wp-json/wp/v2/posts"
    web.said[api] = wordpress(1, 2, 3)
    live = make(outlet("one", {"kind": "wordpress", "url": api, "whole_text": True}))
    live.settle()
    assert [one.ending for one in live.endings().values()] == ["recorded"] * 3
    assert web.asked() == [api]
    article = results.article_of(live.database, key_of(f"{ONE}/news/2"))
    assert article is not None
    assert article.title == headline(2)
    assert "رقم 2" in article.text
    capture = results.capture_of(live.database, key_of(f"{ONE}/news/2"))
    assert capture is not None
    assert headline(2).encode() in live.road.archive.body(capture.place, capture.digest)
    assert live.sound()


def test_without_whole_text_wordpress_only_announces(web: Web, make: Make) -> None:
    """The pages are asked for."""
    api = f"{ONE}/wp-json/wp/v2/posts"
    web.said[api] = wordpress(1)
    web.said[f"{ONE}/news/1/"] = story(1)
    live = make(outlet("one", ("wordpress", api)))
    live.settle()
    assert web.asked("/news/") == [f"{ONE}/news/1/"]


def test_sitemaps_of_an_index_are_looked_at_when_it_says_so(web: Web, make: Make) -> None:
    """A child is looked at once, and again only when the index says that it changed."""
    top, march, february = (f"{ONE}/{name}.xml" for name in ("sitemap", "posts-2026-03", "posts-2026-02"))
    web.said[top] = index((march, START - HOUR), (february, START - 20 * DAY))
    web.said[march] = sitemap((f"{ONE}/news/1", START - HOUR))
    web.said[february] = sitemap((f"{ONE}/news/9", START - 20 * DAY))
    for number in (1, 2, 9):
        web.said[f"{ONE}/news/{number}"] = story(number)
    live = make(outlet("one", ("sitemap", top)))
    live.go(4 * HOUR)
    assert len(web.times(top)) > 3
    assert len(web.times(march)) == 1
    child = live.source(march)
    assert (child["parent"], child["kind"], child["next_poll_at"]) == (key_of(top), "sitemap", None)
    changed = live.clock.now
    web.said[top] = index((march, changed), (february, START - 20 * DAY))
    web.said[march] = sitemap((f"{ONE}/news/1", START - HOUR), (f"{ONE}/news/2", changed))
    live.go(4 * HOUR)
    assert len(web.times(march)) in {2, 3}  # an index may be a quarter of an hour late
    assert live.endings()[f"{ONE}/news/2"].ending == "recorded"
    assert not any(one["gap"] for one in live.polls())


def test_a_retired_source_rests_and_so_do_its_children(web: Web, make: Make) -> None:
    """What the configuration no longer names is not asked again, nor what it led to."""
    top, child = f"{ONE}/sitemap.xml", f"{ONE}/posts.xml"
    web.said[top] = index((child, START))
    web.said[child] = Page(status=500)
    live = make(outlet("one", ("sitemap", top), ("feed", FEED)))
    live.go(10 * MINUTE)
    assert live.source(child)["next_poll_at"] is not None
    config = replace(live.road.config, outlets={"one": outlet("one", ("feed", FEED))})
    route.enrol(replace(live.road, config=config))
    assert [one["url"] for one in live.sources() if one["next_poll_at"] is not None] == [FEED]
    before = len(web.asked(".xml"))
    live.go(DAY)
    assert len(web.asked(".xml")) == before
    route.enrol(live.road)
    live.go(HOUR)
    assert len(web.times(top)) > 1


def test_looks_are_kept_with_what_they_may_have_missed(live: Live) -> None:
    """A feed that rolled over between two looks is a gap; one that overlaps is none, nor is the first look."""
    announce(live, 1, 2, 3)
    live.go(HOUR)
    announce(live, 3, 4, 5)
    live.go(HOUR)
    announce(live, 6, 7, 8)
    live.go(HOUR)
    polls = live.polls()
    assert sum(one["gap"] for one in polls) == 1
    gap = next(one for one in polls if one["gap"])
    assert (gap["seen"], gap["new"], gap["known"]) == (3, 3, 0)
    assert all(one["seen"] == one["new"] + one["known"] for one in polls)


def test_what_is_beyond_the_limit_is_counted(live: Live) -> None:
    """More than is read of one answer is never cut silently."""
    live.web.said[FEED] = feed(*numbered(ONE, *range(1, 2011)))
    watch_only(live, 2000)
    [poll] = live.polls()
    assert (poll["seen"], poll["new"], poll["capped"], poll["gap"]) == (2000, 2000, 10, True)


def test_a_source_is_asked_whether_it_has_changed(live: Live) -> None:
    """With the validators it gave; a 304 is a look that shows nothing new, and no gap."""
    web = live.web

    def answer(headers: Any) -> Page:
        if headers.get("if-none-match") == '"a"':
            return Page(status=304, headers={"etag": '"a"'})
        return feed(*numbered(ONE, 1), headers={"etag": '"a"'})

    web.said[FEED] = answer
    live.go(2 * HOUR)
    first, *rest = live.polls()
    assert (first["status"], first["not_modified"], first["new"]) == (200, False, 1)
    assert rest
    assert {(one["status"], one["not_modified"], one["gap"], one["fault"]) for one in rest} == {
        (304, True, False, None)
    }


def test_a_claim_that_an_article_was_modified_causes_a_visit(web: Web, make: Make) -> None:
    """The source says so; the page is asked for again, and what changed is a version of the same article."""
    map_url, url = f"{ONE}/map.xml", f"{ONE}/news/1"
    web.said[map_url] = sitemap((url, START - HOUR))
    web.said[url] = story(1)
    live = make(outlet("one", ("sitemap", map_url)))
    live.go(3 * HOUR)
    asked = len(web.times(url))
    assert [one.number for one in versions.looks(live.database, key_of(url))] == [1, 2]
    web.said[map_url] = sitemap((url, live.clock.now))
    web.said[url] = Page(story(1).body.replace("واسعة", "محدودة"))
    live.go(3 * HOUR)
    looks = {one.number: one for one in versions.looks(live.database, key_of(url))}
    assert looks[4].outcome == "changed"
    assert len(web.times(url)) == asked + 1
    assert len(live.rows()) == 1


# Several at once.


def test_two_schedulers_send_nothing_twice(web: Web, make: Make, store_url: str) -> None:
    """Ticks of several processes at once: every source and every item is sent by one of them."""
    bases = [f"https://o{n}.example" for n in range(12)]
    for base in bases:
        web.said[f"{base}/feed"] = feed(*numbered(base, *range(4)))
    live = make(*(outlet(base[8:].split(".")[0], ("feed", f"{base}/feed")) for base in bases), store_url=store_url)
    roads = [live.road, *(live.open(live.road.config) for _ in range(3))]
    sent = [one.key for one in at_once(roads, route.tick)]
    assert sorted(sent) == sorted(one["key"] for one in live.sources())
    live.clock.sleep(600)  # those are lost, and sent again
    watch_only(live, 48)
    fetched: list[str] = []
    for _ in range(4):
        sent = [one.key for one in fetches(at_once(roads, route.tick))]
        assert len(sent) == 12
        for key in sent:
            items.drop(live.database, key, "fetch", Drop(reason="gone"), live.clock.now)
        fetched += sent
    assert len(set(fetched)) == 48
    for road in roads[1:]:
        road.database.close()
        road.archive.close()


def test_a_message_that_comes_twice_is_worked_on_once(live: Live) -> None:
    """Two workers with the same message: what they bring is kept once."""
    watch_only(live, 1)
    live.clock.sleep(6)
    [message] = fetches(route.tick(live.road))
    roads = [live.road, live.open(live.road.config)]
    at_once(roads, lambda road: route.step(road, message))
    roads[1].database.close()
    roads[1].archive.close()
    live.settle()
    assert counts.count(live.database).recorded == 1
    assert live.sound()


def at_once(roads: list[Road], do: Callable[[Road], list[route.Message]]) -> list[route.Message]:
    """Do something with each road in a thread of its own, all at the same time."""
    barrier = threading.Barrier(len(roads))
    found: list[route.Message] = []
    errors: list[Exception] = []

    def work(road: Road) -> None:
        barrier.wait()
        try:
            found.extend(do(road))
        except Exception as error:  # noqa: BLE001 -- what goes wrong in a thread is told by the test
            errors.append(error)

    threads = [threading.Thread(target=work, args=(road,)) for road in roads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    return found


# Stores of before.


def test_a_store_of_the_first_schema_knows_its_articles(web: Web, tmp_path: Path) -> None:
    """Its keys told www. and a last slash apart: what it knows stays known by both, and is not read again."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    known = [f"{ONE}/news/1", "https://www.one.example/news/2/", "http://one.example/news/3/", f"{ONE}/news/4/"]
    old_store(url, known, waiting=known[3])
    web.said[FEED] = feed(*numbered(ONE, 1, 2, 3, 4, 5))
    for number in (1, 2, 3, 5):
        web.said[f"{ONE}/news/{number}"] = story(number)
    web.said[f"{ONE}/news/4/"] = story(4)
    live = Live(web, url, tmp_path, outlet("one", ("feed", FEED)))
    live.go(HOUR)
    assert sorted(live.endings()) == sorted([*known, f"{ONE}/news/5"])
    assert set(web.asked("/news/")) == {f"{ONE}/news/4/", f"{ONE}/news/5"}
    [poll] = [one for one in live.polls() if one["new"]]
    assert (poll["seen"], poll["known"], poll["new"]) == (5, 4, 1)
    with live.database.reading() as connection:
        rows = connection.execute(select(aliases.c.key, aliases.c.item).where(aliases.c.basis == "key"))
        said = [(row.key, row.item) for row in rows]
    assert sorted(said) == sorted((key_of(one), old_key(one)) for one in known if key_of(one) != old_key(one))
    assert live.sound()
    live.close()


def old_key(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def old_store(url: str, known: list[str], *, waiting: str) -> None:
    """A store as the first version of marsad made it, in which these addresses were dropped, and one waits."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for one in known:
            row = {
                "key": old_key(one), "url": one, "found_at": "2026-03-01 10:00:00", "since": "2026-03-01 10:00:00",
                "stage": "fetch" if one == waiting else "end", "due": "2026-03-01 10:00:00" if one == waiting else None,
            }  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO items (key, url, found_at, stage, recording, since, attempts, next_attempt_at, resting, trace)"
                    " VALUES (:key, :url, :found_at, :stage, '', :since, 0, :due, 0, 't')"
                ),
                row,
            )
            if one != waiting:
                connection.execute(
                    text(
                        "INSERT INTO endings (key, ending, stage, reason, ended_at)"
                        " VALUES (:key, 'dropped', 'clean', 'no_article', :since)"
                    ),
                    row,
                )
    engine.dispose()
