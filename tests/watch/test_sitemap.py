"""Sitemaps, indexes and what answers in their place. All of them are made up for these tests."""

from __future__ import annotations

import gzip
import socket
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.watch.sightings import MAX_SIGHTINGS, Child, Listing
from workers.watch.sitemap import MAX_CHILDREN, MAX_ROWS, read_sitemap

URL = "https://paper.example/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def read(body: str | bytes, content_type: str = "application/xml") -> Listing:
    return read_sitemap(
        body.encode() if isinstance(body, str) else body,
        url=URL,
        headers={"content-type": content_type},
        zone=ZoneInfo("Asia/Damascus"),
        trackers=("utm_*",),
    )


def urlset(rows: str, spaces: str = f"{SPACE} {NEWS} {IMAGE}") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><?xml-stylesheet href="x.xsl"?><urlset {spaces}>{rows}</urlset>'


def row(loc: str = "https://paper.example/1", more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def index(*children: tuple[str, str]) -> str:
    rows = (f"<sitemap><loc>{loc}</loc><lastmod>{date}</lastmod></sitemap>" for loc, date in children)
    return f"<sitemapindex {SPACE}>{''.join(rows)}</sitemapindex>"


def urls(listing: Listing) -> list[str]:
    return [one.url for one in listing.sightings]


def test_a_change_is_no_publication() -> None:
    """`lastmod` says when the page was changed; when it was published stays open."""
    listing = read(urlset(row(more="<lastmod>2025-02-12T10:00:00+03:00</lastmod><priority>0.5</priority>")))
    found = listing.sightings[0]
    assert (found.modified, found.published, found.claimed) == (datetime(2025, 2, 12, 7, tzinfo=UTC), None, None)
    assert (listing.kind, listing.fault, listing.unreadable, listing.capped) == ("urlset", None, 0, 0)


ARTICLE = (
    "<news:news><news:publication><news:name>الصحيفة</news:name><news:language>ar</news:language></news:publication>"
    "<news:publication_date>2025-02-12T10:00</news:publication_date><news:title>خبر &amp;amp; آخر</news:title></news:news>"
)
PICTURE = "<image:image><image:loc>https://paper.example/x.jpg</image:loc><image:title>صورة</image:title></image:image>"


@pytest.mark.parametrize(
    "spaces", [f"{SPACE} {NEWS} {IMAGE}", f"{SPACE} {NEWS.replace('0.9', '1.x')} {IMAGE}", SPACE, ""]
)
def test_news_are_read_in_any_namespace(spaces: str) -> None:
    """Title and date of publication come from the news extension, also undeclared; pictures say nothing."""
    found = read(urlset(row(more=PICTURE + ARTICLE + PICTURE), spaces)).sightings[0]
    assert (found.url, found.title) == ("https://paper.example/1", "خبر & آخر")
    assert (found.published, found.claimed) == (datetime(2025, 2, 12, 7, tzinfo=UTC), "2025-02-12T10:00")


def test_prefixed_names_are_read() -> None:
    """A sitemap whose every name has a prefix, declared or not, is one."""
    for space in ('xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9"', ""):
        body = f"<sm:urlset {space}><sm:url><sm:loc>https://paper.example/1</sm:loc></sm:url></sm:urlset>"
        assert urls(read(body)) == ["https://paper.example/1"]


def test_addresses_are_made_whole_and_counted_once() -> None:
    """Line breaks, trackers and twins fall away, what leads nowhere is counted."""
    rows = (
        row("\n https://paper.example/1?utm_source=x \n") + row("<![CDATA[/1]]>") + row("") + row("mailto:x") + "<url/>"
    )
    listing = read(urlset(rows))
    assert (urls(listing), listing.unreadable) == (["https://paper.example/1"], 3)


@pytest.mark.parametrize(
    "body",
    [
        "\ufeff\n <!-- x -->" + urlset(row()),
        "Warning: x<br />\n" + urlset(row()),
        urlset(row() + "<url><loc>https://paper.example/2 & 3").replace("</urlset>", ""),
        urlset(row("https://paper.example/1\x0b")),
        urlset("<url a='1' a='2'><loc>https://paper.example/1</loc></url>"),
        urlset("<URL><Loc>https://paper.example/1</Loc></URL>"),
    ],
)
def test_broken_wrapping_does_not_hide_a_page(body: str) -> None:
    """Junk before, a cut end, control characters and bad XML are read through."""
    assert urls(read(body))[0] == "https://paper.example/1"


@pytest.mark.parametrize("kind", ["application/x-gzip", "application/octet-stream", "text/html", ""])
def test_packed_sitemaps_are_read(kind: str) -> None:
    """Gzip is opened, twice if need be, whatever it is announced as."""
    packed = gzip.compress(urlset(row()).encode())
    assert urls(read(packed, kind)) == urls(read(gzip.compress(packed), kind)) == ["https://paper.example/1"]


def test_a_cut_packed_file_gives_its_beginning() -> None:
    """What came of a transfer that broke off is read."""
    rows = "".join(row(f"/{number}-{number**5}") for number in range(500))
    packed = gzip.compress(urlset(rows).encode())
    assert 10 < len(read(packed[: len(packed) // 2]).sightings) < 500


def test_utf_16_is_read() -> None:
    """The encoding is told as for feeds."""
    assert urls(read(urlset(row()).encode("utf-16"))) == ["https://paper.example/1"]


def test_a_list_of_addresses_is_a_sitemap() -> None:
    """One address a line; lines that are none are counted."""
    listing = read("\ufeffhttps://paper.example/1\r\n\r\n https://paper.example/2 \nx:y\n", "text/plain")
    assert (urls(listing), listing.unreadable, listing.kind) == (
        ["https://paper.example/1", "https://paper.example/2"],
        1,
        "urls",
    )


def test_a_feed_serves_as_a_sitemap() -> None:
    """The protocol allows a feed in a sitemap's place."""
    listing = read("<rss version='2.0'><channel><item><link>/1</link></item></channel></rss>")
    assert (urls(listing), listing.kind) == (["https://paper.example/1"], "rss20")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "empty"),
        (urlset(""), "empty"),
        (index(), "empty"),
        (urlset(row("x:y")), "no_links"),
        (index(("x:y", "")), "no_links"),
        (index((URL, "")), "no_links"),
        ("<!DOCTYPE html><html><body>404</body></html>", "html_instead_of_feed"),
        ("<?xml version='1.0'?><error/>", "xml_broken"),
        ("<urlset><url ", "xml_broken"),
        ("nothing", "not_a_feed"),
        ("{}", "not_a_feed"),
    ],
)
def test_what_is_no_sitemap_says_why(body: str, fault: str) -> None:
    """Nothing, a page, something else and a ruin are told apart."""
    listing = read(body)
    assert (listing.fault, listing.sightings, listing.children) == (fault, (), ())


def test_an_index_names_its_children() -> None:
    """The children come in their order with the last moment at which they may have changed."""
    listing = read(
        index(("/a.xml", "2025-02-12"), ("https://cdn.example/b.xml.gz", "2025-02-12T10:00:00Z"), ("/c.xml", "x"))
    )
    assert listing.children == (
        Child(url="https://paper.example/a.xml", modified=datetime(2025, 2, 12, 20, 59, 59, tzinfo=UTC)),
        Child(url="https://cdn.example/b.xml.gz", modified=datetime(2025, 2, 12, 10, tzinfo=UTC)),
        Child(url="https://paper.example/c.xml"),
    )
    assert (listing.kind, listing.fault, listing.sightings) == ("sitemapindex", None, ())


def test_of_too_many_pages_the_newest_count() -> None:
    """The newest come first, the undated last, and the rest is counted."""
    dated = [
        row(f"/{n}", f"<lastmod>2025-02-12T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z</lastmod>")
        for n in range(2100)
    ]
    listing = read(urlset(row("/old") + "".join(dated)))
    assert urls(listing)[:2] == ["https://paper.example/2099", "https://paper.example/2098"]
    assert (len(listing.sightings), listing.capped) == (MAX_SIGHTINGS, 101)
    few = read(urlset("".join(dated[:3])))
    assert urls(few) == [f"https://paper.example/{n}" for n in range(3)]


def test_of_a_million_pages_none_is_forgotten_silently() -> None:
    """Nothing beyond the protocol's limit is read, all of it is counted, and time stays short."""
    started = time.thread_time()
    listing = read(gzip.compress(urlset("".join(f"<url><loc>/{n}</loc></url>" for n in range(1_000_000))).encode(), 1))
    assert len(listing.sightings) == MAX_SIGHTINGS
    assert listing.capped == 1_000_000 - MAX_SIGHTINGS
    lines = read("\n".join(f"https://paper.example/{n}" for n in range(MAX_ROWS + 5)))
    assert lines.capped == MAX_ROWS + 5 - MAX_SIGHTINGS
    assert time.thread_time() - started < 10


def test_of_too_many_children_both_ends_are_kept() -> None:
    """Whether the newest come first or last, they are among those kept."""
    listing = read(index(*((f"/s{number}.xml", "") for number in range(MAX_CHILDREN + 10))))
    assert (len(listing.children), listing.capped) == (MAX_CHILDREN, 10)
    assert listing.children[0].url.endswith("/s0.xml")
    assert listing.children[-1].url.endswith(f"/s{MAX_CHILDREN + 9}.xml")


def test_lost_rows_are_counted() -> None:
    """Where broken XML hides pages, these are unreadable and not simply gone."""
    listing = read("<urlset>" + row() + "</urlset></urlset>" + row("/2") + row("/3"))
    assert len(listing.sightings) + listing.unreadable == 3


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">\n' for i in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE urlset [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE urlset SYSTEM "http://evil.example/x.dtd">',
        '<!DOCTYPE urlset [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]>',
        '<!DOCTYPE x [<!ENTITY a "<urlset ">]>',
    ],
)
def test_entities_are_neither_expanded_nor_loaded(doctype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb of entities stays small, and no file or address is opened."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the sitemap opened a connection")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    started = time.thread_time()
    listing = read(doctype + urlset(row("https://paper.example/&l9;x", ARTICLE.replace("آخر", "&l9;"))))
    for found in listing.sightings:
        assert len(found.url) < 60
        assert len(found.title or "") < 40
        assert "root:" not in str(found)
    assert time.thread_time() - started < 1


