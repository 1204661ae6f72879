"""Reading the records of a WARC file one by one, whatever state it is in: memory stays flat, damage is stepped over."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Generic, TypeVar

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

T = TypeVar("T")

PIECE = 2**16  # bytes read or inflated at a time
_HEADS = 2**20  # bytes that the header lines of one record may have
_MAGIC = b"\x1f\x8b\x08"
_PROBE = 512  # bytes of what may be a member that tell whether it is one

# What warcio raises for bytes that are no record.
_UNREADABLE = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, AttributeError, IndexError, OverflowError, TypeError,
    ValueError,
)  # fmt: skip


class DamagedError(Exception):
    """A record cannot be read; `torn` when the file ends in the middle of it."""

    def __init__(self, what: str, *, torn: bool = False) -> None:
        super().__init__(what)
        self.torn = torn


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Generic[T]):
    """A whole record: where it stands in the file, what was taken of it, and which digests contradict its content."""

    offset: int
    length: int
    taken: T
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A place that holds no readable record, up to the next that does; `torn` when it is the end of the file."""

    offset: int
    what: str
    torn: bool


def walk(file: BinaryIO, take: Callable[[Any], T], *, check: bool = False) -> Iterator[Member[T] | Damage]:
    """Yield the records of a `.warc.gz` or `.warc` file in order, each with what `take` made of warcio's record.

    A record is yielded when it was read to its end. `check` compares its digests.
    """
    offset: int | None = 0
    while offset is not None and not _at_end(file, offset):
        try:
            stream = _stream(file, offset)
            record = _parsed(stream, check=check)
            taken = take(record)
            _drain(record.raw_stream)
            end = stream.finish()
        except _EmptyMember as empty:
            offset = empty.end
        except _UNREADABLE as error:
            yield Damage(offset=offset, what=str(error).strip()[:200] or "no record", torn=False)
            offset = _next_start(file, offset + 1)
        except DamagedError as error:
            following = _next_start(file, offset + 1)
            # A file that ends within a record and goes on after it is damaged in the middle, not torn.
            yield Damage(offset=offset, what=str(error), torn=error.torn and following is None)
            offset = following
        else:
            problems = tuple(record.digest_checker.problems) if check else ()
            yield Member(offset=offset, length=end - offset, taken=taken, problems=problems)
            offset = end


def record_at(file: BinaryIO, offset: int) -> Any:
    """Return warcio's record at `offset`, its content unread. Raises DamagedError."""
    try:
        return _parsed(_stream(file, offset), check=False)
    except _EmptyMember:
        raise DamagedError("an empty member") from None
    except _UNREADABLE as error:
        raise DamagedError(str(error).strip()[:200] or "no record") from error


def content(record: Any, limit: int) -> bytes:
    """Return up to `limit` bytes of what follows the record's (HTTP) headers, as it stands. Raises DamagedError."""
    found = bytearray()
    while len(found) < limit and (piece := record.raw_stream.read(min(PIECE, limit - len(found)))):
        found += piece
    if len(found) < limit and getattr(record.raw_stream, "limit", 0) > 0:
        raise DamagedError("the file ends within the record", torn=True)
    return bytes(found)


class _EmptyMember(Exception):  # noqa: N818 - no error: such members pad some files
    def __init__(self, end: int) -> None:
        self.end = end


class _Stream:
    """What warcio reads a record from: an uncompressed file from `offset` on."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._offset = offset
        self._buffer = io.BytesIO()
        self._heads = 0
        file.seek(offset)

    def read(self, length: int | None = None) -> bytes:
        """Return some bytes, at most `length`; none at the end."""
        if not (data := self._buffer.read(length)) and length != 0:
            self._buffer = io.BytesIO(self._more())
            data = self._buffer.read(length)
        self._offset += len(data)
        return data

    def readline(self, length: int | None = None) -> bytes:
        """Return bytes up to the next line feed, bounded."""
        found = b""
        while not found.endswith(b"\n") and (length is None or len(found) < length):
            data = self._buffer.readline(-1 if length is None else length - len(found))
            if not data:
                self._buffer = io.BytesIO(more := self._more())
                if not more:
                    break
            found += data
            self._heads += len(data)
            if self._heads > _HEADS:
                raise DamagedError(f"more than {_HEADS} bytes of headers")
        self._offset += len(found)
        return found

    def finish(self) -> int:
        """Return where the next record begins."""
        while True:
            before = self._offset
            line = self.readline()
            if line.strip() or not line:
                return before

    def _more(self) -> bytes:
        return self._file.read(PIECE)


class _Inflated(_Stream):
    """The same from one gzip member."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        super().__init__(file, offset)
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._full = False

    def finish(self) -> int:
        """Return where the next member begins."""
        rest = 0
        while data := self.read(PIECE):
            if data.strip(b"\r\n"):
                raise DamagedError("more than one record in a gzip member; `warcio recompress OLD NEW` mends that")
            rest += len(data)
            if rest > _HEADS:
                raise DamagedError("a gzip member that goes on after its record")
        return self._file.tell() - len(self._inflater.unused_data)

    def _more(self) -> bytes:
        while not self._inflater.eof:
            # zlib may hold content back after it has taken in everything, when there was no room for it.
            data = self._inflater.unconsumed_tail or (b"" if self._full else self._file.read(PIECE))
            if not data and not self._full:
                raise DamagedError("the file ends within the record", torn=True)
            try:
                found = self._inflater.decompress(data, PIECE)
            except zlib.error as error:
                raise DamagedError(str(error)) from error
            self._full = len(found) == PIECE
            if found:
                return found
        return b""


def _stream(file: BinaryIO, offset: int) -> _Stream:
    file.seek(offset)
    return _Inflated(file, offset) if file.read(2) == _MAGIC[:2] else _Stream(file, offset)


def _parsed(stream: _Stream, *, check: bool) -> Any:
    first = stream.readline()
    while first and not first.strip():
        first = stream.readline()
    if not first:
        raise _EmptyMember(stream.finish())
    record = ArcWarcRecordLoader(verify_http=False).parse_record_stream(
        stream, statusline=first, known_format="warc", check_digests=check
    )
    if not (record.rec_headers.get_header("Content-Length") or "").isdecimal():
        raise DamagedError("a record without its length")
    return record


def _drain(stream: Any) -> None:
    while stream.read(PIECE):
        pass
    if stream.limit > 0:
        raise DamagedError("the file ends within the record", torn=True)


def _at_end(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    return not file.read(1)


def _next_start(file: BinaryIO, offset: int) -> int | None:
    """Where the next record seems to begin at or after `offset`, or None."""
    overlap = 16  # bytes, so that nothing is missed at the seam of two pieces
    while True:
        file.seek(offset)
        data = file.read(PIECE)
        starts = sorted(_all(data, _MAGIC) + _all(data, b"WARC/"))
        for start in starts:
            if _is_start(file, offset + start):
                return offset + start
        if len(data) < PIECE:
            return None
        offset += len(data) - overlap


def _all(data: bytes, what: bytes) -> list[int]:
    found, at = [], data.find(what)
    while at >= 0:
        found.append(at)
        at = data.find(what, at + 1)
    return found


def _is_start(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    head = file.read(_PROBE)
    if head.startswith(_MAGIC[:2]):
        try:
            head = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, _PROBE)
        except zlib.error:
            return False
    return head.lstrip(b"\r\n").startswith(b"WARC/")
