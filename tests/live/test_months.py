"""Live work from end to end on a site of this machine, and the replay of what it archived."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests import seeds
from workers import engine as engines
from workers import route
from workers.cli import cli
from workers.config import Config, load_config
from workers.config.settings import HOME
from workers.road import open_road
from workers.store import counts
from workers.store.database import Database

pytestmark = [pytest.mark.live, pytest.mark.timeout(200)]

PAGES = 6
ROBOTS = "User-agent: *\nDisallow: /private/\n"
OUTLET = """
name = "موقع محلي"
name_en = "Local"
home = "{home}/"
hosts = ["127.0.0.2"]
pace = 0.3
[[sources]]
kind = "feed"
url = "{home}/feed.xml"
sure = "live"
[[sources]]
kind = "sitemap"
url = "{home}/news-sitemap.xml"
sure = "live"
"""


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    """A site with a feed, a sitemap and pages; it answers conditions, and one page moved."""
    lines = map(json.loads, (seeds.SEEDS / "captures.jsonl").read_text().splitlines())
    recorded = {one["url"] for one in seeds.expected() if one["ending"] == "recorded"}
    pages = [one["body"] for one in lines if one["url"] in recorded and one["status"] == 200]
    with HTTPServer(host="127.0.0.2") as server:
        home = server.url_for("")
        names = [f"/story/{1000 + number}/" for number in range(PAGES)]
        for name, body in zip(names, pages, strict=False):
            server.expect_request(name).respond_with_data((seeds.SEEDS / body).read_bytes(), content_type="text/html")
        moved = names[-1]
        server.expect_request("/old/").respond_with_data(status=301, headers={"Location": moved})
        server.expect_request("/robots.txt").respond_with_data(ROBOTS, content_type="text/plain")
        listed = [*names[:-1], "/old/", "/private/page-1234/", "/story/404-not-there/"]
        items = "".join(f"<item><title>خبر {name}</title><link>{home}{name}</link></item>" for name in listed)
        feed = f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'

        def answer(request: Request) -> Response:
            if request.headers.get("If-None-Match") == '"one"':
                return Response(status=304)
            return Response(feed, headers={"ETag": '"one"'}, content_type="application/rss+xml")

        server.expect_request("/feed.xml").respond_with_handler(answer)
        urls = "".join(f"<url><loc>{home}{name}</loc></url>" for name in names[:3])
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        server.expect_request("/news-sitemap.xml").respond_with_data(sitemap, content_type="application/xml")
        yield server


@pytest.fixture
def config(site: HTTPServer, tmp_path: Path) -> Config:
    """The configuration with that site as its only outlet."""
    folder = tmp_path / "config"
    shutil.copytree(HOME / "config", folder, ignore=shutil.ignore_patterns("outlets", "*.lock"))
    (folder / "outlets").mkdir()
    (folder / "outlets" / "local.toml").write_text(OUTLET.format(home=site.url_for("").rstrip("/")))
    return load_config(folder).with_settings(
        var=tmp_path / "var", allow_loopback=True, tick_every=0.5, pace=0.3, poll_shortest=2.0, poll_every=3.0,
        poll_longest=5.0, flower_port=0, desk_port=0,
    )  # fmt: skip


def test_what_was_watched_live_replays_to_the_same_export(config: Config, site: HTTPServer, tmp_path: Path) -> None:
    """The engine finds, fetches and records every article; its archive, replayed, exports the same bytes."""
    with engines.running(config, beat=True, flower=False) as engine:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            engine.watch()
            sums = counts.count(engine.road.database)
            if sums.recorded >= PAGES and sums.polls > 4:
                break
            time.sleep(0.5)
        live = counts.count(engine.road.database)
    # The page that is not there and the one robots.txt asks not to read rest: both are tried once more in some hours.
    assert (live.entries, live.waiting) == (PAGES + 2, 2), live
    assert live.recorded == PAGES
    asked = [request.path for request, _ in site.log]
    assert asked.count("/robots.txt") == 1
    assert "/private/page-1234/" not in asked
    assert asked.count("/feed.xml") > 1
    assert all(asked.count(f"/story/{1000 + number}/") == 1 for number in range(PAGES))
    archive = Path(config.settings.archive_place)
    replayed = config.with_settings(replay=archive, var=tmp_path / "other", store_url=f"sqlite:///{tmp_path}/b.db")
    with open_road(replayed) as road:
        route.replay(road)
    assert exported(replayed.settings.store) == exported(config.settings.store) != ""
    assert faults(config.settings.store) == []


def exported(store: str) -> str:
    done = CliRunner().invoke(cli, ["export", "--store", store])
    assert done.exit_code == 0, done.output
    return done.stdout


def faults(store: str) -> list[str]:
    database = Database.open(store, create=False)
    try:
        return counts.faults(database)
    finally:
        database.close()
