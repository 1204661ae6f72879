"""The items under way. Each ends exactly once: `endings` takes one row a key, and an ended item is never worked on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, and_, delete, func, select, update

from workers.items import Drop, Entry, Failure, Stage
from workers.store.database import Database, insert_new
from workers.store.schema import endings, items, sightings, sources

END = "end"

# The `recording` of what comes from the network.
LIVE = ""

# How an item ends that a recording announces and does not hold.
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An item that a worker has taken up; `attempts` counts the tries of its stage, this one included."""

    entry: Entry
    attempts: int
    trace: str
    last_reason: str | None
    last_detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an item ended: `recorded`, `dropped` with a reason, or `failed` at a stage with a reason."""

    key: str
    url: str
    outlet: str | None
    ending: Literal["recorded", "dropped", "failed"]
    stage: Stage
    reason: str | None
    detail: str | None
    ended_at: datetime


def enter(
    database: Database, entries: Iterable[Entry], *, trace: str, now: datetime, due: datetime, recording: str
) -> list[str]:
    """Take in entries that no source announced; return the keys of the new ones."""
    with database.writing() as connection:
        return [
            entry.key
            for entry in sorted(entries, key=lambda entry: entry.key)
            if take_in(connection, entry, trace=trace, now=now, due=due, recording=recording)
        ]


def take_in(connection: Connection, entry: Entry, *, trace: str, now: datetime, due: datetime, recording: str) -> bool:
    """Take in one entry; False if it is known.

    What ended because one recording lacked it is taken in anew by another, or by the live watcher: that recording's
    gap says nothing of the article.
    """
    row = {
        "key": entry.key, "url": entry.url, "outlet": entry.outlet, "source": entry.source, "found_at": entry.found_at,
        "stage": "fetch", "since": now, "next_attempt_at": due, "trace": trace, "recording": recording,
    }  # fmt: skip
    if insert_new(connection, items, [row]):
        return True
    lacked = endings.c.reason == NOT_RECORDED
    lacking = select(items.c.key).where(items.c.key == entry.key, items.c.recording != recording)
    gone = connection.execute(
        delete(endings).where(endings.c.key.in_(lacking), lacked).returning(endings.c.key)
    ).first()
    if gone is not None:
        connection.execute(update(items).where(items.c.key == entry.key).values(row))
    return gone is not None


def begin(database: Database, key: str, stage: Stage, *, due: datetime) -> Work | None:
    """Take up an item that waits for `stage`; None if it does not (it rests, has moved on, has ended, or never was).

    The try is counted before the work, so that one which kills its worker is counted too.
    """
    claims = and_(sightings.c.key == items.c.key, sightings.c.source == items.c.source)
    query = (
        select(items, sightings.c.title, sightings.c.published, sightings.c.claimed)
        .select_from(items.outerjoin(sightings, claims))
        .where(items.c.key == key)
    )
    with database.writing() as connection:
        taken = connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage, ~items.c.resting)
            .values(attempts=items.c.attempts + 1, next_attempt_at=due)
        )
        if not taken.rowcount:
            return None
        row = connection.execute(query).one()
    entry = Entry(
        key=row.key, url=row.url, outlet=row.outlet, source=row.source, found_at=row.found_at,
        title=row.title, published=row.published, claimed=row.claimed,
    )  # fmt: skip
    return Work(entry=entry, attempts=row.attempts, trace=row.trace, last_reason=row.reason, last_detail=row.detail)


def advance(connection: Connection, key: str, stage: Stage, to: str, *, now: datetime, due: datetime | None) -> bool:
    """Move an item from `stage` on; False if somebody else did so before (then the caller keeps nothing)."""
    moved = connection.execute(
        update(items)
        .where(items.c.key == key, items.c.stage == stage)
        .values(stage=to, since=now, attempts=0, next_attempt_at=due, resting=False, reason=None, detail=None)
    )
    return bool(moved.rowcount)


def end(
    connection: Connection,
    key: str,
    stage: Stage,
    ending: str,
    now: datetime,
    *,
    reason: str | None = None,
    detail: str = "",
) -> bool:
    """End an item that waits for `stage`; False if it has moved on or ended already."""
    if not advance(connection, key, stage, END, now=now, due=None):
        return False
    row = {"key": key, "ending": ending, "stage": stage, "reason": reason, "detail": detail[:2000], "ended_at": now}
    return bool(insert_new(connection, endings, [row]))


def drop(database: Database, key: str, stage: Stage, drop: Drop, now: datetime) -> None:
    """End an item as dropped."""
    with database.writing() as connection:
        end(connection, key, stage, "dropped", now, reason=drop.reason, detail=drop.detail)


def fail(
    database: Database, key: str, stage: Stage, failure: Failure, now: datetime, *, attempts: int, retry_after: float
) -> bool:
    """Note a failed try: the item waits `retry_after` seconds times its tries, or ends as failed after `attempts`.

    Return whether it will be tried again.
    """
    with database.writing() as connection:
        row = connection.execute(select(items).where(items.c.key == key, items.c.stage == stage)).one_or_none()
        if row is None:
            return False
        if row.attempts >= attempts:
            end(connection, key, stage, "failed", now, reason=failure.reason, detail=failure.detail)
            return False
        connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage)
            .values(
                next_attempt_at=now + timedelta(seconds=retry_after * row.attempts),
                resting=retry_after > 0,
                reason=failure.reason,
                detail=failure.detail[:2000],
            )
        )
        return True


def give_back(database: Database, key: str, stage: Stage) -> None:
    """Take back the counting of a try that the item was not to blame for."""
    with database.writing() as connection:
        connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage, items.c.attempts > 0)
            .values(attempts=items.c.attempts - 1)
        )


def sweep(
    database: Database, stage: Stage, now: datetime, *, due: datetime, limit: int, recording: str = LIVE
) -> list[tuple[str, str]]:
    """Take up to `limit` items of `stage` that nobody is working on; return (key, trace), the longest due first."""
    with database.writing() as connection:
        rows = connection.execute(
            select(items.c.key, items.c.trace)
            .where(items.c.stage == stage, items.c.next_attempt_at <= now, items.c.recording == recording)
            .order_by(items.c.next_attempt_at, items.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        connection.execute(
            update(items).where(items.c.key.in_([row.key for row in rows])).values(next_attempt_at=due, resting=False)
        )
    return [(row.key, row.trace) for row in rows]


def under_way(database: Database, *, recording: str = LIVE) -> int:
    """How many live (or recorded) items have not ended."""
    query = select(func.count()).select_from(items).where(items.c.stage != END, items.c.recording == recording)
    with database.reading() as connection:
        return connection.execute(query).scalar_one()


def ended(database: Database, ending: str | None = None) -> list[Ending]:
    """All endings, or those of one kind, the newest first."""
    query = (
        select(endings, items.c.url, items.c.outlet)
        .join(items, items.c.key == endings.c.key)
        .order_by(endings.c.ended_at.desc(), endings.c.key)
    )
    with database.reading() as connection:
        rows = connection.execute(query if ending is None else query.where(endings.c.ending == ending)).all()
    return [_ending(row) for row in rows]


def life(database: Database, key: str) -> dict[str, Any] | None:
    """Everything kept of an item short of its article and record: who announced it, where it is, how it ended."""
    with database.reading() as connection:
        item = connection.execute(select(items).where(items.c.key == key)).one_or_none()
        if item is None:
            return None
        seen = connection.execute(
            select(sightings, sources.c.url.label("source_url"))
            .join(sources, sources.c.key == sightings.c.source)
            .where(sightings.c.key == key)
            .order_by(sightings.c.seen_at, sightings.c.source)
        ).all()
        ending = connection.execute(select(endings).where(endings.c.key == key)).one_or_none()
    return {
        "item": dict(item._mapping),  # noqa: SLF001 -- SQLAlchemy's public name for it
        "sightings": [dict(row._mapping) for row in seen],  # noqa: SLF001
        "ending": None if ending is None else dict(ending._mapping),  # noqa: SLF001
    }


def _ending(row: Any) -> Ending:
    return Ending(
        key=row.key, url=row.url, outlet=row.outlet, ending=row.ending, stage=row.stage,
        reason=row.reason, detail=row.detail, ended_at=row.ended_at,
    )  # fmt: skip
