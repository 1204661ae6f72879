"""The command line: what it prints, and how it ends when something is wrong."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import seeds
from workers.cli import COMMANDS, run
from workers.config.settings import HOME
from workers.items import SCHEMA


@dataclass(frozen=True)
class Said:
    """What one command printed and how it ended."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Marsad = Callable[..., Said]


@pytest.fixture
def marsad(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Marsad:
    """Run a command in this process, its files under a folder of its own."""
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "var"))

    def call(*arguments: object, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsys.readouterr()
        status = run([str(one) for one in arguments])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(status, printed.out, printed.err)

    return call


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a store into which the seeds were replayed."""
    folder = tmp_path_factory.mktemp("cli")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARSAD_VAR", str(folder / "var"))
        url = f"sqlite:///{folder}/store.db"
        assert run(["replay", "--inline", "--store", url, "--json", str(seeds.SEEDS)]) == 0
        yield url


def test_every_command_tells_its_use(marsad: Marsad) -> None:
    """`--help` works for all commands and exits with 0."""
    listed = marsad("--help").out
    for name in COMMANDS:
        assert name in listed
        assert marsad(name, "--help").status == 0
    assert marsad("--version").out.startswith("marsad ")


def test_wrong_usage_exits_with_2(marsad: Marsad, tmp_path: Path) -> None:
    """An unknown command, option, folder, file or outlet is usage, told in a sentence."""
    for arguments in (
        ["nonsense"],
        ["replay"],
        ["replay", tmp_path / "missing"],
        ["clean", tmp_path / "missing.html", "--url", "https://a.example/"],
        ["export", "--format", "papyrus"],
        ["outlets", "check", "nobody"],
    ):
        said = marsad(*arguments)
        assert (said.status, said.out) == (2, "")
        assert said.err


def test_a_replay_tells_how_everything_ended(marsad: Marsad, tmp_path: Path) -> None:
    """The summary's sums agree with each other and with what was expected of the seeds."""
    said = marsad("replay", "--inline", "--store", f"sqlite:///{tmp_path}/s.db", "--json", seeds.SEEDS)
    assert said.status == 0
    [sums] = said.lines
    expected = seeds.expected()
    assert sums["entries"] == len(expected)
    assert sums["recorded"] == sum(one["ending"] == "recorded" for one in expected)
    assert sums["agree"] is True
    assert sums["under_way"] == 0
    plain = marsad("replay", "--inline", "--store", f"sqlite:///{tmp_path}/s.db", seeds.SEEDS)
    assert f"{len(expected)} entries: " in plain.out
    assert "headline" in plain.out


def test_export_prints_every_record_once(marsad: Marsad, store: str) -> None:
    """One line a record, as many as it says, by time of publication; a grade narrows it."""
    said = marsad("export", "--store", store)
    assert said.status == 0
    assert said.err == f"{len(said.lines)} records\n"
    recorded = [one for one in seeds.expected() if one["ending"] == "recorded"]
    assert len(said.lines) == len(recorded)
    assert all(line["schema"] == SCHEMA for line in said.lines)
    assert len({line["key"] for line in said.lines}) == len(said.lines)
    core = marsad("export", "--format", "jsonl", "--grade", "3", "--store", store)
    assert len(core.lines) == sum(one["grade"] == 3 for one in recorded)


def test_explain_tells_a_life_by_address_and_by_key(marsad: Marsad, store: str) -> None:
    """Announcement, capture, date candidates, removed lines, reasons and ending are all there."""
    line = seeds.expected()[0]
    said = marsad("explain", line["url"] + "?utm_source=x", "--store", store)
    assert said.status == 0
    for word in ("announced", "fetched", "candidate", "removed", "grade", "why", "event", "ended", "recorded at tag"):
        assert word in said.out
    key = marsad("explain", line["url"], "--json", "--store", store).lines[0]["item"]["key"]
    assert marsad("explain", key, "--store", store).out == said.out
    dropped = next(one for one in seeds.expected() if one["reason"] == "soft_404")
    assert "dropped at clean: soft_404" in marsad("explain", dropped["url"], "--store", store).out


def test_explain_of_something_unknown_says_so(marsad: Marsad, store: str) -> None:
    """An address that was never seen is a failure with a sentence."""
    said = marsad("explain", "https://never.example/1", "--store", store)
    assert (said.status, said.out) == (1, "")
    assert "https://never.example/1 is not in the store" in said.err


def test_status_sums_up_without_a_redis(marsad: Marsad, store: str) -> None:
    """With nothing running the store still tells its sums, and says that nothing runs."""
    [said] = marsad("status", "--json", "--store", store).lines
    assert said["entries"] == len(seeds.expected())
    assert (said["agree"], said["faults"], said["redis"], said["workers"]) == (True, [], None, [])
    assert set(said["queues"]) == {"watch", "fetch", "clean", "tag"}
    assert "not running" in marsad("status", "--store", store).out


def test_a_store_without_failures_says_so(marsad: Marsad, store: str) -> None:
    """Nothing to list is said in words."""
    assert marsad("failures", "list", "--store", store).out == "nothing has failed\n"


def test_looking_makes_no_store(marsad: Marsad, tmp_path: Path) -> None:
    """A mistyped address is no empty store."""
    for command in (["status"], ["export"], ["failures", "list"], ["explain", "https://a.example/"]):
        said = marsad(*command, "--store", f"sqlite:///{tmp_path}/typo.db")
        assert (said.status, said.out) == (1, "")
        assert "there is no store at" in said.err
    assert not (tmp_path / "typo.db").exists()


def test_an_address_that_is_no_store_is_usage(marsad: Marsad) -> None:
    """Nonsense for --store is 2, told with the right form."""
    for url in ("nonsense", "mysql://h/d", "postgresql://h:port/d"):
        said = marsad("export", "--store", url)
        assert said.status == 2
        assert "sqlite:///file.db" in said.err


def test_an_output_that_closes_early_is_no_failure(store: str) -> None:
    """`export | head` ends quietly with 0."""
    code = "from workers.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "export", "--store", store],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=HOME,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.wait(60) == 0
        assert b"Traceback" not in process.stderr.read()


def test_failures_are_listed_with_stage_and_reason(marsad: Marsad, tmp_path: Path) -> None:
    """What was tried in vain is listed; nothing failed is said in words."""
    store = f"sqlite:///{tmp_path}/s.db"
    (tmp_path / "captures.jsonl").write_text(
        '{"url": "https://a.example/1", "outlet": null, "captured_at": "2025-01-01T00:00:00+00:00", "status": 503}\n'
    )
    assert marsad("replay", "--inline", "--store", store, tmp_path).status == 0
    [line] = marsad("failures", "list", "--json", "--store", store).lines
    assert (line["url"], line["stage"], line["reason"]) == ("https://a.example/1", "fetch", "throttled")
    assert "https://a.example/1" in marsad("failures", "list", "--store", store).out


def test_clean_prints_an_article_without_tags(marsad: Marsad) -> None:
    """A page becomes the record's JSON without the tag keys; from a file and from stdin alike."""
    page = seeds.SEEDS / "enabbaladi" / "putin-telegram.html"
    arguments = ["--url", "https://www.enabbaladi.net/790112/x/", "--captured-at", "2025-12-06T07:34:00+00:00"]
    said = marsad("clean", page, *arguments)
    assert said.status == 0
    [article] = said.lines
    assert article["outlet"] == "enabbaladi"
    assert "relevance" not in article
    assert "events" not in article
    assert {"schema", "id", "key", "zones", "published", "dates", "copies", "removed", "versions"} <= set(article)
    assert marsad("clean", "-", *arguments, stdin=page.read_bytes()).lines == said.lines


def test_a_page_that_is_no_article_is_a_result(marsad: Marsad) -> None:
    """`clean` exits with 0 and says dropped, with the reason."""
    said = marsad("clean", "-", "--url", "https://a.example/1", stdin=b"<html><body>404</body></html>")
    assert said.status == 0
    assert said.lines[0]["ending"] == "dropped"
    assert said.lines[0]["reason"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--url", "javascript:alert(1)"], "is no http(s) address"),
        (["--url", "https://a.example/", "--outlet", "nobody"], "there is no outlet 'nobody'"),
        (["--url", "https://a.example/", "--captured-at", "yesterday"], "--captured-at"),
        (["--url", "https://a.example/", "--captured-at", "2025-01-01T00:00:00"], "no time zone"),
    ],
)
def test_clean_refuses_what_it_cannot_read(arguments: list[str], sentence: str, marsad: Marsad) -> None:
    """A wrong option is usage: 2, with the option and the cure."""
    said = marsad("clean", "-", *arguments, stdin=b"x")
    assert said.status == 2
    assert sentence in said.err


