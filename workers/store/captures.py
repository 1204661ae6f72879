"""Which captures the store knows, where they are kept, and whether their time is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    collate,
    false,
    func,
    literal,
    null,
    select,
    true,
    union_all,
    update,
)

from workers.store.database import Database
from workers.store.schema import UtcTime, captures, endings, polls, records, sources, visits

_BATCH = 500
_TABLES: dict[str, Table] = {table.name: table for table in (captures, visits, polls, sources)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How many days captures are kept: by the grade of their article (one not named: for ever), and those of sources.

    A page that was dropped counts as grade 0; what failed or is under way is kept.
    """

    grades: Mapping[int, int]
    sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A row that needs the body with `digest` at `place`; `expired` when its time is over. `table` and `key` name it."""

    table: str
    key: tuple[Any, ...]
    place: str
    digest: str
    expired: bool = False


@contextmanager
def claims(database: Database, *, retention: Retention | None = None, now: datetime) -> Iterator[Iterator[Claim]]:
    """All rows with a body, those of one file together, of one state of the store; memory stays flat.

    Without `retention` nothing is expired.
    """
    with database.reading() as connection:
        # By code points: another order could scatter the places of one file.
        code_points = "C" if connection.dialect.name == "postgresql" else "BINARY"
        rows = union_all(*_rows(retention, now)).subquery()
        query = select(rows).order_by(collate(rows.c.place, code_points)).execution_options(yield_per=_BATCH)
        yield (
            Claim(
                table=row.kind,
                key=tuple(one for one in (row.key, row.number, row.at) if one is not None),
                place=row.place,
                digest=row.digest,
                expired=bool(row.expired),
            )
            for row in connection.execute(query)
        )


def heirs(database: Database, *, retention: Retention, now: datetime) -> set[str]:
    """The digests of expired captures whose body another, unexpired one needs as well."""
    rows = union_all(*_rows(retention, now)).subquery()
    query = select(rows.c.digest).group_by(rows.c.digest).having(func.min(rows.c.expired) < func.max(rows.c.expired))
    with database.reading() as connection:
        return set(connection.execute(query).scalars())


def move(database: Database, moved: Iterable[tuple[Claim, str]]) -> int:
    """Write new places for rows that are still at their old one, all or none, and return how many those were."""
    changed = 0
    with database.writing() as connection:
        for claim, place in moved:
            table = _TABLES[claim.table]
            here = [column == value for column, value in zip(table.primary_key.columns, claim.key, strict=True)]
            statement = update(table).where(*here, table.c.place == claim.place).values(place=place)
            changed += connection.execute(statement).rowcount
    return changed


def _rows(retention: Retention | None, now: datetime) -> Iterator[Select[Any]]:
    grade = case((endings.c.ending == "dropped", 0), else_=records.c.grade)
    for table, number in ((captures, None), (visits, visits.c.number)):
        old = _expired(grade, table.c.captured_at, retention, now)
        joined = table.outerjoin(endings, endings.c.key == table.c.key)
        rows = _claim(table, table.c.key, old, number=number)
        # A capture without a place is one that marsad 0.1 kept under its digest.
        placed = true() if table is captures else table.c.place != ""
        yield rows.select_from(joined.outerjoin(records, records.c.key == table.c.key)).where(placed)
    old = polls.c.polled_at < now - timedelta(days=retention.sources) if retention else false()
    yield _claim(polls, polls.c.source, old, at=polls.c.polled_at).where(polls.c.place != "")
    # The last answer of a source is what its next one is compared with.
    yield _claim(sources, sources.c.key, false()).where(sources.c.place != "")


def _claim(table: Table, key: Any, expired: ColumnElement[bool], *, number: Any = None, at: Any = None) -> Select[Any]:
    # PostgreSQL wants to know of which kind a NULL is; SQLite would mangle a time that is cast.
    return select(
        literal(table.name).label("kind"),
        key.label("key"),
        (cast(null(), Integer) if number is None else number).label("number"),
        (cast(null(), UtcTime) if at is None else at).label("at"),
        table.c.place.label("place"),
        table.c.digest.label("digest"),
        case((expired, 1), else_=0).label("expired"),
    ).where(table.c.digest.is_not(None))


def _expired(
    grade: ColumnElement[Any], at: ColumnElement[Any], retention: Retention | None, now: datetime
) -> ColumnElement[bool]:
    found: ColumnElement[bool] = false()
    for number, days in (retention.grades if retention else {}).items():
        found = found | and_(grade == number, at < now - timedelta(days=days))
    return found
