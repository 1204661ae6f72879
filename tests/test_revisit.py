"""Recorded articles looked at again: live with a scripted network, and in a replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import seeds
from workers import revisit, route
from workers.config import load_config
from workers.fetch.archive import Archive, ArchiveError
from workers.items import Drop, Entry, Failure, Hop, Later, Relevance, Response, Stage, Tags
from workers.road import Road, open_road
from workers.store import appointments, counts, items, results, versions, visits
from workers.store.database import Database
from workers.store.versions import Look

START = datetime(2026, 3, 1, 10, tzinfo=UTC)
URL = "https://site.example/news/1"
PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1>{1}</article></body></html>"
FIRST = "<p>أعلنت البلدية في المدينة عن بدء أعمال صيانة واسعة في شوارع الحي الشرقي ابتداء من الأسبوع المقبل.</p>"
REST = (
    "<p>وقال مدير الخدمات إن الورش ستعمل على مرحلتين، تبدأ الأولى بالأرصفة وتنتهي الثانية بإنارة الطرق الفرعية.</p>"
    "<p>ويشكو سكان الحي منذ سنوات من الحفر ومن انقطاع الكهرباء عن أعمدة الإنارة في ساعات الليل.</p>"
)
STORY = PAGE.format("خبر من المدينة القديمة", FIRST + REST).encode()
EDITED = PAGE.format("خبر من المدينة القديمة", FIRST.replace("واسعة", "محدودة") + REST).encode()
RETITLED = PAGE.format("خبر آخر من المدينة القديمة", FIRST + REST).encode()
DECORATED = STORY.replace(b"</body>", b"<!-- 12:01:44 --></body>")

Answer = bytes | int | Failure | Drop | Later


@dataclass
class Scripted:
    """A network that gives prepared answers, one a request; `asked` is what it was asked."""

    now: Callable[[], datetime] = lambda: START
    answers: list[Answer] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def get(self, url: str, **more: Any) -> Response | Failure | Drop | Later:
        self.asked.append({"url": url, **more})
        answer = self.answers.pop(0)
        if not isinstance(answer, bytes | int):
            return answer
        body = answer if isinstance(answer, bytes) else b"<html><body>not here</body></html>"
        return Response(
            url=url, final_url=url, status=200 if isinstance(answer, bytes) else answer,
            headers={"content-type": "text/html; charset=utf-8"}, body=body, captured_at=self.now(),
        )  # fmt: skip

    def next_at(self, url: str, after: datetime | None) -> datetime | None:
        return self.now()

    def close(self) -> None:
        pass


class Scene:
    """A road with a scripted network and a clock, and one recorded article in its store."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self.net = Scripted()
        self.road = Road(
            config=load_config().with_settings(var=folder, retry_after=0.0),
            database=Database.open(f"sqlite:///{folder / 'store.db'}"),
            archive=Archive(folder / "archive"),
            transport=self.net,
            recordings=None,
            tagger=lambda: None,  # type: ignore[arg-type,return-value]
            now=lambda: self.now,
        )
        self.net.now = self.road.now
        self.key = self.record()

    def record(self) -> str:
        from workers import stages

        entry = Entry(key="1" * 16, url=URL, outlet=None, found_at=self.now)
        items.enter(self.road.database, [entry], trace="t", now=START, due=START, recording=items.LIVE)
        self.net.answers = [STORY]
        for stage in ("fetch", "clean"):
            work = items.begin(self.road.database, entry.key, stage, due=START)
            assert work is not None
            assert stages.DO[stage](self.road, work) is True
        tags = Tags(relevance=Relevance(grade=2, score=0.5))
        results.keep_tags(self.road.database, entry.key, tags, START)
        with self.road.database.writing() as connection:
            due = revisit.first_due(self.road, entry, START)
            appointments.schedule(connection, entry.key, grade=2, recording=items.LIVE, due=due, now=START)
        return entry.key

    def go(self, *answers: Answer, at: timedelta | None = None) -> Look:
        """Let the clock go on, make the visits that are due, and return the last that was begun."""
        self.net.answers = list(answers)
        self.now = START + at if at is not None else self.now
        todo: list[tuple[Stage, str]] = []
        stages: tuple[Stage, ...] = ("fetch", "clean")
        for stage in stages:
            due = visits.sweep(self.road.database, stage, self.now, due=self.now + timedelta(minutes=5), limit=9)
            todo += [(stage, name) for name, _ in due]
        names = [name for _, name in todo]
        while todo:
            stage, name = todo.pop(0)
            todo += revisit.step(self.road, route.Message(stage=stage, key=name, trace="t"))
        assert self.net.answers == []
        assert names
        number = int(names[-1].partition(".")[2])
        return self.looks()[number - 1]

    def looks(self) -> list[Look]:
        return versions.looks(self.road.database, self.key)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.road.database.close()
    made.road.archive.close()


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_an_article_is_looked_at_after_an_hour_a_day_and_a_week(scene: Scene) -> None:
    """Three looks, each from the capture on; then no more."""
    assert [look.due for look in scene.looks()] == [START + HOUR]
    assert scene.go(STORY, at=HOUR).outcome == "same"
    assert scene.looks()[1].due == START + DAY
    assert scene.go(STORY, at=DAY).outcome == "same"
    assert scene.looks()[2].due == START + 7 * DAY
    assert scene.go(STORY, at=7 * DAY).outcome == "same"
    assert len(scene.looks()) == 3
    assert visits.under_way(scene.road.database, START + 99 * DAY) == 0


