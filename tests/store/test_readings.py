"""How an outlet's pages were read lately, and the command that says whose are read otherwise than before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers.cli import run
from workers.items import Article, Capture, Drop, Entry, Published, Reading, Relevance, Tags, Zones
from workers.store import items, results
from workers.store.database import Database
from workers.store.readings import readings

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def read(database: Database, number: int, article: Article | None, *, recording: str = items.LIVE) -> None:
    """Take one page a day through the cleaner: to an article, or to none."""
    key, at = f"{number:016x}", NOON + number * DAY
    entry = Entry(key=key, url=f"https://one.test/{number}", outlet="sana", found_at=at)
    items.enter(database, [entry], trace="t", now=at, due=at, recording=recording)
    assert items.begin(database, key, "fetch", due=at)
    capture = Capture(
        key=key, url=entry.url, final_url=entry.url, status=200, headers={}, captured_at=at, elapsed=0.1, digest="d" * 64,
        size=10,
    )  # fmt: skip
    assert results.keep_capture(database, capture, now=at, due=at)
    assert items.begin(database, key, "clean", due=at)
    if article is None:
        items.drop(database, key, "clean", Drop(reason="too_short", detail="3 words"), at)
        return
    article = replace(article, id=key, key=key, url=entry.url)
    assert results.keep_article(database, article, None, at, now=at, due=at)


def tag(database: Database, number: int) -> None:
    key = f"{number:016x}"
    assert items.begin(database, key, "tag", due=NOON)
    assert results.keep_tags(database, key, Tags(relevance=Relevance(grade=0, score=0.0)), NOON + number * DAY)


def page(words: int, *, dated: bool = True, read_by: str = "profile") -> Article:
    text = "عنوان\n\n" + " ".join(["كلمة"] * (words - 1))
    value = "2025-02-12T00:00:00+03:00" if dated else None
    return Article(
        id="", key="", url="", outlet="sana", language="ar", title="عنوان", author=None, text=text,
        zones=Zones(headline=(0, 5), lead=(7, len(text)), body=(7, len(text))), removed=("شارك",), read_by=read_by,
        published=Published(value=value, precision="day" if dated else None),
    )  # fmt: skip


def test_readings_are_those_of_the_cleaner_newest_first(database: Database) -> None:
    """Articles and pages without one are told; what replays, and what is under way, is not."""
    read(database, 1, page(300))
    tag(database, 1)
    read(database, 2, None)
    read(database, 3, page(200, dated=False, read_by="densest"))
    tag(database, 3)
    read(database, 4, page(100))
    read(database, 5, None, recording="a tape")
    assert readings(database, most=10) == {
        "sana": [
            Reading(words=200, leftovers=1, dated=False, read_by="densest"),
            Reading(dropped=True),
            Reading(words=300, leftovers=1, dated=True, read_by="profile"),
        ]
    }
    assert len(readings(database, most=2)["sana"]) == 2
    assert readings(database, most=2, outlet="other") == {}


def test_health_names_the_outlet_that_has_changed(
    database: Database, store_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a redesign the command says what is otherwise, what to do, and exits with 1; before it all is well."""
    for number in range(1, 51):
        read(database, number, page(300))
        tag(database, number)
    assert run(["outlets", "health", "--store", store_url]) == 0
    assert "0 of 1 outlet(s)" in capsys.readouterr().out
    for number in range(51, 71):
        read(database, number, page(80, dated=False, read_by="densest"))
        tag(database, number)
    assert run(["outlets", "health", "sana", "--store", store_url]) == 1
    told = capsys.readouterr().out
    assert "sana: articles have 80 words, before 300; " in told
    assert "config/outlets/sana.toml" in told
    assert run(["outlets", "health", "--json", "--store", store_url]) == 1
    assert set(json.loads(capsys.readouterr().out)["sana"]) == {"length", "dated", "profile"}
    assert run(["outlets", "health", "nobody", "--store", store_url]) == 2
