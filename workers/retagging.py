"""Tags of articles that are kept, made anew with the rules of today: what would change, and the change itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workers.items import Record, Tags
from workers.store import results
from workers.store.database import Database
from workers.tag.tagger import Tagger

_AT_ONCE = 100  # records of one transaction


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a record said and no longer says (`was`), says for the first time (`now`), or says otherwise (both)."""

    what: str
    was: str | None
    now: str | None


def retag(
    database: Database, tagger: Tagger, *, write: bool, least_grade: int = 0
) -> Iterator[tuple[Record, list[Change]]]:
    """Yield each record whose tags are others today, by time of publication, with what is; keep the new ones if `write`.

    No page is fetched or cleaned. Memory does not grow with the store.
    """
    waiting: dict[str, Tags] = {}
    with results.each_record(database, least_grade=least_grade) as (_, records):
        for record in records:
            tags = tagger.tag(record.article)
            if write and tags != record.tags:
                waiting[record.article.key] = tags
                if len(waiting) == _AT_ONCE:
                    results.keep_new_tags(database, waiting)
                    waiting = {}
            if found := changes(record.tags, tags):
                yield record, found
    results.keep_new_tags(database, waiting)


def changes(was: Tags, now: Tags) -> list[Change]:
    """What two readings of one article say differently; versions of the rules do not count."""
    found = []
    if was.relevance.grade != now.relevance.grade:
        found.append(Change("grade", str(was.relevance.grade), str(now.relevance.grade)))
    for what, said in _KINDS.items():
        before, after = said(was), said(now)
        keys = (key for key in dict.fromkeys([*before, *after]) if before.get(key) != after.get(key))
        found += [Change(what, before.get(key), after.get(key)) for key in keys]
    return found


def _entities(tags: Tags) -> dict[Any, str]:
    return {(one.id, mention.span): f"{one.id} «{mention.text}»" for one in tags.entities for mention in one.mentions}


def _events(tags: Tags) -> dict[Any, str]:
    return {
        (one.trigger.span, one.type): f"{one.type}{f' {one.mode}' if one.mode else ''} {one.status}"
        f" {'+'.join(one.actor or one.actor_country)} > {'+'.join(one.recipient or one.recipient_country)} «{one.trigger.text}»"
        for one in tags.events
    }


def _statements(tags: Tags) -> dict[Any, str]:
    return {
        one.span: f"{one.speaker or one.speaker_text or 'unknown'} {one.polarity} «{one.text[:80]}»"
        for one in tags.statements
    }


def _citations(tags: Tags) -> dict[Any, str]:
    return {(one.id, one.span): f"{one.id} {one.role} «{one.text}»" for one in tags.citations}


_KINDS = {"entity": _entities, "event": _events, "statement": _statements, "citation": _citations}