def test_tag_answers_line_by_line_in_order(marsad: Marsad) -> None:
    """Each document gives one record with its id; a document without one is named by its line."""
    documents: list[dict[str, Any]] = [
        {"id": "b", "title": "بوتين يستقبل الشرع", "text": "استقبل الرئيس الروسي فلاديمير بوتين نظيره السوري أحمد الشرع في موسكو.",
         "outlet": "عنب بلدي", "published": "2025-10-15"},
        {"title": "", "text": "افتتح معرض للكتاب في بيروت."},
        {"id": 7, "title": "خبر", "text": "", "url": "https://www.enabbaladi.net/7/x/"},
    ]  # fmt: skip
    said = marsad("tag", "-", stdin="\n".join(json.dumps(one) for one in documents).encode() + b"\n\n")
    assert said.status == 0
    first, second, third = said.lines
    assert (first["id"], second["id"], third["id"]) == ("b", "2", "7")
    assert (first["outlet"], second["outlet"], third["outlet"]) == ("enabbaladi", None, "enabbaladi")
    assert first["published"]["value"] == "2025-10-15T00:00:00+03:00"
    assert first["text"] == f"{documents[0]['title']}\n\n{documents[0]['text']}"
    assert first["relevance"]["grade"] == 3
    assert second["relevance"]["grade"] == 0
    assert second["title"] is None


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"{", "is no JSON"),
        (b"[1]", "is no object"),
        (b"\xff\xfe", "is no JSON"),
        (b'{"title": "x"}', "'text' is missing"),
        (b'{"title": 3, "text": "x"}', "'title' must be a text"),
    ],
)
def test_tag_names_the_line_at_fault(line: bytes, sentence: str, marsad: Marsad, tmp_path: Path) -> None:
    """A bad document ends the command with 1, the file, the line and the cure."""
    file = tmp_path / "documents.jsonl"
    file.write_bytes(b'{"title": "", "text": "a"}\n' + line + b"\n")
    said = marsad("tag", file)
    assert said.status == 1
    assert f"{file}:2: {sentence}" in said.err
    assert len(said.lines) == 1


