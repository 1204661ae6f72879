"""Charsets that lie, are missing, or are old."""

from __future__ import annotations

import pytest

from workers.clean.decode import decode, is_binary, is_html

TEXT = "<p>زار الوفد مرفأ المدينة أمس والتقى العاملين فيه</p>"


def test_old_arabic_charset_named_by_the_page() -> None:
    """windows-1256 is read as the page's meta element says."""
    body = ('<meta charset="windows-1256">' + TEXT).encode("cp1256")
    assert "مرفأ المدينة" in decode(body, "text/html")


def test_old_arabic_charset_named_by_nobody() -> None:
    """Bytes that are no UTF-8 and yield Arabic as windows-1256 are windows-1256."""
    assert "مرفأ المدينة" in decode(TEXT.encode("cp1256"), "text/html")


@pytest.mark.parametrize("named", ["iso-8859-1", "utf-8", "windows-1252", "x-unknown", "zlib"])
def test_wrong_charset_in_the_header(named: str) -> None:
    """A header that names the wrong charset, or none at all, does not win over the bytes."""
    assert "مرفأ المدينة" in decode(TEXT.encode("cp1256"), f"text/html; charset={named}")


def test_utf8_wins_over_what_is_declared() -> None:
    """Valid UTF-8 is UTF-8, whatever header and page say."""
    body = ('<meta charset="windows-1256">' + TEXT).encode()
    assert "مرفأ المدينة" in decode(body, "text/html; charset=iso-8859-6")


def test_byte_order_mark() -> None:
    """A byte order mark decides, and does not stay in the text."""
    assert decode("نص".encode("utf-16"), "") == "نص"
    assert decode(b"\xef\xbb\xbf" + "نص".encode(), "") == "نص"


def test_nuls_go() -> None:
    """NUL ends a page for libxml2 and a text for PostgreSQL."""
    assert decode(b"a\x00b", "text/plain") == "ab"


def test_html_is_told_by_its_tags() -> None:
    """A page sent as plain text is a page, and a text sent without a type is none."""
    assert is_html(b"  <!DOCTYPE html><html>", "text/plain")
    assert is_html(b"words", "text/html; charset=utf-8")
    assert not is_html("كلمات بلا وسوم".encode(), "text/plain")
    assert not is_html("2 < 3 و 3 > 2".encode(), "")


def test_files_that_are_no_text() -> None:
    """A PDF or an image is told by its first bytes."""
    assert is_binary(b"%PDF-1.7")
    assert is_binary(b"\x89PNG\r\n")
    assert not is_binary("نص".encode())