def test_after_a_long_sleep_the_looks_are_spread(scene: Scene) -> None:
    """What was missed is not made up for all at once."""
    scene.go(STORY, at=30 * DAY)
    assert scene.looks()[1].due == START + 30 * DAY + HOUR


def test_the_same_bytes_are_the_same(scene: Scene) -> None:
    """They are not read again, and the archive keeps a reference to the body it has."""
    look = scene.go(STORY, at=HOUR)
    assert (look.outcome, look.title, look.status) == ("same", None, 200)
    assert look.digest is not None
    assert scene.road.archive.body(look.place, look.digest) == STORY
    assert "headers" not in scene.net.asked[-1]


def test_another_frame_around_the_same_text_is_the_same(scene: Scene) -> None:
    """A page is never twice the same to the byte; the article is."""
    look = scene.go(DECORATED, at=HOUR)
    assert (look.outcome, look.title) == ("same", "خبر من المدينة القديمة")


@pytest.mark.parametrize("page", [EDITED, RETITLED], ids=["text", "headline"])
def test_an_edit_is_found_and_the_record_stays(page: bytes, scene: Scene) -> None:
    """A word changed in silence makes a version; the article that was recorded is what it was."""
    assert scene.go(page, at=HOUR).outcome == "changed"
    first, second = versions.versions(scene.road.database, scene.key)
    assert first.article.text != second.article.text
    assert second.captured_at == START + HOUR
    kept = results.article_of(scene.road.database, scene.key)
    assert kept == first.article
    assert counts.faults(scene.road.database) == []


def test_an_edit_taken_back_is_an_edit(scene: Scene) -> None:
    """Each look is compared with what stood there last, not with the beginning."""
    assert scene.go(EDITED, at=HOUR).outcome == "changed"
    assert scene.go(EDITED, at=DAY).outcome == "same"
    assert scene.go(STORY, at=7 * DAY).outcome == "changed"
    assert [one.number for one in versions.versions(scene.road.database, scene.key)] == [0, 1, 3]


