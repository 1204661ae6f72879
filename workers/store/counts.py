"""How many there are of everything, whether the sums agree, and whether two stores say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select

from workers.store.database import Database
from workers.store.items import END
from workers.store.schema import articles, captures, endings, items, metadata, polls, records, sources, visits

# Columns that depend on when and how often something was tried, not on what was found.
OPERATIONAL = {
    "sources": {"claimed_until", "location", "hops", "place"},
    "polls": {"place"},
    "items": {"since", "attempts", "next_attempt_at", "resting", "reason", "detail", "trace", "location", "hops"},
    "captures": {"elapsed", "place"},
    "endings": {"ended_at"},
    "visits": {
        "site", "since", "next_attempt_at", "resting", "attempts", "trace", "location", "hops", "elapsed", "place",
    },
}  # fmt: skip

# Tables that hold nothing else.
_WHOLLY_OPERATIONAL = {"hosts", "robots", "troubles", "subscriptions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The sums of a store. `under_way` and `dropped` are by stage and by reason."""

    entries: int
    recorded: int
    dropped: dict[str, int]
    failed: dict[str, int]
    under_way: dict[str, int]
    grades: dict[int, int]
    events: int
    statements: int
    visits: int
    polls: int
    faulty_polls: int
    sources: int

    @property
    def ended(self) -> int:
        """How many items have ended."""
        return self.recorded + sum(self.dropped.values()) + sum(self.failed.values())

    @property
    def waiting(self) -> int:
        """How many items are under way."""
        return sum(self.under_way.values())

    @property
    def agree(self) -> bool:
        """Whether entries = recorded + dropped + failed + under way."""
        return self.entries == self.ended + self.waiting


def count(database: Database) -> Counts:
    """Count everything in one view of the store."""
    with database.reading() as connection:

        def number(table: Table) -> int:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

        def total(column: Any) -> int:
            return int(connection.execute(select(func.coalesce(func.sum(column), 0))).scalar_one())

        def by(column: Any, *where: Any) -> dict[Any, int]:
            rows = connection.execute(select(column, func.count()).where(*where).group_by(column).order_by(column))
            return {key: total for key, total in rows.all()}  # noqa: C416 -- rows are no pairs to mypy

        return Counts(
            entries=number(items),
            recorded=by(endings.c.ending, endings.c.ending == "recorded").get("recorded", 0),
            dropped=by(endings.c.reason, endings.c.ending == "dropped"),
            failed=by(endings.c.stage, endings.c.ending == "failed"),
            under_way=by(items.c.stage, items.c.stage != END),
            grades=by(records.c.grade),
            events=total(records.c.events),
            statements=total(records.c.statements),
            visits=sum(by(visits.c.outcome, visits.c.outcome.is_not(None)).values()),
            polls=number(polls),
            faulty_polls=sum(by(polls.c.fault, polls.c.fault.is_not(None)).values()),
            sources=number(sources),
        )


def oldest(database: Database) -> dict[str, datetime]:
    """For each stage with items under way, when the longest waiting of them began to wait."""
    with database.reading() as connection:
        rows = connection.execute(
            select(items.c.stage, func.min(items.c.since).label("since"))
            .where(items.c.stage != END)
            .group_by(items.c.stage)
        )
        return {row.stage: row.since for row in rows}


def faults(database: Database) -> list[str]:
    """What contradicts itself in the store, a sentence each; an empty list is a sound store."""
    with database.reading() as connection:

        def amiss(query: Any) -> int:
            return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()

        checks = {
            "items have ended without an ending": select(items.c.key)
            .outerjoin(endings, endings.c.key == items.c.key)
            .where(items.c.stage == END, endings.c.key.is_(None)),
            "items have an ending and are still under way": select(items.c.key)
            .join(endings, endings.c.key == items.c.key)
            .where(items.c.stage != END),
            "items are recorded without a record": select(endings.c.key)
            .outerjoin(records, records.c.key == endings.c.key)
            .where(endings.c.ending == "recorded", records.c.key.is_(None)),
            "records belong to items that are not recorded": select(records.c.key)
            .join(endings, endings.c.key == records.c.key)
            .where(endings.c.ending != "recorded"),
            "items wait for the tagger without an article": select(items.c.key)
            .outerjoin(articles, articles.c.key == items.c.key)
            .where(items.c.stage == "tag", articles.c.key.is_(None)),
            "items wait for the cleaner without a capture": select(items.c.key)
            .outerjoin(captures, captures.c.key == items.c.key)
            .where(items.c.stage == "clean", captures.c.key.is_(None)),
        }
        found = {sentence: amiss(query) for sentence, query in checks.items()}
    return [f"{number} {sentence}" for sentence, number in found.items() if number]


def facts(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All a store says, table by table in the order of keys, without what is operational.

    Two stores that took in the same captures are equal by it, however those travelled. For tests and small stores.
    """
    said: dict[str, list[dict[str, Any]]] = {}
    with database.reading() as connection:
        for table in metadata.sorted_tables:
            if table.name in _WHOLLY_OPERATIONAL:
                continue
            kept = [column for column in table.c if column.name not in OPERATIONAL.get(table.name, set())]
            rows = connection.execute(select(*kept).order_by(*table.primary_key.columns))
            said[table.name] = [dict(row._mapping) for row in rows]  # noqa: SLF001
    return said
