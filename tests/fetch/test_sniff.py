"""What a recorded body is. All pages here are made up for these tests."""

from __future__ import annotations

import gzip
import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.fetch.sniff import sniff

HEADLINES = "".join(f"<h3><a href='/{i}'>عنوان خبر طويل بما يكفي {i}</a></h3>" for i in range(8))
STORY = "<article>" + "<p>فقرة من كلام كثير لا رابط فيه، مكتوبة لهذا الاختبار وحده.</p>" * 10 + "</article>"
EXCERPTS = "".join(f"<div><h2><a href='/{i}'>عنوان خبر طويل بما يكفي {i}</a></h2>{STORY}</div>" for i in range(8))
META = '<meta property="og:type" content="article">'
HTML = "text/html"


@pytest.mark.parametrize(
    ("body", "content_type", "path", "kind"),
    [
        ("<rss version='2.0'>", "application/rss+xml", "/feed", "feed"),
        ("\ufeff\n<?xml version='1.0'?><!-- x --><feed xmlns='x'>", HTML, "/feed", "feed"),
        ("<rdf:RDF xmlns:rdf='x'>", "", "/feed", "feed"),
        ("Warning: x<br />\n<rss>", HTML, "/feed", "feed"),
        ("<urlset xmlns='x'>", "application/xml", "/sitemap.xml", "sitemap"),
        ("<sitemapindex>", "application/xml", "/sitemap.xml", "sitemap"),
        ("Disallow: /", "text/plain", "/robots.txt", "robots"),
        ('[{"id": 1}]', "application/json", "/wp-json/wp/v2/posts", "wordpress"),
        ("{}", "application/json", "/data", "page"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/feed+json", "/feed", "feed"),
        ('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1", "items": []}', "", "/feed.json", "feed"),
        ('{"text": "of https://jsonfeed.org/about"}', "application/json", "/data", "page"),
        ('[{"id": 1}]', "application/json", "/?rest_route=%2Fwp%2Fv2%2Fposts&page=2", "wordpress"),
        ('<br />\n<b>Notice</b>: x<br />\n[{"id": 1}]', "application/json", "/wp-json/wp/v2/posts?page=2", "wordpress"),
        ('<br />\n<b>Notice</b>: x<br />\n[{"id": 1}]', HTML, "/wp-json/wp/v2/posts", "wordpress"),
        ("<html><body>Just a moment", HTML, "/wp-json/wp/v2/posts", "page"),
        ("https://paper.example/1\nhttps://paper.example/2\n", "text/plain", "/sitemap.txt", "sitemap"),
        ("https://paper.example/1", "text/plain", "/1.txt", "page"),
        ("<rss> مذكورة في نص", "text/plain", "/1", "page"),
        ("<html><body><!-- <rdf:RDF> --><p>x", HTML, "/1", "page"),
        ("", HTML, "/1", "page"),
        (f"<html>{STORY}", HTML, "/1", "page"),
        (f"<html>{STORY}{HEADLINES}", HTML, "/1", "page"),
        (f"<html><head>{META}</head>{HEADLINES}", HTML, "/1", "page"),
        ('<html><script>{"@type": "NewsArticle"}</script>' + HEADLINES, HTML, "/1", "page"),
        (f"<html>{HEADLINES}", HTML, "/news", "listing"),
        (f"<html>{EXCERPTS}", HTML, "/news", "listing"),
        (f"<html><head>{META}</head>{HEADLINES}{STORY}", HTML, "/", "listing"),
        ("<html>" + HEADLINES[:200], HTML, "/news", "page"),
    ],
)
def test_the_content_tells(body: str, content_type: str, path: str, kind: str) -> None:
    """Feeds, sitemaps and lists are told by what they hold, and in doubt it is a page."""
    assert sniff(body.encode(), content_type, "https://paper.example" + path) == kind


def test_utf_16_is_told_too() -> None:
    """A feed in UTF-16 is a feed."""
    assert sniff("<?xml version='1.0'?><rss>".encode("utf-16"), "", "https://paper.example/feed") == "feed"


def test_what_is_packed_is_told_by_what_is_in_it() -> None:
    """A sitemap in gzip is one, packed twice too and whatever it is called; a broken or cut file never raises."""
    packed = gzip.compress(b"<?xml version='1.0'?><urlset>" + os.urandom(100_000).hex().encode())
    for body in (packed, gzip.compress(packed), packed[:5000]):
        assert sniff(body, "application/octet-stream", "https://paper.example/sitemap.xml.gz") == "sitemap"
    assert sniff(gzip.compress(b"x" * 10), "", "https://paper.example/a.gz") == "page"
    assert sniff(b"\x1f\x8b\x08broken", "", "https://paper.example/a.gz") == "page"
    assert sniff(gzip.compress(bytes(100_000_000), 9), "", "https://paper.example/a.gz") == "page"


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_are_something(body: bytes, content_type: str) -> None:
    """Nothing raises."""
    sniff(body, content_type, "https://paper.example/x")
    sniff(b"<html>" + body, content_type, "https://paper.example/x")


@pytest.mark.parametrize("piece", ["<h1>", "<p>", "<a href=x>", "<", "property=og:type ", "<div><p>x"])
def test_a_hostile_page_is_told_in_reasonable_time(piece: str) -> None:
    """Depth and repetition cost no more than their length."""
    started = time.thread_time()
    sniff(("<html>" + piece * 100_000).encode(), HTML, "https://paper.example/x")
    assert time.thread_time() - started < 5
