"""One look at a source: ask, or take what a hub delivers; keep what came and what it led to."""

from __future__ import annotations

from datetime import datetime

import structlog

from workers import looks, trouble
from workers.fetch.archive import About
from workers.fetch.verdict import judge
from workers.items import Drop, Failure, Later, Response, Source, from_json
from workers.keeping import keep_page
from workers.looks import Look
from workers.road import Road
from workers.store import appointments, results, sources
from workers.watch import conditional
from workers.watch.read import read

log = structlog.get_logger()


def look(road: Road, state: sources.State, *, pushed: bool) -> Look | Later | None:
    """Look at a source; None when a recording holds no later look. `pushed`: a hub tells of what is new."""
    # A replay's clock is that of its captures, whatever they are: a redirect to nowhere is a look as well.
    at = road.now() if road.recordings is None else road.transport.next_at(state.source.url, state.polled_at)
    if at is None:
        return None
    known = from_json(conditional.Validators, state.validators or {})
    asked = (
        conditional.headers(known, at) if road.recordings is None and not looks.overdue(road, state, known, at) else {}
    )
    answer = road.transport.get(state.source.url, after=state.polled_at, headers=asked, hop=state.hop)
    if isinstance(answer, Later):
        return answer
    return take(road, state, answer, at=at, asked=asked, pushed=pushed)


def take(
    road: Road,
    state: sources.State,
    answer: Response | Failure | Drop,
    *,
    at: datetime,
    asked: dict[str, str],
    pushed: bool,
) -> Look:
    """Make a look of an answer, asked for at `at` with the headers `asked`."""
    source = state.source
    ours = trouble.note(road, source.url, source.outlet, "watch", answer)
    if not isinstance(answer, Response):
        return looks.blind(road, state, at, None, answer, ours=ours, pushed=pushed)
    at, status = answer.captured_at, answer.status
    if status == 304 and asked:
        return looks.unchanged(road, state, answer, asked=asked, pushed=pushed)
    wrong = judge(answer, challenge=road.config.leftovers.challenge)
    if wrong is not None and wrong.reason != "empty":
        trouble.count(road, source.outlet, "watch", wrong.reason)
        return looks.blind(road, state, at, status, wrong, pushed=pushed)
    try:
        listing = read(answer, source, road.config)
    except Exception as error:
        log.exception("poll_failed")
        return looks.blind(road, state, at, status, trouble.defect(error), pushed=pushed)
    if listing.fault is not None:
        trouble.count(road, source.outlet, "watch", listing.fault)
    seen = looks.seen(road, state, answer, listing, asked=asked, pushed=pushed)
    return looks.placed(seen, _archive(road, source, answer) if seen.poll.digest != state.digest else state.place)


def deliver(road: Road, state: sources.State, answer: Response) -> Look | None:
    """Make a look of what a hub delivered; None if it cannot be read."""
    listing = read(answer, state.source, road.config)
    if listing.fault is not None:
        trouble.count(road, state.source.outlet, "watch", listing.fault)
        return None
    seen = looks.seen(road, state, answer, listing, asked={}, pushed=True, delivered=True)
    return looks.placed(seen, _archive(road, state.source, answer))


def keep(road: Road, seen: Look, *, trace: str) -> list[tuple[str, bool]]:
    """Keep a look; return the keys of the new items, each with whether its page came with it."""
    source = seen.state.source
    new = sources.keep_poll(
        road.database,
        seen.poll,
        seen.entries,
        next_poll_at=seen.next_poll_at,
        trace=trace,
        now=road.now(),
        due=road.first_try_at,
        recording=road.recording,
        state=seen.state,
        same=seen.same,
        wrong=seen.wrong,
        led_to=seen.led_to,
        delivered=seen.delivered,
    )
    claims = [(entry.key, entry.modified) for entry in seen.entries if entry.modified is not None]
    appointments.changed(road.database, claims, now=road.now(), recording=road.recording)
    return [(key, key in seen.whole and _keep_page(road, source, key, seen.whole[key])) for key in new]


def _keep_page(road: Road, source: Source, key: str, page: Response) -> bool:
    capture = keep_page(road, key, page, outlet=source.outlet, source=source.key)
    return results.keep_capture(road.database, capture, now=road.now(), due=road.resend_at)


def _archive(road: Road, source: Source, answer: Response) -> str:
    about = About(key=source.key, kind=source.kind, outlet=source.outlet, source=source.parent)
    return road.archive.keep(answer, about)
