"""Events against the two annotated documents: one is right only if its type, both actors and its status are."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.exam.test_statements import GOLD, ROOT, Score, article, score
from workers.config import load_config
from workers.items import Event
from workers.tag.tagger import Tagger

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["events"]

pytestmark = pytest.mark.skipif(not GOLD.exists(), reason=f"the annotated documents are not here ({GOLD.name})")


def is_right(event: Event, gold: dict[str, Any], names: dict[str, str]) -> bool:
    """Whether an event is the annotated one; an actor is right by its name, or by its country where it has another name."""
    status = {"negation": "negated"}.get(gold["status"], gold["status"])
    return (
        event.type in {gold["type"], *gold["alt_types"]}
        and event.status == status
        and (gold["source"]["name"] in map(names.get, event.actor) or gold["source"]["country"] in event.actor_country)
        and (
            gold["target"]["name"] in map(names.get, event.recipient)
            or gold["target"]["country"] in event.recipient_country
        )
    )


def test_events_of_the_annotated_documents() -> None:
    """F1 stays above its floor; an event that the annotators left to choice counts neither way."""
    config, tagger = load_config(ROOT / "config"), Tagger.load(ROOT / "config" / "topics" / "russia-syria")
    names = {entity.id: entity.name for entity in tagger.knowledge.entities}
    right = found = wanted = 0
    for doc in json.loads(GOLD.read_text(encoding="utf-8"))["docs"]:
        free = list(tagger.tag(article(config, doc["file"])).events)
        for gold in doc["events"]:
            match = next((one for one in free if is_right(one, gold, names)), None)
            wanted += gold["required"]
            if match is not None:
                free.remove(match)
                right += gold["required"]
                found += gold["required"]
        found += len(free)
    got: Score = score(right, found, wanted)
    sys.stdout.write(f"events {got}: {right} right of {wanted}, {found - right} false\n")
    assert all(value >= FLOORS[name] for name, value in got._asdict().items())
