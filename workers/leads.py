"""What a look leads to: the sitemaps of an index, and the page before this one while a backfill goes on."""

from __future__ import annotations

import hashlib
from datetime import datetime

from workers.items import Source
from workers.road import Road
from workers.store import sources
from workers.urls import key_of
from workers.watch.children import follow
from workers.watch.sightings import Listing

# Pages of one walk back: ten years of an outlet with thirty articles a day, twenty to a page.
MOST_PAGES = 6000


def led_to(
    road: Road, state: sources.State, last_look: datetime | None, listing: Listing, *, more: bool
) -> list[tuple[Source, datetime | None]]:
    """The sources to look at next, each with the time. `state` is that after the look; `more`: it showed something."""
    if road.recordings is not None:
        return []  # what was recorded of them is known from the start
    source = state.source
    # The root and not the page before: what belongs together is found in one step.
    root = source.parent or source.key
    found = [
        Source(
            key=_key(child.url, source), outlet=source.outlet, kind="sitemap", url=child.url,
            parent=root, since=source.since,
        )
        for child in follow(listing.children, last_look=last_look, since=source.since)
    ]  # fmt: skip
    if source.since is not None and listing.older and more and _goes_on(road, state):
        older = Source(
            key=_key(listing.older, source), outlet=source.outlet, kind=source.kind, url=listing.older,
            parent=root, since=source.since,
        )  # fmt: skip
        found.append(older)
    return [(one, road.now()) for one in found if one.key != source.key]


def _goes_on(road: Road, state: sources.State) -> bool:
    """Whether a walk back may go on: sites answer page numbers past their end with a page that was seen before."""
    source = state.source
    assert source.since is not None, "a walk back has an end"
    pages = sources.walked(road.database, source.parent or source.key, source.since)
    seen_before = any(digest == state.digest for key, digest in pages.items() if key != source.key)
    return not seen_before and len(pages) < MOST_PAGES


def backfill_key(url: str, since: datetime) -> str:
    """The key of a page of a backfill: the same page is a source of its own for every backfill."""
    return hashlib.sha256(f"{since.isoformat()} {url}".encode()).hexdigest()[:16]


def _key(url: str, source: Source) -> str:
    return key_of(url) if source.since is None else backfill_key(url, source.since)
