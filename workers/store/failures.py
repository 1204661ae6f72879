"""What could not be read: the items that have failed or wait for another try, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, delete, select, update

from workers.items import Stage
from workers.store.database import Database
from workers.store.items import END, NOT_RECORDED, end
from workers.store.schema import endings, items
from workers.urls import site_of

BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """An item that something went wrong with, or that ended without a record.

    `state` is "waiting" while it is under way: `attempts` counts the tries of its stage so far, `next_attempt_at` is
    when the next is due, and `reason` is that of the last one, None if nothing has gone wrong. `since` is when it began
    to wait for its stage, or when it ended.
    """

    key: str
    url: str
    outlet: str | None
    state: Literal["waiting", "failed", "dropped", "recorded"]
    stage: Stage
    reason: str | None
    detail: str | None
    found_at: datetime
    since: datetime
    attempts: int
    next_attempt_at: datetime | None

    @property
    def can_retry(self) -> bool:
        """Whether another try could end otherwise: what was read and is no article stays what it is."""
        if self.state == "failed" or self.reason == BY_HAND:
            return True
        return self.state == "dropped" and self.stage == "fetch" and self.reason != NOT_RECORDED

    @property
    def can_drop(self) -> bool:
        """Whether it may yet be ended by hand."""
        return self.state in {"waiting", "failed"}


def waiting(database: Database) -> list[Trouble]:
    """The items that were tried in vain and are to be tried again, those due first before the others."""
    wanted = _troubles().where(items.c.stage != END, items.c.reason.is_not(None))
    with database.reading() as connection:
        rows = connection.execute(wanted.order_by(items.c.next_attempt_at, items.c.key)).all()
    return [_trouble(row) for row in rows]


def failed(database: Database, reason: str | None = None) -> list[Trouble]:
    """The items that ended as failed, the latest first; with a `reason` those that failed or were dropped for it."""
    wanted = endings.c.ending == "failed" if reason is None else endings.c.reason == reason
    query = _troubles().where(wanted).order_by(endings.c.ended_at.desc(), endings.c.key)
    with database.reading() as connection:
        return [_trouble(row) for row in connection.execute(query)]


def find(database: Database, key: str) -> Trouble | None:
    """What there is to say of one item, in trouble or not; None if there is none of that key."""
    with database.reading() as connection:
        row = connection.execute(_troubles().where(items.c.key == key)).one_or_none()
    return None if row is None else _trouble(row)


def retry(database: Database, keys: Iterable[str], now: datetime) -> list[str]:
    """Put ended items back to the stage at which they ended, as if never tried there; return the keys of those.

    Only what `Trouble.can_retry` says of; all in one transaction.
    """
    done = []
    with database.writing() as connection:
        for key in sorted(set(keys)):
            one = _held(connection, key)
            if one is None or not one.can_retry:
                continue
            connection.execute(delete(endings).where(endings.c.key == key))
            connection.execute(
                update(items)
                .where(items.c.key == key)
                .values(
                    # Stores that were made before sites were kept know none of what had ended by then.
                    stage=one.stage, site=site_of(one.url), since=now, attempts=0, next_attempt_at=now, resting=False,
                    reason=None, detail=None, location=None, hops=0,
                )
            )  # fmt: skip
            done.append(key)
    return done


def drop(database: Database, keys: Iterable[str], now: datetime) -> list[str]:
    """End items as dropped by hand, those that failed and those under way; return the keys of those.

    A try that a worker is making meanwhile comes to nothing. All in one transaction.
    """
    done = []
    with database.writing() as connection:
        for key in sorted(set(keys)):
            one = _held(connection, key)
            if one is None or not one.can_drop:
                continue
            last = f"{one.reason}: {one.detail or ''}".rstrip(": ") if one.reason else ""
            if one.state == "waiting":
                end(connection, key, one.stage, "dropped", now, reason=BY_HAND, detail=last)
            else:
                said = {"ending": "dropped", "reason": BY_HAND, "detail": last[:2000], "ended_at": now}
                connection.execute(update(endings).where(endings.c.key == key).values(said))
            done.append(key)
    return done


def _troubles() -> Select[Any]:
    ended = (endings.c.ending, endings.c.stage.label("ended_stage"), endings.c.reason.label("ended_reason"))
    told = (endings.c.detail.label("ended_detail"), endings.c.ended_at)
    return select(items, *ended, *told).select_from(items.outerjoin(endings, endings.c.key == items.c.key))


def _held(connection: Connection, key: str) -> Trouble | None:
    """The item, which nobody else moves before this transaction ends."""
    connection.execute(select(items.c.key).where(items.c.key == key).with_for_update())
    row = connection.execute(_troubles().where(items.c.key == key)).one_or_none()
    return None if row is None else _trouble(row)


def _trouble(row: Any) -> Trouble:
    ended = row.ending is not None
    return Trouble(
        key=row.key,
        url=row.url,
        outlet=row.outlet,
        state=row.ending if ended else "waiting",
        stage=row.ended_stage if ended else row.stage,
        reason=row.ended_reason if ended else row.reason,
        detail=row.ended_detail if ended else row.detail,
        found_at=row.found_at,
        since=row.ended_at if ended else row.since,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
    )
