"""The behaviour of the store, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers.items import (
    Article,
    Capture,
    Drop,
    Entry,
    Failure,
    Published,
    Relevance,
    Source,
    Tags,
    Zones,
)
from workers.reasons import Policy
from workers.store import counts, items, lives, results, sources
from workers.store.copies import Marks, Pair, candidates, family, keep_marks, keep_pairs, past
from workers.store.database import Database, StoreError
from workers.urls import site_of

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
TWICE_MORE = Policy("it was late", (60.0, 120.0))
FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")


def entry(number: int, **more: object) -> Entry:
    values = {"key": f"{number:016x}", "url": f"https://one.test/{number}", "outlet": "one", "found_at": NOON, **more}
    return Entry(**values)  # type: ignore[arg-type]


def capture(number: int) -> Capture:
    return Capture(
        key=f"{number:016x}",
        url=f"https://one.test/{number}",
        final_url=f"https://one.test/{number}",
        status=200,
        headers={"content-type": "text/html"},
        captured_at=NOON,
        elapsed=0.1,
        digest="d" * 64,
        size=10,
    )


def article(number: int, published: str | None = "2025-02-12T00:00:00+03:00") -> Article:
    return Article(
        id=f"{number:016x}",
        key=f"{number:016x}",
        url=f"https://one.test/{number}",
        outlet="one",
        language="ar",
        title="عنوان 😀",
        author=None,
        text="عنوان 😀\n\nنص",
        zones=Zones(headline=(0, 7), lead=(9, 11), body=(9, 11)),
        published=Published(value=published, precision="day"),
    )


TAGS = Tags(relevance=Relevance(grade=2, score=0.5))


def enrol(database: Database) -> None:
    sources.enrol(database, [(FEED, NOON)])


def poll(at: datetime = NOON) -> sources.Poll:
    return sources.Poll(source=FEED.key, polled_at=at, status=200, seen=2)


def keep_poll(database: Database, *entries: Entry, at: datetime = NOON) -> list[str]:
    return sources.keep_poll(database, poll(at), entries, next_poll_at=LATER, trace="t", now=NOON, due=LATER)


def record(database: Database, number: int, fingerprint: str | None = None, published: str | None = None) -> None:
    """Take an item from its entry to its record."""
    one = entry(number)
    items.enter(database, [one], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    assert items.begin(database, one.key, "fetch", due=LATER)
    assert results.keep_capture(database, capture(number), now=NOON, due=LATER)
    assert items.begin(database, one.key, "clean", due=LATER)
    assert results.keep_article(database, article(number, published), fingerprint, NOON, now=NOON, due=LATER)
    assert items.begin(database, one.key, "tag", due=LATER)
    assert results.keep_tags(database, one.key, TAGS, NOON)


def test_a_poll_finds_an_entry_once(database: Database) -> None:
    """An entry that a later poll shows again is known, and the poll says so."""
    enrol(database)
    assert keep_poll(database, entry(1), entry(2)) == [entry(1).key, entry(2).key]
    assert keep_poll(database, entry(2), entry(3), at=LATER) == [entry(3).key]
    said = counts.facts(database)
    assert [(row["new"], row["known"]) for row in said["polls"]] == [(2, 0), (1, 1)]
    assert len(said["items"]) == 3
    assert said["sources"][0]["polled_at"] == LATER


def test_a_poll_is_kept_once(database: Database) -> None:
    """A poll that is kept already changes nothing, even if it brings other entries."""
    enrol(database)
    keep_poll(database, entry(1))
    before = counts.facts(database)
    assert keep_poll(database, entry(9)) == []
    assert counts.facts(database) == before


def test_only_the_source_that_found_an_item_speaks_for_it(database: Database) -> None:
    """The claims an item is worked on with are those of its first source."""
    other = replace(FEED, key="e" * 16, url="https://one.test/list")
    sources.enrol(database, [(FEED, NOON), (other, NOON)])
    keep_poll(database, entry(1, title="أول", claimed="12 شباط"))
    second = sources.Poll(source=other.key, polled_at=LATER)
    sources.keep_poll(database, second, [entry(1, title="ثان")], next_poll_at=None, trace="u", now=NOON, due=LATER)
    work = items.begin(database, entry(1).key, "fetch", due=LATER)
    assert work is not None
    assert (work.entry.title, work.entry.claimed, work.entry.source) == ("أول", "12 شباط", FEED.key)


def test_due_sources_are_claimed(database: Database) -> None:
    """A source is handed out once until its lease ends; without an answer it is handed out again."""
    enrol(database)
    assert sources.claim_due(database, NOON, 60, recording=items.LIVE) == [FEED.key]
    assert sources.claim_due(database, NOON, 60, recording=items.LIVE) == []
    assert sources.claim_due(database, NOON + timedelta(seconds=61), 60, recording=items.LIVE) == [FEED.key]
    keep_poll(database, entry(1))
    assert sources.claim_due(database, NOON, 60, recording=items.LIVE) == []
    assert sources.claim_due(database, LATER, 60, recording=items.LIVE) == [FEED.key]


def test_recorded_sources_are_claimed_in_the_order_of_time(database: Database) -> None:
    """One by one, a later source waits for the poll of the earlier one."""
    early = replace(FEED, key="a" * 16, url="https://one.test/a")
    sources.enrol(database, [(FEED, NOON), (early, NOON - timedelta(hours=1))], recording="r")
    now = NOON + timedelta(days=1)
    assert sources.claim_due(database, now, 60, recording="r") == [early.key]
    assert sources.claim_due(database, now, 60, recording="r") == []
    done = sources.Poll(source=early.key, polled_at=NOON - timedelta(hours=1))
    sources.keep_poll(database, done, [], next_poll_at=None, trace="t", now=NOON, due=LATER)
    assert sources.claim_due(database, now, 60, recording="r") == [FEED.key]


def test_retired_sources_are_not_polled(database: Database) -> None:
    """A source that the configuration no longer names is never due again."""
    enrol(database)
    sources.retire(database, [])
    assert sources.claim_due(database, LATER, 60, recording=items.LIVE) == []


def test_live_and_recorded_work_are_kept_apart(database: Database) -> None:
    """Each recording, and the live watcher, takes up its own sources and items only."""
    other = replace(FEED, key="a" * 16)
    enrol(database)
    sources.enrol(database, [(other, NOON)], recording="r")
    assert sources.claim_due(database, NOON, 60) == [FEED.key]
    assert sources.claim_due(database, NOON, 60, recording="r") == [other.key]
    assert sources.claim_due(database, LATER, 60, recording="s") == []
    items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording="r")
    items.enter(database, [entry(2)], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=9, recording="s") == []
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=9, recording="r") == [(entry(1).key, "t")]
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=9) == [(entry(2).key, "t")]
    assert items.under_way(database, recording="r") == 1
    sources.retire(database, [])
    assert sources.any_due(database, LATER, recording="r")
    assert not sources.any_due(database, LATER)


def test_what_one_recording_lacks_is_taken_in_anew_elsewhere(database: Database) -> None:
    """An article that a recording announced and did not hold is fetched when the live watcher finds it, once."""
    enrol(database)
    items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording="r")
    assert items.begin(database, entry(1).key, "fetch", due=LATER)
    items.drop(database, entry(1).key, "fetch", Drop(reason=items.NOT_RECORDED), NOON)
    assert items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording="r") == []
    assert keep_poll(database, entry(1)) == [entry(1).key]
    assert keep_poll(database, entry(1), at=LATER) == []
    assert (counts.count(database).waiting, counts.count(database).dropped) == (1, {})
    work = items.begin(database, entry(1).key, "fetch", due=LATER)
    assert work is not None
    assert (work.attempts, work.entry.source) == (1, FEED.key)
    items.drop(database, entry(1).key, "fetch", Drop(reason="gone"), NOON)
    assert items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording="s") == []


def test_a_retired_source_that_is_wanted_again_is_polled_again(database: Database) -> None:
    """Its times go on, and what the configuration now says of it counts."""
    enrol(database)
    sources.retire(database, [])
    sources.enrol(database, [(replace(FEED, kind="listing", outlet="two"), LATER)])
    assert sources.claim_due(database, LATER, 60) == [FEED.key]
    found = sources.find(database, FEED.key)
    assert found is not None
    assert (found.source.kind, found.source.outlet) == ("listing", "two")


def test_claims_are_claims(database: Database) -> None:
    """Of eight that claim sources and items at once, each gets what no other got."""
    many = [(replace(FEED, key=f"{number:016x}", url=f"https://one.test/{number}/feed"), NOON) for number in range(40)]
    sources.enrol(database, many)
    entries = [entry(number) for number in range(40)]
    items.enter(database, entries, trace="t", now=NOON, due=NOON, recording=items.LIVE)
    claimed: list[str] = []
    swept: list[str] = []

    def claim() -> None:
        claimed.extend(sources.claim_due(database, NOON, 60))
        swept.extend(key for key, _ in items.sweep(database, "fetch", NOON, due=LATER, limit=10))

    together(*[claim] * 8)
    assert sorted(claimed) == [one.key for one, _ in many]
    assert len(swept) == len(set(swept))


def test_two_feeds_that_announce_the_same_crosswise_do_not_block(database: Database) -> None:
    """The order of entries is the feed's, that of insertion is not: two polls at once wait for each other, not for ever."""
    other = replace(FEED, key="a" * 16, url="https://one.test/a")
    sources.enrol(database, [(FEED, NOON), (other, NOON)])
    entries = [entry(number) for number in range(150)]
    new: list[str] = []

    def keep(source: Source, rows: list[Entry]) -> None:
        look = sources.Poll(source=source.key, polled_at=NOON)
        new.extend(sources.keep_poll(database, look, rows, next_poll_at=None, trace="t", now=NOON, due=LATER))

    together(lambda: keep(FEED, entries), lambda: keep(other, entries[::-1]))
    assert sorted(new) == [one.key for one in entries]


