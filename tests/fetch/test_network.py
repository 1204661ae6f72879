"""The transport that asks the web, against a server of this machine that misbehaves."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain
from urllib.parse import urljoin

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from tests.fetch.forbidden import ADDRESSES, FORBIDDEN, MALFORMED, PUBLIC, PUBLIC_6, World, build_world, says
from workers.config.settings import Settings
from workers.fetch.network import Network
from workers.items import Drop, Failure, Response

NOW = datetime(2025, 2, 12, 18, 0, tzinfo=UTC)
LIMIT = 100_000
TIMEOUT = 1.0


@pytest.fixture
def network() -> Iterator[Network]:
    settings = Settings(fetch_timeout=TIMEOUT, fetch_max_bytes=LIMIT, contact="desk@watch.example", allow_loopback=True)
    transport = Network(settings, clock=lambda: NOW)
    yield transport
    transport.close()


@pytest.fixture(scope="module")
def strict() -> Network:
    """A network as it is in live work."""
    return Network(Settings(fetch_timeout=TIMEOUT))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return build_world(monkeypatch, {"paper.example": [[PUBLIC]]})


def reason(outcome: object, kind: type[Drop | Failure]) -> str:
    assert isinstance(outcome, kind), outcome
    assert len(outcome.detail) < 1000
    return outcome.reason


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that says what `talk` says to each connection, and nothing of HTTP unless `talk` does."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                talk(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def test_a_page_comes_with_its_bytes_headers_and_times(httpserver: HTTPServer, network: Network) -> None:
    """The answer holds the bytes as sent, lower-case headers, and the injected clock's time."""
    body = "خبر".encode("cp1256")
    httpserver.expect_request("/a").respond_with_data(
        body, content_type="text/html; charset=utf-8", headers={"X-Odd": "Ok", "Set-Cookie": "a=1"}
    )
    answer = network.ask(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (200, body)
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["x-odd"] == "Ok"
    assert "set-cookie" not in answer.headers
    assert answer.captured_at == NOW
    assert 0 <= answer.elapsed < TIMEOUT
    assert answer.url == answer.final_url == httpserver.url_for("/a")


def test_the_server_learns_who_asks_and_gets_no_cookies(httpserver: HTTPServer, network: Network) -> None:
    """The User-Agent names the program and a contact, and cookies are not sent back."""
    httpserver.expect_request("/a").respond_with_data("x", headers={"Set-Cookie": "a=1"})
    network.ask(httpserver.url_for("/a"))
    network.ask(httpserver.url_for("/a"))
    last = httpserver.log[-1][0]
    assert last.headers["User-Agent"].endswith("(desk@watch.example)")
    assert "Cookie" not in last.headers


@pytest.mark.parametrize("status", [204, 304, 403, 404, 429, 500, 503])
def test_any_status_is_an_answer(httpserver: HTTPServer, network: Network, status: int) -> None:
    """Judging a status is not the transport's business."""
    httpserver.expect_request("/a").respond_with_data("", status=status)
    answer = network.ask(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.status == status


@pytest.mark.parametrize("status", [300, 301, 302, 303, 305, 307, 308])
def test_a_redirect_is_an_answer(httpserver: HTTPServer, network: Network, status: int) -> None:
    """Where a redirect leads is told, not followed, and its body is not read."""
    httpserver.expect_request("/1").respond_with_data("x" * (LIMIT + 1), status=status, headers={"Location": "2?x=1"})
    answer = network.ask(httpserver.url_for("/1"))
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers["location"], answer.body) == (status, "2?x=1", b"")
    assert answer.final_url == httpserver.url_for("/1")
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("headers", [{}, {"Location": " "}])
def test_a_redirect_without_a_target_is_an_answer(
    httpserver: HTTPServer, network: Network, headers: dict[str, str]
) -> None:
    """A 302 that names no place comes back as it is."""
    httpserver.expect_request("/a").respond_with_data("x", status=302, headers=headers)
    answer = network.ask(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (302, b"x")


def test_a_target_in_raw_bytes_is_told(network: Network) -> None:
    """A target that is written without any encoding comes as text on one line."""
    with raw_server(says("HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /خبر\r\n\r\n".encode())) as url:
        answer = network.ask(url)
    assert isinstance(answer, Response)
    assert answer.headers["location"] == "/خبر"


@pytest.mark.parametrize("target", [url for _, url in FORBIDDEN], ids=[name for name, _ in FORBIDDEN])
def test_a_forbidden_address_is_not_connected_to(strict: Network, world: World, target: str) -> None:
    """Neither when it is asked for, nor when a public page leads there."""
    assert reason(strict.ask(target), Drop) == "forbidden_address"
    assert world.connected == []
    location = target.encode("utf-8")
    with world.serve(says(b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: " + location + b"\r\n\r\n")):
        answer = strict.ask("http://paper.example/")
        assert isinstance(answer, Response)
        assert answer.headers["location"] == target
        assert reason(strict.ask(urljoin(answer.final_url, answer.headers["location"])), Drop) == "forbidden_address"
        assert reason(strict.ask(target, form={"a": "b"}), Drop) == "forbidden_address"
    assert world.connected == [PUBLIC]
    assert world.asked == ["paper.example"]


@pytest.mark.parametrize("address", [ip for _, ip in ADDRESSES], ids=[name for name, _ in ADDRESSES])
def test_a_name_that_comes_to_lead_inside_is_dropped(strict: Network, world: World, address: str) -> None:
    """A name may be rebound between two requests, or give a public and a private address at once."""
    world.names["paper.example"] = [[PUBLIC], [address], [PUBLIC, address]]
    with world.serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")):
        assert isinstance(strict.ask("http://paper.example/"), Response)
        assert reason(strict.ask("http://paper.example/"), Drop) == "forbidden_address"
        assert reason(strict.ask("http://paper.example/"), Drop) == "forbidden_address"
    assert world.connected == [PUBLIC]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://PAPER.example./x", "paper.example"),
        ("http://مثال.إختبار/x", "xn--mgbh0fb.xn--kgbechtv"),
        ("http://straße.example/x", "strasse.example"),
        ("http://paper.example:8080/x", "paper.example"),
        (f"http://[{PUBLIC_6}]/x", None),
        (f"http://{PUBLIC}/x", None),
    ],
)
def test_the_public_web_is_asked(strict: Network, world: World, url: str, host: str | None) -> None:
    """The host is sent and looked up in the one form in which it was judged."""
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    if host:
        world.names[host] = [[PUBLIC]]
    with world.serve(talk):
        assert isinstance(strict.ask(url), Response)
    assert world.asked == ([host] if host else [])
    if host:
        assert f"\r\nHost: {host}".encode() in heard[0]
    assert heard[0].startswith(b"GET /x HTTP/1.1")


@pytest.mark.parametrize("url", [url for _, url in MALFORMED], ids=[name for name, _ in MALFORMED])
def test_what_is_no_address_is_dropped(network: Network, url: str) -> None:
    """An impossible address is a value, not an exception."""
    assert reason(network.ask(url), Drop) == "bad_url"


@pytest.mark.parametrize("path", ["\ud800", "?\udfff", "خبر", " a b ", "%", "%zz", "\\", "@x:y"])
def test_any_path_is_survived(httpserver: HTTPServer, network: Network, path: str) -> None:
    """A path that cannot be sent is a value too."""
    answer = network.ask(httpserver.url_for("/") + path)
    assert isinstance(answer, Response) or (isinstance(answer, Drop) and answer.reason == "bad_url")


def test_conditions_are_sent(httpserver: HTTPServer, network: Network) -> None:
    """Headers of the caller go with the request, in place of the usual ones where they meet."""
    httpserver.expect_request("/a").respond_with_data("", status=304)
    given = {"If-None-Match": 'W/"1"', "if-modified-since": "Wed, 12 Feb 2025 18:00:00 GMT", "Accept": "text/plain"}
    answer = network.ask(httpserver.url_for("/a"), headers=given)
    assert isinstance(answer, Response)
    assert answer.status == 304
    sent = httpserver.log[0][0].headers
    assert {name: sent[name] for name in given} == given
    assert sent["User-Agent"] == network.agent
    assert "Authorization" not in sent


@pytest.mark.parametrize("tag", ["a\r\nHost: 127.0.0.1", "خبر", "\x00", "x" * 5000, ""])
def test_conditions_that_cannot_be_sent_are_left_out(httpserver: HTTPServer, network: Network, tag: str) -> None:
    """A server's own words, given back to it, break no request."""
    httpserver.expect_request("/a").respond_with_data("x")
    assert isinstance(network.ask(httpserver.url_for("/a"), headers={"If-None-Match": tag}), Response)
    assert "If-None-Match" not in httpserver.log[0][0].headers


def test_a_form_is_posted(httpserver: HTTPServer, network: Network) -> None:
    """A form goes as one POST with its fields."""
    httpserver.expect_request("/hub", method="POST").respond_with_data("", status=202)
    answer = network.ask(httpserver.url_for("/hub"), form={"hub.mode": "subscribe", "hub.topic": "https://a.example/خ"})
    assert isinstance(answer, Response)
    assert answer.status == 202
    assert httpserver.log[0][0].form.to_dict() == {"hub.mode": "subscribe", "hub.topic": "https://a.example/خ"}


@pytest.mark.parametrize("contact", ["مكتب", "a\r\nX: y", "desk@watch.example"])
def test_any_contact_can_be_sent(httpserver: HTTPServer, contact: str) -> None:
    """A contact in any script becomes one line of ASCII."""
    httpserver.expect_request("/a").respond_with_data("x")
    network = Network(Settings(allow_loopback=True, contact=contact))
    assert isinstance(network.ask(httpserver.url_for("/a")), Response)
    assert httpserver.log[0][0].headers["User-Agent"] == network.agent
    assert "X" not in httpserver.log[0][0].headers


def test_an_announced_size_is_believed(httpserver: HTTPServer, network: Network) -> None:
    """A body that is announced as too large is not read."""
    httpserver.expect_request("/a").respond_with_data(b"x" * (LIMIT + 1))
    assert reason(network.ask(httpserver.url_for("/a")), Drop) == "too_large"


def test_a_body_may_have_exactly_the_limit(httpserver: HTTPServer, network: Network) -> None:
    """The limit itself is allowed."""
    httpserver.expect_request("/a").respond_with_data(b"x" * LIMIT)
    assert isinstance(network.ask(httpserver.url_for("/a")), Response)


def test_an_endless_body_is_cut(httpserver: HTTPServer, network: Network) -> None:
    """A body without an announced end is dropped when it passes the limit."""

    def endless(_: Request) -> Answer:
        return Answer((b"x" * 10_000 for _ in range(10_000)), direct_passthrough=True)

    httpserver.expect_request("/a").respond_with_handler(endless)
    assert reason(network.ask(httpserver.url_for("/a")), Drop) == "too_large"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_bomb_is_cut(httpserver: HTTPServer, network: Network, encoding: str) -> None:
    """The limit counts what comes out of the compression."""
    huge = b"\0" * 30_000_000
    body = gzip.compress(huge) if encoding == "gzip" else zlib.compress(huge)
    assert len(body) < LIMIT
    httpserver.expect_request("/a").respond_with_data(body, headers={"Content-Encoding": encoding})
    assert reason(network.ask(httpserver.url_for("/a")), Drop) == "too_large"


def test_what_follows_a_packed_body_is_not_read(httpserver: HTTPServer, network: Network) -> None:
    """A packed body with an end, and data without one behind it, is read to its end."""

    def endless(_: Request) -> Answer:
        rest = (b"x" * 10_000 for _ in range(10_000))
        return Answer(chain([gzip.compress(b"text")], rest), headers={"Content-Encoding": "gzip"})

    httpserver.expect_request("/a").respond_with_handler(endless)
    answer = network.ask(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.body == b"text"


@pytest.mark.parametrize("member", [gzip.compress(b"", mtime=0), gzip.compress(b"x" * 5000, mtime=0)])
def test_a_bomb_of_many_members_is_cut(httpserver: HTTPServer, network: Network, member: bytes) -> None:
    """Many small bombs are one, also when they hold nothing."""
    httpserver.expect_request("/a").respond_with_data(member * 1500, headers={"Content-Encoding": "gzip"})
    assert reason(network.ask(httpserver.url_for("/a")), Drop) == "too_large"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_only_what_was_announced_is_unpacked(httpserver: HTTPServer, network: Network, encoding: str) -> None:
    """A compression nobody asked for is a trouble of the protocol, and none is announced that is not bounded."""
    httpserver.expect_request("/a").respond_with_data(b"x", headers={"Content-Encoding": encoding})
    assert reason(network.ask(httpserver.url_for("/a")), Failure) == "protocol"
    assert httpserver.log[0][0].headers["Accept-Encoding"] == "gzip, deflate"


def test_compressed_bodies_are_kept_unpacked(httpserver: HTTPServer, network: Network) -> None:
    """What is kept is the text, and no header says otherwise."""
    httpserver.expect_request("/a").respond_with_data(gzip.compress(b"text"), headers={"Content-Encoding": "gzip"})
    answer = network.ask(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.body == b"text"
    assert not {"content-encoding", "content-length"} & set(answer.headers)


def test_a_broken_compression_may_pass(httpserver: HTTPServer, network: Network) -> None:
    """Data that do not unpack are a trouble of the protocol."""
    httpserver.expect_request("/a").respond_with_data(b"no gzip", headers={"Content-Encoding": "gzip"})
    assert reason(network.ask(httpserver.url_for("/a")), Failure) == "protocol"


def test_silence_times_out(network: Network) -> None:
    """A server that accepts and says nothing is left after the time limit."""
    with raw_server(_swallow) as url:
        started = time.monotonic()
        assert reason(network.ask(url), Failure) == "timeout"
        assert time.monotonic() - started < 2 * TIMEOUT


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_slow_drip_ends_at_the_time_limit_in_all(network: Network, start: bytes) -> None:
    """A byte now and then, in the body or in the headers, does not hold a request beyond its time."""

    def drip(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(start)
        for _ in range(50):
            time.sleep(0.1)
            connection.sendall(b"x")

    with raw_server(drip) as url:
        started = time.monotonic()
        assert reason(network.ask(url), Failure) == "timeout"
        assert time.monotonic() - started < 1.5 * TIMEOUT


@pytest.mark.parametrize("headers", ["".join(f"X-{i}: 1\r\n" for i in range(1500)), f"X: {'y' * 70_000}\r\n"])
def test_too_many_headers_are_dropped(network: Network, headers: str) -> None:
    """Headers are bounded in number and size."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: 1\r\n\r\nx".encode())

    with raw_server(talk) as url:
        assert reason(network.ask(url), Drop) == "too_large"


def test_an_endless_header_is_given_up(network: Network) -> None:
    """A header that never ends is a trouble of the protocol."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000)

    with raw_server(talk) as url:
        assert reason(network.ask(url), Failure) == "protocol"


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 banana\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_what_is_no_http_may_pass(network: Network, said: bytes) -> None:
    """Another protocol, a hang-up and a cut body are troubles that may pass."""
    with raw_server(says(said)) as url:
        assert reason(network.ask(url), Failure) == "protocol"


def test_a_refused_connection_may_pass(network: Network) -> None:
    """Nobody listening is a trouble of the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert reason(network.ask(f"http://127.0.0.1:{port}/"), Failure) == "connect"


def test_an_unknown_host_may_pass(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody knows is a trouble of the name service."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert reason(network.ask("https://nobody.invalid/"), Failure) == "dns"


def test_a_server_without_tls_may_pass(network: Network) -> None:
    """Asking for https where something else listens is a trouble of TLS."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw_server(talk) as url:
        assert reason(network.ask(url.replace("http:", "https:")), Failure) == "tls"


def test_certificates_are_checked() -> None:
    """The connections ask for a certificate that fits the host."""
    context = Network(Settings())._wire._context
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_network_is_shared_between_threads(httpserver: HTTPServer, network: Network) -> None:
    """Requests of several threads keep their own time limits."""
    httpserver.expect_request("/a").respond_with_data("x")
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(network.ask(httpserver.url_for("/a")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [isinstance(answer, Response) for answer in answers] == [True] * 8


def _swallow(connection: socket.socket) -> None:
    connection.settimeout(3)
    while connection.recv(1000):
        pass
