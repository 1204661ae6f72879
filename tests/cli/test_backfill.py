"""`marsad backfill`: begun, asked again, and wrongly used."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workers import route
from workers.cli import run
from workers.config import load_config
from workers.items import Entry
from workers.store import sources
from workers.store.database import Database
from workers.urls import key_of

SINCE = datetime(2026, 1, 1, tzinfo=UTC)

_SOURCE = """
[[sources]]
kind = "{0}"
url = "https://one.example/{1}"
sure = "guess"
"""
OUTLET = """
name = "One"
name_en = "One"
home = "https://one.example/"
hosts = ["one.example"]
"""

Do = Callable[..., tuple[int, str, str]]


@pytest.fixture
def do(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Do:
    """Run a command over a configuration of two outlets, one of them without sources."""
    folder = tmp_path / "config"
    (folder / "outlets").mkdir(parents=True)
    for file in load_config().folder.glob("*.toml"):
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    said = OUTLET + _SOURCE.format("feed", "feed") + _SOURCE.format("sitemap", "sitemap.xml")
    (folder / "outlets" / "one.toml").write_text(said, "utf-8")
    (folder / "outlets" / "empty.toml").write_text(OUTLET.replace("one.example", "two.example"), "utf-8")
    monkeypatch.setenv("MARSAD_CONFIG", str(folder))
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "var"))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = run(["backfill", *arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return status, printed.out, printed.err

    return call


def store(tmp_path: Path) -> Database:
    return Database.open(f"sqlite:///{tmp_path / 'var' / 'marsad.db'}", create=False)


def begin(do: Do) -> Any:
    status, out, _ = do("one", "--since", "2026-01-01", "--json")
    assert status == 0
    return json.loads(out)


def test_a_backfill_is_begun(do: Do, tmp_path: Path) -> None:
    """Every source of the outlet is to be walked; nothing has been looked at; the workers will find it due."""
    said = begin(do)
    assert (said["outlet"], said["begun"]) == ("one", 2)
    assert datetime.fromisoformat(said["since"]) == SINCE
    assert [(one["kind"], one["looked"], one["waiting"]) for one in said["walks"]] == [
        ("feed", 0, 1),
        ("sitemap", 0, 1),
    ]
    database = store(tmp_path)
    due = sources.claim_due(database, datetime.now(UTC) + timedelta(seconds=1), 60)
    begun = [one for key in due if (one := sources.find(database, key)) and one.source.since == SINCE]
    assert len(begun) == 2
    database.close()


def test_asked_again_it_reports(do: Do, tmp_path: Path) -> None:
    """How many pages were read, what they showed, how far back that reaches, and what went wrong."""
    begin(do)
    database = store(tmp_path)
    url = "https://one.example/feed"
    [first] = [
        one.source
        for key in sources.claim_due(database, datetime.now(UTC) + timedelta(seconds=1), 60)
        if (one := sources.find(database, key)) and one.source.since and one.source.url == url
    ]
    now = datetime.now(UTC)
    story = "https://one.example/news/1"
    entry = Entry(key=key_of(story), url=story, outlet="one", found_at=now, published=SINCE + timedelta(days=3))
    poll = sources.Poll(source=first.key, polled_at=now, status=200, seen=1)
    sources.keep_poll(database, poll, [entry], next_poll_at=None, trace="t", now=now, due=now)
    database.close()
    said = begin(do)
    assert said["begun"] == 0
    walk = next(one for one in said["walks"] if one["kind"] == "feed")
    assert (walk["looked"], walk["seen"], walk["new"]) == (1, 1, 1)
    assert datetime.fromisoformat(walk["oldest"]) == SINCE + timedelta(days=3)
    status, out, err = do("one", "--since", "2026-01-01")
    assert status == 0
    assert "under way" in out
    assert "2026-01-04" in out
    assert "RFC 5005" in err


def test_another_day_is_another_walk(do: Do) -> None:
    """Both go on."""
    begin(do)
    status, out, _ = do("one", "--since", "2025-06-01", "--json")
    assert status == 0
    assert json.loads(out)["begun"] == 2
    assert begin(do)["begun"] == 0


def test_the_workers_take_over_what_the_command_began(do: Do, tmp_path: Path) -> None:
    """A start of the watcher keeps the walk and its place."""
    begin(do)
    from workers.road import open_road

    with open_road(load_config()) as road:
        route.enrol(road)
        due = sources.claim_due(road.database, datetime.now(UTC) + timedelta(seconds=1), 60)
        states = [state for key in due if (state := sources.find(road.database, key))]
    assert sorted((state.source.kind, state.source.since is None) for state in states) == [
        ("feed", False), ("feed", True), ("sitemap", False), ("sitemap", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["one"], "--since"),
        ([], "SLUG"),
        (["nowhere", "--since", "2026-01-01"], "there is no outlet"),
        (["empty", "--since", "2026-01-01"], "has no source"),
        (["one", "--since", "yesterday"], "yesterday"),
        (["one", "--since", "2999-01-01"], "in the future"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], sentence: str, do: Do, tmp_path: Path) -> None:
    """With a sentence that says what is wrong, and no store is made."""
    status, _, err = do(*arguments)
    assert status == 2
    assert sentence in err
    assert not (tmp_path / "var" / "marsad.db").exists()
