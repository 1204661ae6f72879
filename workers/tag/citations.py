"""Which media and offices the text rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from workers.arabic.letters import fold_text
from workers.config.topic import EntityConfig
from workers.items import Citation
from workers.tag.entities import Hit, mention_span
from workers.tag.loader import Knowledge
from workers.tag.reading import Reading, readings
from workers.tag.statements import Said

Role = Literal["origin", "cited", "official"]

# Tokens before and behind a medium's name in which a cue is looked for.
_BACK = 5
_FORWARD = 3


class Sources:
    """The citation cues of a topic, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        cues = knowledge.speech.citations
        self._origin = {fold_text(word) for word in cues.origin}
        self._cited = {fold_text(word) for word in cues.cited}
        self._media = {fold_text(word) for word in cues.media_nouns}
        self._office = {fold_text(word) for word in cues.office_nouns}
        self._entities = {entity.id: entity for entity in knowledge.entities}

    def find(self, reading: Reading, hits: Sequence[Hit], said: Iterable[Said]) -> tuple[Citation, ...]:
        """Return each medium or office once a role, at its first citation."""
        found: dict[tuple[str, str], Citation] = {}
        for hit in hits:
            if hit.entity and hit.entity.type == "MEDIA":
                role = self._role(reading, hit)
                if role:
                    _add(found, reading, hit.entity, role, mention_span(reading, hit))
        for one in said:
            party = one.speaker
            if party is None or one.statement.speaker is None or one.statement.speaker_basis == "carried":
                continue
            entity = self._entities.get(one.statement.speaker)  # None: somebody whom no file names
            span = reading.span(party.start, party.end)
            if entity and entity.type == "MEDIA":
                _add(found, reading, entity, "cited", span)
            elif entity and entity.type == "ORG" and self._official(reading, entity, party.start):
                _add(found, reading, entity, "official", span)
            if one.statement.via and self._entities[one.statement.via].type == "MEDIA":
                _add(found, reading, self._entities[one.statement.via], "cited", one.statement.cue.span)
        return tuple(sorted(found.values(), key=lambda citation: citation.span))

    def _role(self, reading: Reading, hit: Hit) -> Role | None:
        before = reading.words[max(0, hit.start - _BACK) : hit.start]
        after = reading.words[hit.end : hit.end + _FORWARD]
        rests = {rest for word in before for _, rest in readings(word)}
        if before and ({before[-1], *before[-2:]} & self._origin) and ":" in before[-2:]:
            return "origin"
        if rests & (self._cited | self._media) or {rest for word in after for _, rest in readings(word)} & self._cited:
            return "cited"
        return None

    def _official(self, reading: Reading, entity: EntityConfig, start: int) -> bool:
        around = reading.words[max(0, start - 1) : start + 2]
        rests = {rest for word in around for _, rest in readings(word)}
        return entity.sector in {"GOV", "MIL"} or bool(rests & self._office)


def _add(
    found: dict[tuple[str, str], Citation], reading: Reading, entity: EntityConfig, role: Role, span: tuple[int, int]
) -> None:
    if role == "cited" and (entity.id, "origin") in found:
        return
    citation = Citation(id=entity.id, name=entity.name, role=role, text=reading.text[span[0] : span[1]], span=span)
    found.setdefault((entity.id, role), citation)
