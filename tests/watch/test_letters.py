"""Bytes as text, whatever they claim."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.letters import decode

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
