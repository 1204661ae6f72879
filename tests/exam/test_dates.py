"""Dates of every kind in sentences and datelines. All sentences, quoted ones included, were written for this exam."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
import tomllib
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from workers.arabic.calendar import find_dates, read_date

HERE = Path(__file__).parent
DATES = HERE / "dates.jsonl"
FLOORS = tomllib.loads((HERE / "floors.toml").read_text(encoding="utf-8"))["dates"]


class Line(NamedTuple):
    """How one line was answered: `right`, and `wrong` if something false was said (not merely nothing)."""

    row: dict[str, Any]
    right: bool
    wrong: bool
    got: list[Any]


def rows() -> list[dict[str, Any]]:
    """The lines of the exam."""
    return [json.loads(line) for line in DATES.read_text(encoding="utf-8").splitlines()]


def answer(row: dict[str, Any]) -> Line:
    """Our answer to one line. A mention is right if its value and modifier are and its span meets the gold words'."""
    if row["kind"] == "dateline":
        at = row["captured_at"]
        got = read_date(row["line"], ZoneInfo(row["zone"]), dt.datetime.fromisoformat(at) if at else None)
        expected = (row["value"], row["precision"]) if row["value"] else None
        same = got is not None and expected is not None and _moment(got) == _moment(expected)
        return Line(row, same or got is expected, got is not None and not same, [got])
    day = dt.date.fromisoformat(row["published"]) if row["published"] else None
    text = row["text"]
    found = [(one.value, one.mod, one.span) for one in find_dates(text, day)]
    left = list(found)
    missed = 0
    for gold in row["dates"]:
        at = text.index(gold["text"])
        span = (at, at + len(gold["text"]))
        match = next((one for one in left if one[:2] == (gold["value"], gold.get("mod")) and _meet(one[2], span)), None)
        missed += match is None
        if match is not None:
            left.remove(match)
    return Line(row, not missed and not left, bool(left), found)


def _moment(read: tuple[str, str]) -> tuple[dt.datetime, str]:
    return dt.datetime.fromisoformat(read[0]), read[1]


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@pytest.fixture(scope="module")
def answers() -> list[Line]:
    return [answer(row) for row in rows()]


def test_dates_are_right(answers: list[Line]) -> None:
    """The share of lines answered exactly, and of lines where something false is said, keep to their floors."""
    digest = hashlib.sha256(DATES.read_bytes()).hexdigest()[:12]
    assert digest == FLOORS["digest"], f"the floors belong to other lines; these have the digest {digest}"
    right, wrong = sum(one.right for one in answers), sum(one.wrong for one in answers)
    kinds = Counter(one.row["kind"] for one in answers)
    for kind, number in kinds.most_common():
        good = sum(one.right for one in answers if one.row["kind"] == kind)
        say(f"  {kind:<14} {good} of {number}")
    for one in answers:
        if not one.right:
            said = one.row.get("text") or one.row.get("line")
            gold = one.row.get("dates", (one.row.get("value"), one.row.get("precision")))
            say(
                f"  {'WRONG' if one.wrong else 'missed'} {one.row['kind']} {one.row.get('published')}: {said}\n     {gold}\n     {one.got}"
            )
    say(f"dates: {right} of {len(answers)} right, {wrong} wrong")
    assert right >= FLOORS["right"] * len(answers)
    assert wrong <= FLOORS["wrong"] * len(answers)


def test_beside_the_libraries(answers: list[Line]) -> None:
    """Dateparser on the gold words, and htmldate and dateparser on the datelines: ours is above both."""
    import dateparser
    from htmldate import find_date

    def parser(text: str, base: str | None) -> str | None:
        settings = {"RELATIVE_BASE": dt.datetime.fromisoformat(base).replace(tzinfo=None)} if base else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            got = dateparser.parse(text, languages=["ar"], settings=settings)
        return got.date().isoformat() if got else None

    def html(text: str, base: str | None) -> str | None:
        page = f"<html><body><p>{text}</p></body></html>"
        return find_date(page, extensive_search=True, original_date=True)

    ours = sum(one.right for one in answers)
    say(f"ours: {ours} of {len(answers)} lines, whole sentences")
    for name, read in (("dateparser", parser), ("htmldate", html)):
        scored = list(_peer(read))
        right = sum(good for good, _ in scored)
        say(
            f"{name}: {right} of {len(scored)} given the words of the date alone, {sum(bad for _, bad in scored)} wrong"
        )
        assert ours / len(answers) > right / len(scored)


def _peer(read: Callable[[str, str | None], str | None]) -> Iterator[tuple[bool, bool]]:
    """(right, wrong) for each gold day, and each dateline, by its day; a sentence that must give nothing is not asked."""
    for row in rows():
        asked = [(row["line"], row["captured_at"], (row["value"] or "")[:10])] if row["kind"] == "dateline" else [
            (one["text"], row["published"], one["value"]) for one in row["dates"] if len(one["value"]) == len("2025-02-12") and "Q" not in one["value"]
        ]  # fmt: skip
        for text, base, expected in asked:
            got = read(text, base)
            yield (got or "") == expected, bool(got) and got != expected


def say(line: str) -> None:
    """Print for `make exam`."""
    sys.stdout.write(line + "\n")