def test_a_stylesheet_or_an_inclusion_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """XInclude and xml-stylesheet are only text."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a connection"))
    include = "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>"
    assert "root:" not in str(read(urlset(row("https://paper.example/1", f"<title>{include}</title>"))))


@pytest.mark.parametrize(
    "piece",
    [
        "<url>", "<a>", "<a/>", "<url><a/>", "<url><loc>", "<!--", "<![CDATA[", "&lt;", "&l;", "<url xmlns:a='b'>", "<news:news>",
        "<url " + " ".join(f"a{i}='1'" for i in range(2000)) + ">", "<?x ", "<sitemapindex>", "<urlset ", "x", "\n",
    ],
)  # fmt: skip
def test_hostile_sitemaps_end_in_reasonable_time(piece: str) -> None:
    """No repetition costs more than a few seconds, and none raises."""
    started = time.thread_time()
    assert read("<urlset>" + piece * (3_000_000 // len(piece))).sightings == ()
    assert time.thread_time() - started < 10


def test_a_bomb_stays_small() -> None:
    """A small file that holds gigabytes is read to its limit and said to be cut."""
    started = time.thread_time()
    assert read(gzip.compress(b"<urlset>" + b"<url/>" * 10_000_000, 9)).capped > 0
    assert time.thread_time() - started < 10


PIECES = st.sampled_from(
    ["<urlset>", "<url>", "</url>", "<loc>", "</loc>", "/1", "<lastmod>", "2025-02-12", "<news:news>", "<news:title>", "<image:loc>",
     "<sitemapindex>", "<sitemap>", "</sitemap>", "<![CDATA[", "]]>", "<!DOCTYPE x [", "&#0;", "&", "<?", ">", "<", "'", "خبر", "\x00"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["<urlset>", "<sitemapindex>", "http://", ""]),
    st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25),
)
def test_no_sitemap_raises(head: str, pieces: list[str]) -> None:
    """Any heap of markup is a listing."""
    listing = read((head + "".join(pieces)).encode("utf-8", "replace"))
    assert (listing.fault is None) == bool(listing.sightings or listing.children)
