"""What each stage does with one visit: a recorded article is looked at again, and what became of it is kept.

    due visit --fetch--> same, gone, unreadable, or a page --clean--> same or changed

A visit is no item: nothing it finds changes the record, and none of its ends is an ending.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from workers import relating, trouble
from workers.fetch.archive import ArchiveError
from workers.fetch.verdict import judge
from workers.items import Article, Capture, Drop, Entry, Failure, Later, Response, Stage
from workers.keeping import keep_page
from workers.road import OURS, Road, policy_of
from workers.store import sources, versions, visits
from workers.store.appointments import AFTER, APART
from workers.store.visits import End, Outcome, Visit

# What says that the article is no longer there. Any other trouble says nothing of it.
GONE = frozenset({"gone", "soft_404", "redirect_home"})

# Tries that never came back, after which a visit is given up: more than any reason grants.
MOST_TRIES = 10

Follow = list[tuple[Stage, str]]

log = structlog.get_logger()


class Message(Protocol):
    """What travels between workers: the stage and the name of a visit."""

    @property
    def stage(self) -> Stage:
        """Which stage comes next."""

    @property
    def key(self) -> str:
        """The item's key and the visit's number, joined by a dot."""


def first_due(road: Road, entry: Entry, captured_at: datetime) -> datetime | None:
    """When an article captured then is looked at again for the first time.

    None if a recording holds no later page, or if its text came with its source: the page tells it in other words.
    """
    return None if _came_whole(road, entry) else _due(road, entry.url, captured_at, captured_at, 0)


def step(road: Road, message: Message) -> Follow:
    """Do one stage of one visit; return what follows as (stage, name). Raises what an item's stage raises."""
    stage = message.stage
    key, _, number = message.key.partition(".")
    visit = None
    if stage in _DO and number.isascii() and number.isdigit():
        visit = visits.begin(road.database, key, int(number[:9]), stage, due=road.resend_at)
    if visit is None:
        log.debug("not_waiting")
        return []
    with structlog.contextvars.bound_contextvars(outlet=visit.entry.outlet):
        if visit.attempts > MOST_TRIES:
            detail = visit.last_detail or "no try came to an end"
            return _over(
                road, visit, stage, Drop(reason=visit.last_reason or "worker_lost", detail=detail), _at(road, visit)
            )
        try:
            return _DO[stage](road, visit)
        except OURS:
            visits.give_back(road.database, visit, stage)
            raise
        except Exception as error:
            log.exception("defect")
            return _over(road, visit, stage, trouble.defect(error), _at(road, visit))


def _fetch(road: Road, visit: Visit) -> Follow:
    url, outlet = visit.entry.url, visit.entry.outlet
    # Never conditional: a server whose ETag lies would hide the very edits that are looked for.
    answer = road.transport.get(url, after=visit.asked_at, hop=visit.hop)
    if trouble.note(road, url, outlet, "fetch", answer):
        answer = Later(seconds=trouble.OFFLINE)
    if isinstance(answer, Later):
        visits.postpone(road.database, visit, until=road.now() + timedelta(seconds=answer.seconds), hop=answer.hop)
        log.debug("not_yet", seconds=answer.seconds)
        return []
    if not isinstance(answer, Response):
        return _over(road, visit, "fetch", answer, _at(road, visit))
    at = answer.captured_at
    wrong = judge(answer, asked=url, challenge=road.config.leftovers.challenge)
    if wrong is not None:
        trouble.count(road, outlet, "fetch", wrong.reason)
        return _over(road, visit, "fetch", wrong, at, answer=answer)
    capture = _keep(road, visit, answer)
    if capture.digest == visit.before.digest:
        return _end(road, visit, "fetch", End(outcome="same", at=at, capture=capture))
    kept = visits.keep_fetch(road.database, visit, capture, now=road.now(), due=road.resend_at)
    return [("clean", visit.name)] if kept else []


