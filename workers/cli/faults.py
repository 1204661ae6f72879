"""The exceptions whose message is for the person at the command line."""

from __future__ import annotations

from workers.config import ConfigError
from workers.fetch.archive import ArchiveError
from workers.fetch.recordings import RecordingError
from workers.operate.lock import FolderError
from workers.operate.processes import ProcessError
from workers.operate.redis import RedisError
from workers.route import StalledError
from workers.store.database import AddressError, StoreError


class InputError(Exception):
    """What was given cannot be read; the message names the place and the cure."""


FAILURES = (
    ArchiveError, FolderError, InputError, OSError, ProcessError, RecordingError, RedisError, StalledError, StoreError,
)  # fmt: skip


def told(error: Exception) -> tuple[str | None, int]:
    """What to say of an exception and the exit status; None for one that is a defect of marsad."""
    if isinstance(error, ConfigError):
        return f"the configuration has {len(error.faults)} fault(s):\n{error}", 2
    if isinstance(error, AddressError):
        return f"marsad: {error}", 2
    if isinstance(error, FAILURES):
        return f"marsad: {error}", 1
    return None, 1
