"""How the pages of each outlet were read lately."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from workers.items import Reading
from workers.store.database import Database
from workers.store.items import LIVE
from workers.store.schema import articles, endings, items

# Of all outlets together; at forty articles a day and outlet the last days of two hundred outlets.
_MOST = 20_000


def readings(database: Database, *, most: int, outlet: str | None = None) -> dict[str, list[Reading]]:
    """The newest pages that came to the cleaner, by outlet, newest first, at most `most` of each."""
    query = (
        select(
            items.c.outlet,
            endings.c.ending,
            articles.c.words,
            articles.c.leftovers,
            articles.c.dated,
            articles.c.read_by,
        )
        .select_from(
            endings.join(items, items.c.key == endings.c.key).outerjoin(articles, articles.c.key == endings.c.key)
        )
        .where(items.c.outlet.is_not(None), items.c.recording == LIVE, _came_to_the_cleaner())
        .order_by(endings.c.ended_at.desc(), endings.c.key)
        .limit(_MOST)
    )
    if outlet is not None:
        query = query.where(items.c.outlet == outlet)
    found: defaultdict[str, list[Reading]] = defaultdict(list)
    with database.reading() as connection:
        for row in connection.execute(query):
            there = found[row.outlet]
            known = row.ending == "dropped" or row.words is not None  # an article of an earlier marsad has no figures
            if len(there) < most and known:
                there.append(
                    Reading(
                        dropped=row.ending == "dropped",
                        words=row.words or 0,
                        leftovers=row.leftovers or 0,
                        dated=bool(row.dated),
                        read_by=row.read_by or "",
                    )
                )
    return dict(found)


def _came_to_the_cleaner() -> Any:
    return (endings.c.ending == "recorded") | ((endings.c.ending == "dropped") & (endings.c.stage == "clean"))
