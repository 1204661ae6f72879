"""Relevance against hand-graded real articles, which are measured with and never copied into the project."""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from workers.tag.check import sample
from workers.tag.tagger import Tagger

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
GRADED = SHARED / "data" / "relevance_dev.jsonl"
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["relevance"]

ALL_FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))
# Written for this exam, half of them hard negatives; nobody in them did or said any of it.
WRITTEN = Path(__file__).parent / "relevance.jsonl"

real = pytest.mark.skipif(not GRADED.exists(), reason=f"the graded articles are not here ({GRADED.name})")


class Score(NamedTuple):
    """Precision, recall and F1 of grade >= 2, the share of grades exactly right, and Cohen's kappa with quadratic weights."""

    precision: float
    recall: float
    f1: float
    exact: float
    kappa: float

    def __str__(self) -> str:
        return "  ".join(f"{name} {value:.3f}" for name, value in self._asdict().items())


def measure(tagger: Tagger, rows: list[dict[str, Any]]) -> Score:
    """Return how well the tagger grades `rows` of `title`, `text`, `published` and `grade`."""
    pairs = []
    for row in rows:
        article = sample(row["text"], title=row["title"], published=row.get("published"))
        pairs.append((tagger.tag(article).relevance.grade, row["grade"]))
    hits = sum(got >= 2 and gold >= 2 for got, gold in pairs)
    precision = hits / max(1, sum(got >= 2 for got, _ in pairs))
    recall = hits / max(1, sum(gold >= 2 for _, gold in pairs))
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return Score(precision, recall, f1, sum(got == gold for got, gold in pairs) / len(pairs), kappa(pairs))


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """How far two graders agree beyond chance, 1 for always; a miss by two grades weighs four times one by one."""
    ours, theirs = Counter(one for one, _ in pairs), Counter(two for _, two in pairs)
    expected = sum(ours[i] * theirs[j] * (i - j) ** 2 for i in range(4) for j in range(4)) / len(pairs)
    return 1 - sum((one - two) ** 2 for one, two in pairs) / expected


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(ROOT / "config" / "topics" / "russia-syria")


@real
def test_grades_of_the_development_articles(tagger: Tagger) -> None:
    """F1 of grade >= 2 and the share of exact grades stay above their floors."""
    body = GRADED.read_bytes()
    if hashlib.sha256(body).hexdigest()[:12] != FLOORS["digest"]:
        pytest.skip("the graded articles are not those the floors were measured with")
    score = measure(tagger, [json.loads(line) for line in body.decode().splitlines()])
    sys.stdout.write(f"{len(body.splitlines())} real articles: {score}\n")
    assert all(getattr(score, name) >= FLOORS[name] for name in ("f1", "exact", "kappa"))


def test_grades_of_written_articles(tagger: Tagger) -> None:
    """The same on short articles of our own, half of them hard negatives, written before the rules were run on them.

    At first sight F1 was 0.899 (the first 80), 0.821 (the next 70) and 0.947 (the last 50); then they served to mend rules.
    """
    rows = [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]
    assert hashlib.sha256(WRITTEN.read_bytes()).hexdigest()[:12] == ALL_FLOORS["relevance_written"]["digest"]
    score = measure(tagger, [{**row, "text": row["text"].replace("\n", "\n\n")} for row in rows])
    sys.stdout.write(f"{len(rows)} written articles: {score}\n")
    assert all(getattr(score, name) >= ALL_FLOORS["relevance_written"][name] for name in ("f1", "exact", "kappa"))


MAIN = {
    "000": ("SUPPORT", None, ("putin",), ("sharaa",)),
    "001": ("CONSULT", "phone", ("putin",), ("sharaa",)),
    "002": ("SUPPORT", None, ("putin",), ("sharaa",)),
    "003": ("CONSULT", None, ("russia",), ("syrian-government",)),
    "004": ("CONSULT", "visit", ("shaibani",), ("putin",)),
}


@real
@pytest.mark.parametrize("path", sorted((SHARED / "seeds").glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_main_act_of_the_source_documents(tagger: Tagger, path: Path) -> None:
    """Type, mode, actor and recipient of what each is about, as something that happened."""
    events = tagger.tag(sample(path.read_text(encoding="utf-8"), published=None)).events
    acts = [(one.type, one.mode, one.actor, one.recipient) for one in events[:2] if one.status == "actual"]
    assert MAIN[path.name[:3]] in acts


@real
@pytest.mark.parametrize("path", sorted((SHARED / "seeds").glob("*.txt")), ids=lambda path: path.name[:3])
def test_the_source_documents_are_core(tagger: Tagger, path: Path) -> None:
    """Each of the five, as plain text with its clutter, is graded 3."""
    assert tagger.tag(sample(path.read_text(encoding="utf-8"), published=None)).relevance.grade == 3
