"""The publication date: which claim is believed, what agrees, what is flagged."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from workers.clean.dates import find_published
from workers.clean.facts import Facts
from workers.items import Entry, Published

ZONE = ZoneInfo("Asia/Damascus")
CAPTURED = dt.datetime(2025, 2, 12, 18, tzinfo=dt.UTC)


def published(
    *,
    dates: tuple[tuple[str, str], ...] = (),
    text: str = "",
    url: str = "https://river.example/1",
    feed: str | None = None,
    claimed: str | None = None,
    datelines: tuple[str, ...] = (),
    at: dt.datetime = CAPTURED,
) -> Published:
    """Decide on a page's date."""
    entry = Entry(
        key="k",
        url=url,
        outlet=None,
        found_at=at,
        published=dt.datetime.fromisoformat(feed) if feed else None,
        claimed=claimed,
    )
    return find_published(
        facts=Facts(dates=dates), entry=entry, datelines=datelines, text=text, captured_at=at, zone=ZONE
    )


def test_json_ld_first_and_who_agrees() -> None:
    """JSON-LD is believed first, in the outlet's offset; `basis` names all claims of the same local day."""
    got = published(
        dates=(("json-ld", "2025-02-11T22:30:00+00:00"), ("meta", "2025-02-12T01:30:00+03:00")),
        url="https://river.example/2025/02/12/x",
    )
    assert got.value == "2025-02-12T01:30:00+03:00"
    assert got.precision == "second"
    assert got.basis == ("json-ld", "meta", "url")
    assert got.flags == ()


def test_contradiction_is_flagged() -> None:
    """A claim more than a day away is told."""
    got = published(dates=(("meta", "2025-02-10T10:00:00+03:00"),), url="https://river.example/2024/11/03/x")
    assert got.value == "2025-02-10T10:00:00+03:00"
    assert got.flags == ("contradiction:url",)


def test_future_is_not_believed() -> None:
    """A claim later than the day after the capture is flagged, and the next one chosen."""
    got = published(dates=(("json-ld", "2025-06-01T10:00:00+03:00"), ("meta", "2025-02-12T10:00:00+03:00")))
    assert got.value == "2025-02-12T10:00:00+03:00"
    assert "future:json-ld" in got.flags
    assert len(got.candidates) == 2


def test_only_the_future_is_no_date() -> None:
    """With nothing but a future claim the date is unknown."""
    got = published(dates=(("json-ld", "2025-06-01T10:00:00+03:00"),))
    assert got.value is None
    assert got.flags == ("future:json-ld", "no_date")


def test_january_first_at_midnight() -> None:
    """It is what a reader answers that understood the year only: chosen last, and flagged."""
    first = ("json-ld", "2025-01-01T00:00:00+03:00")
    got = published(dates=(first, ("meta", "2025-02-12T10:00:00+03:00")))
    assert got.basis == ("meta",)
    assert got.flags == ("contradiction:json-ld",)
    alone = published(dates=(first,))
    assert alone.value == "2025-01-01T00:00:00+03:00"
    assert alone.flags == ("suspicious_january_first",)


def test_visible_levantine_date() -> None:
    """Levantine months and Arabic-Indic digits are read to the day, never to 1 January."""
    for words in ("26 شباط 2024", "٢٦ فبراير ٢٠٢٤", "الإثنين 26 شباط/فبراير 2024"):
        got = published(dates=(("page", words),))
        assert got.value == "2024-02-26T00:00:00+03:00"
        assert got.precision == "day"


def test_feed() -> None:
    """The source's date stands below the page's and above the text's."""
    got = published(feed="2025-02-12T09:00:00+00:00", claimed="Wed, 12 Feb 2025 12:00:00 +0300")
    assert got.value == "2025-02-12T12:00:00+03:00"
    assert got.basis == ("feed",)
    assert got.candidates[0].text == "Wed, 12 Feb 2025 12:00:00 +0300"


def test_dateline() -> None:
    """A line that dated the text is believed to the day."""
    got = published(datelines=("● أخبار البلد ١٢ شباط ٢٠٢٥",))
    assert got.value == "2025-02-12T00:00:00+03:00"
    assert got.basis == ("text",)


