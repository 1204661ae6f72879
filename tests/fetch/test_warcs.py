"""Anybody's WARC files as recordings, made here by warcio's writer and byte by byte. All pages are made up."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from workers.fetch.archive import About, Archive, read_place
from workers.fetch.members import Damage, Member, walk
from workers.fetch.recorded import RecordingError
from workers.fetch.recordings import Recordings
from workers.items import Drop, Response

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
URL = "https://paper.example/a"
PAGE = ("<!doctype html><html><body><h1>خبر</h1><p>" + "كلام " * 100 + "</p></body></html>").encode()
FEED = b'<?xml version="1.0"?><rss version="2.0"><channel><item><link>/a</link></item></channel></rss>'


class File:
    """Writes a WARC file record by record."""

    def __init__(self, path: Path, *, packed: bool = True, version: str = "1.0") -> None:
        self.path = path
        self._out = io.BytesIO()
        self.writer = WARCWriter(self._out, gzip=packed, warc_version=version)

    def add(
        self,
        body: bytes = PAGE,
        *,
        url: str = URL,
        headers: dict[str, str] | None = None,
        at: str = "2025-02-12T12:00:00Z",
        kind: str = "response",
        line: str = "200 OK",
        protocol: str = "HTTP/1.1",
        **more: str,
    ) -> Any:
        http = StatusAndHeaders(line, list((headers or {}).items()), protocol=protocol)
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=http if kind in {"response", "revisit"} else None,
            warc_content_type=more.pop("content_type", ""),
            warc_headers_dict={"WARC-Date": at, **{name.replace("_", "-"): value for name, value in more.items()}},
        )
        self.writer.write_record(record)
        return record

    def raw(self, data: bytes) -> None:
        self._out.write(data)

    @property
    def size(self) -> int:
        return self._out.tell()

    def open(self) -> Recordings:
        self.path.write_bytes(self._out.getvalue())
        return recordings(self.path)


def recordings(place: Path, **more: Any) -> Recordings:
    return Recordings(place, outlets={}, trackers=("utm_*",), **more)


def got(answer: object) -> Response:
    assert isinstance(answer, Response), answer
    return answer


def chunked(body: bytes, size: int = 100) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.fixture(params=[True, False], ids=["packed", "plain"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> File:
    return File(tmp_path / ("x.warc.gz" if request.param else "x.warc"), packed=request.param)


def test_a_foreign_answer_replays(file: File) -> None:
    """The target is the address, the WARC-Date the time, names of headers lose their case and repeated ones are joined."""
    file.writer.write_record(file.writer.create_warcinfo_record("x.warc.gz", {"software": "somebody's"}))
    file.add(kind="request", body=b"GET /a HTTP/1.1\r\nHost: paper.example\r\n\r\n")
    headers = {"Content-Type": "text/html; charset=utf-8", "Link": "</a>", "link": "</b>"}
    file.add(url="https://Paper.example/a?utm_source=x", headers=headers, at="2025-02-12T12:00:00.5Z")
    file.add(kind="metadata", body=b"via: https://paper.example/")
    answer = got(file.open().get(URL))
    assert answer.body == PAGE
    assert answer.headers == {"content-type": "text/html; charset=utf-8", "link": "</a>, </b>"}
    assert answer.captured_at == NOON + timedelta(seconds=0.5)
    assert (answer.status, answer.final_url) == (200, URL)


@pytest.mark.parametrize(
    ("headers", "encode"),
    [
        ({"Transfer-Encoding": "chunked"}, chunked),
        ({"Transfer-Encoding": "Chunked", "Content-Encoding": "GZIP"}, lambda body: chunked(gzip.compress(body), 7)),
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Encoding": "x-gzip"}, lambda body: gzip.compress(body[:50]) + gzip.compress(body[50:])),
        ({"Content-Encoding": "deflate"}, zlib.compress),
        ({"Content-Encoding": "deflate"}, deflated),
        ({"Content-Encoding": "zstd"}, zstandard.compress),
        ({"Content-Encoding": "deflate, gzip"}, lambda body: gzip.compress(zlib.compress(body))),
        # undone already by whoever wrote the file
        ({"Transfer-Encoding": "chunked"}, bytes),
        ({"Content-Encoding": "gzip"}, bytes),
        ({"Content-Encoding": "br"}, bytes),
        ({"Content-Encoding": "zstd", "Transfer-Encoding": "chunked"}, chunked),
    ],
)
def test_bodies_are_decoded(file: File, headers: dict[str, str], encode: Callable[[bytes], bytes]) -> None:
    """However a body travelled, it is replayed as a reader saw it."""
    file.add(encode(PAGE), headers=headers)
    assert got(file.open().get(URL)).body == PAGE


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Transfer-Encoding": "chunked"}, chunked(PAGE)[:-200]),
        ({"Transfer-Encoding": "chunked"}, chunked(PAGE)[:-5] + b"zz\r\n"),
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(range(256)) * 40, mtime=0)[:-2000]),
        ({"Content-Encoding": "gzip"}, gzip.compress(PAGE, mtime=0)[:-4] + b"\0\0\0\0"),
        ({"Content-Encoding": "zstd"}, zstandard.compress(os.urandom(9000))[:-2000]),
    ],
)
def test_a_body_that_broke_off_ends_there(file: File, headers: dict[str, str], body: bytes) -> None:
    """What the far side did not send to its end is no reason to lose the rest."""
    file.add(body, headers=headers)
    file.add(url="https://paper.example/b")
    recorded = file.open()
    assert isinstance(recorded.get(URL), Response)
    assert got(recorded.get("https://paper.example/b")).body == PAGE


def test_unpacking_is_bounded(file: File) -> None:
    """A small body that unpacks to very much is dropped as too large, in little memory."""
    bomb = gzip.compress(gzip.compress(b"\0" * 60_000_000))
    file.add(bomb, headers={"Content-Encoding": "gzip, gzip", "Content-Type": "text/html"})
    recorded = file.open()
    tracemalloc.start()
    answer = recorded.get(URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(answer, Drop)
    assert answer.reason == "too_large"
    assert peak < 35_000_000


def test_old_answers_and_odd_ones_replay(file: File) -> None:
    """HTTP 1.0, HTTP/2 in the status line, addresses in angle brackets, an empty body, a redirect, a resource."""
    file.add(protocol="HTTP/1.0", url="https://paper.example/1")
    file.add(protocol="HTTP/2", line="200", url="https://paper.example/2")
    file.add(url="<https://paper.example/3>")
    file.add(b"", url="https://paper.example/4", line="404 Not Found")
    file.add(b"", url="https://paper.example/5", line="301 Moved", headers={"Location": "/1"})
    file.add(kind="resource", url="https://paper.example/6", content_type="text/html")
    file.add(b"dns", kind="resource", url="dns:paper.example", content_type="text/dns")
    recorded = file.open()
    for name in "12356":
        assert got(recorded.get(f"https://paper.example/{name}")).body == PAGE
    assert got(recorded.get("https://paper.example/6")).headers == {"content-type": "text/html"}
    assert got(recorded.get("https://paper.example/4")).status == 404
    assert len(recorded.pages()) == 5


@pytest.mark.parametrize(
    "refers_to",
    [
        {"WARC_Refers_To": "{id}"},
        {"WARC_Refers_To_Target_URI": "https://paper.example/other", "WARC_Refers_To_Date": "2025-02-12T12:00:00Z"},
        {"WARC_Payload_Digest": "{digest}"},
    ],
)
@pytest.mark.parametrize("head", [True, False])
def test_revisits_have_the_body_of_their_original(file: File, refers_to: dict[str, str], *, head: bool) -> None:
    """By record, by address and time or by digest; the head is their own, or the original's where they have none."""
    original = file.add(gzip.compress(PAGE), url="https://paper.example/other", headers={"Content-Encoding": "gzip"})
    names = {
        "id": original.rec_headers.get_header("WARC-Record-ID"),
        "digest": original.rec_headers.get_header("WARC-Payload-Digest"),
    }
    more = {name: value.format(**names) for name, value in refers_to.items()}
    record = file.writer.create_warc_record(
        URL,
        "revisit",
        http_headers=StatusAndHeaders("203 OK", [("X-Head", "own")], protocol="HTTP/1.1") if head else None,
        warc_headers_dict={"WARC-Date": "2025-02-13T12:00:00Z", **{k.replace("_", "-"): v for k, v in more.items()}},
    )
    file.writer.write_record(record)
    answer = got(file.open().get(URL))
    assert answer.body == PAGE
    assert answer.status == (203 if head else 200)
    assert ("x-head" in answer.headers) == head
    assert answer.captured_at == NOON + timedelta(days=1)


