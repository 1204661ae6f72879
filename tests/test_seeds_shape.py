from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import html

from workers.config import Config, load_config
from workers.items import Event
from workers.urls import canonical

HOME = Path(__file__).resolve().parents[1]
SEEDS = HOME / "seeds"
SOURCES = HOME.parent / "shared" / "seeds"
CAPTURE_KEYS = {"url", "outlet", "captured_at", "status", "headers", "content_type", "body"}
EXPECTED_KEYS = {
    "url", "ending", "reason", "outlet", "grade", "published", "title", "origin_named", "copy_of", "main_event", "absent", "present",
}  # fmt: skip
KINDS = {"page", "feed", "listing"}
WORDS_IN_A_ROW = 12


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEEDS / name).read_text(encoding="utf-8").splitlines()]


CAPTURES = _lines("captures.jsonl")
EXPECTED = _lines("expected.jsonl")
PAGES = [row for row in CAPTURES if row.get("kind", "page") == "page"]
FEEDS = [row for row in CAPTURES if row.get("kind") == "feed"]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(HOME / "config")


def _body(row: dict[str, Any]) -> bytes:
    path: Path = SEEDS / row["body"]
    return path.read_bytes()


def _charset(row: dict[str, Any]) -> str:
    return "windows-1256" if "windows-1256" in row["body"] else "utf-8"


def _shown(text: str | bytes) -> str:
    return str(html.document_fromstring(text).xpath("string()"))


def _same(url: str, config: Config, base: str | None = None) -> str:
    found = canonical(url, base=base, trackers=config.trackers)
    assert found is not None, url
    return found


def _links(config: Config) -> Iterator[str]:
    """Canonical addresses of everything that the feeds and the listing of the folder lead to."""
    for row in FEEDS:
        for entry in feedparser.parse(_body(row)).entries:
            if entry.get("link"):
                yield _same(entry["link"], config, row["url"])
    for row in CAPTURES:
        if row.get("kind") == "listing":
            for link in html.fromstring(_body(row)).cssselect(".cat-item a[href]"):
                yield _same(str(link.get("href")), config, row["url"])


def test_every_capture_line_is_complete(config: Config) -> None:
    """A line of the manifest has the keys of a replay folder, an aware time, a known outlet and an existing body."""
    for row in CAPTURES:
        assert row.keys() - {"kind"} == CAPTURE_KEYS, row
        assert row.get("kind", "page") in KINDS
        assert datetime.fromisoformat(row["captured_at"]).utcoffset() == UTC.utcoffset(None)
        assert 200 <= row["status"] < 600
        assert all(name == name.lower() for name in row["headers"])
        owner = config.outlet_of(row["url"])
        assert row["outlet"] == (owner.slug if owner else None), row["url"]
        assert (SEEDS / row["body"]).is_file(), row["body"]


def test_there_are_enough_captures_and_no_stray_file() -> None:
    """The folder holds at least 24 captures, each body is used once and every file is named by the manifest."""
    bodies = [row["body"] for row in CAPTURES]
    assert len(bodies) >= 24
    assert len(set(bodies)) == len(bodies)
    files = {str(path.relative_to(SEEDS)) for path in SEEDS.glob("*/*")}
    assert files == set(bodies)


def test_every_expected_line_is_complete() -> None:
    """An expectation has all keys; only a recorded item has a grade, only another one has a reason."""
    assert {row["ending"] for row in EXPECTED} <= {"recorded", "dropped", "failed"}
    for row in EXPECTED:
        assert row.keys() == EXPECTED_KEYS, row["url"]
        recorded = row["ending"] == "recorded"
        assert recorded == (row["reason"] is None)
        assert recorded == (row["grade"] is not None)
        if recorded:
            assert row["grade"] in {0, 1, 2, 3}
            assert row["title"]
            assert row["present"]
        if row["published"] is not None:
            date.fromisoformat(row["published"])
        if row["main_event"] is not None:
            assert row["main_event"].keys() == {"type", "mode", "actor", "recipient"}
            assert row["main_event"].keys() <= set(Event.__dataclass_fields__)


def test_expected_addresses_are_unique_and_known(config: Config) -> None:
    """No two expectations mean one page, each outlet owns its page, and a copy's original is expected too."""
    urls = [_same(row["url"], config) for row in EXPECTED]
    assert len(set(urls)) == len(urls)
    for row in EXPECTED:
        owner = config.outlet_of(row["url"])
        assert row["outlet"] == (owner.slug if owner else None)
        assert row["origin_named"] is None or row["origin_named"] in config.outlets
        assert row["copy_of"] is None or _same(row["copy_of"], config) in urls


