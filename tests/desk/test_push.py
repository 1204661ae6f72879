"""What hubs may do at their callbacks, and what nobody may."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import anyio
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.desk.clock import NOON, Clock
from workers.config import Config
from workers.desk import push
from workers.desk.app import make_desk
from workers.items import Source
from workers.store import sources, subscriptions
from workers.store.database import Database, StoreError
from workers.watch import websub

FEED = Source(key="f" * 16, outlet="one", kind="feed", url="https://one.test/feed")
MASTER = b"a master secret of the tests"
PATH = f"/websub/{FEED.key}/{websub.token_of(MASTER, FEED.key)}"
BODY = "<rss><title>خبر</title></rss>".encode()
ASKED = {
    "hub.mode": "subscribe",
    "hub.topic": FEED.url,
    "hub.challenge": "abc-123",
    "hub.lease_seconds": "864000",
}


def signed(body: bytes, method: str = "sha256", secret: str = websub.secret_of(MASTER, FEED.key)) -> dict[str, str]:
    return {"x-hub-signature": f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"}


class Taker:
    """Takes in deliveries; does first what a test wants."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes, dict[str, str]]] = []
        self.first: Callable[[], object] = lambda: None

    def __call__(self, key: str, body: bytes, headers: dict[str, str]) -> None:
        self.first()
        self.taken.append((key, body, headers))


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def app(config: Config, taker: Taker, clock: Clock) -> Starlette:
    return make_desk(config, deliver=taker, now=clock)


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def asked(store: Database) -> Database:
    """A store whose one feed has asked its hub."""
    sources.enrol(store, [(FEED, NOON)])
    subscriptions.note(store, FEED.key, "https://hub.test/", FEED.url, NOON)
    assert subscriptions.claim_due(store, NOON)
    return store


def state(store: Database) -> str:
    found = subscriptions.find(store, FEED.key)
    assert found is not None
    return found.state


def outcomes(client: TestClient) -> dict[str, int]:
    lines = [
        line for line in client.get("/metrics").text.splitlines() if line.startswith("marsad_push_requests_total{")
    ]
    return {line.split('"')[1]: int(float(line.rsplit(" ", 1)[1])) for line in lines}


def test_what_was_asked_is_confirmed(asked: Database, client: TestClient) -> None:
    """The challenge comes back as plain text and nothing else; from then on the source is pushed."""
    answer = client.get(PATH, params=ASKED)
    assert (answer.status_code, answer.text) == (200, "abc-123")
    assert answer.headers["content-type"].startswith("text/plain")
    assert subscriptions.active(asked, NOON) == {FEED.key: NOON + timedelta(days=10)}
    assert outcomes(client) == {"confirmed": 1}


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.mode": "unsubscribe"},
        {"hub.topic": "https://one.test/other"},
        {"hub.challenge": ""},
        {"hub.challenge": "<b>" + "x" * 2000},
        {"hub.lease_seconds": "-1"},
    ],
)
def test_what_was_not_asked_is_not_confirmed(asked: Database, client: TestClient, changed: dict[str, str]) -> None:
    """404, as the standard says, without the challenge."""
    answer = client.get(PATH, params={**ASKED, **changed})
    assert (answer.status_code, answer.text) == (404, "")
    assert state(asked) == "asked"


def test_a_hub_cannot_begin(store: Database, client: TestClient) -> None:
    """What is wanted and not asked for yet is not confirmed."""
    sources.enrol(store, [(FEED, NOON)])
    subscriptions.note(store, FEED.key, "https://hub.test/", FEED.url, NOON)
    assert client.get(PATH, params=ASKED).status_code == 404


def test_looking_changes_nothing(asked: Database, client: TestClient) -> None:
    """HEAD is for looking."""
    assert client.head(PATH, params=ASKED).status_code == 200
    assert state(asked) == "asked"


def test_a_denial_is_taken(asked: Database, client: TestClient) -> None:
    """And acknowledged."""
    said = {"hub.mode": "denied", "hub.topic": FEED.url, "hub.reason": "ليس لكم"}
    assert client.get(PATH, params=said).status_code == 200
    found = subscriptions.find(asked, FEED.key)
    assert found is not None
    assert (found.state, found.detail) == ("denied", "ليس لكم")


