"""One owner a folder: a lock that the kernel drops when its owner dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class FolderError(RuntimeError):
    """The folder cannot be used: somebody else holds it, or it cannot be written. The message says which."""


class FolderLock:
    """An exclusive lock on `folder`, as a file in it that names the holder's process.

    The file stays when the lock is gone: only the kernel's lock counts, so `kill -9` leaves nothing stale.
    """

    def __init__(self, folder: Path, name: str = "marsad.lock") -> None:
        self.path = folder / name
        self._fd = -1

    def acquire(self) -> None:
        """Take the lock, making the folder if need be.

        Raises FolderError when another process holds it (its pid is in the message) or the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise FolderError(f"cannot write in {self.path.parent}: {error.strerror}") from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(fd, 20).decode(errors="replace").strip() or "unknown"
            os.close(fd)
            raise FolderError(f"{self.path.parent} is in use by process {holder}; stop that one first") from error
        except OSError as error:
            os.close(fd)
            raise FolderError(f"cannot lock {self.path}: {error.strerror}") from error
        _write(fd, os.getpid())
        self._fd = fd

    def hand_to(self, pid: int) -> None:
        """Name `pid` as the holder: a child that inherited `fileno()` and keeps the lock as long as it lives."""
        _write(self._fd, pid)

    def fileno(self) -> int:
        """Return the descriptor of the held lock; a child that inherits it holds the lock too."""
        return self._fd

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _write(fd: int, pid: int) -> None:
    os.ftruncate(fd, 0)
    os.pwrite(fd, f"{pid}\n".encode(), 0)
