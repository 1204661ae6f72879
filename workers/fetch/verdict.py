"""What an answer means for the item it belongs to."""

from __future__ import annotations

from typing import Literal

from workers.items import Drop, Failure, Response

# Why an answer is no page (Drop), or not yet one (Failure).
Refused = Literal["gone", "forbidden", "http_3xx", "http_4xx", "empty", "not_html"]
Waiting = Literal["throttled", "timeout", "http_5xx", "protocol"]

_TEXT = ("text/", "application/xhtml+xml", "application/xml", "application/json", "application/ld+json")
# Beginnings of files that servers send as text/html now and then.
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS")


def judge(response: Response) -> Drop | Failure | None:
    """Return why `response` ends or waits, or None when it is text to be read on. Pure."""
    return _by_status(response.status) or _by_body(response)


def _by_status(status: int) -> Drop | Failure | None:
    match status:
        case 404 | 410:
            return _drop("gone", f"HTTP {status}")
        case 401 | 403:
            return _drop("forbidden", f"HTTP {status}")
        case 408:
            return _failure("timeout", "HTTP 408")
        case 425 | 429 | 503:
            return _failure("throttled", f"HTTP {status}")
        case _ if 200 <= status < 300:
            return None
        case _ if 300 <= status < 400:
            return _drop("http_3xx", f"HTTP {status} that leads nowhere")
        case _ if 400 <= status < 500:
            return _drop("http_4xx", f"HTTP {status}")
        case _ if 500 <= status < 600:
            return _failure("http_5xx", f"HTTP {status}")
        case _:
            return _failure("protocol", f"HTTP {status}")


def _by_body(response: Response) -> Drop | None:
    start = response.body[:1024].lstrip()
    if not start and not response.body.strip():
        return _drop("empty", "no body")
    media = response.content_type.partition(";")[0].strip().lower()
    # Nothing said, or "some bytes": what begins like markup is markup.
    vague = media in {"", "application/octet-stream", "binary/octet-stream"} and b"<" in start
    if start.startswith(_MAGIC) or not (vague or media.startswith(_TEXT) or media.endswith("+xml")):
        return _drop("not_html", f"content type {media[:100] or 'missing'}")
    return None


def _drop(reason: Refused, detail: str) -> Drop:
    return Drop(reason=reason, detail=detail)


def _failure(reason: Waiting, detail: str) -> Failure:
    return Failure(reason=reason, detail=detail)
