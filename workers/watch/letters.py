"""Bytes of a feed or page as text, whatever they claim to be packed or written in."""

from __future__ import annotations

import codecs
import re
import zlib

MAX_UNPACKED = 32_000_000  # bytes; more than the largest sitemaps of outlets, less than the 50 MB they may have

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like the BOM of UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_IN_BODY = re.compile(rb"(?:encoding|charset)\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_HEAD = 2048  # bytes in which a declaration is looked for
# What servers say when nobody set anything, so it is believed only where the text does not come out as Arabic.
_BY_DEFAULT = {"ascii", "iso8859-1", "cp1252"}
# Python's codecs include some that are no encoding of pages, and a slow one; these are what news is written in.
_FAMILIES = ("utf-8", "utf-16", "utf-32", "cp125", "iso8859", "ascii", "koi8", "mac", "gb", "big5", "euc", "shift")
_BROKEN = 0.1  # share of broken places among the letters beyond ASCII up to which a text is still UTF-8
_ARABIC = re.compile("[\u0621-\u064a]")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_GZIP = b"\x1f\x8b"
_LAYERS = 2  # what a server packs twice is packed once in the file and once on the way
_MEMBERS = 100  # a file may be several, one behind the other
_CHUNK = 2**16


def unpack(body: bytes, limit: int = MAX_UNPACKED) -> bytes:
    """Return what is in a gzip file, or `body` itself when it is none. Never raises.

    `limit` is in bytes: of what is longer, and of a broken file, the beginning comes back.
    """
    for _ in range(_LAYERS):
        if not body.startswith(_GZIP):
            break
        body = _inflate(body, limit)
    return body


def decode(body: bytes, content_type: str = "") -> str:
    """Return `body` as text without control characters. Never raises.

    In this order: a byte order mark, UTF-16 by its zeros, valid UTF-8 whatever is declared (nothing else of any length
    looks like it), the declared encoding, UTF-8 with a few broken places (outlets cut texts by bytes), windows-1256.
    """
    return printable(_decode(body, content_type))


def printable(text: str) -> str:
    """Return `text` without control characters and halves of surrogate pairs, which JSON may name by number."""
    return _CONTROLS.sub("", text)


def _inflate(data: bytes, limit: int) -> bytes:
    out = bytearray()
    for _ in range(_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        for start in range(0, len(data), _CHUNK):
            try:
                out += member.decompress(data[start : start + _CHUNK], limit - len(out))
            except zlib.error:
                return bytes(out)
            if len(out) >= limit:
                return bytes(out)
            if member.eof:
                break
        data = member.unused_data + data[start + _CHUNK :]
        if not member.eof or not data.startswith(_GZIP):
            break
    return bytes(out)


def _decode(body: bytes, content_type: str) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for start, encoding in _WIDE:
        if body.startswith(start):
            return body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        lenient = body.decode("utf-8", "replace")
    if lenient.count("\ufffd") < _BROKEN * len(_FOREIGN.findall(lenient)):
        return lenient
    arabic = body.decode("cp1256", "replace")
    for encoding in _declared(body, content_type):
        if encoding in _BY_DEFAULT and _is_arabic(arabic):
            return arabic
        try:
            return body.decode(encoding)
        except UnicodeError:
            continue
    return arabic


def _declared(body: bytes, content_type: str) -> list[str]:
    names = [found.group(1) for found in [_IN_HEADER.search(content_type[:_HEAD])] if found]
    names += [found.group(1).decode("ascii", "replace") for found in [_IN_BODY.search(body[:_HEAD])] if found]
    known = []
    for name in names:
        try:
            encoding = codecs.lookup(name).name
        except (LookupError, ValueError):
            continue
        if encoding.startswith(_FAMILIES):
            known.append(encoding)
    return known


def _is_arabic(text: str) -> bool:
    return len(_ARABIC.findall(text)) * 2 > len(_FOREIGN.findall(text))
