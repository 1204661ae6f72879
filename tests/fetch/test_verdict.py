"""What an answer means."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workers.fetch.verdict import judge
from workers.items import Drop, Failure, Response

HTML = b"<!doctype html><p>x"


def response(status: int = 200, content_type: str = "text/html; charset=utf-8", body: bytes = HTML) -> Response:
    return Response(
        url="https://paper.example/a",
        final_url="https://paper.example/a",
        status=status,
        headers={"content-type": content_type} if content_type else {},
        body=body,
        captured_at=datetime(2025, 2, 12, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (404, Drop, "gone"), (410, Drop, "gone"), (401, Drop, "forbidden"), (403, Drop, "forbidden"),
        (400, Drop, "http_4xx"), (418, Drop, "http_4xx"), (451, Drop, "http_4xx"), (304, Drop, "http_3xx"),
        (429, Failure, "throttled"), (503, Failure, "throttled"), (425, Failure, "throttled"), (408, Failure, "timeout"),
        (500, Failure, "http_5xx"), (502, Failure, "http_5xx"), (520, Failure, "http_5xx"), (101, Failure, "protocol"),
        (999, Failure, "protocol"),
    ],
)  # fmt: skip
def test_the_status_decides_first(status: int, kind: type, reason: str) -> None:
    """What is final drops the item, what may pass lets it wait, and the status is told."""
    verdict = judge(response(status))
    assert verdict is not None
    assert (type(verdict), verdict.reason) == (kind, reason)
    assert str(status) in verdict.detail


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", HTML), ("TEXT/HTML; charset=windows-1256", HTML), ("text/plain", b"x"), ("", HTML),
        ("application/xhtml+xml", HTML), ("application/rss+xml", HTML), ("application/xml", HTML),
        ("application/json", b"{}"), ("application/octet-stream", b"  <html>"), ("text/html", b"\xff\xfe<\0p\0"),
    ],
)  # fmt: skip
def test_text_is_read_on(content_type: str, body: bytes) -> None:
    """Markup, feeds and plain text pass, said or unsaid."""
    assert judge(response(content_type=content_type, body=body)) is None


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b" " * 5000])
def test_nothing_is_empty(body: bytes) -> None:
    """A body of nothing, or of white space, is empty."""
    verdict = judge(response(body=body))
    assert isinstance(verdict, Drop)
    assert verdict.reason == "empty"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/pdf", b"%PDF-1.4"), ("image/jpeg", b"\xff\xd8\xff"), ("video/mp4", b"x"), ("audio/mpeg", b"x"),
        ("application/octet-stream", b"\x00\x01"), ("", b"MZ"), ("text/html", b"%PDF-1.7"), ("text/html", b"\x89PNG\r"),
        ("font/woff2", b"wOF2"), ("application/zip", b"PK\x03\x04"),
    ],
)  # fmt: skip
def test_pictures_and_papers_are_no_pages(content_type: str, body: bytes) -> None:
    """Other media are dropped, even where the server calls them HTML."""
    verdict = judge(response(content_type=content_type, body=body))
    assert isinstance(verdict, Drop)
    assert verdict.reason == "not_html"