def together(*works: Callable[[], None]) -> None:
    """Run all at once and pass on the first exception."""
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result(60)


def test_an_item_rests_between_two_tries(database: Database) -> None:
    """A message that comes too early does not use up a try."""
    items.enter(database, [entry(1)], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    assert items.begin(database, entry(1).key, "fetch", due=LATER)
    items.fail(database, entry(1).key, "fetch", Failure(reason="timeout"), NOON, policy=TWICE_MORE)
    assert items.begin(database, entry(1).key, "fetch", due=LATER) is None
    assert items.sweep(database, "fetch", LATER, due=LATER, limit=9) == [(entry(1).key, "t")]
    work = items.begin(database, entry(1).key, "fetch", due=LATER)
    assert work is not None
    assert (work.attempts, work.last_reason) == (2, "timeout")


def test_a_try_can_be_given_back(database: Database) -> None:
    """What was not the item's fault does not count against it."""
    items.enter(database, [entry(1)], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    for _ in range(5):
        work = items.begin(database, entry(1).key, "fetch", due=LATER)
        assert work is not None
        assert work.attempts == 1
        items.give_back(database, entry(1).key, "fetch")


def test_an_item_goes_through_its_stages_in_order(database: Database) -> None:
    """A stage takes up only an item that waits for it."""
    items.enter(database, [entry(1)], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    assert items.begin(database, entry(1).key, "clean", due=LATER) is None
    work = items.begin(database, entry(1).key, "fetch", due=LATER)
    assert work is not None
    assert (work.attempts, work.trace, work.entry) == (1, "t", entry(1))
    assert results.keep_capture(database, capture(1), now=NOON, due=LATER)
    assert items.begin(database, entry(1).key, "fetch", due=LATER) is None
    assert results.capture_of(database, entry(1).key) == capture(1)


def test_a_stage_run_twice_keeps_its_result_once(database: Database) -> None:
    """Whoever comes second keeps nothing."""
    record(database, 1)
    before = counts.facts(database)
    assert not results.keep_capture(database, capture(1), now=NOON, due=LATER)
    assert not results.keep_article(database, article(1), None, NOON, now=NOON, due=LATER)
    assert not results.keep_tags(database, entry(1).key, TAGS, LATER)
    items.drop(database, entry(1).key, "tag", Drop(reason="late"), LATER)
    assert not items.fail(database, entry(1).key, "tag", Failure(reason="late"), LATER, policy=Policy("never"))
    assert counts.facts(database) == before


def test_a_failed_try_waits_longer_each_time_and_then_ends(database: Database) -> None:
    """The n-th failure waits n times; the last one ends the item as failed at its stage."""
    items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    trouble = Failure(reason="timeout", detail="x" * 5000)
    for tries in (1, 2):
        assert items.begin(database, entry(1).key, "fetch", due=LATER)
        assert items.fail(database, entry(1).key, "fetch", trouble, NOON, policy=TWICE_MORE)
        early, due = NOON + timedelta(seconds=60 * tries - 1), NOON + timedelta(seconds=60 * tries)
        assert items.sweep(database, "fetch", early, due=LATER, limit=10, recording=items.LIVE) == []
        assert items.sweep(database, "fetch", due, due=LATER, limit=10, recording=items.LIVE) == [(entry(1).key, "t")]
    assert items.begin(database, entry(1).key, "fetch", due=LATER)
    assert not items.fail(database, entry(1).key, "fetch", trouble, NOON, policy=TWICE_MORE)
    [ending] = lives.ended(database, "failed")
    assert (ending.stage, ending.reason, len(ending.detail or "")) == ("fetch", "timeout", 2000)
    assert counts.count(database).failed == {"fetch": 1}


def test_the_sweep_takes_what_nobody_works_on_once(database: Database) -> None:
    """An item is swept when its message counts as lost, the longest waiting first, never more than the limit."""
    other = replace(entry(2), url="https://other.example/2")
    items.enter(database, [other], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=10, recording=items.LIVE) == [(entry(1).key, "t")]
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=10, recording=items.LIVE) == []
    assert (
        len(items.sweep(database, "fetch", LATER, due=LATER + timedelta(hours=1), limit=1, recording=items.LIVE)) == 1
    )


def test_one_of_a_site_is_fetched_at_a_time(database: Database) -> None:
    """While one is at work nothing else of its site is taken, nor anything of a site that is shunned."""
    items.enter(database, [entry(1), entry(2)], trace="t", now=NOON, due=NOON, recording=items.LIVE)
    assert (
        items.sweep(database, "fetch", NOON, due=LATER, limit=9, shunned={"paper.example", site_of(entry(1).url)}) == []
    )
    [(first, _)] = items.sweep(database, "fetch", NOON, due=LATER, limit=9)
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=9) == []
    items.drop(database, first, "fetch", Drop(reason="empty"), NOON)
    [(second, _)] = items.sweep(database, "fetch", NOON, due=LATER, limit=9)
    assert {first, second} == {entry(1).key, entry(2).key}


def test_a_time_far_ahead_is_a_clock_that_was_wrong(database: Database) -> None:
    """What waits longer than anything may is due."""
    year = timedelta(days=365)
    items.enter(database, [entry(1)], trace="t", now=NOON, due=NOON + year, recording=items.LIVE)
    sources.enrol(database, [(FEED, NOON + year)])
    assert items.sweep(database, "fetch", NOON, due=LATER, limit=9) == [(entry(1).key, "t")]
    assert sources.claim_due(database, NOON, 60) == [FEED.key]


def test_many_workers_end_an_item_once(database: Database) -> None:
    """Of eight threads that end the same items together, one wins each; the sums hold."""
    numbers = range(20)
    items.enter(database, [entry(number) for number in numbers], trace="t", now=NOON, due=LATER, recording=items.LIVE)

    def end_all() -> None:
        for number in numbers:
            items.begin(database, entry(number).key, "fetch", due=LATER)
            items.drop(database, entry(number).key, "fetch", Drop(reason="gone"), NOON)

    threads = [threading.Thread(target=end_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    said = counts.count(database)
    assert said.dropped == {"gone": 20}
    assert said.agree
    assert counts.faults(database) == []


def test_the_sums_agree_and_contradictions_are_named(database: Database) -> None:
    """Entries are recorded, dropped, failed or under way; a row that contradicts another is reported."""
    record(database, 1)
    items.enter(database, [entry(2), entry(3)], trace="t", now=NOON, due=LATER, recording=items.LIVE)
    items.drop(database, entry(2).key, "fetch", Drop(reason="gone"), NOON)
    said = counts.count(database)
    assert (said.entries, said.recorded, said.dropped, said.waiting) == (3, 1, {"gone": 1}, 1)
    assert said.agree
    assert said.grades == {2: 1}
    assert counts.oldest(database) == {"fetch": NOON}
    assert counts.faults(database) == []
    with database.writing() as connection:
        items.advance(connection, entry(3).key, "fetch", items.END, now=NOON, due=None)
    assert counts.faults(database) == ["1 items have ended without an ending"]


def test_what_was_kept_comes_back(database: Database) -> None:
    """Articles and tags are read as they were written, Arabic and emoji included."""
    record(database, 1, published="2025-02-12T00:00:00+03:00")
    found = results.record_of(database, entry(1).key)
    assert found is not None
    assert found.article == article(1)
    assert found.tags == TAGS
    with results.each_record(database, least_grade=2) as (number, rows):
        assert (number, list(rows)) == (1, [found])
    with results.each_record(database, least_grade=3) as (number, rows):
        assert (number, list(rows)) == (0, [])
    assert results.record_of(database, "0" * 16) is None


def test_the_earliest_of_several_is_the_original(database: Database) -> None:
    """A copy names its earliest original, whichever of the pairs was found first; the family tells lags and counts originals."""
    for number, hour in ((1, "10"), (2, "09"), (3, "08"), (4, "07")):
        record(database, number, published=f"2025-02-12T{hour}:00:00+03:00")
    keys = {number: entry(number).key for number in range(1, 5)}
    pairs = [
        Pair(original=keys[2], copy=keys[1], relation="edited", score=0.8, altered=("headline",)),
        Pair(original=keys[3], copy=keys[2], relation="update", score=0.4),
        Pair(original=keys[3], copy=keys[1], relation="verbatim", score=1.0),
    ]
    for _ in range(2):  # known pairs stay as they are
        with database.writing() as connection:
            keep_pairs(connection, pairs)
    with results.each_record(database) as (_, rows):
        said = {one.article.key: one.article.copies for one in rows}
    assert said[keys[1]].of == keys[3]
    assert (said[keys[1]].relation, said[keys[1]].score) == ("verbatim", 1.0)
    assert (said[keys[2]].of, said[keys[2]].relation) == (keys[3], "update")
    assert [said[keys[number]].of for number in (3, 4)] == [None, None]
    found = family(database, keys[2])
    assert [one.key for one in found.members] == [keys[3], keys[2], keys[1]]
    assert (found.reports, found.originals) == (3, 1)
    assert [one.lag for one in found.members] == [None, 3600.0, 7200.0]
    assert family(database, keys[4]).reports == 1


def test_what_articles_share_finds_them(database: Database) -> None:
    """Articles are found by a sentence or a band in common, not by themselves; lines are counted by outlet and time."""
    for number in (1, 2, 3):
        record(database, number)
    numbers = {1: Marks(paragraphs=(5, 6), bands=(-7,)), 2: Marks(paragraphs=(6,)), 3: Marks(bands=(-7,))}
    with database.writing() as connection:
        for number, marks in numbers.items():
            keep_marks(connection, entry(number).key, "river", NOON, marks)
    found = candidates(database, entry(1).key, [5, 6, 99], [-7])
    assert {one.key for one in found} == {entry(2).key, entry(3).key}
    assert candidates(database, entry(1).key, [], []) == []
    hour = timedelta(hours=1)
    assert past(database, "river", [5, 6], NOON - hour, NOON + hour)[1] == {5: 1, 6: 2}
    assert past(database, "river", [5, 6], NOON - hour, NOON)[1] == {}
    assert past(database, "hill", [5, 6], NOON - hour, NOON + hour) == (0, {})


def test_the_life_of_an_item_tells_who_announced_it_and_how_it_ended(database: Database) -> None:
    """Sightings and the ending are there; an item that is not known has no life."""
    enrol(database)
    keep_poll(database, entry(1, title="خبر"))
    items.drop(database, entry(1).key, "fetch", Drop(reason="gone", detail="404"), NOON)
    life = lives.life(database, entry(1).key)
    assert life is not None
    assert (life["sightings"][0]["title"], life["ending"]["reason"]) == ("خبر", "gone")
    assert lives.life(database, "nothing") is None


def test_hostile_text_is_kept_without_what_a_database_refuses(database: Database) -> None:
    """NUL and lone surrogates from the web neither raise nor lose the row."""
    enrol(database)
    keep_poll(database, entry(1, title="a\x00b\ud800c"))
    life = lives.life(database, entry(1).key)
    assert life is not None
    assert life["sightings"][0]["title"] == "ab?c"
    items.begin(database, entry(1).key, "fetch", due=LATER)
    assert results.keep_capture(database, replace(capture(1), headers={"x": "\ud800"}), now=NOON, due=LATER)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """A naive time is a defect of the caller, not something to be guessed at."""
    naive = datetime(2025, 1, 1)  # noqa: DTZ001
    with pytest.raises(Exception, match="has no time zone"):
        items.sweep(database, "fetch", naive, due=LATER, limit=1, recording=items.LIVE)


def test_opening_twice_is_harmless_and_opening_together_too(store_url: str) -> None:
    """Several workers that open an empty store at once make its tables once."""
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database.open(store_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(opened) == 4
    for one in opened:
        assert counts.count(one).entries == 0
        one.close()


def test_a_store_of_a_newer_marsad_is_refused(store_url: str) -> None:
    """A schema this version does not know is left alone, with a sentence that says what to do."""
    database = Database.open(store_url)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreError, match=r"newer marsad .*9999.*update marsad"):
        Database.open(store_url)


def test_the_migrations_make_what_the_schema_says(database: Database) -> None:
    """Alembic finds no difference between the migrated store and the tables in code."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from workers.store.schema import metadata

    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
