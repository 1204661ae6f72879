"""A web that is made up: twenty outlets of different habits, what they serve at any moment of a fortnight, and what
goes wrong with them. It keeps a log of every request, so it knows better than anybody what was there to be seen.

The fortnight begins on a Monday. European clocks are changed on its first Sunday, and a month ends in its second week.
"""

from __future__ import annotations

import hashlib
import json
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from xml.sax.saxutils import escape

from tests.bench import watching
from tests.bench.watching import Habit
from workers.config import Outlet, SourceConfig
from workers.items import Drop, Failure, Response
from workers.urls import host_of, site_of

BEFORE = 3  # weeks in which the outlets published before anybody watched them
START = watching.START + timedelta(weeks=BEFORE)
END = START + timedelta(weeks=2)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH_ENDS = datetime(2026, 3, 31, 21, tzinfo=UTC)  # in Damascus
REKEYED_AT = START + 8 * DAY + 12 * HOUR
OFFLINE = (START + 6 * DAY + 10 * HOUR, START + 6 * DAY + 12 * HOUR)  # when our own network is down
RETRY_AFTER = 5400
MAX_AGE = 2400
CRAWL_DELAY = 20.0

_AGENDA = (
    "وزير الاقتصاد يفتتح",
    "مجلس المدينة يناقش",
    "اتحاد الكتاب ينظم",
    "مديرية الزراعة توزع",
    "نقابة المهندسين تدرس",
)
_MATTERS = ("معرضا جديدا", "خطة المياه", "ندوة ثقافية", "بذار القمح", "مخطط الطرق", "موازنة العام", "دورة تدريبية")
_MANY = {"minutes": "دقيقة", "hours": "ساعة", "days": "يوما"}


@dataclass(slots=True)
class Clock:
    """The time of the simulation, which passes only when somebody lets it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Piece:
    """An article: `number` is in all its addresses, and nobody else's."""

    number: int
    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which an outlet answers nothing but an error."""

    start: datetime
    end: datetime
    reason: str

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Page:
    """What is at an address: which pieces it shows, and what is said besides."""

    body: str
    media: str
    shown: tuple[Piece, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


Render = Callable[["Site", Sequence[Piece], datetime], tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A source of an outlet at `path`, which shows the latest `most` pieces, or all of the last `days`.

    `etag` is "honest" for one that names the state, "constant" for one that never changes, "stale" where any condition
    is answered with 304, "" for none; `declared` is more of what the configuration says of it.
    """

    path: str
    kind: str
    render: Render
    most: int = 0
    days: float = 0
    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str | bool] = field(default_factory=dict)

    def shows(self, pieces: Sequence[Piece], now: datetime) -> list[Piece]:
        """The pieces shown at `now`, the latest first."""
        there = bisect_right(pieces, now, key=lambda piece: piece.at)
        first = (
            max(0, there - self.most)
            if self.most
            else bisect_right(pieces, now - timedelta(days=self.days), key=lambda piece: piece.at)
        )
        return list(reversed(pieces[first:there]))

    def shown_until(self, pieces: Sequence[Piece], place: int) -> datetime:
        """When the piece at `place` goes, unless it stays until the end."""
        if self.most:
            return pieces[place + self.most].at if place + self.most < len(pieces) else datetime.max.replace(tzinfo=UTC)
        return pieces[place].at + timedelta(days=self.days)


