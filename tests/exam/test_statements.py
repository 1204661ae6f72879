"""Statements and entities against the two annotated documents, which are measured with and never copied into the project."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from workers.arabic.letters import fold_text
from workers.clean.page import clean
from workers.config import Config, load_config
from workers.items import Article, Capture, Entity, Entry, Statement, Tags
from workers.tag.tagger import Tagger
from workers.urls import key_of

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"
GOLD = SEEDS / "gold_000_003.json"
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["statements"]
# Two statements are the same if each holds so large a part of the other's words.
SAME = 0.6

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason=f"the annotated documents are not here ({GOLD.name})")


class Score(NamedTuple):
    """Precision, recall and F1."""

    precision: float
    recall: float
    f1: float


def score(right: int, found: int, wanted: int) -> Score:
    """Return the score of `right` among `found`, of `wanted` ones."""
    precision, recall = right / max(1, found), right / max(1, wanted)
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if right else 0.0)


def words(text: str) -> list[str]:
    return [word for raw in fold_text(text).split() if (word := raw.strip("\"'“”«»،,.؛:;!؟?()-"))]


def same(one: str, two: str) -> bool:
    """Whether the words of each are, to 60 %, those of the other."""
    first, second = Counter(words(one)), Counter(words(two))
    common = sum((first & second).values())
    return common >= SAME * sum(first.values()) and common >= SAME * sum(second.values())


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(ROOT / "config")


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(ROOT / "config" / "topics" / "russia-syria")


def article(config: Config, file: str) -> Article:
    """One of the documents, cleaned from its own capture."""
    lines = (SEEDS / "captures.jsonl").read_text(encoding="utf-8").splitlines()
    line = next(one for one in map(json.loads, lines) if one["body"] == file)
    body = (SEEDS / file).read_bytes()
    when = dt.datetime.fromisoformat(line["captured_at"]).astimezone(dt.UTC)
    key = key_of(line["url"])
    capture = Capture(
        key=key, url=line["url"], final_url=line["url"], status=200, headers={"content-type": "text/plain; charset=utf-8"},
        captured_at=when, elapsed=0.0, digest="", size=len(body),
    )  # fmt: skip
    entry = Entry(key=key, url=line["url"], outlet=line["outlet"], found_at=when)
    got = clean(capture, body, entry=entry, config=config)
    assert isinstance(got, Article), got
    return got


@pytest.fixture(scope="module")
def read(config: Config, tagger: Tagger) -> list[tuple[dict[str, Any], Tags]]:
    """Each annotation beside what the tagger finds."""
    if hashlib.sha256(GOLD.read_bytes()).hexdigest()[:12] != FLOORS["digest"]:
        pytest.skip("the annotations are not those the floors were measured with")
    docs = json.loads(GOLD.read_text(encoding="utf-8"))["docs"]
    return [(doc, tagger.tag(article(config, doc["file"]))) for doc in docs]


def pairs(doc: dict[str, Any], tags: Tags) -> list[tuple[dict[str, Any], Statement]]:
    """Each annotated quotation with the first statement that is the same."""
    free = list(tags.statements)
    found = []
    for quote in doc["quotes"]:
        match = next((one for one in free if same(one.text, quote["text"])), None)
        if match:
            free.remove(match)
            found.append((quote, match))
    return found


def test_statements_and_their_speakers(read: list[tuple[dict[str, Any], Tags]], tagger: Tagger) -> None:
    """F1 of statements and the share of right speakers stay above their floors; no speaker is a wrong one.

    A statement that says once more what a found one says (a heading, a summary) counts neither way.
    """
    names = {entity.id: entity.name for entity in tagger.knowledge.entities}
    right = found = wanted = spoke = wrong = 0
    for doc, tags in read:
        matched = pairs(doc, tags)
        taken = [one for _, one in matched]
        twice = [one for one in tags.statements if one not in taken and any(same(one.text, two.text) for two in taken)]
        right, wanted = right + len(matched), wanted + len(doc["quotes"])
        found += len(tags.statements) - len(twice)
        for quote, one in matched:
            speaker = names[one.speaker] if one.speaker else None
            spoke += speaker == quote["speaker"]
            wrong += speaker not in {quote["speaker"], None}
    got = score(right, found, wanted)
    sys.stdout.write(f"statements {got} speakers {spoke / max(1, right):.3f} of {right}, wrong {wrong}\n")
    assert got.precision >= FLOORS["precision"]
    assert got.recall >= FLOORS["recall"]
    assert got.f1 >= FLOORS["f1"]
    assert spoke / max(1, right) >= FLOORS["speakers"]
    assert wrong == 0


def test_no_name_in_marks_is_a_statement(read: list[tuple[dict[str, Any], Tags]]) -> None:
    """What the annotators list as names and scare quotes is never emitted as what somebody said."""
    names = {" ".join(words(one)) for doc, _ in read for one in doc["not_quotes"]}
    assert [one.text for _, tags in read for one in tags.statements if " ".join(words(one.text)) in names] == []


def test_entities_of_the_annotated_documents(read: list[tuple[dict[str, Any], Tags]]) -> None:
    """F1 of named entities, each counted once a document, stays above its floor."""
    right = recalled = found = wanted = 0
    for doc, tags in read:
        gold = [{plain(form) for form in one["surfaces"]} for one in doc["entities"] if one["type"] != "EVENT"]
        forms = [forms_of(one) for one in tags.entities]
        right += sum(any(own & known for known in gold) for own in forms)
        recalled += sum(any(own & known for own in forms) for known in gold)
        found, wanted = found + len(forms), wanted + len(gold)
    precision, recall = right / max(1, found), recalled / max(1, wanted)
    f1 = 2 * precision * recall / (precision + recall)
    sys.stdout.write(f"entities precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}\n")
    assert f1 >= FLOORS["entities"]


def plain(form: str) -> str:
    """A form as annotated, folded, without its conjunction."""
    word = fold_text(form)
    return word[1:] if word.startswith(("وال", "ومر", "وقب")) else word


def forms_of(entity: Entity) -> set[str]:
    return {fold_text(mention.text) for mention in entity.mentions}
