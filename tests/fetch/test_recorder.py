"""Recording what a transport brought. All pages here are made up for these tests."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from workers.fetch.archive import About
from workers.fetch.recorded import RecordingError
from workers.fetch.recorder import FolderRecorder, Recorder, WarcRecorder
from workers.fetch.recordings import Recordings
from workers.items import Response

NOON = datetime(2025, 2, 12, 12, 0, 0, 654321, tzinfo=UTC)
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><item><link>/a</link></item></channel></rss>'
PAGE = "<!doctype html><html><body><h1>خبر</h1></body></html>".encode()


def answer(url: str, body: bytes = PAGE, at: datetime = NOON, **more: Any) -> Response:
    values: dict[str, Any] = {
        "url": url,
        "final_url": url,
        "status": 200,
        "headers": {"content-type": "text/html; charset=utf-8", "etag": '"1"'},
        "body": body,
        "captured_at": at,
    }
    return Response(**{**values, **more})


def about(kind: str = "page", outlet: str | None = "paper") -> About:
    return About(key="k" * 16, kind=kind, outlet=outlet, source=None)


ANSWERS = [
    (answer("https://paper.example/rss", FEED, headers={"content-type": "application/rss+xml"}), about("feed")),
    (answer("https://paper.example/rss", FEED + b" ", NOON + timedelta(hours=1)), about("feed")),
    (answer("https://paper.example/a/خبر-عاجل/1234567", final_url="https://cdn.example/1"), about()),
    (answer("https://paper.example/b", b"\xff\xfe\x00 not utf-8 \r\n", headers={}), about()),
    (answer("https://paper.example/c", b"", status=404, headers={}), about(outlet=None)),
    (answer("https://paper.example/d", status=503), about()),
]


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "captures.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(params=["folder", "warc"])
def recorder(request: pytest.FixtureRequest, tmp_path: Path) -> Recorder:
    return FolderRecorder(tmp_path / "r") if request.param == "folder" else WarcRecorder(tmp_path / "r", agent="m/1")


def test_what_is_recorded_replays(recorder: Recorder, tmp_path: Path) -> None:
    """Every answer comes back with its addresses, status, kind, outlet, body and time to the microsecond."""
    for response, what in ANSWERS:
        recorder.keep(response, what)
    recorder.close()
    recordings = Recordings(tmp_path / "r", outlets={}, trackers=())
    assert [(one.url, one.kind, one.outlet) for one in recordings.sources()] == [
        ("https://paper.example/rss", "feed", "paper")
    ]
    assert len(recordings.pages()) == 4
    assert {page.outlet for page in recordings.pages()} == {"paper", None}
    for response, _ in ANSWERS:
        again = recordings.get(response.url, after=response.captured_at - timedelta(microseconds=1))
        assert isinstance(again, Response)
        assert (again.status, again.body, again.captured_at) == (response.status, response.body, response.captured_at)
        assert again.headers == response.headers
        if response.final_url != response.url:
            assert again.final_url == response.final_url


def test_both_forms_are_the_same_recording(tmp_path: Path) -> None:
    """A folder and a WARC file of the same answers have one identity, so their stores can be compared."""
    ids = set()
    for recorder, name in ((FolderRecorder(tmp_path / "f"), "f"), (WarcRecorder(tmp_path / "w", agent=""), "w")):
        for response, what in ANSWERS:
            recorder.keep(response, what)
        recorder.close()
        ids.add(Recordings(tmp_path / name, outlets={}, trackers=()).id)
    assert len(ids) == 1


def test_secrets_are_never_recorded(recorder: Recorder, tmp_path: Path) -> None:
    """Cookies, tokens and the like are in no file, and neither is how the body travelled in a folder."""
    headers = {
        "content-type": "text/html", "set-cookie": "sid=hush", "x-auth-token": "hush", "authorization": "hush",
        "x-csrf-token": "hush", "x-api-key": "hush", "content-encoding": "gzip", "etag": "loud",
    }  # fmt: skip
    recorder.keep(answer("https://paper.example/a", headers=headers), about())
    recorder.close()
    again = Recordings(tmp_path / "r", outlets={}, trackers=()).get("https://paper.example/a")
    assert isinstance(again, Response)
    assert "hush" not in str(again.headers)
    assert again.headers["etag"] == "loud"


def test_files_have_names_for_people(tmp_path: Path) -> None:
    """The host, what is readable of the address, and an ending that fits; nothing leads out of the folder."""
    recorder = FolderRecorder(tmp_path)
    names = [
        recorder.keep(answer(url, b"%d" % number, headers={"content-type": media}), about())
        for number, (url, media) in enumerate(
            [
                ("https://Paper.example/2025/02/Visit-to-Moscow.html?x=1", "text/html"),
                ("https://paper.example/خبر-عاجل", "text/html; charset=utf-8"),
                ("https://paper.example/news/خبر/1234567", "text/html"),
                ("https://paper.example/", "application/rss+xml"),
                ("https://paper.example/wp-json/wp/v2/posts", "application/json"),
                ("https://paper.example/a/../../../etc/passwd", "text/plain"),
                ("https://paper.example/" + "x" * 500, "image/avif"),
            ]
        )
    ]
    assert [name.rsplit("-", 1)[0] for name in names] == [
        "paper.example/visit-to-moscow", "paper.example/index", "paper.example/1234567", "paper.example/index",
        "paper.example/posts", "paper.example/passwd", "paper.example/" + "x" * 48,
    ]  # fmt: skip
    assert [name.rsplit(".", 1)[1] for name in names] == ["html", "html", "html", "xml", "json", "txt", "bin"]
    assert all((tmp_path / name).resolve().is_relative_to(tmp_path) for name in names)


def test_the_same_body_is_one_file(tmp_path: Path) -> None:
    """A source that did not change adds a line and no file; an empty body adds none either."""
    recorder = FolderRecorder(tmp_path)
    recorder.keep(answer("https://paper.example/rss", FEED), about("feed"))
    recorder.keep(answer("https://paper.example/rss", FEED, NOON + timedelta(hours=1)), about("feed"))
    assert recorder.keep(answer("https://paper.example/c", b""), about()) == "captures.jsonl"
    assert len(lines(tmp_path)) == 3
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize(("end", "kept"), [(b'{"url": "https://pap', 1), (b"", 1), (b'{"url": 1}', 2)])
def test_recording_goes_on_after_a_crash(tmp_path: Path, end: bytes, kept: int) -> None:
    """A line that was cut off goes, one that only lacks its line feed stays."""
    recorder = FolderRecorder(tmp_path)
    recorder.keep(answer("https://paper.example/a"), about())
    with (tmp_path / "captures.jsonl").open("ab") as file:
        file.write(end)
    recorder.keep(answer("https://paper.example/b"), about())
    assert len(lines(tmp_path)) == kept + 1
    assert lines(tmp_path)[-1]["url"] == "https://paper.example/b"


def _many(folder: Path, name: str) -> None:
    recorder = FolderRecorder(folder)
    for number in range(25):
        recorder.keep(answer(f"https://paper.example/{name}/{number}", b"%d" % number), about())


def test_two_may_record_into_one_folder(tmp_path: Path) -> None:
    """No line is lost or mixed with another."""
    processes = [get_context("spawn").Process(target=_many, args=(tmp_path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert len({line["url"] for line in lines(tmp_path)}) == 50


def test_a_failed_write_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full, what was recorded before stays as it was."""
    recorder = FolderRecorder(tmp_path)
    recorder.keep(answer("https://paper.example/a"), about())
    before = (tmp_path / "captures.jsonl").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for body in (PAGE, b"another"):
        with pytest.raises(RecordingError, match="No space left on device; make it a writable folder"):
            recorder.keep(answer("https://paper.example/b", body), about())
    assert (tmp_path / "captures.jsonl").read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))
