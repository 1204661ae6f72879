"""A web that is made up: seventeen outlets of different habits, what they serve at any moment of a fortnight, and what
goes wrong with them. It keeps a log of every request, so it knows better than anybody what was there to be seen.

The fortnight begins on a Monday. European clocks are changed on its first Sunday, and a month ends in its second week.
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from tests.bench import watching
from tests.bench.watching import Habit
from tests.watch.written import HOUR, Line, atom, board, index, json_feed, news_sitemap, posts, rss, rss_local, sitemap
from workers.config import Outlet, SourceConfig
from workers.items import Drop, Failure, Response
from workers.urls import host_of, site_of

BEFORE = 3  # weeks in which the outlets published before anybody watched them
START = watching.START + timedelta(weeks=BEFORE)
END = START + timedelta(weeks=2)

DAY = timedelta(days=1)
MONTH_ENDS = datetime(2026, 3, 31, 21, tzinfo=UTC)  # in Damascus
REKEYED_AT = START + 8 * DAY + 12 * HOUR
OFFLINE = (START + 6 * DAY + 10 * HOUR, START + 6 * DAY + 12 * HOUR)  # when our own network is down
RETRY_AFTER = 10_000
MAX_AGE = 8400
CRAWL_DELAY = 20.0

_AGENDA = (
    "وزير الاقتصاد يفتتح",
    "مجلس المدينة يناقش",
    "اتحاد الكتاب ينظم",
    "مديرية الزراعة توزع",
    "نقابة المهندسين تدرس",
)
_MATTERS = ("معرضا جديدا", "خطة المياه", "ندوة ثقافية", "بذار القمح", "مخطط الطرق", "موازنة العام", "دورة تدريبية")


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


Render = Callable[[Sequence[Line], datetime], tuple[str, str]]


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
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.habit.zone)

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
        return (piece.at + later).astimezone(self.zone)

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
            return Page(*index(list(self._sitemaps(now)), now), headers=shelf.headers)
        shown = shelf.shows(self.pieces, now)
        return Page(*shelf.render(self._lines(shown, now), now), tuple(shown), shelf.headers)

    def _lines(self, pieces: Sequence[Piece], now: datetime) -> list[Line]:
        return [Line(one.number, one.title, self.address(one, now), one.at, self.claimed(one)) for one in pieces]

    def _sitemaps(self, now: datetime) -> Iterator[Line]:
        for start, end, name in _months():
            inside = [piece.at for piece in self.pieces if start <= piece.at < min(end, now)]
            if inside:
                yield Line(0, "", f"{self.base}/{name}", inside[-1], inside[-1])

    def _month(self, path: str, now: datetime) -> Page | None:
        for start, end, name in _months():
            if path == f"/{name}":
                shown = [piece for piece in self.pieces if start <= piece.at < end and piece.at <= now]
                return Page(*sitemap(self._lines(shown, now), now), tuple(shown))
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
        _site("plain", "a feed of ten, down for a day", 14, _feed(10), spells=(_at(3.25, 24, "http_5xx"),)),
        _site("agency", "an agency that never sleeps", 150, _feed(25), hours="432222345678999988877665", pace=10.0),
        _site("fridays", "an exiles' daily with a lull on Fridays, local time without a zone", 30, _feed(15, rss_local), days=friday, zone="Europe/Berlin"),
        _site("weekly", "a magazine, behind a redirect", 14, _feed(20), days=thursday, batch=3.0, redirects=True),
        _site("liar", "one state for ever", 20, _feed(15, atom, etag="constant")),
        _site("stale", "any condition is answered with 304", 30, _feed(20, atom, etag="stale"), hours="555555555555555555555555"),
        _site("fresh", "good for hours", 12, Shelf(path="/feed.json", kind="feed", render=json_feed, most=12, headers={"cache-control": f"public, max-age={MAX_AGE}"})),
        _site("latest", "a sitemap of one day's news", 20, Shelf(path="/news.xml", kind="sitemap", render=news_sitemap, days=1, etag="honest")),
        _site("months", "a sitemap for each month", 2, Shelf(path="/sitemap.xml", kind="sitemap", render=index, days=60, etag="honest")),
        _site("board", "a page of headlines", 12, Shelf(path="/all", kind="listing", render=board, most=15, declared=listing)),
        _site("press", "WordPress's API", 12, Shelf(path="/wp-json/wp/v2/posts", kind="wordpress", render=posts, most=10, etag="honest", declared={"whole_text": True})),
        _site("twofold", "a short feed and a sitemap", 15, _feed(5), Shelf(path="/sitemap.xml", kind="sitemap", render=news_sitemap, days=1, etag="honest"), breaking=8.0, robots=f"User-agent: *\nCrawl-delay: {CRAWL_DELAY:.0f}\n"),
        _site("nameless", "without an address for hours", 14, _feed(10), spells=(_at(0, 4, "dns"), _at(9.4, 5, "dns"))),
        _site("moved", "all addresses changed at once", 14, _feed(12), rekeyed_at=REKEYED_AT),
        _site("ahead", "dates to come", 12, _feed(12), ahead=True),
        _site("crowded", "asks for fewer requests", 6, _feed(10), spells=(_at(5.3, 3, "throttled"), *(_at(day + 0.4, 1, "http_5xx") for day in range(1, 14, 2)))),
        _site("hushed", "silent for a week", 6, _feed(24), silent=BEFORE + 1),
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
