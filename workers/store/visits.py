"""Later looks at recorded articles: what was edited in silence, and what was taken down.

A visit waits, rests and ends like an item and travels the same queues, where it goes by "<item key>.<number>". The
record of the article stays as it was first published, since somebody may have cited it; what a visit finds is kept
beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select, tuple_, update

from workers.items import Article, Capture, Entry, Failure, Hop, Stage, to_json
from workers.reasons import Policy
from workers.store.appointments import add, asked_at
from workers.store.database import Database
from workers.store.items import END, LIVE, TOO_FAR
from workers.store.schema import UtcTime, captures, items, sightings, visits

Outcome = Literal["same", "changed", "gone", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that a worker has taken up; `attempts` counts the tries of its stage, this one included.

    `first` is the item's own capture and `before` the last look that brought a page; `asked_at` is when the page was
    last asked for, whatever came. `capture` is what this visit fetched, once it has.
    """

    entry: Entry
    number: int
    recording: str
    attempts: int
    trace: str
    hop: Hop | None
    first: Capture
    before: Capture
    asked_at: datetime
    capture: Capture | None
    last_reason: str | None
    last_detail: str | None

    @property
    def name(self) -> str:
        """What a message calls it."""
        return name_of(self.entry.key, self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a visit ended: at what time the page was asked for, why nothing came of it, or what did."""

    outcome: Outcome
    at: datetime
    reason: str | None = None
    detail: str = ""
    capture: Capture | None = None
    article: Article | None = None
    fingerprint: str | None = None


def name_of(key: str, number: int) -> str:
    """What messages call a visit."""
    return f"{key}.{number}"


def begin(database: Database, key: str, number: int, stage: Stage, *, due: datetime) -> Visit | None:
    """Take up a visit that waits for `stage`; None if it does not. The try is counted before the work."""
    with database.writing() as connection:
        taken = connection.execute(
            update(visits)
            .where(_this(key, number, stage), ~visits.c.resting)
            .values(attempts=visits.c.attempts + 1, next_attempt_at=due)
        )
        return _visit(connection, key, number) if taken.rowcount else None


def keep_fetch(database: Database, visit: Visit, capture: Capture, *, now: datetime, due: datetime) -> bool:
    """Keep what a visit fetched and move it on to `clean`; False if it was not waiting for that."""
    moved = {**_fresh(now), **_columns(capture), "stage": "clean", "next_attempt_at": due}
    return _move(database, visit, "fetch", moved)


def end(database: Database, visit: Visit, stage: Stage, said: End, *, now: datetime, next_due: datetime | None) -> bool:
    """End a visit that waits for `stage` and note the one after it, if there is to be one; False if it has moved on."""
    values = {
        **_fresh(now),
        **({} if said.capture is None else _columns(said.capture)),
        "stage": END, "next_attempt_at": None, "outcome": said.outcome, "captured_at": said.at,
        "reason": said.reason, "detail": said.detail[:2000] or None,
    }  # fmt: skip
    if said.article is not None:
        values |= {"title": said.article.title, "fingerprint": said.fingerprint}
        if said.outcome == "changed":
            values["data"] = to_json(said.article)
    key = visit.entry.key
    with database.writing() as connection:
        moved = connection.execute(update(visits).where(_this(key, visit.number, stage)).values(values))
        if moved.rowcount and next_due is not None:
            add(connection, key, visit.number + 1, recording=visit.recording, due=next_due, now=now)
    return bool(moved.rowcount)


def fail(database: Database, visit: Visit, stage: Stage, failure: Failure, now: datetime, *, policy: Policy) -> bool:
    """Note a failed try and let the visit rest as `policy` says; False, and nothing is kept, if it has no more tries."""
    if visit.attempts > len(policy.retries):
        return False
    wait = policy.retries[visit.attempts - 1]
    if wait and failure.retry_after:
        wait = max(wait, failure.retry_after)
    rested = {
        "next_attempt_at": now + timedelta(seconds=wait), "resting": wait > 0, "location": None, "hops": 0,
        "reason": failure.reason, "detail": failure.detail[:2000],
    }  # fmt: skip
    return _move(database, visit, stage, rested)


def postpone(database: Database, visit: Visit, *, until: datetime, hop: Hop | None) -> None:
    """Let a visit rest whose host is not to be asked yet: that was no try."""
    rested = {
        "attempts": _one_less(), "next_attempt_at": until, "resting": True,
        "location": hop.url if hop else None, "hops": hop.count if hop else 0,
    }  # fmt: skip
    _move(database, visit, "fetch", rested)


def give_back(database: Database, visit: Visit, stage: Stage) -> None:
    """Take back the counting of a try that the visit was not to blame for."""
    _move(database, visit, stage, {"attempts": _one_less()})


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
    """Take up to `limit` visits of `stage` that nobody is working on; return (name, trace), the longest due first.

    Of live visits to fetch only one of each site, and none of a site that is `shunned`: one host's backlog must not
    fill the queue, nor a dead one the workers.
    """
    by_site = stage == "fetch" and recording == LIVE
    said: dict[str, Any] = {"stage": stage, "recording": recording, "now": now, "far": now + TOO_FAR, "limit": limit}
    said["shunned"] = list(shunned) if stage == "fetch" else []
    # Looked at first without a lock: most often there is nothing, and SQLite has one writer.
    with database.reading() as connection:
        if connection.execute(_waiting(by_site=by_site), said | {"limit": min(limit, 1)}).first() is None:
            return []
    with database.writing() as connection:
        rows = connection.execute(_waiting(by_site=by_site, lock=True), said).all()
        if not rows:
            return []
        taken = tuple_(visits.c.key, visits.c.number).in_([(row.key, row.number) for row in rows])
        connection.execute(update(visits).where(taken).values(next_attempt_at=due, resting=False))
    return [(name_of(row.key, row.number), row.trace) for row in rows]


# Made once, like that of the items.
@lru_cache(maxsize=4)
def _waiting(*, by_site: bool, lock: bool = False) -> Select[Any]:
    now, far = (bindparam(name, type_=UtcTime()) for name in ("now", "far"))
    wanted = [
        visits.c.stage == bindparam("stage"),
        or_(visits.c.next_attempt_at <= now, visits.c.next_attempt_at > far),
        visits.c.recording == bindparam("recording"),
        visits.c.site.not_in(bindparam("shunned", expanding=True)),
    ]
    order = (visits.c.next_attempt_at, visits.c.key, visits.c.number)
    query = select(visits.c.key, visits.c.number, visits.c.trace).where(*wanted)
    if by_site:
        turn = func.row_number().over(partition_by=visits.c.site, order_by=order).label("turn")
        queues = select(visits.c.key, visits.c.number, turn).where(*wanted).subquery()
        first = select(queues.c.key, queues.c.number).where(queues.c.turn == 1)
        query = query.where(tuple_(visits.c.key, visits.c.number).in_(first))
    query = query.order_by(*order).limit(bindparam("limit"))
    return query.with_for_update(skip_locked=True) if lock else query


def under_way(database: Database, now: datetime, stage: Stage | None = None, *, recording: str = LIVE) -> int:
    """How many live (or recorded) visits somebody has taken up or should, those that wait for their day left out."""
    at_work = and_(visits.c.stage != END, ~visits.c.resting | (visits.c.next_attempt_at <= now))
    query = select(func.count()).select_from(visits).where(at_work, visits.c.recording == recording)
    with database.reading() as connection:
        return connection.execute(query if stage is None else query.where(visits.c.stage == stage)).scalar_one()


def _visit(connection: Connection, key: str, number: int) -> Visit:
    row = connection.execute(_with_claims().where(visits.c.key == key, visits.c.number == number)).one()
    first = capture_in(connection.execute(select(captures).where(captures.c.key == key)).one())
    brought = connection.execute(
        select(visits, items.c.url)
        .join(items, items.c.key == visits.c.key)
        .where(visits.c.key == key, visits.c.outcome.in_(("same", "changed")))
        .order_by(visits.c.captured_at.desc(), visits.c.number.desc())
        .limit(1)
    ).one_or_none()
    entry = Entry(
        key=key, url=row.url, outlet=row.outlet, source=row.source, found_at=row.found_at, title=row.claimed_title,
        published=row.published, claimed=row.claimed, modified=row.modified, guid=row.guid,
        flags=tuple(row.flags or ()),
    )  # fmt: skip
    return Visit(
        entry=entry,
        number=number,
        recording=row.recording,
        attempts=row.attempts,
        trace=row.trace,
        hop=Hop(url=row.location, count=row.hops) if row.location else None,
        first=first,
        before=first if brought is None else capture_in(brought),
        asked_at=asked_at(connection, key) or first.captured_at,
        capture=None if row.digest is None else capture_in(row),
        last_reason=row.reason,
        last_detail=row.detail,
    )


def _with_claims() -> Select[Any]:
    """Visits with the address of their item and what its source claims, which the cleaner takes into account."""
    claims = and_(sightings.c.key == items.c.key, sightings.c.source == items.c.source)
    said = (sightings.c[name] for name in ("published", "claimed", "modified", "guid", "flags"))
    about = (items.c.url, items.c.outlet, items.c.source, items.c.found_at)
    joined = visits.join(items, items.c.key == visits.c.key).outerjoin(sightings, claims)
    return select(visits, *about, sightings.c.title.label("claimed_title"), *said).select_from(joined)


def capture_in(row: Any) -> Capture:
    """The capture in a row of `captures`, or of `visits` with the address of its item."""
    return Capture(**{one.name: getattr(row, one.name) for one in fields(Capture)})


def _columns(capture: Capture) -> dict[str, Any]:
    names = ("final_url", "status", "headers", "captured_at", "digest", "size", "elapsed", "place")
    return {name: getattr(capture, name) for name in names}


def _fresh(now: datetime) -> dict[str, Any]:
    """What is operational, at the beginning of a stage."""
    return {
        "since": now, "attempts": 0, "resting": False, "reason": None, "detail": None, "location": None, "hops": 0,
    }  # fmt: skip


def _this(key: str, number: int, stage: Stage) -> ColumnElement[bool]:
    return and_(visits.c.key == key, visits.c.number == number, visits.c.stage == stage)


def _one_less() -> Any:
    return case((visits.c.attempts > 0, visits.c.attempts - 1), else_=0)


def _move(database: Database, visit: Visit, stage: Stage, values: Mapping[str, Any]) -> bool:
    with database.writing() as connection:
        where = _this(visit.entry.key, visit.number, stage)
        return bool(connection.execute(update(visits).where(where).values(values)).rowcount)
