"""A small web that is made up, at the edge of the network, and the live road over it with a clock that is set forward."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast
from xml.sax.saxutils import escape

from sqlalchemy import Table, func, select

from workers import route
from workers.config import Config, Outlet, SourceConfig, load_config
from workers.fetch.archive import Archive
from workers.fetch.guard import refuse_url
from workers.fetch.pace import LocalPace
from workers.fetch.polite import Polite
from workers.items import Article, Drop, Failure, Relevance, Response, Tags
from workers.road import Road, StoreShelf
from workers.store import aliases, counts, items, lives
from workers.store.database import Database
from workers.store.lives import Ending
from workers.store.schema import items as items_table
from workers.store.schema import polls, sources, visits
from workers.tag.tagger import Tagger
from workers.urls import key_of

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TAKES = 0.2  # seconds of every request
TICK, IDLE = 2.0, 10.0  # seconds from a tick to the next one; and from one that found nothing

Grade = Literal[0, 1, 2, 3]
HTML, XML = "text/html; charset=utf-8", "application/xml"


@dataclass
class Clock:
    """The time, which passes only when somebody lets it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Seconds since the epoch."""
        return self.now.timestamp()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Page:
    """What is at an address."""

    body: str = ""
    status: int = 200
    media: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Page | Failure | Drop
Said = Answer | Callable[[Mapping[str, str]], Answer]


@dataclass(frozen=True)
class Request:
    """A request, with when it began and the headers it brought."""

    url: str
    at: datetime
    headers: Mapping[str, str]


@dataclass
class Web:
    """What every address answers: a page, a trouble, or a function of the request's headers; anything else is a 404."""

    clock: Clock = field(default_factory=Clock)
    said: dict[str, Said] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    down: bool = False
    agent: str = "marsad/test"

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Response | Failure | Drop:
        """Answer, which takes some time."""
        assert form is None, "nobody asked to be posted to"
        self.log.append(Request(url, self.clock.now, dict(headers or {})))
        self.clock.sleep(TAKES)
        if self.down:
            return Failure(reason="connect", detail="no route")
        said = self.said.get(url, Page(status=404))
        answer = said(dict(headers or {})) if callable(said) else said
        if not isinstance(answer, Page):
            return answer
        return Response(
            url=url, final_url=url, status=answer.status, headers={"content-type": answer.media, **answer.headers},
            body=answer.body.encode(), captured_at=self.clock.now,
        )  # fmt: skip

    def close(self) -> None:
        """Nothing is open."""

    def asked(self, part: str = "") -> list[str]:
        """The addresses asked for, in order, that contain `part`; never a robots.txt."""
        return [one.url for one in self.log if part in one.url and not one.url.endswith("/robots.txt")]

    def times(self, url: str) -> list[datetime]:
        """When an address was asked for."""
        return [one.at for one in self.log if one.url == url]


def redirect(to: str, status: int = 301) -> Page:
    """A page that is elsewhere."""
    return Page(status=status, headers={"location": to})


# What the articles tell; written for tests.
_TEXT = (
    "<p>أعلنت البلدية في المدينة عن بدء أعمال صيانة واسعة في شوارع الحي رقم {0} ابتداء من الأسبوع المقبل.</p>"
    "<p>وقال مدير الخدمات إن الورش ستعمل على مرحلتين، تبدأ الأولى بالأرصفة وتنتهي الثانية بإنارة الطرق الفرعية.</p>"
    "<p>ويشكو سكان الحي {0} منذ سنوات من الحفر ومن انقطاع الكهرباء عن أعمدة الإنارة في ساعات الليل.</p>"
)
_HEADLINES = (
    "البلدية تصلح الشوارع",
    "المجلس يدرس الموازنة",
    "الورش تبدأ الصيانة",
    "الحديقة تفتح أبوابها",
    "المكتبة تستقبل القراء",
)


