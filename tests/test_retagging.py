"""After a change in the configuration what is kept is tagged anew, and exactly what changes is told.

The articles are written for these tests; nobody did or said any of it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers.cli import run
from workers.config.settings import HOME
from workers.items import Article, Capture, Entry, Published
from workers.store import items, results
from workers.store.database import Database
from workers.tag.check import sample
from workers.tag.tagger import Tagger

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
TOPIC = Path("topics/russia-syria")
TEXTS = (
    "استقبل وزير الخارجية الروسي سيرغي لافروف نظيره السوري في موسكو صباح اليوم.",
    "افتتحت بلدية حلب حديقة جديدة.",
    "زار فرشلوف الجديد دمشق أمس والتقى وزير النقل السوري.",
)


def keep(database: Database, number: int, text: str, tagger: Tagger) -> None:
    """Take one article to its record."""
    key, url = f"{number:016x}", f"https://one.test/{number}"
    article: Article = replace(
        sample(text), id=key, key=key, url=url, published=Published(value="2025-06-01T00:00:00+03:00")
    )
    items.enter(
        database,
        [Entry(key=key, url=url, outlet=None, found_at=NOON)],
        trace="t",
        now=NOON,
        due=NOON,
        recording=items.LIVE,
    )
    assert items.begin(database, key, "fetch", due=NOON)
    capture = Capture(
        key=key, url=url, final_url=url, status=200, headers={}, captured_at=NOON, elapsed=0.1, digest="d" * 64, size=1
    )
    assert results.keep_capture(database, capture, now=NOON, due=NOON)
    assert items.begin(database, key, "clean", due=NOON)
    assert results.keep_article(database, article, None, NOON, now=NOON, due=NOON)
    assert items.begin(database, key, "tag", due=NOON)
    assert results.keep_tags(database, key, tagger.tag(article), NOON + timedelta(minutes=number))


def test_a_new_name_changes_what_names_it_and_nothing_else(
    database: Database,
    store_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`--diff` tells it and changes nothing; without it the new tags are kept, and then nothing is left to tell."""
    config = tmp_path / "config"
    shutil.copytree(HOME / "config", config)
    tagger = Tagger.load(config / TOPIC)
    for number, text in enumerate(TEXTS):
        keep(database, number, text, tagger)
    monkeypatch.setenv("MARSAD_CONFIG", str(config))
    assert run(["retag", "--diff", "--store", store_url]) == 0
    assert "0 record(s) would say something else: nothing else" in capsys.readouterr().err
    with (config / TOPIC / "entities-people.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[[entities]]\nid = "invented"\nname = "Invented Person"\nname_ar = "فرشلوف الجديد"\ntype = "PER"\n'
            'country = "RUS"\nsector = "GOV"\n'
        )
    assert run(["retag", "--diff", "--store", store_url]) == 0
    told = capsys.readouterr()
    assert "  + entity invented «فرشلوف الجديد»" in told.out.splitlines()
    assert "https://one.test/2" in told.out
    assert "https://one.test/0" not in told.out
    assert "1 record(s) would say something else" in told.err
    before = results.record_of(database, f"{2:016x}")
    assert before is not None
    assert "invented" not in {one.id for one in before.tags.entities}
    assert run(["retag", "--json", "--store", store_url]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["key"] for one in said] == [f"{2:016x}"]
    after = results.record_of(database, f"{2:016x}")
    assert after is not None
    assert "invented" in {one.id for one in after.tags.entities}
    assert after.tags.relevance.grade > before.tags.relevance.grade
    assert after.article == before.article
    assert run(["retag", "--diff", "--store", store_url]) == 0
    assert "0 record(s) would say" in capsys.readouterr().err
