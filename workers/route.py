"""The order of the stages, stated once, and a loop that walks it in this process.

    due source --watch--> entries --fetch--> capture --clean--> article --tag--> record

`step` does one stage of one item: take it up, do the work, keep the result, say which message comes next. Whoever calls
it sends those messages on: `walk` by a queue in memory, the Celery tasks by Redis. A message that is lost costs time
and nothing else, since `tick` finds in the store what nobody is working on.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog

from workers import hubs, leads, polling, revisit, stages, trouble
from workers.config import Config
from workers.items import Drop, Entry, Failure, Later, Response, Source, Stage
from workers.reasons import REASONS
from workers.road import OURS, Road, policy_of
from workers.store import counts, items, sources, subscriptions, visits
from workers.urls import canonical, key_of
from workers.watch import websub

STAGES: tuple[Stage, ...] = ("watch", "fetch", "clean", "tag")

# Seconds without any progress after which a replay is given up: longer than everything it may have to wait for.
STALLED = 180.0

# What a message's key ends with that asks for a source's hub instead of the source.
HUB = ".hub"

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
    found = [*_due_sources(road), *_due_hubs(road)] if room is None or room["watch"] > 0 else []
    for stage in STAGES[1:]:
        limit = 1000 if room is None else room[stage]
        if limit <= 0:
            continue
        how: Any = {"due": road.resend_at, "limit": limit, "recording": road.recording}
        how["shunned"] = trouble.shunned(road) if stage == "fetch" else ()
        left = items.sweep(road.database, stage, road.now(), **how)
        again = visits.sweep(road.database, stage, road.now(), **how)
        found.extend(Message(stage=stage, key=key, trace=trace) for key, trace in [*left, *again])
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
        if "." in message.key:
            return _visit(road, message)
        return _watch(road, message) if message.stage == "watch" else _work(road, message)


def idle(road: Road) -> bool:
    """Whether no source is due and no item is under way, of the live ones or of the recording."""
    return not (
        sources.any_due(road.database, road.now(), recording=road.recording)
        or items.under_way(road.database, recording=road.recording)
        or visits.under_way(road.database, road.now(), recording=road.recording)
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


def backfill(road: Road, slug: str, since: datetime) -> int:
    """Begin to walk the sources of an outlet back in time to `since`; return how many are new to that walk.

    The workers look at them as at any other source, at the same pace, each page leading to the one before it. Asking
    again goes on with what is there.
    """
    roots = [source for source in _configured_sources(road.config, also=slug) if source.outlet == slug]
    start = [replace(root, key=leads.backfill_key(root.url, since), parent=root.key, since=since) for root in roots]
    # An outlet need not be watched for this; where it is, the workers give its sources their times.
    sources.enrol(road.database, [(root, None) for root in roots])
    sources.go_on(road.database, slug, since, road.now())
    return sources.enrol(road.database, [(source, road.now()) for source in start])


def pushed(road: Road, source: str, answer: Response) -> list[Message]:
    """Take what a hub delivered for a source, as a look at it."""
    state = sources.find(road.database, source)
    if state is None:
        return []
    trace = uuid4().hex
    seen = polling.deliver(road, state, answer)
    return [] if seen is None else _follow(road, polling.keep(road, seen, trace=trace), trace)


def _configured_sources(config: Config, *, also: str | None = None) -> Iterator[Source]:
    for outlet in config.outlets.values():
        for one in outlet.sources if outlet.watch or outlet.slug == also else ():
            url = canonical(one.url, trackers=config.trackers) or one.url
            yield Source(key=key_of(url), outlet=outlet.slug, kind=one.kind, url=one.url)


def _due_sources(road: Road) -> list[Message]:
    # Recorded time goes on when all that was found before has been fetched: as on a day when minutes lie between.
    if road.recordings is not None and items.under_way(road.database, "fetch", recording=road.recording):
        return []
    lease = road.config.settings.stale_after
    due = sources.claim_due(road.database, road.now(), lease, recording=road.recording)
    return [Message(stage="watch", key=key, trace=uuid4().hex) for key in due]


def _watch(road: Road, message: Message) -> list[Message]:
    live = road.recordings is None
    state = sources.begin(road.database, message.key, road.now()) if live else sources.find(road.database, message.key)
    if state is None:
        log.debug("not_due")
        return []
    pushed = state.source.key in subscriptions.active(road.database, road.now())
    look = polling.look(road, state, pushed=pushed)
    if look is None:
        sources.rest(road.database, state.source.key)
        log.info("nothing_recorded", outlet=state.source.outlet)
        return []
    if isinstance(look, Later):
        until = road.now() + timedelta(seconds=look.seconds)
        sources.postpone(road.database, state.source.key, until=until, hop=look.hop)
        log.debug("not_yet", outlet=state.source.outlet, seconds=look.seconds)
        return []
    new = polling.keep(road, look, trace=message.trace)
    if look.in_full and road.recordings is None and websub.master_of(road.config.settings):
        _note_hub(road, state.source.key, look.hub)
    poll = look.poll
    log.info(
        "polled", outlet=state.source.outlet, seen=poll.seen, new=len(new), gap=poll.gap, capped=poll.capped,
        fault=poll.fault,
    )  # fmt: skip
    return [*_follow(road, new, message.trace), *(_due_sources(road) if road.recordings is not None else ())]


def _visit(road: Road, message: Message) -> list[Message]:
    if message.stage == "watch":
        hubs.subscribe(road, message.key.removesuffix(HUB))
        return []
    return [Message(stage=stage, key=key, trace=message.trace) for stage, key in revisit.step(road, message)]


def _note_hub(road: Road, source: str, declared: tuple[str, str] | None) -> None:
    if declared is not None:
        subscriptions.note(road.database, source, *declared, now=road.now())
    else:
        subscriptions.withdraw(road.database, source)


def _due_hubs(road: Road) -> list[Message]:
    if road.recordings is not None or websub.master_of(road.config.settings) is None:
        return []
    due = subscriptions.claim_due(road.database, road.now())
    return [Message(stage="watch", key=one.source + HUB, trace=uuid4().hex) for one in due]


def _follow(road: Road, new: Sequence[tuple[str, bool]], trace: str) -> list[Message]:
    """The messages of new items. Live ones to fetch are left to the tick, which keeps their hosts apart."""
    return [
        Message(stage="clean" if has_page else "fetch", key=key, trace=trace)
        for key, has_page in new
        if has_page or road.recordings is not None
    ]


def _work(road: Road, message: Message) -> list[Message]:
    work = items.begin(road.database, message.key, message.stage, due=road.resend_at)
    if work is None:
        log.debug("not_waiting")
        return []
    with structlog.contextvars.bound_contextvars(outlet=work.entry.outlet):
        follow = _outcome(road, message, work, _attempt(road, message, work))
    # A recording's next source waits until all that was found before has been fetched.
    more = message.stage == "fetch" and road.recordings is not None
    return [*follow, *(_due_sources(road) if more else ())]


def _outcome(road: Road, message: Message, work: items.Work, outcome: bool | Drop | Failure | Later) -> list[Message]:
    match outcome:
        case Drop(reason=reason, detail=detail) if (
            message.stage == "fetch" and road.recordings is None and _may_pass(reason)
        ):
            return _after_failure(road, message, work, Failure(reason=reason, detail=detail))
        case Drop(reason=reason, detail=detail):
            items.drop(road.database, message.key, message.stage, outcome, road.now())
            log.info("dropped", reason=reason, detail=detail)
            return []
        case Failure():
            return _after_failure(road, message, work, outcome)
        case Later(seconds=seconds, hop=hop):
            until = road.now() + timedelta(seconds=seconds)
            items.postpone(road.database, message.key, message.stage, until=until, hop=hop)
            log.debug("not_yet", seconds=seconds)
            return []
    if not outcome or message.stage == STAGES[-1]:
        return []
    following = STAGES[STAGES.index(message.stage) + 1]
    return [Message(stage=following, key=message.key, trace=message.trace)]


def _may_pass(reason: str) -> bool:
    return reason in REASONS and bool(REASONS[reason].retries)


def _attempt(road: Road, message: Message, work: items.Work) -> bool | Drop | Failure | Later:
    """One try: whether its result was kept (not if somebody else was faster), or why there is none."""
    if work.attempts > 1 + len(policy_of(road, work.last_reason or "worker_lost").retries):
        # Every try so far was begun and none came back: they took their workers with them.
        return Failure(reason=work.last_reason or "worker_lost", detail=work.last_detail or "no try came to an end")
    try:
        return stages.DO[message.stage](road, work)
    except OURS:
        items.give_back(road.database, message.key, message.stage)
        raise
    except Exception as error:
        log.exception("defect")
        return trouble.defect(error)


def _after_failure(road: Road, message: Message, work: items.Work, failure: Failure) -> list[Message]:
    again = items.fail(
        road.database, message.key, message.stage, failure, road.now(), policy=policy_of(road, failure.reason)
    )
    log.warning("failed", reason=failure.reason, detail=failure.detail, attempt=work.attempts, again=again)
    # With no time to wait the next try follows at once; otherwise `tick` finds it when it is due.
    at_once = road.recordings is not None or not road.config.settings.retry_after
    return [message] if again and at_once else []
