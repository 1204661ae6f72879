"""`verify`, `prune` and `record`, on archives and a web made up for these tests."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from warcio.checker import Checker

from tests.store.test_captures import Rows
from workers import checkup, pruning, road
from workers.cli import run
from workers.config import Config
from workers.fetch.archive import PRUNED, About, Archive, ArchiveError, read_place
from workers.fetch.recordings import Recordings
from workers.fetch.shelf import LocalShelf
from workers.fetch.transport import Transport
from workers.items import Drop, Failure, Hop, Later, Response
from workers.pruning import Pruned
from workers.store import captures
from workers.store.captures import Retention
from workers.store.database import Database

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEEP = Retention(grades={0: 90, 1: 365}, sources=30)


def days(number: float) -> datetime:
    return NOW - timedelta(days=number)


def answer(body: bytes, at: datetime, url: str = "https://paper.example/a") -> Response:
    return Response(
        url=url, final_url=url, status=200, headers={"content-type": "text/html"}, body=body, captured_at=at, elapsed=0.1
    )  # fmt: skip


class Kept:
    """A store and an archive that agree, filled row by row."""

    def __init__(self, folder: Path, place: Path | str | None = None) -> None:
        self.database = Database.open(f"sqlite:///{folder / 'store.db'}")
        self.rows = Rows(self.database)
        self.place = place or folder / "archive"
        self._archives: list[Archive] = []
        self.archive = Archive(self.place)

    def file(self, age: float, **more: Any) -> Archive:
        """An archive that begins a new file, `age` days ago."""
        archive = Archive(self.place, clock=lambda: days(age).timestamp(), **more)
        self._archives.append(archive)
        return archive

    def page(self, archive: Archive, body: bytes, age: float, original: str | None = None, **more: Any) -> str:
        response = answer(body, days(age))
        place = archive.keep(response, About(key="p" * 16, kind="page", outlet=None, source=None), original=original)
        self.rows.page(place, days(age), digest=digest_of(body), **more)
        return place

    def poll(self, archive: Archive, source: str, body: bytes, age: float, original: str | None = None) -> str:
        about = About(key=source, kind="feed", outlet=None, source=None)
        place = archive.keep(answer(body, days(age)), about, original=original)
        self.rows.poll(source, days(age), place, digest_of(body))
        return place

    def close(self) -> None:
        for archive in self._archives:
            archive.close()
        # A file changes when it is written to, which these were long ago.
        for name in self.archive.files():
            if isinstance(self.archive.shelf, LocalShelf):
                os.utime(self.archive.shelf.folder / name, (0, 0))

    def places(self) -> dict[str, str]:
        """The place of each row."""
        with captures.claims(self.database, now=NOW) as rows:
            return {f"{row.table} {row.key[0]} {row.key[-1]}": row.place for row in rows}

    def prune(self, **more: Any) -> Pruned:
        return pruning.prune(self.database, self.archive, retention=KEEP, now=NOW, **more)

    def check(self) -> int:
        """Everything that the store names is whole; returns how many captures it names."""
        report = checkup.verify(self.database, self.archive)
        assert report.faults == []
        if isinstance(self.archive.shelf, LocalShelf):
            inputs = [str(self.archive.shelf.folder / name) for name in self.archive.files()]
            assert Checker(SimpleNamespace(inputs=inputs, verbose=False)).process_all() == 0
        with captures.claims(self.database, now=NOW) as rows:
            claims = [row for row in rows if row.place != PRUNED]
        for claim in claims:
            assert digest_of(self.archive.body(claim.place, claim.digest)) == claim.digest
        return len(claims)


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.close()
    made.database.close()


# verify


def test_a_whole_archive_has_no_faults(kept: Kept) -> None:
    """Files, records and rows are counted, repeated bodies and what no row names included."""
    archive = kept.file(1)
    first = kept.page(archive, b"one" * 1000, 1)
    kept.page(archive, b"one" * 1000, 1, original=first)
    archive.keep(answer(b"x", NOW), About(key="r" * 16, kind="robots", outlet=None, source=None))
    kept.page(kept.file(0), b"two", 0, original=first)
    kept.rows.page(PRUNED, days(400))
    report = checkup.verify(kept.database, kept.archive)
    assert (report.files, report.records, report.captures, report.pruned) == (2, 2 + 4 * 3, 4, 1)
    assert (report.torn, report.faults) == ([], [])


def test_each_fault_is_told_with_file_offset_and_cure(kept: Kept, tmp_path: Path) -> None:
    """A flipped bit, a missing file, a missing original, a wrong place and a wrong digest are each told."""
    archive = kept.file(1)
    name, offset, length = read_place(kept.page(archive, os.urandom(4000), 1))
    kept.page(archive, b"good", 1)
    kept.rows.page(f"{name}:{offset + 7}:{length}", days(1))
    kept.rows.page("nonsense", days(1))
    kept.rows.page("", days(1), digest="0" * 64)
    other = kept.page(archive, b"other", 1)
    kept.rows.page(other, days(1), digest="1" * 64)
    missing = kept.file(2)
    original = kept.page(missing, b"original" * 500, 1)
    kept.page(archive, b"original" * 500, 1, original=original)
    kept.close()
    (tmp_path / "archive" / read_place(original)[0]).unlink()
    with (tmp_path / "archive" / name).open("r+b") as file:
        file.seek(offset + length - 300)
        file.write(b"\0\0\0\0")
    report = checkup.verify(kept.database, kept.archive)
    assert len(report.faults) == 8
    assert {fault.cure for fault in report.faults} == {"restore the file from a backup"}
    assert (name, offset) in {(fault.file, fault.offset) for fault in report.faults}
    whats = " ".join(fault.what for fault in report.faults)
    for words in (
        "damaged: ", "there is no whole answer", "this is no place", ".zst is missing", "there is another body",
        "the original is missing", "is missing from the archive",
    ):  # fmt: skip
        assert words in whats


def test_a_torn_end_is_told_and_harmless(kept: Kept, tmp_path: Path) -> None:
    """What a crash left of a record that no row names is no fault; a row that names it is."""
    archive = kept.file(1)
    kept.page(archive, b"one", 1)
    last = archive.keep(answer(os.urandom(500), NOW), About(key="p" * 16, kind="page", outlet=None, source=None))
    kept.close()
    name, offset, _ = read_place(last)
    with (tmp_path / "archive" / name).open("r+b") as file:
        file.truncate(offset + 50)
    report = checkup.verify(kept.database, kept.archive)
    assert [(fault.file, fault.offset) for fault in report.torn] == [(name, offset)]
    assert report.faults == []
    kept.rows.page(last, days(1))
    assert len(checkup.verify(kept.database, kept.archive).faults) == 1


# prune


def test_what_is_too_old_goes_and_the_rest_stays_readable(kept: Kept) -> None:
    """Files are written anew without it, rows learn the new places, and nothing is done twice."""
    first = kept.file(400)
    places = {
        "grade 0": kept.page(first, b"grade 0" * 99, 400, grade=0),
        "dropped": kept.page(first, b"dropped" * 99, 400, ending="dropped"),
        "grade 1": kept.page(first, b"grade 1" * 99, 400, grade=1),
        "grade 2": kept.page(first, b"grade 2" * 99, 400, grade=2),
        "failed": kept.page(first, b"failed" * 99, 400, ending="failed"),
    }
    second = kept.file(100)
    places["later 0"] = kept.page(second, b"later 0", 100, grade=0)
    third = kept.file(10)
    places["young"] = kept.page(third, b"young", 10, grade=0)
    kept.close()
    before = set(kept.archive.files())
    told = kept.prune(dry_run=True)
    assert (told.captures, told.files_rewritten, told.files_removed) == (4, 1, 1)
    assert set(kept.archive.files()) == before
    done = kept.prune()
    assert done == told
    assert done.bytes > 0
    gone = list(kept.places().values()).count(PRUNED)
    assert gone == 4
    assert kept.check() == 3
    assert len(kept.archive.files()) == 2
    assert any(name.endswith("-00001.1.warc.gz") for name in kept.archive.files())
    with pytest.raises(ArchiveError, match="missing"):
        kept.archive.body(places["grade 0"], digest_of(b"grade 0" * 99))
    assert kept.archive.body(places["grade 2"], digest_of(b"grade 2" * 99)) == b"grade 2" * 99, "by its former place"
    assert kept.prune() == Pruned()


def test_originals_stay_as_long_as_their_heirs(kept: Kept) -> None:
    """A body that is repeated by what is kept is kept, and found again when its file was written anew."""
    first, second = kept.file(95), kept.file(89)
    original = kept.page(first, b"shared" * 500, 95, grade=0)
    kept.page(first, b"lonely" * 500, 95, grade=0)
    kept.page(second, b"shared" * 500, 89, original=original, grade=0)
    kept.close()
    assert kept.prune().captures == 1
    assert kept.check() == 2
    assert any(name.endswith(".1.warc.gz") for name in kept.archive.files())
    kept.close()
    later = pruning.prune(kept.database, kept.archive, retention=KEEP, now=NOW + timedelta(days=5))
    assert (later.captures, later.files_removed) == (2, 2)
    assert kept.archive.files() == []


def test_answers_of_sources_go_except_the_last(kept: Kept) -> None:
    """Polls older than their time leave; what the source will be compared with next stays, and robots.txt goes too."""
    archive = kept.file(60)
    kept.rows.source("s1", None, None)
    kept.poll(archive, "s1", b"first", 60)
    last = kept.poll(archive, "s1", b"last", 59.5)
    kept.rows.source("s2", last, digest_of(b"last"))
    archive.keep(answer(b"robots", days(60)), About(key="r" * 16, kind="robots", outlet=None, source=None))
    nobody = archive.keep(answer(b"page", days(60)), About(key="p" * 16, kind="page", outlet=None, source=None))
    kept.close()
    done = kept.prune()
    assert (done.captures, done.exchanges, done.files_rewritten) == (1, 2, 1)
    assert kept.check() == 2
    assert kept.archive.body(nobody, digest_of(b"page")) == b"page", "another store may name it"


def test_files_in_use_are_left_alone(kept: Kept) -> None:
    """One that is locked by a writer, and one too young for a writer elsewhere to have let it go."""
    locked = kept.file(400, rotate_seconds=1e9)
    kept.page(locked, b"one", 400, grade=0)
    young = kept.file(0.5)
    kept.page(young, b"two", 400, grade=0)
    young.close()
    done = kept.prune()
    assert (done.in_use, done.captures) == (2, 0)
    assert kept.check() == 2
    locked.close()
    assert kept.prune().captures == 1


def test_damaged_files_are_left_alone(kept: Kept, tmp_path: Path) -> None:
    """A backup may mend them; it is told that they were left."""
    archive = kept.file(400)
    kept.page(archive, b"one", 400, grade=0)
    name, offset, _ = read_place(kept.page(archive, os.urandom(3000), 400, grade=2))
    kept.page(archive, b"three", 400, grade=2)
    kept.close()
    with (tmp_path / "archive" / name).open("r+b") as file:
        file.seek(offset + 1000)
        file.write(b"\0" * 20)
    done = kept.prune()
    assert [(fault.file, fault.offset) for fault in done.faults] == [(name, offset)]
    assert kept.archive.files() == [name]


@pytest.mark.parametrize("step", range(8))
def test_pruning_may_be_stopped_at_any_point(kept: Kept, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Whatever was done when it broke off, everything stays readable and the next run finishes the work."""
    for age in (401, 400):
        archive = kept.file(age)
        kept.page(archive, b"goes %d" % age * 99, age, grade=0)
        kept.page(archive, b"stays %d" % age * 99, age, grade=2)
    kept.page(kept.file(399), b"whole" * 99, 399, grade=0)
    kept.close()
    count = [0]

    def stopping(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*arguments: Any, **more: Any) -> Any:
            count[0] += 1
            if count[0] == step + 1:
                raise KeyboardInterrupt
            return real(*arguments, **more)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(pruning, "move", stopping(captures.move))
        patch.setattr(LocalShelf, "put", stopping(LocalShelf.put))
        patch.setattr(LocalShelf, "remove", stopping(LocalShelf.remove))
        with pytest.raises(KeyboardInterrupt):
            kept.prune()
    for age in (401, 400):
        body = b"stays %d" % age * 99
        (place,) = [row.place for row in claims_of(kept) if row.digest == digest_of(body)]
        assert kept.archive.body(place, digest_of(body)) == body
    kept.close()
    kept.prune()
    assert kept.check() == 2
    assert list(kept.places().values()).count(PRUNED) == 3
    assert len(kept.archive.files()) == 2


