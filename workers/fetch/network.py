"""The transport that asks the web."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import httpx2

from workers.config.settings import Settings
from workers.fetch.transport import Refusal, Trouble
from workers.fetch.wire import Deadline, Wire
from workers.items import Drop, Failure, Response, utc

MAX_HEADERS = 1000
MAX_HEADER_BYTES = 65_536
_DETAIL = 200  # characters of a foreign message that are kept

_REDIRECTS = {301, 302, 303, 307, 308}
# The body is kept as it was before compression and framing, so the headers that describe those would be wrong. Cookies
# are nobody's business and differ on every request.
_NOT_KEPT = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "set-cookie"}
_ACCEPT = (
    "text/html, application/xhtml+xml, application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
)


def _now() -> datetime:
    return datetime.now(UTC)


class Network:
    """Fetches by HTTP/1.1 and HTTP/2 within the limits of `settings`. May be shared between threads.

    `settings.fetch_timeout` is for one `get` in all, from the connection to the last byte after the last redirect;
    `settings.fetch_max_bytes` for one body after decompression, counted while it streams in.
    """

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = _now) -> None:
        self._settings = settings
        self._clock = clock
        self._deadline = Deadline()
        self._wire = Wire(self._deadline)
        agent = f"{settings.user_agent} ({settings.contact})" if settings.contact else settings.user_agent
        self._headers = {"user-agent": agent, "accept": _ACCEPT, "accept-encoding": "gzip, deflate"}

    def get(self, url: str, *, after: datetime | None = None) -> Response | Failure | Drop:
        """Fetch `url` as it is now and follow its redirects, to http(s) only."""
        del after
        started = time.monotonic()
        current = url
        try:
            with self._deadline.within(self._settings.fetch_timeout):
                for _ in range(self._settings.fetch_max_redirects + 1):
                    answer = self._ask(current)
                    if isinstance(answer, Drop):
                        return answer
                    status, headers, body = answer
                    location = headers.get("location", "")
                    if status not in _REDIRECTS or not location:
                        return Response(
                            url=url,
                            final_url=current,
                            status=status,
                            headers=headers,
                            body=body,
                            captured_at=utc(self._clock()),
                            elapsed=round(time.monotonic() - started, 3),
                        )
                    current = urljoin(current, location)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            return Failure(reason=_trouble(error), detail=_detail(error))
        except (httpx2.InvalidURL, ValueError) as error:
            return _drop("bad_url", f"{current[:_DETAIL]}: {_detail(error)}")
        return _drop(
            "too_many_redirects", f"more than {self._settings.fetch_max_redirects}, at last to {current[:_DETAIL]}"
        )

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        """`settings.poll_every` seconds after the last look; at once for a source never seen."""
        del url
        if after is None:
            return datetime.min.replace(tzinfo=UTC)
        return utc(after) + timedelta(seconds=self._settings.poll_every)

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def _ask(self, url: str) -> tuple[int, dict[str, str], bytes] | Drop:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
            return _drop("bad_url", f"{url[:_DETAIL]} is no http(s) address")
        seconds = self._settings.fetch_timeout
        extensions = {"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": seconds}}
        request = httpx2.Request("GET", url, headers=self._headers, extensions=extensions)
        response = self._wire.handle_request(request)
        try:
            if len(response.headers.raw) > MAX_HEADERS or _size(response) > MAX_HEADER_BYTES:
                return _drop("too_large", f"more than {MAX_HEADERS} headers or {MAX_HEADER_BYTES} bytes of them")
            headers = {name.lower(): value for name, value in response.headers.items() if name.lower() not in _NOT_KEPT}
            if response.status_code in _REDIRECTS and "location" in headers:
                return response.status_code, headers, b""
            body = self._read(response)
            return body if isinstance(body, Drop) else (response.status_code, headers, body)
        finally:
            response.close()

    def _read(self, response: httpx2.Response) -> bytes | Drop:
        limit = self._settings.fetch_max_bytes
        announced = response.headers.get("content-length", "")
        body = bytearray()
        if not (announced.isdecimal() and int(announced[:20]) > limit):
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    break
                # Compressed data may yield nothing for a long time, and buffered data ask no socket.
                if (left := self._deadline.left(None)) is not None and left <= 0:
                    raise httpx2.ReadTimeout("the time for this request is up")
            else:
                return bytes(body)
        return _drop("too_large", f"more than {limit} bytes")


def _size(response: httpx2.Response) -> int:
    return sum(len(name) + len(value) for name, value in response.headers.raw)


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
