"""How far the walks back in time have come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workers.store.database import Database
from workers.store.schema import polls, sightings, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One source walked back: pages looked at and still to look at, what they showed, and the oldest date among it.

    `fault` is why one of the looks failed.
    """

    kind: str
    url: str
    looked: int
    waiting: int
    seen: int
    new: int
    oldest: datetime | None
    fault: str | None


def walks(database: Database, outlet: str, since: datetime) -> list[Walk]:
    """The walks of an outlet back to `since`, one for each source that one began at."""
    first = sources.alias("first")
    looks = (
        select(
            polls.c.source, func.sum(polls.c.seen).label("seen"), func.sum(polls.c.new).label("new"),
            func.max(polls.c.fault).label("fault"),
        ).group_by(polls.c.source).subquery()
    )  # fmt: skip
    dates = (
        select(sightings.c.source, func.min(sightings.c.published).label("oldest"))
        .group_by(sightings.c.source)
        .subquery()
    )
    query = (
        select(
            first.c.kind,
            first.c.url,
            func.count(looks.c.source).label("looked"),
            func.count(sources.c.next_poll_at).label("waiting"),
            func.coalesce(func.sum(looks.c.seen), 0).label("seen"),
            func.coalesce(func.sum(looks.c.new), 0).label("new"),
            func.min(dates.c.oldest).label("oldest"),
            func.max(looks.c.fault).label("fault"),
        )
        .select_from(sources)
        .join(first, first.c.key == sources.c.parent)
        .outerjoin(looks, looks.c.source == sources.c.key)
        .outerjoin(dates, dates.c.source == sources.c.key)
        .where(sources.c.outlet == outlet, sources.c.since == since)
        .group_by(first.c.key, first.c.kind, first.c.url)
        .order_by(first.c.url)
    )
    with database.reading() as connection:
        return [Walk(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001
