"""What verify and prune ask the store, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from workers.store import captures
from workers.store.captures import Claim, Retention
from workers.store.database import Database
from workers.store.schema import articles, endings, items, polls, records, sources, visits
from workers.store.schema import captures as table

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEEP = Retention(grades={0: 90, 1: 365}, sources=30)


def days(number: float) -> datetime:
    return NOW - timedelta(days=number)


class Rows:
    """Puts rows into a store, the rest of each filled in."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._number = 0

    def put(self, into: Any, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(insert(into).values(**values))

    def page(
        self, place: str, at: datetime, *, grade: int | None = None, ending: str | None = None, digest: str = ""
    ) -> str:
        self._number += 1
        key = f"{self._number:016x}"
        url = f"https://paper.example/{self._number}"
        self.put(
            items, key=key, url=url, site="paper.example", found_at=at, stage="end" if ending else "clean",
            recording="", since=at, trace="t",
        )  # fmt: skip
        self.put(
            table, key=key, url=url, final_url=url, status=200, headers={}, captured_at=at, size=1, elapsed=0.0,
            digest=digest or f"{self._number:064x}", place=place,
        )  # fmt: skip
        if ending:
            self.put(endings, key=key, ending=ending, stage="clean", ended_at=at)
        if grade is not None:
            self.put(articles, key=key, ordered_at=at, data={})
            self.put(records, key=key, grade=grade, score=0.0, events=0, statements=0, data={})
        return key

    def visit(self, key: str, number: int, place: str, at: datetime, digest: str) -> None:
        self.put(
            visits, key=key, number=number, recording="", stage="end", captured_at=at, digest=digest, size=1,
            place=place, since=at, trace="t",
        )  # fmt: skip

    def source(self, key: str, place: str | None, digest: str | None) -> None:
        self.put(
            sources, key=key, kind="feed", url=f"https://paper.example/{key}", recording="", digest=digest, place=place
        )

    def poll(self, key: str, at: datetime, place: str | None, digest: str | None) -> None:
        self.put(polls, source=key, polled_at=at, digest=digest, place=place)


def all_of(database: Database, retention: Retention | None = None) -> list[Claim]:
    with captures.claims(database, retention=retention, now=NOW) as rows:
        return list(rows)


def test_every_row_with_a_body_claims_it(database: Database) -> None:
    """Captures, later looks, polls and the sources' last answers; not what has no body or no place."""
    rows = Rows(database)
    key = rows.page("b.warc.gz:1:2", days(1), digest="c" * 64)
    old = rows.page("", days(1), digest="o" * 64)
    rows.visit(key, 1, "a.warc.gz:7:8", days(0), "v" * 64)
    rows.visit(key, 2, "", days(0), "v" * 64)
    rows.source("s1", "a.warc.gz:5:6", "p" * 64)
    rows.source("s2", None, "p" * 64)
    rows.poll("s1", days(2), "a.warc.gz:5:6", "p" * 64)
    rows.poll("s1", days(1), "", "p" * 64)
    rows.poll("s1", days(0), None, None)
    found = all_of(database)
    assert sorted(found, key=lambda one: (one.place, one.table)) == [
        Claim(table="captures", key=(old,), place="", digest="o" * 64),
        Claim(table="polls", key=("s1", days(2)), place="a.warc.gz:5:6", digest="p" * 64),
        Claim(table="sources", key=("s1",), place="a.warc.gz:5:6", digest="p" * 64),
        Claim(table="visits", key=(key, 1), place="a.warc.gz:7:8", digest="v" * 64),
        Claim(table="captures", key=(key,), place="b.warc.gz:1:2", digest="c" * 64),
    ]
    assert [one.place for one in found] == sorted(one.place for one in found)


def test_the_places_of_a_file_stand_together(database: Database) -> None:
    """Whatever a database's own order of letters is, no other file's place comes between."""
    rows = Rows(database)
    names = ["a-1.warc.gz", "a-11.warc.gz", "A-1.warc.gz", "a1.warc.gz", "a-1.1.warc.gz"]
    for number in range(3):
        for name in names:
            rows.page(f"{name}:{number}:1", days(1))
    found = [claim.place.partition(":")[0] for claim in all_of(database)]
    assert found == sorted(found)
    assert len(found) == 15


@pytest.mark.parametrize(
    ("age", "grade", "ending", "expired"),
    [
        (89, 0, "recorded", False),
        (91, 0, "recorded", True),
        (91, 1, "recorded", False),
        (366, 1, "recorded", True),
        (3660, 2, "recorded", False),
        (3660, 3, "recorded", False),
        (91, None, "dropped", True),
        (89, None, "dropped", False),
        (3660, None, "failed", False),
        (3660, None, None, False),
    ],
)
def test_time_is_over_by_age_and_grade(
    database: Database, age: int, grade: int | None, ending: str | None, *, expired: bool
) -> None:
    """A dropped page counts as grade 0; what failed or is under way is kept, and so is a grade that is not named."""
    rows = Rows(database)
    key = rows.page("a:0:1", days(age), grade=grade, ending=ending)
    rows.visit(key, 1, "a:1:1", days(age), "v" * 64)
    rows.visit(key, 2, "a:2:1", days(1), "w" * 64)
    assert [claim.expired for claim in all_of(database, KEEP)] == [expired, expired, False]
    assert not any(claim.expired for claim in all_of(database))


def test_answers_of_sources_have_a_time_of_their_own(database: Database) -> None:
    """Only the last one stays, since the next is compared with it."""
    rows = Rows(database)
    rows.source("s1", "a:1:1", "p" * 64)
    rows.poll("s1", days(31), "a:0:1", "o" * 64)
    rows.poll("s1", days(30.5), "a:1:1", "p" * 64)
    rows.poll("s1", days(29), "a:1:1", "p" * 64)
    claims = {(claim.table, claim.key[-1]): claim.expired for claim in all_of(database, KEEP)}
    assert claims == {
        ("polls", days(31)): True, ("polls", days(30.5)): True, ("polls", days(29)): False, ("sources", "s1"): False,
    }  # fmt: skip
    assert captures.heirs(database, retention=KEEP, now=NOW) == {"p" * 64}


def test_bodies_with_heirs_are_known(database: Database) -> None:
    """A body that an unexpired capture shares with an expired one is needed still."""
    rows = Rows(database)
    rows.page("a:0:1", days(100), grade=0, digest="1" * 64)
    rows.page("a:1:1", days(10), grade=0, digest="1" * 64)
    rows.page("a:2:1", days(100), grade=0, digest="2" * 64)
    rows.page("a:3:1", days(100), grade=0, digest="2" * 64)
    rows.page("a:4:1", days(10), grade=0, digest="3" * 64)
    assert captures.heirs(database, retention=KEEP, now=NOW) == {"1" * 64}


def test_rows_move_together_and_only_from_where_they_were(database: Database) -> None:
    """All tables learn their new places; a row that has another place by now keeps it."""
    rows = Rows(database)
    key = rows.page("a:0:1", days(1))
    rows.visit(key, 1, "a:1:1", days(1), "v" * 64)
    rows.source("s1", "a:2:1", "p" * 64)
    rows.poll("s1", days(1), "a:2:1", "p" * 64)
    moved = [(claim, claim.place.replace("a:", "b:")) for claim in all_of(database)]
    moved.append((Claim(table="captures", key=(key,), place="elsewhere:0:1", digest=""), "nowhere"))
    assert captures.move(database, moved) == 4
    assert {claim.place for claim in all_of(database)} == {"b:0:1", "b:1:1", "b:2:1"}
    assert len(all_of(database)) == 4