def test_new_rules_are_no_edit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an update of marsad both pages are read by the same rules before they are compared."""
    from workers.clean import page

    real = page.clean

    def newer(*given: Any, **more: Any) -> Any:
        article = real(*given, **more)
        return replace(article, title="جديد", versions={"cleaner": "99"}) if not isinstance(article, Drop) else article

    monkeypatch.setattr(page, "clean", newer)
    assert scene.go(DECORATED, at=HOUR).outcome == "same"
    assert scene.go(EDITED, at=DAY).outcome == "changed"


@pytest.mark.parametrize("status", [404, 410])
def test_a_takedown_is_gone_after_a_second_look(status: int, scene: Scene) -> None:
    """The page that says so is kept as proof; a page that comes back is seen at the next look."""
    assert scene.go(status, at=HOUR).outcome is None
    look = scene.go(status, at=HOUR + timedelta(minutes=15))
    assert (look.outcome, look.reason, look.status) == ("gone", "gone", status)
    assert look.digest is not None
    assert b"not here" in scene.road.archive.body(look.place, look.digest)
    assert scene.go(STORY, at=DAY).outcome == "same"
    assert len(versions.versions(scene.road.database, scene.key)) == 1


def test_a_page_that_says_it_is_gone_is_gone(scene: Scene) -> None:
    """A page "not found" with status 200 is a takedown that the cleaner sees."""
    page = "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1><p>Sorry</p></body></html>"
    look = scene.go(page.encode(), at=HOUR)
    assert (look.outcome, look.reason) == ("gone", "soft_404")


def test_trouble_on_the_way_says_nothing_of_the_article(scene: Scene) -> None:
    """After its last try a visit is unreadable, with the reason; the next is made all the same."""
    at = HOUR
    look = scene.go(Failure(reason="http_5xx", detail="HTTP 500"), at=at)
    while look.outcome is None:
        assert look.due is not None
        assert look.reason == "http_5xx"
        at = look.due - START
        look = scene.go(Failure(reason="http_5xx", detail="HTTP 500"), at=at)
    assert (look.outcome, look.reason, look.detail) == ("unreadable", "http_5xx", "HTTP 500")
    assert look.captured_at == START + at
    assert scene.looks()[1].outcome is None


@pytest.mark.parametrize("reason", ["too_large", "bad_url"])
def test_a_refusal_is_unreadable_at_once(reason: str, scene: Scene) -> None:
    """What no retry changes is not tried again."""
    assert scene.go(Drop(reason=reason), at=HOUR).outcome == "unreadable"


def test_a_host_that_is_not_free_is_asked_later(scene: Scene) -> None:
    """The visit rests as long as it is told, goes on where redirects led, and has used no try."""
    hop = Hop(url="https://site.example/moved", count=1)
    look = scene.go(Later(seconds=30, hop=hop), at=HOUR)
    assert (look.outcome, look.due) == (None, START + HOUR + timedelta(seconds=30))
    assert scene.go(STORY, at=HOUR + timedelta(seconds=30)).outcome == "same"
    assert scene.net.asked[-1]["hop"] == hop
    assert scene.net.asked[-1]["after"] == START


def test_a_defect_ends_one_visit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the cleaner is kept as the reason."""
    monkeypatch.setattr("workers.clean.page.clean", lambda *_, **__: 1 / 0)
    look = scene.go(EDITED, at=HOUR)
    while look.outcome is None:
        look = scene.go(at=HOUR)
    assert (look.outcome, look.reason) == ("unreadable", "defect")
    assert "ZeroDivisionError" in (look.detail or "")


