"""Proposing names for what is recorded, off the road: which records wait for it, one of them read, what is to be reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from workers.arabic.letters import fold_text
from workers.road import Road
from workers.store import proposals, results
from workers.store.database import Database
from workers.tag.names import Recogniser, propose
from workers.tag.party import UNKNOWN

# Seconds after which a record that a recogniser was given is given out again.
LEASE = 3600.0

Kind = Literal["spelling", "speaker", "name"]


@dataclass(slots=True)
class Suggestion:
    """Something to review: a spelling of a known name (`entity`), a speaker or a name that the topic does not know.

    `example` is the key of the first article that has it.
    """

    kind: Kind
    text: str
    entity: str | None
    type: str | None
    example: str
    seen: set[str] = field(default_factory=set)

    @property
    def articles(self) -> int:
        """How many articles have it."""
        return len(self.seen)


def due(road: Road, limit: int) -> list[str]:
    """Return the keys of records that a recogniser should read now."""
    return proposals.claim(road.database, road.now(), LEASE, limit)


def read(road: Road, key: str, recogniser: Recogniser) -> int:
    """Read one record and keep what is proposed; return how many names that are."""
    record = results.record_of(road.database, key)
    found = propose(record.article, record.tags, recogniser) if record else ()
    proposals.keep(road.database, key, found, recogniser.name)
    return len(found)


def suggestions(database: Database, least: int) -> list[Suggestion]:
    """Return what at least so many articles would teach the knowledge base, the most frequent first."""
    found: dict[tuple[Kind, str | None, str], Suggestion] = {}
    for key, one in (*_of_records(database), *_of_recognisers(database)):
        place = (one.kind, one.entity, fold_text(one.text))
        found.setdefault(place, one).seen.add(key)
    kept = [one for one in found.values() if one.articles >= least]
    return sorted(kept, key=lambda one: (-one.articles, one.kind, one.text))


def _of_records(database: Database) -> Iterator[tuple[str, Suggestion]]:
    with results.each_record(database) as (_, rows):
        for record in rows:
            key, tags = record.article.key, record.tags
            for entity in tags.entities:
                for mention in entity.mentions:
                    if mention.rule == "skeleton":
                        yield key, Suggestion("spelling", mention.text, entity.id, entity.type, key)
                if entity.mentions[0].rule == "unknown":
                    yield key, Suggestion("name", entity.name, None, entity.type, key)
            for said in tags.statements:
                unnamed = said.speaker is None and said.speaker_basis == "unnamed"
                if said.speaker_text and (unnamed or (said.speaker or "").startswith(UNKNOWN)):
                    yield key, Suggestion("speaker", said.speaker_text, None, None, key)


def _of_recognisers(database: Database) -> Iterator[tuple[str, Suggestion]]:
    with proposals.each(database) as proposed:
        for key, names in proposed:
            yield from ((key, Suggestion("name", name.text, None, name.type, key)) for name in names)
