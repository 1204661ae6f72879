"""An answer read the way its source's configuration says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workers.config import Config, Leftovers, Outlet, Settings, SourceConfig
from workers.items import Response, Source, SourceKind
from workers.urls import key_of
from workers.watch.read import read, settle
from workers.watch.sightings import Sighting

NOW = datetime(2025, 2, 12, 16, tzinfo=UTC)
DUBAI = ZoneInfo("Asia/Dubai")  # four hours before Greenwich, all year
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
        url=url, final_url=final_url or url, status=200, headers={}, body=body.encode(), captured_at=NOW
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


def source(url: str, kind: SourceKind, **more: Any) -> Source:
    return Source(key=key_of(url), outlet="paper", kind=kind, url=url, **more)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("feed", "<rss><channel><item><link>/1</link><title>خبر</title></item></channel></rss>"),
        ("feed", '{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/1", "title": "خبر"}]}'),
        ("sitemap", "<urlset><url><loc>/1</loc><title>خبر</title></url></urlset>"),
        ("wordpress", '[{"link": "/1", "title": {"rendered": "خبر"}}]'),
        ("listing", "<li><a href=/1>خبر</a></li>"),
    ],
)
def test_every_kind_gives_the_same_sighting(kind: SourceKind, body: str) -> None:
    """Whatever an outlet announces its articles by, a sighting is a sighting."""
    found = read(answer(SECTION, body), source(SECTION, kind), CONFIG)
    assert [(one.url, one.title) for one in found.sightings] == [("https://paper.example/1", "خبر")]


def test_an_older_page_is_read_by_the_selectors_of_its_list() -> None:
    """What a backfill walks to is not in the outlet's file; the list that led to it is."""
    body = "<ul><li><a href=/a>عنوان</a><i>2025-02-12 18:00</i></ul><a href='/elsewhere/2025/1234'>عنوان طويل بما يكفي هنا</a>"
    for older in ("https://paper.example/section?page=7", "https://paper.example/section/page/7"):
        for more in ({"parent": "0" * 16}, {"since": NOW}):
            found = read(answer(older, body), source(older, "listing", **more), CONFIG).sightings
            assert [one.url for one in found] == ["https://paper.example/a"]
    other = "https://paper.example/sections/2"
    assert [
        one.url for one in read(answer(other, body), source(other, "listing", parent="0" * 16), CONFIG).sightings
    ] == ["https://paper.example/elsewhere/2025/1234"]


def seen(*hours: float, claimed: str | None = "2025-02-12T10:00:00Z", **more: Any) -> tuple[Sighting, ...]:
    """Sightings published so many hours after the look."""
    return tuple(
        Sighting(url=f"https://paper.example/{n}", key=str(n), published=NOW + timedelta(hours=hour), claimed=claimed, **more)
        for n, hour in enumerate(hours)
    )  # fmt: skip


def offsets(sightings: tuple[Sighting, ...]) -> list[float]:
    return [(one.published - NOW) / timedelta(hours=1) for one in sightings if one.published]


def test_local_time_called_greenwichs_is_mended_in_the_whole_source() -> None:
    """One date in the future that the outlet's zone explains moves all; what was claimed stays."""
    found = settle(seen(3.9, 2, -1, -30), NOW, DUBAI)
    assert offsets(found) == pytest.approx([-0.1, -2, -5, -34])
    assert {one.flags for one in found} == {("zone_mended",)}
    assert {one.claimed for one in found} == {"2025-02-12T10:00:00Z"}


def test_dates_of_another_zone_are_not_mended() -> None:
    """Only what is called Greenwich's time moves."""
    found = settle((*seen(3), *seen(-1, claimed="2025-02-12T10:00:00+04:00"), *seen(-2, claimed="10:00")), NOW, DUBAI)
    assert offsets(found) == [-1, -1, -2]
    assert [one.flags for one in found] == [("zone_mended",), (), ()]


def test_a_date_that_the_zone_does_not_explain_is_clamped() -> None:
    """With one date further ahead than the zone reaches nothing is mended, and what is ahead counts from the look."""
    found = settle(seen(5, 3, -1), NOW, DUBAI)
    assert offsets(found) == [0, 0, -1]
    assert [one.flags for one in found] == [("future_date",), ("future_date",), ()]
    for zone in (ZoneInfo("UTC"), ZoneInfo("America/New_York")):
        assert settle(seen(1), NOW, zone)[0].flags == ("future_date",)
    assert settle(seen(1, claimed="2025-02-12 21:00"), NOW, DUBAI)[0].published == NOW


