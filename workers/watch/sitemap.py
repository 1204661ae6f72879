"""A sitemap's bytes → its sightings, or the sitemaps that it names: the protocol of sitemaps.org, news included."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from lxml import etree

from workers.urls import canonical, key_of
from workers.watch.children import follow
from workers.watch.dates import latest, moment
from workers.watch.feed import is_feed, read_feed
from workers.watch.instead import is_page, what_else
from workers.watch.letters import MAX_UNPACKED, decode, unpack
from workers.watch.sightings import MAX_SIGHTINGS, Child, Gathering, Listing

__all__ = ["follow", "read_sitemap"]

MAX_ROWS = 50_000  # what the protocol allows in one file
MAX_CHILDREN = 5_000
MAX_ELEMENTS = 500_000  # of all kinds; they take some 75 MB where nothing can be let go
MAX_FIELD = 4_000  # characters

_ROOT = re.compile(r"<(?:\w{1,20}:)?(?P<name>urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_ROW = re.compile(r"<(?:\w{1,20}:)?(?:url|sitemap)[\s>/]", re.IGNORECASE)
_CHUNK = 2**16
_WANTED = frozenset({"loc", "lastmod", "publication_date", "title"})
_MEDIA = ("image", "video")  # their titles and addresses are not the article's


class _Row(NamedTuple):
    loc: str
    modified: str
    published: str
    title: str


def read_sitemap(
    body: bytes, *, url: str, headers: Mapping[str, str], zone: ZoneInfo, trackers: Sequence[str]
) -> Listing:
    """Return what the sitemap at `url` announces, or the fault that left nothing. Never raises.

    It may be XML, a list of addresses or a feed, and packed with gzip whatever it is called. `lastmod` says when a page
    was changed and never when it was published; only the news extension says that. Of more than MAX_SIGHTINGS pages the
    newest count, the rest is `capped`. An index gives `children` in its order, and no sightings.
    """
    plain = unpack(body)
    text = decode(plain, headers.get("content-type", ""))
    root = _ROOT.search(text)
    if is_feed(text) and root is None:
        return read_feed(plain, url=url, headers=headers, zone=zone, trackers=trackers)
    gathering = Gathering(url, zone, trackers)
    if root is None and text.lstrip().startswith(("http://", "https://")):
        rows, capped = _from_lines(text)
        return _sightings("urls", rows, gathering, capped)
    if root is None or is_page(text, root.start()):
        return Listing(fault=what_else(text))
    # From the root on: a DOCTYPE, and with it every entity declaration, is left behind.
    xml = text[root.start() :]
    rows = list(_from_xml(xml))
    lost = max(sum(1 for _ in _ROW.finditer(xml)) - len(rows), 0)
    full = len(rows) >= MAX_ROWS
    gathering.unreadable += 0 if full else lost
    capped = (lost if full else 0) + (len(plain) >= MAX_UNPACKED)
    if root["name"].lower() == "sitemapindex":
        return _children(rows, gathering, capped)
    listing = _sightings("urlset", rows, gathering, capped)
    return replace(listing, fault="xml_broken") if not rows and _ROW.search(xml) else listing


def _from_lines(text: str) -> tuple[list[_Row], int]:
    lines = [line for line in (line.strip() for line in text.splitlines()) if line]
    return [_Row(line[:MAX_FIELD], "", "", "") for line in lines[:MAX_ROWS]], max(len(lines) - MAX_ROWS, 0)


def _from_xml(xml: str) -> Iterator[_Row]:
    """Each <url> or <sitemap>, at most MAX_ROWS, whatever the namespaces; what was read is let go."""
    parser = etree.XMLPullParser(
        events=("end",), encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    rows = elements = 0
    for start in range(0, len(xml), _CHUNK):
        try:
            parser.feed(xml[start : start + _CHUNK].encode("utf-8", "replace"))
        except etree.LxmlError:
            return
        for _, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
            elements += 1
            if _name(element) in ("url", "sitemap"):
                rows += 1
                yield _row(element)
                _let_go(element)
            elif _is_on_top(element):
                _let_go(element)
            if rows == MAX_ROWS or elements > MAX_ELEMENTS:
                return


def _row(element: etree._Element) -> _Row:
    said: dict[str, str] = {}
    news = [part for child in element if _name(child) == "news" for part in child]
    for part in (*element, *news):
        name = _name(part)
        if name in _WANTED and name not in said:
            said[name] = "".join(part.itertext())[:MAX_FIELD].strip()
    return _Row(*(said.get(name, "") for name in ("loc", "lastmod", "publication_date", "title")))


def _name(element: etree._Element) -> str:
    """The name without its namespace, or, where that was never declared, without its prefix; "" for pictures' parts."""
    space, _, name = str(element.tag).rpartition("}")
    prefix, _, local = name.rpartition(":")
    if any(media in (prefix or space.rpartition("/sitemap-")[2]) for media in _MEDIA):
        return ""
    return local.lower()


def _is_on_top(element: etree._Element) -> bool:
    above = element.getparent()
    return above is not None and above.getparent() is None


def _let_go(element: etree._Element) -> None:
    element.clear()
    above = element.getparent()
    while above is not None and above[0] is not element:
        del above[0]


def _sightings(kind: str, rows: Sequence[_Row], gathering: Gathering, capped: int) -> Listing:
    if len(rows) > MAX_SIGHTINGS:
        dated = [(moment(row.published or row.modified, gathering.zone), row) for row in rows]
        newest = sorted((pair for pair in dated if pair[0]), key=lambda pair: pair[0] or 0, reverse=True)
        rows = [row for _, row in newest] + [row for at, row in dated if at is None]
        capped += len(rows) - MAX_SIGHTINGS
        rows = rows[:MAX_SIGHTINGS]
    for row in rows:
        gathering.add([row.loc], row.title or None, row.published or None, modified=row.modified or None)
    return gathering.listing(kind, capped=capped, otherwise="no_links" if rows else "empty")


def _children(rows: Sequence[_Row], gathering: Gathering, capped: int) -> Listing:
    if len(rows) > MAX_CHILDREN:
        # Which end is the newer one is told later.
        capped += len(rows) - MAX_CHILDREN
        rows = [*rows[: MAX_CHILDREN // 2], *rows[-MAX_CHILDREN // 2 :]]
    found: dict[str, Child] = {}
    for row in rows:
        url = canonical(row.loc, base=gathering.url, trackers=gathering.trackers)
        if url is None or key_of(url) == gathering.own:
            gathering.unreadable += 1
            continue
        found.setdefault(url, Child(url=url, modified=latest(row.modified, gathering.zone) if row.modified else None))
    listing = gathering.listing("sitemapindex", capped=capped, otherwise="no_links" if rows else "empty")
    return replace(listing, children=tuple(found.values()), fault=None if found else listing.fault)
