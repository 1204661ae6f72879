"""The date of an entry."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.dates import latest, moment, says_utc

DAMASCUS = ZoneInfo("Asia/Damascus")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wed, 12 Feb 2025 10:00:00 GMT", "2025-02-12T10:00:00"),
        ("Wed, 12 Feb 2025 10:00:00 +0300", "2025-02-12T07:00:00"),
        ("Wed, 12 Feb 2025 10:00:00 +03:00 (Damascus)", "2025-02-12T07:00:00"),
        ("12 Feb 2025 10:00 GMT+3", "2025-02-12T07:00:00"),
        ("Wednesday, 12 February 25 10:00:00 Z", "2025-02-12T10:00:00"),
        ("12-Feb-2025 10:00:00 EET", "2025-02-12T08:00:00"),
        ("Wed, 12 Feb 2025 10:00:00 EST", "2025-02-12T15:00:00"),
        ("Wed, 12 Feb 2025 10:00:00", "2025-02-12T07:00:00"),
        ("Wed, 12 Feb 2025 10:00:00 AST", "2025-02-12T07:00:00"),
        ("Wed, 12 Feb 2025", "2025-02-11T21:00:00"),
        ("2025-02-12T10:00:00Z", "2025-02-12T10:00:00"),
        ("2025-02-12T10:00:00.123456+03:00", "2025-02-12T07:00:00"),
        ("2025-02-12 10:00:00 +0300", "2025-02-12T07:00:00"),
        ("2025-02-12 10:00", "2025-02-12T07:00:00"),
        ("2025/2/12", "2025-02-11T21:00:00"),
        ("2021-02-12 10:00", "2021-02-12T08:00:00"),
        ("12 شباط 2025", "2025-02-11T21:00:00"),
        ("٢٦ فبراير ٢٠٢٥", "2025-02-25T21:00:00"),
        ("26 شباط/فبراير 2025", "2025-02-25T21:00:00"),
        ("5 كانون الأول 2025", "2025-12-04T21:00:00"),
        ("Wed, 12 Feb 2099 10:00:00 GMT", "2099-02-12T10:00:00"),
    ],
)
def test_dates_are_read_in_the_outlets_zone(written: str, expected: str) -> None:
    """A named zone or offset counts, anything else is the outlet's own time, in the law of its day."""
    at = moment(written, DAMASCUS)
    assert at is not None
    assert at.isoformat() == expected + "+00:00"


@pytest.mark.parametrize(
    "written",
    [
        "", "x", "yesterday", "Wed, 31 Feb 2025 10:00:00 GMT", "Wed, 12 Foo 2025 10:00:00", "2025-13-01", "0000-00-00",
        "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +0000", "9999-12-31T23:59:59-12:00",
        "Wed, 12 Feb 2025 25:00:00 GMT", "12 Feb 2025 10:00:00 +9999", "1739350800", "32 شباط 2025", "شباط",
    ],
)  # fmt: skip
def test_nonsense_is_none(written: str) -> None:
    """What is no date, or the date that programs write for none, is not guessed at."""
    assert moment(written, DAMASCUS) is None


@pytest.mark.parametrize(
    "written",
    [
        "Wed, 12 Feb 2025 10:00:00 GMT", "Wed, 12 Feb 2025 10:00:00 +0000", "Wed, 12 Feb 2025 10:00:00 -0000",
        "2025-02-12T10:00:00Z", "2025-02-12T10:00:00.000Z", "2025-02-12 10:00 UTC", "2025-02-12T10:00:00+00:00 (x)",
        "12 Feb 2025 10:00 GMT+00:00", " 2025-02-12T10:00:00z ", "12 Feb 2025 10:00 UT",
    ],
)  # fmt: skip
def test_greenwich_time_is_claimed(written: str) -> None:
    """A date may say that it is in Greenwich time."""
    assert says_utc(written)


@pytest.mark.parametrize(
    "written",
    [
        "", "Z", "Wed, 12 Feb 2025 10:00:00", "Wed, 12 Feb 2025 10:00:00 +0300", "2025-02-12 00:00", "2025-02-12T00:00:00",
        "2025-02-12T10:00:00+03:00", "Wed, 12 Feb 2025 10:00:00 GMT+3", "Wed, 12 Feb 2025 10:00:00 EST", "12 Feb 2025",
        "2025-02-12Z",
    ],
)  # fmt: skip
def test_greenwich_time_is_not_claimed(written: str) -> None:
    """A date of another zone, of none, or without a time says nothing of the kind."""
    assert not says_utc(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2025-02-12", "2025-02-12T20:59:59+00:00"),
        ("2025-02-12T10:00:00Z", "2025-02-12T10:00:00+00:00"),
        ("12 Feb 2025", "2025-02-11T21:00:00+00:00"),
    ],
)
def test_a_day_lasts_until_its_end(written: str, expected: str) -> None:
    """What changed on a day may have changed at its end."""
    at = latest(written, DAMASCUS)
    assert at is not None
    assert at.isoformat() == expected
    assert latest("x", DAMASCUS) is None


@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(r"[0-9٠-٩ /:+.TZ-]{1,40}"),
        st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+ .*"),
    )
)
def test_no_text_raises(text: str) -> None:
    """Any text is a moment in UTC or None."""
    at = moment(text, DAMASCUS)
    assert at is None or at.utcoffset() is not None
    latest(text, DAMASCUS)
    says_utc(text)
