"""Cleaning against whole pages in the layouts of real news sites, written for these tests, beside other extractors."""

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
    digest,
    is_date_right,
    letters_of,
    summary,
    token_f1,
)
from tests.pages.write import Page
from workers.config import Config, load_config
from workers.items import Article, Drop

ROOT = Path(__file__).parents[2]
FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["pages"]


def articles() -> list[Page]:
    """The pages that hold an article."""
    return [page for page in all_pages() if page.reason is None]


def refused() -> list[Page]:
    """The pages that hold none."""
    return [page for page in all_pages() if page.reason is not None]


@pytest.fixture(scope="module")
def got() -> dict[str, Article | Drop]:
    """What the cleaner makes of every page."""
    config: Config = load_config(ROOT / "config")
    return {page.name: cleaned(page, config) for page in all_pages()}


def test_pages_are_those_of_the_floors() -> None:
    """The pages are many, differ from each other, hold what is expected of them and are those the floors were measured with."""
    assert len(articles()) >= 44
    assert len({page.name.split("/")[0] for page in articles()}) >= 13
    assert len(refused()) >= 12
    assert len({page.text for page in articles()}) == len({page.url for page in articles()}) == len(articles())
    assert digest() == FLOORS["digest"]
    for page in articles():
        seen = letters_of(page)
        assert all(word in seen for word in re.findall(r"\w+", f"{page.title} {page.text}")), page.name


def show(name: str, scores: list[float]) -> None:
    """Print a row of the table of extractors."""
    mean, least, good = summary(scores)
    print(f"\n{name:<17} mean {mean:.4f}  least {least:.4f}  at least 0.99: {good} of {len(scores)}", end="")  # noqa: T201


def test_bodies(got: dict[str, Article | Drop]) -> None:
    """The words of the bodies stay above the floors: their mean, the lowest, and how many are as good as whole."""
    bodies = {page.name: body_of(got[page.name]) for page in articles()}
    scores = [token_f1(bodies[page.name], page.text) for page in articles()]
    for page, score in zip(articles(), scores, strict=True):
        if score < 0.99:
            missing, extra = difference(bodies[page.name], page.text)
            print(f"\n  {page.name}: {score:.4f}; missing: {missing}; too many: {extra}", end="")  # noqa: T201
    show("ours", scores)
    mean, least, good = summary(scores)
    assert mean >= FLOORS["f1"]
    assert least >= FLOORS["least"]
    assert good >= FLOORS["good"]


@pytest.mark.parametrize("name", PEERS)
def test_bodies_beside_another_extractor(got: dict[str, Article | Drop], name: str) -> None:
    """The mean is above that of each other extractor on the same bytes."""
    scores = [token_f1(PEERS[name](page), page.text) for page in articles()]
    show(name, scores)
    assert summary([token_f1(body_of(got[page.name]), page.text) for page in articles()])[0] > summary(scores)[0]


def test_what_is_told_beside_the_body(got: dict[str, Article | Drop]) -> None:
    """Headlines, dates, authors and origins are right on as many pages as the floors say."""
    print()  # noqa: T201
    right = dict.fromkeys(("titles", "dates", "authors", "origins", "outlets"), 0)
    for page in articles():
        one = got[page.name]
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
    print(", ".join(f"{name} {many} of {len(articles())}" for name, many in right.items()))  # noqa: T201
    assert all(right[name] >= FLOORS[name] for name in right)


def test_pages_without_an_article(got: dict[str, Article | Drop]) -> None:
    """A page that holds no article gives none, and the reason is the expected one on as many as the floors say."""
    right, taken = 0, 0
    for page in refused():
        one = got[page.name]
        reason = one.reason if isinstance(one, Drop) else "an article"
        right += reason == page.reason
        taken += isinstance(one, Article)
        if reason != page.reason:
            print(f"  {page.name}: {reason} instead of {page.reason}")  # noqa: T201
    print(f"reasons {right} of {len(refused())}, taken for articles {taken}")  # noqa: T201
    assert right >= FLOORS["reasons"]
    assert taken <= FLOORS["taken_for_articles"]
