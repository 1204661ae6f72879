"""What each stage does with one item: its work and the keeping of its result, without a word of what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from workers.fetch.archive import ArchiveError
from workers.fetch.verdict import judge
from workers.items import Capture, Drop, Entry, Failure, Response, Source
from workers.road import Road
from workers.store import items, results, sources
from workers.watch.read import read

log = structlog.get_logger()


def watch(road: Road, source: Source, polled_at: datetime | None) -> tuple[sources.Poll, list[Entry]] | None:
    """One look at a source last polled at `polled_at`; None when a recording holds no later one."""
    # A replay's clock is that of its captures, whatever they are: a redirect to nowhere is a look as well.
    at = road.now() if road.recordings is None else road.transport.next_at(source.url, polled_at)
    if at is None:
        return None
    answer = road.transport.get(source.url, after=polled_at)
    if not isinstance(answer, Response):
        return _blind(source, at, None, answer), []
    trouble = judge(answer)
    if trouble is not None and trouble.reason != "empty":
        return _blind(source, answer.captured_at, answer.status, trouble), []
    try:
        listing = read(answer, source, road.config)
    except Exception as error:
        log.exception("poll_failed")
        return _blind(source, answer.captured_at, answer.status, defect(error)), []
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


def fetch(road: Road, work: items.Work) -> bool | Drop | Failure:
    """Get the page and keep it as it came. Raises ArchiveError if it cannot be kept."""
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
    kept = results.keep_capture(road.database, capture, now=road.now(), due=road.resend_at)
    if kept:
        log.info("fetched", status=capture.status, size=capture.size, seconds=round(capture.elapsed, 3))
    return kept


def clean(road: Road, work: items.Work) -> bool | Drop | Failure:
    """Make an article of the kept page, or say why it holds none."""
    # Imported when used: watchers and fetchers start without the libraries of the cleaner.
    from workers.clean.fingerprint import fingerprint  # noqa: PLC0415
    from workers.clean.page import clean as clean_page  # noqa: PLC0415

    capture = results.capture_of(road.database, work.entry.key)
    assert capture is not None, "an item that waits for the cleaner has a capture"
    try:
        body = road.archive.get(capture.digest)
    except ArchiveError as error:
        return Failure(reason="archive", detail=str(error))
    article = clean_page(capture, body, entry=work.entry, config=road.config)
    if isinstance(article, Drop):
        return article
    kept = results.keep_article(
        road.database, article, fingerprint(article), capture.captured_at, now=road.now(), due=road.resend_at
    )
    if kept:
        published = article.published.value
        log.info("cleaned", characters=len(article.text), removed=len(article.removed), published=published)
    return kept


def tag(road: Road, work: items.Work) -> bool | Drop | Failure:
    """Tag the article and end the item as recorded."""
    article = results.article_of(road.database, work.entry.key)
    assert article is not None, "an item that waits for the tagger has an article"
    tags = road.tagger().tag(article)
    kept = results.keep_tags(road.database, work.entry.key, tags, road.now())
    if kept:
        log.info("recorded", grade=tags.relevance.grade, events=len(tags.events), statements=len(tags.statements))
    return kept


Do = Callable[[Road, items.Work], bool | Drop | Failure]

DO: dict[str, Do] = {"fetch": fetch, "clean": clean, "tag": tag}


def defect(error: Exception) -> Failure:
    """A fault of marsad itself, as a failure of the item that met it."""
    return Failure(reason="defect", detail=f"{type(error).__name__}: {error}"[:500])


def _blind(source: Source, at: datetime, status: int | None, trouble: Drop | Failure) -> sources.Poll:
    return sources.Poll(source=source.key, polled_at=at, status=status, fault=trouble.reason, detail=trouble.detail)
