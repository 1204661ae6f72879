"""What operators watch: how much there is of what, how old it is, and what is overdue. Live work only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from workers.store.database import Database
from workers.store.items import LIVE
from workers.store.schema import endings, items, polls, sources, subscriptions, troubles, visits

# The stages that an item may wait for. Named, because an index finds them among millions that have ended.
WAITING = ("fetch", "clean", "tag")

# Polls and endings older than this are counted once and not again; nobody writes down one that is older.
_SETTLED = timedelta(hours=1)

_SUBSCRIPTIONS = select(subscriptions.c.state, func.count()).group_by(subscriptions.c.state)

# (outlet, outcome) of polls; (outlet, what) of their entries; (ending, stage, reason) of endings.
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything of one moment. Keys of outlets are slugs, "" for none; moments are None where nothing was yet."""

    under_way: dict[str, int]
    oldest: dict[str, datetime]
    endings: Counter[Key]
    polls: Counter[Key]
    entries: Counter[Key]
    good_poll: dict[str, datetime]
    new_article: dict[str, datetime]
    troubles: dict[Key, int]
    subscriptions: dict[str, int]
    visits: dict[Key, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What should have happened by now: items that nobody works on, and sources that nobody looks at."""

    stuck: int
    sources: int
    last_poll: datetime | None


@dataclass(slots=True)
class Tally:
    """Counts over tables that only grow, kept between two readings, so that old rows are read once. Not for threads."""

    until: datetime | None = None
    polls: Counter[Key] = field(default_factory=Counter)
    entries: Counter[Key] = field(default_factory=Counter)
    endings: Counter[Key] = field(default_factory=Counter)


def read(database: Database, now: datetime, tally: Tally) -> Figures:
    """Read everything in one view of the store. Raises StoreError."""
    with database.reading() as connection:
        settled = now - _SETTLED
        if tally.until is None or tally.until < settled - _SETTLED:
            _count(connection, tally, tally.until, settled)
            tally.until = settled
        total = Tally(None, tally.polls.copy(), tally.entries.copy(), tally.endings.copy())
        _count(connection, total, tally.until, None)
        live = items.c.stage.in_(WAITING) & (items.c.recording == LIVE)
        waiting = connection.execute(
            select(items.c.stage, func.count(), func.min(items.c.since)).where(live).group_by(items.c.stage)
        ).all()
        return Figures(
            under_way={stage: number for stage, number, _ in waiting},
            oldest={stage: since for stage, _, since in waiting},
            endings=total.endings,
            polls=total.polls,
            entries=total.entries,
            good_poll=_good_polls(connection),
            new_article=_by_outlet(connection, sources.c.new_at),
            troubles=_pairs(
                connection.execute(select(troubles.c.outlet, troubles.c.stage, troubles.c.reason, troubles.c.count))
            ),
            subscriptions={state: number for (state,), number in _pairs(connection.execute(_SUBSCRIPTIONS)).items()},
            visits=_pairs(
                connection.execute(
                    select(visits.c.stage, func.coalesce(visits.c.outcome, ""), func.count())
                    .where(visits.c.recording == LIVE)
                    .group_by(visits.c.stage, visits.c.outcome)
                )
            ),
        )


def overdue(database: Database, now: datetime, *, stuck_after: timedelta, unpolled_after: timedelta) -> Overdue:
    """Count what is overdue. Raises StoreError.

    An item is stuck if it is neither resting between two tries nor part of a backfill, which may well take days: it has
    waited for its first try, or its next try has been due, for longer than `stuck_after`. A source is counted when it
    has been due for longer than `unpolled_after`.
    """
    before = now - stuck_after
    untried = and_(items.c.reason.is_(None), items.c.since < before)
    stuck = (
        select(func.count())
        .select_from(items.outerjoin(sources, sources.c.key == items.c.source))
        .where(items.c.stage.in_(WAITING), items.c.recording == LIVE, ~items.c.resting, sources.c.since.is_(None))
        .where(or_(untried, items.c.next_attempt_at < before))
    )
    due = and_(sources.c.recording == LIVE, sources.c.next_poll_at < now - unpolled_after)
    with database.reading() as connection:
        return Overdue(
            stuck=connection.execute(stuck).scalar_one(),
            sources=connection.execute(select(func.count()).select_from(sources).where(due)).scalar_one(),
            last_poll=connection.execute(
                select(func.max(sources.c.polled_at)).where(sources.c.recording == LIVE)
            ).scalar_one(),
        )


def _count(connection: Connection, tally: Tally, since: datetime | None, until: datetime | None) -> None:
    """Add what was polled and what ended in `[since, until)`."""
    outcome = case(
        (polls.c.fault.is_not(None), polls.c.fault), (polls.c.not_modified, "not_modified"), else_="ok"
    ).label("outcome")
    sums = ("new", "known", "unreadable", "capped", "rekeyed")
    looks = (
        select(
            func.coalesce(sources.c.outlet, "").label("outlet"),
            outcome,
            func.count().label("number"),
            func.sum(case((polls.c.gap, 1), else_=0)).label("gap_risk"),
            *(func.sum(polls.c[name]).label(name) for name in sums),
        )
        .join(sources, sources.c.key == polls.c.source)
        .where(sources.c.recording == LIVE, *_within(polls.c.polled_at, since, until))
        .group_by(sources.c.outlet, outcome)
    )
    for row in connection.execute(looks):
        tally.polls[row.outlet, row.outcome] += row.number
        for name in (*sums, "gap_risk"):
            tally.entries[row.outlet, name] += int(getattr(row, name))
    reason = func.coalesce(endings.c.reason, "")
    ended = (
        select(endings.c.ending, endings.c.stage, reason, func.count())
        .join(items, items.c.key == endings.c.key)
        .where(items.c.recording == LIVE, *_within(endings.c.ended_at, since, until))
        .group_by(endings.c.ending, endings.c.stage, reason)
    )
    tally.endings.update(_pairs(connection.execute(ended)))


def _within(column: Any, since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    return [*([column >= since] if since else []), *([column < until] if until else [])]


def _good_polls(connection: Connection) -> dict[str, datetime]:
    # The primary key is walked back from the latest look of each source: a maximum would read them all.
    latest = (
        select(polls.c.polled_at)
        .where(polls.c.source == sources.c.key, polls.c.fault.is_(None))
        .order_by(polls.c.polled_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return _by_outlet(connection, latest)


def _by_outlet(connection: Connection, moment: Any) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    rows = connection.execute(select(sources.c.outlet, moment.label("at")).where(sources.c.recording == LIVE))
    for row in rows:
        if row.at is not None:
            found[row.outlet or ""] = max(row.at, found.get(row.outlet or "", row.at))
    return found


def _pairs(rows: Iterable[Any]) -> dict[Key, int]:
    return {tuple(row[:-1]): row[-1] for row in rows}
