"""A topic's folder as checked, frozen knowledge. All faults are reported at once.

What was read is kept, ready to use, in a file beside the store: reading it again takes a fifth of the time. The file's name
holds the digest of all that it was made from, so that a changed name in a TOML file, or a changed rule here, makes a new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from workers.arabic import letters, tokens
from workers.config import speech as speech_models
from workers.config import topic as models
from workers.config.speech import SpeechConfig
from workers.config.toml import ConfigError, Fault, read_toml
from workers.config.topic import (
    EntityConfig,
    EntityFile,
    EventFile,
    EventsConfig,
    NamesConfig,
    RelevanceConfig,
    TopicConfig,
)
from workers.tag.collisions import Placed, collisions, written_forms


class WrittenForm(NamedTuple):
    """How an entity may be written: its folded tokens with a space between, as the matcher looks for them.

    `entity` is a place in Knowledge.entities, `form` the folded form that senses are told by.
    """

    line: str
    entity: int
    form: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything known of a topic; `digest` is 12 hex digits of the SHA-256 of its files.

    `sides`: a country -> the side that it belongs to; `stands_for`: the id of a capital -> that of its country, which is meant where the capital says or does something.
    """

    topic: TopicConfig
    entities: tuple[EntityConfig, ...]
    events: EventsConfig
    speech: SpeechConfig
    relevance: RelevanceConfig
    names: NamesConfig
    digest: str
    folder: Path
    sides: dict[str, str]
    stands_for: dict[str, str]
    forms: tuple[WrittenForm, ...]

    def side_of(self, country: str | None) -> str | None:
        """Return the side a country belongs to, or None for a third one."""
        return self.sides.get(country) if country else None


def load(folder: Path, keep: Path | None = None) -> Knowledge:
    """Return what `folder` says, from the file kept of it in the folder `keep` where there is one. Raises ConfigError."""
    try:
        digest = _digest(folder) if keep else ""
    except OSError:
        digest = ""  # what is missing is told below, with all other faults
    if keep is None or not digest:
        return read_topic(folder)
    place = keep / f"{folder.name}-{digest}-{_own_digest()}.json"
    with contextlib.suppress(OSError, ValidationError):
        return _ADAPTER.validate_json(place.read_bytes())
    knowledge = read_topic(folder)
    if knowledge.digest == digest:
        # A full disk or a read-only installation costs a fifth of a second at each start, and nothing else.
        with contextlib.suppress(OSError):
            _write(place, knowledge)
    return knowledge


_ADAPTER = TypeAdapter(Knowledge)


@cache
def _own_digest() -> str:
    """Return 12 hex digits of what decides how knowledge is read and folded."""
    digest = hashlib.sha256()
    for module in (models, speech_models, letters, tokens):
        digest.update(Path(str(module.__file__)).read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:12]


def _write(place: Path, knowledge: Knowledge) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_suffix(f".{os.getpid()}")
    new.write_bytes(_ADAPTER.dump_json(knowledge))
    new.replace(place)
    for old in place.parent.glob(f"{knowledge.folder.name}-*.json"):
        if old != place:
            old.unlink(missing_ok=True)


def read_topic(folder: Path) -> Knowledge:
    """Read topic, events, speech, relevance and, if there, names.toml, every events-*.toml and entities-*.toml. Raises ConfigError with all
    faults.
    """
    faults: list[Fault] = []
    topic = read_toml(folder / "topic.toml", TopicConfig, faults)
    events = read_toml(folder / "events.toml", EventsConfig, faults)
    speech = read_toml(folder / "speech.toml", SpeechConfig, faults)
    relevance = read_toml(folder / "relevance.toml", RelevanceConfig, faults)
    names = read_toml(folder / "names.toml", NamesConfig, faults) if (folder / "names.toml").exists() else NamesConfig()
    paths = sorted(folder.glob("entities-*.toml"))
    files = [(path, read_toml(path, EntityFile, faults)) for path in paths]
    if not files:
        faults.append(Fault(str(folder), 0, "has no entities-*.toml"))
    placed = [Placed(path, number, one) for path, file in files if file for number, one in enumerate(file.entities)]
    faults += collisions(placed)
    more = [(path, read_toml(path, EventFile, faults)) for path in sorted(folder.glob("events-*.toml"))]
    if events:
        first = tuple(pattern for _, file in more if file for pattern in file.patterns)
        events = events.model_copy(update={"patterns": (*first, *events.patterns)})
    if topic and events:
        faults += _contradictions(folder, topic, events, {one.entity.id for one in placed})
    if faults or not (topic and events and speech and relevance and names):
        raise ConfigError(faults)
    known = tuple(one.entity for one in placed)
    sides = {country: side.id for side in topic.sides for country in side.countries}
    return Knowledge(
        topic, known, events, speech, relevance, names, _digest(folder), folder, sides, _capitals(known, topic.capitals),
        tuple(_forms(known)),
    )  # fmt: skip


def _forms(entities: tuple[EntityConfig, ...]) -> Iterator[WrittenForm]:
    for place, entity in enumerate(entities):
        for form in written_forms(entity):
            words = tokens.tokens(letters.fold(form))[0]
            if not words:
                continue
            yield WrittenForm(" ".join(words), place, form)


def _capitals(entities: tuple[EntityConfig, ...], capitals: tuple[str, ...]) -> dict[str, str]:
    countries: dict[str | None, str] = {}
    for entity in entities:
        if entity.type == "GPE" and entity.id not in capitals:
            countries.setdefault(entity.country, entity.id)
    return {one.id: countries[one.country] for one in entities if one.id in capitals and one.country in countries}


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
    yield from _pattern_faults(folder, events)


def _pattern_faults(folder: Path, events: EventsConfig) -> Iterator[Fault]:
    groups = {f"@{name}" for name in events.words}
    seen: set[str] = set()
    for pattern in events.patterns:
        for word in pattern.near:
            if word.startswith("@") and word not in groups:
                yield Fault(str(folder / "events.toml"), 0, f"pattern {pattern.id}: [words] has no group {word}")
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
    names += [folder / "names.toml"] if (folder / "names.toml").exists() else []
    for path in [*names, *sorted(folder.glob("events-*.toml")), *sorted(folder.glob("entities-*.toml"))]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
