"""After a change in the configuration what is kept is tagged anew, and exactly what changes is told.

The articles are written for these tests; nobody did or said any of it.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.kept import article_of, keep, key_of
from workers.cli import run
from workers.config.settings import HOME
from workers.store import results
from workers.store.database import Database
from workers.tag.tagger import Tagger

TOPIC = Path("topics/russia-syria")
TEXTS = (
    "استقبل وزير الخارجية الروسي سيرغي لافروف نظيره السوري في موسكو صباح اليوم.",
    "افتتحت بلدية حلب حديقة جديدة.",
    "زار فرشلوف الجديد دمشق أمس والتقى وزير النقل السوري.",
)


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
        keep(database, article_of(number, text), tagger)
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
    before = results.record_of(database, key_of(2))
    assert before is not None
    assert "invented" not in {one.id for one in before.tags.entities}
    assert run(["retag", "--json", "--store", store_url]) == 0
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["key"] for one in said] == [key_of(2)]
    after = results.record_of(database, key_of(2))
    assert after is not None
    assert "invented" in {one.id for one in after.tags.entities}
    assert after.tags.relevance.grade > before.tags.relevance.grade
    assert after.article == before.article
    assert run(["retag", "--diff", "--store", store_url]) == 0
    assert "0 record(s) would say" in capsys.readouterr().err
