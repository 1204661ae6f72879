"""Which sitemaps of an index are looked at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workers.watch.children import follow
from workers.watch.sightings import Child

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2025, 2, day, hour, minute, tzinfo=UTC)


def child(name: str, modified: datetime | None = None) -> Child:
    return Child(url=f"https://paper.example/{name}", modified=modified)


def names(children: list[Child]) -> list[str]:
    return [one.url.removeprefix("https://paper.example/") for one in children]


def undated(*listed: str, limit: int = 2) -> list[str]:
    return names(follow([child(name) for name in listed], last_look=NOON, limit=limit))


def test_what_has_changed_since_the_last_look_counts() -> None:
    """The latest first; an index out of a cache may be late by some minutes."""
    children = [child("a.xml", at(11)), child("b.xml", at(11, 50)), child("c.xml", at(13)), child("d.xml", at(12, 30))]
    assert names(follow(children, last_look=NOON, limit=9)) == ["c.xml", "d.xml", "b.xml"]
    assert names(follow(children, last_look=NOON)) == ["c.xml", "d.xml", "b.xml"]
    assert follow(children[:1], last_look=NOON) == []


def test_a_first_look_takes_the_newest() -> None:
    """Who has never looked begins with what changed last."""
    children = [child("a.xml", at(9)), child("b.xml", at(11)), child("c.xml", at(10))]
    assert names(follow(children, last_look=None)) == ["b.xml", "c.xml"]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (["s-2024-12.xml", "s-2025-2.xml", "s-2025-1.xml"], ["s-2025-2.xml", "s-2025-1.xml"]),
        (["s-2025-9.xml", "s-2025-10.xml", "s-2025-11.xml"], ["s-2025-11.xml", "s-2025-10.xml"]),
        (["s-202412.xml", "s-202502.xml", "s-20250131.xml"], ["s-202502.xml", "s-20250131.xml"]),
        (["2025/01/s.xml", "2025/02/s.xml", "2024/12/s.xml"], ["2025/02/s.xml", "2025/01/s.xml"]),
        (["s.xml?yyyy=2025&mm=1&dd=30", "s.xml?yyyy=2025&mm=2&dd=1"], ["s.xml?yyyy=2025&mm=2&dd=1", "s.xml?yyyy=2025&mm=1&dd=30"]),
        (["s1.xml", "s2.xml", "s10.xml", "s9.xml"], ["s10.xml", "s9.xml"]),
        (["s-2025-1-1.xml", "s-2025-1-2.xml"], ["s-2025-1-2.xml", "s-2025-1-1.xml"]),
        (["s.xml?page=1", "s.xml?page=2", "s.xml?page=3"], ["s.xml?page=3", "s.xml?page=2"]),
        (["ar-1.xml", "ar-2.xml", "en-1.xml", "en-2.xml"], ["ar-2.xml", "en-2.xml"]),
        (["news.xml", "post1.xml", "post2.xml", "post3.xml"], ["news.xml", "post3.xml"]),
        (["a.xml", "b.xml", "c.xml"], ["c.xml", "a.xml"]),
        (["a.xml"], ["a.xml"]),
        ([], []),
    ],
)  # fmt: skip
def test_names_tell_what_is_new(listed: list[str], expected: list[str]) -> None:
    """Without times of change, years, months and numbers do, for each series; without those both ends are tried."""
    assert undated(*listed) == expected


def test_sections_tags_people_and_pictures_are_left_out() -> None:
    """They hold no article, unless there is nothing else."""
    wordpress = [
        "wp-sitemap-posts-post-1.xml",
        "wp-sitemap-posts-page-1.xml",
        "wp-sitemap-taxonomies-category-1.xml",
        "wp-sitemap-users-1.xml",
    ]
    assert undated(*wordpress, limit=9) == ["wp-sitemap-posts-post-1.xml"]
    yoast = ["post-sitemap.xml", "page-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap.xml", "video-sitemap.xml"]
    assert undated(*yoast, limit=9) == ["post-sitemap.xml"]
    assert undated("page-sitemap.xml", "pages/sitemap2.xml", limit=9) != []


def test_a_backfill_walks_all_that_may_reach() -> None:
    """Neither its time of change nor the month in its name may be before; the newest come first, without limit."""
    children = [
        child("s-2024-11.xml"), child("s-2024-12.xml"), child("s-2025-1.xml"), child("s-2025-2.xml"), child("s-2024.xml"),
        child("s-2023.xml"), child("old.xml", datetime(2024, 12, 1, tzinfo=UTC)), child("new.xml", NOON), child("plain.xml"),
        child("tag-sitemap.xml"), child("s-2024-12-3.xml"),
    ]  # fmt: skip
    found = names(follow(children, last_look=NOON, since=datetime(2024, 12, 15, tzinfo=UTC)))
    assert found[0] == "new.xml"
    assert found[1:3] == ["s-2025-2.xml", "s-2025-1.xml"]
    assert set(found[3:]) == {"s-2024-12.xml", "s-2024-12-3.xml", "s-2024.xml", "plain.xml"}


def test_the_month_before_counts_on_its_last_night() -> None:
    """Whose month it is differs by zone."""
    since = datetime(2025, 1, 1, tzinfo=UTC)
    assert names(follow([child("s-2024-12.xml"), child("s-2024-11.xml")], last_look=None, since=since)) == [
        "s-2024-12.xml"
    ]


def test_thousands_are_sorted_soon() -> None:
    """Names of digits alone, and very long ones, do no harm."""
    children = [child("9" * 1500 + f"-{number}.xml") for number in range(3000)]
    assert len(follow(children, last_look=None)) == 2
