"""What hubs are asked to push: the feeds that declare one, how far the asking has come, until when each delivers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, delete, or_, select, update

from workers.store.database import Database, insert_new
from workers.store.items import LIVE
from workers.store.schema import sources, subscriptions

# The n-th asking in a row that came to nothing is followed by another n times as long after; never by none.
AGAIN = timedelta(hours=1)
AGAIN_AT_MOST = timedelta(days=1)

# The same for a hub that said no.
DENIED_AGAIN = timedelta(days=1)
DENIED_AT_MOST = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One feed at its hub. `state` is wanted, asked, active, denied or failed; `failures` counts askings in a row
    that came to nothing, one that is still open included.
    """

    source: str
    hub: str
    topic: str
    state: str
    asked_at: datetime | None = None
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    detail: str | None = None


def note(database: Database, source: str, hub: str, topic: str, now: datetime) -> bool:
    """Note what a feed declares; return whether that is new, and its hub will be asked."""
    known = find(database, source)
    if known is not None and (known.hub, known.topic) == (hub, topic):
        return False
    wanted = {"hub": hub, "topic": topic, "state": "wanted", "next_at": now, "failures": 0}
    with database.writing() as connection:
        if not insert_new(connection, subscriptions, [{"source": source, **wanted}]):
            if known is not None and known.asked_at is not None:
                # A feed that names two hubs by turns must not have one asked at every look.
                wanted["next_at"] = max(now, known.asked_at + AGAIN)
            _update(connection, source, **wanted, verified_at=None, lease_until=None, detail=None)
    return True


def withdraw(database: Database, source: str) -> bool:
    """Forget a subscription that its feed declares no longer; return whether there was one.

    Its callback answers 410 from now on, and the hub gives up.
    """
    with database.writing() as connection:
        gone = connection.execute(delete(subscriptions).where(subscriptions.c.source == source))
    return bool(gone.rowcount)


def find(database: Database, source: str) -> Subscription | None:
    """The subscription of a source."""
    with database.reading() as connection:
        row = connection.execute(select(subscriptions).where(subscriptions.c.source == source)).one_or_none()
    return None if row is None else Subscription(**row._mapping)  # noqa: SLF001


def claim_due(database: Database, now: datetime, *, limit: int = 20) -> list[Subscription]:
    """Take what is due to be asked or renewed, of sources that are watched; two that claim at once never get the same.

    The asking is counted as a failure before it is made, and the next one set: a hub that never asks back, and a worker
    that dies, need no care. `keep_verified` takes the count back.
    """
    due = (
        select(subscriptions)
        .join(sources, sources.c.key == subscriptions.c.source)
        .where(subscriptions.c.next_at <= now, sources.c.next_poll_at.is_not(None), sources.c.recording == LIVE)
        .order_by(subscriptions.c.next_at, subscriptions.c.source)
        .limit(limit)
    )
    with database.reading() as connection:
        if connection.execute(due).first() is None:
            return []  # what is seldom true needs no turn at writing
    taken = []
    with database.writing() as connection:
        for row in connection.execute(due.with_for_update(skip_locked=True, of=subscriptions)).all():
            failures = row.failures + 1
            state = "active" if row.lease_until is not None and row.lease_until > now else "asked"
            changed = {
                "state": state, "asked_at": now, "failures": failures,
                "next_at": now + min(AGAIN * failures, AGAIN_AT_MOST),
            }  # fmt: skip
            _update(connection, row.source, **changed)
            taken.append(Subscription(**{**row._mapping, **changed}))  # noqa: SLF001
    return taken


def put_off(database: Database, source: str, *, until: datetime) -> None:
    """Take an asking back that was not made: its hub is to be left alone until then."""
    with database.writing() as connection:
        _update(connection, source, _open(), next_at=until, failures=subscriptions.c.failures - 1)


def keep_verified(
    database: Database, source: str, topic: str, *, lease_until: datetime, renew_at: datetime, now: datetime
) -> bool:
    """The hub has asked back: it delivers until `lease_until`. False where the topic is not, or no more, asked for."""
    with database.writing() as connection:
        return _update(
            connection,
            source,
            subscriptions.c.topic == topic,
            subscriptions.c.state != "wanted",
            state="active", verified_at=now, lease_until=lease_until, next_at=renew_at, failures=0, detail=None,
        )  # fmt: skip


def keep_denied(database: Database, source: str, reason: str, now: datetime) -> None:
    """The hub will not deliver: it is asked again in a day, then in two, then once a week at least."""
    with database.writing() as connection:
        row = connection.execute(select(subscriptions).where(subscriptions.c.source == source)).one_or_none()
        if row is None:
            return
        failures = max(row.failures, 1) if row.state != "denied" else row.failures + 1
        _update(
            connection,
            source,
            state="denied", lease_until=None, failures=failures, detail=reason[:500],
            next_at=now + min(DENIED_AGAIN * failures, DENIED_AT_MOST),
        )  # fmt: skip


def keep_failed(database: Database, source: str, why: str) -> None:
    """The hub did not take the asking. A lease that still runs stays; one that the hub verified meanwhile is no failure."""
    with database.writing() as connection:
        state = case((subscriptions.c.state == "asked", "failed"), else_=subscriptions.c.state)
        _update(connection, source, _open(), state=state, detail=why[:500])


def active(database: Database, now: datetime) -> dict[str, datetime]:
    """The sources whose hub pushes at `now`, each with the end of its lease."""
    query = select(subscriptions.c.source, subscriptions.c.lease_until).where(
        subscriptions.c.state == "active", subscriptions.c.lease_until > now
    )
    with database.reading() as connection:
        return {row.source: row.lease_until for row in connection.execute(query)}


def _open() -> ColumnElement[bool]:
    """That the latest asking has not been verified yet."""
    return or_(subscriptions.c.verified_at.is_(None), subscriptions.c.verified_at < subscriptions.c.asked_at)


def _update(connection: Connection, source: str, *where: ColumnElement[bool], **values: Any) -> bool:
    mine: Iterable[ColumnElement[bool]] = (subscriptions.c.source == source, *where)
    return bool(connection.execute(update(subscriptions).where(*mine).values(**values)).rowcount)
