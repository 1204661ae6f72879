"""Where outlets announce articles, and every look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update

from workers.items import Entry, Source
from workers.store.database import Database, insert_new
from workers.store.schema import items, polls, sightings, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One look at a source: what it showed, or the `fault` that kept it from showing anything."""

    source: str
    polled_at: datetime
    status: int | None = None
    seen: int = 0
    new: int = 0
    known: int = 0
    unreadable: int = 0
    capped: int = 0
    fault: str | None = None
    detail: str = ""


def enrol(database: Database, wanted: Iterable[tuple[Source, datetime | None]], *, replayed: bool = False) -> None:
    """Make known the sources, each with the time of its first poll; those known already keep their own times.

    A source that only a replay knew becomes a live one when it is enrolled as such, never the other way round.
    """
    with database.writing() as connection:
        for one, due in wanted:
            row = {"key": one.key, "outlet": one.outlet, "kind": one.kind, "url": one.url}
            if insert_new(connection, sources, [{**row, "next_poll_at": due, "replayed": replayed}]) or replayed:
                continue
            connection.execute(
                update(sources)
                .where(sources.c.key == one.key, sources.c.replayed | sources.c.next_poll_at.is_(None))
                .values(**row, next_poll_at=due, replayed=False, claimed_until=None)
            )


def retire(database: Database, kept: Iterable[str]) -> None:
    """Stop polling every source whose key is not among `kept`: the configuration no longer names it."""
    with database.writing() as connection:
        named = sources.c.key.in_(list(kept))
        connection.execute(update(sources).where(~named, ~sources.c.replayed).values(next_poll_at=None))


def find(database: Database, key: str) -> tuple[Source, datetime | None] | None:
    """The source of that key and when it was last polled."""
    with database.reading() as connection:
        row = connection.execute(select(sources).where(sources.c.key == key)).one_or_none()
    return None if row is None else (_source(row), row.polled_at)


def claim_due(database: Database, now: datetime, lease: float, *, replayed: bool) -> list[str]:
    """Take the live (or the replayed) sources due at `now` for `lease` seconds; return their keys, the longest due first.

    Of replayed ones only the longest due is considered: recorded time must not run ahead of a poll under way.
    """
    due = _due(now, replayed=replayed)
    with database.writing() as connection:
        rows = connection.execute(due.limit(1) if replayed else due).all()
        taken = [row.key for row in rows if row.claimed_until is None or row.claimed_until <= now]
        connection.execute(
            update(sources).where(sources.c.key.in_(taken)).values(claimed_until=now + timedelta(seconds=lease))
        )
    return taken


def any_due(database: Database, now: datetime, *, replayed: bool) -> bool:
    """Whether some live (or replayed) source is due at `now`, claimed or not."""
    with database.reading() as connection:
        return connection.execute(_due(now, replayed=replayed).limit(1)).first() is not None


def _due(now: datetime, *, replayed: bool) -> Select[Any]:
    due = select(sources).where(sources.c.next_poll_at <= now, sources.c.replayed == replayed)
    return due.order_by(sources.c.next_poll_at, sources.c.key)


def keep_poll(
    database: Database,
    poll: Poll,
    entries: Iterable[Entry],
    *,
    next_poll_at: datetime | None,
    trace: str,
    now: datetime,
    due: datetime,
    replayed: bool = False,
) -> list[str]:
    """Keep a poll, its sightings and the entries not known before; return the keys of those, in their order.

    `due` is when the sweep takes them up if nobody else did. A poll that is kept already changes nothing.
    """
    found: list[str] = []
    rows = list(entries)
    with database.writing() as connection:
        row: dict[str, Any] = {name: getattr(poll, name) for name in poll.__slots__}
        if not insert_new(connection, polls, [row]):
            return []
        for entry in rows:
            item = {
                "key": entry.key, "url": entry.url, "outlet": entry.outlet, "source": poll.source,
                "found_at": entry.found_at, "stage": "fetch", "since": now, "next_attempt_at": due, "trace": trace, "replayed": replayed,
            }  # fmt: skip
            if insert_new(connection, items, [item]):
                found.append(entry.key)
        insert_new(
            connection,
            sightings,
            [
                {
                    "key": entry.key, "source": poll.source, "seen_at": poll.polled_at,
                    "title": entry.title, "published": entry.published, "claimed": entry.claimed,
                }
                for entry in rows
            ],
        )  # fmt: skip
        counted = {"new": len(found), "known": len(rows) - len(found)}
        connection.execute(
            update(polls).where(polls.c.source == poll.source, polls.c.polled_at == poll.polled_at).values(counted)
        )
        connection.execute(
            update(sources)
            .where(sources.c.key == poll.source)
            .values(polled_at=poll.polled_at, next_poll_at=next_poll_at, claimed_until=None)
        )
    return found


def _source(row: Any) -> Source:
    return Source(key=row.key, outlet=row.outlet, kind=row.kind, url=row.url)
