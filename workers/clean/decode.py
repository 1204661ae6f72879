"""Bytes to text: which charset a body is in, and whether it is HTML or plain text."""

from __future__ import annotations

import codecs
import re

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom

_ARABIC = re.compile(r"[\u0621-\u064a]")
_BROKEN = re.compile("[\ufffd\x80-\x9f]")
_TAGS = re.compile(rb"<(?:!doctype\s+html|html|head|body|article|div|p|h1|br|span|table|script|meta)\b", re.IGNORECASE)
_LEAD = 4096  # bytes looked at to tell what a body is

# What a server that speaks of text may still send; a reader of text would make noise of it.
_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"\x00\x00\x00", b"ID3")


def is_binary(body: bytes) -> bool:
    """Whether the first bytes are those of an image, an archive, a PDF or another file that holds no text."""
    return body.startswith(_BINARY)


def is_html(body: bytes, content_type: str) -> bool:
    """Whether to read a body as HTML: its first bytes decide, the content type only where they show no tag."""
    if _TAGS.search(body[:_LEAD]):
        return True
    kind = content_type.partition(";")[0].strip().lower()
    return kind in {"text/html", "application/xhtml+xml"}


def decode(body: bytes, content_type: str) -> str:
    """Return `body` as text without NULs. Never raises; what no charset can read becomes U+FFFD.

    A byte order mark decides; then UTF-8 if the bytes are valid UTF-8, since other charsets almost never are by
    accident while servers often name the wrong one; then the charset of the header, that of the page, and
    windows-1256 (the old charset of the Arabic web), of which the one that yields the most Arabic wins.
    """
    charset, mark = read_bom(body)
    if charset and mark:
        return body[len(mark) :].decode(charset, "replace").replace("\x00", "")
    try:
        return body.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError:
        pass
    declared = (http_content_type_encoding(content_type), html_body_declared_encoding(body[:_LEAD]))
    names = dict.fromkeys(name for name in (*declared, "utf-8", "cp1256") if name and _is_text_codec(name))
    texts = [body.decode(name, "replace") for name in names]
    return max(texts, key=_arabic_share).replace("\x00", "")


def _is_text_codec(name: str) -> bool:
    # A page may name any codec Python knows, and "zlib" or "rot13" are no charsets.
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001
    except (LookupError, ValueError):
        return False


def _arabic_share(text: str) -> float:
    sample = text[:200_000]
    letters, broken = len(_ARABIC.findall(sample)), len(_BROKEN.findall(sample))
    return (letters - 5 * broken) / (len(sample) + 1)
