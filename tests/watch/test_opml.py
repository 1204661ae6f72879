"""Lists of feeds in and out. All addresses are made up."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.config import Config, Leftovers, Outlet, Settings, SourceConfig
from workers.watch.opml import MAX_BYTES, MAX_OUTLINES, OpmlError, Subscription, drafts, read_opml, write_opml

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = Outlet(
    slug="paper", name="الصحيفة", name_en="Paper", home="https://paper.example/", hosts=("paper.example",),
    sources=(SourceConfig(kind="feed", url="https://paper.example/feed/", sure="live"),),
)  # fmt: skip
CONFIG = Config(Path(), Settings(), {"paper": KNOWN}, Leftovers(), ("utm_*",))


def opml(outlines: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


def test_what_is_written_is_a_subscription_list_of_opml_2() -> None:
    """Version, a head with title and date, and for each feed type, text and xmlUrl; odd letters are escaped."""
    feeds = [
        Subscription(url="https://a.example/f?x=1&y=2", title='ا"<b>&\x00', home="https://a.example/", language="ar")
    ]
    root = ET.fromstring(write_opml(feeds, title="a < b", at=AT))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert root.findtext("head/title") == "a < b"
    assert root.findtext("head/dateCreated") == "Fri, 20 Nov 2026 12:00:00 +0000"
    [outline] = root.findall("body/outline")
    assert outline.attrib == {
        "type": "rss", "text": 'ا"<b>&', "title": 'ا"<b>&', "xmlUrl": "https://a.example/f?x=1&y=2",
        "htmlUrl": "https://a.example/", "language": "ar",
    }  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 10**6), st.text("ابت &<>\"'xyz", max_size=20)), unique_by=lambda one: one[0]))
def test_what_is_written_is_read_back(rows: list[tuple[int, str]]) -> None:
    """Any titles, every address once, in order."""
    feeds = [Subscription(url=f"https://a.example/{number}", title=title) for number, title in rows]
    read = read_opml(write_opml(feeds, title="t", at=AT).encode()).feeds
    assert [one.url for one in read] == [one.url for one in feeds]


def test_nested_outlines_keep_the_titles_around_them() -> None:
    """Folders in folders; a feed may hold further feeds."""
    body = opml(
        '<outline text="World"><outline title="Near East"><outline type="rss" text="A" xmlUrl="https://a.example/f"/>'
        '<outline type="rss" text="B" xmlUrl="https://b.example/f"><outline xmlUrl="https://c.example/f" title="C"/></outline>'
        "</outline></outline>"
    )
    found = read_opml(body).feeds
    assert [(one.title, one.group) for one in found] == [
        ("A", ("World", "Near East")),
        ("B", ("World", "Near East")),
        ("C", ("World", "Near East")),
    ]


def test_lists_that_break_the_rules_are_read_as_far_as_they_go() -> None:
    """Names in any case, url for xmlUrl, bare ampersands, missing ends, other encodings, repeated and impossible feeds."""
    body = (
        '<OPML><body><OUTLINE TEXT="A & B" XMLURL="https://a.example/f?x=1&y=2"/>'
        '<outline title="C" type="rss" url="https://c.example/f"/><outline type="link" url="https://d.example/"/>'
        '<outline text="again" xmlUrl="http://www.a.example/f?x=1&amp;y=2#x"/><outline xmlUrl="mailto:x@y"/>'
        '<outline text="last" xmlUrl="https://e.example/f?utm_source=z">'
    )
    found = read_opml(body.encode("utf-16"), trackers=CONFIG.trackers)
    assert [one.url for one in found.feeds] == [
        "https://a.example/f?x=1&y=2",
        "https://c.example/f",
        "https://e.example/f",
    ]
    assert found.unusable == 1


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"<html><body>no</body></html>", b"{}", b"x" * (MAX_BYTES + 1)])
def test_what_is_no_opml_is_said(body: bytes) -> None:
    """A sentence, and no other exception."""
    with pytest.raises(OpmlError):
        read_opml(body)


def test_entities_are_neither_expanded_nor_loaded(tmp_path: Path) -> None:
    """A bomb of entities, a file and an external DTD come to nothing, quickly."""
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    bomb = "".join(f'<!ENTITY e{number + 1} "{f"&e{number};" * 10}">' for number in range(12))
    head = f'<!DOCTYPE opml SYSTEM "{secret.as_uri()}" [<!ENTITY e0 "x"><!ENTITY s SYSTEM "{secret.as_uri()}">{bomb}]>'
    began = time.monotonic()
    found = read_opml(opml('<outline text="&e12;&s;" xmlUrl="https://a.example/f"/>', head))
    assert time.monotonic() - began < 5
    assert [one.url for one in found.feeds] == ["https://a.example/f"]
    assert "SECRET" not in repr(found)
    assert len(found.feeds[0].title or "") < 20


def test_size_is_bounded_in_depth_and_number() -> None:
    """A thousand levels and more outlines than anybody reads end, the rest being counted."""
    deep = opml('<outline text="x">' * 5000 + '<outline xmlUrl="https://a.example/f"/>' + "</outline>" * 5000)
    read_opml(deep)
    many = opml("".join(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(MAX_OUTLINES + 7)))
    found = read_opml(many)
    assert (len(found.feeds), found.capped) == (MAX_OUTLINES, 7)


def test_feeds_become_one_outlet_a_host() -> None:
    """The home page's host decides; addresses known already are skipped, those on a known host are told."""
    feeds = [
        Subscription(url="https://feeds.test/one", title="الأولى", home="https://www.one.example/", language="ar"),
        Subscription(url="https://one.example/sport.xml", title="Sport"),
        Subscription(url="https://two.example/rss", title="Two", language="en"),
        Subscription(url="http://www.paper.example/feed"),
        Subscription(url="https://ar.paper.example/other.xml"),
    ]
    found = drafts(feeds, CONFIG, note="from a list")
    assert [(one.slug, one.hosts, len(one.sources)) for one in found.drafts] == [
        ("one", ("one.example",), 2),
        ("two", ("two.example",), 1),
    ]
    assert found.drafts[0].name == "الأولى"
    assert {source.sure for one in found.drafts for source in one.sources} == {"list"}
    assert not any(one.watch for one in found.drafts)
    assert found.known == ("http://www.paper.example/feed",)
    assert [slug for slug, _ in found.belonging] == ["paper"]
