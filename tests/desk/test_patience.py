"""Clients that take their time, on real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from workers.config import Config
from workers.desk import patience
from workers.desk.app import make_desk, server_config
from workers.store.database import Database

ASK = b"GET /metrics HTTP/1.1\r\nHost: desk\r\n"


@pytest.fixture
def port(config: Config, store: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Where a desk listens whose patience is short."""
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.5)
    monkeypatch.setattr(patience, "ANSWER_WITHIN", 1.0)
    server = uvicorn.Server(server_config(config, make_desk(config)))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()


def until_closed(connection: socket.socket, drip: bytes = b"") -> tuple[float, bytes]:
    """Seconds until the other side has closed, sending `drip` all the while, and what it said before."""
    begun, said = time.monotonic(), b""
    connection.settimeout(0.05)
    while time.monotonic() - begun < 10:
        try:
            if drip:
                connection.sendall(drip)
            part = connection.recv(65536)
            if not part:
                break
            said += part
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - begun, said


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 5)


def test_a_whole_request_is_answered(port: int) -> None:
    """Two on one connection too, and nothing says which server it is."""
    with connect(port) as connection:
        for _ in range(2):
            connection.sendall(ASK + b"\r\n")
            said = b""
            while b"marsad_scrape_duration_seconds " not in said:
                said += connection.recv(65536)
            assert said.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"\r\nserver:" not in said.lower()


@pytest.mark.parametrize(
    ("sent", "drip"),
    [
        (b"", b""),
        (b"GET /healthz HT", b""),
        (b"GET /healthz HTTP/1.1\r\n", b"x"),
        (b"GET /healthz HTTP/1.1\r\n", b"a: b\r\n"),
    ],
    ids=["silent", "half a line", "one letter at a time", "one header at a time"],
)
def test_a_request_that_does_not_come_is_not_waited_for(port: int, sent: bytes, drip: bytes) -> None:
    """However it drips, the connection ends in its time."""
    with connect(port) as connection:
        connection.sendall(sent)
        took, _ = until_closed(connection, drip)
    assert took < 5


@pytest.mark.parametrize("path", [b"/nowhere", b"/healthz"])
def test_a_body_that_nobody_reads_is_not_waited_for(port: int, path: bytes) -> None:
    """It is answered at once, and the rest of it ends in its time."""
    with connect(port) as connection:
        connection.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: desk\r\nContent-Length: 1000000\r\n\r\n")
        took, said = until_closed(connection, b"x")
    assert said.startswith(b"HTTP/1.1 40")
    assert took < 5


def test_a_head_too_large_is_refused(port: int) -> None:
    """Without reading all of it."""
    with connect(port) as connection:
        try:
            connection.sendall(ASK + b"X: " + b"x" * 200_000 + b"\r\n\r\n")
        except ConnectionError:
            return
        took, said = until_closed(connection)
    assert not said or said.startswith(b"HTTP/1.1 400 ")
    assert took < 5


def test_others_are_served_meanwhile(port: int) -> None:
    """Fifty that are slow keep nobody out."""
    slow = [connect(port) for _ in range(50)]
    try:
        with connect(port) as connection:
            connection.sendall(ASK + b"Connection: close\r\n\r\n")
            took, said = until_closed(connection)
        assert said.startswith(b"HTTP/1.1 200 OK\r\n")
        assert took < 5
    finally:
        for one in slow:
            one.close()
