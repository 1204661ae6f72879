"""What articles are found by (their paragraphs and bands), which repeat which, and what an outlet prints again and again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, or_, select

from workers.items import Article, from_json
from workers.store.database import Database, insert_new
from workers.store.schema import articles, bands, captures, copies, items, paragraphs

# Of each band and each sentence the newest so many articles are looked at, and of all of these so many that share most:
# a look-up costs the same in an archive of any size.
MOST_OF_ONE = 50
MOST = 200
_MOST_OF_FAMILY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The numbers of an article's lines and sentences, and of the bands of its sketch; each a signed 64-bit number."""

    paragraphs: tuple[int, ...] = ()
    bands: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two articles by key: `copy` repeats `original`."""

    original: str
    copy: str
    relation: str
    score: float
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a family: whom it repeats (None: nobody, so it is an original), how, and how long after (seconds)."""

    key: str
    outlet: str | None
    title: str | None
    at: datetime
    of: str | None = None
    relation: str | None = None
    score: float | None = None
    altered: tuple[str, ...] = ()
    lag: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All that repeat each other, directly or by others, by time."""

    members: tuple[Member, ...] = field(default=())

    @property
    def reports(self) -> int:
        """How many articles tell it."""
        return len(self.members)

    @property
    def originals(self) -> int:
        """How many of them repeat no other."""
        return sum(one.of is None for one in self.members)


def keep_marks(connection: Connection, key: str, outlet: str | None, at: datetime, marks: Marks) -> None:
    """Keep what an article is found by."""
    lines = [{"number": one, "at": at, "key": key, "outlet": outlet} for one in dict.fromkeys(marks.paragraphs)]
    found = [{"number": one, "at": at, "key": key} for one in dict.fromkeys(marks.bands)]
    insert_new(connection, paragraphs, lines)
    insert_new(connection, bands, found)


def keep_pairs(connection: Connection, pairs: Sequence[Pair]) -> None:
    """Keep which articles repeat which; what is known already stays."""
    insert_new(
        connection,
        copies,
        [
            {
                "copy": one.copy,
                "original": one.original,
                "relation": one.relation,
                "score": one.score,
                "altered": list(one.altered),
            }
            for one in pairs
        ],
    )


def past(
    database: Database, outlet: str, numbers: Collection[int], since: datetime, until: datetime
) -> tuple[int, dict[int, int]]:
    """How many articles of an outlet were captured in [since, until), and in how many of them each paragraph stood."""
    when = (paragraphs.c.at >= since, paragraphs.c.at < until)
    with database.reading() as connection:
        total = connection.execute(
            select(func.count())
            .select_from(articles)
            .where(articles.c.outlet == outlet, articles.c.captured_at >= since, articles.c.captured_at < until)
        ).scalar_one()
        rows = connection.execute(
            select(paragraphs.c.number, func.count())
            .where(paragraphs.c.number.in_(list(numbers)), paragraphs.c.outlet == outlet, *when)
            .group_by(paragraphs.c.number)
        ).all()
    return total, {number: stood for number, stood in rows}  # noqa: C416 -- rows are no pairs to mypy


def waits_before(database: Database, outlet: str, before: datetime) -> bool:
    """Whether a page of that outlet, captured before then, still waits for the cleaner."""
    query = exists().where(
        items.c.stage == "clean",
        or_(items.c.outlet == outlet, items.c.outlet.is_(None)),
        captures.c.key == items.c.key,
        captures.c.captured_at < before,
    )
    with database.reading() as connection:
        return bool(connection.execute(select(query)).scalar_one())


def candidates(database: Database, key: str, numbers: Collection[int], sketch: Collection[int]) -> list[Article]:
    """The articles that share most sentences (`numbers`) and bands (`sketch`) with the article of that key, as they were kept."""
    found: Counter[str] = Counter()
    with database.reading() as connection:
        for name, wanted in (("paragraphs", numbers), ("bands", sketch)):
            for number in dict.fromkeys(wanted):
                found.update(connection.execute(_newest(name), {"number": number, "key": key}).scalars())
        most = sorted(found, key=lambda one: (-found[one], one))[:MOST]
        rows = connection.execute(select(articles.c.data).where(articles.c.key.in_(most))).scalars().all()
    return [from_json(Article, data) for data in rows]


def ordered_at(database: Database, keys: Collection[str]) -> dict[str, datetime]:
    """When articles were published, or captured where that is unknown."""
    query = select(articles.c.key, articles.c.ordered_at).where(articles.c.key.in_(list(keys)))
    with database.reading() as connection:
        return {key: at for key, at in connection.execute(query).all()}  # noqa: C416 -- rows are no pairs to mypy


_AT_ONCE = 100  # keys of one query


# Made once: to put a query together takes longer than to run it.
@lru_cache(maxsize=2)
def _newest(name: str) -> Select[Any]:
    table = {"paragraphs": paragraphs, "bands": bands}[name]
    newest = select(table.c.key).where(table.c.number == bindparam("number"), table.c.key != bindparam("key"))
    return newest.order_by(table.c.at.desc(), table.c.key).limit(MOST_OF_ONE)


def with_originals() -> Select[Any]:
    """All articles with the key of the original that each repeats, the relation, the score.

    It is worked out when read, for what arrives late may be the earliest of all: kept with the article it would depend on the
    order of arrival.
    """
    first = articles.alias("first")

    def best(column: Any) -> Any:
        return (
            select(column)
            .select_from(copies.join(first, first.c.key == copies.c.original))
            .where(copies.c.copy == articles.c.key)
            .order_by(first.c.ordered_at, first.c.key)
            .limit(1)
            .scalar_subquery()
        )

    return select(
        articles,
        best(copies.c.original).label("original"),
        best(copies.c.relation).label("relation"),
        best(copies.c.score).label("score"),
    )


def family(database: Database, key: str) -> Family:
    """Everything that repeats the article of that key or is repeated by it, directly or by others; at most 500."""
    known, waiting = {key}, [key]
    pairs: dict[tuple[str, str], Any] = {}
    with database.reading() as connection:
        while waiting and len(known) < _MOST_OF_FAMILY:
            batch, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            rows = connection.execute(
                select(copies).where(or_(copies.c.copy.in_(batch), copies.c.original.in_(batch)))
            ).all()
            for row in rows:
                pairs[row.copy, row.original] = row
                for other in (row.copy, row.original):
                    if other not in known and len(known) < _MOST_OF_FAMILY:
                        known.add(other)
                        waiting.append(other)
        columns = (articles.c.key, articles.c.outlet, articles.c.title, articles.c.ordered_at)
        there = {row.key: row for row in connection.execute(select(*columns).where(articles.c.key.in_(known))).all()}
    return Family(members=tuple(_members(there, list(pairs.values()))))


def _members(there: dict[str, Any], pairs: Sequence[Any]) -> list[Member]:
    found = []
    for row in sorted(there.values(), key=lambda one: (one.ordered_at, one.key)):
        before = [pair for pair in pairs if pair.copy == row.key and pair.original in there]
        best = min(before, key=lambda one: (there[one.original].ordered_at, one.original), default=None)
        lag = (row.ordered_at - there[best.original].ordered_at).total_seconds() if best else None
        found.append(
            Member(
                key=row.key,
                outlet=row.outlet,
                title=row.title,
                at=row.ordered_at,
                of=best.original if best else None,
                relation=best.relation if best else None,
                score=best.score if best else None,
                altered=tuple(best.altered) if best else (),
                lag=lag,
            )
        )
    return found
