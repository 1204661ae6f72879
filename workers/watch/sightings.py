"""What a source shows at one look: articles with what it claims of them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from workers.urls import canonical, key_of, site_of
from workers.watch.dates import moment
from workers.watch.letters import printable

MAX_SIGHTINGS = 2000
MAX_TITLE = 500  # characters
MAX_CLAIM = 100  # characters of a date as written
MAX_GUID = 2048  # characters; a longer one is none, since half a name is another name

Fault = Literal[
    "not_a_feed", "empty", "html_instead_of_feed", "xml_broken", "json_broken", "api_error", "no_links"
]  # fmt: skip

# A tag begins with a letter, "/" or "!": "5 < 6" stays. No two parts of it can match the same text, so it is linear.
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|mark|small|su[bp]|wbr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_MAX_RAW_TITLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An article as a source announces it: `url` canonical, `published` and `modified` in UTC.

    `claimed` is the date of publication as written and `guid` the source's own name for the article. `flags` say what
    was done about impossible dates: "zone_mended" (local time that was announced as UTC), "future_date" (a date after
    the look: a publication counts from the look, a modification is left out). `html` is the whole text as a page, from
    sources that bring it.
    """

    url: str
    key: str
    title: str | None = None
    published: datetime | None = None
    claimed: str | None = None
    modified: datetime | None = None
    guid: str | None = None
    flags: tuple[str, ...] = ()
    html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that an index names: `url` canonical, `modified` the last moment at which it may have changed."""

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source read: its sightings in page order, each article once.

    `kind` is the format ("rss20", "atom10", …, "html"; empty when none was recognised), `unreadable` the number of
    entries without a usable link, `capped` that of entries beyond `MAX_SIGHTINGS` (a floor for a source too large to be
    read whole), `fault` why there is nothing, or None. `children` are the sitemaps of an index and `older` is the page
    before this one, canonical. `hub` and `topic` are where and under which address to subscribe (WebSub), as
    declared. `fresh_for` is how many seconds the source itself says that nothing new is to be expected.
    """

    kind: str = ""
    sightings: tuple[Sighting, ...] = ()
    unreadable: int = 0
    capped: int = 0
    fault: Fault | None = None
    children: tuple[Child, ...] = ()
    older: str | None = None
    hub: str | None = None
    topic: str | None = None
    fresh_for: float | None = None


@dataclass(slots=True)
class Gathering:
    """The sightings so far, while a source at `url` is being read."""

    url: str
    zone: ZoneInfo
    trackers: Sequence[str]
    found: dict[str, Sighting] = field(default_factory=dict)
    beyond: set[str] = field(default_factory=set)
    unreadable: int = 0
    own: str = ""  # the source's key: a link to nowhere resolves to the source itself

    def __post_init__(self) -> None:
        self.own = key_of(canonical(self.url, trackers=self.trackers) or self.url)

    def add(
        self,
        links: Sequence[str],
        title: str | None,
        claimed: str | None,
        *,
        modified: str | None = None,
        guid: str | None = None,
        html: str | None = None,
    ) -> None:
        """Take one entry under the first of `links` that is a page address; `claimed` and `modified` are as written."""
        addresses = (canonical(link, base=self.url, trackers=self.trackers) for link in links)
        url = next((one for one in addresses if one and key_of(one) != self.own), None)
        if url is None:
            self.unreadable += 1
            return
        key = key_of(url)
        if key in self.found:
            return
        if len(self.found) >= MAX_SIGHTINGS:
            self.beyond.add(key)
            return
        claimed = _line(claimed)[:MAX_CLAIM] or None
        modified = _line(modified)[:MAX_CLAIM] or None
        guid = _line(guid)
        self.found[key] = Sighting(
            url=url,
            key=key,
            title=plain(title),
            published=moment(claimed, self.zone) if claimed else None,
            claimed=claimed,
            modified=moment(modified, self.zone) if modified else None,
            guid=guid if 0 < len(guid) <= MAX_GUID else None,
            html=printable(html) if html else None,
        )

    def page(self, link: str | None) -> str | None:
        """Another page of the source at `link`, canonical; None for this page, another site or no page at all."""
        url = canonical(link, base=self.url, trackers=self.trackers) if link else None
        return url if url and key_of(url) != self.own and site_of(url) == site_of(self.url) else None

    def listing(self, kind: str, *, capped: int = 0, otherwise: Fault = "no_links") -> Listing:
        """Everything taken; `capped` more were seen uncounted; `otherwise` is the fault when there is nothing."""
        return Listing(
            kind=kind,
            sightings=tuple(self.found.values()),
            unreadable=self.unreadable,
            capped=len(self.beyond) + capped,
            fault=None if self.found else otherwise,
        )


def plain(title: str | None) -> str | None:
    """Return a title as read from XML, in one line of plain text: tags out, entities decoded once; None if empty."""
    text = html.unescape(_TAG.sub(" ", _INLINE.sub("", (title or "")[:_MAX_RAW_TITLE])))
    return _line(text)[:MAX_TITLE].rstrip() or None


def _line(text: str | None) -> str:
    return " ".join(printable((text or "")[:_MAX_RAW_TITLE]).split())
