"""The order of the stages, stated once, and a loop that walks it in this process.

    due source --watch--> entries --fetch--> capture --clean--> article --tag--> record

`step` does one stage of one item: take it up, do the work, keep the result, say which message comes next. Whoever calls
it sends those messages on: `walk` by a queue in memory, the Celery tasks by Redis. A message that is lost costs time
and nothing else, since `tick` finds in the store what nobody is working on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import structlog

from workers.clean.fingerprint import fingerprint
from workers.clean.page import clean as clean_page
from workers.config import Config, ConfigError
from workers.fetch.archive import ArchiveError
from workers.fetch.verdict import judge
from workers.items import Capture, Drop, Entry, Failure, Response, Source, Stage
from workers.road import Road
from workers.store import items, results, sources
from workers.store.database import StoreError
from workers.urls import canonical, key_of
from workers.watch.read import read

STAGES: tuple[Stage, ...] = ("watch", "fetch", "clean", "tag")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """All that travels between workers: which stage, the key of an item (or of a source), and a trace id."""

    stage: Stage
    key: str
    trace: str


def enrol(road: Road) -> None:
    """Make the sources known: those of the recordings, or those of every outlet that is watched."""
    if road.recordings is not None:
        wanted = road.recordings.sources()
    else:
        wanted = tuple(_configured_sources(road.config))
        sources.retire(road.database, [source.key for source in wanted])
    due = [(source, road.transport.next_at(source.url, None)) for source in wanted]
    sources.enrol(road.database, due, replayed=road.replayed)


def tick(road: Road, room: Mapping[Stage, int] | None = None) -> list[Message]:
    """Find work: the sources that are due, and the items that nobody is working on, at most `room` of each stage."""
    lease = road.config.settings.stale_after
    due = sources.claim_due(road.database, road.now(), lease, replayed=road.replayed)
    found = [Message(stage="watch", key=key, trace=uuid4().hex) for key in due]
    for stage in STAGES[1:]:
        limit = 1000 if room is None else room[stage]
        left = items.sweep(
            road.database, stage, road.now(), due=road.resend_at, limit=max(limit, 0), replayed=road.replayed
        )
        found.extend(Message(stage=stage, key=key, trace=trace) for key, trace in left)
    return found


def enter_pages(road: Road) -> list[Message]:
    """Take in the recorded pages that no recorded source announced. Only after all sources have been polled."""
    if road.recordings is None:
        return []
    entries = [
        Entry(key=page.key, url=page.url, outlet=page.outlet, found_at=page.captured_at)
        for page in road.recordings.pages()
    ]
    trace = uuid4().hex
    new = items.enter(road.database, entries, trace=trace, now=road.now(), due=road.resend_at, replayed=True)
    return [Message(stage="fetch", key=key, trace=trace) for key in new]


def step(road: Road, message: Message) -> list[Message]:
    """Do one stage of one item and return the messages that follow. Raises StoreError and ConfigError only."""
    with structlog.contextvars.bound_contextvars(stage=message.stage, key=message.key, trace=message.trace):
        if message.stage == "watch":
            return _watch(road, message)
        return _work(road, message)


def walk(road: Road, messages: Iterable[Message], after_each: Callable[[], None] = lambda: None) -> None:
    """Follow the messages, and all that come of them, to their ends in this process."""
    waiting = deque(messages)
    while True:
        if not waiting:
            waiting.extend(tick(road))
        if not waiting:
            return
        waiting.extend(step(road, waiting.popleft()))
        after_each()


def replay(road: Road, after_each: Callable[[], None] = lambda: None) -> None:
    """Take the recorded captures through the whole road in this process."""
    enrol(road)
    walk(road, [], after_each)
    walk(road, enter_pages(road), after_each)


def _configured_sources(config: Config) -> Iterator[Source]:
    for outlet in config.outlets.values():
        for one in outlet.sources if outlet.watch else ():
            url = canonical(one.url, trackers=config.trackers) or one.url
            yield Source(key=key_of(url), outlet=outlet.slug, kind=one.kind, url=one.url)


def _watch(road: Road, message: Message) -> list[Message]:
    found = sources.find(road.database, message.key)
    if found is None:
        log.warning("source_unknown")
        return []
    source, polled_at = found
    answer = road.transport.get(source.url, after=polled_at)
    if isinstance(answer, Drop) and answer.reason == "not_recorded":
        log.info("nothing_recorded", outlet=source.outlet)
        return []
    now = road.transport.next_at(source.url, polled_at) if road.replayed else road.now()
    poll, entries = _look(road, source, answer, now or road.now())
    new = sources.keep_poll(
        road.database,
        poll,
        entries,
        next_poll_at=road.transport.next_at(source.url, poll.polled_at),
        trace=message.trace,
        now=road.now(),
        due=road.resend_at,
        replayed=road.replayed,
    )
    log.info("polled", outlet=source.outlet, seen=poll.seen, new=len(new), fault=poll.fault)
    follow = [Message(stage="fetch", key=key, trace=message.trace) for key in new]
    # Recorded time goes on when a poll is kept, not when the clock says so.
    return [*follow, *_next_recorded(road)] if road.replayed else follow


def _next_recorded(road: Road) -> list[Message]:
    due = sources.claim_due(road.database, road.now(), road.config.settings.stale_after, replayed=True)
    return [Message(stage="watch", key=key, trace=uuid4().hex) for key in due]


def _look(
    road: Road, source: Source, answer: Response | Drop | Failure, now: datetime
) -> tuple[sources.Poll, list[Entry]]:
    if not isinstance(answer, Response):
        return _blind(source, now, None, answer), []
    trouble = judge(answer)
    if trouble is not None and trouble.reason != "empty":
        return _blind(source, answer.captured_at, answer.status, trouble), []
    try:
        listing = read(answer, source, road.config)
    except Exception as error:
        log.exception("poll_failed")
        return _blind(source, answer.captured_at, answer.status, _defect(error)), []
    entries = [
        Entry(
            key=sighting.key,
            url=sighting.url,
            outlet=outlet.slug if (outlet := road.config.outlet_of(sighting.url)) else source.outlet,
            source=source.key,
            found_at=answer.captured_at,
            title=sighting.title,
            published=sighting.published,
            claimed=sighting.claimed,
        )
        for sighting in listing.sightings
    ]
    poll = sources.Poll(
        source=source.key,
        polled_at=answer.captured_at,
        status=answer.status,
        seen=len(entries),
        unreadable=listing.unreadable,
        capped=listing.capped,
        fault=listing.fault,
    )
    return poll, entries


def _blind(source: Source, at: datetime, status: int | None, trouble: Drop | Failure) -> sources.Poll:
    return sources.Poll(source=source.key, polled_at=at, status=status, fault=trouble.reason, detail=trouble.detail)


def _work(road: Road, message: Message) -> list[Message]:
    stage, key = message.stage, message.key
    settings = road.config.settings
    work = items.begin(road.database, key, stage, due=road.resend_at)
    if work is None:
        log.debug("not_waiting")
        return []
    with structlog.contextvars.bound_contextvars(outlet=work.entry.outlet):
        outcome = _attempt(road, stage, work)
        if isinstance(outcome, Drop):
            items.drop(road.database, key, stage, outcome, road.now())
            log.info("dropped", reason=outcome.reason, detail=outcome.detail)
            return []
        if isinstance(outcome, Failure):
            again = items.fail(
                road.database,
                key,
                stage,
                outcome,
                road.now(),
                attempts=settings.attempts,
                retry_after=settings.retry_after,
            )
            log.warning("failed", reason=outcome.reason, detail=outcome.detail, attempt=work.attempts, again=again)
            # With no time to wait the next try follows at once; otherwise `tick` finds it when it is due.
            return [message] if again and not settings.retry_after else []
        position = STAGES.index(stage) + 1
        return (
            [Message(stage=STAGES[position], key=key, trace=message.trace)] if outcome and stage != STAGES[-1] else []
        )


def _attempt(road: Road, stage: Stage, work: items.Work) -> bool | Drop | Failure:
    """One try: whether its result was kept (not if somebody else was faster), or why there is none."""
    if work.attempts > road.config.settings.attempts:
        # Every try so far was begun and none came back: they took their workers with them.
        return Failure(reason=work.last_reason or "worker_lost", detail=work.last_detail or "no try came to an end")
    try:
        return _DO[stage](road, work)
    except (StoreError, ConfigError):
        # Not the item's fault: it waits until the store or the configuration is mended.
        raise
    except ArchiveError as error:
        return Failure(reason="archive", detail=str(error))
    except Exception as error:
        log.exception("defect")
        return _defect(error)


def _defect(error: Exception) -> Failure:
    return Failure(reason="defect", detail=f"{type(error).__name__}: {error}"[:500])


def _fetch(road: Road, work: items.Work) -> bool | Drop | Failure:
    answer = road.transport.get(work.entry.url)
    if not isinstance(answer, Response):
        return answer
    trouble = judge(answer)
    if trouble is not None:
        return trouble
    capture = Capture(
        key=work.entry.key,
        url=work.entry.url,
        final_url=answer.final_url,
        status=answer.status,
        headers=answer.headers,
        captured_at=answer.captured_at,
        elapsed=answer.elapsed,
        digest=road.archive.put(answer.body),
        size=len(answer.body),
    )
    log.info("fetched", status=capture.status, size=capture.size, seconds=round(capture.elapsed, 3))
    return results.keep_capture(road.database, capture, now=road.now(), due=road.resend_at)


def _clean(road: Road, work: items.Work) -> bool | Drop | Failure:
    capture = results.capture_of(road.database, work.entry.key)
    assert capture is not None, "an item that waits for the cleaner has a capture"
    article = clean_page(capture, road.archive.get(capture.digest), entry=work.entry, config=road.config)
    if isinstance(article, Drop):
        return article
    log.info("cleaned", characters=len(article.text), removed=len(article.removed), published=article.published.value)
    return results.keep_article(
        road.database, article, fingerprint(article), capture.captured_at, now=road.now(), due=road.resend_at
    )


def _tag(road: Road, work: items.Work) -> bool | Drop | Failure:
    article = results.article_of(road.database, work.entry.key)
    assert article is not None, "an item that waits for the tagger has an article"
    tags = road.tagger().tag(article)
    log.info("recorded", grade=tags.relevance.grade, events=len(tags.events), statements=len(tags.statements))
    return results.keep_tags(road.database, work.entry.key, tags, road.now())


_DO: dict[str, Callable[[Road, items.Work], bool | Drop | Failure]] = {"fetch": _fetch, "clean": _clean, "tag": _tag}
