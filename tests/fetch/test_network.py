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
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request
from werkzeug import Response as Answer

from workers.config.settings import Settings
from workers.fetch.network import Network
from workers.items import Drop, Failure, Response

NOW = datetime(2025, 2, 12, 18, 0, tzinfo=UTC)
LIMIT = 100_000
TIMEOUT = 1.0


@pytest.fixture
def network() -> Iterator[Network]:
    settings = Settings(
        fetch_timeout=TIMEOUT, fetch_max_bytes=LIMIT, fetch_max_redirects=3, contact="desk@watch.example", poll_every=60
    )
    transport = Network(settings, clock=lambda: NOW)
    yield transport
    transport.close()


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
    answer = network.get(httpserver.url_for("/a"), after=NOW)
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
    network.get(httpserver.url_for("/a"))
    network.get(httpserver.url_for("/a"))
    last = httpserver.log[-1][0]
    assert last.headers["User-Agent"].endswith("(desk@watch.example)")
    assert "Cookie" not in last.headers


@pytest.mark.parametrize("status", [204, 304, 403, 404, 429, 500, 503])
def test_any_status_is_an_answer(httpserver: HTTPServer, network: Network, status: int) -> None:
    """Judging a status is not the transport's business."""
    httpserver.expect_request("/a").respond_with_data("", status=status)
    answer = network.get(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.status == status


def test_redirects_are_followed_to_the_end(httpserver: HTTPServer, network: Network) -> None:
    """Relative, absolute and Arabic targets are followed, and the last address is told."""
    httpserver.expect_request("/1").respond_with_data("", status=301, headers={"Location": "2?x=1"})
    httpserver.expect_request("/2").respond_with_data(
        "", status=302, headers={"Location": httpserver.url_for("/%D8%A3")}
    )
    httpserver.expect_request("/أ").respond_with_data("end")
    answer = network.get(httpserver.url_for("/1"))
    assert isinstance(answer, Response)
    assert answer.body == b"end"
    assert answer.url == httpserver.url_for("/1")
    assert answer.final_url == httpserver.url_for("/%D8%A3")


def test_a_redirect_without_a_target_is_an_answer(httpserver: HTTPServer, network: Network) -> None:
    """A 302 that names no place comes back as it is."""
    httpserver.expect_request("/a").respond_with_data("x", status=302)
    answer = network.get(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.status == 302


def test_a_redirect_loop_ends(httpserver: HTTPServer, network: Network) -> None:
    """Going in circles is dropped after the limit."""
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": "/a"})
    assert reason(network.get(httpserver.url_for("/a")), Drop) == "too_many_redirects"
    assert len(httpserver.log) == 4


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://x.example/", "javascript:1"])
def test_redirects_lead_to_the_web_only(httpserver: HTTPServer, network: Network, target: str) -> None:
    """A redirect to anything but an http(s) address is dropped and not followed."""
    httpserver.expect_request("/a").respond_with_data("", status=302, headers={"Location": target})
    assert reason(network.get(httpserver.url_for("/a")), Drop) == "bad_url"


@pytest.mark.parametrize(
    ("target", "outcome"),
    [(b"http://[::1", "bad_url"), (b"http://a:99999/", "bad_url"), ("/خبر".encode(), "too_many_redirects")],
)
def test_targets_in_raw_bytes_are_survived(network: Network, target: bytes, outcome: str) -> None:
    """A target that is broken, or written without any encoding, raises nothing."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + target + b"\r\n\r\n"
        )

    with raw_server(talk) as url:
        assert reason(network.get(url), Drop) == outcome


@pytest.mark.parametrize(
    "url", ["", "x", "mailto:a@b.example", "file:///etc/passwd", "http://", "http://[::1/", "http://a:99999/"]
)
def test_what_is_no_address_is_dropped(network: Network, url: str) -> None:
    """An impossible address is a value, not an exception."""
    assert reason(network.get(url), Drop) == "bad_url"


def test_an_announced_size_is_believed(httpserver: HTTPServer, network: Network) -> None:
    """A body that is announced as too large is not read."""
    httpserver.expect_request("/a").respond_with_data(b"x" * (LIMIT + 1))
    assert reason(network.get(httpserver.url_for("/a")), Drop) == "too_large"


def test_a_body_may_have_exactly_the_limit(httpserver: HTTPServer, network: Network) -> None:
    """The limit itself is allowed."""
    httpserver.expect_request("/a").respond_with_data(b"x" * LIMIT)
    assert isinstance(network.get(httpserver.url_for("/a")), Response)


def test_an_endless_body_is_cut(httpserver: HTTPServer, network: Network) -> None:
    """A body without an announced end is dropped when it passes the limit."""

    def endless(_: Request) -> Answer:
        return Answer((b"x" * 10_000 for _ in range(10_000)), direct_passthrough=True)

    httpserver.expect_request("/a").respond_with_handler(endless)
    assert reason(network.get(httpserver.url_for("/a")), Drop) == "too_large"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_compressed_bomb_is_cut(httpserver: HTTPServer, network: Network, encoding: str) -> None:
    """The limit counts what comes out of the compression."""
    huge = b"\0" * 30_000_000
    body = gzip.compress(huge) if encoding == "gzip" else zlib.compress(huge)
    assert len(body) < LIMIT
    httpserver.expect_request("/a").respond_with_data(body, headers={"Content-Encoding": encoding})
    assert reason(network.get(httpserver.url_for("/a")), Drop) == "too_large"


def test_compressed_bodies_are_kept_unpacked(httpserver: HTTPServer, network: Network) -> None:
    """What is kept is the text, and no header says otherwise."""
    httpserver.expect_request("/a").respond_with_data(gzip.compress(b"text"), headers={"Content-Encoding": "gzip"})
    answer = network.get(httpserver.url_for("/a"))
    assert isinstance(answer, Response)
    assert answer.body == b"text"
    assert not {"content-encoding", "content-length"} & set(answer.headers)


def test_a_broken_compression_may_pass(httpserver: HTTPServer, network: Network) -> None:
    """Data that do not unpack are a trouble of the protocol."""
    httpserver.expect_request("/a").respond_with_data(b"no gzip", headers={"Content-Encoding": "gzip"})
    assert reason(network.get(httpserver.url_for("/a")), Failure) == "protocol"


def test_silence_times_out(network: Network) -> None:
    """A server that accepts and says nothing is left after the time limit."""
    with raw_server(_swallow) as url:
        started = time.monotonic()
        assert reason(network.get(url), Failure) == "timeout"
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
        assert reason(network.get(url), Failure) == "timeout"
        assert time.monotonic() - started < 1.5 * TIMEOUT


def test_slow_redirects_share_one_time_limit(httpserver: HTTPServer, network: Network) -> None:
    """Each step being quick enough does not make the whole quick enough."""

    def slow(_: Request) -> Answer:
        time.sleep(0.6)
        return Answer("", status=302, headers={"Location": "/a"})

    httpserver.expect_request("/a").respond_with_handler(slow)
    started = time.monotonic()
    assert reason(network.get(httpserver.url_for("/a")), Failure) == "timeout"
    assert time.monotonic() - started < 1.5 * TIMEOUT


@pytest.mark.parametrize("headers", ["".join(f"X-{i}: 1\r\n" for i in range(1500)), f"X: {'y' * 70_000}\r\n"])
def test_too_many_headers_are_dropped(network: Network, headers: str) -> None:
    """Headers are bounded in number and size."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: 1\r\n\r\nx".encode())

    with raw_server(talk) as url:
        assert reason(network.get(url), Drop) == "too_large"


def test_an_endless_header_is_given_up(network: Network) -> None:
    """A header that never ends is a trouble of the protocol."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500_000)

    with raw_server(talk) as url:
        assert reason(network.get(url), Failure) == "protocol"


@pytest.mark.parametrize(
    "said", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 banana\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"]
)
def test_what_is_no_http_may_pass(network: Network, said: bytes) -> None:
    """Another protocol, a hang-up and a cut body are troubles that may pass."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(said)

    with raw_server(talk) as url:
        assert reason(network.get(url), Failure) == "protocol"


def test_a_refused_connection_may_pass(network: Network) -> None:
    """Nobody listening is a trouble of the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert reason(network.get(f"http://127.0.0.1:{port}/"), Failure) == "connect"


def test_an_unknown_host_may_pass(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that nobody knows is a trouble of the name service."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert reason(network.get("https://nobody.invalid/"), Failure) == "dns"


def test_a_server_without_tls_may_pass(network: Network) -> None:
    """Asking for https where something else listens is a trouble of TLS."""

    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with raw_server(talk) as url:
        assert reason(network.get(url.replace("http:", "https:")), Failure) == "tls"


def test_certificates_are_checked() -> None:
    """The connections ask for a certificate that fits the host."""
    network = Network(Settings())
    context = network._wire._pool._ssl_context
    assert context is not None
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    network.close()


def test_a_network_is_shared_between_threads(httpserver: HTTPServer, network: Network) -> None:
    """Requests of several threads keep their own time limits."""
    httpserver.expect_request("/a").respond_with_data("x")
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(network.get(httpserver.url_for("/a")))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [isinstance(answer, Response) for answer in answers] == [True] * 8


def test_a_source_is_due_after_its_pause(network: Network) -> None:
    """A source never seen is due at once, any other after the pause."""
    assert network.next_at("https://paper.example/feed", NOW) == NOW + timedelta(seconds=60)
    assert network.next_at("https://paper.example/feed", None) == datetime.min.replace(tzinfo=UTC)


def _swallow(connection: socket.socket) -> None:
    connection.settimeout(3)
    while connection.recv(1000):
        pass
