"""The whole road in this process, on the seeds and on input that is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import seeds
from workers import route
from workers.config import Config, ConfigError, load_config
from workers.fetch.archive import ArchiveError
from workers.items import Record
from workers.road import Road, open_road
from workers.store import counts, items, lives, results
from workers.store.database import Database


def config_for(folder: Path, captures: Path, **more: Any) -> Config:
    values = {"var": folder, "store_url": "", "replay": captures, "retry_after": 0.0, **more}
    return load_config().with_settings(**values)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store into which the seeds were replayed in this process."""
    with open_road(config_for(tmp_path_factory.mktemp("inline"), seeds.SEEDS)) as road:
        route.replay(road)
        yield road.database


@pytest.fixture(scope="module")
def records(replayed: Database) -> dict[str, Record]:
    """The records of the seeds by address."""
    return seeds.records_of(replayed)


def test_every_seed_ends_as_expected(replayed: Database) -> None:
    """Endings and reasons are those of expected.jsonl, and nothing else is in the store."""
    seeds.check_endings(replayed)


@pytest.mark.parametrize(
    "line", [one for one in seeds.expected() if one["ending"] == "recorded"], ids=lambda one: one["url"]
)
def test_a_recorded_seed_says_what_was_expected(line: dict[str, Any], records: dict[str, Record]) -> None:
    """Outlet, headline, date, origin, text and grade are those that a person reads on the page."""
    record = records[line["url"]]
    article = record.article
    assert article.outlet == line["outlet"]
    assert article.title == line["title"]
    assert (article.published.value or "")[:10] == (line["published"] or "")
    assert article.copies.origin_named == line["origin_named"]
    assert [words for words in line["absent"] if words in article.text] == []
    assert [words for words in line["present"] if words not in article.text] == []
    assert record.tags.relevance.grade == line["grade"]
    if line["copy_of"]:
        assert article.copies.of == next(
            one.article.key for one in records.values() if one.article.url == line["copy_of"]
        )
        assert article.copies.relation == "verbatim"
    else:
        assert article.copies.of is None


@pytest.mark.parametrize("line", [one for one in seeds.expected() if one.get("main_event")], ids=lambda one: one["url"])
def test_the_main_event_of_a_seed_is_found(line: dict[str, Any], records: dict[str, Record]) -> None:
    """Among the events is the one that the article is about: type, mode, actor and recipient."""
    wanted = line["main_event"]
    found = [(one.type, one.mode, list(one.actor), list(one.recipient)) for one in records[line["url"]].tags.events]
    assert (wanted["type"], wanted["mode"], wanted["actor"], wanted["recipient"]) in found


def test_every_span_is_its_words(records: dict[str, Record]) -> None:
    """The text beside a span is exactly that part of the document."""
    number = 0

    def look(value: Any, text: str) -> None:
        nonlocal number
        if isinstance(value, dict):
            if value.get("span") and value.get("text") is not None:
                start, end = value["span"]
                assert text[start:end] == value["text"]
                number += 1
            for inner in value.values():
                look(inner, text)
        elif isinstance(value, list):
            for inner in value:
                look(inner, text)

    from workers.items import record_json

    for record in records.values():
        said = record_json(record)
        look(said, said["text"])
    assert number > 100


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_captures_does_not_matter(seed: int, replayed: Database, tmp_path: Path) -> None:
    """A shuffled manifest leaves an equal store."""
    with open_road(config_for(tmp_path / "var", seeds.shuffled(tmp_path, seed))) as road:
        route.replay(road)
        assert counts.facts(road.database) == counts.facts(replayed)


def test_a_second_replay_changes_nothing(tmp_path: Path, replayed: Database) -> None:
    """Every stage is idempotent."""
    for _ in range(2):
        with open_road(config_for(tmp_path, seeds.SEEDS)) as road:
            route.replay(road)
            assert counts.facts(road.database) == counts.facts(replayed)


