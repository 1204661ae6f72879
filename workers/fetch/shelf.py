"""Where an archive's files stand, and the folder in which they grow and rotate."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

SUFFIX = ".warc.gz"
MARGIN = timedelta(hours=1)  # beyond the age of rotation, after which nobody writes to a file any more

Head = Callable[[str], bytes]  # what a file of that name begins with

_BORN = re.compile(r"marsad-(\d{8}T\d{6})Z-")
_NO_NAME = re.compile(r"[^A-Za-z0-9]+")


class ArchiveError(Exception):
    """The archive cannot be written, or a file of it is missing or damaged; the message names it and the cure."""


class Shelf(Protocol):
    """Named files of WARC members. Every method raises ArchiveError for what the place itself refuses."""

    def check(self) -> None:
        """Raise unless files can be kept here."""
        ...

    def add(self, members: bytes) -> tuple[str, int]:
        """Keep `members` durably and return the name of their file and where in it they begin."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading. Raises FileNotFoundError when there is none of that name."""
        ...

    def names(self) -> list[str]:
        """All files, sorted by name, which is by age for those of one process."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; harmless when it is gone already."""
        ...

    def close(self) -> None:
        """Let the file being written go."""
        ...


def born_at(name: str) -> datetime | None:
    """When a file was begun, by its name; None for a name that is not ours."""
    found = _BORN.match(name.rpartition("/")[2])
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if found else None


def new_name(now: float, number: int) -> str:
    """The name of the `number`-th file of this process, begun at `now` (seconds since the epoch)."""
    born = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    host = _NO_NAME.sub("-", socket.gethostname()).strip("-")[:40] or "host"
    return f"marsad-{born}-{host}-{os.getpid()}-{number:05d}{SUFFIX}"


class LocalShelf:
    """Files in `folder`, one being written by each process, rotated when `rotate_bytes` or `rotate_seconds` are reached.

    The file being written is locked; `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        folder: Path,
        head: Head,
        *,
        rotate_bytes: int,
        rotate_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.rotate_seconds = rotate_seconds
        self._new = partial(_Growing, folder, head, rotate_bytes, rotate_seconds, clock)
        # By process: a fork must not write to its parent's file. setdefault is atomic, so no lock is inherited locked.
        self._growing: dict[int, _Growing] = {}

    def check(self) -> None:
        """Raise ArchiveError unless files can be kept here, the folder being made if need be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def add(self, members: bytes) -> tuple[str, int]:
        """Append `members` to this process' file; they are on the disk when this returns."""
        own = self._growing.setdefault(os.getpid(), self._new())
        for pid in [pid for pid in list(self._growing) if pid != os.getpid()]:
            if (inherited := self._growing.pop(pid, None)) is not None:
                inherited.let_go()
        try:
            return own.add(members)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading."""
        try:
            return (self.folder / _plain(name)).open("rb")
        except FileNotFoundError:
            raise
        except OSError as error:
            raise ArchiveError(f"{self.folder / name} cannot be read: {error.strerror}") from error

    def names(self) -> list[str]:
        """All files; what was left half-made has another ending."""
        try:
            return sorted(entry.name for entry in os.scandir(self.folder) if entry.name.endswith(SUFFIX))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ArchiveError(f"the archive {self.folder} cannot be read: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Remove a file."""
        try:
            (self.folder / _plain(name)).unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.folder, error) from error

    def close(self) -> None:
        """Close the file being written; the next `add` begins another."""
        if (own := self._growing.pop(os.getpid(), None)) is not None:
            own.close()

    @contextmanager
    def at_rest(self, name: str, now: datetime) -> Iterator[bool]:
        """Whether nobody writes to the file: it is not locked, and too old for a writer on another machine as well."""
        born = born_at(name)
        if born is None or now < born + timedelta(seconds=self.rotate_seconds) + MARGIN:
            yield False
            return
        try:
            file = self.open(name)
        except FileNotFoundError:
            yield False
            return
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Somebody may have removed it while it was being opened.
                free = os.fstat(file.fileno()).st_ino == (self.folder / name).stat().st_ino
            except OSError:
                free = False
            yield free

    def looked_at(self, name: str) -> datetime:
        """When the file was last changed, or found to hold nothing that should go. Raises FileNotFoundError."""
        return datetime.fromtimestamp((self.folder / _plain(name)).stat().st_mtime, UTC)

    def look(self, name: str, now: datetime) -> None:
        """Note that the file holds nothing that should go."""
        os.utime(self.folder / _plain(name), (now.timestamp(), now.timestamp()))

    def put(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write a whole file, which is there when it is on the disk and not before."""
        path = self.folder / _plain(name)
        part = path.with_suffix(".part")
        try:
            with part.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            _sync(self.folder)
        except OSError as error:
            raise unwritable(self.folder, error) from error
        finally:
            part.unlink(missing_ok=True)


class _Growing:
    """The file that one process writes."""

    def __init__(
        self, folder: Path, head: Head, rotate_bytes: int, rotate_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._folder, self._head, self._clock = folder, head, clock
        self._rotate_bytes, self._rotate_seconds = rotate_bytes, rotate_seconds
        self._lock = threading.Lock()
        self._fd = -1
        self._name = ""
        self._size = 0
        self._born = 0.0
        self._number = 0

    def add(self, members: bytes) -> tuple[str, int]:
        with self._lock:
            old = self._clock() - self._born >= self._rotate_seconds
            if self._fd < 0 or old or self._size >= self._rotate_bytes:
                self.let_go()
                self._begin()
            offset = self._size
            self._write(members)
            return self._name, offset

    def close(self) -> None:
        with self._lock:
            self.let_go()

    def let_go(self) -> None:
        # The lock goes with the last descriptor: closing one that a fork inherited does not take its parent's.
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _begin(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        while self._fd < 0:
            self._number += 1
            self._born = self._clock()
            self._name = new_name(self._born, self._number)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
            try:
                self._fd = os.open(self._folder / self._name, flags, 0o644)
            except FileExistsError:  # another machine with this one's name, or a process number used again
                continue
        with suppress(OSError):  # not every file system has locks; then the age in its name protects the file
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._size = 0
        try:
            self._write(self._head(self._name))
            _sync(self._folder)
        except OSError:
            (self._folder / self._name).unlink(missing_ok=True)
            self.let_go()
            raise

    def _write(self, data: bytes) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(self._fd, left) :]
            os.fsync(self._fd)
        except OSError:
            # What is half-written goes; where even that fails, it stays as a torn tail and another file is begun.
            try:
                os.ftruncate(self._fd, self._size)
            except OSError:
                self.let_go()
            raise
        self._size += len(data)


def unwritable(place: object, error: OSError) -> ArchiveError:
    """What is said when nothing can be written."""
    return ArchiveError(
        f"cannot write to the archive {place}: {error.strerror}; "
        "make the folder writable and check that its disk has room"
    )


def _plain(name: str) -> str:
    if not name or "/" in name or "\x00" in name or name.startswith("."):
        raise ArchiveError(f"{name[:200]!r} is no file of the archive")
    return name


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)  # the name too must outlive a power cut
    finally:
        os.close(handle)
