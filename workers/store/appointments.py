"""When recorded articles are looked at again: by the calendar, and when a source says that one was changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, func, select

from workers.store.database import Database, insert_new
from workers.store.items import END, LIVE
from workers.store.schema import aliases, captures, items, visits
from workers.urls import site_of

# When a recorded article is looked at again, counted from its capture. Headlines are softened and errors mended within
# the hour, offices ask for corrections within the day, and what is taken down for good is gone after a week.
AFTER = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))

# An article in passing (grade 1) is not worth three further requests.
LEAST_GRADE = 2

# A source that touches its dates with every look must not have the page asked each time: so far apart are the visits
# that it causes, and so many there are for one article.
APART = timedelta(hours=1)
MOST_CLAIMED = 20

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def schedule(
    connection: Connection, key: str, *, grade: int, recording: str, due: datetime | None, now: datetime
) -> bool:
    """Note the first visit of an article that has just been recorded; `due` is None where there will be none."""
    return grade >= LEAST_GRADE and due is not None and add(connection, key, 1, recording=recording, due=due, now=now)


def changed(
    database: Database, claims: Iterable[tuple[str, datetime]], *, now: datetime, recording: str = LIVE
) -> list[str]:
    """Note one more visit of each article that a source says was modified since it was last asked for.

    `claims` are keys (also those of other addresses) with the time claimed; a time to come is no claim. Return the keys
    that will be visited: of the articles that are visited at all, those without a visit that is near. In a recording
    there are none, since all that it holds of a page is visited anyway.
    """
    later = {key: modified for key, modified in claims if modified <= now}
    if recording != LIVE or not later:
        return []
    with database.reading() as connection:
        also = connection.execute(select(aliases.c.key, aliases.c.item).where(aliases.c.key.in_(later)))
        for row in also.all():
            later[row.item] = max(later.pop(row.key), later.get(row.item, _LONG_AGO))
        visited = connection.execute(
            select(captures.c.key, captures.c.captured_at)
            .join(visits, visits.c.key == captures.c.key)
            .where(captures.c.key.in_(later), visits.c.number == 1)
            .order_by(captures.c.key)
        ).all()
    keys = [row.key for row in visited if later[row.key] > row.captured_at]
    if not keys:
        return []
    with database.writing() as connection:
        return [key for key in keys if _visit_again(connection, key, later[key], now)]


def _visit_again(connection: Connection, key: str, modified: datetime, now: datetime) -> bool:
    last = asked_at(connection, key)
    if last is None or modified <= last:
        return False
    due = max(now, last + APART)
    rows = connection.execute(
        select(visits.c.number, visits.c.stage, visits.c.next_attempt_at).where(visits.c.key == key)
    ).all()
    claimed = [row.number for row in rows if row.number > len(AFTER)]
    waiting = [row for row in rows if row.stage != END]
    near = any(row.number > len(AFTER) or row.next_attempt_at <= due + APART for row in waiting)
    if near or len(claimed) >= MOST_CLAIMED:
        return False
    return add(connection, key, max(claimed, default=len(AFTER)) + 1, recording=LIVE, due=due, now=now)


def add(connection: Connection, key: str, number: int, *, recording: str, due: datetime, now: datetime) -> bool:
    """Note a visit of that number, unless there is one."""
    item = connection.execute(select(items.c.url, items.c.trace).where(items.c.key == key)).one()
    row = {
        "key": key, "number": number, "recording": recording, "stage": "fetch", "site": site_of(item.url),
        "since": now, "next_attempt_at": due, "resting": True, "trace": item.trace,
    }  # fmt: skip
    return bool(insert_new(connection, visits, [row]))


def asked_at(connection: Connection, key: str) -> datetime | None:
    """When a page was last asked for, by its item or by a visit that has ended."""
    first = connection.execute(select(captures.c.captured_at).where(captures.c.key == key)).scalar()
    ended = and_(visits.c.key == key, visits.c.outcome.is_not(None))
    later: datetime | None = connection.execute(select(func.max(visits.c.captured_at)).where(ended)).scalar()
    return max((one for one in (first, later) if one is not None), default=None)
