"""One request over a connection of its own: to an address that was checked, and not beyond its deadline.

httpx2 limits every single read; a server that sends a byte a second never meets that limit. So the sockets here know
the deadline of the request that uses them. Every connection of this program is opened in `Backend.connect_tcp`: there
is no proxy, no Unix socket and no other resolver.

Connections are not kept. The pace of one request every few seconds leaves nothing to gain, while a connection of a
request's own was checked for that request, carries no half-read answer into the next, and makes no thread wait for
another.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from queue import Empty, SimpleQueue
from typing import Any

import httpcore2
import httpx2

from workers.fetch.guard import refuse_address, refuse_host

MAX_LOOKUPS = 32  # at a time in one process; a lookup that hangs holds its thread until the system gives it up
MAX_ADDRESSES = 8  # of one host that are tried
STEP = 4.0  # seconds for one address while others are left: a lost packet is sent again after 1 and 3 seconds

Resolve = Callable[[str, int, float], Sequence[str]]


class ForbiddenError(Exception):
    """The host, or an address it resolves to, is not asked; the message says why."""


class Deadline:
    """When a request must end, on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that remain. Raises httpx2.ReadTimeout when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpx2.ReadTimeout("the time for this request is up")
        return left


class Resolver:
    """The system's resolver with a time limit: `resolver(host, port, seconds)` returns IP addresses, best first.

    getaddrinfo cannot be interrupted, so it runs in a thread that is left behind when it takes too long; no more than
    `most` of them live at once. Raises socket.gaierror, also when the time is up.
    """

    def __init__(self, most: int = MAX_LOOKUPS) -> None:
        self._room = threading.BoundedSemaphore(most)

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        end = time.monotonic() + seconds
        if not self._room.acquire(timeout=seconds):
            raise socket.gaierror(socket.EAI_AGAIN, "too many lookups of names hang")
        answer: SimpleQueue[list[str] | Exception] = SimpleQueue()
        try:
            threading.Thread(target=self._look_up, args=(host, port, answer), name="lookup", daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            self._room.release()
            raise socket.gaierror(socket.EAI_AGAIN, str(error)) from None
        try:
            outcome = answer.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            raise socket.gaierror(socket.EAI_AGAIN, f"the name was not resolved in {seconds:.0f} s") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _look_up(self, host: str, port: int, answer: SimpleQueue[list[str] | Exception]) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except Exception as error:  # noqa: BLE001 - it belongs to who asked, in another thread
            answer.put(error)
        finally:
            self._room.release()


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        del timeout
        # Python's handshake takes the limit for the whole of it, however many steps there are.
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Backend(httpcore2.NetworkBackend):
    """Opens connections that keep `deadline`, to addresses that the guard lets pass."""

    def __init__(self, deadline: Deadline, *, resolve: Resolve, ports: Collection[int], loopback: bool) -> None:
        self._inner = httpcore2.SyncBackend()
        self._deadline = deadline
        self._resolve = resolve
        self._ports = ports
        self._loopback = loopback

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Open a connection to the first address of `host` that takes one.

        The name is resolved once and the connection goes to the very addresses that were checked, so it does not
        matter what the name means a moment later. One forbidden address refuses the host: a name that leads inside
        as well as outside is an attack or a fault. Raises ForbiddenError, socket.gaierror and what httpcore2 raises.
        """
        del timeout
        if why := refuse_host(host, port, ports=self._ports, loopback=self._loopback):
            raise ForbiddenError(f"{host}: {why}")
        found = self._resolve(host, port, self._deadline.left())
        for address in found:
            if why := refuse_address(address, loopback=self._loopback):
                raise ForbiddenError(f"{host} is {address}: {why}")
        addresses = _in_turn(found)[:MAX_ADDRESSES]
        for others in range(len(addresses) - 1, -1, -1):
            left = self._deadline.left()
            limit = min(left / (others + 1), STEP) if others else left
            try:
                # An IP address resolves to itself, without a question to anybody.
                stream = self._inner.connect_tcp(addresses[-1 - others], port, limit, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not others:
                    raise
            else:
                return _Stream(stream, self._deadline)
        raise socket.gaierror(socket.EAI_NONAME, f"{host} has no address")


class Wire:
    """Sends requests, each over a connection of its own. May be shared between threads.

    `ports` and `loopback` are the guard's. `resolve` stands in for the system's resolver.
    """

    def __init__(self, *, ports: Collection[int], loopback: bool, resolve: Resolve | None = None) -> None:
        self._ports = frozenset(ports)
        self._loopback = loopback
        self._resolve = resolve or Resolver()
        self._context = httpx2.create_ssl_context()

    @contextmanager
    def send(self, request: httpx2.Request, deadline: Deadline) -> Iterator[tuple[httpx2.Response, Iterator[bytes]]]:
        """Give the answer to `request` and the pieces of its body as they come in, packed as they were sent.

        The connection ends with the context. Raises ForbiddenError, OSError and httpx2.TransportError, also while the
        pieces are read.
        """
        backend = Backend(deadline, resolve=self._resolve, ports=self._ports, loopback=self._loopback)
        with _Transport(self._context, backend) as transport:
            with _their_faults():
                response = transport.handle_request(request)
            try:
                yield response, _pieces(response)
            finally:
                response.close()


class _Transport(httpx2.HTTPTransport):
    def __init__(self, context: ssl.SSLContext, backend: Backend) -> None:
        # The pool is what httpx2 would make itself; its constructor has no way to pass a network backend.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context, max_connections=1, max_keepalive_connections=0, http2=True, network_backend=backend
        )


def _pieces(response: httpx2.Response) -> Iterator[bytes]:
    with _their_faults():
        yield from response.iter_raw()


@contextmanager
def _their_faults() -> Iterator[None]:
    """What a server can say has no end, and the libraries fail in ways of their own when they did not foresee it."""
    try:
        yield
    except (httpx2.TransportError, OSError, ForbiddenError):
        raise
    except Exception as error:
        raise httpx2.RemoteProtocolError(f"{type(error).__name__}: {error}") from error


def _in_turn(addresses: Sequence[str]) -> list[str]:
    """Return IPv6 and IPv4 alternately, the better family first: a network may have lost one of them (RFC 8305, 4)."""
    first: list[str] = []
    second: list[str] = []
    for one in addresses:
        (first if (":" in one) == (":" in addresses[0]) else second).append(one)
    return [one for pair in zip_longest(first, second) for one in pair if one is not None]
