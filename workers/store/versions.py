"""What became of recorded articles: every later look at them, and the texts that stood at their addresses."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select

from workers.items import Article, Capture, from_json
from workers.store.database import Database
from workers.store.schema import articles, captures, items, visits
from workers.store.visits import Outcome, capture_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One visit as it stands: `due` while it waits, `captured_at` and `outcome` once it has ended."""

    number: int
    stage: str
    outcome: Outcome | None
    reason: str | None
    detail: str | None
    due: datetime | None
    captured_at: datetime | None
    status: int | None
    final_url: str | None
    title: str | None
    digest: str | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text that stood at the address: number 0 as first published, then each visit that found another."""

    number: int
    outcome: Literal["first", "changed"]
    article: Article
    capture: Capture

    @property
    def captured_at(self) -> datetime:
        """When it was seen first."""
        return self.capture.captured_at


def tally(database: Database) -> dict[str, int]:
    """How many visits ended how, and how many wait ("waiting")."""
    what = func.coalesce(visits.c.outcome, "waiting")
    with database.reading() as connection:
        rows = connection.execute(select(what, func.count()).group_by(what).order_by(what))
        return {str(outcome): number for outcome, number in rows.all()}


def looks(database: Database, key: str) -> list[Look]:
    """All visits of an article, by number."""
    names = [one.name for one in fields(Look) if one.name != "due"]
    query = select(visits).where(visits.c.key == key).order_by(visits.c.number)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [Look(due=row.next_attempt_at, **{name: getattr(row, name) for name in names}) for row in rows]


def versions(database: Database, key: str) -> list[Version]:
    """The texts that stood at the address of an article, in the order of time; none if it never came to an article."""
    changed = (
        select(visits, items.c.url)
        .join(items, items.c.key == visits.c.key)
        .where(visits.c.key == key, visits.c.outcome == "changed")
        .order_by(visits.c.captured_at, visits.c.number)
    )
    with database.reading() as connection:
        data = connection.execute(select(articles.c.data).where(articles.c.key == key)).scalar()
        if data is None:
            return []
        first = capture_in(connection.execute(select(captures).where(captures.c.key == key)).one())
        rows = connection.execute(changed).all()
    return [
        Version(number=0, outcome="first", article=from_json(Article, data), capture=first),
        *(
            Version(number=row.number, outcome="changed", article=from_json(Article, row.data), capture=capture_in(row))
            for row in rows
        ),
    ]
