"""The topic's tagger, loaded once, and a way to make an article of a few sentences written for the tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from workers.arabic.calendar import find_dates
from workers.items import Article, Tags
from workers.tag.check import sample
from workers.tag.tagger import Tagger

TOPIC = Path(__file__).parents[2] / "config" / "topics" / "russia-syria"
DAY = dt.date(2025, 6, 1)

Tag = Callable[..., Tags]


def article(text: str, title: str | None = None) -> Article:
    """An article of 1 June 2025 with the dates that its text names."""
    made = sample(text, title=title)
    return replace(made, dates=tuple(find_dates(made.text, DAY)))


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load(TOPIC)


@pytest.fixture(scope="session")
def tag(tagger: Tagger) -> Tag:
    def tags(text: str, title: str | None = None) -> Tags:
        return tagger.tag(article(text, title))

    return tags
