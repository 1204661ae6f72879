"""What one look at a source brought: the new among the sightings, and the numbers for the ledger."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from workers.watch.sightings import Fault, Listing, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`seen` sightings are `new` + `known`; `fresh` are the new ones in page order."""

    kind: str
    seen: int
    new: int
    known: int
    unreadable: int
    capped: int
    fault: Fault | None
    fresh: tuple[Sighting, ...]


def decide(listing: Listing, known: Container[str]) -> Look:
    """Tell the new sightings from those whose key is in `known`."""
    fresh = tuple(sighting for sighting in listing.sightings if sighting.key not in known)
    seen = len(listing.sightings)
    return Look(
        kind=listing.kind,
        seen=seen,
        new=len(fresh),
        known=seen - len(fresh),
        unreadable=listing.unreadable,
        capped=listing.capped,
        fault=listing.fault,
        fresh=fresh,
    )
