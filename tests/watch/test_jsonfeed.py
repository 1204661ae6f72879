"""JSON Feeds and what answers in their place. All of them are made up for these tests."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.urls import key_of
from workers.watch.feed import read_feed
from workers.watch.sightings import MAX_SIGHTINGS, Listing, Sighting

URL = "https://paper.example/ar/feed.json"


def read(feed: Any, **headers: str) -> Listing:
    body = feed.encode("utf-8", "surrogatepass") if isinstance(feed, str) else json.dumps(feed).encode()
    return read_feed(body, url=URL, headers=headers, zone=ZoneInfo("Asia/Damascus"), trackers=("utm_*",))


def feed(*items: Any, version: str = "https://jsonfeed.org/version/1.1", **more: Any) -> dict[str, Any]:
    return {"version": version, "title": "الصحيفة", "items": list(items), **more}


ITEM = {
    "id": "7",
    "url": "/1?utm_source=x",
    "title": "خبر &amp; آخر",
    "date_published": "2025-02-12T10:00:00Z",
    "date_modified": "2025-02-12T11:00:00+03:00",
    "content_html": "<p>نص</p>",
}


def test_a_json_feed_is_a_feed() -> None:
    """An item becomes a sighting like an entry of RSS."""
    listing = read(feed(ITEM))
    assert listing.sightings == (
        Sighting(
            url="https://paper.example/1",
            key=key_of("https://paper.example/1"),
            title="خبر & آخر",
            published=datetime(2025, 2, 12, 10, tzinfo=UTC),
            claimed="2025-02-12T10:00:00Z",
            modified=datetime(2025, 2, 12, 8, tzinfo=UTC),
            guid="7",
        ),
    )
    assert (listing.kind, listing.fault, listing.unreadable) == ("jsonfeed11", None, 0)
    assert read(feed(ITEM, version="https://jsonfeed.org/version/1")).kind == "jsonfeed1"


@pytest.mark.parametrize(
    ("item", "url"),
    [
        ({"external_url": "https://paper.example/1"}, "https://paper.example/1"),
        ({"url": "javascript:x", "external_url": "https://paper.example/1"}, "https://paper.example/1"),
        ({"id": "https://paper.example/1"}, "https://paper.example/1"),
        ({"id": 1, "url": "1"}, "https://paper.example/ar/1"),
    ],
)
def test_the_link_may_stand_elsewhere(item: dict[str, Any], url: str) -> None:
    """The external address, and an id that is an address, serve when there is no better one."""
    assert [one.url for one in read(feed(item)).sightings] == [url]


def test_what_leads_nowhere_is_counted() -> None:
    """Items without an address and things that are no items are unreadable."""
    listing = read(feed(ITEM, {"id": "x"}, None, "x", [], 1))
    assert (len(listing.sightings), listing.unreadable) == (1, 5)
    assert read(feed({"id": "x"})).fault == "no_links"


def test_hub_topic_and_next_page_are_found() -> None:
    """A WebSub hub, the feed's own address and its next page come along; other hubs do not."""
    hubs = [{"type": "rssCloud", "url": "https://a.example/"}, {"type": "WebSub", "url": "https://b.example/?x"}]
    listing = read(feed(ITEM, hubs=hubs, feed_url="/ar/feed.json?utm_medium=1", next_url="?page=2"))
    assert listing.hub == "https://b.example/?x"
    assert listing.topic == "https://paper.example/ar/feed.json?utm_medium=1"
    assert listing.older == "https://paper.example/ar/feed.json?page=2"
    assert read(feed(ITEM, next_url="https://other.example/2")).older is None
    assert read(feed(ITEM), link='<https://c.example/>; rel="hub"').hub == "https://c.example/"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("{", "json_broken"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [', "json_broken"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [1' + "0" * 5000 + "]}", "json_broken"),
        ('{"version": "https://jsonfeed.org/version/1"}', "not_a_feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": {}}', "not_a_feed"),
        ('{"version": 1, "items": []}', "not_a_feed"),
        ("{}", "not_a_feed"),
        ("[]", "not_a_feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": []}', "empty"),
    ],
)
def test_what_is_no_feed_says_why(body: str, fault: str) -> None:
    """A ruin, another answer and a feed of nothing are told apart."""
    assert read(body).fault == fault


def test_a_mark_before_and_junk_behind_do_no_harm() -> None:
    """What caches write around a feed is passed over."""
    assert len(read("\ufeff \n" + json.dumps(feed(ITEM)) + "\n<!-- cached -->").sightings) == 1


def test_half_a_letter_in_a_title_can_be_written() -> None:
    """A lone surrogate, which JSON can name, does not reach the store."""
    found = read(json.dumps(feed({**ITEM, "title": "a\ud800b\x00c", "id": "x\udfff"}))).sightings[0]
    assert (found.title, found.guid) == ("abc", "x")


def test_a_very_long_feed_is_cut_and_counted() -> None:
    """What lies beyond the limit is counted."""
    listing = read(feed(*({"url": f"/{number}"} for number in range(MAX_SIGHTINGS + 7))))
    assert (len(listing.sightings), listing.capped) == (MAX_SIGHTINGS, 7)


@pytest.mark.parametrize("piece", ["[", '{"a":', '{"a":[', "[],", '{"a":1},', '"', "\\", "9", '["a",'])
def test_hostile_feeds_end_in_reasonable_time(piece: str) -> None:
    """Depth and repetition cost no more than their length."""
    started = time.thread_time()
    head = '{"version": "https://jsonfeed.org/version/1", "items": ['
    assert read(head + piece * (5_000_000 // len(piece))).fault == "json_broken"
    assert read("{" + piece * (5_000_000 // len(piece))).sightings == ()
    assert time.thread_time() - started < 5


ANY = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["/1", "WebSub", URL]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["url", "external_url", "id", "title", "date_published", "date_modified", "type"]), inner
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["hubs", "next_url", "feed_url", "title", "items"]), ANY), st.lists(ANY, max_size=4)
)
def test_no_feed_raises(head: dict[str, Any], items: list[Any]) -> None:
    """Whatever stands where a value is expected, the feed is a listing."""
    listing = read({**feed(*items), **head})
    assert (listing.fault is None) == bool(listing.sightings)
    for value in ({"version": head}, {"version": "https://jsonfeed.org/version/1", "items": head}, [head]):
        assert read(value).sightings == ()
