"""The order of the stages, stated once, and a loop that walks it in this process.

    due source --watch--> entries --fetch--> capture --clean--> article --tag--> record

`step` does one stage of one item: take it up, do the work, keep the result, say which message comes next. Whoever calls
it sends those messages on: `walk` by a queue in memory, the Celery tasks by Redis. A message that is lost costs time
and nothing else, since `tick` finds in the store what nobody is working on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

import structlog

from workers import stages
from workers.config import Config, ConfigError
from workers.fetch.archive import ArchiveError
from workers.items import Drop, Entry, Failure, Source, Stage
from workers.road import Road
from workers.store import counts, items, sources
from workers.store.database import StoreError
from workers.urls import canonical, key_of

STAGES: tuple[Stage, ...] = ("watch", "fetch", "clean", "tag")

# Seconds without any progress after which a replay is given up: longer than everything it may have to wait for.
STALLED = 180.0

# What is wrong with this installation and not with an item: the item waits until it is mended.
OURS = (ArchiveError, ConfigError, StoreError)

log = structlog.get_logger()


class StalledError(Exception):
    """Items are under way and nothing moves; the message says where to look."""


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
    sources.enrol(road.database, due, recording=road.recording)


def tick(road: Road, room: Mapping[Stage, int] | None = None) -> list[Message]:
    """Find work: the sources that are due, and the items that nobody is working on, at most `room` of each stage."""
    found = _due_sources(road)
    for stage in STAGES[1:]:
        limit = 1000 if room is None else max(room[stage], 0)
        left = items.sweep(road.database, stage, road.now(), due=road.resend_at, limit=limit, recording=road.recording)
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
    new = items.enter(road.database, entries, trace=trace, now=road.now(), due=road.resend_at, recording=road.recording)
    return [Message(stage="fetch", key=key, trace=trace) for key in new]


def step(road: Road, message: Message) -> list[Message]:
    """Do one stage of one item and return the messages that follow. Raises only what is in `OURS`."""
    with structlog.contextvars.bound_contextvars(stage=message.stage, key=message.key, trace=message.trace):
        return _watch(road, message) if message.stage == "watch" else _work(road, message)


def idle(road: Road) -> bool:
    """Whether no source is due and no item is under way, of the live ones or of the recording."""
    return not (
        sources.any_due(road.database, road.now(), recording=road.recording)
        or items.under_way(road.database, recording=road.recording)
    )


def walk(road: Road, messages: Iterable[Message], after_each: Callable[[], None] = lambda: None) -> None:
    """Follow the messages, and all that come of them, to their ends in this process.

    Waits for what another process has taken up, or left behind. Raises StalledError if that never ends.
    """
    waiting = deque(messages)
    last, moved = counts.count(road.database), time.monotonic()
    while waiting or not idle(road):
        if not waiting:
            waiting.extend(tick(road))
        while waiting:
            waiting.extend(step(road, waiting.popleft()))
            after_each()
        if (now := counts.count(road.database)) != last:
            last, moved = now, time.monotonic()
        elif time.monotonic() - moved > STALLED:
            raise StalledError(
                f"nothing has moved for {STALLED:.0f} seconds; is another replay of this folder at work?"
            )
        else:
            time.sleep(0.1)


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


def _due_sources(road: Road) -> list[Message]:
    lease = road.config.settings.stale_after
    due = sources.claim_due(road.database, road.now(), lease, recording=road.recording)
    return [Message(stage="watch", key=key, trace=uuid4().hex) for key in due]


def _watch(road: Road, message: Message) -> list[Message]:
    found = sources.find(road.database, message.key)
    if found is None:
        log.warning("source_unknown")
        return []
    source, polled_at = found
    look = stages.watch(road, source, polled_at)
    if look is None:
        sources.rest(road.database, source.key)
        log.info("nothing_recorded", outlet=source.outlet)
        return []
    poll, entries = look
    new = sources.keep_poll(
        road.database,
        poll,
        entries,
        next_poll_at=road.transport.next_at(source.url, poll.polled_at),
        trace=message.trace,
        now=road.now(),
        due=road.resend_at,
        recording=road.recording,
    )
    log.info("polled", outlet=source.outlet, seen=poll.seen, new=len(new), fault=poll.fault)
    follow = [Message(stage="fetch", key=key, trace=message.trace) for key in new]
    # Recorded time goes on when a poll is kept, not when the clock says so.
    return follow if road.recordings is None else [*follow, *_due_sources(road)]


def _work(road: Road, message: Message) -> list[Message]:
    work = items.begin(road.database, message.key, message.stage, due=road.resend_at)
    if work is None:
        log.debug("not_waiting")
        return []
    with structlog.contextvars.bound_contextvars(outlet=work.entry.outlet):
        outcome = _attempt(road, message, work)
        if isinstance(outcome, Drop):
            items.drop(road.database, message.key, message.stage, outcome, road.now())
            log.info("dropped", reason=outcome.reason, detail=outcome.detail)
            return []
        if isinstance(outcome, Failure):
            return _after_failure(road, message, work, outcome)
    if not outcome or message.stage == STAGES[-1]:
        return []
    following = STAGES[STAGES.index(message.stage) + 1]
    return [Message(stage=following, key=message.key, trace=message.trace)]


def _attempt(road: Road, message: Message, work: items.Work) -> bool | Drop | Failure:
    """One try: whether its result was kept (not if somebody else was faster), or why there is none."""
    if work.attempts > road.config.settings.attempts:
        # Every try so far was begun and none came back: they took their workers with them.
        return Failure(reason=work.last_reason or "worker_lost", detail=work.last_detail or "no try came to an end")
    try:
        return stages.DO[message.stage](road, work)
    except OURS:
        items.give_back(road.database, message.key, message.stage)
        raise
    except Exception as error:
        log.exception("defect")
        return stages.defect(error)


def _after_failure(road: Road, message: Message, work: items.Work, failure: Failure) -> list[Message]:
    settings = road.config.settings
    again = items.fail(
        road.database,
        message.key,
        message.stage,
        failure,
        road.now(),
        attempts=settings.attempts,
        retry_after=settings.retry_after,
    )
    log.warning("failed", reason=failure.reason, detail=failure.detail, attempt=work.attempts, again=again)
    # With no time to wait the next try follows at once; otherwise `tick` finds it when it is due.
    return [message] if again and not settings.retry_after else []
