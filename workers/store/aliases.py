"""The addresses of an item beside its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from workers.store.database import Database, insert_new
from workers.store.schema import aliases, endings, items, sightings
from workers.urls import key_of


def resolve(database: Database, key: str) -> str:
    """The key of the item that `key` is another address of, or `key` itself."""
    with database.reading() as connection:
        return connection.execute(select(aliases.c.item).where(aliases.c.key == key)).scalar() or key


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """The item that goes by an address: its key, whether it ended without a record, and what sources say of it."""

    key: str
    url: str
    lost: bool
    titles: tuple[str, ...]
    published: tuple[datetime, ...]


def bearer(database: Database, url: str) -> Bearer | None:
    """The item that `url` is an address of, if one is known."""
    key = resolve(database, key_of(url))
    with database.reading() as connection:
        item = connection.execute(
            select(items.c.url, endings.c.ending).outerjoin(endings).where(items.c.key == key)
        ).one_or_none()
        if item is None:
            return None
        said = connection.execute(select(sightings.c.title, sightings.c.published).where(sightings.c.key == key)).all()
    return Bearer(
        key=key,
        url=item.url,
        lost=item.ending in {"dropped", "failed"},
        titles=tuple(sorted({row.title for row in said if row.title})),
        published=tuple(sorted({row.published for row in said if row.published})),
    )


def name(connection: Connection, key: str, other_names: Iterable[tuple[str, str]]) -> None:
    """Remember other addresses of an item, each with what says so ("redirect", "canonical", …); the first word counts."""
    rows = [
        {"key": alias, "item": key, "url": url, "basis": basis}
        for url, basis in other_names
        if (alias := key_of(url)) != key
    ]
    insert_new(connection, aliases, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another address of an item: what says that it is one, and what sources call the item."""

    item: str
    basis: str
    titles: tuple[str, ...]


def of(connection: Connection, keys: Sequence[str]) -> dict[str, Alias]:
    """The items that these keys are other addresses of."""
    rows = connection.execute(
        select(aliases.c.key, aliases.c.item, aliases.c.basis, sightings.c.title)
        .outerjoin(sightings, sightings.c.key == aliases.c.item)
        .where(aliases.c.key.in_(keys))
    ).all()
    titles: dict[str, set[str]] = {}
    for row in rows:
        titles.setdefault(row.key, set()).update([row.title] if row.title else [])
    return {row.key: Alias(item=row.item, basis=row.basis, titles=tuple(sorted(titles[row.key]))) for row in rows}
