"""A small configuration with two invented outlets, and a page through the whole recipe in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from workers.clean.page import clean
from workers.config import Config, Layouts, Leftovers, Outlet, Profile, Settings
from workers.config.toml import Fault, read_toml
from workers.items import Article, Capture, Drop, Entry
from workers.urls import key_of

ROOT = Path(__file__).parents[2]
CAPTURED = dt.datetime(2025, 2, 12, 18, tzinfo=dt.UTC)


def outlet(slug: str, **known: object) -> Outlet:
    """An outlet that only tests know."""
    said = {"name": slug, "name_en": slug, "home": f"https://{slug}.example/", "hosts": (f"{slug}.example",), **known}
    return Outlet.model_validate(said).model_copy(update={"slug": slug})


@pytest.fixture(scope="session")
def phrases() -> Leftovers:
    """The project's own general phrases."""
    faults: list[Fault] = []
    read = read_toml(ROOT / "config" / "leftovers.toml", Leftovers, faults)
    assert read is not None, faults
    return read


@pytest.fixture(scope="session")
def config(phrases: Leftovers) -> Config:
    """Two outlets: `river` with a profile and leftovers, `hill` with names only."""
    river = outlet(
        "river",
        name="صدى النهر",
        aliases=("شبكة النهر",),
        profiles=(
            Profile(body=("div.story",), title=("h1.head",), date=("span.when",), author=("b.by",), remove=(".share",)),
        ),
        leftovers=Leftovers(prefix=("صدى النهر مؤسسة مستقلة تأسست في",), from_here=("عن المؤسسة",)),
    )
    hill = outlet("hill", name="أخبار التل", aliases=("وكالة التل",))
    settings = Settings(fetch_max_bytes=10_000_000)
    layouts = read_toml(ROOT / "config" / "layouts.toml", Layouts, [])
    assert layouts is not None
    return Config(ROOT / "config", settings, {"river": river, "hill": hill}, phrases, (), layouts)


@pytest.fixture
def read(config: Config) -> Callable[..., Article | Drop]:
    """Clean one body with that configuration."""

    def run(
        body: str | bytes,
        *,
        url: str = "https://river.example/1",
        outlet: str | None = None,
        kind: str = "text/html; charset=utf-8",
        status: int = 200,
        at: dt.datetime = CAPTURED,
        title: str | None = None,
        published: dt.datetime | None = None,
        claimed: str | None = None,
        final: str | None = None,
        size: int | None = None,
    ) -> Article | Drop:
        data = body.encode() if isinstance(body, str) else body
        capture = Capture(
            key=key_of(url),
            url=url,
            final_url=final or url,
            status=status,
            headers={"content-type": kind},
            captured_at=at,
            elapsed=0.1,
            digest="",
            size=len(data) if size is None else size,
        )
        entry = Entry(
            key=capture.key, url=url, outlet=outlet, found_at=at, title=title, published=published, claimed=claimed
        )
        return clean(capture, data, entry=entry, config=config)

    return run


@pytest.fixture
def read_article(read: Callable[..., Article | Drop]) -> Callable[..., Article]:
    """The same for a page that must give an article."""

    def run(body: str | bytes, **known: object) -> Article:
        got = read(body, **known)
        assert isinstance(got, Article), got
        return got

    return run