def _clean(road: Road, visit: Visit) -> Follow:
    capture = visit.capture
    assert capture is not None, "a visit that waits for the cleaner has a capture"
    article = _article(road, visit, capture)
    if not isinstance(article, Article):
        return _over(road, visit, "clean", article, capture.captured_at)
    before = versions.versions(road.database, visit.entry.key)[-1]
    known: Article | Drop | Failure = before.article
    if before.article.versions != article.versions:
        # The rules have changed since, not the page: both are read by those of today.
        known = _article(road, visit, before.capture)
    outcome: Outcome = "same" if _alike(known if isinstance(known, Article) else before.article, article) else "changed"
    said = End(outcome=outcome, at=capture.captured_at, article=article, fingerprint=_fingerprint(article))
    return _end(road, visit, "clean", said)


_DO: dict[str, Callable[[Road, Visit], Follow]] = {"fetch": _fetch, "clean": _clean}


def _article(road: Road, visit: Visit, capture: Capture) -> Article | Drop | Failure:
    from workers.clean.page import clean  # noqa: PLC0415 -- fetchers start without the libraries of the cleaner

    try:
        body = road.archive.body(capture.place, capture.digest)
    except ArchiveError as error:
        return Failure(reason="archive", detail=str(error))
    # Counted as for the first capture: what was learned since would look like an edit.
    outlet = relating.outlet_of(road, visit.entry)
    history = relating.history_of(road, outlet, visit.first.captured_at)
    return clean(capture, body, entry=visit.entry, config=road.config, history=history)


def _fingerprint(article: Article) -> str:
    from workers.clean.fingerprint import fingerprint  # noqa: PLC0415

    return fingerprint(article)


def _alike(one: Article, other: Article) -> bool:
    """Whether two readings have the same headline and text, marks and spellings aside."""
    from workers.clean.lines import key  # noqa: PLC0415

    return key(one.title or "") == key(other.title or "") and _fingerprint(one) == _fingerprint(other)


def _over(
    road: Road, visit: Visit, stage: Stage, wrong: Drop | Failure, at: datetime, *, answer: Response | None = None
) -> Follow:
    """Let the visit rest for another try, or end it without a page. What tells of a takedown is kept as proof."""
    if isinstance(wrong, Failure):
        policy = policy_of(road, wrong.reason)
        again = visits.fail(road.database, visit, stage, wrong, road.now(), policy=policy)
        if again:
            log.warning("failed", reason=wrong.reason, detail=wrong.detail, attempt=visit.attempts, again=again)
            return [(stage, visit.name)] if road.recordings is not None else []
    gone = wrong.reason in GONE
    said = End(
        outcome="gone" if gone else "unreadable",
        at=at,
        reason=wrong.reason,
        detail=wrong.detail,
        capture=_keep(road, visit, answer) if gone and answer is not None else None,
    )
    return _end(road, visit, stage, said)


def _at(road: Road, visit: Visit) -> datetime:
    """The time of a visit without an answer. In a replay whatever came of it happened when it was recorded."""
    if visit.capture is not None:
        return visit.capture.captured_at
    if road.recordings is None:
        return road.now()
    return road.transport.next_at(visit.entry.url, visit.asked_at) or visit.asked_at


def _end(road: Road, visit: Visit, stage: Stage, said: End) -> Follow:
    next_due = _due(road, visit.entry.url, visit.first.captured_at, said.at, visit.number)
    if visits.end(road.database, visit, stage, said, now=road.now(), next_due=next_due):
        log.info("visited", outcome=said.outcome, reason=said.reason)
    return []


def _keep(road: Road, visit: Visit, answer: Response) -> Capture:
    entry = visit.entry
    return keep_page(road, entry.key, answer, outlet=entry.outlet, source=entry.source, before=visit.before)


def _came_whole(road: Road, entry: Entry) -> bool:
    outlet = road.config.outlets.get(entry.outlet or "")
    if outlet is None or entry.source is None or not any(one.whole_text for one in outlet.sources):
        return False
    state = sources.find(road.database, entry.source)
    return state is not None and state.source.kind == "wordpress"


def _due(road: Road, url: str, first: datetime, last: datetime, number: int) -> datetime | None:
    """When the visit after the one of that `number` is due, if there is one. A recording says by itself."""
    now = road.now()
    if road.recordings is not None:
        return None if road.transport.next_at(url, last) is None else now
    if number >= len(AFTER):
        return None
    # After a long sleep those that were missed are not made all at once.
    return max(first + AFTER[number], now + APART if number else now)