def headline(number: int) -> str:
    """The headline of an article, no other's."""
    return f"{_HEADLINES[number % len(_HEADLINES)]} في حي النخيل {'و' * (number // len(_HEADLINES))}رقم{number}"


def story(number: int, head: str = "") -> Page:
    """The page of an article."""
    title = headline(number)
    return Page(
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{_TEXT.format(number)}</article></body></html>"
    )


def feed(
    *entries: tuple[str, str] | Mapping[str, Any], more: str = "", headers: Mapping[str, str] | None = None
) -> Page:
    """An RSS feed of (address, title), or of mappings with `url`, `title`, `at`, `guid`."""
    rows = ""
    for entry in entries:
        one = {"url": entry[0], "title": entry[1]} if isinstance(entry, tuple) else entry
        at = f"<pubDate>{one['at']:%a, %d %b %Y %H:%M:%S} +0000</pubDate>" if one.get("at") else ""
        guid = f"<guid isPermaLink='false'>{escape(one['guid'])}</guid>" if one.get("guid") else ""
        rows += f"<item><title>{escape(one['title'])}</title><link>{escape(one['url'])}</link>{at}{guid}</item>"
    body = f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>x</title>{more}{rows}</channel></rss>"
    return Page(body, media="application/rss+xml", headers=headers or {})


def numbered(base: str, *numbers: int) -> list[tuple[str, str]]:
    """The entries of articles at `base`/news/<number>, with their headlines."""
    return [(f"{base}/news/{number}", headline(number)) for number in numbers]


_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(*rows: tuple[str, datetime | None]) -> Page:
    """A sitemap of articles, each with when it was changed."""
    said = "".join(f"<url><loc>{escape(url)}</loc>{_lastmod(at)}</url>" for url, at in rows)
    return Page(f"<urlset xmlns='{_SITEMAPS}'>{said}</urlset>", media=XML)


def index(*rows: tuple[str, datetime | None]) -> Page:
    """An index of sitemaps."""
    said = "".join(f"<sitemap><loc>{escape(url)}</loc>{_lastmod(at)}</sitemap>" for url, at in rows)
    return Page(f"<sitemapindex xmlns='{_SITEMAPS}'>{said}</sitemapindex>", media=XML)


def _lastmod(at: datetime | None) -> str:
    return f"<lastmod>{at.isoformat()}</lastmod>" if at else ""


def outlet(slug: str, *sources: tuple[str, str] | Mapping[str, Any], host: str = "") -> Outlet:
    """An outlet with sources given as (kind, address) or as in its file."""
    host = host or f"{slug}.example"
    said = [{"kind": one[0], "url": one[1]} if isinstance(one, tuple) else dict(one) for one in sources]
    return Outlet(
        slug=slug, name=slug, name_en=slug, home=f"https://{host}/", hosts=(host,), timezone="UTC",
        sources=tuple(SourceConfig.model_validate({"sure": "guess", **one}) for one in said),
    )  # fmt: skip


@dataclass
class _Tagger:
    grade: Grade

    def tag(self, article: Article) -> Tags:
        del article
        return Tags(relevance=Relevance(grade=self.grade, score=0.5))


