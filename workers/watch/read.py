"""An answer from a source → its sightings, read the way the source's configuration says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workers.config import Config, Outlet
from workers.config.outlet import UrlRules
from workers.items import Response, Source
from workers.watch.dates import says_utc
from workers.watch.feed import read_feed
from workers.watch.listing import read_listing
from workers.watch.sightings import Listing, Sighting
from workers.watch.sitemap import read_sitemap
from workers.watch.wordpress import read_wordpress

SLACK = timedelta(minutes=10)  # by which clocks differ

_READERS: dict[str, Callable[..., Listing]] = {
    "feed": read_feed,
    "sitemap": read_sitemap,
    "wordpress": read_wordpress,
}


def read(response: Response, source: Source, config: Config) -> Listing:
    """Return what `response` announces, links read against the address that answered. Never raises.

    Dates are settled against `response.captured_at`.
    """
    outlet, declared = config.declared(source)
    zone = outlet.zone if outlet else ZoneInfo(Outlet.model_fields["timezone"].default)
    if reader := _READERS.get(source.kind):
        listing = reader(
            response.body, url=response.final_url, headers=response.headers, zone=zone, trackers=config.trackers
        )
    else:
        listing = read_listing(
            response.body,
            url=response.final_url,
            headers=response.headers,
            source=declared,
            zone=zone,
            trackers=config.trackers,
            rules=outlet.urls if outlet else UrlRules(),
            owns=outlet.owns if outlet else None,
        )
    return replace(listing, sightings=settle(listing.sightings, response.captured_at, zone))


def settle(sightings: tuple[Sighting, ...], seen_at: datetime, zone: ZoneInfo) -> tuple[Sighting, ...]:
    """Return `sightings`, all seen at `seen_at`, without dates in the future; `claimed` stays as it was written.

    Some outlets write their own time and call it Greenwich's. That is believed only of a source as a whole: one of its
    dates lies in the future, and read in `zone` none does. Then all its dates in Greenwich time are read so. Any other
    date in the future counts from the look.
    """
    latest = seen_at + SLACK
    mended = {id(one): _mended(one, zone) for one in sightings if one.claimed and says_utc(one.claimed)}
    early = any(one.published and one.published > latest for one in sightings if id(one) in mended)
    if early and not any(one.published and one.published > latest for one in mended.values()):
        sightings = tuple(mended.get(id(one), one) for one in sightings)
    return tuple(_clamped(one, seen_at, latest) for one in sightings)


def _mended(sighting: Sighting, zone: ZoneInfo) -> Sighting:
    return replace(
        sighting,
        published=_read_in(sighting.published, zone),
        modified=_read_in(sighting.modified, zone),
        flags=(*sighting.flags, "zone_mended"),
    )


def _read_in(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    return at.replace(tzinfo=zone).astimezone(UTC) if at else None


def _clamped(sighting: Sighting, seen_at: datetime, latest: datetime) -> Sighting:
    published = sighting.published is not None and sighting.published > latest
    modified = sighting.modified is not None and sighting.modified > latest
    if not published and not modified:
        return sighting
    return replace(
        sighting,
        published=seen_at if published else sighting.published,
        # One that moved with every look would seem a change at every look.
        modified=None if modified else sighting.modified,
        flags=(*sighting.flags, "future_date"),
    )