def claims_of(kept: Kept) -> list[captures.Claim]:
    with captures.claims(kept.database, now=NOW) as rows:
        return list(rows)


def test_an_object_store_is_pruned_object_by_object(tmp_path: Path) -> None:
    """Each exchange is an object of its own there, so nothing is written anew."""
    kept = Kept(tmp_path, f"memory://bucket-{uuid4().hex}/pages")
    original = kept.page(kept.archive, b"shared" * 100, 95, grade=0)
    kept.page(kept.archive, b"shared" * 100, 89, original=original, grade=0)
    kept.page(kept.archive, b"gone", 95, grade=0)
    kept.page(kept.archive, b"stays", 95, grade=2)
    done = kept.prune()
    assert (done.captures, done.files_removed, done.files_rewritten) == (1, 1, 0)
    assert kept.check() == 3
    assert kept.prune() == Pruned()
    kept.database.close()


# the commands


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


Marsad = Callable[..., Said]


@pytest.fixture
def marsad(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Marsad:
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("MARSAD_ARCHIVE", str(tmp_path / "archive"))

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        status = run([str(one) for one in arguments])
        printed = capsys.readouterr()
        return Said(status, printed.out, printed.err)

    return call


def test_verify_exits_with_1_when_something_is_wrong(marsad: Marsad, kept: Kept, tmp_path: Path) -> None:
    """A line of counts when all is well; each fault as a row, or as JSON."""
    place = kept.page(kept.file(1), b"one", 1)
    kept.close()
    store = f"sqlite:///{tmp_path / 'store.db'}"
    said = marsad("verify", "--store", store)
    assert said.status == 0
    assert said.out.startswith("1 files, 4 records; 1 captures of the store, 0 of them pruned; 0 torn ends")
    (tmp_path / "archive" / read_place(place)[0]).unlink()
    said = marsad("verify", "--store", store)
    assert said.status == 1
    assert "restore the file from a backup" in said.out
    said = marsad("verify", "--store", store, "--json")
    assert said.status == 1
    assert json.loads(said.out)["faults"][0]["file"] == read_place(place)[0]


def test_prune_tells_what_goes_and_what_went(marsad: Marsad, kept: Kept, tmp_path: Path) -> None:
    """`--dry-run` changes nothing."""
    kept.page(kept.file(4000), b"one", 4000, grade=0)
    kept.close()
    store = f"sqlite:///{tmp_path / 'store.db'}"
    assert "1 captures would go" in marsad("prune", "--dry-run", "--store", store).out
    said = marsad("prune", "--store", store, "--json")
    assert (said.status, json.loads(said.out)["captures"]) == (0, 1)
    assert "0 captures are gone" in marsad("prune", "--store", store).out


FEED = """<?xml version="1.0"?><rss version="2.0"><channel>
<item><title>خبر أول</title><link>https://paper.example/news/1</link></item>
<item><title>خبر ثان</title><link>https://paper.example/news/2</link></item>
<item><title>خبر ثالث</title><link>https://paper.example/news/3</link></item></channel></rss>"""


class Web:
    """A transport with pages of its own: the second is slow in coming, the third is never there."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Hop | None]] = []

    def get(
        self,
        url: str,
        *,
        after: datetime | None = None,
        headers: Mapping[str, str] | None = None,
        hop: Hop | None = None,
    ) -> Response | Failure | Drop | Later:
        self.asked.append((url, hop))
        if url.endswith("/2") and hop is None:
            return Later(seconds=0.01, hop=Hop(url=f"{url}/", count=1))
        if url.endswith("/3"):
            return Later(seconds=1e6)
        if url.endswith("/rss"):
            return replace(answer(FEED.encode(), NOW, url), headers={"content-type": "application/rss+xml"})
        if url.endswith("/private"):
            return Drop(reason="robots", detail="disallowed")
        return answer(f"<html><p>{url}</p></html>".encode(), NOW, hop.url if hop else url)

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        return None

    def close(self) -> None:
        pass


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    made = Web()

    @contextmanager
    def live(config: Config, pace: object = None) -> Iterator[Transport]:
        yield made

    monkeypatch.setattr(road, "live_transport", live)
    return made


@pytest.mark.parametrize("form", [[], ["--warc"]])
def test_a_source_is_recorded_with_its_pages(marsad: Marsad, web: Web, tmp_path: Path, form: list[str]) -> None:
    """What was fetched replays; a page whose turn does not come in time is told and left out."""
    folder = tmp_path / "recording"
    said = marsad("record", "https://paper.example/rss", "--to", folder, *form)
    assert said.status == 0, said.err
    assert said.out.splitlines()[0].startswith("200 feed      https://paper.example/rss -> ")
    assert said.out.splitlines()[-1] == f"3 answers recorded, 1 missed; `marsad replay {folder}`"
    assert "missed https://paper.example/news/3: " in said.err
    recordings = Recordings(folder, outlets={}, trackers=())
    assert [source.url for source in recordings.sources()] == ["https://paper.example/rss"]
    assert [page.url for page in recordings.pages()] == ["https://paper.example/news/1", "https://paper.example/news/2"]
    page = recordings.get("https://paper.example/news/2")
    assert isinstance(page, Response)
    assert page.final_url == "https://paper.example/news/2/"


def test_recording_is_limited_and_goes_on(marsad: Marsad, web: Web, tmp_path: Path) -> None:
    """`--limit` counts the pages of each source; a second run adds to the folder."""
    folder = tmp_path / "recording"
    said = marsad("record", "https://paper.example/rss", "--to", folder, "--limit", "1", "--json")
    assert json.loads(said.out)["recorded"] == 2
    marsad("record", "https://paper.example/news/7", "--to", folder)
    recordings = Recordings(folder, outlets={}, trackers=())
    assert [page.url for page in recordings.pages()] == ["https://paper.example/news/1", "https://paper.example/news/7"]


def test_an_outlet_is_recorded_by_its_sources(marsad: Marsad, web: Web, tmp_path: Path) -> None:
    """Each configured source is asked once."""
    from workers.config import load_config

    outlet = next(one for one in load_config().outlets.values() if one.sources)
    assert marsad("record", outlet.slug, "--to", tmp_path / "r", "--limit", "0").status == 0
    assert len(web.asked) == len({url for url, _ in web.asked}) >= len(outlet.sources)


def test_nothing_recorded_is_a_failure(marsad: Marsad, web: Web, tmp_path: Path) -> None:
    """An address that gives nothing exits with 1, what is no address with 2."""
    said = marsad("record", "https://paper.example/private", "--to", tmp_path / "r")
    assert said.status == 1
    assert "nothing of https://paper.example/private could be recorded" in said.err
    assert marsad("record", "nonsense", "--to", tmp_path / "r").status == 2
    (tmp_path / "file").write_text("")
    assert marsad("record", "https://paper.example/rss", "--to", tmp_path / "file").status == 2
