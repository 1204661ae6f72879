"""What two entities of a topic must not share: an id, or a written form that nothing tells apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from workers.arabic.clitics import proclitics
from workers.arabic.letters import fold_text
from workers.config.toml import Fault, line_of
from workers.config.topic import EntityConfig


class Placed(NamedTuple):
    """An entity and where it stands: the file and its number (from 0) among that file's entities."""

    path: Path
    number: int
    entity: EntityConfig


def collisions(entities: Iterable[Placed]) -> list[Fault]:
    """Return a fault for each id that stands twice and each written form that means two entities without a sense rule.

    A form that reads as a particle and another's name (بروسيا, Prussia or "in Russia") asks for a rule as well.
    """
    placed = list(entities)
    return [*_ids(placed), *_forms(placed)]


def written_forms(entity: EntityConfig) -> dict[str, str]:
    """Return the forms an entity may be written in, folded -> as its file has it."""
    forms = (entity.name_ar, *entity.variants, *(sense.form for sense in entity.senses))
    return {fold_text(form): form for form in reversed(forms)}


def _ids(placed: list[Placed]) -> Iterator[Fault]:
    owners: dict[str, Placed] = {}
    for one in placed:
        first = owners.setdefault(one.entity.id, one)
        if first is not one:
            yield _fault(one, "id", f"entity {one.entity.id} stands in {first.path.name} already")


def _forms(placed: list[Placed]) -> Iterator[Fault]:
    owners: dict[str, list[Placed]] = {}
    for one in placed:
        for form in written_forms(one.entity):
            owners.setdefault(form, []).append(one)
    for form, (first, *others) in owners.items():
        for other in others:
            if first.entity.id != other.entity.id and not (_told(first, form) and _told(other, form)):
                yield _fault(
                    other, "variants",
                    f"{_spelt(other, form)} is a form of {first.entity.id} as well ({first.path.name}): "
                    "give each of the two a sense for it, or take it from one",
                )  # fmt: skip
        if _told(first, form):
            continue
        for owner in (one for rest in _peeled(form) for one in owners.get(rest, ())):
            if owner.entity.id != first.entity.id:
                yield _fault(
                    first, "variants",
                    f"{_spelt(first, form)} may also be read as a particle and a form of {owner.entity.id}: "
                    "give it a sense",
                )  # fmt: skip


def _peeled(form: str) -> Iterator[str]:
    word, space, more = form.partition(" ")
    yield from (rest + space + more for particle, rest in proclitics(word) if particle)


def _told(one: Placed, form: str) -> bool:
    return any(fold_text(sense.form) == form for sense in one.entity.senses)


def _spelt(one: Placed, form: str) -> str:
    return written_forms(one.entity)[form]


def _fault(one: Placed, key: str, message: str) -> Fault:
    line = line_of(one.path.read_text(encoding="utf-8"), ("entities", one.number, key))
    return Fault(str(one.path), line, message)
