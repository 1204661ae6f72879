"""What the watcher may have missed: gaps, sources in trouble, hours without a look, and articles lost on the way.

Only live work is asked about: what a recording lacks, nobody has missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from workers.reasons import OF_THE_WAY
from workers.store.database import Database
from workers.store.items import LIVE
from workers.store.schema import endings, items, polls, sightings, sources

# Rows of one section; there may be more, which are counted.
MOST = 1000

# Reasons for which an article is dropped though it may be one; all that has failed comes on top.
LOST = ("http_3xx", "http_4xx", "gone", "forbidden", "robots", "too_many_redirects")

# The fault of a look that failed because nothing at all could be reached.
OFFLINE = "offline"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """How many there are, and the first of them, at most `MOST`."""

    number: int
    rows: tuple[T, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A look that may not have shown all: articles published between `after` and `before` may be missing.

    `why` holds "rolled_over" (nothing in it was known), "capped" (more entries than are taken) and "rekeyed" (the
    source changed the addresses of what was known). `after` is None where no look came before.
    """

    source: str
    outlet: str | None
    kind: str
    url: str
    polled_at: datetime
    after: datetime | None
    before: datetime
    why: tuple[str, ...]
    capped: int
    rekeyed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A source whose latest looks brought nothing: how many, since when, and what came of the last."""

    source: str
    outlet: str | None
    kind: str
    url: str
    faults: int
    since: datetime
    last_at: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which no source was heard: nobody looked, or, with `looks`, nothing could be reached."""

    after: datetime
    before: datetime
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An article that was announced and could not be read."""

    key: str
    url: str
    outlet: str | None
    title: str | None
    found_at: datetime
    ended_at: datetime
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A source that is watched: what is known of its habits (as the watcher wrote it), and when it had news last."""

    source: str
    outlet: str | None
    kind: str
    url: str
    rhythm: Any
    new_at: datetime | None
    polled_at: datetime | None


