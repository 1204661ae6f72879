"""Selectors proposed for made-up listing pages, and what they are worth when the page is read with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from workers.config import Config, Leftovers, Outlet, Settings, SourceConfig
from workers.items import Response, Source
from workers.urls import key_of
from workers.watch.pattern import with_selectors
from workers.watch.read import read
from workers.watch.sightings import Listing

URL = "https://paper.example/news"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PLAIN = SourceConfig(kind="listing", url=URL, sure="guess")
CARD = (
    '<div class="col-md-4 card"><a href="/archives/{0}"><img></a><a class="cat" href="/news/local">محلي</a>'
    '<h3 class="t"><a href="/archives/{0}">خبر محلي طويل بما يكفي {0}</a></h3><span class="post-date">20 تشرين الثاني 2026</span></div>'
)
MENU = '<nav><a href="/news/local">محلي</a></nav><div class="card ad"><a href="/news/local">إعلان</a></div>'


def page(body: str) -> Response:
    return Response(
        url=URL, final_url=URL, status=200, headers={}, body=f"<html><body>{body}</body></html>".encode(), captured_at=NOW
    )  # fmt: skip


def keys(numbers: range) -> set[str]:
    return {key_of(f"https://paper.example/archives/{number}") for number in numbers}


def read_with(source: SourceConfig, answer: Response) -> Listing:
    outlet = Outlet(
        slug="paper", name="x", name_en="x", home="https://paper.example/", hosts=("paper.example",), sources=(source,)
    )
    config = Config(Path(), Settings(), {"paper": outlet}, Leftovers(), ())
    return read(answer, Source(key=key_of(URL), outlet="paper", kind="listing", url=URL), config)


def test_entries_are_the_highest_elements_that_lead_to_one_article() -> None:
    """The card with its picture, heading and date, not the heading alone and not the list; reading it brings dates."""
    numbers = range(100, 110)
    answer = page(MENU + '<div class="list">' + "".join(CARD.format(number) for number in numbers) + "</div>")
    source = with_selectors(PLAIN, answer, keys(numbers))
    assert source is not None
    assert (source.item, source.title, source.link, source.date) == ("div.card", "h3", "h3 a[href]", "span.post-date")
    listing = read_with(source, answer)
    assert [one.key for one in listing.sightings] == [one.key for one in read_with(PLAIN, answer).sightings]
    assert all(one.published for one in listing.sightings)


def test_links_without_a_common_form_get_no_selectors() -> None:
    """Bare links, too few entries, and pages that are none."""
    bare = page("".join(f"<p><a href=/archives/{number}>x</a></p>" for number in range(100, 110)))
    assert with_selectors(PLAIN, bare, keys(range(100, 110))) is None
    assert with_selectors(PLAIN, page(CARD.format(100)), keys(range(100, 101))) is None
    assert with_selectors(PLAIN, replace(bare, body=b""), set()) is None


def test_hostile_classes_are_no_selectors() -> None:
    """What is no plain word is left out, so that every proposal can be compiled; deep nesting ends."""
    odd = "".join(f'<div class="a] {{x}} 12"><a href=/archives/{number}>x</a></div>' for number in range(100, 110))
    assert with_selectors(PLAIN, page(odd), keys(range(100, 110))) is None
    deep = "<div class=c>" * 200 + "".join(f"<a href=/archives/{number}>x</a>" for number in range(100, 110))
    assert with_selectors(PLAIN, page(deep), keys(range(100, 110))) is None
