"""One exchange as records of a WARC/1.1 file, each a gzip member of its own, and back.

Bodies stand in the records as they were after decompression, so the headers of the records say no coding; the headers
as they came, and all else that marsad knows of the exchange, are in the metadata record behind the answer.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from workers.fetch.members import content
from workers.items import Response, utc

PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
METADATA = "application/json"
SCHEMA = "marsad-capture/1"

# How a body travelled; none of it holds for the body as it is kept.
CODINGS = frozenset({"content-encoding", "content-length", "transfer-encoding", "trailer", "connection", "keep-alive"})
_SECRET = re.compile(r"cookie|auth|token|secret|session|csrf|xsrf|api-?key", re.IGNORECASE)
_TOKEN = re.compile(r"[!#-'*+.0-9A-Z^-z|~-]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_LARGEST = 10_000_000  # bytes of a metadata record


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an exchange was for: the item's or source's `key`, and "page", the kind of the source or "robots"."""

    key: str
    kind: str
    outlet: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A kept answer with the same body: its record and where that stands."""

    record: str
    url: str
    date: str
    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """The members of one exchange: `answer` is the response or revisit record, `rest` stands directly behind it."""

    answer: bytes
    rest: bytes


def public(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that name no session and hold no secret."""
    return {name: value for name, value in headers.items() if not _SECRET.search(name)}


def digest_of(body: bytes) -> str:
    """The digest of a body as a WARC file writes it; the hex digits are those of a capture's digest."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def date_of(at: datetime) -> str:
    """A time as a WARC file writes it, in microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def software() -> str:
    """The name and version that files and records say."""
    return f"marsad/{version('marsad')}"


def warcinfo(name: str, agent: str) -> bytes:
    """The record that a file of that name begins with."""
    fields = {
        "software": software(),
        "format": "WARC file version 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": "obey",
        "http-header-user-agent": agent,
    }
    body = "".join(f"{key}: {_CONTROLS.sub(' ', value)}\r\n" for key, value in fields.items() if value).encode()
    more = {"WARC-Filename": name, "WARC-Date": date_of(datetime.now(UTC))}
    return _member("warcinfo", "", body, more, kind="application/warc-fields")


def exchange(
    response: Response,
    about: About,
    *,
    request_headers: Mapping[str, str],
    original: Original | None = None,
) -> Exchange:
    """Return the members that keep `response`; with an `original` of the same body, without the body again."""
    target = _target(response.final_url)
    answer_id, date = _new_id(), date_of(response.captured_at)
    head = _answer_head(response)
    if original is None:
        answer = _member("response", target, response.body, {"WARC-Record-ID": answer_id, "WARC-Date": date}, http=head)
    else:
        more = {
            "WARC-Record-ID": answer_id,
            "WARC-Date": date,
            "WARC-Profile": PROFILE,
            "WARC-Refers-To": original.record,
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": original.date,
            "WARC-Refers-To-Filename": original.name,
            "WARC-Refers-To-File-Offset": str(original.offset),
            "WARC-Payload-Digest": digest_of(response.body),
        }
        answer = _member("revisit", target, b"", more, http=head)
    concurrent = {"WARC-Concurrent-To": answer_id, "WARC-Date": date}
    metadata = _member("metadata", target, _metadata(response, about), concurrent, kind=METADATA)
    request = _member("request", target, b"", concurrent, http=_request_head(target, request_headers))
    return Exchange(answer, metadata + request)


def metadata_of(record: Any) -> dict[str, Any] | None:
    """Return what one of our metadata records says, None for any other record. Raises DamagedError."""
    headers = record.rec_headers
    if record.rec_type != "metadata" or headers.get_header("Content-Type") != METADATA:
        return None
    try:
        said = json.loads(content(record, _LARGEST))
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said.get("schema") == SCHEMA else None


def response_of(said: Mapping[str, Any], body: bytes) -> Response:
    """Return the answer that our metadata tells of. Raises KeyError, TypeError or ValueError for what it does not."""
    return Response(
        url=said["url"],
        final_url=said["final_url"],
        status=int(said["status"]),
        headers={str(name): str(value) for name, value in said["headers"].items()},
        body=body,
        captured_at=utc(datetime.fromisoformat(said["captured_at"])),
        elapsed=float(said["elapsed"]),
    )


def _metadata(response: Response, about: About) -> bytes:
    said = {
        "schema": SCHEMA,
        "url": response.url,
        "final_url": response.final_url,
        "key": about.key,
        "outlet": about.outlet,
        "kind": about.kind,
        "source": about.source,
        "captured_at": response.captured_at.isoformat(),
        "elapsed": response.elapsed,
        "status": response.status,
        "headers": response.headers,
        "digest": hashlib.sha256(response.body).hexdigest(),
        "size": len(response.body),
        "software": software(),
    }
    return json.dumps(said, indent=1).encode()


def _answer_head(response: Response) -> StatusAndHeaders:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "Unknown"
    headers = [(name, value) for name, value in _sendable(response.headers) if name.lower() not in CODINGS]
    headers.append(("content-length", str(len(response.body))))
    return StatusAndHeaders(f"{response.status} {phrase}", headers, protocol="HTTP/1.1")


def _request_head(target: str, headers: Mapping[str, str]) -> StatusAndHeaders:
    parts = urlsplit(target)
    line = f"GET {(parts.path or '/') + (f'?{parts.query}' if parts.query else '')} HTTP/1.1"
    sent = [(name, value) for name, value in _sendable(public(headers)) if name.lower() != "host"]
    return StatusAndHeaders(line, [("host", parts.netloc), *sent], is_http_request=True)


def _sendable(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    # What would not read back as one header line is left out or put in order; the metadata has it as it came.
    return [
        (name, _CONTROLS.sub(" ", value).encode("utf-8", "replace").decode().strip())
        for name, value in headers.items()
        if _TOKEN.fullmatch(name)
    ]


def _target(url: str) -> str:
    return quote(url.encode("utf-8", "replace"), safe="!#$%&'()*+,/:;=?@[]~-._")


def _member(
    record_type: str,
    target: str,
    body: bytes,
    more: Mapping[str, str],
    *,
    http: StatusAndHeaders | None = None,
    kind: str = "",
) -> bytes:
    """One record as a gzip member, with its digests: warcio's own would be SHA-1, which proves nothing any more."""
    # Encoding may rewrite the headers, so it comes before they are digested.
    block = (http.to_ascii_bytes() if http is not None else b"") + body
    digests = {"WARC-Block-Digest": digest_of(block), "WARC-Payload-Digest": digest_of(body)}
    if record_type == "warcinfo":
        del digests["WARC-Payload-Digest"]
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    writer.write_record(
        writer.create_warc_record(
            target,
            record_type,
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=kind,
            warc_headers_dict={"WARC-Record-ID": _new_id(), **digests, **more},
            http_headers=http,
        )
    )
    return out.getvalue()


def _new_id() -> str:
    return f"<urn:uuid:{uuid4()}>"
