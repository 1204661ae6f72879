"""Exchanges kept as WARC files. All pages here are made up for these tests."""

from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import os
import sys
import threading
import types
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import zstandard
from warcio.checker import Checker

from workers.fetch.archive import PRUNED, About, Archive, ArchiveError, read_place
from workers.items import Response

NOON = datetime(2025, 2, 12, 12, 0, 0, 123456, tzinfo=UTC)
BODY = "خبر عاجل\x00\r\n".encode("cp1256") * 100
DIGEST = hashlib.sha256(BODY).hexdigest()
PAGE = About(key="k" * 16, kind="page", outlet="paper", source="s" * 16)


def answer(body: bytes = BODY, at: datetime = NOON, **more: Any) -> Response:
    values: dict[str, Any] = {
        "url": "https://paper.example/a",
        "final_url": "https://paper.example/a/?p=1",
        "status": 200,
        "headers": {"content-type": "text/html; charset=windows-1256", "content-encoding": "gzip", "etag": '"1"'},
        "body": body,
        "captured_at": at,
        "elapsed": 0.25,
    }
    return Response(**{**values, **more})


def checked(*files: Path) -> int:
    """The exit status of `warcio check`."""
    status: int = Checker(types.SimpleNamespace(inputs=[str(file) for file in files], verbose=False)).process_all()
    return status


def only(folder: Path) -> Path:
    (found,) = folder.glob("*.warc.gz")
    return found


@pytest.mark.parametrize(
    "response",
    [
        answer(),
        answer(b""),
        answer(b"", status=404, headers={}),
        answer(os.urandom(300_000)),
        answer(headers={"x-name": "خبر", "x-two": "a\r\nb", "bad name": "v", "x-lone": "\ud800", "x-empty": ""}),
        answer(status=599, final_url='https://paper.example/خبر عاجل?q="<>'),
        answer(at=NOON.replace(microsecond=0), elapsed=0.0),
    ],
)
def test_an_exchange_comes_back_whole(tmp_path: Path, response: Response) -> None:
    """Address, status, headers, body and time to the microsecond are those that were kept, whatever they hold."""
    archive = Archive(tmp_path / "new", agent="marsad/test")
    place = archive.keep(response, PAGE)
    assert archive.response(place) == response
    assert archive.body(place, hashlib.sha256(response.body).hexdigest()) == response.body
    archive.close()
    assert archive.response(place) == response
    assert checked(only(tmp_path / "new")) == 0


def test_warcio_finds_no_fault(tmp_path: Path) -> None:
    """The checker of warcio accepts what is written, repeated bodies included, and each record is a gzip member."""
    archive = Archive(tmp_path, agent="marsad/test (+mailto:desk@example.org)")
    first = archive.keep(answer(), PAGE)
    for number in range(5):
        archive.keep(answer(at=NOON + timedelta(hours=number)), PAGE, original=first)
        archive.keep(answer(b"%d" % number), About(key="r" * 16, kind="robots", outlet=None, source=None))
    assert checked(only(tmp_path)) == 0
    assert only(tmp_path).read_bytes().count(b"\x1f\x8b\x08\x00\x00\x00\x00\x00") == 1 + 3 * 11


def test_a_repeated_body_is_kept_once(tmp_path: Path) -> None:
    """A second answer with the same body is small, and is read back with its own head and time."""
    archive = Archive(tmp_path)
    body = os.urandom(50_000)
    digest = hashlib.sha256(body).hexdigest()
    first = archive.keep(answer(body), PAGE)
    again = answer(body, NOON + timedelta(hours=1), status=203, headers={"etag": '"2"'})
    second = archive.keep(again, PAGE, original=first)
    third = archive.keep(again, PAGE, original=second)
    assert read_place(second)[2] < 2000
    assert archive.body(second, digest) == archive.body(third, digest) == body
    assert archive.response(third) == again
    assert archive.find(third, digest) == read_place(first)[:2]


@pytest.mark.parametrize("original", ["", "nonsense", "missing.warc.gz:0:10", "old", "other", PRUNED])
def test_what_cannot_be_repeated_is_kept_in_full(tmp_path: Path, original: str) -> None:
    """An original that is gone, has another body or is older than a week is not referred to."""
    archive = Archive(tmp_path)
    body = os.urandom(50_000)
    if original == "old":
        original = archive.keep(answer(body, NOON - timedelta(days=8)), PAGE)
    if original == "other":
        original = archive.keep(answer(b"other"), PAGE)
    place = archive.keep(answer(body), PAGE, original=original)
    assert read_place(place)[2] > len(body)
    assert archive.response(place) == answer(body)


