"""Bodies kept byte for byte under the digest of their content."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import zstandard

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PIECE = 2**20  # bytes taken out of a compressed file at a time
_LEVEL = 9  # HTML shrinks to a fifth; higher levels save little and cost tenfold


class ArchiveError(Exception):
    """The archive cannot be written, or a file of it is missing or damaged; the message names it and the cure."""


class Archive:
    """zstd files `ab/cd/<digest>.zst` under `folder`. Processes may share it: a file is whole or not there.

    `max_bytes` bounds what is read back; it is far above what a transport lets in.
    """

    def __init__(self, folder: Path, max_bytes: int = 1_000_000_000) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def check(self) -> None:
        """Raise ArchiveError unless bodies can be kept here, the folder being made if need be."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as error:
            raise self._unwritable(error) from error

    def put(self, body: bytes) -> str:
        """Keep `body` and return its SHA-256 in hex. Keeping it twice writes once. Raises ArchiveError."""
        digest = hashlib.sha256(body).hexdigest()
        path = self.path_of(digest)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                self._write(path, zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(body))
        except OSError as error:
            raise self._unwritable(error) from error
        return digest

    def _unwritable(self, error: OSError) -> ArchiveError:
        return ArchiveError(
            f"cannot write to the archive {self._folder}: {error.strerror}; "
            "make the folder writable and check that its disk has room"
        )

    def get(self, digest: str) -> bytes:
        """Return the body kept under `digest`, verified. Raises ArchiveError."""
        path = self.path_of(digest)
        body = bytearray()
        try:
            with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
                while piece := reader.read(_PIECE):
                    body += piece
                    if len(body) > self._max_bytes:
                        raise ArchiveError(f"{path} holds more than {self._max_bytes} bytes; restore it from a backup")
        except FileNotFoundError as error:
            raise ArchiveError(f"{path} is missing from the archive; restore it from a backup") from error
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read: {error.strerror}") from error
        except zstandard.ZstdError as error:
            raise ArchiveError(f"{path} is damaged ({error}); restore it from a backup") from error
        if hashlib.sha256(body).hexdigest() != digest:
            raise ArchiveError(f"{path} is damaged (its content has another digest); restore it from a backup")
        return bytes(body)

    def path_of(self, digest: str) -> Path:
        """Where the body under `digest` is or would be. Raises ArchiveError for what is no SHA-256 in hex."""
        if not _DIGEST.fullmatch(digest):
            raise ArchiveError(f"{digest[:80]!r} is no digest of the archive")
        return self._folder / digest[:2] / digest[2:4] / f"{digest}.zst"

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp's files are for their owner alone; an archive may be shared with other workers' users.
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name too must outlive a power cut
        finally:
            os.close(folder)
