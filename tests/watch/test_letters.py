"""Bytes as text, whatever they claim."""

from __future__ import annotations

import codecs
import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.letters import decode, printable, unpack

TEXT = "استقبل الوزير وفداً «رسمياً» في دمشق، وقال إن الزيارة مهمة. " * 5


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "text/html; charset=ISO-8859-1"),
        (TEXT.encode(), "text/html; charset=windows-1256"),
        (b"<?xml encoding='windows-1256'?>" + TEXT.encode(), "text/xml"),
        (codecs.BOM_UTF8 + TEXT.encode(), ""),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-32"), ""),
        (("<p>" + TEXT).encode("utf-16-le"), ""),
        (("<p>" + TEXT).encode("utf-16-be"), ""),
        (TEXT.encode("cp1256"), "text/html; charset=windows-1256"),
        (TEXT.encode("cp1256"), "text/html; charset=cp1256"),
        (b"<meta charset=windows-1256>" + TEXT.encode("cp1256"), ""),
        (b"<?xml version='1.0' encoding='windows-1256'?>" + TEXT.encode("cp1256"), "application/xml"),
        (TEXT.encode("cp1256"), "text/html; charset=utf-8"),
        (TEXT.encode("cp1256"), "text/html; charset=ISO-8859-1"),
        (TEXT.encode("cp1256"), ""),
        (TEXT.encode("cp1256"), "text/html; charset=no-such-thing"),
        (TEXT.encode("cp1256"), "text/html; charset=zlib"),
    ],
)
def test_arabic_comes_out_right(body: bytes, content_type: str) -> None:
    """Right, wrong and missing declarations all give the text that was written."""
    assert decode(body, content_type).endswith(TEXT)


def test_a_declared_encoding_is_believed() -> None:
    """A text in another legacy encoding is read as declared."""
    arabic = "خبر عاجل من دمشق"
    assert decode(arabic.encode("iso-8859-6"), "text/html; charset=iso-8859-6") == arabic
    assert decode("café à la carte".encode("latin-1"), "text/html; charset=iso-8859-1") == "café à la carte"
    assert decode("Привет из Москвы".encode("cp1251"), "text/html; charset=windows-1251") == "Привет из Москвы"


def test_a_text_cut_by_bytes_stays_utf_8() -> None:
    """One letter cut in the middle does not turn the rest into signs."""
    cut = TEXT.encode()[:-3] + b" ... " + TEXT.encode()
    assert decode(cut, "text/xml; charset=utf-8").endswith(TEXT)


def test_control_characters_go() -> None:
    """What no XML may hold is left out; line breaks and tabs stay."""
    assert decode(b"a\x00b\x0bc\x1fd\n\te\x7f") == "abcd\n\te"


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_are_a_text(body: bytes, content_type: str) -> None:
    """Nothing raises, and the text can be written as UTF-8."""
    decode(body, content_type).encode("utf-8")


@pytest.mark.parametrize("name", ["idna", "punycode", "unicode_escape", "utf-7", "x" * 10**6])
def test_odd_codecs_are_not_used(name: str) -> None:
    """Names of codecs that are slow or execute escapes are ignored."""
    started = time.thread_time()
    decode(b"\xe3\\x41" * 500_000, f"text/html; charset={name}")
    assert time.thread_time() - started < 5


def test_what_is_packed_is_unpacked() -> None:
    """Gzip is opened once and twice, in one member and in several; anything else stays as it is."""
    packed = gzip.compress(TEXT.encode())
    assert unpack(packed) == unpack(gzip.compress(packed)) == TEXT.encode()
    assert unpack(packed + gzip.compress(b"more")) == TEXT.encode() + b"more"
    assert unpack(packed + b"junk behind") == TEXT.encode()
    assert unpack(b"plain") == b"plain"
    assert unpack(b"") == b""


def test_a_broken_file_gives_its_beginning() -> None:
    """A cut or spoilt file is read as far as it goes."""
    lines = "".join(f"line {number} of a long text\n" for number in range(20_000)).encode()
    packed = gzip.compress(lines)
    assert lines.startswith(unpack(packed[: len(packed) // 2]))
    assert len(unpack(packed[: len(packed) // 2])) > len(lines) // 4
    assert lines.startswith(unpack(packed[:40_000] + b"\xff" * 100 + packed[40_000:])[:10_000])
    assert unpack(b"\x1f\x8b") == unpack(b"\x1f\x8bnothing") == b""


def test_a_bomb_stays_small() -> None:
    """No more than the limit comes out, from one bomb, a bomb in a bomb and a chain of small members."""
    bomb = gzip.compress(bytes(50_000_000), 9)
    for body in (bomb, gzip.compress(bomb), gzip.compress(bytes(10_000)) * 20_000):
        assert len(unpack(body, 1_000_000)) == 1_000_000
    started = time.thread_time()
    unpack(gzip.compress(b"") * 400_000)
    assert time.thread_time() - started < 5


def test_halves_of_pairs_go() -> None:
    """What JSON can name and UTF-8 cannot write is left out."""
    assert printable("a\ud800b\udc00c\U0001f600") == "abc\U0001f600"


@given(st.binary(max_size=200))
def test_unpacking_never_raises(body: bytes) -> None:
    """Any bytes come back as bytes."""
    unpack(body)
    unpack(b"\x1f\x8b\x08\x00" + body)