def test_files_are_rotated_by_size_and_age(tmp_path: Path) -> None:
    """A file that is large or old enough is followed by another; places in all of them stay readable."""
    now = [1_739_361_600.0]
    archive = Archive(tmp_path, rotate_bytes=20_000, rotate_seconds=3600, clock=lambda: now[0])
    places = [archive.keep(answer(os.urandom(15_000)), PAGE) for _ in range(4)]
    assert len({read_place(place)[0] for place in places}) == len(archive.files()) == 2
    places.append(archive.keep(answer(), PAGE))
    now[0] += 3601
    places.append(archive.keep(answer(), PAGE))
    assert len(archive.files()) == 4
    assert archive.files() == sorted(archive.files())
    assert archive.files()[-1].startswith("marsad-20250212T130001Z-")
    for place in places:
        assert archive.response(place).status == 200
    assert checked(*tmp_path.iterdir()) == 0


def test_threads_share_a_file(tmp_path: Path) -> None:
    """Exchanges of several threads never mix."""
    archive = Archive(tmp_path)
    places: dict[str, bytes] = {}

    def work(number: int) -> None:
        for step in range(10):
            body = b"%d %d " % (number, step) * 500
            places[archive.keep(answer(body), PAGE)] = body

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(places) == 60
    assert all(archive.response(place).body == body for place, body in places.items())
    assert checked(only(tmp_path)) == 0


def test_a_fork_writes_a_file_of_its_own(tmp_path: Path) -> None:
    """Parent and child write at the same time and share nothing; the parent's lock does not outlive the parent's file."""
    archive = Archive(tmp_path)
    archive.keep(answer(), PAGE)
    mine = only(tmp_path)
    go_on, wait = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            for number in range(20):
                archive.keep(answer(b"child %d" % number), PAGE)
            os.read(go_on, 1)
            status = 0
        finally:
            os._exit(status)
    for number in range(20):
        archive.keep(answer(b"parent %d" % number), PAGE)
    while len(archive.files()) < 2:
        pass
    with mine.open("rb") as file:
        with pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        archive.close()
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.write(wait, b"x")
    assert os.waitpid(child, 0)[1] == 0
    assert len(archive.files()) == 2
    assert checked(*tmp_path.iterdir()) == 0


@pytest.mark.parametrize("cut", [1, 30, 300])
def test_a_torn_end_hides_nothing_else(tmp_path: Path, cut: int) -> None:
    """After a crash in the middle of a write everything before it is read, and the next writer begins a new file."""
    archive = Archive(tmp_path)
    first = archive.keep(answer(), PAGE)
    last = archive.keep(answer(os.urandom(2000)), PAGE)
    archive.close()
    with only(tmp_path).open("r+b") as file:
        file.truncate(read_place(last)[1] + cut)
    assert archive.response(first) == answer()
    with pytest.raises(ArchiveError, match="restore it from a backup"):
        archive.response(last)
    assert read_place(archive.keep(answer(), PAGE))[0] != read_place(first)[0]