def test_sources_and_pages_agree(config: Config) -> None:
    """What the sources lead to, and the pages of outlets without a source here, are exactly what is expected."""
    led_to = set(_links(config))
    with_source = {row["outlet"] or row["url"].split("/")[2] for row in CAPTURES if row.get("kind", "page") != "page"}
    direct = {
        _same(row["url"], config) for row in PAGES if (row["outlet"] or row["url"].split("/")[2]) not in with_source
    }
    assert led_to | direct == {_same(row["url"], config) for row in EXPECTED}
    captured = {_same(row["url"], config) for row in PAGES}
    missing = {_same(row["url"], config) for row in EXPECTED if row["reason"] == "not_recorded"}
    assert led_to - captured == missing
    targets = {row["headers"]["location"] for row in PAGES if row["status"] == 301}
    assert captured - led_to - direct == {_same(url, config) for url in targets}


def test_source_captures_are_the_configured_addresses(config: Config) -> None:
    """A feed or listing of an outlet in the folder stands at an address of the outlet's file."""
    for row in CAPTURES:
        if row.get("kind", "page") != "page" and row["outlet"]:
            source = {source.url: source.kind for source in config.outlets[row["outlet"]].sources}
            assert source[row["url"]] == row["kind"]


def test_pages_parse_and_say_that_they_are_tests() -> None:
    """Every HTML page parses and says in a comment at its top that it was written for tests; text and empty bodies aside."""
    for row in CAPTURES:
        body = _body(row)
        if row.get("kind") == "feed" or not body or row["content_type"].startswith("text/plain"):
            continue
        text = body.decode(_charset(row))
        assert "Written for tests" in text[:400], row["body"]
        assert _shown(body).strip()


def test_feeds_parse() -> None:
    """The version of every feed is known; one is not well-formed, one is empty, and one entry has no link."""
    parsed = {row["body"]: feedparser.parse(_body(row)) for row in FEEDS}
    assert all(feed.version in {"rss20", "atom10"} for feed in parsed.values())
    assert [name for name, feed in parsed.items() if feed.bozo] == ["sana/feed-not-well-formed.xml"]
    assert [name for name, feed in parsed.items() if not feed.entries] == ["npasyria/feed-empty.xml"]
    assert sum(1 for feed in parsed.values() for entry in feed.entries if not entry.get("link")) == 1
    assert all("Written for tests" in _body(row).decode()[:400] for row in FEEDS)


def test_what_must_be_absent_or_present_stands_on_the_page(config: Config) -> None:
    """Every string to be kept or removed is on the captured page; else its check would prove nothing."""
    pages = {_same(row["url"], config): row for row in PAGES}
    for row in EXPECTED:
        page = pages.get(_same(row["url"], config))
        if page and page["status"] == 301:
            page = pages[_same(page["headers"]["location"], config)]
        if page is None or row["ending"] != "recorded":
            continue
        text = _body(page).decode(_charset(page))
        shown = text if page["content_type"].startswith("text/plain") else _shown(text)
        for words in (row["title"], *row["absent"], *row["present"]):
            assert words in shown, (row["url"], words)
        for words in row["absent"]:
            assert words not in row["title"]


def test_every_case_of_a_real_day_is_there() -> None:
    """Redirect, missing page, empty answer, plain text, another encoding, a copy and all four grades are present."""
    assert {200, 301, 404} <= {row["status"] for row in CAPTURES}
    assert any(not _body(row) for row in CAPTURES)
    assert any(row["content_type"].startswith("text/plain") for row in CAPTURES)
    assert any(b"charset=windows-1256" in _body(row) for row in CAPTURES)
    assert any(row["copy_of"] for row in EXPECTED)
    assert {row["grade"] for row in EXPECTED if row["ending"] == "recorded"} == {0, 1, 2, 3}
    assert sum(1 for row in EXPECTED if row["grade"] == 3) >= 5
    assert len({row["url"] for row in FEEDS}) < len(FEEDS)


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", re.sub(r"[\u064b-\u0652\u0640]", "", text))
    return {tuple(words[at : at + WORDS_IN_A_ROW]) for at in range(len(words) - WORDS_IN_A_ROW + 1)}


@pytest.mark.skipif(not SOURCES.is_dir(), reason="the source documents are not beside this checkout")
def test_no_fixture_repeats_the_source_documents() -> None:
    """No fixture has 12 words in a row in common with a document whose events it retells."""
    told = {run for path in SOURCES.glob("*.txt") for run in _runs(path.read_text(encoding="utf-8"))}
    assert told
    for row in CAPTURES:
        body = _body(row)
        text = body.decode(_charset(row))
        if body and not row["content_type"].startswith("text/plain"):
            text += "\n" + _shown(body)
        assert not told & _runs(text), row["body"]


def test_expected_ids_are_well_formed() -> None:
    """The expected ids look like the knowledge base's: lower case, digits and hyphens."""
    for row in EXPECTED:
        for one in (*(row["main_event"] or {}).get("actor", ()), *(row["main_event"] or {}).get("recipient", ())):
            assert re.fullmatch(r"[a-z0-9][a-z0-9-]*", one)
