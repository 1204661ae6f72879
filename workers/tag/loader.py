"""A topic's folder as checked, frozen knowledge. All faults are reported at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.config.speech import SpeechConfig
from workers.config.toml import ConfigError, Fault, read_toml
from workers.config.topic import EntityConfig, EntityFile, EventFile, EventsConfig, RelevanceConfig, TopicConfig


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything known of a topic; `digest` is 12 hex digits of the SHA-256 of its files.

    `stands_for`: the id of a capital -> that of its country, which is meant where the capital says or does something.
    """

    topic: TopicConfig
    entities: tuple[EntityConfig, ...]
    events: EventsConfig
    speech: SpeechConfig
    relevance: RelevanceConfig
    digest: str
    folder: Path
    stands_for: dict[str, str]

    def side_of(self, country: str | None) -> str | None:
        """Return the side a country belongs to, or None for a third one."""
        return next((side.id for side in self.topic.sides if country in side.countries), None)


def load(folder: Path) -> Knowledge:
    """Read topic, events, speech and relevance.toml and every events-*.toml and entities-*.toml. Raises ConfigError with all
    faults.
    """
    faults: list[Fault] = []
    topic = read_toml(folder / "topic.toml", TopicConfig, faults)
    events = read_toml(folder / "events.toml", EventsConfig, faults)
    speech = read_toml(folder / "speech.toml", SpeechConfig, faults)
    relevance = read_toml(folder / "relevance.toml", RelevanceConfig, faults)
    paths = sorted(folder.glob("entities-*.toml"))
    files = [(path, read_toml(path, EntityFile, faults)) for path in paths]
    if not files:
        faults.append(Fault(str(folder), 0, "has no entities-*.toml"))
    entities = [(path, entity) for path, file in files if file for entity in file.entities]
    faults += _repeated(entities)
    more = [(path, read_toml(path, EventFile, faults)) for path in sorted(folder.glob("events-*.toml"))]
    if events:
        first = tuple(pattern for _, file in more if file for pattern in file.patterns)
        events = events.model_copy(update={"patterns": (*first, *events.patterns)})
    if topic and events:
        faults += _contradictions(folder, topic, events, {entity.id for _, entity in entities})
    if faults or not (topic and events and speech and relevance):
        raise ConfigError(faults)
    known = tuple(entity for _, entity in entities)
    return Knowledge(topic, known, events, speech, relevance, _digest(folder), folder, _capitals(known, topic.capitals))


def _capitals(entities: tuple[EntityConfig, ...], capitals: tuple[str, ...]) -> dict[str, str]:
    countries: dict[str | None, str] = {}
    for entity in entities:
        if entity.type == "GPE" and entity.id not in capitals:
            countries.setdefault(entity.country, entity.id)
    return {one.id: countries[one.country] for one in entities if one.id in capitals and one.country in countries}


def _repeated(entities: list[tuple[Path, EntityConfig]]) -> Iterator[Fault]:
    owners: dict[str, Path] = {}
    for path, entity in entities:
        if entity.id in owners:
            yield Fault(str(path), 0, f"entity {entity.id} stands in {owners[entity.id].name} already")
        owners.setdefault(entity.id, path)


def _contradictions(folder: Path, topic: TopicConfig, events: EventsConfig, known: set[str]) -> Iterator[Fault]:
    named = {country.iso for country in topic.countries}
    for side in topic.sides:
        for missing in sorted(set(side.countries) - named):
            yield Fault(str(folder / "topic.toml"), 0, f"side {side.id}: no country {missing} with an adjective")
    for regime in topic.regimes:
        if regime.entity not in known:
            yield Fault(str(folder / "topic.toml"), 0, f"regime: there is no entity {regime.entity}")
    for capital in topic.capitals:
        if capital not in known:
            yield Fault(str(folder / "topic.toml"), 0, f"capitals: there is no entity {capital}")
    seen: set[str] = set()
    for pattern in events.patterns:
        if pattern.type not in events.quads:
            yield Fault(
                str(folder / "events.toml"), 0, f"pattern {pattern.id}: type {pattern.type} has no class in quads"
            )
        if pattern.id in seen:
            yield Fault(str(folder / "events.toml"), 0, f"pattern {pattern.id} stands twice")
        seen.add(pattern.id)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    names = [folder / f"{name}.toml" for name in ("topic", "events", "speech", "relevance")]
    for path in [*names, *sorted(folder.glob("events-*.toml")), *sorted(folder.glob("entities-*.toml"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
