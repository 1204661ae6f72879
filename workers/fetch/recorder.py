"""Writes what a transport brought as a replay folder that a person can read, or as a WARC file."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from workers.fetch.archive import About, Archive
from workers.fetch.manifest import MANIFEST
from workers.fetch.recorded import RecordingError
from workers.fetch.warc import CODINGS, public
from workers.items import Response
from workers.urls import host_of

_SUFFIXES = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "application/json": ".json",
    "application/feed+json": ".json", "application/rss+xml": ".xml", "application/atom+xml": ".xml",
    "application/rdf+xml": ".xml", "application/xml": ".xml", "text/xml": ".xml", "application/pdf": ".pdf",
    "image/jpeg": ".jpg", "image/png": ".png",
}  # fmt: skip
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_SLUG = 48  # letters of a page's address in the name of its file


class Recorder(Protocol):
    """Takes answers down. Cookies and other secrets of the headers are left out."""

    def keep(self, response: Response, about: About) -> str:
        """Take one answer down, durably, and return the name of the file that holds it.

        Raises RecordingError or ArchiveError.
        """
        ...

    def close(self) -> None:
        """Nothing more will come."""
        ...


class FolderRecorder:
    """A replay folder: a line a capture in captures.jsonl, bodies as plain files beside it, the same body once.

    What the folder holds stays. Several processes may write to it; a line is there when its body is on the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, response: Response, about: About) -> str:
        """Write the body, then its line."""
        name = _file_of(response) if response.body else ""
        headers = _told(response.headers)
        line = {
            "url": response.url,
            **({"final_url": response.final_url} if response.final_url != response.url else {}),
            "outlet": about.outlet,
            "kind": about.kind,
            "captured_at": response.captured_at.isoformat(),
            "status": response.status,
            "content_type": headers.pop("content-type", ""),
            "headers": headers,
            "body": name or None,
        }
        try:
            if name:
                self._write(self._folder / name, response.body)
            self._folder.mkdir(parents=True, exist_ok=True)
            self._append(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        except OSError as error:
            raise RecordingError(
                [f"cannot write to {self._folder}: {error.strerror}; make it a writable folder with room"]
            ) from error
        return name or MANIFEST

    def close(self) -> None:
        """Nothing is open."""

    def _append(self, line: bytes) -> None:
        with (self._folder / MANIFEST).open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = _mended(file)
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise

    @staticmethod
    def _write(path: Path, body: bytes) -> None:
        if path.exists():  # its name has the digest
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


class WarcRecorder:
    """A WARC file in `folder` (another after 1 GB), whose identical bodies are kept once."""

    def __init__(self, folder: Path, *, agent: str) -> None:
        self._archive = Archive(folder, agent=agent, rotate_bytes=1_000_000_000, rotate_seconds=float("inf"))
        self._places: dict[str, str] = {}

    def keep(self, response: Response, about: About) -> str:
        """Append the exchange."""
        digest = hashlib.sha256(response.body).hexdigest()
        told = replace(response, headers=public(response.headers))
        place = self._archive.keep(told, about, original=self._places.get(digest))
        self._places.setdefault(digest, place)
        return place.partition(":")[0]

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


def _told(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(public(headers).items()) if name.lower() not in CODINGS}


def _file_of(response: Response) -> str:
    """A name that tells a person the page, by host and address, and a machine the content."""
    media = response.content_type.partition(";")[0].strip().lower()
    suffix = _SUFFIXES.get(media, ".xml" if media.endswith("+xml") else ".html" if not media else ".bin")
    # Addresses in Arabic have no letters left; the number that most of them hold does.
    path = [_NOT_IN_NAMES.sub("-", unquote(part).lower()).strip("-") for part in urlsplit(response.url).path.split("/")]
    slug = next((part for part in reversed(path) if part), "index").removesuffix(suffix.replace(".", "-"))
    digest = hashlib.sha256(response.body).hexdigest()[:10]
    return f"{host_of(response.url) or 'unknown'}/{slug[:_SLUG].strip('-') or 'index'}-{digest}{suffix}"


def _mended(file: BinaryIO) -> int:
    """Where the next line begins: one that a crash cut off goes, one that only lacks its line feed is given it."""
    end = file.seek(0, os.SEEK_END)
    if end == 0:
        return 0
    file.seek(0)
    start = 0
    last = b""
    for line in file:
        start, last = start + len(last), line
    if last.endswith(b"\n"):
        return end
    try:
        json.loads(last)
    except ValueError:
        os.ftruncate(file.fileno(), start)
        return start
    file.write(b"\n")
    return end + 1
