"""Later looks at recorded articles, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from workers.items import Article, Capture, Entry, Failure, Hop, Published, Relevance, Tags, Zones
from workers.reasons import Policy
from workers.store import aliases, appointments, counts, items, results, versions, visits
from workers.store.appointments import AFTER, APART, MOST_CLAIMED
from workers.store.database import Database
from workers.store.visits import End, Visit

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
HOUR = timedelta(hours=1)
ONE = f"{1:016x}"


def capture(number: int = 1, *, at: datetime = NOON, digest: str = "d" * 64) -> Capture:
    url = url_of(number)
    return Capture(
        key=f"{number:016x}", url=url, final_url=url, status=200, headers={"content-type": "text/html"},
        captured_at=at, elapsed=0.1, digest=digest, size=10, place="file.warc.gz:0",
    )  # fmt: skip


def url_of(number: int) -> str:
    domain = {1: "example.com", 2: "example.org", 3: "example.net"}.get(number // 10, f"site{number // 10}.example")
    return f"https://{'www' if number % 2 else 'news'}.{domain}/{number}"


def article(number: int = 1, title: str = "عنوان") -> Article:
    text = f"{title}\n\nنص"
    start = len(title) + 2
    return Article(
        id=f"{number:016x}", key=f"{number:016x}", url=url_of(number), outlet=None, language="ar", title=title,
        author=None, text=text, published=Published(),
        zones=Zones(headline=(0, len(title)), lead=(start, start + 2), body=(start, start + 2)),
    )  # fmt: skip


def record(database: Database, number: int = 1, *, recording: str = items.LIVE) -> str:
    """Take an item from its entry to its record; return its key."""
    key = f"{number:016x}"
    entry = Entry(key=key, url=url_of(number), outlet=None, found_at=NOON)
    items.enter(database, [entry], trace=f"t{number}", now=NOON, due=LATER, recording=recording)
    results.keep_capture(database, capture(number), now=NOON, due=LATER)
    results.keep_article(database, article(number), "f", NOON, now=NOON, due=LATER)
    results.keep_tags(database, key, Tags(relevance=Relevance(grade=2, score=0.5)), NOON)
    return key


def schedule(
    database: Database,
    key: str = ONE,
    *,
    grade: int = 2,
    due: datetime | None = NOON + HOUR,
    recording: str = items.LIVE,
) -> bool:
    with database.writing() as connection:
        return appointments.schedule(connection, key, grade=grade, recording=recording, due=due, now=NOON)


def begin(database: Database, number: int = 1, stage: str = "fetch", *, now: datetime = NOON + 30 * 24 * HOUR) -> Visit:
    """Take up a visit that has come due."""
    visits.sweep(database, stage, now, due=now + HOUR, limit=99)  # type: ignore[arg-type]
    visit = visits.begin(database, ONE, number, stage, due=now + HOUR)  # type: ignore[arg-type]
    assert visit is not None
    return visit


def ended(database: Database, said: End, number: int = 1, *, next_due: datetime | None = None) -> None:
    assert visits.end(database, begin(database, number), "fetch", said, now=NOON, next_due=next_due)


@pytest.fixture
def recorded(database: Database) -> Database:
    """A store with one record whose first visit is due in an hour."""
    record(database)
    assert schedule(database)
    return database


def test_only_what_matters_is_visited(database: Database) -> None:
    """There is no visit for an article in passing, nor without a time for it; and none twice."""
    record(database)
    assert not schedule(database, grade=1)
    assert not schedule(database, due=None)
    assert schedule(database, grade=3)
    assert not schedule(database)
    [look] = versions.looks(database, ONE)
    assert (look.number, look.stage, look.outcome, look.due) == (1, "fetch", None, NOON + HOUR)


def test_a_visit_waits_for_its_time(recorded: Database) -> None:
    """A message that comes early finds nothing; when it is due the sweep hands it out once."""
    assert visits.begin(recorded, ONE, 1, "fetch", due=LATER) is None
    assert visits.under_way(recorded, NOON) == 0
    now = NOON + HOUR
    assert visits.under_way(recorded, now) == 1
    assert visits.sweep(recorded, "fetch", now, due=now + HOUR, limit=0) == []
    assert visits.sweep(recorded, "clean", now, due=now + HOUR, limit=9) == []
    assert visits.sweep(recorded, "fetch", now, due=now + HOUR, limit=9, recording="r") == []
    assert visits.sweep(recorded, "fetch", now, due=now + HOUR, limit=9) == [(f"{ONE}.1", "t1")]
    assert visits.sweep(recorded, "fetch", now, due=now + HOUR, limit=9) == []
    assert visits.under_way(recorded, now, "fetch") == 1
    assert visits.under_way(recorded, now, "clean") == 0
    visit = visits.begin(recorded, ONE, 1, "fetch", due=now)
    assert visit is not None
    assert (visit.name, visit.attempts, visit.asked_at, visit.capture) == (f"{ONE}.1", 1, NOON, None)
    assert (visit.entry.url, visit.first, visit.before) == (url_of(1), capture(), capture())
    assert visits.begin(recorded, ONE, 1, "clean", due=now) is None
    assert visits.begin(recorded, ONE, 2, "fetch", due=now) is None
    assert visits.begin(recorded, "0" * 16, 1, "fetch", due=now) is None


def test_one_visit_of_each_site_is_handed_out(database: Database) -> None:
    """A host's backlog waits while other hosts get their turn; subdomains are one host; recordings need no turns."""
    for number in (11, 12, 13, 21, 22, 31):
        schedule(database, record(database, number), due=NOON + timedelta(minutes=number))
    now = NOON + HOUR
    taken = visits.sweep(database, "fetch", now, due=now + HOUR, limit=9)
    assert [name for name, _ in taken] == [f"{number:016x}.1" for number in (11, 21, 31)]
    taken = visits.sweep(database, "fetch", now, due=now + HOUR, limit=1)
    assert [name for name, _ in taken] == [f"{12:016x}.1"]
    for number in (41, 42):
        schedule(database, record(database, number, recording="r"), recording="r")
    taken = visits.sweep(database, "fetch", now, due=now + HOUR, limit=9, recording="r")
    assert [name for name, _ in taken] == [f"{number:016x}.1" for number in (41, 42)]


