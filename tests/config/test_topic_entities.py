"""The entity files of the topic in the repository."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from workers.arabic.letters import fold
from workers.arabic.tokens import tokens
from workers.config.topic import EntityConfig, EntityFile

FOLDER = Path(__file__).parents[2] / "config" / "topics" / "russia-syria"
SECTORS = {
    "BUS", "CVL", "ELI", "GOV", "IGO", "JRN", "JUD", "LEG", "MIL", "NGO", "OPP", "PRM", "PTY", "REB", "REL", "SPY", None,
}  # fmt: skip
PROCLITIC_LETTERS = "وفبكل"


@pytest.fixture(scope="module")
def entities() -> list[EntityConfig]:
    """Every entity of every file of the topic."""
    files = sorted(FOLDER.glob("entities-*.toml"))
    return [entity for path in files for entity in EntityFile(**tomllib.loads(path.read_text("utf-8"))).entities]


def key(form: str) -> str:
    """What the matcher compares: the folded tokens."""
    return " ".join(tokens(fold(form))[0])


def forms(entity: EntityConfig) -> list[str]:
    return [entity.name_ar, *entity.variants]


def test_there_are_enough(entities: list[EntityConfig]) -> None:
    """The topic knows hundreds of entities, scores of media and thousands of written forms."""
    kinds = Counter(entity.type for entity in entities)
    assert len(entities) >= 220
    assert kinds["MEDIA"] >= 60
    assert kinds["PER"] >= 120
    assert len({key(form) for entity in entities for form in forms(entity)}) >= 800


@pytest.mark.parametrize("attribute", ["id", "qid"])
def test_identifiers_are_unique(entities: list[EntityConfig], attribute: str) -> None:
    """No id and no QID stands for two entities."""
    counts = Counter(getattr(entity, attribute) for entity in entities)
    del counts[None]
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_form_is_listed_twice(entities: list[EntityConfig]) -> None:
    """An entity lists no form that the matcher reads like another of its forms."""
    for entity in entities:
        counts = Counter(map(key, forms(entity)))
        assert [form for form, count in counts.items() if count > 1] == [], entity.id


def test_shared_forms_have_senses(entities: list[EntityConfig]) -> None:
    """A form of two entities is told apart by a sense rule on each side."""
    owners: dict[str, list[EntityConfig]] = {}
    for entity in entities:
        for form in forms(entity):
            owners.setdefault(key(form), []).append(entity)
    for form, claimants in owners.items():
        if len(claimants) > 1:
            for entity in claimants:
                assert form in {key(sense.form) for sense in entity.senses}, f"{form} of {entity.id} has no sense"


def test_sense_forms_are_known_and_decided(entities: list[EntityConfig]) -> None:
    """A sense is about one of its entity's forms, once, has a condition, and two sentences for and against it."""
    for entity in entities:
        known = set(map(key, forms(entity)))
        ruled = Counter(key(sense.form) for sense in entity.senses)
        assert [form for form, count in ruled.items() if count > 1] == [], entity.id
        for sense in entity.senses:
            assert key(sense.form) in known, f"{entity.id}: {sense.form}"
            assert sense.require or sense.block or sense.block_next or sense.block_previous, (
                f"{entity.id}: {sense.form}"
            )
            assert min(len(sense.yes), len(sense.no)) >= 2, f"{entity.id}: {sense.form}"


def test_sense_sentences_hold_the_form(entities: list[EntityConfig]) -> None:
    """Each sentence of a sense has its form in it, whatever particle is written before it."""
    for entity in entities:
        for sense in entity.senses:
            form = key(sense.form)
            assimilated = "ل" + form[2:] if form.startswith("ال") else form
            for sentence in (*sense.yes, *sense.no):
                assert form in key(sentence) or assimilated in key(sentence), f"{sense.form}: {sentence}"


def test_forms_are_clean(entities: list[EntityConfig]) -> None:
    """Forms have single spaces, no marks around them, and no particle that another form of the entity lacks."""
    for entity in entities:
        known = {key(form) for form in forms(entity)}
        for form in forms(entity):
            assert form == " ".join(form.split()), f"{entity.id}: {form!r}"
            assert form.strip("«»\"“”'،.()") == form, f"{entity.id}: {form!r}"
            assert form[0] not in PROCLITIC_LETTERS or key(form)[1:] not in known, f"{entity.id}: {form!r}"


def test_values_are_of_the_schema(entities: list[EntityConfig]) -> None:
    """Sectors are PLOVER's, media are journalists with a country, states have no sector, offices end after they begin."""
    for entity in entities:
        assert entity.sector in SECTORS, entity.id
        if entity.type == "MEDIA":
            assert (entity.sector, entity.country is not None) == ("JRN", True), entity.id
        if entity.type in {"GPE", "LOC"}:
            assert entity.sector is None, entity.id
        for role in entity.roles:
            assert (role.since or "0000") < (role.until or "9999"), entity.id
