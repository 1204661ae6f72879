"""Where an unknown site announces its articles: what to ask for, and what the answers are worth. Asks nothing itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from workers.config.outlet import SourceConfig
from workers.items import Response, SourceKind
from workers.urls import canonical, key_of, site_of
from workers.watch.markup import links, metas, tree_of
from workers.watch.sightings import Listing, Sighting

MAX_PROBES = 24  # addresses that are asked for one site, its home page and robots.txt not counted
STALE = timedelta(days=60)  # a source whose newest article is older has been given up
SAME = 0.9  # share of a source's articles that better ones show too, from which on it adds nothing

_MAX_FEEDS, _MAX_SITEMAPS, _MAX_SECTIONS = 6, 4, 4
_FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
_COMMENTS = re.compile(r"/comments?/|[?&]feed=comments|/comments-?feed", re.IGNORECASE)
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_API = "https://api.w.org/"
_API_HEADER = re.compile(r"<([^<>]{1,500})>\s*;\s*rel\s*=\s*[\"']?https://api\.w\.org/", re.IGNORECASE)
_WORDPRESS = re.compile(rb"/wp-(?:content|includes|json)/", re.IGNORECASE)
_POSTS = "wp/v2/posts"
_QUERY = "per_page=50&_fields=id,link,guid,title,date,date_gmt,modified_gmt"
_FEED_PLACES = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
_SITEMAP_PLACES = (
    "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_index.xml", "/sitemap.xml", "/wp-sitemap.xml",
)  # fmt: skip
_PLATFORMS = {"t.me", "telegram.me"}
_CHANNEL = re.compile(r"^https?://(?:www\.)?(?:t|telegram)\.me/(?:s/)?([A-Za-z]\w{3,31})/?$")
# No lists of articles, by the words that addresses use for them.
_NO_SECTION = re.compile(
    r"^(?:tags?|authors?|users?|about.*|contact.*|privacy.*|terms.*|login|register|search|feed|rss|wp-.*|videos?|photos?)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place to ask: `why` says how it was found; one that is not `declared` by the site is a usual place."""

    source: SourceConfig
    why: str
    declared: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a candidate brought: a listing, or the `trouble` in words; `offset` is that of the source's own clock."""

    candidate: Candidate
    listing: Listing | None = None
    trouble: str = ""
    status: int | None = None
    offset: timedelta | None = None

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """The articles it announces."""
        return self.listing.sightings if self.listing else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A reading and its worth; `why_not` is empty for a source to take. `spare` ones work but show nothing more."""

    reading: Reading
    score: float
    why_not: str = ""
    spare: bool = False

    @property
    def taken(self) -> bool:
        """Whether it is a source of the outlet."""
        return not self.why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far back a listing goes: dated entries, the newest and oldest of them, and how long it takes to roll over."""

    dated: int = 0
    newest: datetime | None = None
    oldest: datetime | None = None
    rolls_over: timedelta | None = None


def reach(listing: Listing | None) -> Reach:
    """Return what the dates of a listing say; it rolls over when as many new articles came as it holds."""
    dates = sorted(one.published for one in listing.sightings if one.published) if listing else []
    if not dates:
        return Reach()
    span = dates[-1] - dates[0]
    return Reach(dated=len(dates), newest=dates[-1], oldest=dates[0], rolls_over=span if len(dates) > 1 else None)


def is_channel(url: str) -> bool:
    """Tell whether `url` is a channel's page on a platform, which is no outlet's own site."""
    return site_of(url) in _PLATFORMS


def probes(home: Response, robots: str | None) -> list[Candidate]:
    """Return what is worth asking on the site whose home page came: declared places first, then the usual ones.

    At most `MAX_PROBES`, each address once. Only feeds, sitemaps and a WordPress API: for pages see `sections`.
    """
    tree = tree_of(home)
    found = [*_declared(home, tree), *_sitemaps(home, robots), *_usual(home)]
    return _distinct(found)[:MAX_PROBES]


