"""Answers of WordPress's API and what comes in their place. All of them are made up for these tests."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from workers.urls import key_of
from workers.watch.sightings import Listing
from workers.watch.wordpress import MAX_CONTENT, read_wordpress

URL = "https://paper.example/wp-json/wp/v2/posts?per_page=2&_embed=1"
LINK = "https://paper.example/2025/1/"


def read(answer: Any, url: str = URL, **headers: str) -> Listing:
    body = answer.encode("utf-8", "surrogatepass") if isinstance(answer, str) else json.dumps(answer).encode()
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_wordpress(body, url=url, headers=headers, zone=ZoneInfo("Asia/Damascus"), trackers=("utm_*",))


def post(**more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "date": "2025-02-12T13:00:00",
        "date_gmt": "2025-02-12T10:00:00",
        "modified": "2025-02-12T14:00:00",
        "modified_gmt": "2025-02-12T11:00:00",
        "guid": {"rendered": "https://paper.example/?p=1"},
        "link": LINK,
        "title": {"rendered": "خبر &#8220;أول&#8221; &amp; آخر"},
        "content": {"rendered": "<p>فقرة أولى</p>\n<p>فقرة ثانية</p>", "protected": False},
        **more,
    }


def page(**more: Any) -> Any:
    found = read([post(**more)]).sightings[0].html
    assert found is not None
    return lxml_html.document_fromstring(found)


def test_a_post_is_a_sighting() -> None:
    """Address, name, title and both times come from the post, the times from the fields in Greenwich time."""
    listing = read([post()])
    found = listing.sightings[0]
    assert (found.url, found.key, found.guid) == (LINK, key_of(LINK), "https://paper.example/?p=1")
    assert found.title == "خبر “أول” & آخر"
    assert (found.published, found.claimed) == (datetime(2025, 2, 12, 10, tzinfo=UTC), "2025-02-12T10:00:00Z")
    assert found.modified == datetime(2025, 2, 12, 11, tzinfo=UTC)
    assert (listing.kind, listing.fault, listing.unreadable) == ("wordpress", None, 0)


@pytest.mark.parametrize("gmt", [None, "", "0000-00-00T00:00:00", "-0001-11-30T00:00:00", 5, {}])
def test_the_local_date_serves_without_the_other(gmt: Any) -> None:
    """A missing or empty date in Greenwich time gives way to the outlet's own."""
    found = read([post(date_gmt=gmt)]).sightings[0]
    assert (found.published, found.claimed) == (datetime(2025, 2, 12, 10, tzinfo=UTC), "2025-02-12T13:00:00")


def test_the_whole_text_is_a_page() -> None:
    """The page says in its head what the post says of itself, and holds its text in one article."""
    tree = page(_embedded={"author": [{"name": "فلان <b>"}]})
    assert tree.findtext("head/title") == tree.findtext("body/h1") == "خبر “أول” & آخر"
    assert tree.xpath("//link[@rel='canonical']/@href") == [LINK]
    assert tree.xpath("//meta[@property='article:published_time']/@content") == ["2025-02-12T10:00:00+00:00"]
    assert tree.xpath("//meta[@property='article:modified_time']/@content") == ["2025-02-12T11:00:00+00:00"]
    assert tree.xpath("//meta[@name='author']/@content") == ["فلان"]
    assert [paragraph.text for paragraph in tree.xpath("//article//p")] == ["فقرة أولى", "فقرة ثانية"]


def test_nothing_breaks_out_of_its_place() -> None:
    """Quotes, tags and claims in a title, a link or a text stay what they are: words."""
    tree = page(
        title={"rendered": "&lt;/title&gt;<script>x</script>\"'> 5 &lt; 6"},
        link="https://paper.example/?a='x'&b=\"y\"",
        content={
            "rendered": "</article></body></html><p>نص</p><meta property='article:published_time' content='1999-01-01'>"
            "<link rel=canonical href=https://evil.example/><script>alert(1)</script><title>x</title><div><!-- <p>"
        },
    )
    assert len(tree.xpath("//article")) == len(tree.xpath("//body")) == 1
    assert tree.xpath("//article//p/text()") == ["نص"]
    assert tree.xpath("//script") == []
    assert len(tree.xpath("//meta[@property='article:published_time']")) == 1
    assert tree.xpath("//link/@href") == ["https://paper.example/?a=%27x%27&b=%22y%22"]
    assert "1999" not in lxml_html.tostring(tree, encoding="unicode")


@pytest.mark.parametrize(
    "content", [None, "x", {}, {"rendered": ""}, {"rendered": None}, {"rendered": "<p>x</p>", "protected": True}]
)
def test_without_a_text_there_is_no_page(content: Any) -> None:
    """A post that brings no text, or hides it behind a password, is announced all the same."""
    assert read([post(content=content)]).sightings[0].html is None


def test_a_long_text_is_cut() -> None:
    """A text of megabytes stays within the limit."""
    found = read([post(content={"rendered": "<p>كلام</p>" * 200_000})]).sightings[0]
    assert found.html is not None
    assert len(found.html) < MAX_CONTENT + 2000