def test_a_full_disk_costs_no_try(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the installation is raised, and the visit waits."""

    def full(*_: Any, **__: Any) -> str:
        raise ArchiveError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(scene.road.archive, "keep", full)
        for number in range(12):
            with pytest.raises(ArchiveError):
                scene.go(STORY, at=HOUR + number * timedelta(minutes=6))
    assert scene.go(STORY, at=DAY).outcome == "same"


def test_a_visit_that_kills_its_workers_is_given_up(scene: Scene) -> None:
    """Tries that never came back are counted."""
    scene.now = START + HOUR
    visits.sweep(scene.road.database, "fetch", scene.now, due=scene.now, limit=9)
    for _ in range(revisit.MOST_TRIES):
        assert visits.begin(scene.road.database, scene.key, 1, "fetch", due=scene.now)
    look = scene.go()
    assert (look.outcome, look.reason) == ("unreadable", "worker_lost")


@pytest.mark.parametrize("name", ["1" * 16 + ".7", "1" * 16 + ".", "x.1", ".", "1" * 16 + ".²", "1" * 16 + ".1"])
@pytest.mark.parametrize("stage", ["fetch", "clean", "tag", "watch"])
def test_a_message_for_what_does_not_wait_is_ignored(name: str, stage: Stage, scene: Scene) -> None:
    """Late, doubled or broken messages do nothing."""
    before = counts.facts(scene.road.database)
    assert revisit.step(scene.road, route.Message(stage=stage, key=name, trace="t")) == []
    assert counts.facts(scene.road.database) == before


def replayed(folder: Path, *pages: tuple[str, bytes | None, int]) -> Road:
    """A road over a recording of the story's address: (time, body, status)."""
    captures = folder / "captures"
    captures.mkdir(parents=True)
    lines = []
    for number, (at, body, status) in enumerate(pages):
        line: dict[str, Any] = {
            "url": URL, "outlet": None, "captured_at": at, "status": status, "headers": {},
            "content_type": "text/html; charset=utf-8",
        }  # fmt: skip
        if body is not None:
            (captures / f"{number}.html").write_bytes(body)
            line["body"] = f"{number}.html"
        lines.append(json.dumps(line))
    (captures / "captures.jsonl").write_text("\n".join(lines) + "\n")
    config = load_config().with_settings(var=folder / "var", store_url="", replay=captures, retry_after=0.0)
    with open_road(config) as road:
        route.replay(road)
        [key] = [row["key"] for row in counts.facts(road.database)["items"]]
        entry = Entry(key=key, url=URL, outlet=None, found_at=START)
        first = results.capture_of(road.database, key)
        assert first is not None
        due = revisit.first_due(road, entry, first.captured_at)
        with road.database.writing() as connection:
            appointments.schedule(connection, key, grade=3, recording=road.recording, due=due, now=road.now())
        while visits.under_way(road.database, road.now(), recording=road.recording):
            for message in route.tick(road):
                route.walk(road, [message])
    return road


def test_a_recording_is_visited_as_often_as_it_holds_the_page(tmp_path: Path) -> None:
    """Every later capture is a visit, at its own time; the store says the same each time."""
    pages = (
        ("2026-03-01T10:00:00+00:00", STORY, 200),
        ("2026-03-01T11:00:00+00:00", DECORATED, 200),
        ("2026-03-02T10:00:00+00:00", EDITED, 200),
        ("2026-03-03T10:00:00+00:00", b"gone", 404),
        ("2026-03-04T10:00:00+00:00", EDITED, 200),
        ("2026-03-05T10:00:00+00:00", b"wait", 503),
    )
    said = []
    for number in range(2):
        road = replayed(tmp_path / str(number), *pages)
        database = Database.open(road.config.settings.store)
        [row] = counts.facts(database)["items"]
        looks = versions.looks(database, row["key"])
        said.append([(one.outcome, one.reason, one.captured_at, one.digest) for one in looks])
        database.close()
    assert [outcome for outcome, *_ in said[0]] == ["same", "changed", "gone", "same", "unreadable"]
    assert [at.isoformat() for _, _, at, _ in said[0] if at] == [at for at, *_ in pages[1:]]
    assert said[0] == said[1]


def test_a_recording_with_one_capture_has_no_visit(tmp_path: Path) -> None:
    """Nothing is due that was never recorded."""
    road = replayed(tmp_path, ("2026-03-01T10:00:00+00:00", STORY, 200))
    database = Database.open(road.config.settings.store)
    assert versions.tally(database) == {}
    database.close()


def test_a_replay_visits_what_matters_by_itself(tmp_path: Path) -> None:
    """A recorded article of grade 3 is compared with its later capture; a second replay and a shuffled one agree."""
    line = next(one for one in seeds.expected() if one["grade"] == 3)
    captures = [json.loads(one) for one in (seeds.SEEDS / "captures.jsonl").read_text("utf-8").splitlines() if one]
    page = next(one for one in captures if one["url"] == line["url"])
    body = (seeds.SEEDS / page["body"]).read_bytes()
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "a.html").write_bytes(body)
    (folder / "b.html").write_bytes(body.replace(line["present"][0].encode(), "كلمات أخرى".encode()))
    at = datetime.fromisoformat(page["captured_at"])
    lines = [
        json.dumps({**page, "body": name, "captured_at": (at + number * DAY).isoformat()})
        for number, name in enumerate(("a.html", "b.html", "b.html"))
    ]
    stores = []
    for number, order in enumerate((lines, lines[::-1])):
        (folder / "captures.jsonl").write_text("\n".join(order) + "\n")
        config = load_config().with_settings(var=tmp_path / f"var{number}", store_url="", replay=folder)
        with open_road(config) as road:
            for _ in range(2):
                route.replay(road)
                stores.append(counts.facts(road.database))
            [row] = stores[-1]["items"]
            looks = versions.looks(road.database, row["key"])
            assert [one.outcome for one in looks] == ["changed", "same"]
            [first, second] = versions.versions(road.database, row["key"])
            assert line["present"][0] in first.article.text
            assert line["present"][0] not in second.article.text
    assert all(store == stores[0] for store in stores)