def test_eight_that_sweep_at_once_share_the_visits(database: Database) -> None:
    """Each visit is handed to one of them."""
    for number in range(10, 210, 10):
        schedule(database, record(database, number), due=NOON)
    with ThreadPoolExecutor(8) as pool:
        swept = pool.map(lambda _: visits.sweep(database, "fetch", NOON, due=LATER, limit=5), range(8))
        names = [name for some in swept for name, _ in some]
    assert len(names) == len(set(names))
    assert names


def test_a_changed_page_becomes_a_version(recorded: Database) -> None:
    """What was fetched goes to the cleaner; the article it found is kept beside the first, and the next visit noted."""
    seen = capture(at=NOON + HOUR, digest="e" * 64)
    visit = begin(recorded)
    assert visits.keep_fetch(recorded, visit, seen, now=NOON, due=LATER)
    assert not visits.keep_fetch(recorded, visit, seen, now=NOON, due=LATER)
    cleaning = begin(recorded, stage="clean")
    assert cleaning.capture == seen
    other = article(title="عنوان آخر")
    said = End(outcome="changed", at=seen.captured_at, article=other, fingerprint="g")
    due = NOON + 24 * HOUR
    assert visits.end(recorded, cleaning, "clean", said, now=NOON, next_due=due)
    assert not visits.end(recorded, cleaning, "clean", said, now=NOON, next_due=due)
    first, second = versions.versions(recorded, ONE)
    assert (first.number, first.outcome, first.article, first.captured_at) == (0, "first", article(), NOON)
    assert (second.number, second.outcome, second.article, second.capture) == (1, "changed", other, seen)
    assert [(look.number, look.outcome, look.title) for look in versions.looks(recorded, ONE)] == [
        (1, "changed", "عنوان آخر"),
        (2, None, None),
    ]
    following = begin(recorded, 2)
    assert (following.before, following.first, following.asked_at) == (seen, capture(), seen.captured_at)
    stored = results.article_of(recorded, ONE)
    assert stored is not None
    assert stored.title == "عنوان"


def test_a_takedown_is_no_version(recorded: Database) -> None:
    """What is gone keeps its reason and proof; the look before it stays the one to compare with."""
    proof = replace(capture(at=NOON + HOUR, digest="e" * 64), status=404)
    ended(recorded, End(outcome="gone", at=NOON + HOUR, reason="gone", detail="HTTP 404", capture=proof))
    [look] = versions.looks(recorded, ONE)
    assert (look.outcome, look.reason, look.status, look.captured_at) == ("gone", "gone", 404, NOON + HOUR)
    assert look.due is None
    assert len(versions.versions(recorded, ONE)) == 1
    assert versions.tally(recorded) == {"gone": 1}


