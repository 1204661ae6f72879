"""What a recorded body is, told by its content when nobody has said."""

from __future__ import annotations

import re
import zlib
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

from lxml import html as lxml_html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

Kind = Literal["page", "feed", "sitemap", "listing", "wordpress", "robots"]

HEAD = 2**18  # bytes that tell a feed or sitemap
WHOLE = 2**21  # bytes beyond which a page is not examined for being a listing

_FEED = re.compile(rb"<(?:\w{1,20}:)?(?:rss|feed|rdf)[\s>/]", re.IGNORECASE)
_SITEMAP = re.compile(rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_JSON_FEED = re.compile(rb"\"https?:\\?/\\?/jsonfeed\.org\\?/version\\?/", re.IGNORECASE)
_POSTS = re.compile(r"/wp/v2/posts/?(?:$|[?&])")
_ADDRESSES = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}https?://[^\s<>]{1,4000}(?:\s|$)", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_LAYERS = 2  # what a server packs twice is packed once in the file and once on the way
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>/]", re.IGNORECASE)
_ARTICLE = re.compile(
    r"""property=["']?og:type["']?[^<>]{0,100}content=["']?article|"""
    r"""content=["']?article["']?[^<>]{0,100}property=["']?og:type|"""
    r"""article:published_time|"@type"\s*:\s*\[?\s*"(?:[A-Za-z]*Article|[A-Za-z]*Posting)\"""",
    re.IGNORECASE,
)
_HEADINGS = ("h1", "h2", "h3", "h4")
_MIN_HEADLINES = 5  # linked headlines that make a list
_MIN_HEADLINE = 15  # characters
_MIN_STORY = 400  # characters of paragraphs in one place that make an article


def sniff(body: bytes, content_type: str, url: str) -> Kind:
    """Return what `body` is. A page that could be an article counts as one: a listing taken for a page ends as a drop
    with a reason, an article taken for a listing would vanish. Never raises.
    """
    body = _unpacked(body)
    parts = urlsplit(url)
    path = parts.path
    media = content_type.partition(";")[0].strip().lower()
    if path == "/robots.txt":
        return "robots"
    if "sitemap" in path.lower() and _ADDRESSES.match(body):
        return "sitemap"
    if media == "text/plain":
        return "page"
    head = body[:HEAD].replace(b"\x00", b"")  # UTF-16 keeps its ASCII letters
    feed, sitemap, markup = (pattern.search(head) for pattern in (_FEED, _SITEMAP, _HTML))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    # PHP writes its notices before the JSON.
    if (
        media == "application/json"
        or media.endswith("+json")
        or start in {b"{", b"["}
        or (_asks_posts(parts) and not markup)
    ):
        if start == b"{" and _JSON_FEED.search(head):
            return "feed"
        return "wordpress" if "/wp-json/" in path or _asks_posts(parts) else "page"
    if sitemap and not (markup and markup.start() < sitemap.start()):
        return "sitemap"
    if feed and not (markup and markup.start() < feed.start()):
        return "feed"
    return "listing" if len(body) <= WHOLE and _is_listing(body, path) else "page"


def _asks_posts(parts: SplitResult) -> bool:
    """Whether an address is the list of posts of WordPress's API, by path or by ?rest_route=."""
    return any(_POSTS.search(part) for part in (parts.path, unquote(parts.query)))


def _unpacked(body: bytes) -> bytes:
    """The beginning of what is in a gzip file, or `body` itself when it is none."""
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        try:
            body = zlib.decompressobj(wbits=31).decompress(body, WHOLE + 1)
        except zlib.error:
            break
    return body


def _is_listing(body: bytes, path: str) -> bool:
    if path.strip("/") and _ARTICLE.search(body.decode("utf-8", "replace")):
        return False
    try:
        tree = lxml_html.document_fromstring(body, parser=lxml_html.HTMLParser(no_network=True, remove_comments=True))
    except (LxmlError, ValueError):
        return False
    return len(_linked_headlines(tree)) >= _MIN_HEADLINES and (not path.strip("/") or not _has_story(tree))


def _linked_headlines(tree: HtmlElement) -> set[str]:
    found = set()
    for heading in tree.iter(*_HEADINGS):
        above = heading.getparent()
        links = [*heading.iter("a"), *([above] if above is not None and above.tag == "a" else [])]
        text = " ".join("".join(heading.itertext()).split())
        if links and links[0].get("href") and len(text) >= _MIN_HEADLINE:
            found.add(links[0].get("href", ""))
    return found


def _has_story(tree: HtmlElement) -> bool:
    """Whether one element holds most of the paragraphs: a listing's excerpts are spread over its items."""
    lengths: dict[HtmlElement | None, int] = {}
    for paragraph in tree.iter("p"):
        linked = sum(len("".join(link.itertext())) for link in paragraph.iter("a"))
        length = len("".join(paragraph.itertext()).strip()) - linked
        above = paragraph.getparent()
        lengths[above] = lengths.get(above, 0) + max(length, 0)
    longest = max(lengths.values(), default=0)
    return longest >= _MIN_STORY and longest * 2 > sum(lengths.values())
