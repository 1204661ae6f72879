"""A feed's bytes → its sightings. RSS 0.9 to 2.0 and Atom, broken ones included as far as feedparser can read them."""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from workers.watch.letters import decode
from workers.watch.sightings import Fault, Gathering, Listing

MAX_TEXT = 5_000_000  # characters, long CDATA sections not counted
MAX_TAGS = 100_000  # what the largest honest feeds have; feedparser takes some 30 µs for a tag
MAX_TAG = 4_000  # characters; feedparser's time grows with the square of the attributes in one tag
MAX_BLOCK = 4_000  # characters of a CDATA section; longer ones hold article bodies, which nobody reads here

_ROOT = re.compile(r"<(?:\w{1,20}:)?(?:rss|feed|rdf|channel)[\s>/]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>/]", re.IGNORECASE)
_LONG_TAG = re.compile(rf"<[^<>]{{{MAX_TAG},}}>?")
_ENTRY = re.compile(r"<(?:\w{1,20}:)?(?:item|entry)[\s>/]", re.IGNORECASE)
# A chain of relative bases grows with every element, and nobody uses them; absolute ones are honoured.
_RELATIVE_BASE = re.compile(r"\bbase(\s{0,9}=\s{0,9}[\"'])(?!https?://)", re.IGNORECASE)


def read_feed(body: bytes, *, url: str, headers: Mapping[str, str], zone: ZoneInfo, trackers: Sequence[str]) -> Listing:
    """Return what the feed at `url` announces, or the fault that left nothing. Never raises.

    `headers` have lower-case names. Links are read against `url` or the feed's own absolute `xml:base`; a date
    without a zone is `zone`'s. feedparser's `bozo` is not asked: half of the world's feeds are not well-formed.
    """
    text = decode(body, headers.get("content-type", ""))
    root = _ROOT.search(text)
    if root is None or _HTML.search(text, 0, root.start()):
        return Listing(fault=_what_else(text))
    xml, left_out = _bounded(text[root.start() :])
    parsed = _parse(xml, url)
    if parsed is None or not parsed.version:
        return Listing(fault="xml_broken")
    gathering = Gathering(url, zone, trackers)
    for entry in parsed.entries:
        gathering.add(_links(entry), entry.get("title"), _claimed(entry))
    kind = str(parsed.version)
    otherwise: Fault = "no_links"
    if not parsed.entries:
        otherwise = "xml_broken" if _ENTRY.search(xml) else "empty"
    return gathering.listing(kind, capped=left_out, otherwise=otherwise)


def _what_else(text: str) -> Fault:
    if not text.strip():
        return "empty"
    if _HTML.search(text):
        return "html_instead_of_feed"
    return "xml_broken" if text.lstrip().startswith("<?xml") else "not_a_feed"


def _bounded(xml: str) -> tuple[str, int]:
    """Return what of `xml` is parsed in reasonable time, and how many entries that leaves out.

    `xml` begins at its root element, so a DOCTYPE, and with it every entity declaration, has been left behind: nothing
    can be expanded or loaded.
    """
    xml = _RELATIVE_BASE.sub(r"no-base\1", _LONG_TAG.sub("", _without_long_blocks(xml)))
    beyond = next(itertools.islice(re.finditer("<", xml[:MAX_TEXT]), MAX_TAGS, None), None)
    cut = beyond.start() if beyond else MAX_TEXT
    return xml[:cut], len(_ENTRY.findall(xml, cut))


def _without_long_blocks(xml: str) -> str:
    # By find and not by a regular expression, which would look for the end once from every unclosed beginning.
    kept, done = [], 0
    while (start := xml.find("<![CDATA[", done)) >= 0 and (end := xml.find("]]>", start)) >= 0:
        kept.append(xml[done : end + 3] if end - start <= MAX_BLOCK else xml[done:start])
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


def _claimed(entry: Any) -> str | None:
    # Asking feedparser for a missing "updated" warns, so membership comes first.
    names = [name for name in ("published", "updated", "created") if name in entry]
    return next((entry[name] for name in names if entry[name]), None)
