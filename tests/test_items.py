"""The values and their JSON form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workers.items import (
    Article,
    Entry,
    Event,
    Mention,
    Published,
    Record,
    Relevance,
    Tags,
    Words,
    Zones,
    article_json,
    from_json,
    record_json,
    to_json,
    utc,
)
from workers.items import Entity as EntityValue

ARTICLE = Article(
    id="7",
    key="k" * 16,
    url="https://one.test/7",
    outlet=None,
    language="ar",
    title="عنوان",
    author=None,
    text="عنوان\n\nنص",
    zones=Zones(headline=(0, 5), lead=(7, 9), body=(7, 9)),
    published=Published(value="2025-02-12T00:00:00+03:00", precision="day", basis=("meta",)),
    versions={"cleaner": "1"},
)
EVENT = Event(
    type="CONSULT", mode="visit", status="actual", actor=("a",), recipient=("b",), actor_country=("SYR",),
    recipient_country=("RUS",), reciprocal=False, date=None, place=None, quad="verbal_cooperation",
    trigger=Words(text="نص", span=(7, 9)), evidence=Words(text="نص", span=(7, 9)), rule="r",
)  # fmt: skip
TAGS = Tags(
    relevance=Relevance(grade=3, score=0.9),
    entities=(
        EntityValue(
            id="a", name="A", name_ar="أ", type="PER", qid=None, country="SYR", sector="GOV",
            mentions=(Mention(text="نص", span=(7, 9), proclitic=None, rule="variant"),),
        ),
    ),
    events=(EVENT,),
    versions={"rules": "1"},
)  # fmt: skip


def test_the_record_has_the_keys_of_the_contract_in_their_order() -> None:
    """The JSON of a record is that of its article with the tags between, versions merged."""
    said = record_json(Record(article=ARTICLE, tags=TAGS))
    assert list(said) == [
        "schema", "id", "key", "url", "outlet", "language", "title", "author", "text", "zones", "published",
        "relevance", "entities", "events", "statements", "citations", "dates", "copies",
        "reused", "removed", "removed_by", "read_by", "versions",
    ]  # fmt: skip
    assert said["versions"] == {"cleaner": "1", "rules": "1"}
    assert said["zones"] == {"headline": [0, 5], "lead": [7, 9], "body": [7, 9]}
    assert said["events"][0]["trigger"] == {"text": "نص", "span": [7, 9]}


def test_an_article_is_the_record_without_its_tags() -> None:
    """`marsad clean` prints the same object without the tag keys."""
    tags = {"relevance", "entities", "events", "statements", "citations"}
    whole = record_json(Record(article=ARTICLE, tags=TAGS))
    assert list(article_json(ARTICLE)) == [key for key in whole if key not in tags]


@pytest.mark.parametrize("value", [ARTICLE, TAGS])
def test_values_survive_their_json(value: Article | Tags) -> None:
    """What is written is read back equal."""
    assert from_json(type(value), to_json(value)) == value


def test_a_naive_time_is_refused() -> None:
    """Only aware times travel."""
    naive = datetime(2025, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="UTC"):
        Entry(key="k", url="u", outlet=None, found_at=naive)
    with pytest.raises(ValueError, match="no time zone"):
        utc(naive)


def test_a_day_counts_from_its_local_midnight() -> None:
    """The moment of a publication in UTC, or none."""
    assert ARTICLE.published.at == datetime(2025, 2, 11, 21, tzinfo=UTC)
    assert Published().at is None
