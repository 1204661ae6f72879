"""Whether a capture holds an article at all: every early end of the clean stage and what it is told by.

The reasons are a closed list: `too_large` `http_status` `gone` `not_html` `empty` `feed_xml` `blocked` `soft_404`
`list_page` `no_article`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from workers.clean.body import teased
from workers.clean.decode import is_binary
from workers.clean.lines import Line, count, is_headline, is_prose, key
from workers.clean.phrases import Beginnings, Phrase
from workers.clean.walk import Walk, prose
from workers.config import Leftovers
from workers.items import Capture, Drop

# Words of body below which nothing is an article. News flashes have 15 to 40; a page that a profile knows, or that
# came as text, is believed sooner than one where the extractor guessed.
LEAST_WORDS = 25
LEAST_WORDS_KNOWN = 10
MOST_CHARACTERS = 300_000  # of an article's text; the longest long reads have a tenth of it
MOST_CHARACTERS_AROUND = 1_000_000  # of a page's text with menus and lists
_SHORT_PAGE = 150  # words; a challenge or a page "not found" has little else to say
_LEAD = 2048
_LIST = 5  # links that make a list
_BESIDE_TEASERS = 0.2  # of the words of teasers; below it they are all there is

_TEXT_TYPES = re.compile(r"(?:text/|application/(?:xhtml\+xml|xml|octet-stream)|$)", re.IGNORECASE)
_FEED = re.compile(
    rb"\s*(?:<\?xml[^>]{0,300}\?>\s*|<\?xml-stylesheet[^>]{0,500}\?>\s*|<!--.{0,1000}?-->\s*)*"
    rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b",
    re.DOTALL,
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
# Marks of the scripts with which Cloudflare, DDoS-Guard and others test a browser before they show a page. Cloudflare
# puts another of its scripts into ordinary pages, which must not count.
_CHALLENGE = re.compile(
    rb"cf-browser-verification|_cf_chl_opt|cf_chl_|challenge-platform/[^\"'<> ]{0,40}orchestrate|ddos-guard|__cf_captcha"
)
_PARTS = re.compile(r"\s*[|\-–—:«»]\s*|\s{2,}")


def refuse(capture: Capture, body: bytes, most_bytes: int) -> Drop | None:
    """What status, headers and the first bytes say, before anything is parsed."""
    size = max(capture.size, len(body))
    if size > most_bytes:
        return Drop(reason="too_large", detail=f"the body has {size} bytes, more than the {most_bytes} that are read")
    status = capture.status
    if status in {404, 410}:
        return Drop(reason="gone", detail=f"the server answered {status}")
    if not 200 <= status < 300:
        if len(body) < 200_000 and _CHALLENGE.search(body):
            return Drop(reason="blocked", detail=f"the server answered {status} with a test for robots")
        return Drop(reason="http_status", detail=f"the server answered {status}")
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return Drop(reason="empty", detail="the body is empty")
    kind = capture.content_type.partition(";")[0].strip().lower()
    start = body[:_LEAD].removeprefix(b"\xef\xbb\xbf")
    if kind in _FEED_TYPES or _FEED.match(start):
        return Drop(reason="feed_xml", detail="the body is a feed or a sitemap")
    if not _TEXT_TYPES.match(kind) or is_binary(body):
        return Drop(reason="not_html", detail=f"the body is no page of text ({kind or 'no content type'})")
    return None


def refuse_page(titles: Sequence[str], page: Sequence[Line], body: bytes, phrases: Leftovers) -> Drop | None:
    """Whether a page with status 200 says that it was not found, or tests for robots.

    `titles` are its title and headings, `page` the lines that stand in no box or menu. A phrase counts as a part of a title
    ("not found - name"), or as the beginning of a line where the page has little else to say than other pages' headlines.
    """
    unlinked = [line for line in page if not line.linked]
    words = _words(unlinked)
    opening = [line.text for line in unlinked[:20]]
    short = words < _SHORT_PAGE
    said = _find(phrases.challenge, titles, opening if short else ())
    if said or (short and len(body) < 200_000 and _CHALLENGE.search(body)):
        return Drop(reason="blocked", detail=f"the page is a test for robots ({said or 'by its script'})")
    if said := _find(phrases.soft_404, titles, opening if words < 2 * _SHORT_PAGE else ()):
        return Drop(reason="soft_404", detail=f"the page says that it was not found ({said})")
    return None


@lru_cache(maxsize=16)
def _beginnings(phrases: tuple[str, ...]) -> tuple[frozenset[str], Beginnings]:
    forms = [key(phrase) for phrase in phrases]
    return frozenset(forms), Beginnings(Phrase(form, 0, "") for form in forms)


def _find(phrases: tuple[str, ...], titles: Sequence[str], lines: Sequence[str]) -> str | None:
    forms, beginnings = _beginnings(phrases)

    def begin(line: str) -> bool:
        return next(beginnings.of(key(line)), None) is not None

    for title in titles:
        parts = {key(title), *map(key, _PARTS.split(title))}
        if parts & forms or (count(title) <= 8 and begin(title)):
            return title
    return next((line for line in lines if count(line) <= 20 and begin(line)), None)


def refuse_address(asked: str, final: str) -> Drop | None:
    """Whether the server led from an article's address to its front page, the polite form of "not found"."""
    try:
        there, here = urlsplit(final), urlsplit(asked)
    except ValueError:  # an address with a broken host
        return None
    if there.path.strip("/") or there.query or not here.path.strip("/"):
        return None
    return Drop(reason="soft_404", detail="the server led to its front page")


