"""What the store knows of an article's past: which lines its outlet prints again and again, and which articles it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workers.items import Article, Entry
from workers.road import Road
from workers.store import copies
from workers.store.copies import Marks, Pair

if TYPE_CHECKING:
    from workers.clean.copies import Text
    from workers.clean.learned import History, Past

# What an outlet printed is counted over these weeks, up to a day before the page was captured. By then all older pages have
# been read, so the count is the same however late or in what order pages are read: in a replay too.
WEEKS = timedelta(days=60)
SETTLED = timedelta(days=1)
# Seconds after which a page is taken up again that waits for older ones of its outlet.
WAIT = 5.0


def outlet_of(road: Road, entry: Entry) -> str | None:
    """The slug of an entry's outlet, or that of its address."""
    if entry.outlet is not None:
        return entry.outlet
    try:
        found = road.config.outlet_of(entry.url)
    except ValueError:  # an address with a broken host
        return None
    return found.slug if found else None


def must_wait(road: Road, outlet: str | None, captured_at: datetime) -> bool:
    """Whether pages of the outlet still wait for the cleaner that the lines of this one are counted by."""
    return outlet is not None and copies.waits_before(road.database, outlet, captured_at - SETTLED)


def history_of(road: Road, outlet: str | None, captured_at: datetime) -> History:
    """What the outlet had printed before a page was captured."""
    from workers.clean.learned import Past, no_history  # noqa: PLC0415 -- fetchers start without the cleaner's libraries

    if outlet is None:
        return no_history
    until = captured_at - SETTLED

    def history(numbers: Sequence[int]) -> Past:
        return Past(*copies.past(road.database, outlet, numbers, until - WEEKS, until))

    return history


def marks_of(article: Article) -> Marks:
    """What an article is found by. Furniture that was learned is counted on, or it would come back."""
    from workers.clean.fingerprint import paragraph, sketch  # noqa: PLC0415

    body = article.text[slice(*article.zones.body)]
    found = sketch(body)
    learned = (line for line, rule in zip(article.removed, article.removed_by, strict=True) if rule == "learned")
    lines = (paragraph(line) for line in (*body.split("\n\n"), *learned))
    return Marks(paragraphs=(*lines, *found.units), bands=found.bands)


def pairs_of(road: Road, article: Article) -> list[Pair]:
    """The articles that `article` repeats, and those that repeat it.

    Looked for when it is tagged: both are kept by then, and whichever is tagged last sees the other.
    """
    from workers.clean.copies import compare, text_of  # noqa: PLC0415
    from workers.clean.fingerprint import paragraph, sketch  # noqa: PLC0415

    def text(one: Article) -> Text:
        return text_of(one.title, one.text[slice(*one.zones.body)], outlet=one.outlet, published=one.published.at)

    found = sketch(article.text[slice(*article.zones.body)])
    reused = {paragraph(one.text) for one in article.reused}
    others = copies.candidates(
        road.database, article.key, [one for one in found.units if one not in reused], found.bands
    )
    mine, pairs = text(article), []
    times = copies.ordered_at(road.database, [article.key, *(one.key for one in others)])
    for other in others:
        is_first = (times[article.key], article.key) < (times[other.key], other.key)
        copy = compare(mine, text(other)) if is_first else compare(text(other), mine)
        if copy is not None:
            first, second = (article, other) if is_first else (other, article)
            pairs.append(
                Pair(
                    original=first.key, copy=second.key, relation=copy.relation, score=copy.score, altered=copy.altered
                )
            )
    return pairs
