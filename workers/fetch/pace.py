"""Whose turn it is at a site: one request at a time, and a pause after each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LEAST_WAIT = 0.01  # seconds; a wait of nothing would mean "go on"
UNKNOWN_GAP = 1.0  # seconds to wait for a site that is in use, as long as its pause is not known

_MANY = 1000  # sites after which those without a claim are forgotten


class Pace(Protocol):
    """Gives out turns. A turn belongs to a token, which is new for each request."""

    def enter(self, site: str, *, token: str, lease: float) -> float:
        """Take the turn at `site`: 0.0 when it is taken, until `leave` or for `lease` seconds at most; otherwise the
        seconds after which it is worth asking again. Whoever asks first then is first; nobody is queued.
        """
        ...

    def leave(self, site: str, *, token: str, gap: float) -> None:
        """Give the turn back; the next begins no sooner than in `gap` seconds. The turn of another token stays."""
        ...


@dataclass(slots=True)
class _Turn:
    token: str = ""
    until: float = 0.0
    open_at: float = 0.0
    gap: float = UNKNOWN_GAP


class LocalPace:
    """The turns of one process, for the command line and for tests. May be shared between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._turns: dict[str, _Turn] = {}

    def enter(self, site: str, *, token: str, lease: float) -> float:
        """Take the turn at `site`, or say in how many seconds to ask again."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            turn = self._turns.setdefault(site, _Turn())
            if turn.token not in ("", token) and turn.until > now:
                return max(min(turn.until - now, turn.gap), LEAST_WAIT)
            if turn.token != token and turn.open_at > now:
                return max(turn.open_at - now, LEAST_WAIT)
            turn.token, turn.until = token, now + lease
            return 0.0

    def leave(self, site: str, *, token: str, gap: float) -> None:
        """Give the turn at `site` back for `gap` seconds."""
        with self._lock:
            now = self._clock()
            turn = self._turns.setdefault(site, _Turn())
            if turn.token not in ("", token) and turn.until > now:
                return
            # A pause that somebody asked for is never shortened by a later turn.
            turn.open_at, turn.gap = max(turn.open_at, now + gap), gap
            turn.token = ""

    def _forget(self, now: float) -> None:
        if len(self._turns) > _MANY:
            self._turns = {site: turn for site, turn in self._turns.items() if max(turn.until, turn.open_at) > now}
