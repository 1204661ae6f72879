"""What a topic's folder says, how much of it there is, how it is kept for the next start, and what it must not say twice."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from workers.config import ConfigError
from workers.config.settings import HOME
from workers.tag import loader
from workers.tag.collisions import written_forms
from workers.tag.loader import Knowledge, load

TOPIC = HOME / "config" / "topics" / "russia-syria"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load(TOPIC)


@pytest.fixture
def topic(tmp_path: Path) -> Path:
    """A copy of the topic that a test may spoil."""
    return Path(shutil.copytree(TOPIC, tmp_path / "topic"))


def add_entity(topic: Path, entity: str, **keys: str) -> None:
    lines = [f'id = "{entity}"', *(f"{key} = {value}" for key, value in keys.items())]
    (topic / "entities-more.toml").write_text("[[entities]]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def faults_of(topic: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(topic)
    return [str(fault) for fault in caught.value.faults]


def test_the_topic_knows_enough(knowledge: Knowledge) -> None:
    """So many entities, media, written forms, event patterns and verbs of saying are what the topic promises."""
    types = Counter(entity.type for entity in knowledge.entities)
    verbs = {pair for group in knowledge.speech.verbs for pair in group.verbs}
    forms = sum(len(written_forms(entity)) for entity in knowledge.entities)
    assert len(knowledge.entities) >= 400
    assert types["MEDIA"] >= 80
    assert forms >= 1500
    assert len(knowledge.events.patterns) >= 250
    assert len(verbs) >= 100
    assert {group.polarity for group in knowledge.speech.verbs} >= {"asserted", "denied"}


def test_every_type_of_event_is_known(knowledge: Knowledge) -> None:
    """PLOVER 2.0 has sixteen."""
    assert len({pattern.type for pattern in knowledge.events.patterns}) == 16


def test_one_form_of_two_entities_is_a_fault(topic: Path) -> None:
    """The fault names the file, the line, the other entity and the cure."""
    add_entity(topic, "another", name='"Another"', name_ar='"فلان"', type='"PER"', variants='["لافروف"]')
    (fault,) = faults_of(topic)
    assert "entities-people.toml:" in fault
    assert "لافروف is a form of another as well (entities-more.toml)" in fault
    assert "sense" in fault


def test_spelling_hides_no_collision(topic: Path) -> None:
    """Forms are compared as they are matched: folded."""
    add_entity(topic, "another", name='"Another"', name_ar='"الإسد"', type='"PER"')
    assert any("الأسد is a form of another as well (entities-more.toml)" in fault for fault in faults_of(topic))


def test_a_form_that_reads_as_a_particle_and_a_name_asks_for_a_sense(topic: Path) -> None:
    """بتركيا would be "in Turkey"."""
    add_entity(topic, "bturkey", name='"Made up"', name_ar='"بتركيا"', type='"LOC"')
    (fault,) = faults_of(topic)
    assert "بتركيا may also be read as a particle and a form of turkey" in fault


def test_an_id_that_stands_twice_has_its_line(topic: Path) -> None:
    """Both files are named."""
    add_entity(topic, "putin", name='"P"', name_ar='"بوبوتين"', type='"PER"')
    (fault,) = faults_of(topic)
    assert "entities-people.toml:" in fault
    assert "entity putin stands in entities-more.toml already" in fault


def test_what_was_read_is_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second start does not look into the TOML files, and knows the same."""
    first = load(TOPIC, tmp_path)

    def never(folder: Path) -> Knowledge:
        raise AssertionError(folder)

    monkeypatch.setattr(loader, "read_topic", never)
    assert load(TOPIC, tmp_path) == first
    assert len(list(tmp_path.iterdir())) == 1


def test_a_change_of_one_name_is_read_at_once(topic: Path, tmp_path: Path) -> None:
    """What was kept of the files before is not used, and goes."""
    before = load(topic, tmp_path / "kept")
    add_entity(topic, "another", name='"Another"', name_ar='"علتان فلتان"', type='"PER"')
    after = load(topic, tmp_path / "kept")
    assert len(after.entities) == len(before.entities) + 1
    assert after.digest != before.digest
    assert len(list((tmp_path / "kept").iterdir())) == 1


@pytest.mark.parametrize("spoilt", [b"", b"{}", b'{"topic": null}', b"\xff\x00"])
def test_a_spoilt_file_is_made_anew(tmp_path: Path, spoilt: bytes) -> None:
    """A crash while writing, or a hand in the folder, costs nothing but time."""
    first = load(TOPIC, tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(spoilt)
    assert load(TOPIC, tmp_path) == first
    assert kept.stat().st_size > 100_000


def test_a_missing_file_is_a_fault_with_and_without_a_place_to_keep_it(topic: Path, tmp_path: Path) -> None:
    """No file is read twice to find that one is missing."""
    (topic / "speech.toml").unlink()
    for keep in (None, tmp_path / "kept"):
        with pytest.raises(ConfigError, match=r"speech\.toml"):
            load(topic, keep)


def test_nowhere_to_keep_it_is_no_fault(tmp_path: Path) -> None:
    """A file where the folder should be: the knowledge is read as ever."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert load(TOPIC, tmp_path / "taken").entities
