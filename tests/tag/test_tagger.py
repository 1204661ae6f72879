"""The tagger as a whole: versions, any text, time, another topic."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.config.toml import ConfigError
from workers.items import Tags, to_json
from workers.tag.check import check_examples, sample
from workers.tag.tagger import RULES, Tagger

TOPIC = Path(__file__).parents[2] / "config" / "topics" / "russia-syria"

WORDS = [
    "قال", "لافروف", "إن", "استقبل", "الشرع", "روسيا", "اليوم", "سوريا", "وسوريا", "الروسية", "في", "مع", "بين", "موسكو", "ودمشق",
    "«", "»", '"', "“", "”", ":", "،", ".", "\n", "\n\n", "(", ")", "وأضاف", "مشيراً", "إلى", "أن", "نقلت", "عن", "بحسب", "زيارة", "قصف",
    "وزير", "الخارجية", "لم", "قد", "12", "شباط", "2025", "ـ", "\u064b", "\u200f", "😀", "للكرملين", "وال", "ل",
]  # fmt: skip


def spans(value: Any) -> list[tuple[str, tuple[int, int]]]:
    """Every (text, span) pair in the JSON of some tags."""
    if isinstance(value, list):
        return [pair for one in value for pair in spans(one)]
    if not isinstance(value, dict):
        return []
    own = [(value["text"], tuple(value["span"]))] if "span" in value else []
    return own + [pair for one in value.values() for pair in spans(one)]


def check(text: str, tags: Tags) -> None:
    for words, span in spans(to_json(tags)):
        assert 0 <= span[0] < span[1] <= len(text)
        assert text[slice(*span)] == words


@given(st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join))
@settings(deadline=None, max_examples=150)
def test_spans_of_news_like_text_are_exact(tagger: Tagger, text: str) -> None:
    """Whatever the order of words and marks, each span is the words beside it."""
    check(text, tagger.tag(sample(text)))


@given(st.text(max_size=300), st.text(max_size=40))
@settings(deadline=None, max_examples=100)
def test_any_text_is_tagged(tagger: Tagger, text: str, title: str) -> None:
    """No text raises."""
    article = sample(text, title=title)
    check(article.text, tagger.tag(article))


def calls(work: Callable[[], object]) -> int:
    """How many functions are called meanwhile: a measure of work that no other load on the machine changes."""
    number = 0

    def count(*_: object) -> None:
        nonlocal number
        number += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("separator", [" ", "، ", ". ", "\n\n"])
def test_work_is_linear(tagger: Tagger, separator: str) -> None:
    """Eight times the text takes about eight times the work, even without sentence ends."""
    line = "قال لافروف إن الوفد الروسي زار دمشق والتقى الشيباني في 12 شباط 2025" + separator
    short, long = (sample(line * times) for times in (50, 400))
    assert calls(lambda: tagger.tag(long)) < calls(lambda: tagger.tag(short)) * 8 * 1.5


def test_versions_name_rules_topic_and_camel(tagger: Tagger) -> None:
    """What a record must know to be out of date one day."""
    versions = tagger.tag(sample("")).versions
    assert versions["rules"] == RULES
    assert versions["topic"] == tagger.version
    assert len(tagger.version) == 12
    assert versions["camel"]


def test_every_example_behaves(tagger: Tagger) -> None:
    """The yes and no sentences of all the topic's files."""
    assert [str(fault) for fault in check_examples(tagger)] == []


def test_a_broken_topic_reports_all_faults(tmp_path: Path) -> None:
    """Several files, several faults, one error."""
    folder = tmp_path / "topic"
    shutil.copytree(TOPIC, folder)
    (folder / "events.toml").write_text("quads = 1\nwrong = 2\n", encoding="utf-8")
    (folder / "speech.toml").unlink()
    with pytest.raises(ConfigError) as caught:
        Tagger.load(folder)
    assert {Path(fault.file).name for fault in caught.value.faults} == {"events.toml", "speech.toml"}


def test_an_example_that_fails_is_a_fault_with_its_line(tmp_path: Path) -> None:
    """A rule that does not do what its author says is found by check_examples."""
    folder = tmp_path / "topic"
    shutil.copytree(TOPIC, folder)
    path = folder / "relevance.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('yes = ["استقبل بوتين الشرع في موسكو."]', 'yes = ["لا شيء هنا."]'), encoding="utf-8")
    faults = [fault for fault in check_examples(Tagger.load(folder)) if Path(fault.file).name == "relevance.toml"]
    assert len(faults) == 1
    assert faults[0].line > 1


OTHER_TOPIC = """
name = "Turkey–Syria"
name_ar = "تركيا وسوريا"
sides = [{ id = "TUR", countries = ["TUR"] }, { id = "SYR", countries = ["SYR"] }]
countries = [{ iso = "TUR", adjective = "تركي" }, { iso = "SYR", adjective = "سوري" }, { iso = "RUS", adjective = "روسي" }]
capitals = ["ankara", "damascus"]
[adjectives]
not_after = ["اللغة"]
not_before = ["الصنع"]
yes = ["عقد الوفد التركي جلسة في دمشق."]
no = ["تعلم اللغة التركية في دمشق."]
[nominals]
persons = ["وزير", "رئيس"]
bodies = ["وفد", "وفدا", "قوات"]
"""

OTHER_ENTITIES = """
[[entities]]
id = "ankara"
name = "Ankara"
name_ar = "أنقرة"
type = "LOC"
country = "TUR"
[[entities]]
id = "damascus"
name = "Damascus"
name_ar = "دمشق"
type = "LOC"
country = "SYR"
[[entities]]
id = "moscow"
name = "Moscow"
name_ar = "موسكو"
type = "LOC"
country = "RUS"
[[entities]]
id = "fidan"
name = "Hakan Fidan"
name_ar = "هاكان فيدان"
type = "PER"
country = "TUR"
variants = ["فيدان"]
"""


def test_another_topic_needs_no_code(tmp_path: Path) -> None:
    """Other sides, other names, the same grammar files: the same tagger."""
    for name in ("events.toml", "speech.toml", "relevance.toml"):
        shutil.copy(TOPIC / name, tmp_path)
    (tmp_path / "topic.toml").write_text(OTHER_TOPIC, encoding="utf-8")
    (tmp_path / "entities-few.toml").write_text(OTHER_ENTITIES, encoding="utf-8")
    other = Tagger.load(tmp_path)
    tags = other.tag(sample("زار فيدان دمشق أمس وقال إن أنقرة تدعم سوريا موحدة."))
    assert tags.relevance.grade == 3
    assert tags.relevance.direction[0] == "TUR>SYR"
    first = tags.events[0]
    assert (first.type, first.actor, first.recipient) == ("CONSULT", ("fidan",), ("damascus",))
    assert other.tag(sample("زار وفد روسي دمشق.")).relevance.grade == 0
    assert other.version != Tagger.load(TOPIC).version
