from __future__ import annotations

import io
import json
import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from workers.operate.logging import LONGEST, Format, Level, hide, set_up_logging


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def start(form: Format = "json", level: Level = "info") -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(form, level, stream)
    return stream


def test_an_event_is_one_line_of_json() -> None:
    """An event carries its time in UTC, its level, and what was bound before; Arabic stays Arabic."""
    stream = start()
    structlog.contextvars.bind_contextvars(key="00ff", stage="fetch")
    structlog.get_logger("road").info("fetched", outlet="عنب بلدي", bytes=12, took=0.5, moved=None)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "fetched",
        "level": "info",
        "logger": "road",
        "key": "00ff",
        "stage": "fetch",
        "outlet": "عنب بلدي",
        "bytes": 12,
        "took": 0.5,
        "moved": None,
    }
    assert "عنب" in stream.getvalue()


def test_the_standard_library_speaks_the_same_form() -> None:
    """A library's line has the same keys, its extras and the bound context."""
    stream = start()
    structlog.contextvars.bind_contextvars(trace="t1")
    logging.getLogger("celery.worker").warning("lost %s", "a worker", extra={"queue": "tag"})
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("lost a worker", "warning", "celery.worker")
    assert (line["queue"], line["trace"]) == ("tag", "t1")


def test_an_exception_is_one_line_that_ends_with_its_message() -> None:
    """A traceback stays inside its line, from either kind of logger, and a long one keeps its end."""
    stream = start()
    for log in (structlog.get_logger(), logging.getLogger("x")):
        try:
            dict[str, int]()["م" * 9000 + "the end"]
        except KeyError:
            log.exception("failed")
    for line in lines(stream):
        assert line["exception"].startswith("Traceback")
        assert line["exception"].endswith("the end'")
        assert len(line["exception"]) < LONGEST + 50
        assert line["level"] == "error"


def test_levels_are_obeyed() -> None:
    """What is under the level is not written, and chatty libraries speak only of warnings."""
    stream = start()
    structlog.get_logger().debug("no")
    logging.getLogger("x").debug("no")
    logging.getLogger("httpx2").info("no")
    logging.getLogger("httpx2").warning("yes")
    assert [line["event"] for line in lines(stream)] == ["yes"]
    stream = start(level="debug")
    structlog.get_logger().debug("yes")
    logging.getLogger("httpx2").info("yes")
    assert [line["event"] for line in lines(stream)] == ["yes", "yes"]


def test_a_second_call_replaces_the_first() -> None:
    """Loggers that exist follow the last call, and no line is written twice."""
    first, log = start(), structlog.get_logger()
    log.info("one")
    second = start()
    log.info("two")
    assert [line["event"] for line in lines(first)] == ["one"]
    assert [line["event"] for line in lines(second)] == ["two"]


def test_secrets_are_hidden() -> None:
    """Passwords in URLs, keys in queries, and values named as secrets never reach the log, at any depth."""
    stream = start()
    structlog.get_logger().info(
        "at postgresql+psycopg://me:hush@db/marsad",
        broker="redis://:hush@127.0.0.1:6379/0",
        page="https://example.com/a?token=hush&page=2",
        db_password="hush",
        headers={"Authorization": "hush", "inner": [{"api_key": "hush"}, "redis://u:hush@h"]},
        error=OSError("cannot reach redis://:hush@h"),
        tokens=12,
        body=b"token",
    )
    (line,) = lines(stream)
    assert "hush" not in stream.getvalue()
    assert line["event"] == "at postgresql+psycopg://me:***@db/marsad"
    assert line["page"] == "https://example.com/a?token=***&page=2"
    assert line["tokens"] == 12


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("redis://:p@ss:w@h:1/0 and http://a:b@c/", "redis://:***@h:1/0 and http://a:***@c/"),
        ("https://example.com:8080/a@b", "https://example.com:8080/a@b"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379/0"),
        ("no address: me@example.com", "no address: me@example.com"),
        ("?a=1&API_KEY=x#f", "?a=1&API_KEY=***#f"),
    ],
)
def test_only_what_is_secret_is_hidden(text: str, hidden: str) -> None:
    """Addresses without a password stay as they are."""
    assert hide(text) == hidden


def test_hostile_text_stays_on_its_line_and_is_cut() -> None:
    """A value from a page cannot forge a line, move the cursor or fill the disk."""
    terminal = Terminal()
    set_up_logging("auto", "info", terminal)
    structlog.get_logger().info(
        "title\nforged", name="\x1b[2J", text="a\n2026 [info] forged\x1b[2J\u202e\x9b", page="م" * 100_000
    )
    (line,) = terminal.getvalue().splitlines()
    assert "forged" in line
    assert not {"\x1b[2J", "\u202e", "\x9b"} & {line[at : at + size] for at in range(len(line)) for size in (1, 4)}
    assert "98000 more" in line
    assert len(line) < 2 * LONGEST


@pytest.mark.parametrize("text", ["://" * 200_000, "://a:" * 200_000, "://a:" + "x" * 1_000_000, "?key" * 200_000])
def test_hiding_takes_time_in_proportion(text: str) -> None:
    """No text makes the search for passwords slow."""
    began = time.monotonic()
    hide(text)
    assert time.monotonic() - began < 1


def test_any_value_can_be_logged() -> None:
    """Deep, cyclic, odd and undecodable values are written in some form, never raised."""
    stream = start()
    cycle: list[Any] = []
    cycle.append(cycle)
    structlog.get_logger().info("odd", cycle=cycle, kind=int, text="\ud800", both={1: {2, 3}}, raw=b"\xff")
    (line,) = lines(stream)
    assert line["raw"] == "b'\\xff'"
    assert line["both"] == {"1": ["2", "3"]} or line["both"] == {"1": [2, 3]}


def test_auto_is_json_away_from_a_terminal() -> None:
    """In a pipe every line is JSON; on a terminal it is made for eyes."""
    piped, terminal = start("auto"), Terminal()
    structlog.get_logger().info("event")
    assert lines(piped)[0]["event"] == "event"
    set_up_logging("auto", "info", terminal)
    structlog.get_logger().info("event", outlet="sana")
    assert "event" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_warnings_become_lines() -> None:
    """A library's warning is a line in the same form, not loose text on stderr."""
    stream = start()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old ways", UserWarning, stacklevel=1)
    (line,) = lines(stream)
    assert "old ways" in line["event"]
    assert line["logger"] == "py.warnings"
