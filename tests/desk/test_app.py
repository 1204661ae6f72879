"""The desk as a client sees it, a friendly one and others."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from starlette.testclient import TestClient

from tests.desk.clock import Clock
from workers.config import Config
from workers.desk import app as desk
from workers.desk import metrics
from workers.desk.app import make_desk
from workers.desk.behind import Behind
from workers.operate import heartbeat
from workers.operate.logging import set_up_logging
from workers.store.database import Database

KEY = "f" * 16


@pytest.fixture
def client(config: Config, store: Database, behind: Behind, clock: Clock) -> Iterator[TestClient]:
    """A desk where all is well, and where nobody wants what hubs deliver."""
    heartbeat.beat(behind.redis(), config.settings.prefix, heartbeat.TICK)
    with TestClient(make_desk(config, deliver=lambda *_: None, now=clock), raise_server_exceptions=False) as opened:
        yield opened


def test_health_is_told(client: TestClient) -> None:
    """200 and "ok" for a machine, and no reasons."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "reasons": []})
    head = client.head("/healthz")
    assert (head.status_code, head.content) == (200, b"")


def test_trouble_is_told(config: Config, clock: Clock) -> None:
    """503 with the reasons in words."""
    with TestClient(make_desk(config, now=clock)) as client:
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "trouble"
    assert "the store cannot be reached; the desk's log says why" in answer.json()["reasons"]


def test_metrics_are_told(client: TestClient) -> None:
    """In the text format that every Prometheus reads."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'marsad_up{part="store"} 1.0' in answer.text


def test_a_desk_without_a_taker_knows_no_hubs(config: Config, store: Database) -> None:
    """Nor does one where WebSub is off."""
    off = config.with_settings(public_url="")
    for made in (make_desk(config), make_desk(off, deliver=lambda *_: None)):
        with TestClient(made) as client:
            assert client.get(f"/websub/{KEY}/{'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz/",
        "//healthz",
        "/metrics/../healthz/x",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/websub",
        f"/websub/{KEY}",
        f"/websub/{KEY}/",
        f"/websub/{KEY}/{'0' * 64}/more",
        f"/websub/{KEY}/..%2f..%2fhealthz",
        f"/websub/{KEY}%00/{'0' * 64}",
        f"/websub/{'ش' * 16}/{'0' * 64}",
        "/websub/" + "a" * 5000 + "/b",
    ],
)
def test_what_is_not_there_is_not_there(client: TestClient, path: str) -> None:
    """404 without a word more, and no redirect to an address built of what the client says."""
    answer = client.get(path, headers={"host": "evil.test"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers
    assert len(answer.content) < 20


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_refused(client: TestClient, method: str) -> None:
    """405 with what is allowed."""
    answer = client.request(method, "/healthz")
    assert (answer.status_code, answer.text) == (405, "Method Not Allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/nowhere", f"/websub/{KEY}/{'0' * 64}", "/defect"])
def test_every_answer_has_the_headers_of_safety(client: TestClient, path: str) -> None:
    """Whether it is good news or not."""
    answer = client.get(path)
    for name, value in desk.HEADERS.items():
        assert answer.headers[name] == value


def test_a_fault_of_ours_is_told_nobody(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in three words; the log has the rest."""

    def fault(*_: object) -> bytes:
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(metrics, "page", fault)
    answer = client.get("/metrics")
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_body_that_nobody_asked_for_is_not_read(client: TestClient) -> None:
    """One that is announced as huge is refused at once."""
    answer = client.post(f"/websub/{KEY}/{'0' * 64}", content=b"x" * 5_000_001)
    assert (answer.status_code, answer.text) == (413, "Content Too Large")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the desk logs, as JSON lines."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("json", "info", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_the_log_holds_no_token(log: io.StringIO, client: TestClient) -> None:
    """Nor the query; the key of the source is there."""
    client.get(f"/websub/{KEY}/5ecret/more")
    client.get(f"/websub/{KEY}/5ecret?hub.secret=5ecret")
    # The client of the tests writes its own lines, with the addresses it asks.
    lines = [json.loads(line) for line in log.getvalue().splitlines() if "httpx" not in line]
    assert [line["path"] for line in lines] == [f"/websub/{KEY}/***"] * 2
    assert "5ecret" not in str(lines)
