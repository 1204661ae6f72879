"""One recorded answer, and its body where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from workers.fetch.members import DamagedError, record_at
from workers.fetch.payload import decoded
from workers.fetch.sniff import Kind
from workers.urls import canonical

_SHOWN = 20  # faults that one error lists


class RecordingError(Exception):
    """A recording cannot be used; `faults` lists what is wrong, each with file, line or offset, and cure."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        more = [f"… and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
        super().__init__("\n".join([*faults[:_SHOWN], *more]))


class Body(Protocol):
    """A body that is read when it is asked for."""

    @property
    def size(self) -> int:
        """Its bytes as they are stored, without reading them."""
        ...

    @property
    def name(self) -> str:
        """Where it lies."""
        ...

    def read(self, limit: int) -> bytes:
        """Return up to `limit` bytes, decoded. Raises RecordingError."""
        ...


@dataclass(frozen=True, slots=True)
class FileBody:
    """A body that is a file of its own."""

    path: Path

    @property
    def size(self) -> int:
        """Bytes of the file."""
        try:
            return self.path.stat().st_size
        except OSError as error:
            raise RecordingError([f"{self.path} cannot be read: {error.strerror}"]) from error

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    def read(self, limit: int) -> bytes:
        """Return the beginning of the file."""
        try:
            with self.path.open("rb") as file:
                return file.read(limit)
        except OSError as error:
            raise RecordingError([f"{self.path} cannot be read: {error.strerror}"]) from error


@dataclass(frozen=True, slots=True)
class WarcBody:
    """A body inside a WARC file: the payload of the record at `offset`, coded as that record's `headers` say."""

    path: Path
    offset: int
    size: int
    headers: dict[str, str]

    @property
    def name(self) -> str:
        """The file and the place in it."""
        return f"{self.path.name}:{self.offset}"

    def read(self, limit: int) -> bytes:
        """Return the beginning of the body."""
        try:
            with self.path.open("rb") as file:
                return decoded(record_at(file, self.offset).raw_stream, self.headers, limit)
        except OSError as error:
            raise RecordingError([f"{self.path} cannot be read: {error.strerror}"]) from error
        except DamagedError as error:
            raise RecordingError([f"{self.path}, offset {self.offset}: {error}; restore the file"]) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One answer: `url` canonical with its `key`, `final_url` where it came from, `body` None for an empty one.

    `kind` is None when it is left to the content.
    """

    key: str
    url: str
    final_url: str
    outlet: str | None
    captured_at: datetime
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Body | None = None
    kind: Kind | None = None

    @property
    def size(self) -> int:
        """Bytes of the body as it is stored, without reading it."""
        return self.body.size if self.body else 0

    @property
    def trouble(self) -> bool:
        """Whether the host had a fault or wanted fewer requests, so that this was a try that failed."""
        return self.status >= 500 or self.status == 429

    @property
    def target(self) -> str | None:
        """Where a recorded redirect leads, or None."""
        location = self.headers.get("location")
        return (
            canonical(location, base=self.final_url) if location and self.status in {301, 302, 303, 307, 308} else None
        )

    def read(self, limit: int) -> bytes:
        """Return up to `limit` bytes of the body. Raises RecordingError."""
        return self.body.read(limit) if self.body else b""


def in_order(captures: Sequence[Recorded]) -> list[Recorded]:
    """Return the captures by their time; a 304 is left out, since it says that nothing changed.

    The body's name breaks ties, so that the order in which they were listed says nothing.
    """
    kept = [one for one in captures if one.status != 304]
    return sorted(kept, key=lambda one: (one.captured_at, one.url, one.body.name if one.body else "", one.status))
