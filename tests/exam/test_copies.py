"""Copies made of the written articles of `tests/pages` by a program, and same-event articles written independently.

What people say in the texts below was written for this exam; the people and places are invented.
"""

from __future__ import annotations

import re
import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.exam.pagefiles import all_pages
from workers.clean.pairs import Document, Pairs

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["copies"]
FIRST = datetime(2025, 3, 1, 8, tzinfo=UTC)
FILLERS = 10  # pages whose paragraphs are what is new in updates
Lines = list[str]


def _vowels(text: str) -> str:
    return re.sub(r"(?<=\w)(?=\w)", lambda found: "\u064e" if found.start() % 7 == 0 else "", text)


def _invisible(text: str) -> str:
    return text.replace("ال", "ا\u0640ل").replace(" ", " \u200f")


def _spelling(text: str) -> str:
    return text.replace("أ", "ا").replace("إ", "ا").replace("ى", "ي")


def _digits(text: str) -> str:
    return text.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))


def _marks(text: str) -> str:
    return text.replace("«", '"').replace("»", '"').replace("،", ",").replace("؛", ";")


def _some_words(text: str) -> str:
    return " ".join("كذلك" if at % 13 == 12 else word for at, word in enumerate(text.split()))


VERBATIM: dict[str, Callable[[Lines], Lines]] = {
    "as it is": lambda lines: lines,
    "vowels": lambda lines: [_vowels(one) for one in lines],
    "tatweel and direction marks": lambda lines: [_invisible(one) for one in lines],
    "decomposed": lambda lines: [unicodedata.normalize("NFD", one) for one in lines],
    "one paragraph": lambda lines: [" ".join(lines)],
}
EDITED: dict[str, Callable[[Lines], Lines]] = {
    "headline": lambda lines: lines,
    "spelling": lambda lines: [_spelling(one) for one in lines],
    "digits and marks": lambda lines: [_marks(_digits(one)) for one in lines],
    "without the last": lambda lines: lines[: max(1, round(len(lines) * 0.7))],
    "without the second": lambda lines: [*lines[:1], *lines[2:]],
    "named and merged": lambda lines: [
        "وبحسب ما أورد موقع شقيق في تقرير نشره قبل قليل.",
        " ".join(lines[:2]),
        *lines[2:],
    ],
    "some words": lambda lines: [_some_words(one) for one in lines],
}

INDEPENDENT = tomllib.loads((Path(__file__).parent / "independent.toml").read_text(encoding="utf-8"))


def articles() -> list[tuple[str, str, Lines]]:
    """Name, headline and paragraphs of the written articles that have at least four."""
    found = [(one.name, one.title or "", list(one.lines)) for one in all_pages() if one.reason is None]
    return [one for one in found if len(one[2]) >= 4 and len(" ".join(one[2]).split()) >= 60]


def families() -> Iterator[tuple[str, str, Document]]:
    """(family, what it is, document): an original and its copies, each of another outlet and later."""
    every = articles()
    fillers = [line for _, _, lines in every[:FILLERS] for line in lines if len(line.split()) >= 12]
    for number, (name, title, lines) in enumerate(every[FILLERS:]):
        made: list[tuple[str, str, Lines]] = [("original", title, lines)]
        made += [("verbatim", title, how(lines)) for how in VERBATIM.values()]
        made += [
            ("edited", title if what != "headline" else f"تعرف على التفاصيل: {title}", how(lines))
            for what, how in EDITED.items()
        ]
        new = [fillers[(number * 5 + at) % len(fillers)] for at in range(5)]
        half = lines[: max(2, len(lines) // 2)]
        made += [
            ("update", f"{title}.. مستجدات", [new[0], *half, *new[1:3]]),
            ("update", f"جديد {title}", [half[0], *new[3:5], *half[1:]]),
        ]
        for place, (what, headline, text) in enumerate(made):
            at = FIRST + timedelta(hours=place)
            yield name, what, Document(f"{name}#{place}", headline, "\n".join(text), f"outlet-{place}", at)


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, tuple[str, str]], dict[tuple[str, str], str]]:
    """What each document is, and the relation of every pair that was found."""
    pairs, what = Pairs(), {}
    relations: dict[tuple[str, str], str] = {}
    for family, kind, document in families():
        what[document.id] = (family, kind)
        for pair in pairs.add(document):
            relations[pairs.documents[pair.a].id, pairs.documents[pair.b].id] = pair.copy.relation
    return what, relations


def test_copies_are_told(found: tuple[dict[str, tuple[str, str]], dict[tuple[str, str], str]]) -> None:
    """Verbatim, edited and updated copies of an original are found and told apart as well as the floors say."""
    what, relations = found
    right: Counter[str] = Counter()
    number: Counter[str] = Counter()
    wrong: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one, (family, kind) in what.items():
        if kind == "original":
            continue
        got = relations.get((f"{family}#0", one), "none")
        number[kind] += 1
        right[kind] += got == kind
        if got != kind:
            wrong[kind][got] += 1
            say(f"  {one}: {kind} told as {got}")
    families = len({family for family, _ in what.values()})
    for kind in number:
        say(f"copies, {families} families: {kind} {right[kind]} of {number[kind]} {dict(wrong[kind])}")
        assert right[kind] >= FLOORS[kind] * number[kind]


def test_no_pair_between_families(found: tuple[dict[str, tuple[str, str]], dict[tuple[str, str], str]]) -> None:
    """Articles on different things are no copies of each other; updates that share what is new in them are left out."""
    what, relations = found
    false = [
        (one, other)
        for one, other in relations
        if what[one][0] != what[other][0] and "update" not in {what[one][1], what[other][1]}
    ]
    assert false == []


@pytest.mark.parametrize("event", INDEPENDENT["event"], ids=lambda one: one["titles"][0])
@pytest.mark.parametrize("order", [1, -1], ids=["first", "second"])
def test_two_newsrooms_on_one_event(event: dict[str, list[str]], order: int) -> None:
    """The same event, numbers and quotation in other words is no copy, whichever came first, under the same headline too."""
    for titles in (event["titles"], event["titles"][:1] * 2):
        assert pairs_of(titles[::order], event["texts"][::order]) == []


@pytest.mark.parametrize("serial", INDEPENDENT["background"], ids=lambda one: one["titles"][0])
@pytest.mark.parametrize("outlets", [("a", "a"), ("a", "b")], ids=["one outlet", "two outlets"])
def test_two_events_with_one_background(serial: dict[str, Any], outlets: tuple[str, str]) -> None:
    """Two reports that close with the same long paragraph are no copies."""
    texts = [f"{text.strip()}\n{serial['common']}" for text in serial["texts"]]
    assert pairs_of(serial["titles"], texts, outlets) == []


def pairs_of(titles: list[str], texts: list[str], outlets: tuple[str, str] = ("a", "b")) -> list[object]:
    """What is found of two documents, an hour apart."""
    pairs = Pairs()
    found: list[object] = []
    for place, (title, text, outlet) in enumerate(zip(titles, texts, outlets, strict=True)):
        found += pairs.add(Document(str(place), title, text.strip(), outlet, FIRST + timedelta(hours=place)))
    return found


def say(line: str) -> None:
    """Print for `make exam`."""
    sys.stdout.write(line + "\n")
