"""What several articles tell is one act in the timeline, what only looks alike is not; copies prove nothing more.

The articles are written for these tests; nobody did or said any of it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.kept import article_of, keep, key_of
from workers.arabic.calendar import find_dates
from workers.cli import run
from workers.config.settings import HOME
from workers.items import Article, Copies, Event, EventDate, Record, Words
from workers.store.database import Database
from workers.tag.occurrences import Occurrence, days_of, occurrences
from workers.tag.tagger import Tagger

Told = Callable[..., list[Occurrence]]
VISIT = "زار وزير الخارجية السوري أسعد الشيباني موسكو والتقى نظيره الروسي سيرغي لافروف."


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load(HOME / "config" / "topics" / "russia-syria")


@pytest.fixture(scope="module")
def told(tagger: Tagger) -> Told:
    """The acts told by articles given as (day of publication, text)."""
    countries = {one.id for one in tagger.knowledge.entities if one.type == "GPE"}

    def tell(*articles: tuple[str, str], copies: dict[int, int] | None = None) -> list[Occurrence]:
        records = []
        for number, (day, text) in enumerate(articles):
            original = (copies or {}).get(number)
            article = replace(
                article_of(number, text, day=day), dates=tuple(find_dates(text, dt.date.fromisoformat(day))),
                copies=Copies(of=None if original is None else key_of(original)),
            )  # fmt: skip
            records.append(Record(article=article, tags=tagger.tag(article)))
        return occurrences(records, countries)

    return tell


def sizes(found: list[Occurrence]) -> list[int]:
    return sorted(len(one.sources) for one in found)


def test_two_outlets_tell_one_call(told: Told) -> None:
    """In other words, from the other side, and one of them a day later."""
    (one,) = told(
        ("2025-06-01", "أجرى بوتين اتصالاً هاتفياً مع الشرع."),
        ("2025-06-02", "تلقى الرئيس السوري أحمد الشرع اتصالاً هاتفياً من نظيره الروسي فلاديمير بوتين."),
    )
    assert (one.event.type, one.event.mode, len(one.sources), one.originals) == ("CONSULT", "phone", 2, 2)
    assert {*one.named[0], *one.named[1]} == {"putin", "sharaa"}


def test_a_country_alone_contradicts_nobody(told: Told) -> None:
    """«وفد روسي» may be the one that another article names; the fuller telling stands for both."""
    (one,) = told(("2025-06-01", "زار وفد روسي دمشق."), ("2025-06-01", "زار بوغدانوف دمشق."))
    assert len(one.sources) == 2
    assert one.event.actor == ("bogdanov",)


def test_other_people_are_another_act(told: Told) -> None:
    """Two visitors of one day."""
    assert sizes(told(("2025-06-01", "زار بوغدانوف دمشق."), ("2025-06-01", "زار شويغو دمشق."))) == [1, 1]


def test_the_same_people_a_week_later_are_another_act(told: Told) -> None:
    """News of another day, no day being named."""
    assert sizes(told(("2025-06-01", "زار بوغدانوف دمشق."), ("2025-06-09", "زار بوغدانوف دمشق."))) == [1, 1]


def test_other_places_are_other_acts(told: Told) -> None:
    """Two strikes of one morning."""
    found = told(
        ("2025-06-01", "قصفت الطائرات الروسية مواقع لداعش في بادية السخنة."),
        ("2025-06-01", "قصفت الطائرات الروسية مواقع لداعش في إدلب."),
    )
    assert sizes(found) == [1, 1]


def test_what_was_announced_has_not_been_done(told: Told) -> None:
    """The plan and the visit are told apart by their status."""
    found = told(("2025-06-01", "سيزور لافروف دمشق الأحد المقبل."), ("2025-06-08", "زار لافروف دمشق اليوم."))
    assert sorted(one.event.status for one in found) == ["actual", "future"]


def test_a_past_act_is_that_of_its_day(told: Told) -> None:
    """An article of the autumn that recalls a dated visit is one more source of it."""
    found = told(
        ("2025-01-28", "زار بوغدانوف دمشق اليوم."), ("2025-11-20", "زار بوغدانوف دمشق في 28 كانون الثاني الماضي.")
    )
    assert sizes(found) == [2]
    assert found[0].event.status == "actual"


def test_days_narrow_and_never_drift(told: Told) -> None:
    """Reports of the third, fifth and seventh: the last is two days after the second, but the act was done by the third."""
    days = ("2025-06-03", "2025-06-05", "2025-06-07")
    assert sizes(told(*((day, "زار بوغدانوف دمشق.") for day in days))) == [1, 2]


def test_copies_are_reports_and_no_originals(told: Told) -> None:
    """A copy of a copy repeats the same original."""
    (one,) = told(*(("2025-06-01", "زار بوغدانوف دمشق."),) * 4, copies={1: 0, 2: 1})
    assert (len(one.sources), one.originals) == (4, 2)


def test_a_ring_of_copies_ends(told: Told) -> None:
    """What a damaged store might say."""
    (one,) = told(*(("2025-06-01", "زار بوغدانوف دمشق."),) * 2, copies={0: 1, 1: 0})
    assert len(one.sources) == 2


def test_one_article_tells_an_act_once(told: Told) -> None:
    """Two acts of one article are two, whatever another article merges."""
    text = "زار بوغدانوف دمشق في 2 حزيران 2025. وزار بوغدانوف دمشق في 20 حزيران 2025."
    assert sizes(told(("2025-06-21", text))) == [1, 1]


def test_no_day_is_no_sameness(told: Told) -> None:
    """«العام الماضي» twice is not one visit."""
    text = "زار بوغدانوف دمشق في عام 2023."
    assert sizes(told(("2025-06-01", text), ("2025-06-02", text))) == [1, 1]


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2025-02-12", "2025-02-12", "2025-02-12"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2025-12", "2025-12-01", "2025-12-31"),
        ("2025-W07", "2025-02-09", "2025-02-15"),
        ("2025-02-12/2025-02-14", "2025-02-12", "2025-02-14"),
        ("2025-02-12T10:00", "2025-02-12", "2025-02-12"),
        ("2025", None, None),
        ("2025-13", None, None),
        ("2025-02-30", None, None),
        ("9999-12", None, None),
        ("2025-02-14/2025-02-12", None, None),
        ("2025-01/2025-06", None, None),
        ("…", None, None),
    ],
)
def test_the_days_of_a_value(value: str, first: str | None, last: str | None) -> None:
    """Days, weeks from Sunday, months and short intervals; what is longer or no date tells no day."""
    words = Words(text="", span=(0, 0))
    event = Event(
        type="CONSULT", mode=None, status="actual", actor=(), recipient=(), actor_country=("RUS",), recipient_country=("SYR",),
        reciprocal=False, date=EventDate(value=value, basis="sentence"), place=None, quad="verbal_cooperation",
        trigger=words, evidence=words, rule="x",
    )  # fmt: skip
    days = days_of(event, None)
    assert days == (
        None if first is None or last is None else (dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    )


def fill(database: Database, tagger: Tagger) -> None:
    first: Article = article_of(0, VISIT, title="الشيباني في موسكو", day="2025-06-01")
    keep(database, first, tagger)
    keep(database, replace(article_of(1, VISIT, day="2025-06-02"), title="نسخة"), tagger, copy_of=key_of(0))
    keep(database, article_of(2, "التقى الشيباني لافروف في موسكو.", day="2025-06-02"), tagger)
    keep(database, article_of(3, "زار وزير الخارجية التركي هاكان فيدان دمشق.", day="2025-06-03"), tagger)
    keep(database, article_of(4, "افتتحت بلدية حلب حديقة جديدة.", day="2025-06-03"), tagger)


def test_the_command(database: Database, store_url: str, tagger: Tagger, capsys: pytest.CaptureFixture[str]) -> None:
    """Each act once, with its sources; copies counted apart; other countries only when asked for."""
    fill(database, tagger)
    assert run(["timeline", "--json", "--store", store_url]) == 0
    said = capsys.readouterr()
    acts = [json.loads(line) for line in said.out.splitlines()]
    visit = next(one for one in acts if one["mode"] == "visit")
    assert (visit["actor"], visit["reports"], visit["originals"]) == (["shaibani"], 3, 2)
    # The report of the meeting that the visit was for is one of the visit.
    assert [source["copy_of"] for source in visit["sources"]] == [None, key_of(0), None]
    assert (visit["start"], visit["end"]) == ("2025-05-31", "2025-06-01")
    assert {*visit["actor_country"], *visit["recipient_country"]} == {"RUS", "SYR"}
    assert all(source["evidence"]["text"] for one in acts for source in one["sources"])
    assert not any("TUR" in one["actor_country"] for one in acts)
    assert f"{len(acts)} act(s)" in said.err
    assert run(["timeline", "--all", "--type", "consult", "--since", "2025-06-03", "--store", store_url]) == 0
    told = capsys.readouterr().out
    assert "هاكان فيدان" in told
    assert "لافروف" not in told
    assert run(["timeline", "--until", "2025-05-01", "--store", store_url]) == 0
    assert "0 act(s), 0 report(s)" in capsys.readouterr().err


def test_an_unknown_type_is_refused(database: Database, store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the list of those that there are."""
    assert run(["timeline", "--type", "PARTY", "--store", store_url]) == 2
    said = capsys.readouterr().err
    assert "PARTY" in said
    assert "CONSULT" in said


def test_no_store_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """As with every command."""
    assert run(["timeline", "--store", "sqlite:////nowhere/marsad.db"]) == 1
    assert "there is no store" in capsys.readouterr().err
