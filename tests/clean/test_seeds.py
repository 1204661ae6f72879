"""The project's own recorded pages, read with the project's own outlet files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from workers.clean.page import clean
from workers.config import Config, load_config
from workers.items import Article, Capture, Drop, Entry
from workers.urls import canonical, key_of

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEEDS / name).read_text(encoding="utf-8").splitlines() if line.strip()]


def _identity(url: str) -> str:
    return canonical(url) or url


def _cases() -> list[Any]:
    expected = {_identity(one["url"]): one for one in _lines("expected.jsonl")}
    found = [(capture, expected.get(_identity(capture["url"]))) for capture in _lines("captures.jsonl")]
    pages = [(capture, one) for capture, one in found if one and not 300 <= capture["status"] < 400]
    return [pytest.param(capture, one, id=capture.get("body") or capture["url"]) for capture, one in pages]


@pytest.fixture(scope="module")
def own_config() -> Config:
    return load_config(ROOT / "config")


@pytest.mark.parametrize(("line", "expected"), _cases())
def test_recorded_page(line: dict[str, Any], expected: dict[str, Any], own_config: Config) -> None:
    """Ending, outlet, title, origin and what must and must not be in the text are as a person reads the page.

    The day of publication is compared where the page tells one; the others are dated by their feeds.
    """
    body = (SEEDS / line["body"]).read_bytes() if line.get("body") else b""
    at = dt.datetime.fromisoformat(line["captured_at"]).astimezone(dt.UTC)
    headers = {name.lower(): value for name, value in line["headers"].items()}
    capture = Capture(
        key=key_of(line["url"]),
        url=line["url"],
        final_url=line["url"],
        status=line["status"],
        headers={**headers, "content-type": line["content_type"]},
        captured_at=at,
        elapsed=0.0,
        digest="",
        size=len(body),
    )
    entry = Entry(key=capture.key, url=line["url"], outlet=line["outlet"], found_at=at)
    got = clean(capture, body, entry=entry, config=own_config)
    if expected["ending"] == "dropped":
        assert isinstance(got, Drop), got
        assert got.reason == expected["reason"]
        return
    assert isinstance(got, Article), got
    assert got.outlet == expected["outlet"]
    assert got.title == expected["title"]
    assert got.copies.origin_named == expected["origin_named"]
    assert got.published.value is None or got.published.value[:10] == expected["published"]
    assert not [words for words in expected["absent"] if words in got.text]
    assert not [words for words in expected["present"] if words not in got.text]