def refuse_list(lines: Sequence[Line], page: Sequence[Line], *, known: bool) -> Drop | None:
    """Whether a page is a list of headlines: no paragraph among its links, or in the extracted lines most words in
    links or hardly a paragraph among many headlines. `page` is all of it, `lines` what was extracted.
    """
    links = [line for line in page if line.linked and count(line.text) >= 3]
    if not known and len(links) >= _LIST and _prose(page) < LEAST_WORDS_KNOWN:
        return Drop(reason="list_page", detail=f"{len(links)} links and no paragraph")
    total = _words(lines)
    linked = [line for line in lines if line.linked]
    if len(linked) >= _LIST and 2 * _words(linked) > total:
        return Drop(reason="list_page", detail=f"{len(linked)} of {len(lines)} lines are links")
    headlines = [line for line in lines if is_headline(line) and count(line.text) >= 4]
    if not known and len(headlines) >= 8 and 2 * len(headlines) > len(lines) and 3 * _prose(lines) < total:
        return Drop(reason="list_page", detail=f"{len(headlines)} of {len(lines)} lines are headlines")
    return None


def refuse_teasers(page: Walk) -> Drop | None:
    """Whether a page is headlines with a beginning of each article and hardly anything else: a front page, a search."""
    teasers = teased(page)
    words = prose(one for one in page.seen if id(one) in teasers)
    rest = prose(one for one in page.seen if id(one) not in teasers)
    if len(teasers) < _LIST or rest >= _BESIDE_TEASERS * words:
        return None
    return Drop(reason="list_page", detail=f"{len(teasers)} beginnings of articles and {rest} words beside them")


def _words(lines: Iterable[Line]) -> int:
    return sum(count(line.text) for line in lines)


def _prose(lines: Iterable[Line]) -> int:
    return _words(line for line in lines if is_prose(line) and not line.linked)


def refuse_text(kept: Sequence[Line], removed: Sequence[object], *, known: bool) -> Drop | None:
    """Whether what is left is too little for an article, or too much for any."""
    words = _words(kept)
    least = LEAST_WORDS_KNOWN if known else LEAST_WORDS
    if words < least:
        detail = f"{words} words are left after {len(removed)} lines were removed; an article has at least {least}"
        return Drop(reason="no_article", detail=detail)
    return refuse_length(sum(len(line.text) for line in kept), MOST_CHARACTERS)


def refuse_length(characters: int, most: int) -> Drop | None:
    """Whether a text is longer than any article, or with all that stands around it, than any article's page."""
    if characters <= most:
        return None
    return Drop(reason="too_large", detail=f"the text has {characters} characters, more than the {most} that are read")
