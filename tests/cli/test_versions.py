"""`marsad diff` and what `marsad explain` tells of visits and other names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workers.cli import run
from workers.items import Article, Capture, Drop, Entry, Published, Relevance, Source, Tags, Zones
from workers.store import appointments, items, results, sources, visits
from workers.store.database import Database
from workers.store.sources import Poll
from workers.store.visits import End
from workers.urls import key_of

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://www.one.example/news/1"
KEY = key_of(URL)
FEED = Source(key=key_of("https://one.example/feed"), outlet=None, kind="feed", url="https://one.example/feed")
FIRST = ("الوزير يصل إلى المدينة", "قال الوزير إن الاتفاق سيوقع يوم الأحد.", "ولم يصدر تعليق آخر.")
SECOND = ("الوزير يغادر المدينة", "قال الوزير إن الاتفاق سيوقع يوم الاثنين.", "ولم يصدر تعليق آخر.")
THIRD = (*SECOND, "تم تحديث الخبر.")

Store = tuple[str, Database]


def article(title: str, *paragraphs: str) -> Article:
    body = "\n\n".join(paragraphs)
    start = len(title) + 2
    return Article(
        id=KEY, key=KEY, url=URL, outlet=None, language="ar", title=title, author=None, text=f"{title}\n\n{body}",
        zones=Zones(headline=(0, len(title)), lead=(start, start), body=(start, start + len(body))),
        published=Published(),
    )  # fmt: skip


def capture(at: datetime, status: int = 200) -> Capture:
    return Capture(
        key=KEY, url=URL, final_url=URL, status=status, headers={}, captured_at=at, elapsed=0.1, digest="d" * 64, size=9
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with one recorded article that a feed announced, not yet visited."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    database = Database.open(url)
    entry = Entry(
        key=KEY, url=URL, outlet=None, found_at=NOON, title=FIRST[0], modified=NOON, guid="tag:one,1",
        flags=("future_date",),
    )  # fmt: skip
    sources.enrol(database, [(FEED, NOON)])
    poll = Poll(source=FEED.key, polled_at=NOON)
    sources.keep_poll(database, poll, [entry], next_poll_at=None, trace="t", now=NOON, due=NOON)
    names = [("https://one.example/?p=1", "canonical")]
    results.keep_capture(database, capture(NOON), names, now=NOON, due=NOON)
    results.keep_article(database, article(*FIRST), "f", NOON, now=NOON, due=NOON)
    results.keep_tags(database, KEY, Tags(relevance=Relevance(grade=2, score=0.5)), NOON)
    with database.writing() as connection:
        appointments.schedule(connection, KEY, grade=2, recording=items.LIVE, due=NOON + HOUR, now=NOON)
    yield url, database
    database.close()


def visit(database: Database, number: int, said: End) -> None:
    now = NOON + 99 * HOUR
    visits.sweep(database, "fetch", now, due=now, limit=9)
    begun = visits.begin(database, KEY, number, "fetch", due=now)
    assert begun is not None
    assert visits.end(database, begun, "fetch", said, now=now, next_due=now)


@pytest.fixture
def edited(store: Store) -> str:
    """The address of a store in which the article was edited twice and then taken down."""
    url, database = store
    for number, text in ((1, SECOND), (2, THIRD)):
        at = NOON + number * HOUR
        said = End(outcome="changed", at=at, article=article(*text), fingerprint="g", capture=capture(at))
        visit(database, number, said)
    at = NOON + 3 * HOUR
    visit(database, 3, End(outcome="gone", at=at, reason="gone", detail="HTTP 404", capture=capture(at, 404)))
    return url


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(list(arguments))
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def diff(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> Any:
    status, out, _ = said(capsys, "diff", KEY, "--store", url, "--json", *arguments)
    assert status == 0
    return json.loads(out)


def test_versions_and_changes_are_told_as_json(edited: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each version with its time, each look, and each change with its words."""
    told = diff(capsys, edited)
    assert (told["key"], told["url"]) == (KEY, URL)
    versions = [(one["number"], one["outcome"], one["title"]) for one in told["versions"]]
    assert versions == [(0, "first", FIRST[0]), (1, "changed", SECOND[0]), (2, "changed", SECOND[0])]
    assert [datetime.fromisoformat(one["captured_at"]) for one in told["versions"]] == [
        NOON, NOON + HOUR, NOON + 2 * HOUR,
    ]  # fmt: skip
    assert [(one["number"], one["outcome"]) for one in told["visits"]][:3] == [
        (1, "changed"),
        (2, "changed"),
        (3, "gone"),
    ]
    changes = [(one["from"], one["to"], one["part"], one["op"]) for one in told["changes"]]
    assert changes == [(0, 1, "title", "changed"), (0, 1, "paragraph", "changed"), (1, 2, "paragraph", "added")]
    assert {"op": "delete", "text": "الأحد."} in told["changes"][1]["words"]


