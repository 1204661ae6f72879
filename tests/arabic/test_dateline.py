"""One dateline, meta tag or feed field. All lines are written for these tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.arabic.calendar import read_date

ZONE = ZoneInfo("Asia/Damascus")
NOW = datetime(2025, 2, 26, 11, 35, 20, tzinfo=UTC)  # 14:35 in Damascus
DAY, NOON = "2025-02-26T00:00:00+03:00", "2025-02-26T14:30:00+03:00"

READ = [
    ("2025-02-26", DAY, "day"),
    ("2025-02-26T14:30:00+03:00", NOON, "second"),
    ("2025-02-26T11:30:00Z", NOON, "second"),
    ("2025-02-26T11:30:00.123Z", NOON, "second"),
    ("2025-02-26T11:30Z", NOON, "minute"),
    ("2025-02-26T14:30:00", NOON, "second"),
    ("2025-02-26 14:30", NOON, "minute"),
    ("2025-02-26T14:30:00 +0300", NOON, "second"),
    ("Wed, 26 Feb 2025 14:30:00 +0300", NOON, "second"),
    ("Wed, 26 Feb 2025 11:30:00 GMT", NOON, "second"),
    ("Wed, 26 Feb 2025 11:30:00 -0000", NOON, "second"),
    ("Wed, 26 Feb 2025 14:30:00", NOON, "second"),
    ("26 Feb 2025 14:30 +0300", NOON, "minute"),
    ("Wed, 26 شباط 2025 14:30:00 +0300", NOON, "second"),
    ("26 شباط 2025", DAY, "day"),
    ("الأربعاء 26 شباط 2025 14:30", NOON, "minute"),
    ("الأربعاء، 26 شباط 2025", DAY, "day"),
    ("٢٦ فبراير ٢٠٢٥", DAY, "day"),
    ("● أخبار سورية ٢٦ فبراير ٢٠٢٥", DAY, "day"),
    ("26/02/2025 - 2:30 م", NOON, "minute"),
    ("26-02-2025", DAY, "day"),
    ("2025/02/26 14:30", NOON, "minute"),
    ("نُشر في: 26 شباط 2025 | 02:30 مساءً", NOON, "minute"),
    ("26 شباط/فبراير 2025 الساعة 14:30", NOON, "minute"),
    ("26 شباط 2025 11:30 بتوقيت غرينتش", NOON, "minute"),
    ("26 شباط 2025 11:30 GMT", NOON, "minute"),
    ("26.02.2025، 12:05 ص", "2025-02-26T00:05:00+03:00", "minute"),
    ("26.02.2025، 12:05 ظهراً", "2025-02-26T12:05:00+03:00", "minute"),
    ("26.02.2025، 1:05 ظهراً", "2025-02-26T13:05:00+03:00", "minute"),
    ("26.02.2025، 10:05 ليلاً", "2025-02-26T22:05:00+03:00", "minute"),
    ("26 شباط 2025 ص 9:05", "2025-02-26T09:05:00+03:00", "minute"),
    ("February 26, 2025 2:30 pm", NOON, "minute"),
    ("26 February 2025", DAY, "day"),
    ("12 شعبان 1446 هـ الموافق 26 شباط 2025", DAY, "day"),
    ("27 شعبان 1446 هـ", DAY, "day"),
    ("26 شباط 2025 25:70", DAY, "day"),
    ("26 شباط 2025 من 10:00 حتى 12:00", DAY, "day"),
    ("2 تموز 2022", "2022-07-02T00:00:00+03:00", "day"),
    ("2 كانون الثاني 2020", "2020-01-02T00:00:00+02:00", "day"),
    ("  26\u00a0شباط\n2025 ", DAY, "day"),
]
WITH_NOW = [
    ("منذ 5 دقائق", NOON, "minute"),
    ("منذ ساعتين", DAY, "day"),
    ("قبل 15 ساعة", "2025-02-25T00:00:00+03:00", "day"),
    ("منذ ثلاث ساعات", DAY, "day"),
    ("منذ يوم", "2025-02-25T00:00:00+03:00", "day"),
    ("منذ ثلاثة أيام", "2025-02-23T00:00:00+03:00", "day"),
    ("قبل 3 أيام", "2025-02-23T00:00:00+03:00", "day"),
    ("اليوم 14:30", NOON, "minute"),
    ("أمس", "2025-02-25T00:00:00+03:00", "day"),
    ("أمس 14:30", "2025-02-25T14:30:00+03:00", "minute"),
    ("12 شباط", "2025-02-12T00:00:00+03:00", "day"),
]
UNSURE = [
    *["", "   ", "عنب", "2025", "شباط 2025", "الساعة 14:30", "31 شباط 2025", "2025-02-30", "2025-02-30T10:00:00Z"],
    *["26 شباط 2025 | آخر تحديث: 27 شباط 2025", "12 شباط", "منذ ساعتين", "أمس", "26 Fob 2025"],
    *["1900-01-01T00:00:00+14:00", "9999-12-31T23:59:00-12:00", "0001-01-01T00:00:00+14:00", "منذ أسبوع", "9" * 400],
    *["من 5 إلى 7 أيار 2025", "99/99/2025", "Wed, 32 Feb 2025 14:30:00 GMT", "كلمة " * 100 + "26 شباط 2025"],
]


@pytest.mark.parametrize(("text", "value", "precision"), READ)
def test_reads_a_date(text: str, value: str, precision: str) -> None:
    """ISO, mail and Arabic dates become one moment in the outlet's zone, with how exact it is."""
    assert read_date(text, ZONE) == (value, precision)
    assert read_date(text, ZONE, NOW) == (value, precision)


@pytest.mark.parametrize(("text", "value", "precision"), WITH_NOW)
def test_reads_what_needs_the_moment_of_reading(text: str, value: str, precision: str) -> None:
    """Ages and dates without a year are read only with the moment they were seen at."""
    assert read_date(text, ZONE, NOW) == (value, precision)
    assert read_date(text, ZONE) is None


@pytest.mark.parametrize("text", UNSURE)
def test_is_unsure(text: str) -> None:
    """Half a date, two dates, an impossible one or too long a line gives nothing."""
    assert read_date(text, ZONE) is None


def test_a_day_is_no_moment() -> None:
    """With only a day as anchor, days can be counted back, hours and minutes cannot."""
    assert read_date("منذ ساعتين", ZONE, date(2025, 2, 26)) is None
    assert read_date("منذ 5 دقائق", ZONE, date(2025, 2, 26)) is None
    assert read_date("منذ يومين", ZONE, date(2025, 2, 26)) == ("2025-02-24T00:00:00+03:00", "day")


def test_the_anchor_counts_in_the_zone() -> None:
    """Late in the evening in UTC it is tomorrow in Damascus already."""
    late = datetime(2025, 2, 25, 22, 0, tzinfo=UTC)
    assert read_date("اليوم", ZONE, late) == (DAY, "day")


@given(
    st.text(st.sampled_from("0123456789:-/.+TZ صمشباط آذار2025 منذ قبل ساعتين أيام Feb,GMT"), max_size=40),
    st.one_of(st.none(), st.dates(), st.datetimes(timezones=st.just(UTC))),
)
def test_never_fails(text: str, anchor: date | None) -> None:
    """Any line gives None or a moment that can be read back."""
    read = read_date(text, ZONE, anchor)
    assert read is None or datetime.fromisoformat(read[0]).tzinfo is not None
