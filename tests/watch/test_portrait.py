"""What a made-up site says of itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workers.items import Response
from workers.urls import key_of
from workers.watch.portrait import hosts, language, named, names, offset_of, profile, slug, told_by, zone
from workers.watch.sightings import Listing, Sighting

NOW = datetime(2026, 11, 20, tzinfo=UTC)
PARAGRAPHS = "<p>" + "كلمة " * 30 + "</p>"


def page(body: str) -> Response:
    return Response(
        url="https://paper.example/", final_url="https://paper.example/", status=200, headers={}, body=body.encode(),
        captured_at=NOW,
    )  # fmt: skip


def test_names_come_from_where_sites_write_them() -> None:
    """Open Graph, application-name, the linked data of the publisher, and the parts of the title."""
    home = page(
        "<title>الصحيفة | أخبار اليوم</title><meta property=og:site_name content='الصحيفة'>"
        "<meta name=application-name content='Paper'>"
        '<script type="application/ld+json">{"@graph":[{"@type":"NewsMediaOrganization","name":"The Paper"},{"@type":["WebSite"],"name":7}]}</script>'
        '<script type="application/ld+json">{broken</script>'
    )
    found = names(home)
    assert found[:3] == ["الصحيفة", "Paper", "The Paper"]
    assert named(found, "ar", "paper") == ("الصحيفة", "Paper", ("The Paper", "أخبار اليوم"))
    assert named([], "ar", "the-paper") == ("the-paper", "The Paper", ())
    assert names(page("")) == []


def test_the_language_is_declared_or_seen() -> None:
    """By lang, by the locale, else by the letters."""
    assert language(page("<html lang='ar-SY'><p>x")) == "ar"
    assert language(page("<meta property=og:locale content=en_GB><p>x")) == "en"
    assert language(page("<p>خبر اليوم هنا</p>")) == "ar"
    assert language(page("<p>news</p>")) is None


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.paper.example/", "paper"),
        ("https://arabic.paper.co.uk/x", "paper-arabic"),
        ("http://127.0.0.1:8000/", "127-0-0-1"),
        ("https://taken.example/", "taken-2"),
    ],
)
def test_a_slug_is_made_of_the_domain(url: str, name: str) -> None:
    """Small letters, digits and hyphens, and no file that is there already."""
    assert slug(url, {"taken"}) == name


def test_hosts_are_those_of_the_home_page_and_of_many_articles() -> None:
    """A host below another needs no mention; a single link elsewhere makes none."""
    articles = [f"https://news.paper.example/{number}" for number in range(5)] + ["https://paper-ar.test/1"] * 5
    assert hosts(["https://www.paper.example/"], [*articles, "https://other.test/1"]) == (
        "paper.example",
        "paper-ar.test",
    )


def test_the_zone_is_what_the_dates_show() -> None:
    """The usual zone where its offset fits or nothing is known, else a zone of that offset; what it rests on is said."""
    assert zone([], NOW)[0] == "Asia/Damascus"
    assert zone([timedelta(hours=3)], NOW)[0] == "Asia/Damascus"
    name, note = zone([timedelta(hours=2), timedelta(hours=2), timedelta(hours=3)], NOW)
    assert name == "Etc/GMT-2"
    assert "UTC+2" in note
    assert zone([timedelta(hours=5, minutes=30)], NOW)[0] == "Asia/Damascus"


def test_a_sources_own_clock_is_read() -> None:
    """From an offset in its dates, or from the two clocks of a WordPress answer; universal time tells nothing."""
    url = "https://paper.example/1"

    def seen(claimed: str, body: str = "<rss>") -> timedelta | None:
        return offset_of(page(body), Listing(sightings=(Sighting(url=url, key=key_of(url), claimed=claimed),)))

    assert seen("Fri, 20 Nov 2026 10:00:00 +0300") == timedelta(hours=3)
    assert seen("2026-11-20T10:00:00-05:30") == -timedelta(hours=5, minutes=30)
    assert seen("Fri, 20 Nov 2026 10:00:00 +0000") is None
    assert seen("2026-11-20") is None
    assert seen("", '[{"date":"2026-11-20T13:00:00","date_gmt":"2026-11-20T10:00:00"}]') == timedelta(hours=3)
    assert seen("", '[{"date":"2026-11-20T13:00:00","date_gmt":"2026-99-20T10:00:00"}]') is None


def test_a_profile_names_the_element_with_the_paragraphs() -> None:
    """The body by a class that nothing else has, the one heading, the dates and the author that are there."""
    found = profile(
        page(
            "<meta property='article:published_time' content='2026-11-20T10:00:00+03:00'><meta name=author content=x>"
            "<h1>عنوان</h1><div class='side box'><p>قصير</p></div>"
            f"<div class='box entry-content post-12345'>{PARAGRAPHS * 3}</div>"
        )
    )
    assert found.body == ("div.entry-content",)
    assert found.title == ("h1",)
    assert found.date == ("meta[property='article:published_time']",)
    assert found.author == ("meta[name='author']",)
    assert found.sure == "guess"


def test_a_profile_says_nothing_where_nothing_is_sure() -> None:
    """Short texts, shared classes and hostile class names give no selector."""
    assert profile(page("<p>قصير</p>")).body == ()
    assert profile(page(f"<div class='a'><div>x</div></div><div class=\"x' y]{{\">{PARAGRAPHS * 3}</div>")).body == ()
    assert profile(page(f"<article itemprop=articleBody>{PARAGRAPHS}</article>")).body == ("[itemprop='articleBody']",)


def test_it_is_told_how_a_page_describes_its_article() -> None:
    """Linked data of any kind of article, Open Graph, and the element."""
    body = '<script type="application/ld+json">{"@type":"NewsArticle"}</script><meta property=og:title content=x><article></article>'
    assert told_by(page(body)) == ["JSON-LD", "Open Graph", "<article>"]
    assert told_by(page("<p>x</p>")) == []
