"""A feed's bytes → its sightings: RSS 0.9 to 2.0 and Atom, broken ones too as far as feedparser reads them, JSON Feed."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from workers.watch.instead import is_page, what_else
from workers.watch.jsonfeed import is_json_feed, read_json_feed
from workers.watch.letters import decode
from workers.watch.relations import declared, first_hub, from_header
from workers.watch.sightings import MAX_SIGHTINGS, Fault, Gathering, Listing

MAX_TEXT = 5_000_000  # characters, long texts not counted
MAX_TAGS = 60_000  # what the largest honest feeds have; feedparser takes some 30 µs for a tag
MAX_ENTRIES = MAX_SIGHTINGS + 500  # some may be twins or unreadable
MAX_TAG = 4_000  # characters; feedparser's time grows with the square of the attributes in one tag
MAX_BLOCK = 2_500  # characters of one text; longer ones are article bodies, which nobody reads here
MAX_MARKUP = 10  # tags in a CDATA section; one with more is a body too
WORDPRESS_SAYS = 3600.0  # seconds
MAX_FRESH = 31 * 86_400.0  # seconds; a feed that asks for more is no feed of news

_PERIODS = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 7 * 86_400.0, "monthly": 30 * 86_400.0}
_ROOT = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_LONG_TAG = re.compile(rf"<[^<>]{{{MAX_TAG},}}>?")
_LONG_TEXT = re.compile(rf">([^<>]{{{MAX_BLOCK}}})[^<>]+(?=<)")
_HALF_ENTITY = re.compile(r"&[^;&]{0,20}$")
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
# A chain of relative bases grows with every element, and nobody uses them; absolute ones are honoured.
_RELATIVE_BASE = re.compile(r"\bbase(\s{0,9}=\s{0,9}[\"'])(?!https?://)", re.IGNORECASE)


def read_feed(body: bytes, *, url: str, headers: Mapping[str, str], zone: ZoneInfo, trackers: Sequence[str]) -> Listing:
    """Return what the feed at `url` announces, or the fault that left nothing. Never raises.

    `headers` have lower-case names. Links are read against `url` or the feed's own absolute `xml:base`; a date
    without a zone is `zone`'s. feedparser's `bozo` is not asked: half of the world's feeds are not well-formed.
    """
    text = decode(body, headers.get("content-type", ""))
    if is_json_feed(text):
        return _with_header(read_json_feed(text, Gathering(url, zone, trackers)), headers, url)
    root = _ROOT.search(text)
    if root is None or not is_feed(text):
        return Listing(fault=what_else(text))
    xml, left_out = _bounded(text[root.start() :])
    parsed = _parse(xml, url)
    if parsed is None or not parsed.version:
        return Listing(fault="xml_broken")
    gathering = Gathering(url, zone, trackers)
    for entry in parsed.entries:
        gathering.add(
            _links(entry),
            entry.get("title"),
            _date(entry, "published", "updated", "created"),
            modified=_date(entry, "updated"),
            guid=entry.get("id"),
        )
    kind = str(parsed.version)
    otherwise: Fault = "no_links"
    if not parsed.entries:
        otherwise = "xml_broken" if _ENTRY.search(xml) else "empty"
    older = [*_declared(parsed, "prev-archive"), *_declared(parsed, "next"), *from_header(headers, "next")]
    listing = replace(
        gathering.listing(kind, capped=left_out, otherwise=otherwise),
        older=next((page for link in older if (page := gathering.page(link))), None),
        hub=first_hub(_declared(parsed, "hub"), url),
        topic=next((topic for link in _declared(parsed, "self") if (topic := declared(link, url))), None),
        fresh_for=_fresh_for(parsed.feed),
    )
    return _with_header(listing, headers, url)


def is_feed(text: str) -> bool:
    """Whether `text` is a feed in XML, junk before it allowed unless it is a page."""
    root = _ROOT.search(text)
    return root is not None and not is_page(text, root.start())


def _with_header(listing: Listing, headers: Mapping[str, str], url: str) -> Listing:
    """What HTTP says of hub and topic comes before what the feed says (WebSub, section 4)."""
    hub = first_hub(from_header(headers, "hub"), url)
    topic = next((declared(link, url) for link in from_header(headers, "self")), None)
    return replace(listing, hub=hub or listing.hub, topic=topic or listing.topic)


def _bounded(xml: str) -> tuple[str, int]:
    """Return what of `xml` is parsed in reasonable time, and how many entries that leaves out.

    `xml` begins at its root element, so a DOCTYPE, and with it every entity declaration, has been left behind: nothing
    can be expanded or loaded.
    """
    xml = _RELATIVE_BASE.sub(r"no-base\1", _LONG_TAG.sub("", _without_long_blocks(xml)))
    xml = _LONG_TEXT.sub(lambda found: ">" + _HALF_ENTITY.sub("", found.group(1)), xml)
    beyond = (_nth(_ENTRY.finditer(xml), MAX_ENTRIES), _nth(re.finditer("<", xml), MAX_TAGS))
    cut = min(MAX_TEXT, *(found.start() for found in beyond if found), len(xml))
    return xml[:cut], sum(1 for _ in _ENTRY.finditer(xml, cut))


def _nth(found: Iterator[re.Match[str]], number: int) -> re.Match[str] | None:
    return next(itertools.islice(found, number, None), None)


def _without_long_blocks(xml: str) -> str:
    # By find and not by a regular expression, which would look for the end once from every unclosed beginning.
    kept, done = [], 0
    while (start := xml.find("<![CDATA[", done)) >= 0 and (end := xml.find("]]>", start)) >= 0:
        long = end - start > MAX_BLOCK or xml.count("<", start + 1, end) > MAX_MARKUP
        kept.append(xml[done:start] if long else xml[done : end + 3])
        done = end + 3
    return "".join([*kept, xml[done:]])


def _parse(xml: str, url: str) -> Any:
    try:
        # A stream, because feedparser would open bytes or text as the name of a file or an address.
        return feedparser.parse(
            io.BytesIO(xml.encode("utf-8")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception:  # noqa: BLE001 - its lenient parser asserts on some broken declarations; there is no list of them
        return None


def _links(entry: Any) -> list[str]:
    others = [link.get("href") for link in entry.get("links", ()) if link.get("rel") == "alternate"]
    # The id comes last: it is an address only by habit, but WordPress's leads to the page even where it says it does
    # not. One without a scheme is no address.
    name = entry.get("id") or ""
    links = [entry.get("feedburner_origlink"), entry.get("link"), *others, name if name.startswith("http") else None]
    return [link for link in links if link]


def _date(entry: Any, *names: str) -> str | None:
    # Asking feedparser for a missing "updated" warns, so membership comes first.
    said = (entry[name] for name in names if name in entry)
    return next(filter(None, said), None)


def _declared(parsed: Any, rel: str) -> list[str]:
    links = parsed.feed.get("links", ())
    return [link["href"] for link in links if rel in link.get("rel", "").lower().split() and link.get("href")]


def _fresh_for(feed: Any) -> float | None:
    """Seconds, from <ttl> (minutes) or else the syndication module's period divided by its frequency.

    A period of an hour is no word of the outlet's: WordPress writes it into every feed.
    """
    seconds = 60 * (_number(feed.get("ttl")) or 0.0)
    if not seconds and feed.get("sy_updateperiod"):
        period = _PERIODS.get(str(feed["sy_updateperiod"]).strip().lower(), 0.0)
        seconds = period / max(_number(feed.get("sy_updatefrequency")) or 1.0, 1.0)
        seconds = 0.0 if seconds == WORDPRESS_SAYS else seconds
    return seconds if 0 < seconds <= MAX_FRESH else None


def _number(text: Any) -> float | None:
    written = str(text or "").strip()
    return float(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None