def sections(home: Response) -> list[Candidate]:
    """Return pages to read as listings where nothing else works: the home page, its sections, a Telegram channel."""
    tree = tree_of(home)
    if tree is None:
        return []
    found = [_candidate("listing", home.final_url, home, "the home page"), _channel(tree)]
    for anchor in tree.iterfind(".//a[@href]"):
        url = canonical(anchor.get("href", ""), base=home.final_url)
        words = " ".join("".join(anchor.itertext()).split())
        if url and _is_section(url, home.final_url) and 0 < len(words) <= 30:
            found.append(_candidate("listing", url, home, f"a section: {words}", declared=False))
    return _distinct(one for one in found if one)[: _MAX_SECTIONS + 2]


def is_worth(candidate: Candidate, so_far: Sequence[Reading]) -> bool:
    """Tell whether to ask: a usual place is a guess, spared where the site has led to a readable source of its kind."""
    kinds = {one.candidate.source.kind for one in so_far if one.sightings}
    return candidate.declared or candidate.source.kind not in kinds


def rank(readings: Sequence[Reading], *, home: str, now: datetime) -> list[Ranked]:
    """Return all readings, the best first, each taken or with the reason why not.

    What counts: fresh articles, dates, whole texts, their number, and how cheaply and fully its kind is asked again.
    One whose articles of the same time better ones show too is `spare`; a dead one and one that leads to other sites
    are taken only if there is nothing else.
    """
    scored = sorted(((_score(one, now), one) for one in readings), key=lambda pair: -pair[0])
    ranked: list[Ranked] = []
    taken: list[Reading] = []
    for score, one in scored:
        why_not = _unfit(one, home, now) if one.sightings else one.trouble or "nothing readable came"
        twin = None if why_not else _same_as(one, taken)
        if twin:
            why_not = f"shows no article that {twin.candidate.source.url} does not show"
        if not why_not:
            taken.append(one)
        ranked.append(Ranked(reading=one, score=round(score, 2), why_not=why_not, spare=twin is not None))
    if not taken:
        best = next((number for number, one in enumerate(ranked) if one.reading.sightings), None)
        if best is not None:
            ranked[best] = replace(ranked[best], why_not="")
    return ranked


def _declared(home: Response, tree: HtmlElement | None) -> Iterator[Candidate]:
    if b"<html" not in home.body[:2000].lower() and re.search(rb"<(?:rss|feed|rdf:RDF)[\s>]", home.body[:2000]):
        yield from _some(_candidate("feed", home.final_url, home, "the address given"))
    yield from _some(_wordpress(home, tree))
    feeds: list[Candidate] = []
    for rel, one in links(tree) if tree is not None else ():
        kind = one.get("type", "").partition(";")[0].strip().lower()
        if "alternate" in rel and kind in _FEED_TYPES and not _COMMENTS.search(one.get("href", "")):
            feeds += _some(_candidate("feed", one.get("href", ""), home, "the home page's link to its feed"))
    # A page may name a feed for each of its sections; the site's own come first in every CMS.
    yield from feeds[:_MAX_FEEDS]


def _wordpress(home: Response, tree: HtmlElement | None) -> Candidate | None:
    header = _API_HEADER.search(home.headers.get("link", "")[:4000])
    root = header.group(1) if header else None
    if root is None and tree is not None:
        root = next((one.get("href") for rel, one in links(tree) if _API in rel), None)
    why = "WordPress: the page names its API"
    if root is None:
        generator = metas(tree).get("generator", "") if tree is not None else ""
        if not (generator.lower().startswith("wordpress") or _WORDPRESS.search(home.body)):
            return None
        root, why = "/wp-json/", "WordPress: the page is made by it"
    try:
        url = urljoin(home.final_url, root.strip())
    except ValueError:
        return None
    # Without pretty addresses the API's root is ?rest_route=/ and takes its path there.
    url = url if "rest_route=" in url else url.rstrip("/") + "/"
    return _candidate("wordpress", f"{url}{_POSTS}{'&' if '?' in url else '?'}{_QUERY}", home, why)


def _sitemaps(home: Response, robots: str | None) -> Iterator[Candidate]:
    named = _SITEMAP_LINE.findall((robots or "")[:500_000])
    # The one for news is short and holds what is new.
    for url in sorted(named, key=lambda one: "news" not in one.lower())[:_MAX_SITEMAPS]:
        yield from _some(_candidate("sitemap", url, home, "robots.txt"))


