"""What a transport is: the one door to the web, or to what was recorded of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from workers.items import Drop, Failure, Hop, Later, Response

# Why nothing came. The first group may pass (Failure), the second will not (Drop).
Trouble = Literal["dns", "connect", "tls", "timeout", "protocol", "robots"]
Refusal = Literal["too_large", "too_many_redirects", "bad_url", "forbidden_address", "robots", "not_recorded"]

# How asking ends.
Asked = Response | Failure | Drop | Later


class Transport(Protocol):
    """Brings answers of any status; judging them is `verdict.judge`'s business."""

    def get(
        self,
        url: str,
        *,
        after: datetime | None = None,
        headers: Mapping[str, str] | None = None,
        hop: Hop | None = None,
    ) -> Asked:
        """Fetch `url`, redirects followed. `after` is the `captured_at` of the last look at a source: recordings
        answer with what came next, the network with what is there now. `headers` make a request conditional; `hop` is
        where an earlier `Later` said to go on. Never raises for what the far side does.
        """
        ...

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        """When a source last seen at `after` (None: never) is due again, or None when it never will be."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...
