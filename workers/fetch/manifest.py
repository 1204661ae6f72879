"""captures.jsonl: the list of a replay folder, one recorded answer a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from workers.fetch.recorded import FileBody, Recorded, RecordingError, in_order
from workers.fetch.sniff import Kind
from workers.items import utc
from workers.urls import canonical, key_of

MANIFEST = "captures.jsonl"


def read_manifest(folder: Path, trackers: Sequence[str]) -> list[Recorded]:
    """Return the captures of a replay folder in the order of their time. Raises RecordingError with all faults."""
    path = folder / MANIFEST
    if not folder.is_dir():
        what = "is a file" if folder.is_file() else "does not exist"
        raise RecordingError([f"{folder} {what}; name a folder that holds a {MANIFEST}, or a WARC file"])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RecordingError(
            [f"{path} is missing; a replay folder lists its captures there, or holds WARC files instead"]
        ) from None
    except UnicodeDecodeError as error:
        raise RecordingError([f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        raise RecordingError([f"{path} cannot be read: {error.strerror}"]) from None
    found: list[Recorded] = []
    faults: list[str] = []
    # Not splitlines: a JSON string may hold U+2028.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(_recorded(line, folder.resolve(), trackers))
        except ValueError as error:
            faults.append(f"{path}:{number}: {error}")
    if faults:
        raise RecordingError(faults)
    return in_order(found)


def _recorded(line: str, folder: Path, trackers: Sequence[str]) -> Recorded:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON ({str(error)[:100]}); write one object a line") from None
    if not isinstance(data, dict):
        raise ValueError("is not a JSON object; write one object a line")  # noqa: TRY004 - the line's fault
    missing = [name for name in ("url", "captured_at", "status") if name not in data]
    if missing:
        raise ValueError(f"lacks {', '.join(missing)}; add the key")
    url = _address(data, "url", trackers)
    headers = _headers(data)
    return Recorded(
        key=key_of(url),
        url=url,
        final_url=_address(data, "final_url", trackers) if data.get("final_url") else url,
        outlet=_text(data, "outlet") or None,
        captured_at=_time(data),
        status=_status(data),
        headers=headers,
        body=_body(data, folder),
        kind=_kind(data),
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"{name} is {value!r:.80}; it must be a string")
    return value or ""


def _address(data: dict[str, Any], name: str, trackers: Sequence[str]) -> str:
    written = _text(data, name)
    url = canonical(written, trackers=trackers)
    if url is None:
        raise ValueError(f"{name} {written[:200]!r} is no http(s) address; write it in full")
    return url


def _time(data: dict[str, Any]) -> datetime:
    written = _text(data, "captured_at")
    try:
        return utc(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        raise ValueError(
            f"captured_at {written[:80]!r} is no time with a zone; write it like 2025-02-12T18:00:00+00:00"
        ) from None


def _status(data: dict[str, Any]) -> int:
    status = data["status"]
    if not isinstance(status, int) or isinstance(status, bool) or not 100 <= status <= 599:
        raise ValueError(f"status {status!r:.80} is no HTTP status; write a number from 100 to 599")
    return status


def _headers(data: dict[str, Any]) -> dict[str, str]:
    headers = data.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise ValueError("headers must be an object of strings")
    lower = {name.lower(): value for name, value in headers.items()}
    if content_type := _text(data, "content_type"):
        lower.setdefault("content-type", content_type)
    return lower


def _kind(data: dict[str, Any]) -> Kind | None:
    kind = _text(data, "kind") or None
    if kind is not None and kind not in get_args(Kind):
        raise ValueError(f"kind {kind[:80]!r} is unknown; use one of {', '.join(get_args(Kind))} or leave it out")
    return kind  # type: ignore[return-value]


def _body(data: dict[str, Any], folder: Path) -> FileBody | None:
    name = _text(data, "body")
    if not name:
        return None
    try:
        path = (folder / name).resolve()
        outside = not path.is_relative_to(folder)
        missing = not outside and not path.is_file()
    except (OSError, ValueError, RuntimeError):
        raise ValueError(f"body {name[:200]!r} is no name of a file") from None
    if outside:
        raise ValueError(f"body {name[:200]!r} lies outside the folder; put the file inside and name it relatively")
    if missing:
        raise ValueError(f"body {name[:200]!r} does not exist; add the file or leave the key out for an empty body")
    return FileBody(path)