def test_what_says_that_nothing_changed_is_passed_over(file: File) -> None:
    """A 304, a revisit of that profile and one whose original is not there are no answers."""
    file.add()
    file.add(b"", line="304 Not Modified", at="2025-02-13T12:00:00Z")
    profile = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
    file.add(b"", kind="revisit", line="304 Not Modified", at="2025-02-14T12:00:00Z", WARC_Profile=profile)
    file.add(b"", kind="revisit", at="2025-02-15T12:00:00Z", WARC_Refers_To="<urn:uuid:0>")
    recorded = file.open()
    assert got(recorded.get(URL)).captured_at == NOON
    assert recorded.next_at(URL, NOON) is None


def test_damage_is_stepped_over(file: File) -> None:
    """A broken record in the middle and a torn one at the end take nothing else with them."""
    file.add(url="https://paper.example/1")
    start = file.size
    file.add(os.urandom(3000), url="https://paper.example/2")
    middle = (start + file.size) // 2
    file.add(url="https://paper.example/3")
    file.add(url="https://paper.example/bad-status", line="OK")
    file.add(url="https://paper.example/bad-date", at="yesterday")
    file.add(url="https://paper.example/4")
    file.add(os.urandom(3000), url="https://paper.example/5")
    file.open()
    data = bytearray(file.path.read_bytes()[:-1000])
    data[middle : middle + 40] = b"\0" * 40
    if file.path.suffix == ".warc":  # where nothing but the length tells where a record ends
        length = data.index(b"Content-Length:", start)
        data[length : length + 15] = b"Content-Damage:"
    file.path.write_bytes(data)
    recorded = recordings(file.path)
    assert [page.url[-1] for page in recorded.pages()] == ["1", "3", "4"]
    with file.path.open("rb") as opened:
        damage = [one for one in walk(opened, lambda _: None) if isinstance(one, Damage)]
    assert [one.torn for one in damage] == [False, True]


