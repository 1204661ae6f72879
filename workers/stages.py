"""What each stage does with one item: its work and the keeping of its result, without a word of what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from workers import relating, trouble
from workers.fetch.archive import ArchiveError
from workers.fetch.names import other_names
from workers.fetch.verdict import judge
from workers.items import Drop, Entry, Failure, Later, Response
from workers.keeping import keep_page
from workers.revisit import first_due
from workers.road import Road
from workers.store import aliases, items, results
from workers.watch.identity import same_article

# How far apart the dates are at most that two addresses of one article are given.
APART = timedelta(hours=12)

log = structlog.get_logger()


def fetch(road: Road, work: items.Work) -> bool | Drop | Failure | Later:
    """Get the page and keep it as it came. Raises ArchiveError if it cannot be kept."""
    entry = work.entry
    answer = road.transport.get(entry.url, hop=work.hop)
    if trouble.note(road, entry.url, entry.outlet, "fetch", answer):
        return Later(seconds=trouble.OFFLINE)
    if not isinstance(answer, Response):
        return answer
    wrong = judge(answer, asked=entry.url, challenge=road.config.leftovers.challenge)
    if wrong is not None:
        trouble.count(road, entry.outlet, "fetch", wrong.reason)
        return wrong
    names = list(other_names(answer, road.config))
    for url, basis in names:
        if (twin := _twin(road, entry, url, basis)) is not None:
            return twin
    capture = keep_page(road, entry.key, answer, outlet=entry.outlet, source=entry.source)
    kept = results.keep_capture(road.database, capture, names, now=road.now(), due=road.resend_at)
    if kept:
        log.info("fetched", status=capture.status, size=capture.size, seconds=round(capture.elapsed, 3))
    return kept


def _twin(road: Road, entry: Entry, url: str, basis: str) -> Drop | None:
    """Whether `url`, another name of the page, belongs to an item that is known already and not lost."""
    other = aliases.bearer(road.database, url)
    if other is None or other.key == entry.key or other.lost:
        return None
    # Templates give every page one canonical link, walls lead every reader to one address: the headlines must agree.
    agree = any(same_article(entry.title, title) for title in other.titles)
    # A daily programme bears the same headline every day, and may call its first page canonical.
    at = entry.published
    agree = agree and not (at and other.published and all(abs(at - one) > APART for one in other.published))
    unknown = basis == "redirect" and not (entry.title and other.titles)
    if not (agree or unknown):
        return None
    return Drop(reason="twin", detail=f"the same page as {other.url}")


def clean(road: Road, work: items.Work) -> bool | Drop | Failure | Later:
    """Make an article of the kept page, or say why it holds none."""
    # Imported when used: watchers and fetchers start without the libraries of the cleaner.
    from workers.clean.fingerprint import fingerprint  # noqa: PLC0415
    from workers.clean.page import clean as clean_page  # noqa: PLC0415

    capture = results.capture_of(road.database, work.entry.key)
    assert capture is not None, "an item that waits for the cleaner has a capture"
    outlet = relating.outlet_of(road, work.entry)
    if relating.must_wait(road, outlet, capture.captured_at):
        return Later(seconds=relating.WAIT if road.recordings is None else 0.0)
    try:
        body = road.archive.body(capture.place, capture.digest)
    except ArchiveError as error:
        return Failure(reason="archive", detail=str(error))
    history = relating.history_of(road, outlet, capture.captured_at)
    article = clean_page(capture, body, entry=work.entry, config=road.config, history=history)
    if isinstance(article, Drop):
        return article
    kept = results.keep_article(
        road.database,
        article,
        fingerprint(article),
        capture.captured_at,
        now=road.now(),
        due=road.resend_at,
        marks=relating.marks_of(article),
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
    capture = results.capture_of(road.database, work.entry.key)
    assert capture is not None, "an item that waits for the tagger has a capture"
    visit_at = first_due(road, work.entry, capture.captured_at)
    pairs = relating.pairs_of(road, article)
    kept = results.keep_tags(road.database, work.entry.key, tags, road.now(), visit_at=visit_at, pairs=pairs)
    if kept:
        log.info("recorded", grade=tags.relevance.grade, events=len(tags.events), statements=len(tags.statements))
    return kept


Do = Callable[[Road, items.Work], bool | Drop | Failure | Later]

DO: dict[str, Do] = {"fetch": fetch, "clean": clean, "tag": tag}
