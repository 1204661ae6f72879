"""What hosts answer, known to all workers: whether they do, and their robots.txt."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from workers.store.database import Database, insert_new
from workers.store.schema import hosts, robots, troubles

# An answer is noted again after this long, or when some host has failed since: who answered after that tells whether
# the trouble is this machine's own.
_OFTEN = timedelta(minutes=10)


def answered(database: Database, site: str, now: datetime) -> None:
    """Note that a site answered, whatever it said."""
    troubled = select(func.max(hosts.c.failed_at)).scalar_subquery()
    stale = or_(hosts.c.answered_at.is_(None), hosts.c.answered_at < now - _OFTEN, troubled >= hosts.c.answered_at)
    with database.reading() as connection:
        row = connection.execute(select(hosts.c.site, stale.label("stale")).where(hosts.c.site == site)).one_or_none()
    if row is None or row.stale:
        _note(database, site, answered_at=now)


def failed(database: Database, site: str, reason: str, now: datetime) -> None:
    """Note that no answer came from a site."""
    _note(database, site, failed_at=now, reason=reason)


def of(database: Database) -> list[tuple[str, datetime | None, datetime | None]]:
    """Each site with the times of its last answer and of its last trouble on the way there."""
    with database.reading() as connection:
        rows = connection.execute(select(hosts).order_by(hosts.c.site))
        return [(row.site, row.answered_at, row.failed_at) for row in rows]


def robots_of(database: Database, origin: str) -> dict[str, Any] | None:
    """What is kept of an origin's robots.txt."""
    kept = [column for column in robots.c if column.name != "origin"]
    with database.reading() as connection:
        row = connection.execute(select(*kept).where(robots.c.origin == origin)).one_or_none()
    return None if row is None else dict(row._mapping)  # noqa: SLF001 -- SQLAlchemy's public name for it


def keep_robots(database: Database, origin: str, kept: Mapping[str, Any]) -> None:
    """Keep what came for an origin's robots.txt in place of what was kept."""
    with database.writing() as connection:
        if not insert_new(connection, robots, [{"origin": origin, **kept}]):
            connection.execute(update(robots).where(robots.c.origin == origin).values(**kept))


def trouble(database: Database, outlet: str | None, stage: str, reason: str, now: datetime) -> None:
    """Count a trouble, also one that a later try gets over."""
    key = {"outlet": outlet or "", "stage": stage, "reason": reason}
    where = [troubles.c[name] == value for name, value in key.items()]
    with database.writing() as connection:
        if not insert_new(connection, troubles, [{**key, "count": 1, "last_at": now}]):
            connection.execute(update(troubles).where(*where).values(count=troubles.c.count + 1, last_at=now))


def _note(database: Database, site: str, **values: datetime | str) -> None:
    with database.writing() as connection:
        if not insert_new(connection, hosts, [{"site": site[:255], **values}]):
            connection.execute(update(hosts).where(hosts.c.site == site[:255]).values(**values))