@pytest.mark.parametrize(
    "before",
    [
        "\ufeff",
        "\n\n",
        "<br />\n<b>Notice</b>: Undefined index: {x} in <b>/a/b.php</b> on line <b>7</b><br />\n",
        "[] ",
    ],
)
def test_what_php_says_first_is_passed_over(before: str) -> None:
    """Notices before and remarks behind the JSON do not hide it."""
    listing = read(before + json.dumps([post()]) + "\n<!-- cached -->")
    assert len(listing.sightings) == (0 if before == "[] " else 1)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "empty"),
        ("[]", "empty"),
        ('{"code": "rest_no_route", "message": "x", "data": {"status": 404}}', "api_error"),
        ('{"a": 1}', "not_a_feed"),
        ('[{"id": 1}]', "no_links"),
        ("[1, 2]", "json_broken"),
        ('[{"link": ', "json_broken"),
        ("<!DOCTYPE html><html><body>Just a moment</body></html>", "html_instead_of_feed"),
        ('<html><script>[{"link": "/1"}]</script></html>', "html_instead_of_feed"),
        ("<?xml version='1.0'?><x/>", "xml_broken"),
        ("-1", "not_a_feed"),
    ],
)
def test_what_is_no_answer_says_why(body: str, fault: str) -> None:
    """Nothing, an error, a page and a ruin are told apart."""
    listing = read(body)
    assert (listing.fault, listing.sightings) == (fault, ())


def test_what_leads_nowhere_is_counted() -> None:
    """Posts without an address and things that are no posts are unreadable; one post alone is an answer too."""
    listing = read([post(), {"id": 2}, None, "x", post(link=None, guid=None)])
    assert (len(listing.sightings), listing.unreadable) == (1, 4)
    assert len(read(post()).sightings) == 1


NEXT = '<https://paper.example/wp-json/wp/v2/posts?page=5>; rel="next"'


@pytest.mark.parametrize(
    ("query", "headers", "older"),
    [
        ("per_page=2&_embed", {"x_wp_totalpages": "3"}, "_embed=&page=2&per_page=2"),
        ("per_page=2&page=2", {"x_wp_totalpages": "3"}, "page=3&per_page=2"),
        ("per_page=2&page=3", {"x_wp_totalpages": "3"}, None),
        ("per_page=2&page=3", {"x_wp_totalpages": "3", "link": NEXT}, None),
        ("categories=7", {"link": NEXT}, "page=5"),
        ("per_page=2", {}, "page=2&per_page=2"),
        ("per_page=2&tags[]=1&tags[]=2", {}, "page=2&per_page=2&tags%5B%5D=1&tags%5B%5D=2"),
        ("per_page=3", {}, None),
        ("", {}, None),
        ("per_page=2&offset=4", {"x_wp_total": "7"}, "offset=6&per_page=2"),
        ("per_page=2&offset=4", {"x_wp_total": "6"}, None),
        ("per_page=x&page=-1", {"x_wp_totalpages": "2"}, "page=2&per_page=x"),
        ("per_page=2", {"x_wp_totalpages": "many", "link": '<https://other.example/>; rel="next"'}, None),
    ],
)
def test_the_next_page_keeps_the_question(query: str, headers: dict[str, str], older: str | None) -> None:
    """Headers say whether there is more, or a full page does; the other parameters stay."""
    base = "https://paper.example/wp-json/wp/v2/posts"
    listing = read([post(), post(link="/2")], f"{base}?{query}", **headers)
    if older is None:
        assert listing.older is None
    else:
        assert listing.older is not None
        found, _, said = listing.older.partition("?")
        assert (found, said.replace("_embed&", "_embed=&")) == (base, older)


@pytest.mark.parametrize("piece", ["<div>", "<p>x", "<a b=c>", "&lt;", "<table><tr><td>", "</p>", "<!--", "<b><i>"])
def test_hostile_texts_end_in_reasonable_time(piece: str) -> None:
    """Depth and repetition cost no more than their length."""
    started = time.thread_time()
    read([post(content={"rendered": piece * 400_000}, title={"rendered": piece * 100_000})])
    assert time.thread_time() - started < 5


def test_a_full_page_takes_little_time() -> None:
    """A hundred long posts are read in seconds."""
    started = time.thread_time()
    text = {"rendered": "<p>كلام كثير عن <a href='/x'>كل شيء</a></p>" * 300}
    assert len(read([post(link=f"/{number}", content=text) for number in range(100)]).sightings) == 100
    assert time.thread_time() - started < 5


ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["/1", LINK, "<p>x"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["rendered", "protected", "author", "name", "link"]), inner),
    ),
    max_leaves=10,
)  # fmt: skip
FIELDS = ["date", "date_gmt", "modified", "modified_gmt", "guid", "link", "title", "content", "_embedded"]


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(FIELDS), ANY),
    st.dictionaries(st.sampled_from(["link", "x_wp_total", "x_wp_totalpages"]), st.text(max_size=9)),
    ANY,
)
def test_no_answer_raises(fields: dict[str, Any], headers: dict[str, str], answer: Any) -> None:
    """Whatever stands where a value is expected, the answer is a listing, and its pages can be written."""
    for one in ([post(**fields), fields], {**post(), **fields}, answer):
        listing = read(one, **headers)
        assert (listing.fault is None) == bool(listing.sightings)
        for found in listing.sightings:
            (found.html or "").encode()
