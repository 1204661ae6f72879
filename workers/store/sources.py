"""Where outlets announce articles, and every look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, or_, select, update

from workers.items import Entry, Hop, Source
from workers.store.aliases import name
from workers.store.database import Database, insert_new
from workers.store.items import LIVE, TOO_FAR, take_in
from workers.store.schema import aliases, items, polls, sightings, sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One look at a source: what it showed, or the `fault` that kept it from showing anything.

    `gap`: nothing in it was known, so something may have come and gone since the look before. `place` and `digest` are
    those of the archived answer.
    """

    source: str
    polled_at: datetime
    status: int | None = None
    seen: int = 0
    new: int = 0
    known: int = 0
    unreadable: int = 0
    capped: int = 0
    rekeyed: int = 0
    gap: bool = False
    not_modified: bool = False
    fault: str | None = None
    detail: str = ""
    digest: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered of a source between two looks; `validators` and `rhythm` as the watcher wrote them.

    `volume` is in articles a week, `fresh_for` and `retry_after` are in seconds, `faults` counts the looks since one that brought something.
    """

    source: Source
    polled_at: datetime | None = None
    hop: Hop | None = None
    validators: Any = None
    rhythm: Any = None
    volume: float | None = None
    fresh_for: float | None = None
    retry_after: float | None = None
    faults: int = 0
    digest: str | None = None
    place: str | None = None
    new_at: datetime | None = None


# What a look changes of a source's state.
_REMEMBERED = ("validators", "rhythm", "volume", "fresh_for", "retry_after", "faults", "digest", "place", "new_at")


def enrol(database: Database, wanted: Iterable[tuple[Source, datetime | None]], *, recording: str = LIVE) -> int:
    """Make known the sources, each with the time of its first poll; return how many are new.

    One that is known keeps its own times, except that one at rest is due again: it was retired, or it is the child of
    an index that says it has changed.
    """
    with database.writing() as connection:
        return _enrol(connection, wanted, recording)


def _enrol(connection: Connection, wanted: Iterable[tuple[Source, datetime | None]], recording: str) -> int:
    new = 0
    for one, due in sorted(wanted, key=lambda pair: pair[0].key):
        said = {
            "outlet": one.outlet, "kind": one.kind, "url": one.url, "parent": one.parent, "since": one.since,
        }  # fmt: skip
        row = {"key": one.key, **said, "next_poll_at": due, "recording": recording}
        if insert_new(connection, sources, [row]):
            new += 1
            continue
        same = update(sources).where(sources.c.key == one.key)
        connection.execute(same.values(said))
        if recording == LIVE and one.since is None:  # a walk back passes each page once
            connection.execute(same.where(sources.c.next_poll_at.is_(None)).values(next_poll_at=due))
    return new


def retire(database: Database, kept: Iterable[str]) -> None:
    """Stop polling every live source of the configuration, and what it led to, whose key is not among `kept`."""
    with database.writing() as connection:
        kept = list(kept)
        foreign = or_(
            sources.c.parent.is_(None) & ~sources.c.key.in_(kept),
            sources.c.parent.is_not(None) & ~sources.c.parent.in_(kept),
        )
        # A child of a child stands and falls with its outlet's sources as well, but nobody retires half a backfill.
        live = (sources.c.recording == LIVE, sources.c.since.is_(None))
        connection.execute(update(sources).where(foreign, *live).values(next_poll_at=None))


def find(database: Database, key: str) -> State | None:
    """The source of that key and what is remembered of it."""
    with database.reading() as connection:
        row = connection.execute(select(sources).where(sources.c.key == key)).one_or_none()
    return None if row is None else _state(row)


def claim_due(database: Database, now: datetime, lease: float, *, recording: str = LIVE) -> list[str]:
    """Take the live (or the recorded) sources due at `now` for `lease` seconds; return their keys, the longest due first.

    Of recorded ones only the longest due is considered: recorded time must not run ahead of a poll under way. Two that
    claim at once never get the same.
    """
    due = _due(now, recording)
    if recording == LIVE:
        due = due.where(_free(now)).with_for_update(skip_locked=True)
        if not any_due(database, now):
            return []
    else:
        due = due.limit(1).with_for_update()
    with database.writing() as connection:
        rows = connection.execute(due).all()
        taken = [
            row.key
            for row in rows
            if row.claimed_until is None or row.claimed_until <= now or row.claimed_until > now + TOO_FAR
        ]
        connection.execute(
            update(sources).where(sources.c.key.in_(taken)).values(claimed_until=now + timedelta(seconds=lease))
        )
    return taken


def any_due(database: Database, now: datetime, *, recording: str = LIVE) -> bool:
    """Whether some live (or recorded) source is due at `now`, claimed or not."""
    with database.reading() as connection:
        return connection.execute(_due(now, recording).limit(1)).first() is not None


def _due(now: datetime, recording: str) -> Select[Any]:
    due = select(sources).where(_is_due(sources.c.next_poll_at, now), sources.c.recording == recording)
    return due.order_by(sources.c.next_poll_at, sources.c.key)


def _free(now: datetime) -> ColumnElement[bool]:
    return sources.c.claimed_until.is_(None) | _is_due(sources.c.claimed_until, now)


def _is_due(column: Any, now: datetime) -> ColumnElement[bool]:
    return or_(column <= now, column > now + TOO_FAR)


def rest(database: Database, key: str) -> None:
    """Poll a source no more: its recording holds no later look."""
    with database.writing() as connection:
        connection.execute(update(sources).where(sources.c.key == key).values(next_poll_at=None, claimed_until=None))


def postpone(database: Database, key: str, *, until: datetime, hop: Hop | None) -> None:
    """Look at a source later, going on at `hop`: its host is not to be asked yet."""
    said = {"location": hop.url if hop else None, "hops": hop.count if hop else 0}
    with database.writing() as connection:
        connection.execute(
            update(sources).where(sources.c.key == key).values(next_poll_at=until, claimed_until=None, **said)
        )


def volumes(database: Database) -> dict[str, float | None]:
    """How many articles a week each source shows that is watched live for good, as far as that is known."""
    watched = (sources.c.recording == LIVE, sources.c.parent.is_(None), sources.c.next_poll_at.is_not(None))
    with database.reading() as connection:
        rows = connection.execute(select(sources.c.key, sources.c.volume).where(*watched))
        return {row.key: row.volume for row in rows}


def walked(database: Database, parent: str, since: datetime) -> dict[str, str | None]:
    """The pages of a walk back, each with the digest of what it showed (None: not looked at yet)."""
    with database.reading() as connection:
        rows = connection.execute(
            select(sources.c.key, sources.c.digest).where(sources.c.parent == parent, sources.c.since == since)
        )
        return {row.key: row.digest for row in rows}


def begin(database: Database, key: str, now: datetime) -> State | None:
    """The live source of that key if it is due: a message may come twice, and late."""
    with database.reading() as connection:
        row = connection.execute(
            select(sources).where(sources.c.key == key, _is_due(sources.c.next_poll_at, now))
        ).one_or_none()
    return None if row is None else _state(row)


def go_on(database: Database, outlet: str, since: datetime, now: datetime) -> None:
    """Look again at the pages of a walk back that could not be read."""
    stuck = or_(sources.c.polled_at.is_(None), sources.c.faults > 0)
    mine = (sources.c.outlet == outlet, sources.c.since == since, sources.c.next_poll_at.is_(None))
    with database.writing() as connection:
        connection.execute(update(sources).where(*mine, stuck).values(next_poll_at=now))


def keep_poll(
    database: Database,
    poll: Poll,
    entries: Iterable[Entry],
    *,
    next_poll_at: datetime | None,
    trace: str,
    now: datetime,
    due: datetime,
    recording: str = LIVE,
    state: State | None = None,
    same: Mapping[str, tuple[str, str]] | None = None,
    wrong: Collection[str] = (),
    led_to: Iterable[tuple[Source, datetime | None]] = (),
    delivered: bool = False,
) -> list[str]:
    """Keep a poll, its sightings and the entries not known before; return the keys of those, in their order.

    `due` is when the sweep takes them up if nobody else did. `state` is what is remembered from now on; `same` says
    of announced keys which known item they are and by what ("guid", "title"), `wrong` which are another item's by
    mistake; `led_to` are sources to enrol. One `delivered` by a hub leaves the time of the next look as it is. A poll
    that is kept already changes nothing.
    """
    listed = list(entries)
    same = same or {}
    # In one order everywhere: two polls that insert the same rows crosswise would wait for each other for ever.
    rows = sorted(listed, key=lambda entry: entry.key)
    with database.writing() as connection:
        row: dict[str, Any] = {name: getattr(poll, name) for name in poll.__slots__}
        if not insert_new(connection, polls, [row]):
            return []
        connection.execute(delete(aliases).where(aliases.c.key.in_(list(wrong))))
        for entry in rows:
            if entry.key in same:
                item, basis = same[entry.key]
                name(connection, item, [(entry.url, basis)])
        mine = [replace(entry, source=poll.source) for entry in rows]
        new = take_in(connection, mine, trace=trace, now=now, due=due, recording=recording)
        _keep_sightings(connection, poll, rows)
        counted = {"new": len(new), "known": len(rows) - len(new)}
        connection.execute(
            update(polls).where(polls.c.source == poll.source, polls.c.polled_at == poll.polled_at).values(counted)
        )
        remembered = {name: getattr(state, name) for name in _REMEMBERED} if state else {}
        looked = {
            "polled_at": poll.polled_at, "next_poll_at": next_poll_at, "claimed_until": None, "location": None, "hops": 0,
        }  # fmt: skip
        connection.execute(
            update(sources).where(sources.c.key == poll.source).values(**remembered, **({} if delivered else looked))
        )
        _enrol(connection, led_to, recording)
    return [entry.key for entry in listed if entry.key in new]


def _keep_sightings(connection: Connection, poll: Poll, rows: Sequence[Entry]) -> None:
    """What a source says of an article first is kept; a later change and a name it had not said are added."""
    keys = [entry.key for entry in rows]
    item_of = {
        row.key: row.item
        for row in connection.execute(select(aliases.c.key, aliases.c.item).where(aliases.c.key.in_(keys)))
    }
    there = set(connection.execute(select(items.c.key).where(items.c.key.in_([*keys, *item_of.values()]))).scalars())
    mine = (sightings.c.source == poll.source, sightings.c.key.in_(there))
    said = {
        row.key: row.modified for row in connection.execute(select(sightings.c.key, sightings.c.modified).where(*mine))
    }
    fresh: dict[str, dict[str, Any]] = {}
    for entry in rows:
        key = item_of.get(entry.key, entry.key)
        if key not in there:
            continue  # its address is known by another key: an earlier marsad made that
        if key not in said:
            fresh.setdefault(key, {
                "key": key, "source": poll.source, "seen_at": poll.polled_at, "title": entry.title,
                "published": entry.published, "claimed": entry.claimed, "modified": entry.modified, "guid": entry.guid,
                "flags": list(entry.flags) or None,
            })  # fmt: skip
        elif entry.modified is not None and (said[key] is None or said[key] < entry.modified):
            this = (sightings.c.key == key, sightings.c.source == poll.source)
            connection.execute(update(sightings).where(*this).values(modified=entry.modified))
    insert_new(connection, sightings, list(fresh.values()))


def _state(row: Any) -> State:
    source = Source(key=row.key, outlet=row.outlet, kind=row.kind, url=row.url, parent=row.parent, since=row.since)
    hop = Hop(url=row.location, count=row.hops) if row.location else None
    remembered = {name: getattr(row, name) for name in _REMEMBERED}
    return State(source=source, polled_at=row.polled_at, hop=hop, **remembered)
