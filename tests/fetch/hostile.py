"""A server that does everything wrong, one misbehaviour at a time, and the ways in which it talks.

It speaks in raw bytes over loopback. What there is to misbehave is in `misbehaviours`.
"""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Peer:
    """One connection: what was asked, and how to answer."""

    socket: socket.socket
    path: str
    stop: threading.Event

    def say(self, *parts: bytes) -> None:
        """Send; raises OSError when nobody listens any more."""
        for part in parts:
            if self.stop.is_set():
                raise OSError("the test is over")
            self.socket.sendall(part)

    def wait(self, seconds: float) -> None:
        """Pause, or end with the test."""
        if self.stop.wait(seconds):
            raise OSError("the test is over")

    def hang(self) -> None:
        """Say nothing for as long as the other side stays."""
        with suppress(TimeoutError):
            while not self.stop.is_set() and self.socket.recv(1000):
                pass

    def reset(self) -> None:
        """Break the connection off, with no goodbye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Talk = Callable[[Peer], None]


@dataclass(frozen=True, slots=True)
class Case:
    """A misbehaviour: `ends` is a reason or "served"; `path` is asked; `bomb` marks those that aim at memory."""

    name: str
    does: str
    ends: str
    within: float
    page: Talk
    robots: Talk | None = None
    path: str = "/news/12345"
    bomb: bool = False
    tls: bool = False


@contextmanager
def served(case: Case) -> Iterator[tuple[str, list[str]]]:
    """Serve `case`: yields the address to ask and the paths asked so far. Ends with all its threads."""
    stop, asked, threads = threading.Event(), [], []
    listener = socket.create_server(("127.0.0.1", 0))

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(10)
            path = _read_path(connection)
            asked.append(path)
            is_robots = path == "/robots.txt" or path.startswith("/robots/")
            (case.robots or _no_robots if is_robots else case.page)(Peer(connection, path, stop))

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=talk, args=(connection,), name=f"hostile {case.name}"))
                threads[-1].start()

    threads.append(threading.Thread(target=accept, name=f"hostile {case.name}"))
    threads[0].start()
    try:
        scheme = "https" if case.tls else "http"
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}{case.path}", asked
    finally:
        stop.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(15)


def _read_path(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < 65_536:
        got = connection.recv(4096)
        head += got
        if not got or head[:1] == b"\x16":  # the beginning of TLS
            break
    words = head.split(b" ", 2)
    return words[1].decode("latin-1") if len(words) == 3 else ""


def _no_robots(peer: Peer) -> None:
    peer.say(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


def says(*parts: bytes) -> Talk:
    """Send exactly these bytes and hang up."""
    return lambda peer: peer.say(*parts)


def answers(status: int, body: bytes = b"", *headers: str, kind: str = "text/html; charset=utf-8") -> Talk:
    """A well-formed answer."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: {kind}"] if kind else []
    return says("\r\n".join([*lines, *headers, "", ""]).encode("latin-1"), body)


def leads(location: str, status: int = 302) -> Talk:
    """A redirect."""
    return answers(status, b"", f"Location: {location}")


def leads_from(table: dict[str, str], end: bytes) -> Talk:
    """Redirects by path; any other path is answered with `end`."""
    return lambda peer: leads(table[peer.path])(peer) if peer.path in table else answers(200, end)(peer)


def drips(start: bytes, piece: bytes = b"x", every: float = 0.05) -> Talk:
    """Send `start`, then `piece` again and again, slowly."""

    def talk(peer: Peer) -> None:
        peer.say(start)
        while True:
            peer.wait(every)
            peer.say(piece)

    return talk


def floods(start: bytes, piece: bytes, most: int = 1_000_000_000) -> Talk:
    """Send `start`, then `piece` as fast as it is taken, `most` bytes in all."""

    def talk(peer: Peer) -> None:
        peer.say(start)
        for _ in range(most // len(piece)):
            peer.say(piece)

    return talk


def hangs(*parts: bytes) -> Talk:
    """Send these bytes and then nothing, for as long as the other side stays."""

    def talk(peer: Peer) -> None:
        peer.say(*parts)
        peer.hang()

    return talk


def resets(*parts: bytes) -> Talk:
    """Send these bytes and break the connection off."""

    def talk(peer: Peer) -> None:
        peer.say(*parts)
        peer.wait(0.1)
        peer.reset()

    return talk


@cache
def zeros(packed: str, members: int = 1) -> bytes:
    """The beginning of what unpacks to gigabytes of zeros, some kilobytes a time."""
    wbits = {"gzip": 31, "deflate": 15}[packed]
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    head = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    if members > 1:
        return (head + packer.flush()) * members
    # A block between two full flushes stands for itself, so it may be repeated.
    block = packer.compress(b"\0" * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * 2000


def packed(body: bytes, encoding: str = "gzip") -> Talk:
    """A body that claims to be packed."""
    return answers(200, body, f"Content-Encoding: {encoding}")
