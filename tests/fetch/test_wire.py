"""Connections go to checked addresses only, and end in time."""

from __future__ import annotations

import functools
import socket
import threading
import time
from collections.abc import Sequence

import hpack
import httpcore2
import httpx2
import pytest

from tests.fetch.forbidden import ADDRESSES, FORBIDDEN, PUBLIC, PUBLIC_6, World, build_world, says
from workers.fetch.wire import MAX_ADDRESSES, Deadline, ForbiddenError, Resolver, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
PORTS = (80, 443)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return build_world(monkeypatch, {"paper.example": [[PUBLIC]]})


@functools.cache
def strict() -> Wire:
    return Wire(ports=PORTS, loopback=False)  # reading the certificates takes a while


def fetch(url: str, *, seconds: float = 2.0, wire: Wire | None = None) -> bytes:
    with (wire or strict()).send(httpx2.Request("GET", url), Deadline(seconds)) as (_, pieces):
        return b"".join(pieces)


def test_a_public_name_is_resolved_once_and_connected_to(world: World) -> None:
    """The connection goes to the address that the one lookup gave."""
    with world.serve(says(OK)):
        assert fetch("http://paper.example/") == b"ok"
    assert world.asked == ["paper.example"]
    assert world.connected == [PUBLIC]


# httpcore2 takes port 0 for the usual one, which then may be connected to.
UNREAD = [row for row in FORBIDDEN if row[0] != "port zero"]


@pytest.mark.parametrize("url", [url for _, url in UNREAD], ids=[name for name, _ in UNREAD])
def test_without_the_look_at_the_url_nothing_is_connected_to_either(world: World, url: str) -> None:
    """What httpx2 makes of an address, and the system's resolver of the host, is checked again where it counts."""
    with pytest.raises((ForbiddenError, httpx2.InvalidURL)):
        fetch(url)
    assert world.connected == []
    assert world.asked == []


@pytest.mark.parametrize("address", [ip for _, ip in ADDRESSES], ids=[name for name, _ in ADDRESSES])
def test_a_name_that_leads_inside_is_not_connected_to(world: World, address: str) -> None:
    """A forbidden address refuses its name: alone, after a public one and before it."""
    for answer in ([address], [PUBLIC, address], [address, PUBLIC], [PUBLIC_6, PUBLIC, address]):
        world.names["paper.example"] = [answer]
        with pytest.raises(ForbiddenError, match=r"paper\.example is "):
            fetch("http://paper.example/")
    assert world.connected == []


@pytest.mark.parametrize("address", [ip for _, ip in ADDRESSES], ids=[name for name, _ in ADDRESSES])
def test_a_name_that_changes_its_mind_is_not_followed(world: World, address: str) -> None:
    """A name that is public when it is checked and private a moment later brings nothing: nobody asks it again."""
    world.names["paper.example"] = [[PUBLIC], [address]]
    with world.serve(says(OK)):
        assert fetch("http://paper.example/") == b"ok"
        with pytest.raises(ForbiddenError):
            fetch("http://paper.example/")
    assert world.asked == ["paper.example"] * 2
    assert world.connected == [PUBLIC]


def test_no_connection_is_used_twice(world: World) -> None:
    """Each request has its own lookup, check and connection, though the server would keep it open."""

    def talk(connection: socket.socket) -> None:
        while connection.recv(65_536):
            connection.sendall(OK)

    with world.serve(talk):
        fetch("http://paper.example/")
        fetch("http://paper.example/")
    assert world.connected == [PUBLIC] * 2
    assert len(world.asked) == 2


def test_a_forbidden_host_takes_no_later_one_with_it(world: World) -> None:
    """After a refusal the same wire goes on working."""
    world.names["paper.example"] = [["10.0.0.1"], [PUBLIC]]
    with world.serve(says(OK)):
        with pytest.raises(ForbiddenError):
            fetch("http://paper.example/")
        assert fetch("http://paper.example/") == b"ok"


