"""What the watcher may have missed, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from workers.items import Drop, Entry, Source, SourceKind
from workers.store import aliases, items, ledger, sources
from workers.store.database import Database
from workers.store.elsewhere import only_elsewhere
from workers.store.ledger import Pause
from workers.store.sources import Poll, State
from workers.urls import key_of

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def source(name: str, kind: SourceKind = "feed", outlet: str | None = "one", **more: Any) -> Source:
    url = f"https://{outlet}.example/{name}"
    return Source(key=key_of(url), outlet=outlet, kind=kind, url=url, **more)


FEED = source("feed")


def entry(number: int, published: datetime | None = None, **more: Any) -> Entry:
    url = f"https://one.example/{number}"
    return Entry(
        key=key_of(url), url=url, outlet="one", found_at=NOON, title=f"خبر {number}", published=published, **more
    )


def look(
    database: Database,
    at: datetime,
    *entries: Entry,
    one: Source = FEED,
    faults: int = 0,
    next_at: datetime | None = NOON + 99 * DAY,
    recording: str = items.LIVE,
    **said: Any,
) -> None:
    """Keep one look at a source."""
    sources.enrol(database, [(one, at)], recording=recording)
    poll = Poll(source=one.key, polled_at=at, seen=len(entries), **said)
    state = State(source=one, polled_at=at, faults=faults, new_at=said.get("new_at"))
    sources.keep_poll(
        database, poll, entries, next_poll_at=next_at, trace="t", now=at, due=at, state=state, recording=recording
    )


def test_a_gap_lies_between_the_look_before_and_the_oldest_that_was_shown(database: Database) -> None:
    """Where nothing in a look was known, what was published in between may be missing."""
    look(database, NOON, entry(1, NOON - HOUR))
    look(database, NOON + HOUR, fault="timeout", faults=1)
    look(database, NOON + 9 * HOUR, entry(7, NOON + 8 * HOUR), entry(8, NOON + 6 * HOUR), gap=True)
    found = ledger.gaps(database, NOON)
    [gap] = found.rows
    assert found.number == 1
    assert (gap.after, gap.before, gap.polled_at) == (NOON, NOON + 6 * HOUR, NOON + 9 * HOUR)
    assert (gap.source, gap.outlet, gap.kind, gap.url, gap.why) == (FEED.key, "one", "feed", FEED.url, ("rolled_over",))
    assert ledger.gaps(database, NOON + 10 * HOUR) == ledger.Found(0)


def test_an_undated_or_early_entry_does_not_narrow_a_gap(database: Database) -> None:
    """Then it reaches up to the look itself; the first look of all has nothing before it."""
    look(database, NOON, entry(1), gap=True)
    look(database, NOON + HOUR, entry(2, NOON - DAY), gap=True)
    later, first = ledger.gaps(database, NOON).rows
    assert (first.after, first.before) == (None, NOON)
    assert (later.after, later.before) == (NOON, NOON + HOUR)


def test_every_flag_is_told_and_recordings_are_not(database: Database) -> None:
    """More than is taken, and addresses changed all at once; what was only replayed has missed nothing."""
    look(database, NOON, entry(1))
    look(database, NOON + HOUR, entry(1), entry(2), capped=40, gap=True)
    look(database, NOON + 2 * HOUR, entry(3), rekeyed=12)
    look(database, NOON + 3 * HOUR, entry(3))
    look(database, NOON, entry(4), one=source("old"), gap=True, recording="r")
    found = ledger.gaps(database, NOON)
    assert [(gap.why, gap.capped, gap.rekeyed) for gap in found.rows] == [(("rekeyed",), 0, 12), (("capped",), 40, 0)]


def test_a_source_in_trouble_is_told_since_its_first_fault(database: Database) -> None:
    """The looks since the last good one count; "not modified" is no news, and being offline no fault of the source."""
    look(database, NOON)
    look(database, NOON + HOUR, fault="dns", detail="no such name", faults=1)
    look(database, NOON + 2 * HOUR, not_modified=True, faults=1)
    look(database, NOON + 3 * HOUR, fault="http_5xx", detail="HTTP 500", faults=2)
    look(database, NOON + 4 * HOUR, fault="offline", faults=2)
    look(database, NOON, one=source("good"))
    look(database, NOON, one=source("retired"), faults=3, fault="dns", next_at=None)
    look(database, NOON, one=source("never"), faults=1, fault="tls")
    never, troubled = ledger.troubled(database)
    assert (never.url, never.since) == (source("never").url, NOON)
    assert (troubled.faults, troubled.since, troubled.last_at) == (2, NOON + HOUR, NOON + 3 * HOUR)
    assert (troubled.reason, troubled.detail, troubled.url) == ("http_5xx", "HTTP 500", FEED.url)


def test_hours_without_a_look_are_found(database: Database) -> None:
    """A silence of all sources longer than any interval is a pause, whether nobody looked or nothing was reached."""
    other = source("other")
    for hour in (0, 1, 8, 9, 10):
        look(database, NOON + hour * HOUR, one=other if hour % 2 else FEED)
    for hour in (11, 12, 13):
        look(database, NOON + hour * HOUR, fault="offline", faults=0)
    look(database, NOON + 14 * HOUR, fault="http_5xx", faults=1)
    now = NOON + 15 * HOUR

    def pauses(since: datetime, now: datetime = now) -> list[Pause]:
        return ledger.pauses(database, since, now, longest=2 * 3600, grace=300)

    asleep = Pause(after=NOON + HOUR, before=NOON + 8 * HOUR, looks=0)
    offline = Pause(after=NOON + 10 * HOUR, before=NOON + 14 * HOUR, looks=3)
    assert pauses(NOON) == [asleep, offline]
    assert pauses(NOON + 5 * HOUR) == [asleep, offline]
    assert pauses(NOON + 9 * HOUR) == [offline]
    still = Pause(after=NOON + 14 * HOUR, before=NOON + 20 * HOUR, looks=0)
    assert pauses(NOON + 12 * HOUR, NOON + 20 * HOUR) == [offline, still]


def test_a_source_that_is_overdue_means_that_nobody_looks(database: Database) -> None:
    """Only where no other source was looked at since it came due, and not where nothing is watched."""
    assert ledger.pauses(database, NOON, NOON + DAY, longest=7200, grace=300) == []
    sources.enrol(database, [(FEED, NOON)])
    [pause] = ledger.pauses(database, NOON - DAY, NOON + HOUR, longest=7200, grace=300)
    assert pause == Pause(after=NOON, before=NOON + HOUR, looks=0)
    assert ledger.pauses(database, NOON - DAY, NOON + timedelta(minutes=4), longest=7200, grace=300) == []
    look(database, NOON + timedelta(minutes=30), one=source("other"))
    assert ledger.pauses(database, NOON - DAY, NOON + HOUR, longest=7200, grace=300) == []
    look(database, NOON, one=source("old"), recording="r", next_at=NOON)
    assert ledger.pauses(database, NOON - DAY, NOON + HOUR, longest=7200, grace=300) == []


def test_what_was_announced_and_not_read_is_lost(database: Database) -> None:
    """Failed items, and those dropped for what the host said; not what proved to be no article, nor unannounced ones."""
    ends = {
        1: Drop(reason="robots", detail="not for us"), 2: Drop(reason="list_page"), 3: Drop(reason="gone"),
        4: Drop(reason="twin"),
    }  # fmt: skip
    look(database, NOON, *(entry(number) for number in range(1, 7)))
    for number, drop in ends.items():
        items.drop(database, entry(number).key, "fetch", drop, NOON + number * HOUR)
    with database.writing() as connection:
        items.end(connection, entry(5).key, "fetch", "failed", NOON + 5 * HOUR, reason="dns", detail="no name")
    items.enter(database, [entry(9)], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    items.drop(database, entry(9).key, "fetch", Drop(reason="gone"), NOON + 6 * HOUR)
    look(database, NOON, entry(10), one=source("old"), recording="r")
    items.drop(database, entry(10).key, "fetch", Drop(reason="gone"), NOON + 6 * HOUR)
    found = ledger.lost(database, NOON)
    assert [(one.reason, one.title) for one in found.rows] == [("dns", "خبر 5"), ("gone", "خبر 3"), ("robots", "خبر 1")]
    assert (found.rows[2].detail, found.rows[2].outlet, found.number) == ("not for us", "one", 3)
    assert ledger.lost(database, NOON + 4 * HOUR).number == 1


def test_only_watched_sources_that_answer_can_be_silent(database: Database) -> None:
    """Neither those in trouble, nor retired ones, nor what an index or a backfill led to."""
    index = source("index", "sitemap")
    sources.enrol(database, [(FEED, NOON), (index, NOON), (source("part", "sitemap", parent=index.key), NOON)])
    sources.enrol(database, [(source("past", since=NOON), NOON), (source("old"), None)])
    look(database, NOON, one=source("broken"), fault="dns", faults=1)
    assert [one.url for one in ledger.heard(database)] == [FEED.url, index.url]


SITEMAP = source("sitemap.xml", "sitemap")


def at(number: int) -> Entry:
    """An article published that many hours after noon."""
    return entry(number, NOON + number * HOUR)


def both(database: Database, feed: tuple[int, ...], sitemap: tuple[int, ...], one: Source = SITEMAP) -> list[Any]:
    """What is found where a feed and then a sitemap show these articles."""
    look(database, NOON + 10 * HOUR, *map(at, feed))
    look(database, NOON + 11 * HOUR, *map(at, sitemap), one=one)
    look(database, NOON + 12 * HOUR)
    return [(row.key, row.shown_by, row.lacking_in) for row in only_elsewhere(database, NOON).rows]


def test_an_article_that_another_source_shows_is_told(database: Database) -> None:
    """In both directions, within the time that the lacking source covers: not what is newer or older than all of it."""
    found = both(database, (3, 4, 6, 9), (2, 3, 5, 6, 8))
    assert found == [
        (at(5).key, SITEMAP.url, FEED.url),
        (at(8).key, SITEMAP.url, FEED.url),
        (at(4).key, FEED.url, SITEMAP.url),
    ]
    [first, *_] = only_elsewhere(database, NOON).rows
    assert (first.url, first.title, first.outlet, first.published) == (at(5).url, "خبر 5", "one", NOON + 5 * HOUR)
    assert only_elsewhere(database, NOON + 6 * HOUR).number == 1
    assert only_elsewhere(database, NOON + DAY).number == 0


def test_two_feeds_are_not_compared(database: Database) -> None:
    """Each may be that of another section; a sitemap, or an interface to all articles, is of the whole outlet."""
    assert both(database, (1, 2, 3), (1, 5, 6), source("sport/feed")) == []
    assert len(both(database, (1, 2, 3), (1, 6), source("wp-json", "wordpress"))) == 2


def test_the_parts_of_an_index_are_one_source(database: Database) -> None:
    """What one sitemap of an index lacks another may hold."""
    parts = [source(f"part{number}.xml", "sitemap", parent=SITEMAP.key) for number in (1, 2)]
    look(database, NOON, one=SITEMAP)
    look(database, NOON + 10 * HOUR, at(1), at(3), at(5))
    look(database, NOON + 11 * HOUR, at(1), at(5), one=parts[0], next_at=None)
    look(database, NOON + 11 * HOUR, at(2), at(3), one=parts[1], next_at=None)
    look(database, NOON + 12 * HOUR)
    found = only_elsewhere(database, NOON).rows
    assert [(row.key, row.shown_by, row.lacking_in) for row in found] == [(at(2).key, SITEMAP.url, FEED.url)]


@pytest.mark.parametrize(
    ("looked_at", "faults"), [(NOON + 9 * HOUR, 0), (NOON + 12 * HOUR, 1)], ids=["before", "in trouble"]
)
def test_a_source_that_was_not_looked_at_since_lacks_nothing(
    looked_at: datetime, faults: int, database: Database
) -> None:
    """Only a look after the other had shown the article can tell."""
    look(database, looked_at, at(1), at(9), faults=faults)
    look(database, NOON + 10 * HOUR, at(5), one=SITEMAP)
    assert only_elsewhere(database, NOON).number == 0


@pytest.mark.parametrize(("reason", "number"), [("twin", 0), ("list_page", 0), ("gone", 1), ("robots", 1)])
def test_what_proved_to_be_no_article_is_not_lacking(reason: str, number: int, database: Database) -> None:
    """Nor what is another address of a known one; what could not be read may be an article."""
    both(database, (1, 9), (5,))
    items.drop(database, at(5).key, "fetch", Drop(reason=reason), NOON)
    assert only_elsewhere(database, NOON).number == number


def test_an_article_under_another_address_is_not_lacking(database: Database) -> None:
    """A known alias is the article itself, also where it was announced before that was known."""
    other = replace(at(5), url="https://one.example/5b", key=key_of("https://one.example/5b"))
    look(database, NOON + 10 * HOUR, at(1), at(5), at(9))
    look(database, NOON + 11 * HOUR, at(1), other, at(9), one=SITEMAP)
    look(database, NOON + 12 * HOUR)
    assert only_elsewhere(database, NOON).number == 2
    with database.writing() as connection:
        aliases.name(connection, at(5).key, [(other.url, "redirect")])
    assert only_elsewhere(database, NOON).number == 0


def test_sections_are_capped_and_counted(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which everything went wrong does not fill the screen; the number is told."""
    monkeypatch.setattr(ledger, "MOST", 2)
    monkeypatch.setattr("workers.store.elsewhere.MOST", 2)
    both(database, (1, 9), (2, 3, 4, 5))
    for number in range(20, 25):
        look(database, NOON + number * HOUR, entry(number), gap=True)
        items.drop(database, entry(number).key, "fetch", Drop(reason="gone"), NOON + number * HOUR)
    for found, number in ((ledger.gaps(database, NOON), 5), (only_elsewhere(database, NOON), 4)):
        assert (found.number, len(found.rows)) == (number, 2)
    lost = ledger.lost(database, NOON)
    assert (lost.number, len(lost.rows)) == (5, 2)