def test_both_databases_say_the_same(postgres: str, store_url: str, tmp_path: Path, replayed: Database) -> None:
    """A replay into PostgreSQL leaves what one into SQLite does."""
    del postgres
    with open_road(config_for(tmp_path, seeds.SEEDS, store_url=store_url)) as road:
        route.replay(road)
        assert counts.facts(road.database) == counts.facts(replayed)


Making = Callable[..., Path]


@pytest.fixture
def captures(tmp_path: Path) -> Making:
    """Make a replay folder of pages: (url, body or None, more keys of its line)."""

    def make(*pages: tuple[str, bytes | None, dict[str, Any]]) -> Path:
        folder = tmp_path / "captures"
        folder.mkdir()
        lines = []
        for number, (url, body, more) in enumerate(pages):
            line = {
                "url": url, "outlet": None, "captured_at": "2025-03-01T10:00:00+00:00", "status": 200, "headers": {},
                "content_type": "text/html; charset=utf-8", **more,
            }  # fmt: skip
            if body is not None:
                (folder / f"{number}.html").write_bytes(body)
                line["body"] = f"{number}.html"
            lines.append(json.dumps(line))
        (folder / "captures.jsonl").write_text("\n".join(lines) + "\n")
        return folder

    return make


def ending_of(road: Road) -> tuple[str, str | None]:
    [ending] = lives.ended(road.database)
    return ending.ending, ending.reason


PAGE = "<html><head><title>خبر</title></head><body><article><h1>خبر من المدينة</h1>{}</article></body></html>"
STORY = PAGE.format(
    "<p>أعلنت البلدية في المدينة عن بدء أعمال صيانة واسعة في شوارع الحي الشرقي ابتداء من الأسبوع المقبل.</p>"
    "<p>وقال مدير الخدمات إن الورش ستعمل على مرحلتين، تبدأ الأولى بالأرصفة وتنتهي الثانية بإنارة الطرق الفرعية.</p>"
    "<p>ويشكو سكان الحي منذ سنوات من الحفر ومن انقطاع الكهرباء عن أعمدة الإنارة في ساعات الليل.</p>"
)


@pytest.mark.parametrize(
    ("body", "more", "ending"),
    [
        (None, {}, ("dropped", "empty")),
        (b"", {}, ("dropped", "empty")),
        (b"gone", {"status": 404}, ("dropped", "gone")),
        (b"wait", {"status": 503}, ("failed", "throttled")),
        (b"%PDF-1.7", {"content_type": "application/pdf"}, ("dropped", "not_html")),
        (
            STORY.encode("cp1256"),
            {"content_type": "text/html; charset=windows-1256"},
            ("recorded", None),
        ),
    ],
)
def test_a_capture_of_any_kind_ends_once(
    body: bytes | None, more: dict[str, Any], ending: tuple[str, str | None], captures: Making, tmp_path: Path
) -> None:
    """Bad input is a counted ending with a reason."""
    folder = captures(("https://site.example/1", body, more))
    with open_road(config_for(tmp_path / "var", folder)) as road:
        route.replay(road)
        assert ending_of(road) == ending
        assert counts.faults(road.database) == []


def test_a_page_of_300_megabytes_is_refused_unread(captures: Making, tmp_path: Path) -> None:
    """Its size ends it; nothing of it is read into memory."""
    folder = captures(("https://site.example/1", b"<html>", {}))
    with (folder / "0.html").open("r+b") as file:
        file.truncate(300_000_000)
    with open_road(config_for(tmp_path / "var", folder)) as road:
        route.replay(road)
        assert ending_of(road) == ("dropped", "too_large")


def test_windows_1256_is_read_as_arabic(captures: Making, tmp_path: Path) -> None:
    """The text in the store is the text on the page."""
    body = STORY.encode("cp1256")
    folder = captures(("https://site.example/1", body, {"content_type": "text/html; charset=windows-1256"}))
    with open_road(config_for(tmp_path / "var", folder)) as road:
        route.replay(road)
        with results.each_record(road.database) as (_, rows):
            [record] = rows
    assert "أعلنت البلدية في المدينة" in record.article.text


