"""Names that a recogniser proposed for records: which records it has yet to read, and what it found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from workers.items import Proposal, from_json, to_json
from workers.store.database import Database, insert_new
from workers.store.schema import proposals, records

# What is not about the topic at all (grade 0) is not worth a model's quarter of a second a sentence.
LEAST_GRADE = 1
# A record on which the recogniser dies is left alone after so many tries.
TRIES = 3


def claim(database: Database, now: datetime, lease: float, limit: int) -> list[str]:
    """Return the keys of records that are to be read now, at most `limit`; each is another's again after `lease` seconds."""
    free = or_(
        proposals.c.key.is_(None),
        and_(proposals.c.made_by.is_(None), proposals.c.asked_at <= now - timedelta(seconds=lease), proposals.c.tries < TRIES),
    )  # fmt: skip
    query = (
        select(records.c.key)
        .outerjoin(proposals, proposals.c.key == records.c.key)
        .where(records.c.grade >= LEAST_GRADE, free)
        .order_by(records.c.key)
        .limit(limit)
    )
    with database.writing() as connection:
        keys = list(connection.execute(query).scalars())
        new = set(insert_new(connection, proposals, [{"key": key, "asked_at": now, "tries": 1} for key in keys]))
        for key in keys:
            if key not in new:
                again = proposals.c.key == key
                connection.execute(update(proposals).where(again).values(asked_at=now, tries=proposals.c.tries + 1))
    return keys


def keep(database: Database, key: str, found: Sequence[Proposal], made_by: str) -> None:
    """Keep what a recogniser found in a record."""
    data = [to_json(one) for one in found]
    with database.writing() as connection:
        connection.execute(update(proposals).where(proposals.c.key == key).values(made_by=made_by, data=data))


@contextmanager
def each(database: Database) -> Iterator[Iterator[tuple[str, list[Proposal]]]]:
    """The keys of the records that a recogniser has read, with what it found; memory stays flat."""
    query = select(proposals.c.key, proposals.c.data).where(proposals.c.made_by.is_not(None)).order_by(proposals.c.key)
    with database.reading() as connection:
        rows = connection.execute(query.execution_options(yield_per=200))
        yield ((key, [from_json(Proposal, one) for one in data]) for key, data in rows)
