"""Addresses that must never be connected to, each with the name that a test shows, and a small world to try them in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

PUBLIC = "93.184.215.14"  # an address that is public by its number; the world below sends it to a server of its own
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

# IP addresses in their usual notation: what a name may resolve to.
ADDRESSES: list[tuple[str, str]] = [
    ("loopback", "127.0.0.1"),
    ("the end of loopback", "127.255.255.254"),
    ("Debian's own name", "127.0.1.1"),
    ("unspecified, which Linux connects to itself", "0.0.0.0"),
    ("this network", "0.1.2.3"),
    ("private class A", "10.0.0.1"),
    ("the end of private class A", "10.255.255.255"),
    ("private class B", "172.16.0.1"),
    ("Docker's bridge", "172.17.0.1"),
    ("the end of private class B", "172.31.255.255"),
    ("private class C", "192.168.0.1"),
    ("carrier NAT", "100.64.0.1"),
    ("Alibaba's metadata", "100.100.100.200"),
    ("link-local", "169.254.0.1"),
    ("the metadata of most clouds", "169.254.169.254"),
    ("the task metadata of AWS", "169.254.170.2"),
    ("Azure's platform", "168.63.129.16"),
    ("IETF protocol assignments", "192.0.0.1"),
    ("Oracle's metadata", "192.0.0.192"),
    ("NAT64 discovery", "192.0.0.170"),
    ("documentation 1", "192.0.2.1"),
    ("documentation 2", "198.51.100.1"),
    ("documentation 3", "203.0.113.1"),
    ("the relay of 6to4", "192.88.99.1"),
    ("AS112", "192.175.48.1"),
    ("benchmarks", "198.18.0.1"),
    ("the end of benchmarks", "198.19.255.255"),
    ("multicast to all hosts", "224.0.0.1"),
    ("multicast within a site", "239.255.255.250"),
    ("reserved", "240.0.0.1"),
    ("broadcast", "255.255.255.255"),
    ("v6 loopback", "::1"),
    ("v6 unspecified", "::"),
    ("v4-mapped loopback", "::ffff:127.0.0.1"),
    ("v4-mapped private", "::ffff:10.0.0.1"),
    ("v4-mapped metadata in hex", "::ffff:a9fe:a9fe"),
    ("v4-mapped public", "::ffff:93.184.215.14"),
    ("v4-compatible loopback", "::127.0.0.1"),
    ("v4-translated loopback", "::ffff:0:127.0.0.1"),
    ("NAT64 to loopback", "64:ff9b::7f00:1"),
    ("NAT64 to metadata", "64:ff9b::169.254.169.254"),
    ("NAT64 to private", "64:ff9b::10.0.0.1"),
    ("NAT64 of a local prefix", "64:ff9b:1::5db8:d70e"),
    ("6to4 to loopback", "2002:7f00:1::1"),
    ("6to4 to private", "2002:c0a8:1::1"),
    ("Teredo", "2001:0:7f00:1::1"),
    ("ORCHID", "2001:20::1"),
    ("v6 benchmarks", "2001:2::1"),
    ("ISATAP to loopback", "2606:4700::5efe:7f00:1"),
    ("ISATAP to private, universal", "2606:4700::200:5efe:10.0.0.1"),
    ("unique local", "fc00::1"),
    ("the metadata of AWS by v6", "fd00:ec2::254"),
    ("v6 link-local", "fe80::1"),
    ("v6 site-local", "fec0::1"),
    ("v6 multicast", "ff02::1"),
    ("v6 documentation", "2001:db8::1"),
    ("new v6 documentation", "3fff::1"),
    ("v6 discard", "100::1"),
    ("segment routing", "5f00::1"),
    ("v6 not given to anybody", "4000::1"),
]

# The same and worse as somebody writes them who hopes to be misread.
DISGUISES: list[tuple[str, str]] = [
    ("decimal", "http://2130706433/"),
    ("decimal metadata", "http://2852039166/latest/meta-data/"),
    ("decimal, public", "http://1572395790/"),
    ("hexadecimal", "http://0x7f000001/"),
    ("hexadecimal by parts", "http://0x7f.0x0.0x0.0x1/"),
    ("octal", "http://017700000001/"),
    ("octal by parts", "http://0177.0.0.01/"),
    ("leading zeros", "http://127.000.000.001/"),
    ("short, two parts", "http://127.1/"),
    ("short, three parts", "http://127.0.1/"),
    ("mixed notations", "http://0x7f.1/"),
    ("zero", "http://0/"),
    ("five numbers", "http://1.127.0.0.1/"),
    ("more than four bytes", "http://127.0.0.1.256/"),
    ("overflow", "http://4294967297/"),
    ("trailing dot after a number", "http://127.0.0.1./"),
    ("circled digits", "http://①②⑦.⓪.⓪.①/"),
    ("full-width digits", "http://１２７.0.0.1/"),
    ("ideographic dots", "http://127。0。0。1/"),
    ("full-width dots", "http://127．0．0．1/"),
    ("half-width dots", "http://127｡0｡0｡1/"),
    ("one-dot leaders", "http://127․0․0․1/"),
    ("soft hyphen", "http://127.0.0\u00ad.1/"),
    ("mapped in long form", "http://[0:0:0:0:0:ffff:7f00:0001]/"),
    ("long form of loopback", "http://[0000:0000:0000:0000:0000:0000:0000:0001]/"),
    ("zone", "http://[fe80::1%25eth0]/"),
    ("zone, not escaped", "http://[fe80::1%eth0]/"),
    ("zone on a public address", "http://[2606:4700::1111%25lo]/"),
    ("localhost", "http://localhost/"),
    ("localhost in capitals", "http://LocalHost/"),
    ("localhost with a dot", "http://localhost./"),
    ("below localhost", "https://paper.localhost/"),
    ("localhost in circled letters", "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/"),
    ("localhost by its old name", "http://localhost.localdomain/"),
    ("a name without a dot", "http://intranet/"),
    ("the metadata's short name", "http://metadata/computeMetadata/v1/"),
    ("the metadata's name", "http://metadata.google.internal/"),
    ("a printer", "http://printer.local/"),
    ("a router", "http://router.home.arpa/"),
    ("a hidden service", "http://abcdefghij.onion/"),
    ("Redis", "http://paper.example:6379/"),
    ("mail", "http://paper.example:25/"),
    ("secure shell", "https://paper.example:22/"),
    ("port zero", "http://paper.example:0/"),
    ("a database on a public address", f"http://{PUBLIC}:5432/"),
]

# No plain http(s) addresses at all.
MALFORMED: list[tuple[str, str]] = [
    ("nothing", ""),
    ("a word", "x"),
    ("file", "file:///etc/passwd"),
    ("ftp", "ftp://paper.example/"),
    ("gopher", "gopher://paper.example:6379/_FLUSHALL"),
    ("data", "data:text/html,x"),
    ("script", "javascript:alert(1)"),
    ("mail", "mailto:a@paper.example"),
    ("Unix socket", "unix:///var/run/docker.sock"),
    ("no host", "http://"),
    ("three slashes", "http:///127.0.0.1/"),
    ("no slashes", "http:127.0.0.1/"),
    ("backslashes", "http:\\\\127.0.0.1\\"),
    ("user", "http://paper.example@127.0.0.1/"),
    ("user of a public host", "http://admin@paper.example/"),
    ("user and password", "http://a:b@paper.example/"),
    ("backslash before a user", "http://127.0.0.1\\@paper.example/"),
    ("backslash in the host", "http://127.0.0.1\\.paper.example/"),
    ("two hosts", "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/"),
    ("escaped dot", "http://127%2e0%2e0%2e1/"),
    ("escaped letters", "http://%6c%6f%63%61%6c%68%6f%73%74/"),
    ("escaped NUL", "http://localhost%00.paper.example/"),
    ("NUL", "http://localhost\x00.paper.example/"),
    ("line break", "http://paper.example\r\nHost: 127.0.0.1/"),
    ("tab", "http://127.0\t.0.1/"),
    ("space in the host", "http://127.0.0.1 .paper.example/"),
    ("open bracket", "http://[::1/"),
    ("two brackets", "http://[[::1]]/"),
    ("text after the bracket", "http://[::1]paper.example/"),
    ("future address", "http://[v1.fe80::1]/"),
    ("port too high", "http://paper.example:99999/"),
    ("port below zero", "http://paper.example:-80/"),
    ("two ports", "http://127.0.0.1:80:80/"),
    ("full-width port", "http://paper.example:８０/"),
    ("a label too long", f"http://{'a' * 64}.example/"),
    ("an address too long", f"http://paper.example/{'a' * 9000}"),
    ("half a character", "http://\ud800.example/"),
]

# What others import: every one ends as Drop("forbidden_address") without a connection.
FORBIDDEN: list[tuple[str, str]] = [
    *((name, f"http://[{ip}]/" if ":" in ip else f"http://{ip}/") for name, ip in ADDRESSES),
    *DISGUISES,
]


class World:
    """An internet in one process: names with addresses, and public addresses that a local server answers for.

    `names` are the answers that a name gives, in the order of the questions; the last one stays. `asked` are the names
    that were looked up, `connected` the addresses to which a connection was attempted. Connections to addresses in
    `silent` time out; those to `served` reach the server that `serve` started; all others are refused.
    """

    served = (PUBLIC, PUBLIC_6)

    def __init__(self) -> None:
        self.names: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []
        self.connected: list[str] = []
        self.silent: set[str] = set()
        self.port = 0
        self._connect = socket.socket.connect
        self._getaddrinfo = socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        """Answer as the system would; an address written in numbers, in any notation, is left to the system."""
        with suppress(socket.gaierror):
            return self._getaddrinfo(host, port, flags=socket.AI_NUMERICHOST, type=socket.SOCK_STREAM)
        self.asked.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        now = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (one, port, 0, 0))
            if ":" in one
            else (socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port))
            for one in now
        ]

    def connect(self, sock: socket.socket, address: Any) -> None:
        """Record the attempt and go to the local server in place of a public address."""
        self.connected.append(address[0])
        if address[0] in self.silent:
            threading.Event().wait(sock.gettimeout())
            raise TimeoutError("timed out")
        if address[0] not in self.served or not self.port:
            raise ConnectionRefusedError("refused")
        if sock.family == socket.AF_INET6:
            self._connect(sock, ("::ffff:127.0.0.1", self.port))
        else:
            self._connect(sock, ("127.0.0.1", self.port))

    @contextmanager
    def serve(self, talk: Callable[[socket.socket], None]) -> Iterator[None]:
        """Let `talk` answer every connection to a public address."""
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(10)
        self.port = listener.getsockname()[1]

        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    talk(connection)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.port = 0
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(10)


def build_world(patch: pytest.MonkeyPatch, names: Mapping[str, list[list[str]]] | None = None) -> World:
    """Put a world in place of the system's resolver and connections, at their outermost edge."""
    world = World()
    world.names.update(names or {})

    def connect(sock: socket.socket, address: Any) -> int:
        world.connect(sock, address)
        return 0

    patch.setattr(socket, "getaddrinfo", world.getaddrinfo)
    patch.setattr(socket.socket, "connect", connect)
    patch.setattr(socket.socket, "connect_ex", connect)
    return world


def says(answer: bytes) -> Callable[[socket.socket], None]:
    """A talk that hears a request and gives `answer`."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)
        # To close with something unheard would be to break the connection off.
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    return talk