def test_nothing_but_damage_is_an_error(tmp_path: Path) -> None:
    """The file and the offset are named, with a cure; an empty file is no damage."""
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n" + os.urandom(2000))[:-100])
    with pytest.raises(RecordingError, match=r"x.warc.gz, offset 0: .*; restore the file or leave it out"):
        recordings(path)
    for content in (b"no archive at all", gzip.compress(b"no archive"), b"\x1f\x8b\x08", b"filedesc://x 1 2 3 4\n"):
        path.write_bytes(content)
        with pytest.raises(RecordingError, match="offset 0"):
            recordings(path)
    path.write_bytes(b"")
    assert recordings(path).pages() == ()


def test_a_file_packed_as_a_whole_says_how_to_mend_it(tmp_path: Path) -> None:
    """Records that share a gzip member cannot be found one by one."""
    plain = File(tmp_path / "x.warc", packed=False)
    plain.add()
    plain.add(url="https://paper.example/b")
    plain.open()
    whole = tmp_path / "x.warc.gz"
    whole.write_bytes(gzip.compress((tmp_path / "x.warc").read_bytes()))
    with pytest.raises(RecordingError, match="warcio recompress"):
        recordings(whole)


def test_endless_headers_are_refused(tmp_path: Path) -> None:
    """A line of 30 MB fills no memory."""
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(b"WARC/1.0\r\nX: " + b"a" * 30_000_000))
    with pytest.raises(RecordingError, match="bytes of headers"):
        recordings(path)


