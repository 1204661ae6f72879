"""What is asked of an unknown site, and which of its answers are worth watching. All sites are made up."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from workers.config import SourceConfig
from workers.items import Response, SourceKind
from workers.urls import key_of
from workers.watch.discover import (
    MAX_PROBES,
    Candidate,
    Ranked,
    Reading,
    is_channel,
    is_worth,
    probes,
    rank,
    reach,
    sections,
)  # fmt: skip
from workers.watch.pattern import with_selectors
from workers.watch.portrait import language, names, profile
from workers.watch.sightings import Listing, Sighting

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = "https://paper.example/"


def page(body: str, *, url: str = HOME, headers: dict[str, str] | None = None) -> Response:
    return Response(
        url=url, final_url=url, status=200, headers={"content-type": "text/html", **(headers or {})},
        body=body.encode(), captured_at=NOW,
    )  # fmt: skip


def declared(found: list[Candidate]) -> list[tuple[str, str]]:
    return [(one.source.kind, one.source.url) for one in found if one.declared]


def reading(
    url: str,
    numbers: range,
    *,
    kind: SourceKind = "feed",
    age: timedelta = timedelta(hours=1),
    html: str | None = None,
    dated: bool = True,
    at: str = HOME,
) -> Reading:
    """A source that announces articles by number, one an hour, the highest number the newest."""
    sightings = []
    for number in numbers:
        article = f"{at}{number}"
        published = NOW - age - timedelta(hours=numbers[-1] - number) if dated else None
        sightings.append(Sighting(url=article, key=key_of(article), published=published, html=html))
    source = SourceConfig(kind=kind, url=url, sure="guess")
    listing = Listing(sightings=tuple(sightings), fault=None if sightings else "not_a_feed")
    trouble = "" if sightings else "what came is no feed"
    return Reading(candidate=Candidate(source=source, why="a test"), listing=listing, trouble=trouble)


def taken(ranked: list[Ranked]) -> list[str]:
    return [one.reading.candidate.source.url for one in ranked if one.taken]


def test_links_to_feeds_are_read_against_the_page() -> None:
    """Every type of feed counts; comments, other types and other relations do not."""
    home = page(
        '<link rel="alternate" type="application/rss+xml" href="/ar/feed/">'
        '<link rel="Alternate" type="application/atom+xml; charset=utf-8" href="//paper.example/atom">'
        '<link rel="alternate" type="application/feed+json" href="https://paper.example/feed.json">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed">'
        '<link rel="alternate" hreflang="en" href="/en/"><link rel="stylesheet" href="/a.css">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">'
        '<link rel="alternate" type="application/rss+xml" href="http://[::1">'
    )
    assert declared(probes(home, None)) == [
        ("feed", "https://paper.example/ar/feed/"),
        ("feed", "https://paper.example/atom"),
        ("feed", "https://paper.example/feed.json"),
    ]


@pytest.mark.parametrize(
    ("home", "root"),
    [
        (page('<link rel="https://api.w.org/" href="https://paper.example/ar/wp-json/">'), "ar/wp-json/wp/v2/posts?"),
        (page("<p>x</p>", headers={"link": '<https://paper.example/wp-json/>; rel="https://api.w.org/"'}), "wp-json/wp/v2/posts?"),
        (page('<link rel="https://api.w.org/" href="/?rest_route=/">'), "?rest_route=/wp/v2/posts&"),
        (page('<meta name="generator" content="WordPress 6.8">'), "wp-json/wp/v2/posts?"),
        (page('<img src="/wp-content/uploads/a.jpg">'), "wp-json/wp/v2/posts?"),
    ],
)  # fmt: skip
def test_every_mark_of_wordpress_leads_to_its_posts(home: Response, root: str) -> None:
    """A link, a header, the generator or an address betray it; addresses without paths are understood."""
    [(kind, url)] = declared(probes(home, None))
    assert kind == "wordpress"
    assert url == f"{HOME}{root}per_page=50&_fields=id,link,guid,title,date,date_gmt,modified_gmt"


def test_robots_txt_names_sitemaps_news_first() -> None:
    """Lines in any case and with any other lines between; those for news come first, and a few are enough."""
    robots = (
        "User-agent: *\nDisallow: /x\nsitemap:/all.xml\nSITEMAP: https://paper.example/news.xml # now\nSitemap: ::\n"
    )
    robots += "".join(f"Sitemap: /part{number}.xml\n" for number in range(500))
    found = declared(probes(page("<p>x</p>"), robots))
    assert found[:2] == [("sitemap", "https://paper.example/news.xml"), ("sitemap", "https://paper.example/all.xml")]
    assert len(found) == 4


def test_the_number_of_probes_is_bounded_and_none_is_twice() -> None:
    """A page that names a thousand feeds gets no thousand requests; a declared address is no guess again."""
    links = "".join(f'<link rel=alternate type=application/rss+xml href="/f{number}">' for number in range(1000))
    found = probes(page('<link rel=alternate type=application/rss+xml href="/feed/">' + links), "Sitemap: /sitemap.xml")
    assert len(found) <= MAX_PROBES
    keys = [key_of(one.source.url) for one in found]
    assert len(keys) == len(set(keys))
    assert next(one for one in found if one.source.url.endswith("/feed/")).declared


def test_usual_places_are_spared_where_their_kind_was_found() -> None:
    """A guess is asked as long as the site led to nothing of its kind; what it declares is always asked."""
    candidates = probes(page("<p>x</p>"), None)
    assert {one.source.kind for one in candidates} == {"feed", "sitemap"}
    assert all(is_worth(one, []) for one in candidates)
    feed = reading(HOME + "feed", range(1, 5))
    asked = [one for one in candidates if is_worth(one, [feed, reading(HOME + "sitemap.xml", range(0))])]
    assert {one.source.kind for one in asked} == {"sitemap"}
    assert is_worth(Candidate(source=feed.candidate.source, why="said so"), [feed])


def test_an_address_of_a_feed_is_taken_as_one() -> None:
    """Who gives the feed's own address gets it among the candidates."""
    home = page("<?xml version='1.0'?><rss><channel></channel></rss>", url=HOME + "ar/rss")
    assert declared(probes(home, None)) == [("feed", HOME + "ar/rss")]


