"""The items under way. Each ends exactly once: `endings` takes one row a key, and an ended item is never worked on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, delete, func, or_, select, update

from workers.items import Drop, Entry, Failure, Hop, Stage
from workers.reasons import Policy
from workers.store.database import Database, insert_new
from workers.store.schema import UtcTime, aliases, endings, items, sightings, sources
from workers.urls import site_of

END = "end"

# The `recording` of what comes from the network.
LIVE = ""

# Tries of a stage in all, whatever their reasons.
MOST_TRIES = 10

# What a source says of an article beside its address.
_CLAIMS = ("title", "published", "claimed", "modified", "guid", "flags")

# No wait is as long: what waits longer was noted by a clock that ran ahead.
TOO_FAR = timedelta(days=8)

# How an item ends that a recording announces and does not hold.
NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An item that a worker has taken up; `attempts` counts the tries of its stage, this one included.

    `hop` is where redirects led on earlier tries.
    """

    entry: Entry
    attempts: int
    trace: str
    hop: Hop | None
    last_reason: str | None
    last_detail: str | None


def enter(
    database: Database, entries: Iterable[Entry], *, trace: str, now: datetime, due: datetime, recording: str
) -> list[str]:
    """Take in entries that no source announced; return the keys of the new ones."""
    with database.writing() as connection:
        listed = sorted(entries, key=lambda entry: entry.key)
        new = take_in(connection, listed, trace=trace, now=now, due=due, recording=recording)
    return [entry.key for entry in listed if entry.key in new]


def take_in(
    connection: Connection, entries: Sequence[Entry], *, trace: str, now: datetime, due: datetime, recording: str
) -> set[str]:
    """Take in the entries that are not known, in the order of their keys; return the keys of those.

    What ended because one recording lacked it is taken in anew by another, or by the live watcher: that recording's
    gap says nothing of the article.
    """
    keys = [entry.key for entry in entries]
    other_names = set(connection.execute(select(aliases.c.key).where(aliases.c.key.in_(keys))).scalars())
    known = set(connection.execute(select(items.c.key).where(items.c.key.in_(keys))).scalars())
    rows = {
        entry.key: {
            "key": entry.key, "url": entry.url, "site": site_of(entry.url), "outlet": entry.outlet,
            "source": entry.source, "found_at": entry.found_at, "stage": "fetch", "since": now, "next_attempt_at": due,
            "trace": trace, "recording": recording,
        }
        for entry in entries
        if entry.key not in other_names
    }  # fmt: skip
    new = set(insert_new(connection, items, [row for key, row in rows.items() if key not in known]))
    lacking = select(items.c.key).where(items.c.key.in_(rows.keys() - new), items.c.recording != recording)
    gone = connection.execute(
        delete(endings).where(endings.c.key.in_(lacking), endings.c.reason == NOT_RECORDED).returning(endings.c.key)
    ).scalars()
    anew = set(gone)
    for key in anew:
        connection.execute(update(items).where(items.c.key == key).values(rows[key]))
    return new | anew


def begin(database: Database, key: str, stage: Stage, *, due: datetime) -> Work | None:
    """Take up an item that waits for `stage`; None if it does not (it rests, has moved on, has ended, or never was).

    The try is counted before the work, so that one which kills its worker is counted too.
    """
    claims = and_(sightings.c.key == items.c.key, sightings.c.source == items.c.source)
    query = (
        select(items, *(sightings.c[name] for name in _CLAIMS))
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
        title=row.title, published=row.published, claimed=row.claimed, modified=row.modified, guid=row.guid,
        flags=tuple(row.flags or ()),
    )  # fmt: skip
    hop = Hop(url=row.location, count=row.hops) if row.location else None
    return Work(
        entry=entry, attempts=row.attempts, trace=row.trace, hop=hop, last_reason=row.reason, last_detail=row.detail
    )


def advance(connection: Connection, key: str, stage: Stage, to: str, *, now: datetime, due: datetime | None) -> bool:
    """Move an item from `stage` on; False if somebody else did so before (then the caller keeps nothing)."""
    moved = connection.execute(
        update(items)
        .where(items.c.key == key, items.c.stage == stage)
        .values(
            stage=to, since=now, attempts=0, next_attempt_at=due, resting=False, reason=None, detail=None,
            location=None, hops=0,
        )
    )  # fmt: skip
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


