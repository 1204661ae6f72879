"""Cleaning against whole pages in layouts that it was not made with, beside other extractors on the same bytes."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.exam.pagefiles import (
    PEERS,
    body_of,
    cleaned,
    difference,
    digest_of,
    is_date_right,
    letters_of,
    summary,
    token_f1,
)
from tests.exam.pagelayouts import unseen_pages
from tests.pages.write import Page
from workers.config import load_config
from workers.items import Article, Drop

ROOT = Path(__file__).parents[2]
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["pages_unseen"]


def articles() -> list[Page]:
    """The pages that hold an article."""
    return [page for page in unseen_pages() if page.reason is None]


@pytest.fixture(scope="module")
def got() -> dict[str, Article | Drop]:
    """What the cleaner makes of every page."""
    config = load_config(ROOT / "config")
    return {page.name: cleaned(page, config) for page in unseen_pages()}


def test_pages_are_those_of_the_floors() -> None:
    """Every word that is expected stands on its page, and the pages are those the floors were measured with."""
    for page in articles():
        seen = letters_of(page)
        assert all(word in seen for word in re.findall(r"\w+", f"{page.title} {page.text}")), page.name
    assert digest_of(unseen_pages()) == FLOORS["digest"]


def test_bodies(got: dict[str, Article | Drop]) -> None:
    """The words of the bodies stay above the floors, and their mean above that of every other extractor."""
    found = {}
    for name, find in {"ours": lambda page: body_of(got[page.name]), **PEERS}.items():
        bodies = [find(page) for page in articles()]
        scores = [token_f1(body, page.text) for body, page in zip(bodies, articles(), strict=True)]
        found[name] = mean, least, good = summary(scores)
        say(f"{name:<17} mean {mean:.4f}  least {least:.4f}  at least 0.99: {good} of {len(scores)}")
        for page, body, score in zip(articles(), bodies, scores, strict=True):
            if name == "ours" and score < 0.99:
                missing, extra = difference(body, page.text)
                say(f"  {page.name}: {score:.4f}; missing: {missing}; too many: {extra}")
    # Only now, so that the whole table is printed even if a floor is missed.
    assert found["ours"][0] > max(found[name][0] for name in PEERS)
    assert all(value >= FLOORS[name] for value, name in zip(found["ours"], ("f1", "least", "good"), strict=True))


def test_what_is_told_beside_the_body(got: dict[str, Article | Drop]) -> None:
    """Headlines, dates, authors and origins are right on as many pages as the floors say."""
    right = dict.fromkeys(("titles", "dates", "authors", "origins", "outlets"), 0)
    for page in articles():
        one = got[page.name]
        assert isinstance(one, Article), f"{page.name}: {one}"
        pairs = {
            "titles": (one.title, page.title),
            "dates": (one.published.value, page.published),
            "authors": (one.author, page.author),
            "origins": (one.copies.origin_named, page.origin_named),
            "outlets": (one.outlet, page.outlet),
        }
        for name, (found, expected) in pairs.items():
            is_right = is_date_right(one, page.published) if name == "dates" else found == expected
            right[name] += is_right
            if not is_right:
                say(f"  {page.name}: {name}: {found!r} instead of {expected!r}")
    say(", ".join(f"{name} {many} of {len(articles())}" for name, many in right.items()))
    assert all(right[name] >= FLOORS[name] for name in right)


def test_pages_without_an_article(got: dict[str, Article | Drop]) -> None:
    """A page that holds no article gives none, for the expected reason, on as many as the floors say."""
    pages = [page for page in unseen_pages() if page.reason is not None]
    reasons = [one.reason if isinstance(one := got[page.name], Drop) else "an article" for page in pages]
    for page, reason in zip(pages, reasons, strict=True):
        if reason != page.reason:
            say(f"  {page.name}: {reason} instead of {page.reason}")
    right = sum(reason == page.reason for page, reason in zip(pages, reasons, strict=True))
    say(f"reasons {right} of {len(pages)}, taken for articles {reasons.count('an article')}")
    assert right >= FLOORS["reasons"]
    assert reasons.count("an article") <= FLOORS["taken_for_articles"]


def say(line: str) -> None:
    """Print for `make exam`."""
    sys.stdout.write(f"\n{line}")
