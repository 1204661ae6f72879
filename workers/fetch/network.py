"""Ask the web: one request, one answer."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import httpx2

from workers.config.settings import Settings
from workers.fetch.guard import refuse_url
from workers.fetch.transport import Refusal, Trouble
from workers.fetch.unpack import ANNOUNCED, DamagedError, TooLargeError, unpack
from workers.fetch.wire import Deadline, ForbiddenError, Wire
from workers.items import Drop, Failure, Response, utc
from workers.urls import host_of

MAX_HEADERS = 1000
MAX_HEADER_BYTES = 65_536
MAX_CONDITION = 1000  # characters of a header that repeats what a server said, an ETag for one
_DETAIL = 200  # characters of a foreign message that are kept

# The body is kept as it was before compression and framing, so the headers that describe those would be wrong. Cookies
# are nobody's business and differ on every request.
_NOT_KEPT = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # RFC 9110, 5.6.2; h2 does not check
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_SENDABLE = re.compile(r"[\x20-\x7e]+")
_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
)


def _now() -> datetime:
    return datetime.now(UTC)


class Network:
    """Asks by HTTP/1.1 and HTTP/2 within the limits of `settings`. May be shared between threads.

    `fetch_timeout` is for one `ask` in all, from the lookup of the name to the last byte; `fetch_max_bytes` for one
    body, counted while it streams in, before and after decompression; `ports` and `allow_loopback` are the guard's.
    `agent` is what the User-Agent header says.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = _now) -> None:
        self._seconds = settings.fetch_timeout
        self._max_bytes = settings.fetch_max_bytes
        self._ports = frozenset(settings.ports)
        self._loopback = settings.allow_loopback
        self._clock = clock
        self._wire = Wire(ports=self._ports, loopback=self._loopback)
        agent = f"{settings.user_agent} ({settings.contact})" if settings.contact else settings.user_agent
        # Headers hold ASCII on one line, and a contact may be written in any script.
        self.agent = " ".join(agent.encode("ascii", "backslashreplace").decode().split())

    def ask(
        self, url: str, *, headers: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> Response | Failure | Drop:
        """Send one request for `url` and return the answer of any status; redirects are answers too.

        A GET, or a POST of `form`. `headers` are sent besides the usual ones or in their place; one that cannot be
        sent, such as an ETag with control characters, is left out. The body of a redirect is not read. Never raises
        for what the far side does.
        """
        refused = refuse_url(url, ports=self._ports, loopback=self._loopback)
        if refused is not None:
            return refused
        try:
            request = self._request(url, headers or {}, form)
        except (httpx2.InvalidURL, ValueError) as error:
            return _drop("bad_url", f"{url[:_DETAIL]}: {_detail(error)}")
        started = time.monotonic()
        try:
            return self._send(url, request, started)
        except ForbiddenError as error:
            return _drop("forbidden_address", _detail(error))
        except TooLargeError as error:
            return _drop("too_large", _detail(error))
        except (httpx2.TransportError, OSError, DamagedError) as error:
            return Failure(reason=_trouble(error), detail=_detail(error))

    def close(self) -> None:
        """Nothing is kept open between requests."""

    def _request(self, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None) -> httpx2.Request:
        # The host in the form that the guard judged, so that no other parser reads the address in its own way.
        parts = urlsplit(url)
        host = host_of(url)
        netloc = (f"[{host}]" if ":" in host else host) + ("" if parts.port is None else f":{parts.port}")
        plain = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
        sent = {"user-agent": self.agent, "accept": _ACCEPT, "accept-encoding": ANNOUNCED}
        for name, value in headers.items():
            if len(value) <= MAX_CONDITION and _SENDABLE.fullmatch(value):
                sent[name.lower()] = value
        if form is None:
            return httpx2.Request("GET", plain, headers=sent)
        return httpx2.Request("POST", plain, headers=sent, data=dict(form))

    def _send(self, url: str, request: httpx2.Request, started: float) -> Response:
        deadline = Deadline(self._seconds)
        with self._wire.send(request, deadline) as (answer, pieces):
            if not 100 <= answer.status_code <= 999:  # h2 takes any number
                raise httpx2.RemoteProtocolError(f"a status of {str(answer.status_code)[:20]}")
            headers = _headers(answer)
            redirect = 300 <= answer.status_code < 400 and headers.get("location", "").strip() != ""
            return Response(
                url=url,
                final_url=url,
                status=answer.status_code,
                headers=headers,
                body=b"" if redirect else self._body(answer, pieces, deadline),
                captured_at=utc(self._clock()),
                elapsed=round(time.monotonic() - started, 3),
            )

    def _body(self, answer: httpx2.Response, pieces: Iterator[bytes], deadline: Deadline) -> bytes:
        announced = answer.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > self._max_bytes:
            raise TooLargeError(f"more than {self._max_bytes} bytes")
        body = bytearray()
        for piece in unpack(pieces, answer.headers.get("content-encoding", ""), self._max_bytes):
            body += piece
            deadline.left()  # pieces that are at hand ask no socket, and so no clock
        return bytes(body)


def _headers(answer: httpx2.Response) -> dict[str, str]:
    raw = answer.headers.raw
    if len(raw) > MAX_HEADERS or sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
        raise TooLargeError(f"more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of them")
    lower = ((name.lower(), value) for name, value in answer.headers.items())
    return {name: _CONTROL.sub(" ", value) for name, value in lower if _NAME.fullmatch(name) and name not in _NOT_KEPT}


def _drop(reason: Refusal, detail: str) -> Drop:
    return Drop(reason=reason, detail=detail)


def _trouble(error: BaseException) -> Trouble:
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(causes) < 10:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(one, socket.gaierror) for one in causes):
        return "dns"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "tls"
    if isinstance(error, (httpx2.TimeoutException, TimeoutError)):
        return "timeout"
    if isinstance(error, (httpx2.NetworkError, OSError)):
        return "connect"
    return "protocol"


def _detail(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:_DETAIL]
