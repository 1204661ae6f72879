"""Articles that one source of an outlet shows and another, which should show them too, does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import permutations
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from workers.store.database import Database
from workers.store.items import LIVE
from workers.store.ledger import MOST, Found, lost_one
from workers.store.schema import aliases, endings, items, sightings, sources

# Kinds that hold all of an outlet. A feed or a listing may be that of one section: two of them are not compared.
WHOLE = frozenset({"sitemap", "wordpress"})

# Steps from a sitemap to the index of the index that led to it.
_DEPTH = 5

# Keys in one query.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """An article that `shown_by` shows and `lacking_in` does not; both are addresses of sources."""

    key: str
    url: str
    outlet: str
    title: str | None
    published: datetime
    seen_at: datetime
    shown_by: str
    lacking_in: str


@dataclass(slots=True)
class _Shows:
    """What one source shows, with all that it led to; `looked_at` is None while it is in trouble."""

    key: str
    outlet: str
    kind: str
    url: str
    looked_at: datetime | None = None
    seen: dict[str, datetime] = field(default_factory=dict)


def only_elsewhere(database: Database, since: datetime) -> Found[Elsewhere]:
    """The articles published since then that a source lacks though another source of its outlet shows them.

    A source lacks one if it was looked at after the other had shown it, shows both earlier and later articles, and one
    of the two holds all of the outlet (`WHOLE`). What proved to be no article is left out.
    """
    live = select(sources).where(sources.c.recording == LIVE, sources.c.since.is_(None), sources.c.outlet.is_not(None))
    with database.reading() as connection:
        family_of = _families(connection.execute(live.order_by(sources.c.key)).all())
        published = _fill(connection, family_of, since)
        families = {family.key: family for family in family_of.values()}
        lacking = list(_lacking(families.values(), published, since))
        about = _about(connection, sorted({key for key, _, _ in lacking}))
    found = [
        Elsewhere(
            key=key, url=about[key].url, outlet=other.outlet, title=about[key].title, published=published[key],
            seen_at=one.seen[key], shown_by=one.url, lacking_in=other.url,
        )
        for key, one, other in lacking
        if key in about
    ]  # fmt: skip
    found.sort(key=lambda one: (one.outlet, one.lacking_in, one.shown_by, one.published, one.key))
    return Found(len(found), tuple(found[:MOST]))


def _families(rows: Iterable[Any]) -> dict[str, _Shows]:
    """The source that each source belongs to: an index of sitemaps and what it led to are one."""
    known = {row.key: row for row in rows}
    roots: dict[str, _Shows] = {}
    family_of: dict[str, _Shows] = {}
    for key, row in known.items():
        root = row
        for _ in range(_DEPTH):
            root = known.get(root.parent, root)
        family = roots.setdefault(root.key, _Shows(key=root.key, outlet=root.outlet, kind=root.kind, url=root.url))
        if row.polled_at is not None and row.faults == 0:
            family.looked_at = max(row.polled_at, family.looked_at or row.polled_at)
        family_of[key] = family
    return family_of


def _fill(connection: Connection, family_of: Mapping[str, _Shows], since: datetime) -> dict[str, datetime]:
    """Note what each family has ever shown of all that any showed since then; return when each was published."""
    mine = sightings.c.source.in_(list(family_of))
    item = func.coalesce(aliases.c.item, sightings.c.key).label("key")
    seen = (
        select(item, sightings.c.source, sightings.c.seen_at, sightings.c.published)
        .outerjoin(aliases, aliases.c.key == sightings.c.key)
        .where(mine, sightings.c.key.in_(select(sightings.c.key).where(mine, sightings.c.seen_at >= since)))
    )
    published: dict[str, datetime] = {}
    for row in connection.execute(seen):
        shown = family_of[row.source].seen
        shown[row.key] = min(row.seen_at, shown.get(row.key, row.seen_at))
        if row.published is not None:
            published[row.key] = min(row.published, published.get(row.key, row.published))
    return published


def _about(connection: Connection, keys: Sequence[str]) -> dict[str, Any]:
    """Address and title of those of the keys that are, or may be, articles."""
    claims = and_(sightings.c.key == items.c.key, sightings.c.source == items.c.source)
    is_one = or_(endings.c.key.is_(None), endings.c.ending == "recorded", lost_one())
    query = (
        select(items.c.key, items.c.url, sightings.c.title)
        .select_from(items.outerjoin(endings, endings.c.key == items.c.key).outerjoin(sightings, claims))
        .where(is_one)
    )
    parts = (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
    return {row.key: row for part in parts for row in connection.execute(query.where(items.c.key.in_(part)))}


def _lacking(
    families: Iterable[_Shows], published: Mapping[str, datetime], since: datetime
) -> Iterator[tuple[str, _Shows, _Shows]]:
    """Yield article, who shows it, who lacks it."""
    by_outlet: defaultdict[str, list[_Shows]] = defaultdict(list)
    for family in families:
        by_outlet[family.outlet].append(family)
    for one, other in (pair for own in by_outlet.values() for pair in permutations(own, 2)):
        dates = [published[key] for key in other.seen if key in published]
        if other.looked_at is None or not dates or not {one.kind, other.kind} & WHOLE:
            continue
        first, last = max(min(dates), since), max(dates)
        for key, seen_at in one.seen.items():
            # What is newer than all that the other shows may be on its way there.
            dated = key in published and first <= published[key] < last
            if dated and key not in other.seen and seen_at < other.looked_at:
                yield key, one, other