def test_the_archive_is_a_recording(tmp_path: Path) -> None:
    """What was kept replays exactly: kinds, outlets, both addresses, headers and times, repeated bodies included."""
    archive = Archive(tmp_path / "archive", rotate_bytes=3000)
    headers = {"content-type": "text/html; charset=utf-8", "content-encoding": "gzip"}
    kept = []
    feed = Response(
        url="https://paper.example/rss", final_url="https://cdn.example/rss", status=200, body=FEED,
        headers={"content-type": "text/html"}, captured_at=NOON, elapsed=0.1,
    )  # fmt: skip
    place = archive.keep(feed, About(key="f" * 16, kind="feed", outlet="paper", source=None))
    later = Response(
        url=feed.url, final_url=feed.final_url, status=200, body=FEED, headers={"etag": '"2"'},
        captured_at=NOON + timedelta(hours=1),
    )  # fmt: skip
    archive.keep(later, About(key="f" * 16, kind="feed", outlet="paper", source=None), original=place)
    for number in range(4):
        page = Response(
            url=f"https://paper.example/{number}", final_url=f"https://paper.example/{number}/", status=200,
            headers=headers, body=PAGE + os.urandom(2000), captured_at=NOON + timedelta(microseconds=number + 1),
        )  # fmt: skip
        archive.keep(page, About(key="p" * 16, kind="page", outlet="paper", source="f" * 16))
        kept.append(page)
    archive.close()
    assert len(archive.files()) > 1
    recorded = recordings(tmp_path / "archive")
    (source,) = recorded.sources()
    assert (source.url, source.kind, source.outlet) == (feed.url, "feed", "paper")
    assert [(page.url, page.outlet) for page in recorded.pages()] == [(page.url, "paper") for page in kept]
    for page in [feed, later, *kept]:
        answer = got(recorded.get(page.url, after=page.captured_at - timedelta(microseconds=1)))
        assert (answer.final_url, answer.headers, answer.body) == (page.final_url, page.headers, page.body)
        assert answer.captured_at == page.captured_at


def test_bodies_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    """Opening a file of many bodies keeps none of them in memory, and reading one reads only that one."""
    archive = Archive(tmp_path)
    size, number = 400_000, 30
    for one in range(number):
        page = Response(
            url=f"https://paper.example/{one}", final_url=f"https://paper.example/{one}", status=200,
            headers={"content-type": "text/html"}, body=os.urandom(size), captured_at=NOON,
        )  # fmt: skip
        archive.keep(page, About(key="p" * 16, kind="page", outlet=None, source=None))
    archive.close()
    tracemalloc.start()
    recorded = recordings(tmp_path)
    assert len(recorded.pages()) == number
    opened = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert len(got(recorded.get(f"https://paper.example/{number - 1}")).body) == size
    reading = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert opened < 2_000_000
    assert reading < 3 * size + 1_000_000


def test_places_are_where_warcio_finds_the_records(tmp_path: Path) -> None:
    """Offsets and lengths of members agree with warcio's own reading."""
    from warcio.archiveiterator import ArchiveIterator

    archive = Archive(tmp_path)
    places = []
    for number in range(3):
        page = Response(url=URL, final_url=URL, status=200, headers={}, body=b"x" * number * 100_000, captured_at=NOON)
        places.append(archive.keep(page, About(key="p" * 16, kind="page", outlet=None, source=None)))
    path = tmp_path / archive.files()[0]
    with path.open("rb") as opened:
        mine = [(one.offset, one.length) for one in walk(opened, lambda _: None) if isinstance(one, Member)]
    with path.open("rb") as opened:
        there = ArchiveIterator(opened)
        theirs = [(there.get_record_offset(), there.get_record_length()) for _ in there]
    assert mine == theirs
    assert {read_place(place)[1:] for place in places} <= set(mine)
