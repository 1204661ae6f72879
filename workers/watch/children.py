"""Which sitemaps of an index are looked at, told by when they changed and by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from workers.watch.sightings import Child

# Indexes come out of caches: one may name a change only some time after it was made.
LATE = timedelta(minutes=15)

_WORD = re.compile(r"[^\W\d_]+")
# What no article stands in, as the common makers of sitemaps call it.
_OTHERS = frozenset({
    "category", "categories", "tag", "tags", "taxonomy", "taxonomies", "author", "authors", "user", "users", "page", "pages",
    "image", "images", "video", "videos", "attachment", "attachments", "section", "sections",
})  # fmt: skip
_APART = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:(?:[-_/.]|&[a-z]{1,5}=)(?P<month>\d{1,2})(?!\d)"
    r"(?:(?:[-_/.]|&[a-z]{1,5}=)(?P<day>\d{1,2})(?!\d))?)?(?!\d)"
)
_TOGETHER = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)?(?!\d)")
_NUMBER = re.compile(r"\d{1,9}")


class _Name(NamedTuple):
    family: str  # the name without digits: its members are one series
    year: int
    month: int  # 0 where the name tells none
    day: int
    number: int

    @property
    def age(self) -> tuple[int, int, int, int]:
        return self.year, self.month, self.day, self.number


def follow(
    children: Sequence[Child], *, last_look: datetime | None, limit: int = 2, since: datetime | None = None
) -> list[Child]:
    """Return the sitemaps to look at next, the most promising first.

    All that changed since `last_look` count, in a first look (None) the `limit` newest. Of those that do not say when
    they changed, the newest of each series by year, month and number in the name, or without any such the last listed
    and the first: `limit` of them, those that changed taken into account. With `since` the index is walked back: all that may hold something of `since` or later, without limit.
    Sitemaps of sections, tags, people, pages and pictures are left out unless there are no others.
    """
    articles = [child for child in children if not _OTHERS & _words(child.url)] or list(children)
    if since is not None:
        return [child for child in _newest_first(articles) if _may_reach(child, since)]
    dated = [child for child in _newest_first(articles) if child.modified]
    fresh = [child for child in dated if last_look is None or _changed(child) > last_look - LATE]
    undated = [child for child in articles if not child.modified]
    if last_look is None:
        return [*fresh, *_by_name(undated)][:limit]
    return [*fresh, *_by_name(undated)[: max(limit - len(fresh), 0)]]


def _by_name(children: Sequence[Child]) -> list[Child]:
    if not any(any(_read(child.url).age) for child in children):
        return [*reversed(children[-1:]), *children[:-1]]
    series: dict[str, list[Child]] = {}
    for child in children:
        series.setdefault(_read(child.url).family, []).append(child)
    for members in series.values():
        members.sort(key=lambda child: _read(child.url).age, reverse=True)
    longest = max(map(len, series.values()))
    return [members[place] for place in range(longest) for members in series.values() if place < len(members)]


def _newest_first(children: Iterable[Child]) -> list[Child]:
    return sorted(children, key=lambda child: (_changed(child), _read(child.url).age), reverse=True)


def _changed(child: Child) -> datetime:
    return child.modified or datetime.min.replace(tzinfo=UTC)


def _may_reach(child: Child, since: datetime) -> bool:
    if child.modified is not None and child.modified < since:
        return False
    # The day is not asked: "2025-3-2" may as well be the second part of March.
    name = _read(child.url)
    month = since - timedelta(days=1)  # whose month it is differs by zone
    return not name.year or (name.year, name.month or 12) >= (month.year, month.month)


def _words(url: str) -> set[str]:
    return set(_WORD.findall(unquote(urlsplit(url).path).lower()))


def _read(url: str) -> _Name:
    parts = urlsplit(url)
    name = f"{parts.path}?{parts.query}"
    found = _TOGETHER.search(name) or _APART.search(name)
    date = {part: int(digits or 0) for part, digits in found.groupdict().items()} if found else {}
    rest = name.replace(found.group(), "", 1) if found else name
    # The host's part and the file's ending hold no number that counts; the last one does.
    number = int(numbers[-1]) if (numbers := _NUMBER.findall(rest)) else 0
    month = date.get("month", 0) if date.get("month", 0) <= 12 else 0
    return _Name(re.sub(r"\d+", "", name), date.get("year", 0), month, date.get("day", 0), number)
