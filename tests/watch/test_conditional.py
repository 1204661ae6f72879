"""Conditions sent, and servers caught lying about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.watch.conditional import MOST_FRESH, Validators, fresh_for, headers, learned

NOW = datetime(2026, 3, 2, 9, 7, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DATE = "Mon, 02 Mar 2026 09:00:00 GMT"
KNOWN = Validators(etag='"a"', last_modified=DATE, checked_at=NOW)
ASKED = {"if-none-match": '"a"', "if-modified-since": DATE}


def look(
    known: Validators = KNOWN,
    *,
    etag: str | None = '"a"',
    modified: str | None = DATE,
    status: int = 200,
    asked: bool = False,
    new: int = 0,
    changed: bool = False,
    now: datetime = NOW,
    published: tuple[datetime, ...] = (),
) -> Validators:
    sent = {name: value for name, value in (("ETag", etag), ("Last-Modified", modified)) if value is not None}
    conditions = ASKED if asked else {}
    return learned(
        known, sent, status=status, asked=conditions, new=new, digest_changed=changed, now=now, published=published
    )


def test_both_validators_are_sent_until_the_next_check_is_due() -> None:
    """Conditions go with every look but the one after six hours, and never before the first."""
    assert headers(KNOWN, NOW + MINUTE) == ASKED
    assert headers(KNOWN, NOW + timedelta(hours=6)) == {}
    assert headers(KNOWN, NOW + timedelta(hours=6), check_every=7 * 3600) == ASKED
    assert headers(KNOWN, NOW - timedelta(days=1)) == {}
    assert headers(Validators(), NOW) == {}
    assert headers(Validators(checked_at=NOW), NOW) == {}


@pytest.mark.parametrize(
    ("etag", "sent"),
    [
        ('W/"a"', 'W/"a"'),
        ('"a-gzip"', '"a-gzip", "a"'),
        ('W/"a;br"', 'W/"a;br", "a"'),
        ('"a--gzip--gzip"', '"a--gzip--gzip", "a"'),
        ("a", "a"),
    ],
)
def test_a_tag_is_sent_as_it_came_and_without_the_mark_of_compression(etag: str, sent: str) -> None:
    """Servers that add how they compressed know either form."""
    assert headers(look(etag=etag, modified=None), NOW) == {"if-none-match": sent}


@pytest.mark.parametrize("bad", ["", " ", '"a"\r\nx-evil: 1', '"a\x00"', '"ا"', '"' + "a" * 1024 + '"'])
def test_what_cannot_be_sent_back_is_not_kept(bad: str) -> None:
    """Line breaks, control characters, other scripts and endless values never leave in a request."""
    after = look(etag=bad, modified=bad)
    assert after.etag is None
    assert after.last_modified is None
    assert headers(Validators(etag=bad, last_modified=bad, checked_at=NOW), NOW) == {}


def test_a_304_moves_nothing_but_the_time_it_was_said() -> None:
    """The check without conditions comes due all the same."""
    after = look(status=304, asked=True, etag=None, now=NOW + MINUTE)
    assert after == Validators(etag='"a"', last_modified=DATE, checked_at=NOW, unchanged_at=NOW + MINUTE)


def test_a_304_to_no_condition_ends_the_conditions() -> None:
    """A server that does not know what it was asked is asked for everything."""
    assert headers(look(status=304), NOW) == {}


@pytest.mark.parametrize("status", [206, 301, 403, 500])
def test_other_answers_teach_nothing(status: int) -> None:
    """An error page's tag is not the source's."""
    assert look(etag='"b"', status=status, new=5) == KNOWN


@pytest.mark.parametrize(
    ("known", "sent", "new", "changed"),
    [
        ('"a"', '"a"', 1, True),
        ('"a"', '"a"', 0, True),
        ('W/"a"', 'W/"a"', 1, True),
        ('"a-gzip"', 'W/"a"', 1, True),
        (None, None, 1, True),
    ],
)
def test_the_same_state_with_other_articles_is_a_lie(
    known: str | None, sent: str | None, new: int, changed: bool
) -> None:
    """An ETag or, without one, a date that stays while articles come is not believed for a month."""
    after = look(Validators(etag=known, last_modified=DATE, checked_at=NOW), etag=sent, new=new, changed=changed)
    assert after.lied_at == NOW
    later = Validators(
        etag=after.etag, last_modified=DATE, checked_at=NOW + 29 * timedelta(days=1), lied_at=NOW, lies=1
    )
    assert headers(later, NOW + timedelta(days=29)) == {}
    month = Validators(etag=after.etag, last_modified=DATE, checked_at=NOW + timedelta(days=30), lied_at=NOW, lies=1)
    assert headers(month, NOW + timedelta(days=30)) != {}


@pytest.mark.parametrize(
    ("known", "sent", "new", "changed"),
    [
        ('"a"', '"b"', 3, True),
        ('"a"', None, 3, True),
        (None, '"a"', 0, True),
        ('W/"a"', 'W/"a"', 0, True),
        ('"a"', '"a"', 0, False),
        (None, None, 0, True),
    ],
)
def test_honest_changes_are_no_lie(known: str | None, sent: str | None, new: int, changed: bool) -> None:
    """Another state with articles, and a weakly named one with another clock in the page, are in order."""
    after = look(Validators(etag=known, last_modified=DATE, checked_at=NOW), etag=sent, new=new, changed=changed)
    assert after.lied_at is None
    assert after.checked_at == NOW


def test_who_lies_again_is_disbelieved_for_longer() -> None:
    """The second lie costs two months, and no number of them more than a year."""
    after = look(look(new=1), new=1)
    assert after.lies == 2
    fresh = Validators(etag='"a"', checked_at=NOW + timedelta(days=59), lied_at=NOW, lies=2)
    assert headers(fresh, NOW + timedelta(days=59)) == {}
    assert headers(Validators(etag='"a"', checked_at=NOW + timedelta(days=366), lied_at=NOW, lies=99), NOW) == {}
    assert headers(Validators(etag='"a"', checked_at=NOW, lied_at=NOW - timedelta(days=366), lies=99), NOW) != {}


def test_articles_withheld_by_304_are_a_lie_under_any_tag() -> None:
    """A server that answers every condition with 304 is caught by what it shows when asked without one."""
    silent = look(status=304, asked=True)
    there = tuple(NOW - hours * timedelta(hours=1) for hours in (2, 3, 4))
    late = {"etag": '"b"', "modified": None, "new": 3, "changed": True, "now": NOW + 5 * MINUTE}
    assert look(silent, published=there, **late).lied_at is not None  # type: ignore[arg-type]
    assert look(silent, published=there, asked=True, **late).lied_at is None  # type: ignore[arg-type]
    assert look(silent, published=(*there[:1], NOW, NOW), **late).lied_at is None  # type: ignore[arg-type]
    days = tuple(one.replace(hour=0, minute=0, second=0) for one in there)
    assert look(silent, published=days, **late).lied_at is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ({"Cache-Control": "public, max-age=300"}, 300),
        ({"cache-control": 'MAX-AGE="60"'}, 60),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, None),
        ({"cache-control": "max-age=300", "age": "x"}, 300),
        ({"cache-control": "max-age=999999999999"}, MOST_FRESH),
        ({"cache-control": "max-age=" + "9" * 500}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "no-cachet, max-age=5"}, 5),
        ({"cache-control": "max-age=60", "expires": "Mon, 02 Mar 2026 10:00:00 GMT"}, 60),
        ({"expires": "Mon, 02 Mar 2026 10:00:00 GMT", "date": DATE}, 3600),
        ({"expires": "Mon, 02 Mar 2026 09:08:11 GMT"}, 60),
        ({"expires": "Mon, 02 Mar 2026 09:08:11 -0000"}, 60),
        ({"expires": "Thu, 19 Nov 1981 08:52:00 GMT"}, None),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, MOST_FRESH),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -1200"}, None),
        ({"expires": "0"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_stays_good(sent: dict[str, str], seconds: float | None) -> None:
    """Cache-Control counts before Expires, and nonsense counts for nothing."""
    assert fresh_for(sent, NOW) == seconds


@given(control=st.text(max_size=80), age=st.text(max_size=20), expires=st.text(max_size=80), date=st.text(max_size=80))
def test_hostile_headers_never_raise(control: str, age: str, expires: str, date: str) -> None:
    """Whatever is sent, the answer is None or within its bounds, and what would be sent back is harmless."""
    sent = {"cache-control": control, "age": age, "expires": expires, "date": date, "etag": control}
    seconds = fresh_for(sent, NOW)
    assert seconds is None or 0 < seconds <= MOST_FRESH
    known = learned(Validators(), sent, status=200, asked={}, new=1, digest_changed=True, now=NOW)
    assert all(value.isascii() and value.isprintable() for value in headers(known, NOW).values())