def test_this_machine_may_be_opened_by_name(world: World) -> None:
    """The setting for tests lets a name lead to this machine, but not into a private network."""
    wire = Wire(ports=PORTS, loopback=True)
    world.names["paper.example"] = [["127.0.0.1"], ["127.0.0.1", "10.0.0.1"]]
    with pytest.raises(httpx2.ConnectError):
        fetch("http://paper.example/", wire=wire)
    assert world.connected == ["127.0.0.1"]
    with pytest.raises(ForbiddenError):
        fetch("http://paper.example/", wire=wire)
    assert world.connected == ["127.0.0.1"]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
def test_no_proxy_is_used(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A proxy in the environment would look up names without the guard."""
    monkeypatch.setenv(name, "http://10.0.0.1:3128")
    with world.serve(says(OK)):
        fetch("http://paper.example/")
    assert world.connected == [PUBLIC]


def test_tls_is_by_name(world: World) -> None:
    """The server is told the name, not the address, and the certificate is checked against it."""
    hello: list[bytes] = []
    with world.serve(lambda connection: hello.append(connection.recv(65_536))), pytest.raises(httpx2.TransportError):
        fetch("https://paper.example/")
    assert b"paper.example" in hello[0]
    assert world.connected == [PUBLIC]


def test_the_other_addresses_are_tried(world: World) -> None:
    """A refused and a silent address cost a part of the time, not the answer."""
    world.names["paper.example"] = [["2606:4700::1", "2606:4700::2", PUBLIC]]
    world.silent.add("2606:4700::1")
    with world.serve(says(OK)):
        assert fetch("http://paper.example/", seconds=3.0) == b"ok"
    assert world.connected == ["2606:4700::1", PUBLIC]


def test_both_families_are_tried_in_turn_and_not_for_ever(world: World) -> None:
    """A host with very many addresses is given up after some of each family, the better family first."""
    sixes = [f"2606:4700::{i}" for i in range(1, 50)]
    fours = [f"93.184.216.{i}" for i in range(1, 50)]
    world.names["paper.example"] = [sixes + fours]
    with pytest.raises(httpx2.ConnectError):
        fetch("http://paper.example/")
    assert len(world.connected) == MAX_ADDRESSES
    assert world.connected[:4] == ["2606:4700::1", "93.184.216.1", "2606:4700::2", "93.184.216.2"]


def test_every_one_of_very_many_addresses_is_checked(world: World) -> None:
    """The forbidden address may be the last of thousands."""
    world.names["paper.example"] = [[f"93.184.{i // 256}.{i % 256}" for i in range(4000)] + ["10.0.0.1"]]
    with pytest.raises(ForbiddenError):
        fetch("http://paper.example/")
    assert world.connected == []


def test_silent_addresses_end_with_the_deadline(world: World) -> None:
    """When nobody answers, the time for the request is kept, whatever the number of addresses."""
    world.names["paper.example"] = [[f"93.184.216.{i}" for i in range(1, 6)]]
    world.silent.update(world.names["paper.example"][0])
    started = time.monotonic()
    with pytest.raises(httpx2.TimeoutException):
        fetch("http://paper.example/", seconds=0.5)
    assert time.monotonic() - started < 1.0
    assert len(world.connected) == 5


def test_a_name_without_an_address_is_a_fault_of_the_name(world: World) -> None:
    """An unknown name and an empty answer are the name service's trouble."""
    world.names["empty.example"] = [[]]
    for host in ("nobody.example", "empty.example"):
        with pytest.raises(socket.gaierror):
            fetch(f"http://{host}/")
    assert world.connected == []


def test_a_slow_handshake_ends_with_the_deadline(world: World) -> None:
    """TLS that comes byte by byte does not hold a request beyond its time."""

    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc" + bytes(100):
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    started = time.monotonic()
    with world.serve(drip):
        with pytest.raises(httpx2.TimeoutException):
            fetch("https://paper.example/", seconds=0.5)
        assert time.monotonic() - started < 1.0


class Hanging:
    """A name service that answers nothing until it is let go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.asked = 0

    def getaddrinfo(self, *_: object, **__: object) -> Sequence[object]:
        self.asked += 1
        self.gate.wait(20)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80))]


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Hanging:
    service = Hanging()
    monkeypatch.setattr(socket, "getaddrinfo", service.getaddrinfo)
    return service


def test_a_hanging_lookup_is_left(hanging: Hanging) -> None:
    """A name service that does not answer ends as a fault of the name when the time is up."""
    started = time.monotonic()
    with pytest.raises(socket.gaierror, match="not resolved"):
        fetch("http://paper.example/", seconds=0.2)
    assert time.monotonic() - started < 0.7
    hanging.gate.set()


def test_hanging_lookups_do_not_pile_up(hanging: Hanging) -> None:
    """No more threads hang than agreed; later lookups wait within their own time, and go on when there is room."""
    resolver = Resolver(most=3)
    for _ in range(10):
        with pytest.raises(socket.gaierror):
            resolver("paper.example", 80, 0.02)
    assert hanging.asked == 3
    hanging.gate.set()
    assert resolver("paper.example", 80, 5.0) == [PUBLIC]
    assert resolver("paper.example", 80, 5.0) == [PUBLIC]


def test_a_lookup_without_a_thread_is_a_fault_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system has no thread left, the room in the resolver is not lost."""

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    resolver = Resolver(most=1)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        for _ in range(3):
            with pytest.raises(socket.gaierror, match="can't start"):
                resolver("127.0.0.1", 80, 1.0)
    assert resolver("127.0.0.1", 80, 5.0) == ["127.0.0.1"]


def test_what_the_libraries_did_not_foresee_is_the_servers_fault(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of another kind out of the HTTP libraries comes as one of the protocol."""

    def broken(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", broken)
    with pytest.raises(httpx2.RemoteProtocolError, match="KeyError"):
        fetch("http://paper.example/")


def frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    """A frame of HTTP/2 (RFC 9113, 4.1)."""
    return len(content).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + content


def head(*fields: tuple[bytes, bytes]) -> bytes:
    return hpack.Encoder().encode(list(fields))


SETTINGS = frame(4, 0, 0, b"")
STATUS = frame(1, 4, 1, head((b":status", b"200")))


@pytest.fixture
def http2(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP/2 without TLS, which a server cannot bring about."""
    monkeypatch.setattr(httpcore2, "ConnectionPool", functools.partial(httpcore2.ConnectionPool, http1=False))


@pytest.mark.usefixtures("http2")
def test_http2_is_spoken(world: World) -> None:
    """An answer by HTTP/2 comes like any other."""
    with world.serve(says(SETTINGS + STATUS + frame(0, 1, 1, b"ok"))):
        assert fetch("http://paper.example/") == b"ok"


@pytest.mark.usefixtures("http2")
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(frame(1, 5, 1, head((b":status", b"banana"))), id="a status that is no number"),
        pytest.param(frame(1, 5, 1, b"\xff" * 20), id="headers that do not unpack"),
        pytest.param(frame(1, 0, 1, head((b":status", b"200"))) + frame(9, 0, 1, b"") * 500, id="endless headers"),
        pytest.param(
            frame(1, 4, 1, head((b":status", b"200"), *[(b"x", b"y" * 4000)] * 40)), id="headers that unpack to a bomb"
        ),
        pytest.param(frame(0, 1, 1, b"x"), id="a body without headers"),
        pytest.param(STATUS + b"\xff" * 200, id="rubbish in the body"),
        pytest.param(STATUS + frame(3, 0, 1, bytes(4)), id="a stream that is reset"),
        pytest.param(STATUS + frame(7, 0, 0, bytes(8)), id="a connection that is given up"),
        pytest.param(STATUS + frame(5, 4, 1, b"\0\0\0\2" + head((b":status", b"200"))), id="a push nobody wants"),
        pytest.param(frame(6, 0, 0, bytes(8)) * 1000, id="pings without an answer"),
    ],
)
def test_hostile_http2_is_a_fault_of_the_server(world: World, said: bytes) -> None:
    """Whatever h2 makes of it, it ends as an error of the transport, and in time."""
    started = time.monotonic()
    with world.serve(says(SETTINGS + said)), pytest.raises((httpx2.TransportError, OSError)):
        fetch("http://paper.example/", seconds=1.0)
    assert time.monotonic() - started < 1.5


def test_a_deadline_tells_when_it_has_passed() -> None:
    """There is time left, and then there is none."""
    assert 4.0 < Deadline(5.0).left() <= 5.0
    with pytest.raises(httpx2.ReadTimeout):
        Deadline(0.0).left()
