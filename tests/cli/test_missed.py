"""`marsad missed`: what it prints of a store, and how it reads a length of time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workers.cli import run
from workers.items import Drop, Entry, Source, SourceKind
from workers.store import items, sources
from workers.store.database import Database
from workers.store.sources import Poll, State
from workers.urls import key_of
from workers.watch.rhythm import Rhythm

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)


def source(kind: SourceKind, url: str) -> Source:
    return Source(key=key_of(url), outlet="enabbaladi", kind=kind, url=url)


FEED = source("feed", "https://one.example/feed")
MAP = source("sitemap", "https://one.example/sitemap.xml")
DEAD = source("listing", "https://one.example/list")


def entry(number: int) -> Entry:
    url = f"https://one.example/{number}"
    published = NOW - number * HOUR
    return Entry(key=key_of(url), url=url, outlet="one", found_at=NOW, title=f"خبر {number}", published=published)


def look(database: Database, one: Source, at: datetime, *entries: Entry, state: Any = None, **said: Any) -> None:
    sources.enrol(database, [(one, at)])
    sources.keep_poll(
        database, Poll(source=one.key, polled_at=at, seen=len(entries), **said), entries, trace="t", now=at, due=at,
        next_poll_at=NOW + HOUR, state=State(source=one, polled_at=at, **(state or {})),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[tuple[str, Database]]:
    """The address of an empty store, and the store."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    database = Database.open(url)
    yield url, database
    database.close()


@pytest.fixture
def troubled(store: tuple[str, Database]) -> str:
    """A store with something of everything."""
    url, database = store
    look(database, FEED, NOW - 20 * HOUR, entry(21))
    look(database, FEED, NOW - 9 * HOUR, entry(12), entry(10), gap=True)
    look(database, MAP, NOW - 8 * HOUR, entry(21), entry(12), entry(11), entry(10), entry(9))
    look(database, DEAD, NOW - 8 * HOUR, fault="http_5xx", detail="HTTP 502", state={"faults": 1})
    rhythm, silent_since = Rhythm(), NOW - 2 * 24 * HOUR
    for hour in range(24 * 30, 0, -1):
        at = NOW - hour * HOUR
        came = [at - HOUR / 2, at - HOUR / 3] if at <= silent_since else []
        rhythm = rhythm.observe(came, until=at, zone=ZoneInfo("UTC"))
    state = {"rhythm": rhythm.as_json(), "new_at": silent_since}
    look(database, FEED, NOW - HOUR, entry(8), entry(10), entry(9), state=state)
    items.drop(database, entry(12).key, "fetch", Drop(reason="robots", detail="/private"), NOW)
    return url


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["missed", *arguments])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_everything_is_told_as_json(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One object with a list a section, each entry naming its source or article, and the sums."""
    status, out, _ = said(capsys, "--store", troubled, "--json")
    assert status == 0
    told = json.loads(out)
    assert set(told) == {"since", "gaps", "troubled", "silent", "only_elsewhere", "lost", "offline", "totals"}
    assert NOW - 25 * HOUR < datetime.fromisoformat(told["since"]) < NOW - 23 * HOUR
    [gap] = told["gaps"]
    assert (gap["url"], gap["why"]) == (FEED.url, ["rolled_over"])
    assert datetime.fromisoformat(gap["after"]) == NOW - 20 * HOUR
    assert datetime.fromisoformat(gap["before"]) == NOW - 12 * HOUR
    [trouble] = told["troubled"]
    assert (trouble["url"], trouble["reason"], trouble["detail"]) == (DEAD.url, "http_5xx", "HTTP 502")
    assert trouble["meaning"]
    [silence] = told["silent"]
    assert silence["url"] == FEED.url
    assert silence["expected"] > 20
    assert [(one["url"], one["lacking_in"]) for one in told["only_elsewhere"]] == [(entry(11).url, FEED.url)]
    [lost] = told["lost"]
    assert (lost["url"], lost["reason"]) == (entry(12).url, "robots")
    assert [datetime.fromisoformat(one["after"]) for one in told["offline"]] == [
        NOW - 20 * HOUR,
        NOW - 8 * HOUR,
    ]
    assert told["totals"] == {"gaps": 1, "only_elsewhere": 1, "lost": 1}


def test_everything_is_told_to_a_person(troubled: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A section each, with sentences and addresses."""
    status, out, _ = said(capsys, "--store", troubled)
    assert status == 0
    for words in (
        "gaps: ", "nothing in it was known", "troubled: ", "HTTP 502", "silent: ", "only elsewhere: ", "خبر 11",
        "lost: ", "robots.txt", "offline: ", "nobody looked", FEED.url, MAP.url, DEAD.url,
    ):  # fmt: skip
        assert words in out


def test_a_store_that_missed_nothing_says_so(store: tuple[str, Database], capsys: pytest.CaptureFixture[str]) -> None:
    """Each section is there and has nothing."""
    url, database = store
    look(database, FEED, NOW, entry(1))
    status, out, _ = said(capsys, "--store", url, "--since", "7d")
    assert status == 0
    assert len(re.findall(": none$", out, re.MULTILINE)) == 6


def test_long_sections_are_cut(store: tuple[str, Database], capsys: pytest.CaptureFixture[str]) -> None:
    """A person sees the first and how many more there are."""
    url, database = store
    for number in range(15):
        look(database, FEED, NOW - number * HOUR, entry(number), gap=True)
    assert "and 5 more" in said(capsys, "--store", url)[1]


@pytest.mark.parametrize(
    ("written", "length"),
    [("90m", timedelta(minutes=90)), ("24h", timedelta(days=1)), ("7D", timedelta(days=7)), ("2w", timedelta(weeks=2))],
)
def test_lengths_of_time(
    written: str, length: timedelta, store: tuple[str, Database], capsys: pytest.CaptureFixture[str]
) -> None:
    """Minutes, hours, days and weeks are understood."""
    _, out, _ = said(capsys, "--store", store[0], "--since", written, "--json")
    since = datetime.fromisoformat(json.loads(out)["since"])
    assert abs(datetime.now(UTC) - length - since) < timedelta(minutes=1)


@pytest.mark.parametrize("written", ["", "0h", "24", "h", "-3h", "1.5h", "tomorrow", "٣h", "9999999w"])
def test_what_is_no_length_is_told(
    written: str, store: tuple[str, Database], capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong usage ends with 2 and an example."""
    status, out, err = said(capsys, "--store", store[0], "--since", written)
    assert (status, out) == (2, "")
    assert "24h" in err


def test_all_of_time_is_a_length(store: tuple[str, Database], capsys: pytest.CaptureFixture[str]) -> None:
    """A length beyond the calendar is the beginning."""
    status, out, _ = said(capsys, "--store", store[0], "--since", "999999w", "--json")
    assert (status, json.loads(out)["since"][:4]) == (0, "1970")
