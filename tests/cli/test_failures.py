"""`marsad failures`: what went wrong, told and decided about."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from workers.cli import run
from workers.items import Capture, Drop, Entry, Failure
from workers.reasons import REASONS
from workers.store import counts, failures, items, results
from workers.store.database import Database
from workers.urls import key_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FAILED, CRASHED, GONE, TWIN, LIST, WAITING, FRESH, LACKED = (
    f"https://one.example/{name}"
    for name in ("failed", "crashed", "gone", "twin", "list", "waiting", "fresh", "lacked")
)


@dataclass(frozen=True)
class Said:
    """What one command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Do = Callable[..., Said]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A store with an item in each kind of trouble."""
    opened = Database.open(f"sqlite:///{tmp_path / 'store.db'}")
    for url in (FAILED, CRASHED, GONE, TWIN, LIST, WAITING, FRESH, LACKED):
        entry = Entry(key=key_of(url), url=url, outlet="one", found_at=NOON - HOUR)
        recording = "r" if url == LACKED else items.LIVE
        items.enter(opened, [entry], trace="t", now=NOON - HOUR, due=NOON, recording=recording)
    fail(opened, FAILED, "fetch", Failure(reason="connect", detail="refused"))
    for url in (CRASHED, LIST):
        fetched = Capture(
            key=key_of(url), url=url, final_url=url, status=200, headers={}, captured_at=NOON, elapsed=0.1,
            digest="d", size=1,
        )  # fmt: skip
        results.keep_capture(opened, fetched, now=NOON, due=NOON)
    fail(opened, CRASHED, "clean", Failure(reason="defect", detail="ValueError: \x1b[2Jno"))
    items.drop(opened, key_of(GONE), "fetch", Drop(reason="gone", detail="HTTP 404"), NOON)
    items.drop(opened, key_of(TWIN), "fetch", Drop(reason="twin", detail="the same page as another"), NOON)
    items.drop(opened, key_of(LIST), "clean", Drop(reason="list_page"), NOON)
    items.drop(opened, key_of(LACKED), "fetch", Drop(reason="not_recorded"), NOON)
    items.begin(opened, key_of(WAITING), "fetch", due=NOON)
    items.fail(
        opened, key_of(WAITING), "fetch", Failure(reason="timeout", detail="slow"), NOON, policy=REASONS["timeout"]
    )
    yield opened
    opened.close()


def fail(database: Database, url: str, stage: Any, failure: Failure) -> None:
    """Use up all tries."""
    for _ in range(5):
        items.begin(database, key_of(url), stage, due=NOON)
        items.fail(database, key_of(url), stage, failure, NOON, policy=REASONS["defect"])


@pytest.fixture
def do(database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Do:
    """Give `marsad failures` a command."""
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "var"))
    del database

    def call(*arguments: str) -> Said:
        capsys.readouterr()
        status = run(["failures", *arguments, "--store", f"sqlite:///{tmp_path / 'store.db'}"])
        printed = capsys.readouterr()
        return Said(status, printed.out, printed.err)

    return call


def state(database: Database, url: str) -> failures.Trouble:
    one = failures.find(database, key_of(url))
    assert one is not None
    return one


def sound(database: Database) -> bool:
    return counts.count(database).agree and not counts.faults(database)


def test_the_list_names_what_failed(do: Do) -> None:
    """With stage and reason; what was dropped for a good reason is none of it."""
    lines = do("list", "--json").lines
    assert {(one["url"], one["state"], one["stage"], one["reason"]) for one in lines} == {
        (FAILED, "failed", "fetch", "connect"),
        (CRASHED, "failed", "clean", "defect"),
    }
    assert next(one for one in lines if one["url"] == FAILED)["sentence"] == REASONS["connect"].sentence
    shown = do("list").out
    assert FAILED in shown
    assert WAITING not in shown
    assert "\x1b" not in shown


def test_the_list_names_what_waits_when_asked(do: Do) -> None:
    """With the reason of the last try and the time of the next; what nothing has happened to is no trouble."""
    lines = do("list", "--waiting", "--json").lines
    [waiting] = [one for one in lines if one["state"] == "waiting"]
    assert (waiting["url"], waiting["reason"], waiting["attempts"]) == (WAITING, "timeout", 1)
    due = NOON + timedelta(seconds=REASONS["timeout"].retries[0])
    assert datetime.fromisoformat(waiting["next_attempt_at"]) == due
    shown = do("list", "--waiting").out
    assert due.isoformat() in shown
    assert FRESH not in shown


def test_nothing_waiting_is_said(do: Do, database: Database) -> None:
    """In words, as nothing failed is."""
    failures.drop(database, [key_of(one) for one in (FAILED, CRASHED, WAITING)], NOON)
    assert do("list", "--waiting").out == "nothing has failed\nnothing is waiting for another try\n"
    assert do("list", "--waiting", "--json").out == ""


def test_show_tells_what_is_wrong_and_when_it_is_tried(do: Do) -> None:
    """The sentence of the reason, what was seen, the tries it has had and those to come."""
    out = do("show", key_of(WAITING)).out
    assert REASONS["timeout"].sentence in out
    assert "slow" in out
    assert "at once, then after 5 min, 30 min, 2 h, 8 h, 1 d" in out
    assert "1 of 6" in out
    assert (NOON + timedelta(minutes=5)).isoformat() in out
    [said] = do("show", WAITING, "--json").lines
    assert said["retries"] == list(REASONS["timeout"].retries)
    assert said["can_retry"] is False


def test_show_tells_of_what_has_ended(do: Do) -> None:
    """When it ended, and whether and how it can be tried again."""
    out = do("show", FAILED).out
    assert f"failed at fetch {NOON.isoformat()}" in out
    assert f"marsad failures retry {key_of(FAILED)}" in out
    assert "another would find the same" in do("show", LIST).out
    [said] = do("show", GONE, "--json").lines
    assert (said["state"], said["can_retry"], said["retries"]) == ("dropped", True, [900.0])
    assert "after 5 min, 10 min, 15 min, 20 min" in do("show", CRASHED).out  # by the settings
    assert "nothing went wrong" in do("show", FRESH).out


def test_what_is_unknown_is_said(do: Do) -> None:
    """Neither a key nor an address."""
    for command in ("show", "retry", "drop"):
        said = do(command, "0" * 16)
        assert said.status == 1
        assert "is not in the store" in said.err


@pytest.mark.parametrize(("url", "stage"), [(FAILED, "fetch"), (CRASHED, "clean"), (GONE, "fetch"), (TWIN, "fetch")])
def test_retry_puts_an_item_back_to_its_stage(url: str, stage: Any, do: Do, database: Database) -> None:
    """Without its ending, with all its tries before it, and due at once; the sums agree."""
    said = do("retry", url)
    assert said.status == 0
    assert url in said.out
    one = state(database, url)
    assert (one.state, one.stage, one.attempts, one.reason) == ("waiting", stage, 0, None)
    assert sound(database)
    now = datetime.now(UTC)
    swept: list[str] = []
    for _ in range(3):  # one of each site at a time
        found = [key for key, _ in items.sweep(database, stage, now, due=now + HOUR, limit=10)]
        swept += found
        for key in found:
            items.drop(database, key, stage, Drop(reason="gone"), now)
    assert key_of(url) in swept


def test_retry_knows_the_site_of_what_an_older_store_holds(do: Do, database: Database) -> None:
    """Its pages are asked for one at a time too."""
    from sqlalchemy import select, update

    from workers.store.schema import items as table

    with database.writing() as connection:
        connection.execute(update(table).where(table.c.url == FAILED).values(site=""))
    assert do("retry", FAILED).status == 0
    with database.reading() as connection:
        assert connection.execute(select(table.c.site).where(table.c.url == FAILED)).scalar_one() == "one.example"


@pytest.mark.parametrize(
    ("url", "why"),
    [(WAITING, "is under way"), (LIST, "another try would find the same"), (LACKED, "another try would find the same")],
)
def test_retry_leaves_what_no_try_can_change(url: str, why: str, do: Do, database: Database) -> None:
    """It says why, does the others, and exits with 1."""
    before = state(database, url)
    said = do("retry", url, FAILED)
    assert said.status == 1
    assert why in said.err
    assert state(database, url) == before
    assert state(database, FAILED).state == "waiting"
    assert {one["url"]: one["done"] for one in do("retry", url, CRASHED, "--json").lines} == {url: False, CRASHED: True}


def test_retry_of_all_takes_what_failed(do: Do, database: Database) -> None:
    """And nothing that was dropped."""
    assert {one["url"] for one in do("retry", "--all", "--json").lines} == {FAILED, CRASHED}
    assert counts.count(database).failed == {}
    assert state(database, GONE).state == "dropped"
    assert sound(database)
    assert do("retry", "--all").out == "there is nothing that another try could change\n"


def test_retry_by_reason_takes_drops_too(do: Do, database: Database) -> None:
    """All that ended for it, however."""
    assert [one["url"] for one in do("retry", "--reason", "gone", "--json").lines] == [GONE]
    assert [one["url"] for one in do("retry", "--reason", "connect", "--json").lines] == [FAILED]
    assert do("retry", "--reason", "list_page", "--json").out == ""
    assert state(database, LIST).state == "dropped"


@pytest.mark.parametrize(
    "arguments",
    [
        ["retry"],
        ["retry", "--all", "--reason", "gone"],
        ["retry", "x", "--all"],
        ["retry", "--reason", "nonsense"],
        ["drop"],
        ["show"],
    ],
)
def test_wrong_usage_exits_with_2(arguments: list[str], do: Do, database: Database) -> None:
    """And nothing is changed."""
    assert do(*arguments).status == 2
    assert counts.count(database).failed == {"fetch": 1, "clean": 1}


@pytest.mark.parametrize("url", [FAILED, CRASHED, WAITING, FRESH])
def test_drop_ends_an_item_by_hand(url: str, do: Do, database: Database) -> None:
    """Whether it failed or is under way; what was wrong is kept in the detail; a retry takes it back."""
    before = state(database, url)
    assert do("drop", url).status == 0
    one = state(database, url)
    assert (one.state, one.stage, one.reason) == ("dropped", before.stage, "by_hand")
    if before.reason:
        assert before.reason in (one.detail or "")
    assert counts.count(database).dropped["by_hand"] == 1
    assert sound(database)
    assert REASONS["by_hand"].sentence in do("show", url).out
    assert do("retry", url).status == 0
    assert state(database, url).state == "waiting"
    assert sound(database)


def test_drop_leaves_what_has_ended(do: Do, database: Database) -> None:
    """It says so, and exits with 1."""
    said = do("drop", GONE, FAILED)
    assert said.status == 1
    assert "was dropped already" in said.err
    assert state(database, GONE).reason == "gone"
    assert state(database, FAILED).reason == "by_hand"


def test_a_try_under_way_when_an_item_is_dropped_comes_to_nothing(do: Do, database: Database) -> None:
    """The worker's result is not kept."""
    assert items.begin(database, key_of(FRESH), "fetch", due=NOON) is not None
    assert do("drop", FRESH).status == 0
    assert not items.fail(database, key_of(FRESH), "fetch", Failure(reason="dns"), NOON, policy=REASONS["dns"])
    assert state(database, FRESH).reason == "by_hand"
    assert sound(database)
