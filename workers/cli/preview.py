"""What the sources of an outlet yield now, entry by entry, with the reason for everything not taken."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import timedelta
from typing import Any

from workers.cli.asking import Asker, Seen, look, source_of
from workers.config import Config, Outlet, SourceConfig
from workers.config.outlet import UrlRules
from workers.items import Source
from workers.urls import host_of
from workers.watch.discover import reach
from workers.watch.read import read
from workers.watch.sightings import MAX_SIGHTINGS, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One source looked at: `rows` are its entries as JSON, those not taken with the reason under "not_taken"."""

    configured: SourceConfig
    seen: Seen
    rows: tuple[dict[str, Any], ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether it brought anything to watch."""
        return any("not_taken" not in row for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """All of it, as `--json` prints it; times in UTC, `rolls_over` in seconds."""
        listing, far = self.seen.listing, reach(self.seen.listing)
        return {
            "kind": self.configured.kind,
            "url": self.configured.url,
            "sure": self.configured.sure,
            "status": self.seen.status,
            "format": listing.kind if listing else None,
            "readable": self.readable,
            "reason": self.seen.reason or None,
            "trouble": self.seen.trouble or None,
            "number": len(listing.sightings) if listing else 0,
            "dated": far.dated,
            "newest": far.newest,
            "oldest": far.oldest,
            "rolls_over": far.rolls_over.total_seconds() if far.rolls_over else None,
            "unreadable": listing.unreadable if listing else 0,
            "capped": listing.capped if listing else 0,
            "sitemaps": [child.url for child in listing.children] if listing else [],
            "older": listing.older if listing else None,
            "hub": listing.hub if listing else None,
            "hints": self.hints,
            "entries": self.rows,
        }


def preview(outlet: Outlet, asker: Asker, config: Config) -> list[Preview]:
    """Look at every source of `outlet`, watched or not."""
    return [_one(configured, outlet, asker, config) for configured in outlet.sources]


def _one(configured: SourceConfig, outlet: Outlet, asker: Asker, config: Config) -> Preview:
    source = source_of(configured, outlet, config)
    seen = look(asker, source, config)
    if seen.listing is None:
        return Preview(configured=configured, seen=seen)
    rows = [_row(one, outlet) for one in seen.listing.sightings]
    taken = {one.key for one in seen.listing.sightings}
    rows += [
        _row(one, outlet) | {"not_taken": "the outlet's URL rules leave it out"}
        for one in _without_rules(source, seen, outlet, config)
        if one.key not in taken
    ]
    return Preview(configured=configured, seen=seen, rows=tuple(rows), hints=tuple(_hints(seen, outlet, config)))


def _row(one: Sighting, outlet: Outlet) -> dict[str, Any]:
    flags = [*one.flags]
    flags += ["no_date"] if one.published is None and one.claimed is None else []
    flags += ["date_not_understood"] if one.published is None and one.claimed else []
    flags += ["no_title"] if not one.title else []
    flags += [] if outlet.owns(host_of(one.url)) else ["other_host"]
    flags += ["whole_text"] if one.html else []
    return {
        "title": one.title, "url": one.url, "key": one.key, "claimed": one.claimed, "published": one.published,
        "modified": one.modified, "guid": one.guid, "flags": flags,
    }  # fmt: skip


def _without_rules(source: Source, seen: Seen, outlet: Outlet, config: Config) -> tuple[Sighting, ...]:
    if outlet.urls == UrlRules() or seen.response is None:
        return ()
    lax = outlet.model_copy(update={"urls": UrlRules()})
    return read(seen.response, source, replaced(config, outlets={outlet.slug: lax})).sightings


def _hints(seen: Seen, outlet: Outlet, config: Config) -> list[str]:
    listing, far = seen.listing, reach(seen.listing)
    assert listing is not None, "asked only of what was read"
    said = []
    if far.rolls_over is not None:
        longest = timedelta(seconds=config.settings.poll_longest)
        said.append(
            f"{far.dated} dated entries reach back {duration(far.rolls_over)}"
            + ("" if far.rolls_over > longest else f": shorter than the longest gap between looks, {duration(longest)}")
        )
    if listing.unreadable:
        said.append(f"{listing.unreadable} entries have no link that is a page's address: not taken")
    if listing.capped:
        said.append(f"{listing.capped} or more entries beyond the first {MAX_SIGHTINGS}: not taken")
    if listing.children:
        said.append(f"an index of {len(listing.children)} sitemaps; the newest of them were read")
    if listing.sightings and not any(outlet.owns(host_of(one.url)) for one in listing.sightings):
        said.append("no article is on a host of the outlet: add its host to hosts")
    if listing.fresh_for:
        said.append(f"the source itself expects nothing new within {duration(timedelta(seconds=listing.fresh_for))}")
    if listing.hub:
        said.append(f"new articles are pushed by {listing.hub}")
    return said


def duration(span: timedelta) -> str:
    """A span of time as a person says it."""
    hours = span.total_seconds() / 3600
    if hours < 2:
        return f"{round(60 * hours)} min"
    return f"{round(hours)} h" if hours < 48 else f"{round(hours / 24)} days"