def test_a_defect_in_a_stage_ends_as_failed_and_stops_nothing(
    captures: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that makes a stage raise is tried as often as allowed, then fails; the others go on."""
    from workers.clean.page import clean as real

    def breaks(capture: Any, body: bytes, **more: Any) -> Any:
        if b"bad" in body:
            raise RuntimeError("a defect")
        return real(capture, body, **more)

    monkeypatch.setattr("workers.clean.page.clean", breaks)
    good, bad = STORY.encode(), b"<html><body>bad</body></html>"
    folder = captures(("https://site.example/bad", bad, {}), ("https://site.example/good", good, {}))
    with open_road(config_for(tmp_path / "var", folder, attempts=3)) as road:
        route.replay(road)
        ended = {one.url: (one.ending, one.stage, one.reason, one.detail) for one in lives.ended(road.database)}
    assert ended["https://site.example/good"][0] == "recorded"
    assert ended["https://site.example/bad"] == ("failed", "clean", "defect", "RuntimeError: a defect")


def test_an_item_that_kills_its_workers_is_given_up(captures: Making, tmp_path: Path) -> None:
    """A try is counted before the work: after so many that never came back the item ends as failed."""
    folder = captures(("https://site.example/1", b"<html>", {}))
    with open_road(config_for(tmp_path / "var", folder, attempts=2)) as road:
        [message] = route.enter_pages(road)
        for _ in range(2):
            assert items.begin(road.database, message.key, "fetch", due=datetime.now(UTC)) is not None
        route.step(road, message)
        assert ending_of(road) == ("failed", "worker_lost")


def test_a_lost_message_is_found_again(captures: Making, tmp_path: Path) -> None:
    """Whatever was sent and never worked on is sent again when it counts as lost, and not before."""
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    with open_road(config_for(tmp_path / "var", folder, stale_after=60.0)) as opened:
        from dataclasses import replace

        road = replace(opened, now=lambda: now[0])
        [lost] = route.enter_pages(road)
        assert route.tick(road) == []
        now[0] += timedelta(seconds=61)
        assert route.tick(road) == [lost]
        assert route.tick(road) == []
        route.walk(road, [lost])
        assert ending_of(road) == ("recorded", None)


def test_messages_carry_a_key_and_a_trace_only() -> None:
    """No text and no HTML goes through Redis."""
    assert list(route.Message.__slots__) == ["stage", "key", "trace"]


def test_a_message_for_what_does_not_wait_is_ignored(captures: Making, tmp_path: Path) -> None:
    """A message that comes late, twice, or for nothing known does nothing."""
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    with open_road(config_for(tmp_path / "var", folder)) as road:
        route.replay(road)
        before = counts.facts(road.database)
        for stage in route.STAGES:
            for key in (before["items"][0]["key"], "0" * 16):
                assert route.step(road, route.Message(stage=stage, key=key, trace="t")) == []
        assert counts.facts(road.database) == before


def test_an_archive_that_cannot_be_written_fails_no_item(captures: Making, tmp_path: Path) -> None:
    """The replay stops with the reason; once the archive is mended the same items end as if nothing had been."""
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    (tmp_path / "file").write_text("")
    broken = config_for(tmp_path / "var", folder, archive=tmp_path / "file" / "archive", stale_after=0.0)
    with pytest.raises(ArchiveError, match="file/archive"), open_road(broken):
        pass
    with open_road(config_for(tmp_path / "var", folder, stale_after=0.0)) as road:
        (tmp_path / "var" / "archive").rmdir()
        (tmp_path / "var" / "archive").write_text("")  # it fails later, when the road is open already
        for _ in range(7):
            with pytest.raises(ArchiveError, match="var/archive"):
                route.replay(road)
        (tmp_path / "var" / "archive").unlink()
    with open_road(config_for(tmp_path / "var", folder, stale_after=0.0)) as road:
        assert counts.count(road.database).failed == {}
        route.replay(road)
        assert ending_of(road) == ("recorded", None)


def test_a_broken_topic_fails_no_item(captures: Making, tmp_path: Path) -> None:
    """A mistyped knowledge base stops the tagger, and costs the items no try."""
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    with open_road(config_for(tmp_path / "var", folder, topic="nowhere", stale_after=0.0)) as road:
        with pytest.raises(ConfigError):
            route.replay(road)
        for _ in range(7):
            [message] = route.tick(road)
            with pytest.raises(ConfigError):
                route.step(road, message)
    with open_road(config_for(tmp_path / "var", folder, stale_after=0.0)) as road:
        route.replay(road)
        assert ending_of(road) == ("recorded", None)


def test_an_interrupted_replay_does_not_disturb_another(tmp_path: Path, captures: Making) -> None:
    """Items of one recording wait for that recording: another neither works on them nor waits for them."""
    first = config_for(tmp_path / "var", seeds.SEEDS, stale_after=1.0)
    second = captures(("https://site.example/1", STORY.encode(), {}))
    with open_road(first) as road:
        route.enrol(road)
        for message in route.tick(road):
            route.step(road, message)
        left = counts.count(road.database).waiting
        assert left
    with open_road(config_for(tmp_path / "var", second)) as road:
        route.replay(road)
        sums = counts.count(road.database)
        assert (sums.waiting, sums.recorded, sums.dropped) == (left, 1, {})
    with open_road(first) as road:
        route.replay(road)
        assert counts.count(road.database).entries == len(seeds.expected()) + 1
        assert counts.count(road.database).waiting == 0


def test_a_replay_waits_for_what_another_process_holds(captures: Making, tmp_path: Path) -> None:
    """It ends when nothing of its recording is under way, not when nothing happens to be due."""
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    with open_road(config_for(tmp_path / "var", folder, stale_after=1.0)) as road:
        route.enter_pages(road)  # and the message is lost
        route.replay(road)
        assert ending_of(road) == ("recorded", None)


def test_a_replay_that_cannot_go_on_says_so(captures: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for ever."""
    monkeypatch.setattr(route, "STALLED", 0.3)
    folder = captures(("https://site.example/1", STORY.encode(), {}))
    with open_road(config_for(tmp_path / "var", folder, stale_after=60.0)) as road:
        route.enter_pages(road)
        with pytest.raises(route.StalledError, match="nothing has moved"):
            route.replay(road)


def test_a_recorded_feed_that_leads_nowhere_is_a_look_with_a_fault(captures: Making, tmp_path: Path) -> None:
    """A redirect to what was not recorded ends the polling of that source, and the replay."""
    feed = {"status": 301, "headers": {"location": "https://site.example/moved"}, "kind": "feed"}
    folder = captures(
        ("https://site.example/feed", None, feed), ("https://site.example/1", STORY.encode(), {"kind": "page"})
    )
    with open_road(config_for(tmp_path / "var", folder)) as road:
        route.replay(road)
        [poll] = counts.facts(road.database)["polls"]
        assert (poll["fault"], poll["seen"]) == ("not_recorded", 0)
        assert ending_of(road) == ("recorded", None)


def test_a_redirect_has_the_same_limit_recorded_and_live(captures: Making, tmp_path: Path) -> None:
    """The setting that bounds live redirects bounds recorded ones."""
    steps = [
        (f"https://site.example/{n}", None, {"status": 302, "headers": {"location": f"/{n + 1}"}}) for n in range(3)
    ]
    folder = captures(*steps, ("https://site.example/3", STORY.encode(), {}))
    with open_road(config_for(tmp_path / "var", folder, fetch_max_redirects=2)) as road:
        route.replay(road)
        assert ending_of(road) == ("dropped", "too_many_redirects")
