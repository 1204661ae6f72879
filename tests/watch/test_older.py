"""Where a list goes on."""

from __future__ import annotations

import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from workers.watch.older import older_page
from workers.watch.sightings import Gathering

NEWS = "https://paper.example/news"


def older(body: str, url: str = NEWS, selector: str | None = None) -> str | None:
    tree = lxml_html.document_fromstring(f"<html><body><p>x</p>{body}</body></html>")
    return older_page(tree, url, Gathering(url, ZoneInfo("Asia/Damascus"), ("utm_*",)), selector)


def test_a_selector_says_where() -> None:
    """The first element found that leads anywhere is it, and nothing else is tried."""
    body = "<a class=more href='#'>x</a><a class=more href='?before=7'>x</a><a rel=next href=/wrong>x</a>"
    assert older(body, selector="a.more") == "https://paper.example/news?before=7"
    assert older(body, selector="a.none") is None
    assert older("<li class=more>x</li>", selector=".more") is None


@pytest.mark.parametrize("element", ["<link rel='next' href='/2'>", "<a rel='nofollow NEXT' href='/2'>x</a>"])
def test_pages_name_the_next_one(element: str) -> None:
    """A link that calls itself the next page is believed."""
    assert older(element) == "https://paper.example/2"


@pytest.mark.parametrize(
    ("url", "href"),
    [
        (NEWS, "/news/page/2"),
        (NEWS + "/", "/news/page/2/"),
        (NEWS + "/page/7/", "/news/page/8/"),
        (NEWS, "?page=2"),
        (NEWS, "?page=1"),
        (NEWS, "?paged=2"),
        (NEWS + "?page=0", "?page=1"),
        (NEWS + "?id=5&page=7", "?id=5&page=8&utm_source=x"),
        ("https://paper.example/", "/page/2/"),
    ],
)
def test_numbers_name_the_next_one(url: str, href: str) -> None:
    """A link to this page with the next number is it, among links to other pages and lists."""
    others = (
        "<a href='/news/page/5'>5</a><a href='/other/page/2'>x</a><a href='?page=9'>9</a><a href='/news/page/x'>x</a>"
    )
    found = older(f"{others}<nav><a href='{href}'>2</a></nav>", url)
    assert found is not None
    assert found.rstrip("/").endswith(href.replace("&utm_source=x", "").rstrip("/"))


@pytest.mark.parametrize(
    "href",
    ["https://other.example/2", "https://other.example/news?page=2", "javascript:x", "#2", "", "/news", "http://["],
)
def test_no_page_is_no_older_page(href: str) -> None:
    """Another site, this page itself and what is no address are not where a list goes on."""
    assert older(f"<a rel=next href='{href}'>x</a>") is None
    assert older(f"<a class=more href='{href}'>x</a>", selector=".more") is None


def test_the_last_page_has_none() -> None:
    """Where no link leads on, there is nothing older."""
    assert older("<a href='/news/page/2'>2</a><a href='/news/page/4'>4</a>", NEWS + "/page/4") is None


def test_many_links_are_looked_through_soon() -> None:
    """A page of links alone costs no more than its first thousands."""
    started = time.thread_time()
    older("<a href='/news/page/99'>x</a>" * 50_000)
    assert time.thread_time() - started < 5


@given(st.text(max_size=40))
def test_no_address_raises(href: str) -> None:
    """Any href leads somewhere or nowhere."""
    tree = lxml_html.document_fromstring("<a rel=next>x</a><a>x</a>")
    for link in tree.iter("a"):
        try:
            link.set("href", href + "page")
        except ValueError:
            return
    older_page(tree, NEWS, Gathering(NEWS, ZoneInfo("UTC"), ()), None)