@dataclass(slots=True)
class Site:
    """An outlet: what it publishes in five weeks, where it shows that, and when it fails."""

    habit: Habit
    shelves: tuple[Shelf, ...]
    slug: str
    spells: tuple[Spell, ...] = ()
    robots: str = ""
    pace: float | None = None
    rekeyed_at: datetime | None = None
    ahead: bool = False
    redirects: bool = False
    pieces: list[Piece] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"https://{self.slug}.example"

    def url(self, shelf: Shelf) -> str:
        """The address that the configuration names."""
        return (self.base.replace("https:", "http:") if self.redirects else self.base) + shelf.path

    def address(self, piece: Piece, now: datetime) -> str:
        """Where the piece is, as it is written at `now`."""
        if self.rekeyed_at is not None and now >= self.rekeyed_at:
            return f"{self.base}/{piece.at:%Y/%m}/story-{piece.number}.html"
        return f"{self.base}/news/{piece.number}"

    def claimed(self, piece: Piece) -> datetime:
        """When the outlet says that it published the piece, in its zone."""
        later = timedelta(hours=1 + piece.number % 29) if self.ahead and piece.number % 6 == 0 else timedelta(0)
        return (piece.at + later).astimezone(self.outlet().zone)

    def outlet(self) -> Outlet:
        """The outlet as it is configured."""
        return Outlet(
            slug=self.slug,
            name=self.habit.name,
            name_en=self.habit.name,
            home=self.base + "/",
            hosts=(f"{self.slug}.example",),
            timezone=self.habit.zone,
            pace=self.pace,
            sources=tuple(
                SourceConfig.model_validate({"kind": one.kind, "url": self.url(one), "sure": "guess", **one.declared})
                for one in self.shelves
            ),
        )

    def fails(self, at: datetime) -> str | None:
        """Why nothing comes at that time, if so."""
        return next((spell.reason for spell in self.spells if spell.holds(at)), None)

    def page(self, path: str, now: datetime) -> Page | None:
        """What is at `path`."""
        shelf = next((one for one in self.shelves if one.path == path), None)
        if shelf is None:
            return self._month(path, now)
        if shelf.render is index:
            return Page(self._index(now), "application/xml", headers=shelf.headers)
        shown = shelf.shows(self.pieces, now)
        body, media = shelf.render(self, shown, now)
        return Page(body, media, tuple(shown), shelf.headers)

    def _index(self, now: datetime) -> str:
        rows = ""
        for start, end, name in _months():
            inside = [piece.at for piece in self.pieces if start <= piece.at < min(end, now)]
            if inside:
                rows += f"<sitemap><loc>{self.base}/{name}</loc><lastmod>{inside[-1].isoformat()}</lastmod></sitemap>"
        return f'<?xml version="1.0"?><sitemapindex xmlns="{_SITEMAPS}">{rows}</sitemapindex>'

    def _month(self, path: str, now: datetime) -> Page | None:
        for start, end, name in _months():
            if path == f"/{name}":
                shown = [piece for piece in self.pieces if start <= piece.at < end and piece.at <= now]
                return Page(*sitemap(self, shown, now), tuple(shown))
        return None


@dataclass(frozen=True, slots=True)
class Request:
    """A request and what came of it; `source` is the address that a look was for, empty for anything else."""

    url: str
    site: str
    source: str
    start: datetime
    end: datetime
    conditional: bool
    status: int | None
    reason: str | None
    shown: tuple[tuple[Piece, str], ...]


@dataclass(slots=True)
class Web:
    """All outlets; stands where the network would."""

    clock: Clock
    chance: random.Random
    sites: dict[str, Site]
    agent: str = "marsad/test"
    log: list[Request] = field(default_factory=list)

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Response | Failure | Drop:
        """Answer, which takes some time."""
        assert form is None, "nobody asked to be posted to"
        start, sent = self.clock.now, dict(headers or {})
        self.clock.sleep(round(self.chance.uniform(0.1, 0.9), 3))
        site = self.sites[host_of(url).removesuffix(".example")]
        path = url.removeprefix("http:").removeprefix("https:").removeprefix(f"//{site.slug}.example")
        answer, shown = self._answer(site, url, path, sent, start)
        status = answer.status if isinstance(answer, Response) else None
        looked = path != "/robots.txt" and status != 301
        source = (site.url(site.shelves[0]) if site.redirects else url) if looked else ""
        reason = None if isinstance(answer, Response) else answer.reason
        addressed = tuple((piece, site.address(piece, start)) for piece in shown)
        self.log.append(
            Request(
                url, site_of(url), source, start, self.clock.now, "if-none-match" in sent, status, reason, addressed
            )
        )
        return answer

    def close(self) -> None:
        """Nothing is open."""

    def _answer(
        self, site: Site, url: str, path: str, sent: Mapping[str, str], now: datetime
    ) -> tuple[Response | Failure, tuple[Piece, ...]]:
        reason = "connect" if OFFLINE[0] <= now < OFFLINE[1] else site.fails(now)
        if reason in {"connect", "dns", "timeout"}:
            return Failure(reason=reason, detail="made up"), ()
        if reason == "throttled":
            return self._response(url, 429, {"retry-after": str(RETRY_AFTER)}), ()
        if reason is not None:
            return self._response(url, 500, {}), ()
        if path == "/robots.txt":
            return self._response(url, 200 if site.robots else 404, {"content-type": "text/plain"}, site.robots), ()
        if site.redirects and url.startswith("http:"):
            return self._response(url, 301, {"location": url.replace("http:", "https:")}), ()
        page = site.page(path, now)
        if page is None:
            return self._response(url, 404, {}), ()
        shelf = next((one for one in site.shelves if one.path == path), site.shelves[0])
        said = {"content-type": f"{page.media}; charset=utf-8", **page.headers}
        if shelf.etag:
            state = "always" if shelf.etag == "constant" else hashlib.sha256(page.body.encode()).hexdigest()[:16]
            said["etag"] = f'"{state}"'
            asked = sent.get("if-none-match", "")
            if asked and (shelf.etag == "stale" or said["etag"] in asked):
                return self._response(url, 304, {"etag": asked}), ()
        return self._response(url, 200, said, page.body), page.shown

    def _response(self, url: str, status: int, headers: Mapping[str, str], body: str = "") -> Response:
        return Response(
            url=url, final_url=url, status=status, headers=dict(headers), body=body.encode(), captured_at=self.clock.now
        )


