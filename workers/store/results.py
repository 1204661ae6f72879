"""What the stages produced: captures, articles, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from workers.items import Article, Capture, Record, Tags, from_json, to_json
from workers.store import appointments
from workers.store.aliases import name
from workers.store.copies import Marks, Pair, keep_marks, keep_pairs, with_originals
from workers.store.database import Database, insert_new
from workers.store.items import advance, end
from workers.store.schema import articles, captures, items, records


def keep_capture(
    database: Database, capture: Capture, names: Iterable[tuple[str, str]] = (), *, now: datetime, due: datetime
) -> bool:
    """Keep a capture, with the item's other `names` (address and what says so), and move the item on to `clean`.

    False if the item was not waiting for it.
    """
    with database.writing() as connection:
        if not advance(connection, capture.key, "fetch", "clean", now=now, due=due):
            return False
        name(connection, capture.key, names)
        insert_new(connection, captures, [{name: getattr(capture, name) for name in Capture.__slots__}])
    return True


def keep_article(
    database: Database,
    article: Article,
    fingerprint: str | None,
    captured_at: datetime,
    *,
    now: datetime,
    due: datetime,
    marks: Marks | None = None,
) -> bool:
    """Keep an article, with what it is found by, and move its item on to `tag`; False if the item was not waiting for it."""
    row = {
        "key": article.key, "outlet": article.outlet, "title": article.title,
        "ordered_at": article.published.at or captured_at, "fingerprint": fingerprint, "data": to_json(article),
        "captured_at": captured_at, "words": len(article.text.split()), "leftovers": len(article.removed),
        "dated": article.published.value is not None, "read_by": article.read_by,
    }  # fmt: skip
    with database.writing() as connection:
        if not advance(connection, article.key, "clean", "tag", now=now, due=due):
            return False
        insert_new(connection, articles, [row])
        if marks is not None:
            keep_marks(connection, article.key, article.outlet, captured_at, marks)
    return True


def keep_tags(
    database: Database,
    key: str,
    tags: Tags,
    now: datetime,
    *,
    visit_at: datetime | None = None,
    pairs: Sequence[Pair] = (),
) -> bool:
    """Keep what the tagger found and end the item as recorded; False if the item was not waiting for it.

    `pairs` are the copies that the article makes with others. `visit_at` is when the page is looked at again, if the article is of a grade for which that is done.
    """
    row = {"key": key, **_told(tags)}
    with database.writing() as connection:
        if not end(connection, key, "tag", "recorded", now):
            return False
        insert_new(connection, records, [row])
        keep_pairs(connection, pairs)
        recording = connection.execute(select(items.c.recording).where(items.c.key == key)).scalar_one()
        appointments.schedule(connection, key, grade=tags.relevance.grade, recording=recording, due=visit_at, now=now)
    return True


def keep_new_tags(database: Database, tags: Mapping[str, Tags]) -> None:
    """Put new tags, by key, in the place of those that are kept; what has no record yet is left alone."""
    if not tags:
        return
    with database.writing() as connection:
        for key, one in tags.items():
            connection.execute(update(records).where(records.c.key == key).values(_told(one)))


def _told(tags: Tags) -> dict[str, Any]:
    return {
        "grade": tags.relevance.grade,
        "score": tags.relevance.score,
        "events": len(tags.events),
        "statements": len(tags.statements),
        "data": to_json(tags),
    }


def capture_of(database: Database, key: str) -> Capture | None:
    """The capture of that key."""
    with database.reading() as connection:
        row = connection.execute(select(captures).where(captures.c.key == key)).one_or_none()
    return None if row is None else Capture(**{name: getattr(row, name) for name in Capture.__slots__})


def article_of(database: Database, key: str) -> Article | None:
    """The article of that key, with the original it repeats."""
    query = with_originals().where(articles.c.key == key)
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _article(row)


def record_of(database: Database, key: str) -> Record | None:
    """The record of that key."""
    query = with_originals().add_columns(records.c.data.label("tags")).join(records).where(articles.c.key == key)
    with database.reading() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Record(article=_article(row), tags=from_json(Tags, row.tags))


@contextmanager
def each_record(
    database: Database, *, least_grade: int = 0, batch: int = 200
) -> Iterator[tuple[int, Iterator[Record]]]:
    """How many records have at least that grade, and those by time of publication, both of one state of the store.

    They are read in batches, so memory stays flat.
    """
    wanted = records.c.grade >= least_grade
    query = (
        with_originals()
        .add_columns(records.c.data.label("tags"))
        .join(records, records.c.key == articles.c.key)
        .where(wanted)
        .order_by(articles.c.ordered_at, articles.c.key)
        .execution_options(yield_per=batch)
    )
    with database.reading() as connection:
        number = connection.execute(select(func.count()).select_from(records).where(wanted)).scalar_one()
        rows = connection.execute(query)
        yield number, (Record(article=_article(row), tags=from_json(Tags, row.tags)) for row in rows)


def _article(row: Any) -> Article:
    article = from_json(Article, row.data)
    if row.original is None:
        return article
    repeats = replace(article.copies, of=row.original, relation=row.relation, score=row.score)
    return replace(article, copies=repeats)
