"""What an outlet prints again and again is learned on the road, the same in whatever order pages are cleaned.

The outlet, its pages and all that stands on them are written for these tests.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers import route
from workers.config import Config, load_config
from workers.road import open_road
from workers.store import results
from workers.store.counts import facts
from workers.urls import key_of

HOST = "https://sada-mashriq.example"
FIRST = datetime(2025, 3, 1, 8, tzinfo=UTC)
NOTE = "نحن شبكة من المراسلين الذين يكتبون من القرى ويعيشون فيها ولا يتقاضون من أحد غير قرائهم مالاً."
BACKGROUND = "وكانت البلدة قد شهدت قبل سنتين موجة جفاف دفعت مئات العائلات إلى ترك أراضيها والبحث عن عمل في المدن."
SUBJECTS = (
    "الماء", "الخبز", "الطريق", "المدرسة", "المشفى", "السوق", "الجسر", "المعمل", "الملعب", "المرفأ", "الحديقة", "المحطة",
    "المكتبة", "البئر", "المطحنة", "النقابة",
)  # fmt: skip
ENDINGS = tuple(f"{one}{other}" for one in "نتيهكملسرف" for other in "انوتي")


def write(folder: Path, order: list[int]) -> None:
    """A recording of one page a day; the note stands on all of them, the background on every fourth."""
    lines = []
    for number in order:
        subject = SUBJECTS[number]
        # Words of its own for each page, so that nothing but the note and the background is common to two.
        first, second = (
            " ".join(f"{subject}{ending}{number}" for ending in one) for one in (ENDINGS[:12], ENDINGS[12:])
        )
        text = (
            f"قال {first}.",
            f"ورأى {second}.",
            *([BACKGROUND] if number % 4 == 0 else []),
            NOTE,
        )
        page = "".join(f"<p>{one}</p>" for one in text)
        name = f"{number}.html"
        html = f"<html><body><article><h1>خطة {subject} في البلدة</h1><div class='entry-content'>{page}</div></article></body></html>"
        (folder / name).write_text(html, encoding="utf-8")
        lines.append(
            {
                "url": f"{HOST}/{number}", "outlet": "sana", "captured_at": (FIRST + timedelta(days=number)).isoformat(),
                "status": 200, "headers": {}, "content_type": "text/html; charset=utf-8", "body": name, "kind": "page",
            }
        )  # fmt: skip
    (folder / "captures.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def replayed(folder: Path, order: list[int], store: Path) -> Config:
    """Replay the pages in that order into a store of its own."""
    folder.mkdir()
    write(folder, order)
    config = load_config().with_settings(replay=folder, store_url=f"sqlite:///{store}", var=store.parent / store.stem)
    with open_road(config) as road:
        route.replay(road)
    return config


@pytest.fixture
def settled(tmp_path: Path) -> Config:
    return replayed(tmp_path / "one", list(range(16)), tmp_path / "one.db")


def test_furniture_goes_and_background_is_marked(settled: Config) -> None:
    """After ten articles the note on every page goes, told by its rule; the paragraph on some stays and is marked."""
    with open_road(settled) as road:
        early = results.article_of(road.database, key_of(f"{HOST}/3"))
        late = results.article_of(road.database, key_of(f"{HOST}/15"))
        with_background = results.article_of(road.database, key_of(f"{HOST}/12"))
    assert early is not None
    assert late is not None
    assert with_background is not None
    assert NOTE in early.text
    assert NOTE not in late.text
    assert ("learned", NOTE) in zip(late.removed_by, late.removed, strict=True)
    assert BACKGROUND in with_background.text
    assert [(one.text, one.count) for one in with_background.reused] == [(BACKGROUND, 3)]
    assert all(with_background.text[slice(*one.span)] == one.text for one in with_background.reused)


def test_pages_with_a_note_in_common_are_no_copies(settled: Config) -> None:
    """Neither furniture nor background makes one article repeat another."""
    with open_road(settled) as road:
        found = [results.article_of(road.database, key_of(f"{HOST}/{number}")) for number in range(16)]
    assert all(one is not None and one.copies.of is None for one in found)


def test_any_order_learns_the_same(settled: Config, tmp_path: Path) -> None:
    """Pages that come late are waited for, so a recording written in reverse leaves an equal store."""
    other = replayed(tmp_path / "two", list(reversed(range(16))), tmp_path / "two.db")
    with open_road(settled) as one, open_road(other) as two:
        first, second = facts(one.database), facts(two.database)
    for table in ("articles", "paragraphs", "copies", "records"):
        assert first[table] == second[table]