def test_clocks_may_differ_a_little() -> None:
    """Ten minutes are no future."""
    sightings = seen(1 / 6, 0, -1)
    assert settle(sightings, NOW, DUBAI) == sightings
    assert settle(seen(0.17), NOW, DUBAI)[0].flags == ("zone_mended",)


def test_a_change_in_the_future_is_left_out() -> None:
    """It would seem a new change at every look; one of a mended source moves with it."""
    found = settle(seen(-1, modified=NOW + timedelta(hours=1)), NOW, DUBAI)[0]
    assert (found.modified, found.flags) == (None, ("future_date",))
    found = settle(seen(2, modified=NOW + timedelta(hours=3)), NOW, DUBAI)[0]
    assert (found.modified, found.flags) == (NOW - timedelta(hours=1), ("zone_mended",))


def test_what_has_no_date_stays() -> None:
    """Nothing is made up for a sighting without dates."""
    bare = (Sighting(url="https://paper.example/", key="x"),)
    assert settle(bare, NOW, DUBAI) == bare
    assert settle((), NOW, DUBAI) == ()


def test_the_look_is_the_clock() -> None:
    """An answer is settled against the moment at which it came."""
    url = "https://paper.example/rss"
    body = "<rss><channel><item><link>1</link><pubDate>Wed, 12 Feb 2025 19:55:00 +0000</pubDate></item></channel></rss>"
    found = read(answer(url, body), source(url, "feed"), CONFIG).sightings[0]
    assert (found.published, found.flags) == (datetime(2025, 2, 12, 15, 55, tzinfo=UTC), ("zone_mended",))
    assert found.claimed == "Wed, 12 Feb 2025 19:55:00 +0000"


CHANNEL = "https://t.example/s/paper"
TELEGRAM = PAPER.model_copy(
    update={
        "sources": (
            SourceConfig(
                kind="listing", url=CHANNEL, sure="guess", item=".tgme_widget_message",
                link=".tgme_widget_message_text a[href], a.tgme_widget_message_link_preview[href]",
                title=".tgme_widget_message_text", date="time[datetime]", older="a.tme_messages_more[data-before]",
            ),
        )
    }
)  # fmt: skip


def test_a_channel_elsewhere_announces_what_leads_to_the_outlet() -> None:
    """Of the messages of a public channel those count that link to the outlet, under their first line."""
    config = Config(Path(), Settings(), {"paper": TELEGRAM}, Leftovers(), ("utm_*",))
    found = read(answer(CHANNEL, MESSAGES), source(CHANNEL, "listing"), config)
    assert [(one.url, one.title) for one in found.sightings] == [
        ("https://paper.example/1", "افتتاح معرض للكتب في المدينة القديمة"),
        ("https://www.paper.example/2", "عاجل | وصول أول قطار إلى المحطة الجديدة"),
        ("https://paper.example/3", "خبر لا رابط في نصه بل في بطاقته"),
    ]
    assert found.sightings[0].published == datetime(2025, 2, 12, 9, 30, tzinfo=UTC)
    assert (found.older, found.unreadable) == ("https://t.example/s/paper?before=100", 0)


def message(text: str, more: str = "") -> str:
    return (
        '<div class="tgme_widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap" data-post="paper/1">'
        f'<a class="tgme_widget_message_owner_name" href="https://t.example/paper">الصحيفة</a>'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>{more}'
        '<a class="tgme_widget_message_date" href="https://t.example/paper/1"><time datetime="2025-02-12T09:30:00+00:00">12:30</time></a>'
        "</div></div>"
    )


MESSAGES = "<html><body>" + "".join([
    '<a href="/s/paper?before=100" class="tme_messages_more js-messages_more" data-before="100"></a>',
    message(
        "<b>افتتاح معرض للكتب في المدينة القديمة</b><br/><br/>تفاصيل كثيرة<br/>"
        '<a href="https://other.example/x">x</a> <a href="https://paper.example/1?utm_source=tg">https://paper.example/1</a>'
        '<br/><a href="https://paper.example/">الصحيفة</a>'
    ),
    message('عاجل |<br/>وصول أول قطار إلى المحطة الجديدة<br/><a href="https://www.paper.example/2">اقرأ</a>'),
    message("خبر لا رابط في نصه بل في بطاقته<br/>ثم كلام", '<a class="tgme_widget_message_link_preview" href="https://paper.example/3">x</a>'),
    message("صورة بلا رابط"),
    message('زوروا صفحتنا <a href="https://paper.example/">هنا</a>'),
    message('<a href="https://other.example/2025/1234">خبر من صحيفة أخرى</a>'),
])  # fmt: skip