def test_check_finds_no_fault_in_what_is_shipped(marsad: Marsad) -> None:
    """The whole configuration is sound, the topic's examples included."""
    said = marsad("check", "--json")
    assert (said.status, said.err) == (0, "")
    assert said.lines[0]["faults"] == []


def test_check_lists_every_fault_with_file_and_line(
    marsad: Marsad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two broken files, both named, exit status 2; every other command refuses in the same way."""
    copy = tmp_path / "config"
    shutil.copytree(HOME / "config", copy)
    (copy / "outlets" / "one.toml").write_text("name = \n")
    (copy / "settings.toml").write_text("poll_every = -1\n")
    monkeypatch.setenv("MARSAD_CONFIG", str(copy))
    for command in (["check"], ["outlets", "list"], ["export"], ["up"], ["replay", str(seeds.SEEDS)]):
        said = marsad(*command)
        assert said.status == 2
        assert f"{copy}/outlets/one.toml:1: " in said.err
        assert f"{copy}/settings.toml:1: " in said.err


def test_check_tells_faults_to_programs_too(marsad: Marsad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --json the faults are data: file, line and message."""
    copy = tmp_path / "config"
    shutil.copytree(HOME / "config", copy)
    (copy / "settings.toml").write_text("\npoll_every = -1\n")
    monkeypatch.setenv("MARSAD_CONFIG", str(copy))
    said = marsad("check", "--json")
    assert said.status == 2
    [fault] = said.lines[0]["faults"]
    assert (fault["file"], fault["line"]) == (f"{copy}/settings.toml", 2)
    assert "poll_every" in fault["message"]


def test_check_reports_a_fault_of_the_topic(marsad: Marsad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt key in the knowledge base is found by `check` and refused by `replay`."""
    copy = tmp_path / "config"
    shutil.copytree(HOME / "config", copy)
    with (copy / "topics" / "russia-syria" / "entities-media.toml").open("a") as file:
        file.write('\n[[entities]]\nid = "x"\nname = "X"\nname_ar = "إكس"\ntyp = "MEDIA"\n')
    monkeypatch.setenv("MARSAD_CONFIG", str(copy))
    for command in (["check"], ["replay", "--inline", str(seeds.SEEDS)]):
        said = marsad(*command)
        assert said.status == 2
        assert "entities-media.toml:" in said.err
        assert "typ is not a known key" in said.err


def test_outlets_are_listed_with_how_sure_they_are(marsad: Marsad) -> None:
    """Every outlet, its sources and the evidence for them; `check` tells what is to be confirmed."""
    listed = marsad("outlets", "list")
    assert listed.status == 0
    assert "https://www.enabbaladi.net/feed" in listed.out
    lines = marsad("outlets", "list", "--json").lines
    assert {"enabbaladi", "shaam", "syriastartimes", "sharqakhbar", "sana", "syriatv"} <= {one["slug"] for one in lines}
    assert all(one["sources"] == [] or one["sources"][0]["sure"] for one in lines)
    assert "was never seen at work" in marsad("outlets", "check").out


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "captures.jsonl:1"),
        ('{"url": "https://a.example/"}', "captures.jsonl:1"),
        (
            '{"url": "https://a.example/", "outlet": null, "captured_at": "2025-01-01T00:00:00+00:00", "status": 200,'
            ' "body": "missing.html"}',
            "missing.html",
        ),
        (
            '{"url": "https://a.example/", "outlet": null, "captured_at": "2025-01-01T00:00:00+00:00", "status": 200,'
            ' "body": "../../etc/passwd"}',
            "captures.jsonl:1",
        ),
    ],
)
def test_a_broken_manifest_is_told_by_its_line(line: str, sentence: str, marsad: Marsad, tmp_path: Path) -> None:
    """`replay` of a folder that cannot be read ends with 1 and names the line."""
    (tmp_path / "captures.jsonl").write_text(line + "\n")
    said = marsad("replay", "--inline", tmp_path)
    assert said.status == 1
    assert sentence in said.err


def test_a_folder_without_captures_is_told(marsad: Marsad, tmp_path: Path) -> None:
    """An empty folder is no replay folder."""
    (tmp_path / "empty").mkdir()
    said = marsad("replay", "--inline", tmp_path / "empty")
    assert said.status == 1
    assert "captures.jsonl" in said.err


def test_a_folder_that_cannot_be_written_is_told(
    marsad: Marsad, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No store, archive or lock can be made there: 1, with the folder in a sentence."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MARSAD_VAR", str(tmp_path / "file" / "var"))
    for command in (["up"], ["replay", "--inline", seeds.SEEDS], ["replay", seeds.SEEDS], ["status"]):
        said = marsad(*command)
        assert said.status == 1
        assert str(tmp_path / "file") in said.err


def test_a_store_that_does_not_answer_is_told(marsad: Marsad) -> None:
    """PostgreSQL unreachable is a sentence without the password."""
    said = marsad("export", "--store", "postgresql://marsad:secret@127.0.0.1:1/none")
    assert said.status == 1
    assert "cannot be used" in said.err
    assert "secret" not in said.err
