"""Take a body out of its compression, a piece at a time and never more of it than agreed.

zlib's own objects serve, and not httpx2's decoders: those read the first member of a gzip body only, keep all that
follows it in memory, and take a body that breaks off for a whole one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

ANNOUNCED = "gzip, deflate"  # the codings that are read, for Accept-Encoding
PIECE = 2**16  # bytes that come out at a time
MAX_MEMBERS = 1000  # of one gzip body; bgzip makes 160 of 10 MB

_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
# Compressions of the IANA registry of content codings that are not read. Other words ("none", "utf-8") are mistakes of
# servers that send the body as it is.
_UNREAD = {"br", "zstd", "compress", "x-compress", "exi", "pack200-gzip", "dcb", "dcz", "aes128gcm"}


class TooLargeError(Exception):
    """The body is larger than agreed, packed or unpacked, or has more members."""


class DamagedError(Exception):
    """The body does not unpack, breaks off, or is packed in a way that was not asked for."""


def unpack(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Yield the content of `pieces`, the body of an answer with this `Content-Encoding` header (empty for none).

    What is yielded may be empty, so that who reads can look at the clock. Raises TooLargeError as soon as more than
    `limit` bytes went in or came out, and DamagedError.
    """
    codings = [one for one in (part.strip().lower() for part in encoding.split(",")) if one not in {"", "identity"}]
    if len(codings) > 1 or _UNREAD & set(codings):
        raise DamagedError(f"the body is packed as {encoding[:80]!r}, which was not asked for")
    packed = _counted(pieces, limit)
    match codings:
        case ["gzip" | "x-gzip"]:
            return _counted(_inflate(packed, _GZIP), limit)
        case ["deflate"]:
            return _counted(_deflate(packed), limit)
        case _:
            return packed


def _counted(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > limit:
            raise TooLargeError(f"more than {limit} bytes")
        yield piece


def _deflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Read deflate in the wrapping of zlib as RFC 9110 has it, or bare as some servers do."""
    head = b""
    for piece in pieces:
        head += piece
        if len(head) >= 2:
            break
    wrapped = len(head) >= 2 and head[0] & 15 == 8 and int.from_bytes(head[:2], "big") % 31 == 0  # RFC 1950, 2.2
    return _inflate(chain([head], pieces), _ZLIB if wrapped else _RAW)


def _inflate(pieces: Iterable[bytes], bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(bits)
    begun = False
    members = 1
    for piece in pieces:
        rest, full = piece, False
        # zlib may hold back content after it has taken in everything, when there was no room for it.
        while rest or full:
            if inflater.eof:
                if bits != _GZIP or not rest.startswith(b"\x1f"):
                    return  # whatever follows the end is not ours to read
                members += 1
                if members > MAX_MEMBERS:
                    raise TooLargeError(f"more than {MAX_MEMBERS} members in one body")
                inflater = zlib.decompressobj(bits)
            begun = True
            try:
                content = inflater.decompress(rest, PIECE)
            except zlib.error as error:
                raise DamagedError(str(error)) from None
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            full = len(content) == PIECE and not inflater.eof
            yield content
    if begun and not inflater.eof:
        raise DamagedError("the packed body breaks off")