def test_last_update_is_the_weakest_claim() -> None:
    """A line that tells when a page was changed counts only where nothing else does, and says so."""
    updated = ("آخر تحديث: 12 شباط 2025 - 14:20",)
    assert published(datelines=updated).basis == ("updated",)
    assert published(datelines=updated, url="https://river.example/2025/02/11/x").basis == ("url",)


def test_today_beside_a_date() -> None:
    """The words "today, Wednesday 12 February" date the text, with a span, if the weekday fits."""
    text = "أعلن المكتب اليوم، الأربعاء 12 من شباط، بدء العمل."
    got = published(text=text)
    assert got.value == "2025-02-12T00:00:00+03:00"
    span = got.candidates[0].span
    assert span is not None
    assert text[slice(*span)] == got.candidates[0].text
    assert published(text="أعلن المكتب اليوم، الخميس 12 من شباط، بدء العمل.").value is None


def test_yesterday_beside_a_date() -> None:
    """The words "yesterday evening, 11 February" put the text on the day after, below every other claim."""
    text = "ونقلت القناة مساء أمس 11 من شباط عن المكتب أن العمل بدأ."
    assert published(text=text).value == "2025-02-12T00:00:00+03:00"
    got = published(text=text, url="https://river.example/2025/02/09/x")
    assert got.basis == ("url",)
    assert got.flags == ("contradiction:text",)


def test_weekday_beside_today() -> None:
    """The words "today, Wednesday" are dated by a capture of that day or the next, and by no other."""
    text = "استقبل المدير اليوم الأربعاء وفداً من البلدة."
    assert published(text=text).value == "2025-02-12T00:00:00+03:00"
    assert published(text=text, at=CAPTURED + dt.timedelta(days=1)).value == "2025-02-12T00:00:00+03:00"
    assert published(text=text, at=CAPTURED + dt.timedelta(days=3)).value is None


@pytest.mark.parametrize(
    "text", ["", "زار الوفد البلدة في 5 شباط 2025 وعاد.", "وقع الحادث الأربعاء 12 من شباط.", "بدأ اليوم العمل."]
)
def test_never_guessed(text: str) -> None:
    """Other dates in the text are not its date, and the capture's time is never one."""
    got = published(text=text)
    assert got == Published(flags=("no_date",), reason="no claim was found")


def test_unreadable_claims_are_no_claims() -> None:
    """Words that are no date, and dates at the edge of the calendar, are passed over."""
    for words in ("", "قريباً", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2025-13-45", "٩٩٩٩٩٩"):
        assert published(dates=(("json-ld", words),)).value is None


def test_day_boundary_is_the_outlets() -> None:
    """A page of half past midnight in Damascus is of that day, though it is the day before in UTC."""
    got = published(dates=(("json-ld", "2025-02-11T21:30:00Z"),), url="https://river.example/2025/02/12/x")
    assert got.basis == ("json-ld", "url")


def test_the_moment_of_the_capture_is_no_date() -> None:
    """A page that prints the time at which it is asked for tells nothing; the next claim counts, or none."""
    now = ("meta", (CAPTURED + dt.timedelta(seconds=2)).isoformat())
    got = published(dates=(now, ("page", "10 شباط 2025")))
    assert got.value == "2025-02-10T00:00:00+03:00"
    assert "fetch_time:meta" in got.flags
    assert got.reason == "page is believed first of what is left; meta was passed over as implausible"
    alone = published(dates=(now,))
    assert alone.value is None
    assert alone.flags == ("fetch_time:meta", "no_date")
    assert alone.reason == "every claim is implausible"


def test_the_reason_is_told() -> None:
    """Whoever reads a date can see why it was chosen."""
    assert published().reason == "no claim was found"
    assert published(dates=(("page", "10 شباط 2025"),)).reason == "page is the only claim"
    both = published(dates=(("json-ld", "2025-02-10T10:00:00+03:00"), ("page", "10 شباط 2025")))
    assert both.reason == "json-ld is believed first"
