"""A page through the cleaner with all that may be told about it, and what an answer of the cleaner must be like."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from tests.exam.pagefiles import all_pages
from tests.pages.write import Page
from workers.clean.learned import Past
from workers.clean.page import clean
from workers.config import Config, load_config
from workers.items import Article, Capture, Drop, Entry, from_json, to_json
from workers.reasons import REASONS
from workers.urls import key_of

# What no reader sees, by the tables of Unicode: controls but the line feed, surrogates, the twelve controls of direction,
# zero-width spaces, the soft hyphen, the invisible operators, the byte order mark and the two noncharacters.
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


@lru_cache(maxsize=1)
def config() -> Config:
    """The project's own configuration."""
    return load_config(Path(__file__).parents[2] / "config")


@lru_cache(maxsize=1)
def layouts() -> tuple[Page, ...]:
    """A page of each layout and all that hold no article."""
    first = {page.name.split("/")[0]: page for page in all_pages() if page.reason is None}
    return (*first.values(), *(page for page in all_pages() if page.reason is not None))


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a page before it is read, none of which need be true."""

    kind: str = "text/html"
    outlet: str | None = None
    status: int = 200
    title: str | None = None
    published: dt.datetime | None = None
    claimed: str | None = None
    final_url: str | None = None
    past: int = 0  # articles of the outlet in the weeks before; of these each paragraph stood in some


def read(page: Page, body: bytes, told: Told = Told()) -> Article | Drop:
    """What the cleaner makes of a body under the address and at the moment of a page."""
    when, key = dt.datetime.fromisoformat(page.captured_at), key_of(page.url)
    capture = Capture(
        key=key,
        url=page.url,
        final_url=page.url if told.final_url is None else told.final_url,
        status=told.status,
        headers={"content-type": told.kind},
        captured_at=when,
        elapsed=0.0,
        digest="",
        size=len(body),
    )
    entry = Entry(
        key=key,
        url=page.url,
        outlet=told.outlet,
        found_at=when,
        title=told.title,
        published=told.published,
        claimed=told.claimed,
    )

    def history(paragraphs: Sequence[int]) -> Past:
        return Past(told.past, {one: abs(one) % (told.past + 1) for one in paragraphs})

    return clean(capture, body, entry=entry, config=config(), history=history)


def check(got: Article | Drop) -> None:
    """A drop has a reason of the list; an article is whole in itself, and can be kept and read back."""
    assert isinstance(got, Article | Drop)
    if isinstance(got, Drop):
        assert got.reason in REASONS
        assert got == from_json(Drop, _kept(got))
        return
    text, zones = got.text, got.zones
    assert zones.headline == (0, len(got.title or ""))
    assert text[slice(*zones.headline)] == (got.title or "")
    assert zones.body == (len(got.title) + 2 if got.title else 0, len(text))
    assert zones.lead[0] == zones.body[0] < zones.lead[1] <= zones.body[1]
    assert text[slice(*zones.lead)] == text[zones.body[0] :].split("\n\n", 1)[0]
    assert all(one and one == one.strip() and "\n" not in one for one in text.split("\n\n"))
    assert not _HIDDEN.search(text), repr(_HIDDEN.search(text))
    spans = [(one.span, one.text) for one in got.dates]
    spans_of = [one.span for one in got.dates] + [one.span for one in got.reused]
    assert all(0 <= first < last <= len(text) for first, last in spans_of)
    assert all(text[slice(*span)] == there for span, there in spans)
    assert all(before[0][1] <= after[0][0] for before, after in pairwise(spans))
    paragraphs = text[zones.body[0] :].split("\n\n")
    assert all(text[slice(*one.span)] == one.text in paragraphs and one.count > 0 for one in got.reused)
    for claim in got.published.candidates:
        assert claim.span is None or text[slice(*claim.span)] == claim.text
    assert (got.published.value is None) == ("no_date" in got.published.flags)
    assert got.published.at is None or got.published.precision is not None
    assert len(got.removed) == len(got.removed_by)
    assert all(got.removed_by)
    assert got.read_by
    assert from_json(Article, _kept(got)) == got


def _kept(got: Article | Drop) -> object:
    """What was written as JSON, in UTF-8, to a store that takes no NUL, and read back."""
    written = json.dumps(to_json(got), ensure_ascii=False).encode()
    assert b"\\u0000" not in written
    return json.loads(written)
