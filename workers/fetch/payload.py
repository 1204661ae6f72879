"""The body of a recorded HTTP answer as a reader would see it: chunks joined, compression undone, within a limit."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import zstandard

from workers.fetch.members import PIECE
from workers.fetch.unpack import DamagedError, TooLargeError, unpack

_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE = 4096  # bytes that the line before a chunk may have

_BROKEN = (DamagedError, TooLargeError, zstandard.ZstdError)


def decoded(stream: Any, headers: Mapping[str, str], limit: int) -> bytes:
    """Return up to `limit` bytes of the body that follows `headers` (names in lower case) in `stream`.

    Some tools store what they had decoded already and leave the headers: content that is not encoded as they say is
    taken as it stands, and so is a coding that is not known. A body that breaks off ends there, as in a browser.
    Raises members.DamagedError when the file does.
    """
    found = bytearray()
    try:
        source = _buffered(stream)
        if "chunked" in headers.get("transfer-encoding", "").lower():
            source = _joined(source)
        for coding in reversed([one.strip() for one in headers.get("content-encoding", "").lower().split(",")][:3]):
            source = _opened(source, coding)
        while len(found) < limit and (piece := source.read1(min(PIECE, limit - len(found)))):
            found += piece
    except _BROKEN:
        pass
    return bytes(found)


class _Raw(io.RawIOBase):
    """Any object with `read` as a raw stream."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Chunks:
    """The data of a chunked body."""

    def __init__(self, source: io.BufferedReader) -> None:
        self._source = source
        self._left = 0
        self._ended = False

    def read(self, length: int) -> bytes:
        if not self._left and not self._ended:
            line = self._source.readline(_LINE)
            if line in {b"\r\n", b"\n"}:  # the end of the chunk before
                line = self._source.readline(_LINE)
            found = _CHUNK.fullmatch(line)
            self._left = int(found[1], 16) if found else 0
            self._ended = not self._left
        data = self._source.read(min(length, self._left))
        self._left -= len(data)
        self._ended = self._ended or not data
        return data


def _buffered(source: Any) -> io.BufferedReader:
    return io.BufferedReader(_Raw(source), PIECE)


def _joined(source: io.BufferedReader) -> io.BufferedReader:
    line, mark, _ = source.peek(_LINE)[:_LINE].partition(b"\n")
    return _buffered(_Chunks(source)) if _CHUNK.fullmatch(line + mark) else source


def _opened(source: io.BufferedReader, coding: str) -> io.BufferedReader:
    head = source.peek(4)[:4]
    if (coding in {"gzip", "x-gzip"} and head.startswith(b"\x1f\x8b")) or (coding == "deflate" and head):
        return _buffered(_Pieces(unpack(iter(partial(source.read1, PIECE), b""), coding, sys.maxsize)))
    if coding == "zstd" and head == b"\x28\xb5\x2f\xfd":
        return _buffered(zstandard.ZstdDecompressor().stream_reader(source, read_across_frames=True))
    return source


class _Pieces:
    """Pieces of any length as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, length: int) -> bytes:
        while not self._left and (piece := next(self._pieces, None)) is not None:
            self._left = piece
        data, self._left = self._left[:length], self._left[length:]
        return data
