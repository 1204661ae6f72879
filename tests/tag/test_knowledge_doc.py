"""docs/knowledge.md is followed to the letter: what it adds passes the check and does what it says."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

from workers.config.settings import HOME
from workers.tag.check import check_examples, sample
from workers.tag.tagger import Tagger

DOC = HOME / "docs" / "knowledge.md"
TOPIC = HOME / "config" / "topics" / "russia-syria"


def blocks(start: str) -> list[str]:
    """The indented blocks of the page that begin so."""
    found = re.findall(r"^(?: {4,}.*\n|\n)+", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    return [text for one in found if (text := textwrap.dedent(one).strip()).startswith(start)]


def test_what_the_page_adds_works(tmp_path: Path) -> None:
    """Its name with its sense, and its pattern, appended where it says: no example of the topic fails, and both are found."""
    topic = tmp_path / "topic"
    shutil.copytree(TOPIC, topic)
    (name,), (sense,), (pattern,) = blocks("[[entities]]\n"), blocks("[[entities.senses]]"), blocks("[[patterns]]")
    for file, text in (("entities-people", f"{name}\n\n{sense}"), ("events-conflict", pattern)):
        path = topic / f"{file}.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    tagger = Tagger.load(topic)
    assert [str(fault) for fault in check_examples(tagger)] == []
    tags = tagger.tag(sample("زار اسم الوزير موسكو أمس والتقى نظيره الروسي."))
    assert "one-minister" in {one.id for one in tags.entities}
    assert next((one.actor, one.recipient_country) for one in tags.events) == (("one-minister",), ("RUS",))