def test_two_versions_can_be_chosen(edited: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In either direction; without a number it is the first, or the last."""
    assert {(one["from"], one["to"]) for one in diff(capsys, edited, "--from", "0", "--to", "2")["changes"]} == {(0, 2)}
    assert {(one["from"], one["to"]) for one in diff(capsys, edited, "--from", "1")["changes"]} == {(1, 2)}
    assert {(one["from"], one["to"]) for one in diff(capsys, edited, "--to", "1")["changes"]} == {(0, 1)}
    assert [one["op"] for one in diff(capsys, edited, "--from", "2", "--to", "1")["changes"]] == ["removed"]
    status, _, err = said(capsys, "diff", KEY, "--store", edited, "--from", "7")
    assert status == 1
    assert "no version 7; the versions are: 0, 1, 2" in err


def test_a_person_sees_lines_with_marked_words(edited: str, capsys: pytest.CaptureFixture[str]) -> None:
    """On a pipe: a line for each side, the words that differ in brackets, no colour and no invisible mark."""
    _, out, _ = said(capsys, "diff", URL, "--store", edited)
    assert "- قال الوزير إن الاتفاق سيوقع يوم [-الأحد.-]" in out
    assert "+ قال الوزير إن الاتفاق سيوقع يوم {+الاثنين.+}" in out
    assert "+ تم تحديث الخبر." in out
    assert "taken down (gone)" in out
    assert "\x1b" not in out
    assert "\u2068" not in out


def test_a_terminal_gets_colours_and_order(
    edited: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words in colour instead of brackets, each line closed off; without colours the brackets come back."""
    from workers.cli import versions
    from workers.cli.compare import compare

    [_, change] = compare(article(*FIRST), article(*SECOND))
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = versions._line("-", change, terminal=True)
    assert line.startswith("- \u200e\u2068")
    assert "\x1b[31mالأحد." in line
    monkeypatch.setenv("NO_COLOR", "1")
    assert "[-الأحد.-]" in versions._line("-", change, terminal=True)


def test_one_version_is_said_plainly(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the article never was one, and where nobody knows it."""
    url, database = store
    status, out, _ = said(capsys, "diff", KEY, "--store", url)
    assert status == 0
    assert "there is one version only" in out
    assert "to come" in out
    other = Entry(key=key_of("https://one.example/2"), url="https://one.example/2", outlet=None, found_at=NOON)
    items.enter(database, [other], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    items.drop(database, other.key, "fetch", Drop(reason="robots", detail="/2"), NOON)
    status, out, _ = said(capsys, "diff", other.url, "--store", url)
    assert (status, "never came to an article" in out) == (0, True)
    assert said(capsys, "diff", other.url, "--store", url, "--to", "1")[0] == 1
    status, _, err = said(capsys, "diff", "https://nobody.example/", "--store", url)
    assert status == 1
    assert "is not in the store" in err
    _, out, _ = said(capsys, "explain", other.url, "--store", url)
    assert "robots, the host's robots.txt" in out


def test_an_article_is_known_by_its_other_names(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """A phone's address and an alias lead to the same item."""
    for name in ("https://m.one.example/news/1/amp/", "http://one.example/news/1", "https://one.example/?p=1"):
        assert said(capsys, "diff", name, "--store", store[0])[1].startswith(KEY)
        assert f"{KEY}  {URL}" in said(capsys, "explain", name, "--store", store[0])[1]


def test_explain_tells_names_claims_and_visits(edited: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What the source claims, what else the article is called, and each look at it, with the meaning of reasons."""
    _, out, _ = said(capsys, "explain", KEY, "--store", edited)
    for words in (
        "https://one.example/?p=1 (by its canonical)", "tag:one,1 by the source", "future_date in the source's date",
        f"{NOON.isoformat()} as the source says", f"{(NOON + HOUR).isoformat()} changed: {SECOND[0]}",
        "gone: gone, the page is not there (HTTP 404)", "waits for fetch",
    ):  # fmt: skip
        assert words in out
    _, out, _ = said(capsys, "explain", KEY, "--store", edited, "--json")
    told = json.loads(out)
    assert [one["outcome"] for one in told["visits"]] == ["changed", "changed", "gone", None]
    assert told["aliases"] == [{"url": "https://one.example/?p=1", "basis": "canonical"}]
    assert told["sightings"][0]["guid"] == "tag:one,1"
    assert told["record"]["title"] == FIRST[0]


def test_hostile_text_does_not_steer_the_terminal(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """Controls and forced directions in a headline are taken out."""
    url, database = store
    evil = replace(article(*FIRST), title="خبر\x1b[2J\u202eقديم")
    visit(database, 1, End(outcome="changed", at=NOON + HOUR, article=evil, fingerprint="g", capture=capture(NOON)))
    for command in ("diff", "explain"):
        out = said(capsys, command, KEY, "--store", url)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out
