"""Bodies kept under their digest."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
import zstandard

from workers.fetch.archive import Archive, ArchiveError

BODY = "خبر عاجل\x00\r\n".encode("cp1256") * 100


def test_what_is_put_comes_back_byte_for_byte(tmp_path: Path) -> None:
    """A body is found again under the SHA-256 of its bytes, in a compressed file two folders down."""
    archive = Archive(tmp_path / "new")
    digest = archive.put(BODY)
    assert digest == hashlib.sha256(BODY).hexdigest()
    assert archive.get(digest) == BODY
    path = tmp_path / "new" / digest[:2] / digest[2:4] / f"{digest}.zst"
    assert archive.path_of(digest) == path
    assert path.stat().st_size < len(BODY)


def test_an_empty_body_is_a_body(tmp_path: Path) -> None:
    """Nothing can be kept too."""
    archive = Archive(tmp_path)
    assert archive.get(archive.put(b"")) == b""


def test_putting_twice_writes_once(tmp_path: Path) -> None:
    """A body that is there already is not written again, and no temporary file stays behind."""
    archive = Archive(tmp_path)
    path = archive.path_of(archive.put(BODY))
    before = path.stat()
    archive.put(BODY)
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [path]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A digest that is not there says which file is missing."""
    archive = Archive(tmp_path)
    digest = hashlib.sha256(b"never").hexdigest()
    with pytest.raises(ArchiveError, match=f"{digest}.zst is missing"):
        archive.get(digest)


@pytest.mark.parametrize(
    "content", [b"", b"not zstd", zstandard.compress(b"something else"), zstandard.compress(BODY)[:-20]]
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """Cut, foreign or exchanged content is never returned."""
    archive = Archive(tmp_path)
    digest = archive.put(BODY)
    archive.path_of(digest).write_bytes(content)
    with pytest.raises(ArchiveError, match=f"{digest}.zst is damaged"):
        archive.get(digest)


def test_decompression_is_bounded(tmp_path: Path) -> None:
    """A small file that unpacks to very much is refused before it fills the memory."""
    archive = Archive(tmp_path, max_bytes=1000)
    digest = archive.put(BODY)
    bomb = zstandard.compress(b"\0" * 50_000_000)
    archive.path_of(digest).write_bytes(bomb)
    with pytest.raises(ArchiveError, match="more than 1000 bytes"):
        archive.get(digest)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_digests_are_looked_up(tmp_path: Path, digest: str) -> None:
    """What is no digest never becomes a path."""
    with pytest.raises(ArchiveError, match="no digest"):
        Archive(tmp_path).get(digest)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """A file where the folder should be, as a read-only disk would, ends in a sentence with a cure."""
    blocked = tmp_path / "archive"
    blocked.write_text("")
    with pytest.raises(ArchiveError, match=r"cannot write to the archive .*archive: .*; make the folder writable"):
        Archive(blocked).put(BODY)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    """A folder without write permission ends in a sentence with a cure."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="make the folder writable"):
            Archive(tmp_path).put(BODY)
    finally:
        tmp_path.chmod(0o700)


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk fails in the middle, no half file stays and the body is not there."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    archive = Archive(tmp_path)
    with pytest.raises(ArchiveError, match="No space left on device"):
        archive.put(BODY)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_an_archive_is_checked_before_it_is_needed(tmp_path: Path) -> None:
    """A folder that can be written is made and left empty; another is a sentence."""
    Archive(tmp_path / "a" / "b").check()
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot write to the archive"):
        Archive(tmp_path / "file" / "b").check()
