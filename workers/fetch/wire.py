"""Connections that end when their request's time is up, however slowly the other side drips.

httpx2 limits every single read; a server that sends a byte a second never meets that limit. So the sockets here know
the deadline of the request that uses them. Every connection of this program is opened in `connect_tcp`.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2

_Options = Iterable[Any]


class Deadline(threading.local):
    """When the request of this thread must end, on the monotonic clock."""

    at: float | None = None

    def left(self, limit: float | None) -> float | None:
        """Seconds until the deadline, at most `limit`; negative when it has passed."""
        if self.at is None:
            return limit
        left = self.at - time.monotonic()
        return left if limit is None else min(left, limit)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Whatever this thread reads inside ends after `seconds`."""
        self.at = time.monotonic() + seconds
        try:
            yield
        finally:
            self.at = None


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = self._deadline.left(timeout)
        if left is not None and left <= 0:
            raise httpcore2.ReadTimeout("the time for this request is up")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _at_least_a_moment(self._deadline.left(timeout)))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _at_least_a_moment(self._deadline.left(timeout))
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Opens connections whose reads and writes keep `deadline`."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore2.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options | None = None,
    ) -> httpcore2.NetworkStream:
        """Open a connection. The system's resolver keeps its own time."""
        left = _at_least_a_moment(self._deadline.left(timeout))
        return _Stream(self._inner.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class Wire(httpx2.HTTPTransport):
    """httpx2's transport over connections of `Backend`: no proxies, cookies or passwords from the environment."""

    def __init__(self, deadline: Deadline) -> None:
        # The pool is what httpx2 would make itself; its constructor has no way to pass a network backend.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=5.0,
            http2=True,
            network_backend=Backend(deadline),
        )


def _at_least_a_moment(seconds: float | None) -> float | None:
    # Zero would make a socket non-blocking and a negative number is refused.
    return None if seconds is None else max(seconds, 0.001)
