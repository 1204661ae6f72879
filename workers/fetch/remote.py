"""An archive's files in an object store, by URL."""

from __future__ import annotations

import importlib
import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any, BinaryIO

from workers.fetch.shelf import SUFFIX, ArchiveError, Head, new_name


class RemoteShelf:
    """Objects under an fsspec URL (s3://bucket/prefix), one for each exchange, since objects cannot be appended to."""

    def __init__(self, url: str, head: Head) -> None:
        self.url = re.sub(r"//[^/@]*@", "//", url)  # as it is told: without a password
        self._address = url
        self._head = head
        self._numbers = count(1)  # atomic, so that no lock is inherited locked
        self._opened: dict[int, tuple[Any, str]] = {}

    def check(self) -> None:
        """Raise ArchiveError unless objects can be kept here."""
        name = f"{new_name(time.time(), 0)}.check"
        with self._told("written to") as (files, root):
            files.pipe_file(f"{root}/{name}", b"")
            files.rm_file(f"{root}/{name}")

    def add(self, members: bytes) -> tuple[str, int]:
        """Keep `members` as one object."""
        now = time.time()
        name = f"{datetime.fromtimestamp(now, UTC):%Y%m%d}/{new_name(now, next(self._numbers))}"
        head = self._head(name)
        with self._told("written to") as (files, root):
            files.pipe_file(f"{root}/{name}", head + members)
        return name, len(head)

    def open(self, name: str) -> BinaryIO:
        """Read an object as a whole: it holds one exchange."""
        with self._told("read") as (files, root):
            return io.BytesIO(files.cat_file(f"{root}/{name}"))

    def names(self) -> list[str]:
        """All objects that hold exchanges."""
        with self._told("read") as (files, root):
            try:
                found = files.find(root)
            except FileNotFoundError:
                return []
        return sorted(one.removeprefix(root).lstrip("/") for one in found if one.endswith(SUFFIX))

    def remove(self, name: str) -> None:
        """Remove an object."""
        with self._told("written to") as (files, root):
            try:
                files.rm_file(f"{root}/{name}")
            except FileNotFoundError:
                return

    def close(self) -> None:
        """Nothing is open."""

    @contextmanager
    def _told(self, what: str) -> Iterator[tuple[Any, str]]:
        try:
            yield self._files()
        except (ArchiveError, FileNotFoundError):
            raise
        except Exception as error:
            # Each kind of store has exceptions of its own.
            raise ArchiveError(
                f"the archive {self.url} cannot be {what} ({type(error).__name__}: {str(error)[:200]}); "
                "check the address, the rights and the network"
            ) from error

    def _files(self) -> tuple[Any, str]:
        # By process: their connections do not outlive a fork.
        if os.getpid() not in self._opened:
            scheme = self._address.partition("://")[0]
            try:
                core = importlib.import_module("fsspec.core")
                found = core.url_to_fs(self._address, skip_instance_cache=True)
            except ImportError as error:
                raise ArchiveError(
                    f"the archive {self.url} needs a library that is missing ({error}); "
                    "install what it needs: .venv/bin/python -m pip install -e '.[s3]'"
                ) from error
            except ValueError as error:
                raise ArchiveError(
                    f"the archive {self.url} is at no known kind of place ({scheme}); name a folder or s3://bucket/prefix"
                ) from error
            files, root = found
            self._opened[os.getpid()] = (files, root.rstrip("/"))
        return self._opened[os.getpid()]
