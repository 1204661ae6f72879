"""An answer from a source → its sightings, read the way the source's configuration says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from workers.config import Config, Outlet, SourceConfig
from workers.config.outlet import UrlRules
from workers.items import Response, Source
from workers.urls import canonical, key_of
from workers.watch.feed import read_feed
from workers.watch.listing import read_listing
from workers.watch.sightings import Listing


def read(response: Response, source: Source, config: Config) -> Listing:
    """Return what `response` announces, links read against the address that answered. Never raises."""
    outlet = config.outlets.get(source.outlet or "") or config.outlet_of(source.url)
    zone = outlet.zone if outlet else ZoneInfo(Outlet.model_fields["timezone"].default)
    if source.kind == "feed":
        return read_feed(
            response.body, url=response.final_url, headers=response.headers, zone=zone, trackers=config.trackers
        )
    return read_listing(
        response.body,
        url=response.final_url,
        headers=response.headers,
        source=_configured(source, outlet, config),
        zone=zone,
        trackers=config.trackers,
        rules=outlet.urls if outlet else UrlRules(),
    )


def _configured(source: Source, outlet: Outlet | None, config: Config) -> SourceConfig | None:
    for one in outlet.sources if outlet else ():
        url = canonical(one.url, trackers=config.trackers)
        if url is not None and key_of(url) == key_of(source.url):
            return one
    return None
