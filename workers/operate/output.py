"""What a child process prints: a file that cannot grow without bound, and its last lines when the child fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LIMIT = 10_000_000
"""Bytes after which an output file is moved to `<name>.1`, so a child's output takes twice this on disk."""


def open_output(path: Path) -> BinaryIO:
    """Return `path` opened for appending, its folder made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("ab")


def bound(path: Path, limit: int = LIMIT) -> None:
    """Move what `path` holds to `<path>.1` when it is more than `limit` bytes.

    The file is copied and emptied, not renamed: the child appends to the open file and knows of no rotation. Lines
    written between the copy and the emptying are lost.
    """
    if path.exists() and path.stat().st_size > limit:
        shutil.copyfile(path, path.with_name(path.name + ".1"))
        os.truncate(path, 0)


def last_lines(path: Path, count: int = 10) -> str:
    """Return the last `count` lines of `path`, of at most 4,000 bytes; "" for no file."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 4000))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-count:])
