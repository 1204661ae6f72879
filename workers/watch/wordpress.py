"""An answer of WordPress's public API (/wp-json/wp/v2/posts) → its sightings, with the whole text of each post."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from lxml import html as lxml_html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from workers.urls import canonical
from workers.watch.dates import moment
from workers.watch.instead import is_page, what_else
from workers.watch.jsontext import load, member, objects, words
from workers.watch.letters import decode, printable
from workers.watch.relations import from_header
from workers.watch.sightings import Gathering, Listing, plain

MAX_CONTENT = 300_000  # characters of a post's HTML
PER_PAGE = 10  # what WordPress shows when nobody says how many

# What a text could use to speak for the page around it, and what is no text.
_FRAME = re.compile(r"</?(?:html|head|body)\b[^<>]*>", re.IGNORECASE)
_NOT_CONTENT = ("base", "link", "meta", "script", "style", "title")


def read_wordpress(
    body: bytes, *, url: str, headers: Mapping[str, str], zone: ZoneInfo, trackers: Sequence[str]
) -> Listing:
    """Return the posts of the answer from `url`, or the fault that left nothing. Never raises.

    Dates come from the fields in Greenwich time, and from the local one, which is `zone`'s, only without those. What
    PHP writes before the JSON is passed over. `html` of a sighting is a page made of the post; a post behind a password
    has none.
    """
    text = decode(body, headers.get("content-type", ""))
    answer = load(text)
    if answer is None or is_page(text, text.find("{")):
        fault = what_else(text)
        return Listing(fault="json_broken" if text.lstrip()[:1] in ("[", "{") else fault)
    if isinstance(answer, dict):
        if "link" not in answer:
            return Listing(kind="wordpress", fault="api_error" if "code" in answer else "not_a_feed")
        answer = [answer]
    posts = objects(answer)
    gathering = Gathering(url, zone, trackers)
    gathering.unreadable += len(answer) - len(posts)
    for post in posts:
        _add(post, gathering)
    return replace(
        gathering.listing("wordpress", otherwise="no_links" if answer else "empty"),
        older=gathering.page(_older(url, headers, len(answer))),
    )


def _add(post: dict[str, Any], gathering: Gathering) -> None:
    guid = words(member(post, "guid", "rendered"))
    links = [words(post.get("link")), guid if guid and guid.startswith("http") else None]
    published, modified = (_date(post, name, gathering.zone) for name in ("date", "modified"))
    gathering.add(
        [link for link in links if link],
        words(member(post, "title", "rendered")),
        published,
        modified=modified,
        guid=guid,
        html=_page(post, published, modified, gathering),
    )


def _date(post: dict[str, Any], name: str, zone: ZoneInfo) -> str | None:
    """The date as written, with the Z that the name of its field stands for."""
    at = (words(post.get(name + "_gmt")) or "").strip()[:40]
    if at and moment(at, zone):  # a draft's is 0000-00-00T00:00:00
        return at if at.endswith(("Z", "z")) or "+" in at else at + "Z"
    return words(post.get(name))


def _page(post: dict[str, Any], published: str | None, modified: str | None, gathering: Gathering) -> str | None:
    """A small whole page: what the post says of itself in the head, its title and text in the body."""
    url = canonical(words(post.get("link")) or "", base=gathering.url, trackers=gathering.trackers)
    content = words(member(post, "content", "rendered"))
    if url is None or content is None or member(post, "content", "protected") is True:
        return None
    inner = _tidy(content)
    if inner is None:
        return None
    title = escape(plain(words(member(post, "title", "rendered"))) or "")
    authors = objects(member(post, "_embedded", "author"))
    meta = {
        "article:published_time": _iso(published, gathering.zone),
        "article:modified_time": _iso(modified, gathering.zone),
        "author": plain(words(authors[0].get("name"))) if authors else None,
    }
    head = "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{escape(value)}">\n'
        for name, value in meta.items()
        if value
    )
    return printable(
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<link rel="canonical" href="{escape(url)}">\n{head}</head>\n'
        f"<body>\n<h1>{title}</h1>\n<article>\n{inner}\n</article>\n</body>\n</html>\n"
    )


def _iso(written: str | None, zone: ZoneInfo) -> str | None:
    at = moment(written, zone) if written else None
    return at.isoformat() if at else None


def _tidy(content: str) -> str | None:
    """The post's HTML with every element closed, so that none of it stands outside its article."""
    content = _FRAME.sub("", printable(content[:MAX_CONTENT]))
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(f"<body><div>{content}</div></body>".encode("utf-8", "replace"), parser)
    except (LxmlError, ValueError, AssertionError):
        return None
    for element in list(tree.iter(*_NOT_CONTENT)):
        cast("HtmlElement", element).drop_tree()
    body = tree.find("body")
    return "".join(_written(part) for part in body) if body is not None else None


def _written(element: HtmlElement) -> str:
    try:
        return str(lxml_html.tostring(element, encoding="unicode"))
    except (LxmlError, ValueError):
        return ""


def _older(url: str, headers: Mapping[str, str], shown: int) -> str | None:
    """The next page of the same question: by its headers, or while pages are full where a cache has dropped those."""
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    per_page, page, offset = (_number(dict(asked).get(name)) for name in ("per_page", "page", "offset"))
    per_page, page = per_page or PER_PAGE, page or 1
    pages, posts = (_number(headers.get(name)) for name in ("x-wp-totalpages", "x-wp-total"))
    if offset is not None:
        more = offset + per_page < posts if posts is not None else shown >= per_page
        name, number = "offset", offset + per_page
    else:
        if pages is None and (links := from_header(headers, "next")):
            return links[0]
        more = page < pages if pages is not None else shown >= per_page
        name, number = "page", page + 1
    query = [*((key, value) for key, value in asked if key != name), (name, str(number))]
    return urlunsplit(parts._replace(query=urlencode(query))) if more and shown else None


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
