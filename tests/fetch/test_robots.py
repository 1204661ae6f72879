"""What a robots.txt allows, how long it holds, and what it means when none comes."""

from __future__ import annotations

import time
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.fetch.robots import (
    FIRST_RETRY,
    GIVEN_UP,
    LONGEST,
    MAX_BYTES,
    MAX_DELAY,
    MAX_REDIRECTS,
    RETRY,
    SHORTEST,
    Kept,
    Rules,
    origin_of,
    product,
    settle,
)
from workers.items import Response

NOW = datetime(2025, 2, 12, 18, 0, tzinfo=UTC)
AGENT = "marsad/0.1 (news research) (desk@otherbot.example)"
PAGE = "https://paper.example/news/1"


def response(body: bytes | str = b"", status: int = 200, **headers: str) -> Response:
    return Response(
        url="https://paper.example/robots.txt",
        final_url="https://paper.example/robots.txt",
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body.encode() if isinstance(body, str) else body,
        captured_at=NOW,
    )


def rules(body: bytes | str, status: int = 200) -> Rules:
    return Rules(settle(response(body, status), NOW, None))


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /news/\nAllow: /news/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: MARSAD\nAllow: /", True),
        ("User-agent: marsad/1.0\nDisallow: /", False),
        ("User-agent: mars\nDisallow: /", True),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: news\nDisallow: /", True),
        ("User-agent: otherbot\nUser-agent: marsad\nDisallow: /", False),
        ("User-agent: *\rDisallow: /news", False),
        ("  user-agent :  *   # all\n disallow : /news # not this", False),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("<!doctype html><html><body><h1>Not found</h1><a href='/x'>x</a></body></html>", True),
        ("Disallow: /", True),
        ("User-agent: *\nDisallow: /\x00news", False),
        ("x" * 300_000 + "\nUser-agent: *\nDisallow: /", False),
    ],
)
def test_the_rules_are_read_as_the_standard_says(text: str, allowed: bool) -> None:
    """Whole names, the longest pattern, several names to a group; what is no rule is passed over."""
    assert rules(text).allows(PAGE, AGENT) is allowed


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_marks_of_encodings_are_no_part_of_the_first_line(encoding: str) -> None:
    """A file saved by an editor with a mark at its start is read all the same."""
    assert not rules("User-agent: *\nDisallow: /".encode(encoding)).allows(PAGE, AGENT)


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(401, True), (403, True), (404, True), (410, True), (302, True), (429, False), (500, False), (503, False)],
)
def test_a_refusal_is_no_rule_and_a_fault_no_permission(status: int, allowed: bool) -> None:
    """4xx but 429 allow everything; 429 and 5xx nothing for now."""
    kept = settle(response("User-agent: *\nDisallow: /", status), NOW, None)
    assert Rules(kept).allows(PAGE, AGENT) is allowed
    assert kept.good_until == NOW + (LONGEST if allowed else RETRY)


def test_without_an_answer_nothing_is_allowed_and_retries_grow_rarer() -> None:
    """The first is soon, later ones wait as long as the trouble has lasted, an hour at most."""
    kept = settle(None, NOW, None)
    assert not Rules(kept).allows(PAGE, AGENT)
    assert kept.good_until - NOW == FIRST_RETRY
    later = settle(None, NOW + timedelta(minutes=20), kept)
    assert later.good_until - later.fetched_at == timedelta(minutes=20)
    last = settle(None, NOW + timedelta(days=2), later)
    assert (last.good_until - last.fetched_at, last.since) == (RETRY, NOW)


def test_after_thirty_days_without_an_answer_there_are_no_rules() -> None:
    """A file that nobody can read does not forbid for ever."""
    first = settle(response(status=500), NOW, None)
    almost = settle(None, NOW + GIVEN_UP - timedelta(hours=1), first)
    assert not Rules(almost).known
    assert Rules(settle(None, NOW + GIVEN_UP, almost)).allows(PAGE, AGENT)


def test_an_old_copy_is_used_while_no_new_one_comes() -> None:
    """An outage neither forbids what was allowed nor allows what was forbidden; the next answer ends it."""
    old = settle(response("User-agent: *\nDisallow: /news"), NOW, None)
    kept = settle(response(status=503), NOW + timedelta(days=1), old)
    assert not Rules(kept).allows(PAGE, AGENT)
    assert Rules(kept).allows("https://paper.example/", AGENT)
    assert kept.good_until == NOW + timedelta(days=1) + RETRY
    again = settle(None, NOW + timedelta(days=40), kept)
    assert (Rules(again).allows(PAGE, AGENT), again.since) == (False, NOW + timedelta(days=1))
    new = settle(response(""), NOW + timedelta(days=41), again)
    assert (Rules(new).allows(PAGE, AGENT), new.since) == (True, None)


