"""Where outlets announce articles, and every look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from workers.items import Entry, Source
from workers.store.database import Database, insert_new
from workers.store.items import LIVE, take_in
from workers.store.schema import polls, sightings, sources


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


def enrol(database: Database, wanted: Iterable[tuple[Source, datetime | None]], *, recording: str = LIVE) -> None:
    """Make known the sources, each with the time of its first poll; one that is known already keeps its own times."""
    with database.writing() as connection:
        for one, due in sorted(wanted, key=lambda pair: pair[0].key):
            said = {"outlet": one.outlet, "kind": one.kind, "url": one.url}
            row = {"key": one.key, **said, "next_poll_at": due, "recording": recording}
            if insert_new(connection, sources, [row]):
                continue
            same = update(sources).where(sources.c.key == one.key)
            connection.execute(same.values(said))
            if recording == LIVE:
                # It had been retired and is wanted again.
                connection.execute(same.where(sources.c.next_poll_at.is_(None)).values(next_poll_at=due))


def retire(database: Database, kept: Iterable[str]) -> None:
    """Stop polling every live source whose key is not among `kept`: the configuration no longer names it."""
    with database.writing() as connection:
        named = sources.c.key.in_(list(kept))
        connection.execute(update(sources).where(~named, sources.c.recording == LIVE).values(next_poll_at=None))


def find(database: Database, key: str) -> tuple[Source, datetime | None] | None:
    """The source of that key and when it was last polled."""
    with database.reading() as connection:
        row = connection.execute(select(sources).where(sources.c.key == key)).one_or_none()
    return None if row is None else (_source(row), row.polled_at)


def claim_due(database: Database, now: datetime, lease: float, *, recording: str = LIVE) -> list[str]:
    """Take the live (or the recorded) sources due at `now` for `lease` seconds; return their keys, the longest due first.

    Of recorded ones only the longest due is considered: recorded time must not run ahead of a poll under way. Two that
    claim at once never get the same.
    """
    due = _due(now, recording)
    if recording == LIVE:
        due = due.where(_free(now)).with_for_update(skip_locked=True)
    else:
        due = due.limit(1).with_for_update()
    with database.writing() as connection:
        rows = connection.execute(due).all()
        taken = [row.key for row in rows if row.claimed_until is None or row.claimed_until <= now]
        connection.execute(
            update(sources).where(sources.c.key.in_(taken)).values(claimed_until=now + timedelta(seconds=lease))
        )
    return taken


def any_due(database: Database, now: datetime, *, recording: str = LIVE) -> bool:
    """Whether some live (or recorded) source is due at `now`, claimed or not."""
    with database.reading() as connection:
        return connection.execute(_due(now, recording).limit(1)).first() is not None


def _due(now: datetime, recording: str) -> Select[Any]:
    due = select(sources).where(sources.c.next_poll_at <= now, sources.c.recording == recording)
    return due.order_by(sources.c.next_poll_at, sources.c.key)


def _free(now: datetime) -> ColumnElement[bool]:
    return sources.c.claimed_until.is_(None) | (sources.c.claimed_until <= now)


def rest(database: Database, key: str) -> None:
    """Poll a source no more: its recording holds no later look."""
    with database.writing() as connection:
        connection.execute(update(sources).where(sources.c.key == key).values(next_poll_at=None, claimed_until=None))


def keep_poll(
    database: Database,
    poll: Poll,
    entries: Iterable[Entry],
    *,
    next_poll_at: datetime | None,
    trace: str,
    now: datetime,
    due: datetime,
    recording: str = LIVE,
) -> list[str]:
    """Keep a poll, its sightings and the entries not known before; return the keys of those, in their order.

    `due` is when the sweep takes them up if nobody else did. A poll that is kept already changes nothing.
    """
    listed = list(entries)
    # In one order everywhere: two polls that insert the same rows crosswise would wait for each other for ever.
    rows = sorted(listed, key=lambda entry: entry.key)
    with database.writing() as connection:
        row: dict[str, Any] = {name: getattr(poll, name) for name in poll.__slots__}
        if not insert_new(connection, polls, [row]):
            return []
        new = {
            entry.key
            for entry in rows
            if take_in(
                connection, replace(entry, source=poll.source), trace=trace, now=now, due=due, recording=recording
            )
        }
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
        counted = {"new": len(new), "known": len(rows) - len(new)}
        connection.execute(
            update(polls).where(polls.c.source == poll.source, polls.c.polled_at == poll.polled_at).values(counted)
        )
        connection.execute(
            update(sources)
            .where(sources.c.key == poll.source)
            .values(polled_at=poll.polled_at, next_poll_at=next_poll_at, claimed_until=None)
        )
    return [entry.key for entry in listed if entry.key in new]


def _source(row: Any) -> Source:
    return Source(key=row.key, outlet=row.outlet, kind=row.kind, url=row.url)
