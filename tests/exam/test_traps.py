"""Sentences that look like something they are not, and what a careful analyst finds in them (traps.jsonl).

All are written for this exam; they report nothing real, and nobody said what they quote. `by` tells whether who wrote one also wrote
rules of the tagger ("author") or had not seen them ("other"): of these 0.905 passed at first sight.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.exam.test_statements import same
from workers.arabic.calendar import find_dates
from workers.arabic.letters import fold_text
from workers.config.settings import HOME
from workers.items import Event, Statement, Tags
from workers.tag.check import sample
from workers.tag.tagger import Tagger

DAY = dt.date(2025, 6, 1)
HERE = Path(__file__).parent
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))["traps"]
TRAPS = [json.loads(line) for line in (HERE / "traps.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(HOME / "config" / "topics" / "russia-syria")


def faults(trap: dict[str, Any], tags: Tags) -> Iterator[str]:
    """Say what of a trap's expectations does not hold."""
    mentions = [fold_text(mention.text) for entity in tags.entities for mention in entity.mentions]
    yield from (f"no {name}" for name in trap.get("found", ()) if not any(fold_text(name) in one for one in mentions))
    yield from (f"a {name}" for name in trap.get("absent", ()) if fold_text(name) in mentions)
    for wanted in trap.get("events", ()):
        if not any(is_event(one, wanted) for one in tags.events):
            yield f"no {wanted}"
    for other in trap.get("absent_events", ()):
        if any(
            {other["actor"], other["recipient"]} <= {*one.actor_country, *one.recipient_country} for one in tags.events
        ):
            yield f"some {other}"
    if trap.get("no_events") and tags.events:
        yield f"an event {tags.events[0].rule}"
    for wanted in trap.get("statements", ()):
        if not any(is_statement(one, wanted, tags) for one in tags.statements):
            yield f"no {wanted}"
    if trap.get("no_statements") and tags.statements:
        yield f"a statement {tags.statements[0].text}"


def is_event(event: Event, wanted: dict[str, Any]) -> bool:
    """Whether type, status and countries are right; of meetings and calls either side may come first."""
    straight = wanted["actor"] in event.actor_country and wanted["recipient"] in event.recipient_country
    turned = wanted["recipient"] in event.actor_country and wanted["actor"] in event.recipient_country
    kind = (event.type, event.status) == (wanted["type"], wanted["status"])
    return kind and (straight or (turned and event.reciprocal))


def is_statement(one: Statement, wanted: dict[str, Any], tags: Tags) -> bool:
    """Whether the words are, to 60 %, those that were said, and the speaker is the one named."""
    names = [one.speaker_text or ""]
    names += [mention.text for entity in tags.entities if entity.id == one.speaker for mention in entity.mentions]
    named = not wanted["speaker"] or any(fold_text(wanted["speaker"]) in fold_text(name) for name in names)
    return same(one.text, wanted["text"]) and named


def test_traps(tagger: Tagger) -> None:
    """So many of them, and so large a part of them passed."""
    failed = Counter[str]()
    for trap in TRAPS:
        article = sample(trap["text"])
        article = replace(article, dates=tuple(find_dates(article.text, DAY)))
        if found := list(faults(trap, tagger.tag(article))):
            failed["failed"] += 1
            sys.stdout.write(f"{trap['text']} -> {'; '.join(found)}\n")
    passed = 1 - failed["failed"] / len(TRAPS)
    sys.stdout.write(f"{len(TRAPS)} traps, {passed:.3f} passed\n")
    assert len(TRAPS) >= FLOORS["number"]
    assert passed >= FLOORS["passed"]
