"""A feed with a hub, from the first look at it to a denial: a real desk, a real Redis, a hub of the test's own."""

from __future__ import annotations

import hmac
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from pydantic import SecretStr

from workers import hubs, route
from workers.config import Config, Outlet, load_config
from workers.config.settings import HOME
from workers.desk.__main__ import Delivery
from workers.desk.app import make_desk, server_config
from workers.operate.redis import EmbeddedRedis
from workers.road import Road, open_road
from workers.store import items, sources, subscriptions

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

FEED = """<?xml version="1.0"?><rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>نشرة</title>
<a:link rel="hub" href="{base}/hub"/><a:link rel="self" href="{base}/feed"/>{entries}</channel></rss>"""
ENTRY = "<item><title>خبر {number}</title><link>{base}/news/{number}</link></item>"


@dataclass
class Hub:
    """A hub and the feed it stands for, on one loopback port. It asks back before it answers, as it may."""

    base: str = ""
    entries: int = 2
    lease: int = 864_000
    forms: list[dict[str, str]] = field(default_factory=list)
    echoes: list[tuple[int, str]] = field(default_factory=list)

    def feed(self) -> bytes:
        entries = "".join(ENTRY.format(number=number, base=self.base) for number in range(self.entries))
        return FEED.format(base=self.base, entries=entries).encode()

    def call(
        self,
        method: str,
        params: dict[str, str] | None = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """Ask the callback that was named last."""
        parts = urllib.parse.urlsplit(self.forms[-1]["hub.callback"])
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        query = f"?{urllib.parse.urlencode(params)}" if params else ""
        connection.request(method, parts.path + query, body or None, headers or {})
        answer = connection.getresponse()
        said = answer.status, answer.read().decode()
        connection.close()
        return said

    def take(self, form: dict[str, str]) -> None:
        """Take an asking and ask back."""
        self.forms.append(form)
        back = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "هل تريد".encode().hex()}
        self.echoes.append(self.call("GET", {**back, "hub.lease_seconds": str(self.lease)}))

    def push(self, secret: str | None = None) -> int:
        """Deliver the feed as it is now."""
        body = self.feed()
        digest = hmac.new((secret or self.forms[-1]["hub.secret"]).encode(), body, "sha512").hexdigest()
        headers = {"Content-Type": "application/rss+xml", "X-Hub-Signature": f"sha512={digest}"}
        return self.call("POST", body=body, headers=headers)[0]


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.path == "/feed"
            self._say(200 if known else 404, made.feed() if known else b"", "application/rss+xml")

        def do_POST(self) -> None:
            form = urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
            made.take(dict(form))
            self._say(202, b"", "text/plain")

        def _say(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.base = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join(10)


@pytest.fixture
def config(hub: Hub, tmp_path: Path) -> Iterator[Config]:
    """The installation, its desk running."""
    outlet = Outlet.model_validate(
        {
            "name": "واحد", "name_en": "One", "home": f"{hub.base}/", "hosts": ("127.0.0.1",), "watch": True, "pace": 0.1,
            "sources": ({"kind": "feed", "url": f"{hub.base}/feed", "sure": "live"},),
        }
    ).model_copy(update={"slug": "one"})  # fmt: skip
    with EmbeddedRedis(tmp_path / "redis") as redis, socket.create_server(("127.0.0.1", 0)) as listening:
        loaded = load_config()
        made = Config(loaded.folder, loaded.settings, {"one": outlet}, loaded.leftovers, loaded.trackers).with_settings(
            var=tmp_path,
            redis_url=SecretStr(redis.url),
            allow_loopback=True,
            ports=(int(hub.base.rsplit(":", 1)[1]),),
            pace=0.1,
            public_url=f"http://127.0.0.1:{listening.getsockname()[1]}",
            push_secret=SecretStr("a master secret of the tests"),
        )
        delivery = Delivery(made)
        server = uvicorn.Server(server_config(made, make_desk(made, deliver=delivery)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield made
        server.should_exit = True
        thread.join(20)
        delivery.close()


def look(road: Road) -> str:
    """Look at the one source there is, when its host may be asked; return its key."""
    route.enrol(road)
    [message] = [one for one in route.tick(road) if one.stage == "watch"]
    for _ in range(100):
        route.step(road, message)
        state = sources.find(road.database, message.key)
        if state is not None and state.polled_at is not None:
            break
        time.sleep(0.1)
    return message.key


def ask(road: Road, hub: Hub, ahead: timedelta) -> None:
    """Make the asking that is due so far ahead, when the hub may be asked."""
    before = len(hub.forms)
    for _ in range(100):
        for due in subscriptions.claim_due(road.database, road.now() + ahead):
            hubs.subscribe(road, due.source)
        if len(hub.forms) > before:
            return
        time.sleep(0.1)


def test_from_the_first_look_to_a_denial(hub: Hub, config: Config) -> None:
    """The feed names its hub; the hub is asked, asks back, delivers, is asked again before its time, and says no."""
    with open_road(config) as road:
        source = look(road)
        known = subscriptions.find(road.database, source)
        assert known is not None
        assert (known.state, known.hub, known.topic) == ("wanted", f"{hub.base}/hub", f"{hub.base}/feed")
        assert items.under_way(road.database) == 2

        # asked, and asked back
        ask(road, hub, timedelta(0))
        assert hub.forms[-1]["hub.topic"] == f"{hub.base}/feed"
        assert hub.echoes == [(200, "هل تريد".encode().hex())]
        first = subscriptions.active(road.database, road.now())[source]

        # delivered: the new article is there, its message is in the queue; a forged delivery changes nothing
        hub.entries = 3
        assert hub.push(secret="guessed") == 202
        assert items.under_way(road.database) == 2
        assert hub.push() == 202
        assert items.under_way(road.database) == 3

        # renewed before its end
        hub.lease = 1_000_000
        ask(road, hub, timedelta(days=8))
        assert subscriptions.active(road.database, road.now())[source] > first

        # unsubscribed by somebody else, and denied by the hub itself
        topic = {"hub.topic": f"{hub.base}/feed", "hub.challenge": "x"}
        assert hub.call("GET", {**topic, "hub.mode": "unsubscribe"})[0] == 404
        assert source in subscriptions.active(road.database, road.now())
        assert hub.call("GET", {**topic, "hub.mode": "denied", "hub.reason": "closed"})[0] == 200
        assert subscriptions.active(road.database, road.now()) == {}

        # forgotten
        subscriptions.withdraw(road.database, source)
        assert hub.push() == 410


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_desk_is_a_process_that_ends_when_it_is_told(tmp_path: Path, number: signal.Signals) -> None:
    """It answers without a store and without a Redis, saying so, and ends with 0."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "MARSAD_VAR": str(tmp_path), "MARSAD_DESK_PORT": str(port)}
    desk = subprocess.Popen([sys.executable, "-m", "workers.desk"], cwd=HOME, env=environment)
    try:
        for _ in range(200):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            try:
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 503
                break
            except ConnectionRefusedError:
                time.sleep(0.1)
            finally:
                connection.close()
        desk.send_signal(number)
        assert desk.wait(20) == 0
    finally:
        desk.kill()
        desk.wait()
    assert not list(tmp_path.glob("marsad.db*"))


def test_a_desk_that_could_not_hand_on_says_so_at_once(tmp_path: Path) -> None:
    """With WebSub on and no Redis named it ends with 2 and the reason."""
    environment = {
        **os.environ,
        "MARSAD_VAR": str(tmp_path),
        "MARSAD_PUSH_SECRET": "x",
        "MARSAD_PUBLIC_URL": "https://u.s",
    }
    done = subprocess.run(
        [sys.executable, "-m", "workers.desk"], cwd=HOME, env=environment, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert b"REDIS_URL" in done.stderr
    assert b"Traceback" not in done.stderr
