"""What is known of a topic: the files of config/topics/<topic>/, as written. The tagger compiles them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from workers.config.toml import Model

EntityType = Literal["PER", "ORG", "MEDIA", "GPE", "LOC", "FAC"]


class Role(Model):
    """An office: title in English and Arabic, with ISO dates only where verified."""

    title: str
    title_ar: str
    since: str | None = None
    until: str | None = None


class Sense(Model):
    """When a written form means this entity, decided by words around it (folded, four tokens either way).

    `block_next` and `block_previous` look at the adjoining word only. With `require`, one of its words must be near.
    `yes` and `no` are sentences that must and must not yield the entity; they are run as tests.
    """

    form: str
    require: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    block_next: tuple[str, ...] = ()
    block_previous: tuple[str, ...] = ()
    yes: tuple[str, ...] = Field(min_length=1)
    no: tuple[str, ...] = Field(min_length=1)


class EntityConfig(Model):
    """A person, body or place. `variants` are written forms besides `name_ar`, without proclitics."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: str
    name_ar: str
    type: EntityType
    qid: str | None = Field(default=None, pattern=r"^Q[1-9]\d*$")
    country: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    sector: str | None = None
    variants: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    senses: tuple[Sense, ...] = ()
    note: str = ""


class EntityFile(Model):
    """A file of entities."""

    entities: tuple[EntityConfig, ...]
