"""What an answer means for the item it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, unquote, urlsplit

from workers.fetch.challenge import find_challenge
from workers.items import Drop, Failure, Response
from workers.reasons import REASONS
from workers.urls import site_of

LONGEST_WISH = 7 * 86_400.0  # seconds; whoever asks us to stay away for longer is asked again all the same

_TEXT = ("text/", "application/xhtml+xml", "application/xml", "application/json", "application/ld+json")
# Beginnings of files that servers send as text/html now and then.
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS")
_FEED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,300}\?>\s*|<\?xml-stylesheet[^>]{0,500}\?>\s*|<!--.{0,1000}?-->\s*){0,5}"
    rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)
_FRONT = re.compile(r"(?:index|home|default)(?:\.\w{2,5})?", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d|\d\d?")
_WORDS = re.compile(r"[-_\s.+]+")


def judge(response: Response, *, asked: str | None = None, challenge: Sequence[str] = ()) -> Drop | Failure | None:
    """Return why `response` ends or waits, or None when it is text to be read on.

    `asked` is the address of the article that should have come; without it any text will do, feeds and sitemaps
    included. `challenge` are the titles of tests for robots. Pure.
    """
    if shown := find_challenge(response, challenge):
        detail = f"HTTP {response.status} with a test for robots, told by {shown}"
        return ended("blocked", detail, retry_after(response))
    return _by_status(response) or _by_body(response) or (_by_place(asked, response) if asked else None)


def ended(reason: str, detail: str, wait: float | None = None) -> Drop | Failure:
    """Return a Failure for a reason that is tried again (`workers.reasons`), a Drop for any other."""
    if REASONS[reason].retries:
        return Failure(reason=reason, detail=detail, retry_after=wait)
    return Drop(reason=reason, detail=detail)


def retry_after(response: Response) -> float | None:
    """Return the seconds for which the host asks to be left alone, at most LONGEST_WISH, or None.

    A date is read against the host's own clock, where it tells that.
    """
    said = response.headers.get("retry-after", "").strip()[:100]
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_WISH)
    until, now = _date(said), _date(response.headers.get("date", "")[:100]) or response.captured_at
    return None if until is None else min(max((until - now).total_seconds(), 0.0), LONGEST_WISH)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _by_status(response: Response) -> Drop | Failure | None:
    status = response.status
    match status:
        case 206:
            return ended("protocol", "HTTP 206: a part of the page, which nobody asked for")
        case _ if 200 <= status < 300:
            return None
        case 404 | 410:
            reason = "gone"
        case 401 | 403:
            reason = "forbidden"
        case 408:
            reason = "timeout"
        case 425 | 429 | 503:
            reason = "throttled"
        case _ if 300 <= status < 400:
            return ended("http_3xx", f"HTTP {status} that leads nowhere")
        case _ if 400 <= status < 500:
            reason = "http_4xx"
        case _ if 500 <= status < 600:
            reason = "http_5xx"
        case _:
            reason = "protocol"
    return ended(reason, f"HTTP {status}", retry_after(response))


def _by_body(response: Response) -> Drop | Failure | None:
    start = response.body[:1024].lstrip()
    if not start and not response.body.strip():
        return ended("empty", "no body")
    media = response.content_type.partition(";")[0].strip().lower()
    # Nothing said, or "some bytes": what begins like markup is markup.
    vague = media in {"", "application/octet-stream", "binary/octet-stream"} and b"<" in start
    if start.startswith(_MAGIC) or not (vague or media.startswith(_TEXT) or media.endswith(("+xml", "+json"))):
        return ended("not_html", f"content type {media[:100] or 'missing'}")
    return None


def _by_place(asked: str, response: Response) -> Drop | Failure | None:
    if _FEED.match(response.body[:8192]):
        return ended("feed_xml", "a feed or sitemap came for an article")
    if leads_home(asked, response.final_url):
        return ended("redirect_home", f"led to {response.final_url[:200]}")
    return None


def leads_home(asked: str, final: str) -> bool:
    """Whether a redirect from an article's address led to a front page, or to a section that the address stands in.

    A new name, number or host for the same page is none of these. Pure.
    """
    try:
        here, there = urlsplit(asked), urlsplit(final)
    except ValueError:
        return False
    way, end = _steps(here), _steps(there)
    if there.query or not (way or here.query):
        return False
    if not end:
        return True
    left = way[len(end) :]
    # What was left off must be what named the article: /news/123/slug and /slug/amp lead to /news/123 and /slug.
    above = bool(left) and way[: len(end)] == end and site_of(asked) == site_of(final)
    return above and _is_section(end) and any(_is_name(step) for step in left)


def _steps(url: SplitResult) -> list[str]:
    """The path's steps, without the language it begins with and the name of a front page that it ends with."""
    steps = [unquote(step) for step in url.path.split("/") if step]
    if steps and _FRONT.fullmatch(steps[-1]):
        steps.pop()
    if steps and _LANGUAGE.fullmatch(steps[0]):
        steps.pop(0)
    return steps


def _is_section(steps: Sequence[str]) -> bool:
    last = steps[-1]
    if any(letter.isdigit() for letter in last):
        return all(_DATE.fullmatch(step) for step in steps[-3:] if any(letter.isdigit() for letter in step))
    return len(last) <= 40 and len(_WORDS.split(last)) <= 3


def _is_name(step: str) -> bool:
    return any(letter.isdigit() for letter in step) or len([word for word in _WORDS.split(step) if word]) >= 2
