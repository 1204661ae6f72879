"""A clock for the desk's tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.at

    def go(self, **time: float) -> None:
        """Let so much time pass."""
        self.at += timedelta(**time)
