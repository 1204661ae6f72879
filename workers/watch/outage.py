"""Whether it is our network that is down, or theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = 900.0  # seconds
ENOUGH = 3  # sites; or all, where fewer are watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A site: when it last answered anything at all, and when the way to it last failed (no name, no connection,
    no answer in time).
    """

    site: str
    answered_at: datetime | None = None
    failed_at: datetime | None = None


def ours(hosts: Sequence[Host], now: datetime, *, window: float = WINDOW) -> bool:
    """Tell whether our own network is down: several sites failed within `window` seconds and none answered since.

    One site alone never tells: it may be the one that is down.
    """
    sites = {host.site for host in hosts}
    answered = max((host.answered_at for host in hosts if host.answered_at is not None), default=None)
    failed = {
        host.site
        for host in hosts
        if host.failed_at is not None
        and timedelta(0) <= now - host.failed_at <= timedelta(seconds=window)
        and (answered is None or host.failed_at > answered)
    }
    return len(failed) >= max(2, min(ENOUGH, len(sites)))
