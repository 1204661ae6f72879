"""What is known of the articles that a source announces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from workers.store import aliases
from workers.store.database import Database
from workers.store.schema import items, sightings

# How many of a source's articles are remembered by name, the latest: more than the largest feed shows.
REMEMBERED = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a source said of one of its articles."""

    key: str
    guid: str | None
    title: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquainted:
    """What is known of the articles that a source announces: the items by announced key, those that are so by another
    address, and the newest date the source showed.

    `names` is what it said of its latest articles, given only when something announced is not known.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, aliases.Alias] = field(default_factory=dict)
    names: Sequence[Named] = ()
    newest: datetime | None = None


def acquainted(database: Database, source: str, keys: Sequence[str], *, least: int = 1) -> Acquainted:
    """What is known of these keys, and if at least so many are not known of all that the source has shown lately."""
    with database.reading() as connection:
        known = {key: key for key in connection.execute(select(items.c.key).where(items.c.key.in_(keys))).scalars()}
        also = aliases.of(connection, keys)
        known |= {key: alias.item for key, alias in also.items()}
        newest = connection.execute(
            select(func.max(sightings.c.published)).where(sightings.c.source == source)
        ).scalar_one()
        if len(set(keys)) - len(known) < least:
            return Acquainted(keys=known, aliases=also, newest=newest)
        rows = connection.execute(
            select(sightings.c.key, sightings.c.guid, sightings.c.title, sightings.c.published)
            .where(sightings.c.source == source)
            .order_by(sightings.c.seen_at.desc(), sightings.c.key)
            .limit(REMEMBERED)
        )
        names = [Named(**row._mapping) for row in rows]  # noqa: SLF001 -- SQLAlchemy's public name for it
        return Acquainted(keys=known, aliases=also, newest=newest, names=names)