def test_a_damaged_body_is_named_with_its_place(tmp_path: Path) -> None:
    """Flipped bits, another record and a missing file end in a sentence with file, offset and cure."""
    archive = Archive(tmp_path)
    body = os.urandom(5000)
    digest = hashlib.sha256(body).hexdigest()
    place = archive.keep(answer(body), PAGE)
    name, offset, length = read_place(place)
    with pytest.raises(ArchiveError, match=f"offset {offset}: there is another body"):
        archive.body(place, DIGEST)
    with pytest.raises(ArchiveError, match=f"offset {offset + length}: there is"):
        archive.body(f"{name}:{offset + length}:10", digest)
    with pytest.raises(ArchiveError, match=r"offset 5: the record is damaged .*restore it from a backup"):
        archive.body(f"{name}:5:10", digest)
    with (tmp_path / name).open("r+b") as file:
        file.seek(offset + length // 2)
        file.write(b"\x00\x00\x00\x00\x00\x00")
    with pytest.raises(ArchiveError, match=rf"{name}, offset {offset}: .*damaged"):
        archive.body(place, digest)
    (tmp_path / name).unlink()
    with pytest.raises(ArchiveError, match=f"{name} is missing from the archive; restore it"):
        archive.body(place, digest)


def test_what_was_pruned_says_so(tmp_path: Path) -> None:
    """A capture whose time was over is not called damaged."""
    with pytest.raises(ArchiveError, match="removed when its time was over"):
        Archive(tmp_path).body(PRUNED, DIGEST)


@pytest.mark.parametrize("place", ["x", "../../etc/passwd:0:1", "a/b.warc.gz:0:1", ".hidden:0:1", "a\0b:0:1"])
def test_only_places_are_looked_up(tmp_path: Path, place: str) -> None:
    """What is no place never becomes a path."""
    with pytest.raises(ArchiveError, match=r"is no (place in|file of) the archive"):
        Archive(tmp_path).body(place, DIGEST)


def test_reading_is_bounded(tmp_path: Path) -> None:
    """A small record that unpacks to very much is refused before it fills the memory."""
    archive = Archive(tmp_path, max_bytes=1000)
    body = b"\0" * 5_000_000
    place = archive.keep(answer(body), PAGE)
    with pytest.raises(ArchiveError, match="more than 1000 bytes"):
        archive.body(place, hashlib.sha256(body).hexdigest())


def test_secrets_are_not_sent_to_the_archive(tmp_path: Path) -> None:
    """Request headers that name a session or hold a secret are left out of the request record."""
    archive = Archive(tmp_path, agent="marsad/test")
    archive.keep(answer(), PAGE, request_headers={"Cookie": "sid=1", "Authorization": "Bearer x", "If-None-Match": "e"})
    text = gzip.decompress(only(tmp_path).read_bytes())
    assert b"If-None-Match: e" in text
    assert b"sid=1" not in text
    assert b"Bearer" not in text


def test_bodies_of_the_first_version_stay_readable(tmp_path: Path) -> None:
    """A body without a place is the zstd file under its digest, verified as ever."""
    path = tmp_path / DIGEST[:2] / DIGEST[2:4] / f"{DIGEST}.zst"
    path.parent.mkdir(parents=True)
    archive = Archive(tmp_path, max_bytes=10_000)
    with pytest.raises(ArchiveError, match=f"{DIGEST}.zst is missing"):
        archive.body("", DIGEST)
    path.write_bytes(zstandard.compress(BODY))
    assert archive.body("", DIGEST) == BODY
    for content in (b"", b"not zstd", zstandard.compress(b"else"), zstandard.compress(BODY)[:-20]):
        path.write_bytes(content)
        with pytest.raises(ArchiveError, match=f"{DIGEST}.zst is damaged"):
            archive.body("", DIGEST)
    path.write_bytes(zstandard.compress(b"\0" * 50_000_000))
    with pytest.raises(ArchiveError, match="more than 10000 bytes"):
        archive.body("", DIGEST)
    with pytest.raises(ArchiveError, match="no digest"):
        archive.body("", "../../etc/passwd")
    assert archive.files() == []


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full in the middle of an exchange, nothing of it stays and the file goes on afterwards."""
    archive = Archive(tmp_path)
    first = archive.keep(answer(), PAGE)
    before = only(tmp_path).read_bytes()
    real = os.write

    def full(handle: int, data: bytes) -> int:
        real(handle, bytes(data[:50]))
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(
            ArchiveError, match=r"cannot write to the archive .*No space left .*make the folder writable"
        ):
            archive.keep(answer(), PAGE)
    assert only(tmp_path).read_bytes() == before
    second = archive.keep(answer(), PAGE)
    assert read_place(second)[:2] == (read_place(first)[0], len(before))
    assert checked(only(tmp_path)) == 0


def test_an_archive_is_checked_before_it_is_needed(tmp_path: Path) -> None:
    """A folder that can be written is made and left empty; another is a sentence."""
    Archive(tmp_path / "a" / "b").check()
    assert list((tmp_path / "a" / "b").iterdir()) == []
    (tmp_path / "file").write_text("")
    for archive in (Archive(tmp_path / "file" / "b"), Archive(tmp_path / "file")):
        with pytest.raises(ArchiveError, match=r"cannot write to the archive .*; make the folder writable"):
            archive.check()
        with pytest.raises(ArchiveError, match="cannot write to the archive"):
            archive.keep(answer(), PAGE)


def test_an_archive_in_an_object_store(tmp_path: Path) -> None:
    """Under a URL each exchange is an object of its own, a WARC file like any other."""
    url = f"memory://bucket-{uuid4().hex}/pages"
    archive = Archive(url, agent="marsad/test")
    archive.check()
    assert archive.files() == []
    first = archive.keep(answer(), PAGE)
    second = archive.keep(answer(at=NOON + timedelta(hours=1)), PAGE, original=first)
    assert len(archive.files()) == 2
    assert archive.response(first) == answer()
    assert archive.body(second, DIGEST) == BODY
    for number, name in enumerate(archive.files()):
        copy = tmp_path / f"{number}.warc.gz"
        copy.write_bytes(archive.shelf.open(name).read())
        assert checked(copy) == 0
    archive.shelf.remove(read_place(first)[0])
    archive.shelf.remove(read_place(first)[0])
    with pytest.raises(ArchiveError, match="is missing from the archive"):
        archive.body(second, DIGEST)


def test_an_object_store_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named, passwords in the address are not."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ArchiveError, match=r"s3://bucket/x needs .*'.\[s3\]'") as caught:
        Archive("s3://key:secret@bucket/x").check()
    assert "secret" not in str(caught.value)


def test_an_unknown_kind_of_place_is_a_sentence() -> None:
    """A scheme that nobody knows is not asked."""
    with pytest.raises(ArchiveError, match="no known kind of place"):
        Archive("gopher9://x/y").check()
