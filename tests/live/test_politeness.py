"""Eight workers in two processes that share one Redis, on three hosts: what the hosts see.

The hosts are 127.0.0.1 to 127.0.0.3. The first answers at once, the second takes its time, the third has a robots.txt
with rules and a delay. Run as a program this file is one of the processes.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import redis

from workers.config.settings import Settings
from workers.fetch.network import Network
from workers.fetch.polite import Polite
from workers.fetch.robots import Kept
from workers.items import Hop, Later, Response, from_json, to_json
from workers.operate.redis import EmbeddedRedis, client
from workers.operate.slots import Slots

pytestmark = pytest.mark.live

PREFIX = "politeness:"
GAP = 0.2  # seconds between two requests to one host
DELAY = 0.6  # seconds, what the third host's robots.txt asks for
SLOW = 0.5  # seconds the second host takes for an answer
RUN = 4.0  # seconds of work
PROCESSES, THREADS = 2, 4
RULES = f"User-agent: *\nDisallow: /secret/\nCrawl-delay: {DELAY}\n\nUser-agent: other\nDisallow: /\n".encode()


# One host of the web.


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    start: float
    end: float


@dataclass(slots=True)
class Host:
    """A server and what it saw."""

    address: str
    robots: bytes | None = None
    takes: float = 0.0
    port: int = 0
    log: list[Request] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://{self.address}:{self.port}"

    def gaps(self) -> list[float]:
        """Seconds between the end of each request and the start of the next."""
        log = sorted(self.log, key=lambda one: one.start)
        return [after.start - before.end for before, after in itertools.pairwise(log)]

    def peak(self) -> int:
        """The most requests that were being answered at one time."""
        moments = sorted([(one.start, 1) for one in self.log] + [(one.end, -1) for one in self.log])
        return max(itertools.accumulate(step for _, step in moments))

    def share(self, gap: float) -> float:
        """Requests made, as a part of those that `gap` and the host's own time for them allow."""
        window = max(one.end for one in self.log) - min(one.start for one in self.log)
        mean = sum(one.end - one.start for one in self.log) / len(self.log)
        return (len(self.log) - 1) * (gap + mean) / window


@contextmanager
def serving(host: Host) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start = time.monotonic()
            is_robots = self.path == "/robots.txt"
            body = host.robots if is_robots else b"<html><p>page"
            time.sleep(host.takes)
            host.log.append(Request(self.path, start, time.monotonic()))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/plain" if is_robots else "text/html")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name of the base class
            pass

    with ThreadingHTTPServer((host.address, 0), Handler) as server:
        host.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield
        server.shutdown()
        thread.join()


# One process of workers.


class Shelf:
    """robots.txt files that all processes share."""

    def __init__(self, connection: redis.Redis) -> None:
        self._connection = connection

    def load(self, origin: str) -> Kept | None:
        text = self._connection.hget("robots", origin)
        return from_json(Kept, json.loads(text)) if isinstance(text, bytes) else None

    def save(self, origin: str, kept: Kept) -> None:
        self._connection.hset("robots", origin, json.dumps(to_json(kept)))


def work(url: str) -> None:
    """Do what is due until nobody wants more: a job is a lane of pages of one host, one after the other."""
    network = Network(Settings(fetch_timeout=5.0, allow_loopback=True))

    def loop() -> None:
        with client(url) as connection:
            polite = Polite(
                network, pace=Slots(connection, PREFIX), shelf=Shelf(connection), gap=lambda _: GAP, max_redirects=3, timeout=5.0
            )  # fmt: skip
            while not connection.exists("stop"):
                due = connection.zpopmin("jobs")
                if not due or due[0][1] > time.time():
                    if due:
                        connection.zadd("jobs", {due[0][0]: due[0][1]})
                    time.sleep(0.01)
                    continue
                job = json.loads(due[0][0])
                page = f"{job['base']}/{'secret' if job['page'] % 4 == 3 else 'news'}/{job['lane']}-{job['page']}"
                answer = polite.get(page, hop=from_json(Hop, job["hop"]) if job["hop"] else None)
                if isinstance(answer, Later):
                    wait, job["hop"] = answer.seconds, to_json(answer.hop) if answer.hop else None
                else:
                    end = str(answer.status) if isinstance(answer, Response) else answer.reason
                    connection.hincrby("ends", f"{job['base']} {end}")
                    wait, job["hop"], job["page"] = 0.0, None, job["page"] + 1
                connection.zadd("jobs", {json.dumps(job): time.time() + wait})

    threads = [threading.Thread(target=loop) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(url: str, hosts: list[Host], lanes: int) -> dict[str, int]:
    """Let all workers work on `lanes` jobs of each host; return how asking ended, by host and end."""
    root = Path(__file__).parents[2]
    with client(url) as connection, ExitStack() as stack:
        connection.flushall()
        for host in hosts:
            stack.enter_context(serving(host))
        jobs = (
            {"base": host.base, "lane": lane, "page": lane % 4, "hop": None} for lane in range(lanes) for host in hosts
        )
        processes = [subprocess.Popen([sys.executable, __file__, url], cwd=root, env={"PYTHONPATH": str(root)}) for _ in range(PROCESSES)]  # fmt: skip
        try:
            while len(connection.client_list()) < PROCESSES * THREADS:
                time.sleep(0.05)
            connection.zadd("jobs", {json.dumps(job): 0.0 for job in jobs})
            time.sleep(RUN)
            connection.set("stop", 1)
            assert [process.wait(20) for process in processes] == [0] * PROCESSES
        finally:
            for process in processes:
                process.kill()
                process.wait()
        return {name.decode(): int(count) for name, count in connection.hgetall("ends").items()}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture
def hosts() -> list[Host]:
    return [Host("127.0.0.1"), Host("127.0.0.2", takes=SLOW), Host("127.0.0.3", robots=RULES)]


def check_manners(hosts: list[Host], ends: dict[str, int]) -> None:
    quick, _, strict = hosts
    for host in hosts:
        assert len(host.log) >= 4
        assert host.peak() == 1
        assert min(host.gaps()) >= (DELAY if host is strict else GAP)
        assert [one.path for one in host.log].count("/robots.txt") == 1
        assert host.log[0].path == "/robots.txt"
    assert not [one for one in strict.log if one.path.startswith("/secret/")]
    assert ends[f"{strict.base} robots"] > 0
    assert [one for one in quick.log if one.path.startswith("/secret/")]
    assert {name.split()[1] for name in ends} <= {"200", "robots"}


def test_a_stampede_keeps_its_manners(url: str, hosts: list[Host]) -> None:
    """Eight jobs at once for each of three hosts: one request at a time, the pause kept, robots.txt asked once and
    obeyed.
    """
    check_manners(hosts, run(url, hosts, lanes=8))


def test_a_slow_host_holds_up_nobody(url: str, hosts: list[Host]) -> None:
    """With two jobs a host each is asked nearly as often as its own pace allows, however slow another is."""
    check_manners(hosts, run(url, hosts, lanes=2))
    quick, slow, strict = hosts
    assert quick.share(GAP) > 0.6
    assert slow.share(GAP) > 0.6
    assert strict.share(DELAY) > 0.6
    assert len(quick.log) > 1.5 * len(slow.log)


if __name__ == "__main__":
    work(sys.argv[1])