@pytest.mark.parametrize("method", websub.METHODS)
def test_a_signed_delivery_is_taken(asked: Database, client: TestClient, taker: Taker, method: str) -> None:
    """Byte for byte, with those of its headers that say something of the feed."""
    headers = {"content-type": "application/rss+xml", "link": '<https://hub.test/>; rel="hub"', "cookie": "a=b"}
    answer = client.post(PATH, content=BODY, headers={**headers, **signed(BODY, method)})
    assert answer.status_code == 202
    del headers["cookie"]
    assert taker.taken == [(FEED.key, BODY, headers)]
    assert outcomes(client) == {"taken": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature": ""},
        {"x-hub-signature": "sha256=" + "0" * 64},
        {"x-hub-signature": "md5=" + "0" * 32},
        signed(BODY + b" "),
        signed(BODY, secret="another"),
        signed(BODY, secret=websub.secret_of(MASTER, "e" * 16)),
        {"x-hub-signature-256": signed(BODY)["x-hub-signature"]},
    ],
)
def test_a_delivery_without_its_signature_is_acknowledged_and_ignored(
    asked: Database, client: TestClient, taker: Taker, headers: dict[str, str]
) -> None:
    """Whoever tries signatures out learns nothing by the answer; operators do."""
    assert client.post(PATH, content=BODY, headers=headers).status_code == 202
    assert taker.taken == []
    assert outcomes(client) == {"bad_signature": 1}


def test_a_wrong_token_opens_nothing(asked: Database, client: TestClient, taker: Taker) -> None:
    """404 for all methods, whatever is signed; another source's token too."""
    other = websub.token_of(MASTER, "e" * 16)
    for path in (f"/websub/{FEED.key}/{'0' * 64}", f"/websub/{FEED.key}/{other}", PATH[:-1], PATH + "0", PATH.upper()):
        assert client.post(path, content=BODY, headers=signed(BODY)).status_code == 404
        assert client.get(path, params=ASKED).status_code == 404
    assert taker.taken == []
    assert state(asked) == "asked"


def test_a_subscription_that_is_over_is_gone(store: Database, client: TestClient, taker: Taker) -> None:
    """410 tells the hub to stop."""
    assert client.post(PATH, content=BODY, headers=signed(BODY)).status_code == 410
    assert client.get(PATH, params=ASKED).status_code == 410
    assert taker.taken == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_too_large_is_refused(asked: Database, client: TestClient, taker: Taker, announced: bool) -> None:
    """Before it is read where its length is announced, as soon as it is too long where it is not."""
    parts = (b"x" * 1_000_000 for _ in range(20))
    content: Any = b"x" * (push.LONGEST_BODY + 1) if announced else parts
    answer = client.post(PATH, content=content, headers=signed(b""))
    assert answer.status_code == 413
    assert taker.taken == []
    assert outcomes(client) == {"too_large": 1}


def test_a_body_that_is_packed_is_refused(asked: Database, client: TestClient, taker: Taker) -> None:
    """The signature is over what came, and nothing is unpacked that may be a bomb."""
    answer = client.post(PATH, content=BODY, headers={**signed(BODY), "content-encoding": "gzip"})
    assert answer.status_code == 415
    assert taker.taken == []


def test_an_empty_body_is_no_delivery(asked: Database, client: TestClient, taker: Taker) -> None:
    """Even if it is signed."""
    assert client.post(PATH, content=b"", headers=signed(b"")).status_code == 202
    assert taker.taken == []


def test_a_slow_body_is_given_up(
    asked: Database, app: Starlette, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte a moment for ever ends with 408."""
    monkeypatch.setattr(push, "BODY_WITHIN", 0.2)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await anyio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(), "query_string": b"", "headers": [],
        "scheme": "http", "server": ("127.0.0.1", 1), "client": ("127.0.0.1", 2), "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    begun = time.monotonic()
    anyio.run(app, scope, receive, send)
    assert time.monotonic() - begun < 5
    assert sent[0]["status"] == 408
    assert taker.taken == []


def test_a_hub_delivers_again_what_could_not_be_taken(asked: Database, client: TestClient, taker: Taker) -> None:
    """503 with a time to come back; for a fault of ours 500."""

    def away() -> None:
        raise StoreError("the disk is full")

    taker.first = away
    answer = client.post(PATH, content=BODY, headers=signed(BODY))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    taker.first = lambda: 1 // 0
    assert client.post(PATH, content=BODY, headers=signed(BODY)).status_code == 500
    assert outcomes(client) == {"failed": 2}


def test_a_hub_does_not_wait_for_slow_work(
    asked: Database, client: TestClient, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is answered while the work goes on."""
    monkeypatch.setattr(push, "TAKEN_WITHIN", 0.1)
    free = threading.Event()
    taker.first = lambda: free.wait(10)
    assert client.post(PATH, content=BODY, headers=signed(BODY)).status_code == 202
    assert taker.taken == []
    free.set()
    deadline = time.monotonic() + 10
    while not taker.taken and time.monotonic() < deadline:
        time.sleep(0.01)
    assert taker.taken[0][1] == BODY


def test_more_than_can_be_taken_at_once_is_sent_back(
    asked: Database, client: TestClient, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood takes so many threads and no more."""
    monkeypatch.setattr(push, "TAKEN_WITHIN", 0.05)
    free = threading.Event()
    taker.first = lambda: free.wait(10)
    answers = [client.post(PATH, content=BODY, headers=signed(BODY)).status_code for _ in range(8)]
    free.set()
    assert answers == [202] * 4 + [503] * 4
