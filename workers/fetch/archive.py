"""The archive: every exchange that was kept, as WARC files, each answer found again by its place."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import zstandard

from workers.fetch.members import PIECE, DamagedError, Member, content, record_at, walk
from workers.fetch.remote import RemoteShelf
from workers.fetch.shelf import ArchiveError, LocalShelf, Shelf
from workers.fetch.warc import About, Original, digest_of, exchange, metadata_of, response_of, warcinfo
from workers.items import Response, utc

__all__ = ["PRUNED", "About", "Archive", "ArchiveError"]

PRUNED = "pruned"  # the place of a capture that was removed when its time was over
_CURE = "restore it from a backup; `marsad verify` tells what else is damaged"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PLACE = re.compile(r"(.+):(\d{1,15}):(\d{1,15})", re.DOTALL)
_STEPS = 3  # from a repeated answer to its original, and from a file to the one that replaced it
# An original is repeated no longer than this, so that it need not be kept much longer than its own time for its heirs.
_REPEATED_FOR = timedelta(days=7)


class Archive:
    """WARC files in a folder, or in an object store named by an fsspec URL (s3://bucket/prefix).

    Processes and threads may share it: each process writes files of its own. `max_bytes` bounds what is read back; it
    is far above what a transport lets in. `agent` is what requests named themselves by. A file is followed by another
    after `rotate_bytes` or `rotate_seconds`.
    """

    def __init__(
        self,
        place: str | Path,
        *,
        agent: str = "",
        max_bytes: int = 1_000_000_000,
        rotate_bytes: int = 200_000_000,
        rotate_seconds: float = 86_400,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._agent = agent
        self._max_bytes = max_bytes
        head = partial(warcinfo, agent=agent)
        self._folder: Path | None = None
        if isinstance(place, str) and "://" in place:
            self.shelf: Shelf = RemoteShelf(place, head)
        else:
            self._folder = Path(place)
            self.shelf = LocalShelf(
                self._folder, head, rotate_bytes=rotate_bytes, rotate_seconds=rotate_seconds, clock=clock
            )
        self._moved: dict[str, dict[str, int]] = {}

    def check(self) -> None:
        """Raise ArchiveError unless captures can be kept here, the folder being made if need be."""
        self.shelf.check()

    def keep(
        self,
        response: Response,
        about: About,
        *,
        request_headers: Mapping[str, str] | None = None,
        original: str | None = None,
    ) -> str:
        """Keep an exchange and return the place of its answer, "file:offset:length"; it is on the disk by then.

        `original` is the place of a kept capture with the same body: the body is not written again where that is still
        there and not older than a week. Raises ArchiveError.
        """
        sent = {"user-agent": self._agent} if request_headers is None else request_headers
        kept = exchange(
            response,
            about,
            request_headers={name: value for name, value in sent.items() if value},
            original=self._original(original, response) if original else None,
        )
        name, offset = self.shelf.add(kept.answer + kept.rest)
        return f"{name}:{offset}:{len(kept.answer)}"

    def body(self, place: str, digest: str) -> bytes:
        """Return the body of the answer at `place`, verified against its SHA-256. Raises ArchiveError.

        No place is that of bodies kept by marsad 0.1.
        """
        if not _DIGEST.fullmatch(digest):
            raise ArchiveError(f"{digest[:80]!r} is no digest of the archive")
        if not place:
            return self._older(digest)
        name, offset = self.find(place, digest)
        with self._record(name, offset) as record:
            body = self._bounded(record, f"{name}, offset {offset}")
        if hashlib.sha256(body).hexdigest() != digest:
            raise ArchiveError(f"{name}, offset {offset}: the body is damaged (it has another digest); {_CURE}")
        return body

    def response(self, place: str) -> Response:
        """Return the whole answer at `place` as it was kept. Raises ArchiveError."""
        name, offset, length = read_place(place)
        with self._record(name, offset + length) as record:
            said = metadata_of(record)
        where = f"{name}, offset {offset + length}"
        if said is None:
            raise ArchiveError(f"{where}: the answer is not described; {_CURE}")
        try:
            return response_of(said, self.body(place, str(said["digest"])))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArchiveError(f"{where}: the answer is ill described ({error}); {_CURE}") from error

    def files(self) -> list[str]:
        """The names of the WARC files. Raises ArchiveError."""
        return self.shelf.names()

    def close(self) -> None:
        """Let the file being written go."""
        self.shelf.close()

    def find(self, place: str, digest: str) -> tuple[str, int]:
        """Return the file and offset of the record that holds the body of the answer at `place`. Raises ArchiveError.

        That is another one for an answer that repeats an earlier body. `prune` may have put a file's records into
        another; there they are found by their digest.
        """
        name, offset, _ = read_place(place)
        for _ in range(_STEPS):
            try:
                with self._record(name, offset) as record:
                    headers = record.rec_headers
                    said = headers.get_header("WARC-Payload-Digest") or ""
                    if said != f"sha256:{digest}":
                        raise ArchiveError(f"{name}, offset {offset}: there is another body ({said[:80]}); {_CURE}")
                    if record.rec_type == "response":
                        return name, offset
                    if record.rec_type != "revisit":
                        raise ArchiveError(f"{name}, offset {offset}: there is no answer; {_CURE}")
                    name = headers.get_header("WARC-Refers-To-Filename") or ""
                    offset = int(headers.get_header("WARC-Refers-To-File-Offset") or 0)
            except _MissingError:
                name, offset = self._replaced(name, digest)
        raise ArchiveError(f"{place}: the answer repeats one that is not there; {_CURE}")

    def _original(self, place: str, response: Response) -> Original | None:
        """What an answer repeats, None where it should be kept in full."""
        digest = digest_of(response.body)
        try:
            name, offset = self.find(place, digest.partition(":")[2])
            with self._record(name, offset) as record:
                said = record.rec_headers.get_header
                date, id_ = said("WARC-Date") or "", said("WARC-Record-ID") or ""
                fresh = abs(response.captured_at - utc(datetime.fromisoformat(date))) <= _REPEATED_FOR
                if not fresh:
                    return None
                url = said("WARC-Target-URI") or ""
        except (ArchiveError, ValueError):
            return None
        return Original(record=id_, url=url, date=date, name=name, offset=offset)

    @contextmanager
    def _record(self, name: str, offset: int) -> Iterator[Any]:
        try:
            file = self.shelf.open(name)
        except FileNotFoundError:
            raise _MissingError(f"{name} is missing from the archive; restore it from a backup") from None
        with file:
            try:
                yield record_at(file, offset)
            except (DamagedError, OSError) as error:
                raise ArchiveError(f"{name}, offset {offset}: the record is damaged ({error}); {_CURE}") from error

    def _bounded(self, record: Any, where: str) -> bytes:
        body = content(record, self._max_bytes + 1)
        if len(body) > self._max_bytes:
            raise ArchiveError(f"{where}: more than {self._max_bytes} bytes; {_CURE}")
        return body

    def _replaced(self, name: str, digest: str) -> tuple[str, int]:
        """Where the body stands in the file that took the place of the missing `name`."""
        for later in reversed([one for one in self.files() if stem_of(one) == stem_of(name) and one != name]):
            if later not in self._moved:
                with self.shelf.open(later) as file:
                    members = [one for one in walk(file, _payload) if isinstance(one, Member)]
                self._moved = {later: {one.taken: one.offset for one in members if one.taken}}
            if (offset := self._moved[later].get(f"sha256:{digest}")) is not None:
                return later, offset
        raise ArchiveError(f"{name} is missing from the archive; restore it from a backup")

    def _older(self, digest: str) -> bytes:
        """A body as marsad 0.1 kept it: a zstd file under its digest."""
        if self._folder is None:
            raise ArchiveError(f"{digest} has no place in the archive; {_CURE}")
        path = self._folder / digest[:2] / digest[2:4] / f"{digest}.zst"
        body = bytearray()
        try:
            with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as reader:
                while len(body) <= self._max_bytes and (piece := reader.read(PIECE)):
                    body += piece
        except FileNotFoundError as error:
            raise ArchiveError(f"{path} is missing from the archive; restore it from a backup") from error
        except (OSError, zstandard.ZstdError) as error:
            raise ArchiveError(f"{path} is damaged ({error}); {_CURE}") from error
        if len(body) > self._max_bytes:
            raise ArchiveError(f"{path} holds more than {self._max_bytes} bytes; {_CURE}")
        if hashlib.sha256(body).hexdigest() != digest:
            raise ArchiveError(f"{path} is damaged (its content has another digest); {_CURE}")
        return bytes(body)


class _MissingError(ArchiveError):
    """The file is not there."""


def read_place(place: str) -> tuple[str, int, int]:
    """Return the file, offset and length that `place` names. Raises ArchiveError for what is no place."""
    if place == PRUNED:
        raise ArchiveError("the capture was removed when its time was over (`retention` in the settings)")
    if (found := _PLACE.fullmatch(place)) is None:
        raise ArchiveError(f"{place[:200]!r} is no place in the archive")
    return found[1], int(found[2]), int(found[3])


def stem_of(name: str) -> str:
    """What a file has in common with those that took its place."""
    return name.rpartition("/")[2].partition(".")[0]


def _payload(record: Any) -> str | None:
    return record.rec_headers.get_header("WARC-Payload-Digest") if record.rec_type == "response" else None
