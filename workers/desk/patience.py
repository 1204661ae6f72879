"""A connection that may be slow, but not for ever: the server's own protocol knows no end to waiting for a request."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds from the connection, or from the last answer, until the head of a request is there, however it drips.
HEAD_WITHIN = 10.0
# Seconds from there until the answer has been read by the other side.
ANSWER_WITHIN = 60.0


class PatientProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with both limits; a connection that breaks one is cut off."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait(HEAD_WITHIN)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Begin to wait for the answer once a request has come; more data alone gains no time."""
        answering = self._answering()
        super().data_received(data)
        if self._answering() and not answering:
            self._wait(ANSWER_WITHIN)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, or for the answer to one that has come already."""
        super().on_response_complete()
        self._wait(ANSWER_WITHIN if self._answering() else HEAD_WITHIN)

    def _answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self, seconds: float) -> None:
        self._stop()
        if not self.transport.is_closing():
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