def test_the_tries_of_a_visit_are_counted(recorded: Database) -> None:
    """It rests as its reason's policy says, or as long as it was asked to; when the tries are used up nothing is kept."""
    now, policy = NOON + HOUR, Policy("", (60.0, 60.0))
    visit = begin(recorded, now=now)
    assert visits.fail(recorded, visit, "fetch", Failure(reason="timeout", detail="slow"), now, policy=policy)
    assert visits.begin(recorded, ONE, 1, "fetch", due=now) is None
    assert visits.sweep(recorded, "fetch", now + timedelta(seconds=59), due=now, limit=9) == []
    visit = begin(recorded, now=now + timedelta(seconds=60))
    assert (visit.attempts, visit.last_reason, visit.last_detail) == (2, "timeout", "slow")
    asked = Failure(reason="throttled", retry_after=600.0)
    assert visits.fail(recorded, visit, "fetch", asked, now, policy=policy)
    assert versions.looks(recorded, ONE)[0].due == now + timedelta(seconds=600)
    visit = begin(recorded)
    assert visit.attempts == 3
    assert not visits.fail(recorded, visit, "fetch", asked, now, policy=policy)


def test_a_wait_for_the_host_is_no_try(recorded: Database) -> None:
    """A postponed visit goes on where redirects had led, with the tries it had."""
    hop = Hop(url="https://other.example/", count=1)
    for _ in range(3):
        visit = begin(recorded)
        assert visit.attempts == 1
        visits.postpone(recorded, visit, until=NOON + HOUR, hop=hop)
        assert visits.begin(recorded, ONE, 1, "fetch", due=LATER) is None
        assert begin(recorded).hop == hop
        visits.give_back(recorded, visit, "fetch")


def test_a_claimed_change_causes_one_more_visit(recorded: Database) -> None:
    """A visit follows soon after a later time of change, unless one is near, or the page was seen since."""
    day = NOON + 24 * HOUR

    def claim(modified: datetime, now: datetime = day, key: str = ONE) -> list[str]:
        return appointments.changed(recorded, [(key, modified)], now=now)

    assert claim(NOON + HOUR, NOON + HOUR) == []  # the first visit is about to be made
    ended(recorded, End(outcome="same", at=NOON + HOUR), next_due=NOON + 48 * HOUR)
    assert claim(NOON) == []
    assert claim(day + HOUR) == []  # a time to come
    assert claim(NOON + 2 * HOUR, key="0" * 16) == []
    assert claim(NOON + 2 * HOUR) == [ONE]
    assert claim(NOON + 3 * HOUR) == []
    number = len(AFTER) + 1
    assert [(look.number, look.due) for look in versions.looks(recorded, ONE)][1:] == [
        (2, NOON + 48 * HOUR),
        (number, day),
    ]
    ended(recorded, End(outcome="same", at=day), number)
    assert claim(NOON + 3 * HOUR) == []
    soon = day + timedelta(minutes=1)
    assert claim(soon, soon) == [ONE]
    assert versions.looks(recorded, ONE)[-1].due == day + APART


def test_a_change_claimed_under_another_address_counts(recorded: Database) -> None:
    """The later of the claims for an article and its aliases is taken."""
    with recorded.writing() as connection:
        aliases.name(connection, ONE, [("https://other.example/1", "redirect")])
    alias = counts.facts(recorded)["aliases"][0]["key"]
    ended(recorded, End(outcome="same", at=NOON + HOUR))
    claims = [(ONE, NOON), (alias, NOON + 2 * HOUR)]
    assert appointments.changed(recorded, claims, now=NOON + 24 * HOUR) == [ONE]


def test_a_source_that_claims_without_end_is_not_followed(recorded: Database) -> None:
    """There is a most of visits that claims cause; a recording has none, nor has what is not visited."""
    ended(recorded, End(outcome="same", at=NOON + HOUR))
    now = NOON + HOUR
    for number in range(MOST_CLAIMED + 3):
        now += 24 * HOUR
        found = appointments.changed(recorded, [(ONE, now)], now=now)
        assert bool(found) == (number < MOST_CLAIMED)
        if found:
            ended(recorded, End(outcome="same", at=now), len(AFTER) + 1 + number)
    key = record(recorded, 2, recording="r")
    assert appointments.changed(recorded, [(key, now)], now=now, recording="r") == []
    assert appointments.changed(recorded, [(key, now)], now=now) == []


def test_what_never_came_to_an_article_has_no_version(database: Database) -> None:
    """A key that nobody knows has neither versions nor visits."""
    assert (versions.versions(database, ONE), versions.looks(database, ONE), versions.tally(database)) == ([], [], {})