def test_sections_are_short_paths_of_the_same_site() -> None:
    """Articles, tags, people, files and other sites are no sections; the home page comes before them."""
    home = page(
        "<nav><a href=/category/politics>سياسة</a><a href=/news/syria/>سوريا</a><a href=/tag/x>وسم</a>"
        "<a href=/about-us>من نحن</a><a href=/2026/11/20/a>خبر</a><a href=/a-long-title-of-an-article>خبر</a>"
        "<a href=https://other.example/news>غيره</a><a href=/map.pdf>ملف</a><a href=/empty></a></nav>"
    )
    assert [one.source.url for one in sections(home)] == [HOME, HOME + "category/politics", HOME + "news/syria/"]
    assert sections(page("")) == []


def test_a_telegram_channel_is_a_listing_too() -> None:
    """The channel that the home page names is read after the home page; share buttons and invitations are none."""
    links = ("https://t.me/share/url?u=1", "https://t.me/+abcdef", "https://t.me/paper_news", "https://t.me/other")
    home = page("".join(f"<a href='{link}'>t</a>" for link in links))
    assert [one.source.url for one in sections(home)] == [HOME, "https://t.me/s/paper_news"]
    assert sections(home)[1].source.item
    assert is_channel("https://t.me/s/paper_news")
    assert not is_channel(HOME)


def test_hostile_pages_end_in_nothing_worse_than_nothing() -> None:
    """Empty, binary, deep, broken and repetitive pages raise nothing and take no time to speak of."""
    began = time.monotonic()
    feed = "<link rel=alternate type=application/rss+xml href='http://[x'>"
    for body in (
        "",
        "\x00\x01",
        "<div>" * 50_000,
        feed,
        "<a href='t.me'>" * 20_000,
        "<p class='" + "a " * 100_000,
        "<p>" * 100_000,
    ):
        found = page(body)
        for robots in ("Sitemap: http://[::1\n" * 10, "\n" * 500_000, "sitemap " * 60_000):
            assert len(probes(found, robots)) <= MAX_PROBES
        sections(found)
        names(found)
        language(found)
        profile(found)
        with_selectors(SourceConfig(kind="listing", url=HOME, sure="guess"), found, {key_of(HOME + "t.me")})
    assert time.monotonic() - began < 40


def test_sources_that_yield_more_come_first() -> None:
    """Whole texts and dates beat bare links, fresh beats old, and what cannot be read comes last with its reason."""
    ranked = rank(
        [
            reading(HOME + "dead", range(0)),
            reading(HOME + "undated", range(50, 60), dated=False),
            reading(HOME + "wp", range(1, 50), kind="wordpress", html="<p>x</p>"),
            reading(HOME + "older", range(200, 220), age=timedelta(days=10)),
        ],
        home=HOME,
        now=NOW,
    )
    assert [one.reading.candidate.source.url for one in ranked] == [
        HOME + name for name in ("wp", "older", "undated", "dead")
    ]
    assert ranked[-1].why_not == "what came is no feed"


def test_a_source_with_nothing_of_its_own_is_spare() -> None:
    """The same articles at another address, and a sitemap that adds only what is older, are named but not taken."""
    ranked = rank(
        [
            reading(HOME + "feed", range(90, 100)),
            reading(HOME + "rss", range(90, 100)),
            reading(HOME + "sitemap.xml", range(1, 100), kind="sitemap", age=timedelta(hours=1)),
            reading(HOME + "more", range(500, 510)),
        ],
        home=HOME,
        now=NOW,
    )
    assert set(taken(ranked)) == {HOME + "feed", HOME + "more"} or set(taken(ranked)) == {
        HOME + "sitemap.xml",
        HOME + "more",
    }
    spare = [one for one in ranked if one.spare]
    assert len(spare) == 2
    assert all("shows no article that" in one.why_not for one in spare)


def test_a_source_given_up_is_taken_only_if_there_is_no_other() -> None:
    """Two years without an article is said with the date."""
    old = reading(HOME + "old", range(1, 30), age=timedelta(days=700))
    ranked = rank([old, reading(HOME + "feed", range(50, 60))], home=HOME, now=NOW)
    assert taken(ranked) == [HOME + "feed"]
    assert "its newest article is of 2024-12-20" in ranked[-1].why_not
    assert taken(rank([old], home=HOME, now=NOW)) == [HOME + "old"]


def test_a_source_of_other_sites_is_not_taken() -> None:
    """A feed of links elsewhere is no source of this outlet; one on another host about this site is."""
    elsewhere = reading(HOME + "links", range(1, 10), at="https://other.test/")
    burned = reading("https://feeds.test/paper", range(20, 30))
    ranked = rank([elsewhere, burned], home=HOME, now=NOW)
    assert taken(ranked) == ["https://feeds.test/paper"]


def test_reach_tells_dates_and_how_soon_a_source_rolls_over() -> None:
    """Ten articles an hour apart roll over in nine hours; without dates nothing is said."""
    far = reach(reading(HOME, range(1, 11)).listing)
    assert (far.dated, far.newest, far.rolls_over) == (10, NOW - timedelta(hours=1), timedelta(hours=9))
    assert reach(None) == reach(reading(HOME, range(5), dated=False).listing)
