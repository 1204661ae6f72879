"""Where items are and how they ended, for whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select

from workers.items import Stage
from workers.store.database import Database
from workers.store.schema import aliases, endings, items, sightings, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How an item ended: `recorded`, `dropped` with a reason, or `failed` at a stage with a reason."""

    key: str
    url: str
    outlet: str | None
    ending: Literal["recorded", "dropped", "failed"]
    stage: Stage
    reason: str | None
    detail: str | None
    ended_at: datetime


def ended(database: Database, ending: str | None = None) -> list[Ending]:
    """All endings, or those of one kind, the newest first."""
    query = (
        select(endings, items.c.url, items.c.outlet)
        .join(items, items.c.key == endings.c.key)
        .order_by(endings.c.ended_at.desc(), endings.c.key)
    )
    with database.reading() as connection:
        rows = connection.execute(query if ending is None else query.where(endings.c.ending == ending)).all()
    return [_ending(row) for row in rows]


def life(database: Database, key: str) -> dict[str, Any] | None:
    """Everything kept of an item short of its article and record: its names, who announced it, where it is, its end."""
    with database.reading() as connection:
        item = connection.execute(select(items).where(items.c.key == key)).one_or_none()
        if item is None:
            return None
        seen = connection.execute(
            select(sightings, sources.c.url.label("source_url"))
            .join(sources, sources.c.key == sightings.c.source)
            .where(sightings.c.key == key)
            .order_by(sightings.c.seen_at, sightings.c.source)
        ).all()
        other = connection.execute(
            select(aliases.c.url, aliases.c.basis).where(aliases.c.item == key).order_by(aliases.c.key)
        ).all()
        ending = connection.execute(select(endings).where(endings.c.key == key)).one_or_none()
    return {
        "item": dict(item._mapping),  # noqa: SLF001 -- SQLAlchemy's public name for it
        "aliases": [dict(row._mapping) for row in other],  # noqa: SLF001
        "sightings": [dict(row._mapping) for row in seen],  # noqa: SLF001
        "ending": None if ending is None else dict(ending._mapping),  # noqa: SLF001
    }


def _ending(row: Any) -> Ending:
    return Ending(
        key=row.key, url=row.url, outlet=row.outlet, ending=row.ending, stage=row.stage,
        reason=row.reason, detail=row.detail, ended_at=row.ended_at,
    )  # fmt: skip
