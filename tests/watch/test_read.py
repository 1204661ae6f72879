"""An answer read the way its source's configuration says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from workers.config import Config, Leftovers, Outlet, Settings, SourceConfig
from workers.items import Response, Source
from workers.urls import key_of
from workers.watch.read import read

SECTION = "https://paper.example/section?page=0"
PAPER = Outlet(
    slug="paper",
    name="الصحيفة",
    name_en="The Paper",
    home="https://paper.example/",
    hosts=("paper.example",),
    timezone="Asia/Dubai",
    sources=(SourceConfig(kind="listing", url=SECTION + "&utm_source=x", sure="guess", item="li", date="i"),),
)
CONFIG = Config(Path(), Settings(), {"paper": PAPER}, Leftovers(), ("utm_*",))
DATED = "<pubDate>Wed, 12 Feb 2025 18:00:00</pubDate>"


def answer(url: str, body: str, final_url: str | None = None) -> Response:
    return Response(
        url=url, final_url=final_url or url, status=200, headers={}, body=body.encode(), captured_at=datetime(2025, 2, 12, tzinfo=UTC)
    )  # fmt: skip


def test_a_feed_is_read_in_its_outlets_zone_and_against_where_it_came_from() -> None:
    """A redirected feed's links belong to the place it was moved to."""
    url = "https://paper.example/rss"
    source = Source(key=key_of(url), outlet="paper", kind="feed", url=url)
    body = f"<rss><channel><item><link>1</link>{DATED}</item></channel></rss>"
    found = read(answer(url, body, "https://paper.example/ar/feed/"), source, CONFIG).sightings[0]
    assert found.url == "https://paper.example/ar/feed/1"
    assert found.published == datetime(2025, 2, 12, 14, tzinfo=UTC)


def test_a_listing_is_read_by_its_own_selectors() -> None:
    """The source is found in the outlet's file by its canonical address, also when only the host names the outlet."""
    for outlet in ("paper", None):
        source = Source(key=key_of(SECTION), outlet=outlet, kind="listing", url=SECTION)
        body = "<ul><li><a href=/a>عنوان</a><i>2025-02-12 18:00</i></ul>"
        found = read(answer(SECTION, body), source, CONFIG).sightings[0]
        assert found.published == datetime(2025, 2, 12, 14, tzinfo=UTC)


def test_an_unknown_outlet_is_read_by_general_rules() -> None:
    """A listing of nobody's is read by what looks like an article, a zone-less date as Syrian time."""
    url = "https://unknown.example/news"
    body = "<a href=/2025/1234>عنوان طويل بما يكفي هنا</a>"
    source = Source(key=key_of(url), outlet=None, kind="listing", url=url)
    assert [one.url for one in read(answer(url, body), source, CONFIG).sightings] == [
        "https://unknown.example/2025/1234"
    ]
    feed = Source(key=key_of(url), outlet=None, kind="feed", url=url)
    found = read(answer(url, f"<rss><channel><item><link>/1</link>{DATED}</item></channel></rss>"), feed, CONFIG)
    assert found.sightings[0].published == datetime(2025, 2, 12, 15, tzinfo=UTC)