def fail(database: Database, key: str, stage: Stage, failure: Failure, now: datetime, *, policy: Policy) -> bool:
    """Note a failed try: the item rests as long as `policy` says, or ends when its retries are used up.

    It rests longer where the far side asked for that. Return whether it will be tried again.
    """
    with database.writing() as connection:
        row = connection.execute(select(items).where(items.c.key == key, items.c.stage == stage)).one_or_none()
        if row is None:
            return False
        used_up = row.attempts > len(policy.retries)
        # Another reason than before gets one further try of its own, but two may not take turns for ever.
        another = policy.retries and row.reason not in {None, failure.reason} and row.attempts < MOST_TRIES
        if used_up and not another:
            end(connection, key, stage, policy.ending, now, reason=failure.reason, detail=failure.detail)
            return False
        wait = policy.retries[0 if used_up else row.attempts - 1]
        if wait and failure.retry_after:
            wait = max(wait, failure.retry_after)
        connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage)
            .values(
                next_attempt_at=now + timedelta(seconds=wait),
                resting=wait > 0,
                reason=failure.reason,
                detail=failure.detail[:2000],
                location=None,
                hops=0,
            )
        )
        return True


def postpone(database: Database, key: str, stage: Stage, *, until: datetime, hop: Hop | None) -> None:
    """Let an item rest whose host is not to be asked yet: that was no try."""
    with database.writing() as connection:
        connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage)
            .values(
                attempts=case((items.c.attempts > 0, items.c.attempts - 1), else_=0),
                next_attempt_at=until,
                resting=True,
                location=hop.url if hop else None,
                hops=hop.count if hop else 0,
            )
        )


def give_back(database: Database, key: str, stage: Stage) -> None:
    """Take back the counting of a try that the item was not to blame for."""
    with database.writing() as connection:
        connection.execute(
            update(items)
            .where(items.c.key == key, items.c.stage == stage, items.c.attempts > 0)
            .values(attempts=items.c.attempts - 1)
        )


def sweep(
    database: Database,
    stage: Stage,
    now: datetime,
    *,
    due: datetime,
    limit: int,
    recording: str = LIVE,
    shunned: Collection[str] = (),
) -> list[tuple[str, str]]:
    """Take up to `limit` items of `stage` that nobody is working on; return (key, trace), the longest due first.

    Of live items to fetch only one of each site, the news before what a backfill found, and none of a site where one
    is being fetched or that is `shunned`: one host's backlog must not fill the queue, nor a dead one the workers.
    """
    by_site = stage == "fetch" and recording == LIVE
    said: dict[str, Any] = {"stage": stage, "recording": recording, "now": now, "far": now + TOO_FAR, "limit": limit}
    if by_site:
        said |= {"soon": now + timedelta(microseconds=1), "shunned": list(shunned)}
    # Looked at first without a lock: most often there is nothing, and SQLite has one writer.
    with database.reading() as connection:
        if connection.execute(_waiting(by_site=by_site), said | {"limit": min(limit, 1)}).first() is None:
            return []
    with database.writing() as connection:
        rows = connection.execute(_waiting(by_site=by_site, lock=True), said).all()
        connection.execute(
            update(items).where(items.c.key.in_([row.key for row in rows])).values(next_attempt_at=due, resting=False)
        )
    return [(row.key, row.trace) for row in rows]


# Made once: every tick asks several times, and to put the query together takes longer than to run it.
@lru_cache(maxsize=4)
def _waiting(*, by_site: bool, lock: bool = False) -> Select[Any]:
    now, far = (bindparam(name, type_=UtcTime()) for name in ("now", "far"))
    due_now = or_(items.c.next_attempt_at <= now, items.c.next_attempt_at > far)
    wanted = [items.c.stage == bindparam("stage"), due_now, items.c.recording == bindparam("recording")]
    if by_site:
        at_work = items.alias("at_work")
        busy = select(at_work.c.site).where(
            at_work.c.stage == bindparam("stage"),
            at_work.c.recording == bindparam("recording"),
            ~at_work.c.resting,
            at_work.c.next_attempt_at.between(bindparam("soon", type_=UtcTime()), far),
        )
        wanted += [items.c.site.not_in(bindparam("shunned", expanding=True)), items.c.site.not_in(busy)]
    query = select(items.c.key, items.c.trace).where(*wanted)
    if by_site:
        order = (sources.c.since.is_not(None), items.c.next_attempt_at, items.c.key)
        turn = func.row_number().over(partition_by=items.c.site, order_by=order).label("turn")
        queues = select(items.c.key, turn).outerjoin(sources, sources.c.key == items.c.source).where(*wanted).subquery()
        query = query.where(items.c.key.in_(select(queues.c.key).where(queues.c.turn == 1)))
    query = query.order_by(items.c.next_attempt_at, items.c.key).limit(bindparam("limit"))
    return query.with_for_update(skip_locked=True) if lock else query


def under_way(database: Database, stage: Stage | None = None, *, recording: str = LIVE) -> int:
    """How many live (or recorded) items have not ended, or wait for one stage."""
    where = items.c.stage != END if stage is None else items.c.stage == stage
    query = select(func.count()).select_from(items).where(where, items.c.recording == recording)
    with database.reading() as connection:
        return connection.execute(query).scalar_one()