@pytest.mark.parametrize(
    ("said", "lifetime"),
    [
        ("", LONGEST),
        ("max-age=7200", timedelta(hours=2)),
        ("public, max-age=0", SHORTEST),
        ("max-age=9999999999", LONGEST),
        ("max-age=x", LONGEST),
        ("s-maxage=7200", LONGEST),
    ],
)
def test_a_copy_holds_for_a_day_at_most(said: str, lifetime: timedelta) -> None:
    """A shorter time is respected, but not so short that every page costs two requests."""
    assert settle(response("", cache_control=said), NOW, None).good_until - NOW == lifetime


@pytest.mark.parametrize(
    ("said", "delay"),
    [
        ("2.5", 2.5),
        ("0", 0.0),
        ("86400", MAX_DELAY),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("x", None),
        ("9" * 400, None),
    ],
)
def test_the_delay_is_bounded(said: str, delay: float | None) -> None:
    """A Crawl-delay counts up to five minutes, and only if it is a number."""
    assert rules(f"User-agent: *\nCrawl-delay: {said}").delay(AGENT) == delay


def test_a_way_of_redirects_is_kept_until_it_ends() -> None:
    """The addresses so far are remembered between requests; too many of them mean no rules."""
    way = tuple(f"https://paper.example/{number}" for number in range(MAX_REDIRECTS + 1))
    kept = settle(response(status=301), NOW, None, way=way[:MAX_REDIRECTS])
    assert kept.way == way[:MAX_REDIRECTS]
    ended = settle(response(status=301), NOW, kept, way=way)
    assert (ended.way, Rules(ended).allows(PAGE, AGENT)) == ((), True)


def test_only_the_beginning_of_a_long_file_is_read() -> None:
    """Rules after 500 KiB do not count, nor does the line that stands across that place."""
    head = "User-agent: *\nDisallow: /old\n"
    filler = "# " + "x" * 97 + "\n"
    body = head + filler * ((MAX_BYTES - len(head)) // len(filler)) + "Disallow: /news\n" * 1000
    cut = settle(response(body), NOW, None)
    assert len(cut.text) <= MAX_BYTES
    assert cut.text.endswith("\n")
    assert not rules(body).allows("https://paper.example/old", AGENT)
    tail = "User-agent: *\nDisallow: /" + "n" * MAX_BYTES
    assert rules(tail).allows(PAGE, AGENT)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
        "".join(f"User-agent: a{n}\x0c" for n in range(16_000)) + "Disallow: /x\n" * 20_000,
        "".join(f"\xa0User \t agent a{n}\n" for n in range(14_000)) + "Disallow: /x\n" * 20_000,
        "User-agent: *\n" + "".join(f"Disallow: /*{n}*b$\n" for n in range(25_000)),
        "User-agent: *\nDisallow: /" + "*a" * 250_000,
        "User-agent: *\nDisallow: /" + "$" * 500_000,
        "User-agent: *\nDisallow: /" + "%d8%" * 125_000,
        ":" * 500_000,
        "User-agent: *\nDisallow" + " " * 500_000,
    ],
    ids=["names", "form feeds", "odd spaces", "patterns", "stars", "dollars", "escapes", "colons", "spaces"],
)
def test_a_file_written_to_hurt_costs_little(text: str) -> None:
    """Neither time nor memory grow with more than the file's size."""
    tracemalloc.start()
    started = time.process_time()
    rules(text).allows("https://paper.example/" + "a" * 2000, AGENT)
    used = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert used < 10
    assert peak < 150_000_000


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_bytes_are_a_robots_txt(body: bytes, path: str) -> None:
    """No content raises, for no address."""
    read = rules(body)
    read.allows("https://paper.example/" + path, AGENT)
    read.delay(AGENT)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Paper.Example/a?b", "https://paper.example"),
        ("http://paper.example:80/", "http://paper.example"),
        ("https://paper.example:8443/", "https://paper.example:8443"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("https://موقع.example/", "https://xn--4gbrim.example"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    """The usual port is left out, and names are in their ASCII form."""
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://a:99999/", "x"])
def test_a_broken_address_has_no_origin(url: str) -> None:
    """It raises ValueError and nothing else."""
    with pytest.raises(ValueError):
        origin_of(url)


def test_the_product_is_the_first_word() -> None:
    """Contact and comments are no names for robots.txt."""
    assert product(AGENT) == "marsad"
    assert product("(odd)") == "*"


def test_what_is_kept_is_data() -> None:
    """A copy has no way unless it is on one."""
    kept = Kept(status=200, text="a\nb", fetched_at=NOW, good_until=NOW)
    assert kept.way == ()