class Live:
    """The live road over a made-up web, in this process. `grade` is what the tagger says of every article."""

    def __init__(
        self, web: Web, store_url: str, folder: Path, *outlets: Outlet, grade: Grade = 2, **settings: Any
    ) -> None:
        self.web, self.clock, self.grade = web, web.clock, grade
        values = {"var": folder, "store_url": store_url, "replay": None, **settings}
        config = replace(load_config(), outlets={one.slug: one for one in outlets}).with_settings(**values)
        self.road = self.open(config)
        route.enrol(self.road)

    def open(self, config: Config) -> Road:
        """A road as another process has it: its own store and transport, at the pace of all."""
        settings = config.settings
        self.pace = getattr(self, "pace", None) or LocalPace(self.clock.seconds)
        database = Database.open(settings.store)
        return Road(
            config=config,
            database=database,
            archive=Archive(settings.archive_place),
            transport=Polite(
                self.web,
                pace=self.pace,
                shelf=StoreShelf(database),
                gap=lambda url: getattr(config.outlet_of(url), "pace", None) or settings.pace,
                max_redirects=settings.fetch_max_redirects,
                timeout=settings.fetch_timeout,
                refuse=partial(refuse_url, ports=settings.ports, loopback=False),
                sleep=self.clock.sleep,
                clock=self.clock,
            ),
            recordings=None,
            tagger=lambda: cast("Tagger", _Tagger(self.grade)),
            now=self.clock,
        )

    def close(self) -> None:
        """Close the store and the archive."""
        self.road.archive.close()
        self.road.database.close()

    @property
    def database(self) -> Database:
        """The store."""
        return self.road.database

    def tick(self) -> list[route.Message]:
        """One tick, and all that follows of it; return what the tick found."""
        found = route.tick(self.road)
        todo = deque(found)
        while todo:
            todo.extend(route.step(self.road, todo.popleft()))
        return found

    def go(self, span: timedelta) -> None:
        """Let time pass, and tick whenever something is due."""
        end = self.clock.now + span
        while self.clock.now <= end and (due := self._next_due(end)) is not None:
            self._tick_at(due)
        self.clock.now = max(self.clock.now, end)

    def settle(self) -> None:
        """Let time pass until every source has been looked at and no item is under way."""
        self._tick_at(self.clock.now)
        while items.under_way(self.database) or any(one["polled_at"] is None for one in self.sources()):
            self._tick_at(cast("datetime", self._next_due()))

    def _tick_at(self, due: datetime) -> None:
        self.clock.now = max(self.clock.now, due)
        # What is due and not found waits for something else, which a scheduler would find in the end.
        self.clock.sleep(TICK if self.tick() else IDLE)

    def _next_due(self, until: datetime | None = None) -> datetime | None:
        """When the next source, item or visit is due, if that is not after `until`."""
        columns = (items_table.c.next_attempt_at, visits.c.next_attempt_at, sources.c.next_poll_at)
        with self.database.reading() as connection:
            dues = [connection.execute(select(func.min(column))).scalar_one() for column in columns]
        due = min((one for one in dues if one is not None), default=None)
        return None if due is None or (until is not None and due > until) else due

    def rows(self) -> list[dict[str, Any]]:
        """All items as the store has them."""
        return self.all_of(select(items_table).order_by(items_table.c.url))

    def item(self, url: str) -> dict[str, Any]:
        """The item of an address."""
        key = aliases.resolve(self.database, key_of(url))
        return next(one for one in self.rows() if one["key"] == key)

    def sources(self) -> list[dict[str, Any]]:
        """All sources as the store has them."""
        return self.all_of(select(sources).order_by(sources.c.url))

    def source(self, url: str) -> dict[str, Any]:
        """The source at an address, live and not of a backfill."""
        return next(one for one in self.sources() if one["url"] == url and one["since"] is None)

    def polls(self, url: str = "") -> list[dict[str, Any]]:
        """All looks, or those at one address, in order."""
        query = select(polls, sources.c.url).join(sources, sources.c.key == polls.c.source).order_by(polls.c.polled_at)
        return [one for one in self.all_of(query) if url in {"", one["url"]}]

    def endings(self) -> dict[str, Ending]:
        """How everything ended, by address."""
        return {one.url: one for one in lives.ended(self.database)}

    def sound(self) -> bool:
        """Whether the store's sums agree and nothing in it contradicts itself."""
        return counts.count(self.database).agree and not counts.faults(self.database)

    def all_of(self, query: Any) -> list[dict[str, Any]]:
        """The rows of a table or a query."""
        query = select(query) if isinstance(query, Table) else query
        with self.database.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]


def urls(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """The addresses of rows."""
    return [one["url"] for one in found]
