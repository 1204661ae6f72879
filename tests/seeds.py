"""The seeds and what must come of them, for the tests that replay them."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

from workers.config import load_config
from workers.config.settings import HOME
from workers.store import counts, lives, results
from workers.store.database import Database
from workers.urls import canonical

SEEDS = HOME / "seeds"


def expected() -> list[dict[str, Any]]:
    """The lines of expected.jsonl, each address canonical."""
    trackers = load_config().trackers
    lines = [json.loads(line) for line in (SEEDS / "expected.jsonl").read_text(encoding="utf-8").splitlines() if line]
    return [{**line, "url": canonical(line["url"], trackers=trackers)} for line in lines]


def shuffled(folder: Path, seed: int) -> Path:
    """A copy of the seeds whose captures stand in another order."""
    copy = folder / f"seeds-{seed}"
    shutil.copytree(SEEDS, copy)
    manifest = copy / "captures.jsonl"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    random.Random(seed).shuffle(lines)
    manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return copy


def check_endings(database: Database) -> None:
    """Every seed ended as expected, and the sums of the store hold."""
    ended = {one.url: (one.ending, one.reason) for one in lives.ended(database)}
    assert ended == {line["url"]: (line["ending"], line["reason"]) for line in expected()}
    sums = counts.count(database)
    assert (sums.agree, sums.waiting, counts.faults(database)) == (True, 0, [])


def records_of(database: Database) -> dict[str, Any]:
    """Every record by its address."""
    with results.each_record(database) as (_, rows):
        return {one.article.url: one for one in rows}
