"""What a transport is: the one door to the web, or to what was recorded of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from workers.items import Drop, Failure, Response

# Why nothing came. The first group may pass (Failure), the second will not (Drop).
Trouble = Literal["dns", "connect", "tls", "timeout", "protocol"]
Refusal = Literal["too_large", "too_many_redirects", "bad_url", "not_recorded"]


class Transport(Protocol):
    """Brings answers of any status; judging them is `verdict.judge`'s business."""

    def get(self, url: str, *, after: datetime | None = None) -> Response | Failure | Drop:
        """Fetch `url`, redirects followed. `after` is the `captured_at` of the last look at a source: recordings
        answer with what came next, the network with what is there now. Never raises for what the far side does.
        """
        ...

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        """When a source last seen at `after` (None: never) is due again, or None when it never will be."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...
