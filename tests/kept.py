"""Articles taken to their records without a network, for tests of what is done with a full store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from workers.items import Article, Capture, Entry, Published
from workers.store import items, results
from workers.store.copies import Pair
from workers.store.database import Database
from workers.tag.check import sample
from workers.tag.tagger import Tagger

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def key_of(number: int) -> str:
    """The key of the article with that number; its address is https://one.test/NUMBER."""
    return f"{number:016x}"


def article_of(number: int, text: str, *, title: str | None = None, day: str = "2025-06-01", outlet: str | None = None) -> Article:  # fmt: skip
    """An article published on a day of Damascus, with no dates found in its text."""
    key, published = key_of(number), Published(value=f"{day}T00:00:00+03:00")
    made = sample(text, title=title)
    return replace(made, id=key, key=key, url=f"https://one.test/{number}", outlet=outlet, published=published)


def keep(database: Database, article: Article, tagger: Tagger, *, copy_of: str | None = None) -> None:
    """Take an article to its record, as a copy of another if one is named."""
    key, url = article.key, article.url
    entry = Entry(key=key, url=url, outlet=None, found_at=NOON)
    capture = Capture(
        key=key, url=url, final_url=url, status=200, headers={}, captured_at=NOON, elapsed=0.1, digest="d" * 64, size=1
    )
    items.enter(database, [entry], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    assert items.begin(database, key, "fetch", due=NOON)
    assert results.keep_capture(database, capture, now=NOON, due=NOON)
    assert items.begin(database, key, "clean", due=NOON)
    assert results.keep_article(database, article, None, NOON, now=NOON, due=NOON)
    assert items.begin(database, key, "tag", due=NOON)
    pairs = [Pair(original=copy_of, copy=key, relation="verbatim", score=1.0)] if copy_of else []
    assert results.keep_tags(database, key, tagger.tag(article), NOON, pairs=pairs)