# How sources are written.


def rss(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """RSS as WordPress writes it, with trackers behind its links."""
    rows = "".join(
        f"<item><title>{escape(one.title)}</title><link>{site.address(one, now)}?utm_source=rss&amp;utm_medium=feed</link>"
        f"<pubDate>{_mail(site.claimed(one))}</pubDate><guid isPermaLink='false'>{site.address(one, now)}#id</guid></item>"
        for one in pieces
    )
    head = "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>"
    space = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    return f'<rss version="2.0" {space}><channel><title>x</title>{head}{rows}</channel></rss>', "application/rss+xml"


def rss_local(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """The same with dates that do not say of which zone they are."""
    body, media = rss(site, pieces, now)
    for offset in ("+0100", "+0200", "+0300"):
        body = body.replace(f" {offset}</pubDate>", "</pubDate>")
    return body, media


def atom(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """Atom."""
    rows = "".join(
        f"<entry><title>{escape(one.title)}</title><link href='{site.address(one, now)}'/><id>tag:{one.number}</id>"
        f"<published>{site.claimed(one).isoformat()}</published><updated>{site.claimed(one).isoformat()}</updated></entry>"
        for one in pieces
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{rows}</feed>', "application/atom+xml"


def json_feed(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """JSON Feed."""
    rows = [
        {
            "id": str(one.number),
            "url": site.address(one, now),
            "title": one.title,
            "date_published": site.claimed(one).isoformat(),
        }
        for one in pieces
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": rows}
    return json.dumps(feed, ensure_ascii=False), "application/feed+json"


_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def sitemap(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """A sitemap, whose addresses are the twins with www."""
    rows = "".join(
        f"<url><loc>{site.address(one, now).replace('https://', 'https://www.')}/</loc><lastmod>{one.at.isoformat()}</lastmod></url>"
        for one in pieces
    )
    return f'<?xml version="1.0"?><urlset xmlns="{_SITEMAPS}">{rows}</urlset>', "application/xml"


def news_sitemap(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """A sitemap for news, with titles and dates."""
    rows = "".join(
        f"<url><loc>{site.address(one, now)}</loc><n:news><n:publication_date>{site.claimed(one).isoformat()}"
        f"</n:publication_date><n:title>{escape(one.title)}</n:title></n:news></url>"
        for one in pieces
    )
    return f'<?xml version="1.0"?><urlset xmlns="{_SITEMAPS}" xmlns:n="{_NEWS}">{rows}</urlset>', "application/xml"


def index(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """An index of one sitemap a month."""
    raise NotImplementedError


def board(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """A page of headlines, which says in words how old they are."""
    rows = "".join(
        f"<article><h2><a href='/news/{one.number}'>{one.title}</a></h2><time>{_ago(now - one.at)}</time></article>"
        for one in pieces
    )
    return f"<!DOCTYPE html><html><body><nav><a href='/about'>عنا</a></nav>{rows}</body></html>", "text/html"


def posts(site: Site, pieces: Sequence[Piece], now: datetime) -> tuple[str, str]:
    """What WordPress's API answers; every fourth post is mended two hours after it came."""
    rows = []
    for one in pieces:
        changed = one.at + 2 * HOUR if one.number % 4 == 0 and now >= one.at + 2 * HOUR else one.at
        rows.append({
            "id": one.number, "link": site.address(one, now), "date_gmt": f"{one.at:%Y-%m-%dT%H:%M:%S}",
            "modified_gmt": f"{changed:%Y-%m-%dT%H:%M:%S}", "guid": {"rendered": f"{site.base}/?p={one.number}"},
            "title": {"rendered": one.title}, "content": {"rendered": f"<p>{one.title}.</p>", "protected": False},
        })  # fmt: skip
    return json.dumps(rows, ensure_ascii=False), "application/json"


def _mail(at: datetime) -> str:
    return f"{at:%a, %d %b %Y %H:%M:%S %z}"


def _ago(age: timedelta) -> str:
    minutes = int(age / timedelta(minutes=1))
    number, unit = (minutes, "minutes") if minutes < 60 else (minutes // 60, "hours")
    number, unit = (number, unit) if minutes < 1440 else (minutes // 1440, "days")
    return f"منذ {number} {_MANY[unit]}"


def _months() -> Iterator[tuple[datetime, datetime, str]]:
    yield watching.START, MONTH_ENDS, "posts-2026-03.xml"
    yield MONTH_ENDS, END + 7 * DAY, "posts-2026-04.xml"


# Who there is.


def _feed(most: int, render: Render = rss, **more: str) -> Shelf:
    return Shelf(path="/feed/", kind="feed", render=render, most=most, **{"etag": "honest", **more})  # type: ignore[arg-type]


def _site(
    slug: str, name: str, daily: float, *shelves: Shelf, hours: str = "100001234567898877665432", **more: object
) -> Site:
    for_habit = {key: more.pop(key) for key in ("zone", "breaking", "silent", "days", "batch") if key in more}
    habit = Habit(name=name, daily=daily, hours=hours, **for_habit)  # type: ignore[arg-type]
    return Site(habit, shelves, slug, **more)  # type: ignore[arg-type]


def _at(day: float, hours: float, reason: str) -> Spell:
    return Spell(START + day * DAY, START + day * DAY + hours * HOUR, reason)


def the_sites() -> list[Site]:
    """The outlets, before they have published anything."""
    listing = {"item": "article", "link": "h2 a", "title": "h2", "date": "time"}
    friday = (1.0, 1.0, 1.0, 1.0, 0.1, 0.5, 1.0)
    thursday = (0, 0, 0.1, 1, 0, 0, 0)
    return [
        _site("plain", "a feed of ten", 14, _feed(10)),
        _site("agency", "an agency that never sleeps", 150, _feed(30), hours="432222345678999988877665", pace=10.0),
        _site("fridays", "a daily with a lull on Fridays", 45, _feed(20), days=friday),
        _site("weekly", "a magazine, behind a redirect", 14, _feed(15), days=thursday, batch=3.0, redirects=True),
        _site("liar", "one state for ever", 30, _feed(40, atom, etag="constant")),
        _site("stale", "any condition is answered with 304", 60, _feed(60, atom, etag="stale"), hours="555555555555555555555555"),
        _site("fresh", "good for forty minutes", 20, Shelf(path="/feed.json", kind="feed", render=json_feed, most=25, headers={"cache-control": f"public, max-age={MAX_AGE}"})),
        _site("latest", "a sitemap of two days' news", 30, Shelf(path="/news.xml", kind="sitemap", render=news_sitemap, days=2, etag="honest")),
        _site("months", "a sitemap for each month", 6, Shelf(path="/sitemap.xml", kind="sitemap", render=index, days=60, etag="honest")),
        _site("board", "a page of headlines", 25, Shelf(path="/all", kind="listing", render=board, most=20, declared=listing)),
        _site("press", "WordPress's API", 25, Shelf(path="/wp-json/wp/v2/posts", kind="wordpress", render=posts, most=10, etag="honest", declared={"whole_text": True})),
        _site("twofold", "a short feed and a sitemap", 20, _feed(5), Shelf(path="/sitemap.xml", kind="sitemap", render=sitemap, days=3, etag="honest"), breaking=10.0, robots=f"User-agent: *\nCrawl-delay: {CRAWL_DELAY:.0f}\n"),
        _site("downday", "down for a day", 25, _feed(20), spells=(_at(3.25, 24, "http_5xx"),)),
        _site("nameless", "without an address for hours", 20, _feed(20), spells=(_at(0, 4, "dns"), _at(9.4, 5, "dns"))),
        _site("moved", "all addresses changed at once", 20, _feed(20), rekeyed_at=REKEYED_AT),
        _site("ahead", "dates to come", 15, _feed(15), ahead=True),
        _site("crowded", "asks for fewer requests", 8, _feed(20), spells=(_at(5.3, 3, "throttled"),)),
        _site("hushed", "silent for a week", 12, _feed(60), silent=BEFORE + 1),
        _site("exile", "local time without a zone", 18, _feed(20, rss_local), zone="Europe/Berlin"),
        _site("flicker", "an error every other day", 6, _feed(20), spells=tuple(_at(day + 0.4, 1, "http_5xx") for day in range(1, 14, 2))),
    ]  # fmt: skip


def make_web(seed: int) -> Web:
    """The web of one seed."""
    numbers = count(100_000)
    sites = {}
    for site in the_sites():
        chance = random.Random(f"{seed} {site.slug}")
        times = [at.replace(microsecond=0) for at in watching.publish(site.habit, BEFORE + 2, chance)]
        for at in (one for one in times if one < END):
            number = next(numbers)
            title = f"{chance.choice(_AGENDA)} {chance.choice(_MATTERS)} ({number})"
            site.pieces.append(Piece(number, at, title))
        sites[site.slug] = site
    return Web(Clock(), random.Random(seed), sites)