def _usual(home: Response) -> Iterator[Candidate]:
    for kind, places in (("feed", _FEED_PLACES), ("sitemap", _SITEMAP_PLACES)):
        for place in places:
            yield from _some(_candidate(kind, place, home, "a usual place", declared=False))  # type: ignore[arg-type]


def _channel(tree: HtmlElement) -> Candidate | None:
    """The public page of the Telegram channel that the home page names: its messages lead to the site's articles."""
    hrefs = (one.get("href", "").strip() for one in tree.iterfind(".//a[@href]"))
    name = next((found.group(1) for one in hrefs if (found := _CHANNEL.match(one))), None)
    if name is None:
        return None
    source = SourceConfig(
        kind="listing", url=f"https://t.me/s/{name}", sure="guess", item=".tgme_widget_message",
        link=".tgme_widget_message_text a[href], a.tgme_widget_message_link_preview[href]",
        title=".tgme_widget_message_text", date="time[datetime]", older="a.tme_messages_more[data-before]",
    )  # fmt: skip
    return Candidate(source=source, why="the Telegram channel that the home page names")


def _candidate(kind: SourceKind, href: str, home: Response, why: str, *, declared: bool = True) -> Candidate | None:
    if canonical(href, base=home.final_url) is None:
        return None
    # As written, against the base: what a server was seen to answer to is kept.
    url = urljoin(home.final_url, href.strip()).partition("#")[0]
    return Candidate(source=SourceConfig(kind=kind, url=url, sure="guess"), why=why, declared=declared)


def _some(candidate: Candidate | None) -> list[Candidate]:
    return [] if candidate is None else [candidate]


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for one in candidates:
        found.setdefault(key_of(canonical(one.source.url) or one.source.url), one)
    return list(found.values())


def _is_section(url: str, home: str) -> bool:
    parts = urlsplit(url)
    steps = [step.lower() for step in parts.path.split("/") if step]
    if site_of(url) != site_of(home) or not 1 <= len(steps) <= 3 or parts.query:
        return False
    # A long last step or a long number is an article's.
    return not (_NO_SECTION.match(steps[0]) or "." in steps[-1] or steps[-1].count("-") > 2 or re.search(r"\d{3}", url))


_KIND_WORTH: dict[SourceKind, float] = {"wordpress": 1.0, "feed": 1.0, "sitemap": 0.5, "listing": 0.0}


def _score(reading: Reading, now: datetime) -> float:
    if not reading.sightings:
        return -1.0
    far = reach(reading.listing)
    score = 2 * far.dated / len(reading.sightings) + min(len(reading.sightings), 50) / 50
    score += any(one.html for one in reading.sightings)
    score += _KIND_WORTH[reading.candidate.source.kind] + 0.25 * reading.candidate.declared
    if far.newest is not None:
        age = now - far.newest
        score += sum(age < timedelta(days=days) for days in (1, 7, 30))
    return score


def _unfit(reading: Reading, home: str, now: datetime) -> str:
    newest = reach(reading.listing).newest
    if newest is not None and now - newest > STALE:
        return f"its newest article is of {newest.astimezone(UTC):%Y-%m-%d}"
    sites = {site_of(home), site_of(reading.candidate.source.url)}
    own = sum(site_of(one.url) in sites for one in reading.sightings)
    return "" if 2 * own >= len(reading.sightings) else "its links lead to other sites"


def _same_as(reading: Reading, taken: Sequence[Reading]) -> Reading | None:
    """The best source that shows what this one does, as far as the taken ones go back."""
    if not taken:
        return None
    known = {one.key for better in taken for one in better.sightings}
    oldest = min((far.oldest for better in taken if (far := reach(better.listing)).oldest), default=None)
    shown = [one.key for one in reading.sightings if not (oldest and one.published and one.published < oldest)]
    if sum(key in known for key in shown) < SAME * len(shown):
        return None
    return max(taken, key=lambda better: len({one.key for one in better.sightings}.intersection(shown)))
