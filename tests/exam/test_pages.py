"""Cleaning against whole pages in the layouts of real news sites, written for these tests, beside other extractors.

Two sets: the pages that the cleaner was made with, and those that were measured when it was done and changed nothing.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.exam.pagefiles import (
    PEERS,
    all_pages,
    body_of,
    cleaned,
    difference,
    digest_of,
    is_date_right,
    letters_of,
    summary,
    token_f1,
)
from workers.config import load_config
from workers.items import Article, Drop

ROOT = Path(__file__).parents[2]
ALL_FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))


class Set:
    """A set of pages, its floors, and what the cleaner makes of each."""

    def __init__(self, name: str, within: str) -> None:
        pages = all_pages(within)
        config = load_config(ROOT / "config")
        self.floors = ALL_FLOORS[name]
        self.pages = pages
        self.articles = [page for page in pages if page.reason is None]
        self.refused = [page for page in pages if page.reason is not None]
        self.got: dict[str, Article | Drop] = {page.name: cleaned(page, config) for page in pages}

    def bodies(self) -> list[str]:
        """The text of each article without its headline, "" for one that was not found."""
        return [body_of(self.got[page.name]) for page in self.articles]

    def scores(self, bodies: list[str]) -> list[float]:
        """Token F1 of each."""
        return [token_f1(body, page.text) for body, page in zip(bodies, self.articles, strict=True)]


@pytest.fixture(
    scope="module",
    params=[
        ("pages", ""),
    ],
    ids=lambda one: one[0],
)
def pages(request: pytest.FixtureRequest) -> Set:
    """Each set."""
    return Set(*request.param)


def test_pages_are_those_of_the_floors(pages: Set) -> None:
    """The pages differ from each other, hold what is expected of them and are those the floors were measured with."""
    articles = pages.articles
    assert len({page.text for page in articles}) == len({page.url for page in articles}) == len(articles)
    assert len({page.name.split("/")[0] for page in articles}) >= pages.floors["layouts"]
    for page in articles:
        seen = letters_of(page)
        assert all(word in seen for word in re.findall(r"\w+", f"{page.title} {page.text}")), page.name
    assert digest_of(pages.pages) == pages.floors["digest"]


def show(name: str, scores: list[float]) -> None:
    """Print a row of the table of extractors."""
    mean, least, good = summary(scores)
    print(f"\n{name:<17} mean {mean:.4f}  least {least:.4f}  at least 0.99: {good} of {len(scores)}", end="")  # noqa: T201


def test_bodies(pages: Set) -> None:
    """The words of the bodies stay above the floors: their mean, the lowest, and how many are as good as whole."""
    bodies = pages.bodies()
    scores = pages.scores(bodies)
    for page, body, score in zip(pages.articles, bodies, scores, strict=True):
        if score < 0.99:
            missing, extra = difference(body, page.text)
            print(f"\n  {page.name}: {score:.4f}; missing: {missing}; too many: {extra}", end="")  # noqa: T201
    show("ours", scores)
    assert all(
        value >= pages.floors[name] for value, name in zip(summary(scores), ("f1", "least", "good"), strict=True)
    )


@pytest.mark.parametrize("name", PEERS)
def test_bodies_beside_another_extractor(pages: Set, name: str) -> None:
    """The mean is above that of each other extractor on the same bytes."""
    scores = pages.scores([PEERS[name](page) for page in pages.articles])
    show(name, scores)
    assert summary(pages.scores(pages.bodies()))[0] > summary(scores)[0]


def test_what_is_told_beside_the_body(pages: Set) -> None:
    """Headlines, dates, authors and origins are right on as many pages as the floors say."""
    print()  # noqa: T201
    right = dict.fromkeys(("titles", "dates", "authors", "origins", "outlets"), 0)
    for page in pages.articles:
        one = pages.got[page.name]
        if not isinstance(one, Article):
            print(f"  {page.name}: {one}")  # noqa: T201
            continue
        pairs = {
            "titles": (one.title, page.title),
            "authors": (one.author, page.author),
            "origins": (one.copies.origin_named, page.origin_named),
            "outlets": (one.outlet, page.outlet),
        }
        found = {name: pair[0] == pair[1] for name, pair in pairs.items()}
        pairs["dates"], found["dates"] = (one.published.value, page.published), is_date_right(one, page.published)
        for name, is_right in found.items():
            right[name] += is_right
            if not is_right:
                print(f"  {page.name}: {name}: {pairs[name][0]!r} instead of {pairs[name][1]!r}")  # noqa: T201
    print(", ".join(f"{name} {many} of {len(pages.articles)}" for name, many in right.items()))  # noqa: T201
    assert all(right[name] >= pages.floors[name] for name in right)


def test_pages_without_an_article(pages: Set) -> None:
    """A page that holds no article gives none, and the reason is the expected one on as many as the floors say."""
    right, taken = 0, 0
    for page in pages.refused:
        one = pages.got[page.name]
        reason = one.reason if isinstance(one, Drop) else "an article"
        right += reason == page.reason
        taken += isinstance(one, Article)
        if reason != page.reason:
            print(f"  {page.name}: {reason} instead of {page.reason}")  # noqa: T201
    print(f"reasons {right} of {len(pages.refused)}, taken for articles {taken}")  # noqa: T201
    assert right >= pages.floors["reasons"]
    assert taken <= pages.floors["taken_for_articles"]
