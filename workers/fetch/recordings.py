"""The transport that answers from a replay folder or WARC files: the web as it was when somebody recorded it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeGuard, get_args

from workers.config import Outlet
from workers.fetch.manifest import MANIFEST, read_manifest
from workers.fetch.recorded import Recorded, RecordingError
from workers.fetch.sniff import HEAD, WHOLE, Kind, sniff
from workers.fetch.transport import Refusal
from workers.fetch.warcs import read_warcs, warc_files
from workers.items import Drop, Failure, Hop, Response, Source, SourceKind
from workers.urls import canonical, host_of, key_of

__all__ = ["Page", "RecordingError", "Recordings"]

_HREF = re.compile(rb"""\bhref\s{0,5}=\s{0,5}["']([^"'<>]{1,2000})["']""", re.IGNORECASE)
_LEADS = 2  # links to recorded pages that make a source of what looks like a list


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A recorded page that may be an article."""

    key: str
    url: str
    outlet: str | None
    captured_at: datetime


class Recordings:
    """The captures of `place`, found by canonical URL, http and https alike; bodies are read when they are asked for.

    `place` is a folder with a captures.jsonl, a WARC file, or a folder of those (an archive is one). A capture without
    an outlet gets the one that owns its host. `id` is 16 hex digits that tell these captures from others, in whatever
    order they are listed. Raises RecordingError with all faults of the recording.
    """

    def __init__(
        self,
        place: Path,
        *,
        outlets: Mapping[str, Outlet],
        trackers: Sequence[str],
        max_bytes: int = 10_000_000,
        max_redirects: int = 5,
    ) -> None:
        self._trackers = trackers
        self._max_bytes = max_bytes
        self._max_redirects = max_redirects
        self._outlets = outlets
        self._captures = _read(place, trackers)
        self.id = _id_of(self._captures)
        self._by_key: dict[str, list[Recorded]] = {}
        for capture in self._captures:
            self._by_key.setdefault(capture.key, []).append(capture)
        self._kind_of: dict[str, tuple[Kind, bool]] = {}
        self._configured: dict[str, Kind] = {
            key_of(self._resolved(source.url) or source.url): source.kind
            for outlet in outlets.values()
            for source in outlet.sources
        }

    def get(
        self,
        url: str,
        *,
        after: datetime | None = None,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - a recording knows no conditions,
        hop: Hop | None = None,  # noqa: ARG002 - and never asks for patience
    ) -> Response | Failure | Drop:
        """Answer with the first capture of `url` later than `after` (None: the first of all), redirects followed.

        A page's capture with a status of 429 or from 500 on was a try that failed when a good one came later: then the
        first good one is the answer. A source shows each. A redirect's target is its first capture from then on, or its
        last when there is none. `captured_at` is that of the latest step, so asking again with it never goes back.
        """
        capture = self._next(url, after)
        if capture is None:
            return _drop("not_recorded", f"{url[:200]} after {after}" if after else url[:200])
        at = capture.captured_at
        used = {id(capture)}  # a redirect from http to https leads to another capture of the same key
        for _ in range(self._max_redirects + 1):
            target = self._resolved(capture.target)
            if target is None:
                return self._answer(capture, url, at)
            there = self._by_key.get(key_of(target), [])
            if not there:
                return _drop("not_recorded", f"{capture.url[:200]} leads to {target[:200]}")
            known = [one for one in there if id(one) not in used]
            if not known:
                break
            capture = self._first([one for one in known if one.captured_at >= at]) or known[-1]
            at = max(at, capture.captured_at)
            used.add(id(capture))
        return _drop("too_many_redirects", f"a circle or more than {self._max_redirects}, at {capture.url[:200]}")

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        """The time of the first capture of `url` later than `after`, or None when nothing more was recorded."""
        capture = self._next(url, after)
        return capture.captured_at if capture else None

    def close(self) -> None:
        """Nothing is open."""

    def sources(self) -> tuple[Source, ...]:
        """The sources among the captures: by their kind, the outlets' configuration or their content.

        Their keys are this recording's own, so that its polls are kept apart from live ones and from other recordings'.
        """
        return tuple(
            Source(key=_digest(f"{self.id} {key}"), outlet=self._outlet(capture), kind=kind, url=capture.url)
            for key, capture, kind, _ in self._kinds()
            if _is_source(kind)
        )

    def pages(self) -> tuple[Page, ...]:
        """The pages among the captures, each once, in the order of their time.

        A page that a recorded redirect leads to enters under the address that was announced, so it is left out. What
        is a listing by its looks alone is a page as well: should it be no listing, it still ends with a reason.
        """
        ways = ((one.key, self._resolved(one.target)) for one in self._captures)
        targets = {key_of(target) for key, target in ways if target and key_of(target) != key}
        return tuple(
            Page(key=key, url=capture.url, outlet=self._outlet(capture), captured_at=capture.captured_at)
            for key, capture, kind, guess in self._kinds()
            if (kind == "page" or (kind == "listing" and guess)) and key not in targets
        )

    def _next(self, url: str, after: datetime | None) -> Recorded | None:
        known = self._by_key.get(key_of(self._resolved(url) or url), ())
        return self._first([one for one in known if after is None or one.captured_at > after])

    def _first(self, captures: Sequence[Recorded]) -> Recorded | None:
        if not captures or not captures[0].trouble or self._kind(captures[0].key)[0] != "page":
            return captures[0] if captures else None
        return next((one for one in captures if not one.trouble), captures[0])

    def _resolved(self, url: str | None) -> str | None:
        return canonical(url, trackers=self._trackers) if url else None

    def _answer(self, capture: Recorded, url: str, at: datetime) -> Response | Drop:
        large = capture.size > self._max_bytes
        # The stored size is that of compressed bytes, where a foreign file holds such.
        body = b"" if large else capture.read(self._max_bytes + 1)
        if large or len(body) > self._max_bytes:
            return _drop("too_large", f"more than {self._max_bytes} bytes")
        return Response(
            url=url,
            final_url=capture.final_url,
            status=capture.status,
            headers=dict(capture.headers),
            body=body,
            captured_at=at,
        )

    def _outlet(self, capture: Recorded) -> str | None:
        host = host_of(capture.url)
        return capture.outlet or next((slug for slug, one in self._outlets.items() if one.owns(host)), None)

    def _kinds(self) -> Iterator[tuple[str, Recorded, Kind, bool]]:
        """Each address once: its key, its first capture, what it is, and whether that is a guess."""
        for key, captures in self._by_key.items():
            yield key, captures[0], *self._kind(key)

    def _kind(self, key: str) -> tuple[Kind, bool]:
        """What an address is, and whether that was only told by its looks."""
        if key not in self._kind_of:
            captures = self._by_key[key]
            said = next((one.kind for one in captures if one.kind), None) or self._configured.get(key)
            self._kind_of[key] = (said or self._told(captures), said is None)
        return self._kind_of[key]

    def _told(self, captures: Sequence[Recorded]) -> Kind:
        kind = _told_by_content(captures)
        # A list that leads to nothing recorded announces nothing in this folder.
        return "page" if kind == "listing" and not self._leads_somewhere(captures[0]) else kind

    def _leads_somewhere(self, capture: Recorded) -> bool:
        body = capture.read(WHOLE)
        links = (link.decode("utf-8", "replace") for link in _HREF.findall(body))
        found = (canonical(link, base=capture.url, trackers=self._trackers) for link in links)
        keys = {key_of(url) for url in found if url} - {capture.key}
        return len(keys & self._by_key.keys()) >= _LEADS


def _id_of(captures: Sequence[Recorded]) -> str:
    lines = sorted(f"{one.key} {one.captured_at.isoformat()} {one.status} {one.size}" for one in captures)
    return _digest("\n".join(lines))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _told_by_content(captures: Sequence[Recorded]) -> Kind:
    """The content of the first good answer tells; an error page says nothing of the address."""
    capture = next((one for one in captures if one.status == 200 and one.body), None)
    if capture is None:
        return "page"
    body = capture.read(WHOLE + 1 if capture.size <= WHOLE else HEAD)
    kind = sniff(body, capture.headers.get("content-type", ""), capture.url)
    # The head of something larger is too little to call it a list.
    return "page" if kind == "listing" and max(capture.size, len(body)) > WHOLE else kind


def _is_source(kind: Kind) -> TypeGuard[SourceKind]:
    return kind in get_args(SourceKind)


def _read(place: Path, trackers: Sequence[str]) -> list[Recorded]:
    files = [] if (place / MANIFEST).exists() or place.name == MANIFEST else warc_files(place)
    return read_warcs(files, trackers) if files else read_manifest(place, trackers)


def _drop(reason: Refusal, detail: str) -> Drop:
    return Drop(reason=reason, detail=detail)