def gaps(database: Database, since: datetime) -> Found[Gap]:
    """The looks since then that may not have shown all, the latest first."""
    earlier = polls.alias("earlier")
    previous = (
        select(func.max(earlier.c.polled_at))
        .where(earlier.c.source == polls.c.source, earlier.c.polled_at < polls.c.polled_at, earlier.c.fault.is_(None))
        .scalar_subquery()
    )
    # All that such a look showed was seen for the first time in it.
    oldest = (
        select(func.min(sightings.c.published))
        .where(sightings.c.source == polls.c.source, sightings.c.seen_at == polls.c.polled_at)
        .scalar_subquery()
    )
    flagged = or_(polls.c.gap, polls.c.capped > 0, polls.c.rekeyed > 0)
    where = and_(polls.c.polled_at >= since, flagged, sources.c.recording == LIVE)
    query = (
        select(polls, sources.c.outlet, sources.c.kind, sources.c.url, previous.label("after"), oldest.label("oldest"))
        .join(sources, sources.c.key == polls.c.source)
        .where(where)
        .order_by(polls.c.polled_at.desc(), polls.c.source)
        .limit(MOST)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
        number = _number(connection, polls.join(sources, sources.c.key == polls.c.source), where)
    return Found(number, tuple(_gap(row) for row in rows))


def troubled(database: Database) -> list[Troubled]:
    """The watched sources that are in trouble now, the longest first."""
    query = select(sources).where(_watched(), sources.c.faults > 0).order_by(sources.c.key)
    with database.reading() as connection:
        rows = connection.execute(query).all()
        found = [one for row in rows if (one := _troubled(connection, row)) is not None]
    return sorted(found, key=lambda one: (one.since, one.source))


def pauses(database: Database, since: datetime, now: datetime, *, longest: float, grace: float) -> list[Pause]:
    """The times since then in which no source was heard, though some must have been due, or the network was down.

    `longest` are the seconds between two looks at a source at most, so a longer silence of all is a pause; `grace` are
    the seconds after which a source that is due and not looked at means that nobody looks.
    """
    live = polls.join(sources, sources.c.key == polls.c.source)
    # A trouble on the way to one host says nothing of the network, neither that it is up nor that it is down.
    answered = or_(polls.c.fault.is_(None), polls.c.fault.not_in({OFFLINE, *OF_THE_WAY}))
    heard = and_(sources.c.recording == LIVE, answered)
    told = and_(sources.c.recording == LIVE, or_(answered, polls.c.fault == OFFLINE))
    moments = (
        select(polls.c.polled_at, polls.c.fault)
        .select_from(live)
        .where(told, polls.c.polled_at >= since)
        .order_by(polls.c.polled_at)
        .execution_options(yield_per=10_000)
    )
    first = select(func.max(polls.c.polled_at)).select_from(live).where(heard, polls.c.polled_at < since)
    overdue = select(func.min(sources.c.next_poll_at)).where(_watched())
    with database.reading() as connection:
        last: datetime | None = connection.execute(first).scalar()
        found: list[tuple[datetime, datetime]] = []
        offline = False
        for at, fault in connection.execute(moments):
            if fault == OFFLINE:
                offline = True
                continue
            if last is not None and (offline or (at - last).total_seconds() > longest):
                found.append((last, at))
            last, offline = at, False
        due: datetime | None = connection.execute(overdue).scalar()
        if last is not None and due is not None and (offline or (now - last).total_seconds() > longest):
            found.append((last, now))
        elif due is not None and due < now - timedelta(seconds=grace) and (last is None or last < due):
            found.append((due, now))
        return [
            Pause(after=after, before=before, looks=_looks_between(connection, after, before))
            for after, before in found
        ]


def lost(database: Database, since: datetime) -> Found[Lost]:
    """The announced articles that ended since then for troubles on the way to them, the latest first."""
    claims = and_(sightings.c.key == items.c.key, sightings.c.source == items.c.source)
    where = and_(endings.c.ended_at >= since, items.c.recording == LIVE, items.c.source.is_not(None), lost_one())
    ended = endings.join(items, items.c.key == endings.c.key)
    query = (
        select(endings, items.c.url, items.c.outlet, items.c.found_at, sightings.c.title)
        .select_from(ended.outerjoin(sightings, claims))
        .where(where)
        .order_by(endings.c.ended_at.desc(), endings.c.key)
        .limit(MOST)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
        number = _number(connection, ended, where)
    return Found(
        number,
        tuple(
            Lost(
                key=row.key, url=row.url, outlet=row.outlet, title=row.title, found_at=row.found_at,
                ended_at=row.ended_at, reason=row.reason or "", detail=row.detail or "",
            )
            for row in rows
        ),
    )  # fmt: skip


def heard(database: Database) -> list[Heard]:
    """The watched sources whose last look went well, by outlet and address; not what an index or a backfill led to."""
    query = (
        select(sources)
        .where(_watched(), sources.c.faults == 0, sources.c.parent.is_(None), sources.c.since.is_(None))
        .order_by(sources.c.outlet, sources.c.url)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [
        Heard(
            source=row.key, outlet=row.outlet, kind=row.kind, url=row.url, rhythm=row.rhythm, new_at=row.new_at,
            polled_at=row.polled_at,
        )
        for row in rows
    ]  # fmt: skip


def lost_one() -> ColumnElement[bool]:
    """Whether an ending is that of an article which could not be read."""
    return or_(endings.c.ending == "failed", and_(endings.c.ending == "dropped", endings.c.reason.in_(LOST)))


def _watched() -> ColumnElement[bool]:
    return and_(sources.c.recording == LIVE, sources.c.next_poll_at.is_not(None))


def _number(connection: Connection, table: Any, where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(table).where(where)).scalar_one()


def _gap(row: Any) -> Gap:
    why = tuple(_reasons_of(row))
    between = row.gap and not row.capped and row.oldest is not None
    before = min(row.oldest, row.polled_at) if between else row.polled_at
    return Gap(
        source=row.source,
        outlet=row.outlet,
        kind=row.kind,
        url=row.url,
        polled_at=row.polled_at,
        after=row.after,
        # An old article on top says nothing of what lies between the looks.
        before=before if row.after is None or before > row.after else row.polled_at,
        why=why,
        capped=row.capped,
        rekeyed=row.rekeyed,
    )


def _reasons_of(row: Any) -> Iterator[str]:
    # Where more came than is taken the look is flagged too, though something in it may have been known.
    if row.gap and not (row.capped and row.known):
        yield "rolled_over"
    if row.capped:
        yield "capped"
    if row.rekeyed:
        yield "rekeyed"


def _troubled(connection: Connection, source: Any) -> Troubled | None:
    mine = polls.c.source == source.key
    # "Not modified" after a fault brings no news of it: the source counts it so as well.
    good = select(func.max(polls.c.polled_at)).where(mine, polls.c.fault.is_(None), ~polls.c.not_modified)
    last_good = connection.execute(good).scalar()
    bad = and_(mine, polls.c.fault.is_not(None), polls.c.fault != OFFLINE)
    if last_good is not None:
        bad = and_(bad, polls.c.polled_at > last_good)
    since = connection.execute(select(func.min(polls.c.polled_at)).where(bad)).scalar()
    last = connection.execute(select(polls).where(bad).order_by(polls.c.polled_at.desc()).limit(1)).one_or_none()
    if since is None or last is None:
        return None
    return Troubled(
        source=source.key, outlet=source.outlet, kind=source.kind, url=source.url, faults=source.faults, since=since,
        last_at=last.polled_at, reason=last.fault, detail=last.detail or "",
    )  # fmt: skip


def _looks_between(connection: Connection, after: datetime, before: datetime) -> int:
    between = and_(polls.c.polled_at > after, polls.c.polled_at < before, sources.c.recording == LIVE)
    return _number(connection, polls.join(sources, sources.c.key == polls.c.source), between)
