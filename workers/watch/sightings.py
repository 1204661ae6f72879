"""What a source shows at one look: articles with what it claims of them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from workers.urls import canonical, key_of
from workers.watch.dates import moment

MAX_SIGHTINGS = 2000
MAX_TITLE = 500  # characters
MAX_CLAIM = 100  # characters of a date as written

Fault = Literal["not_a_feed", "empty", "html_instead_of_feed", "xml_broken", "no_links"]

# A tag begins with a letter, "/" or "!": "5 < 6" stays. No two parts of it can match the same text, so it is linear.
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|mark|small|su[bp]|wbr)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")
_MAX_RAW_TITLE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An article as a source announces it: `url` canonical, `published` in UTC, `claimed` its date as written."""

    url: str
    key: str
    title: str | None = None
    published: datetime | None = None
    claimed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A source read: its sightings in page order, each article once.

    `kind` is the format ("rss20", "atom10", …, "html"; empty when none was recognised), `unreadable` the number of
    entries without a usable link, `capped` that of entries beyond `MAX_SIGHTINGS` (a floor for a feed too large to be
    read whole), `fault` why there are no sightings, or None.
    """

    kind: str = ""
    sightings: tuple[Sighting, ...] = ()
    unreadable: int = 0
    capped: int = 0
    fault: Fault | None = None


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

    def add(self, links: Sequence[str], title: str | None, claimed: str | None) -> None:
        """Take one entry under the first of `links` that is a page address."""
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
        claimed = " ".join((claimed or "").split())[:MAX_CLAIM] or None
        published = moment(claimed, self.zone) if claimed else None
        self.found[key] = Sighting(url=url, key=key, title=plain(title), published=published, claimed=claimed)

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
    return " ".join(text.replace("\x00", "").split())[:MAX_TITLE].rstrip() or None
