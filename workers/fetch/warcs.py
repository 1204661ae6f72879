"""The answers in WARC files: marsad's own, with all that it knew of them, and anybody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import structlog

from workers.fetch.members import Damage, DamagedError, Member, walk
from workers.fetch.recorded import Recorded, RecordingError, WarcBody, in_order
from workers.fetch.sniff import Kind
from workers.fetch.warc import metadata_of
from workers.items import utc
from workers.urls import canonical, key_of

SUFFIXES = (".warc.gz", ".warc")
_NOT_MODIFIED = "server-not-modified"
_TOLD = 20  # damaged places that the log names
_DESCRIBED = 2  # records behind an answer in which our description of it may stand

log = structlog.get_logger()


@dataclass(slots=True)
class _Answer:
    """What is taken of one response, resource or revisit record while its file is read."""

    record: str
    url: str
    at: datetime
    status: int | None
    headers: dict[str, str]
    digest: str
    size: int
    refers_to: tuple[str, ...] | None = None  # by what a revisit's original may be found, the surest first
    path: Path = Path()
    offset: int = 0
    said: Mapping[str, Any] | None = None


@dataclass(slots=True)
class _Said:
    """What is taken of one of our metadata records."""

    of: str
    said: Mapping[str, Any]


@dataclass(slots=True)
class _Read:
    """What reading the files has brought so far."""

    answers: list[_Answer] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)


def warc_files(place: Path) -> list[Path]:
    """The WARC files that `place` is or holds, sorted by name."""
    if place.is_file():
        return [place]
    return sorted(path for path in place.rglob("*") if path.name.lower().endswith(SUFFIXES) and path.is_file())


def read_warcs(files: Sequence[Path], trackers: Sequence[str]) -> list[Recorded]:
    """Return the answers to be replayed from `files` in the order of their time; bodies stay where they are.

    `captured_at` is the WARC-Date and the address the WARC-Target-URI, unless our own metadata says them better. What
    is damaged, torn off or a revisit of something that is not there is left out with a warning. Raises RecordingError
    when there is nothing but damage.
    """
    read = _Read()
    for path in files:
        try:
            _read_file(path, read)
        except OSError as error:
            read.damage.append(f"{path} cannot be read: {error.strerror}")
    for one in read.damage[:_TOLD]:
        log.warning("warc_damaged", what=one, places=len(read.damage))
    if read.damage and not read.answers:
        raise RecordingError(read.damage)
    originals = _originals(read.answers)
    found = [
        recorded
        for answer in read.answers
        if (original := _original(answer, originals)) is not None
        and (recorded := _recorded(answer, original, trackers)) is not None
    ]
    lost = sum(_original(answer, originals) is None for answer in read.answers)
    if lost:
        log.warning("warc_originals_missing", revisits=lost)
    return in_order(found)


def _originals(answers: Sequence[_Answer]) -> dict[str, _Answer]:
    """The answers with a body of their own by all names that a revisit may call them."""
    found: dict[str, _Answer] = {}
    for answer in answers:
        if answer.refers_to is None:
            for name in (answer.record, _visit(answer.url, answer.at.isoformat()), answer.digest):
                if name:
                    found.setdefault(name, answer)
    return found


def _original(answer: _Answer, originals: Mapping[str, _Answer]) -> _Answer | None:
    if answer.refers_to is None:
        return answer
    return next((originals[name] for name in (*answer.refers_to, answer.digest) if name in originals), None)


def _read_file(path: Path, read: _Read) -> None:
    last: list[_Answer] = []
    with path.open("rb") as file:
        members: Iterator[Member[_Answer | _Said | None] | Damage] = walk(file, _take)
        for member in members:
            if isinstance(member, Damage):
                read.damage.append(f"{path}, offset {member.offset}: {member.what}; restore the file or leave it out")
                continue
            taken = member.taken
            if isinstance(taken, _Answer):
                taken.path, taken.offset = path, member.offset
                read.answers.append(taken)
                last = [*last, taken][-_DESCRIBED:]
            elif isinstance(taken, _Said):
                for answer in last:
                    if answer.record == taken.of:
                        answer.said = taken.said


def _take(record: Any) -> _Answer | _Said | None:
    said = metadata_of(record)
    headers = record.rec_headers
    if said is not None:
        return _Said(headers.get_header("WARC-Concurrent-To") or "", said)
    if record.rec_type not in {"response", "resource", "revisit"}:
        return None
    url = headers.get_header("WARC-Target-URI") or ""
    if not url.lower().startswith(("http://", "https://")):
        return None
    at = utc(datetime.fromisoformat(headers.get_header("WARC-Date") or ""))
    refers_to = None
    if record.rec_type == "revisit":
        if _NOT_MODIFIED in (headers.get_header("WARC-Profile") or ""):
            return None
        visited = headers.get_header("WARC-Refers-To-Date") or ""
        refers_to = (
            headers.get_header("WARC-Refers-To") or "",
            _visit(headers.get_header("WARC-Refers-To-Target-URI") or url, _iso(visited)),
        )
    http = record.http_headers
    if http is not None:
        if not http.get_statuscode().isdecimal():
            raise DamagedError("a response without an HTTP status")
        status: int | None = int(http.get_statuscode())
        sent = _joined(http.headers)
    elif record.rec_type == "response":
        raise DamagedError("a response without an HTTP head")
    else:
        # A resource is what was found at an address, however; a revisit without a head has that of its original.
        status = 200 if record.rec_type == "resource" else None
        sent = {"content-type": headers.get_header("Content-Type") or "application/octet-stream"}
    if status is not None and not 100 <= status <= 599:
        raise DamagedError(f"a response with the impossible status {status}")
    return _Answer(
        record=headers.get_header("WARC-Record-ID") or "",
        url=url,
        at=at,
        status=status,
        headers=sent,
        digest=headers.get_header("WARC-Payload-Digest") or "",
        size=max(record.raw_stream.limit, 0),
        refers_to=refers_to,
    )


def _recorded(answer: _Answer, original: _Answer, trackers: Sequence[str]) -> Recorded | None:
    url = canonical(answer.url, trackers=trackers)
    if url is None:
        return None
    head = answer if answer.status is not None else original
    body = None
    if original.size:
        body = WarcBody(path=original.path, offset=original.offset, size=original.size, headers=original.headers)
    recorded = Recorded(
        key=key_of(url),
        url=url,
        final_url=url,
        outlet=None,
        captured_at=answer.at,
        status=head.status or 200,
        headers=head.headers,
        body=body,
    )
    return _described(recorded, answer.said, trackers) if answer.said else recorded


def _described(recorded: Recorded, said: Mapping[str, Any], trackers: Sequence[str]) -> Recorded:
    """`recorded` with what our metadata says; as it was when that is no metadata of ours after all."""
    try:
        url, final_url = (canonical(str(said[name]), trackers=trackers) for name in ("url", "final_url"))
        headers = {str(name): str(value) for name, value in said["headers"].items()}
        at = utc(datetime.fromisoformat(said["captured_at"]))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return recorded
    if url is None or final_url is None:
        return recorded
    kind, outlet = said.get("kind"), said.get("outlet")
    return replace(
        recorded,
        key=key_of(url),
        url=url,
        final_url=final_url,
        captured_at=at,
        headers=headers,
        kind=kind if kind in get_args(Kind) else None,
        outlet=outlet if isinstance(outlet, str) and outlet else None,
    )


def _joined(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        found[lower] = f"{found[lower]}, {value}" if lower in found else value
    return found


def _visit(url: str, at: str) -> str:
    return f"{url} {at}" if at else ""


def _iso(written: str) -> str:
    try:
        return utc(datetime.fromisoformat(written)).isoformat()
    except (ValueError, OverflowError):
        return ""
