"""WebSub without a hub: what is asked, and which answers are believed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from workers.config import Settings
from workers.watch import websub
from workers.watch.websub import Confirmed, Denied, Refused

NOON = datetime(2025, 2, 12, 12, tzinfo=UTC)
TOPIC = "https://one.test/feed"
MASTER = b"a master secret of the tests"
KEY = "0123456789abcdef"
ASKED = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc-123", "hub.lease_seconds": "864000"}


def sign(body: bytes, secret: str, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def test_the_form_says_what_the_standard_wants() -> None:
    """Callback, mode, topic, lease in whole seconds and a secret of fewer than 200 bytes."""
    form = websub.subscribe_form(TOPIC, "https://us.test/cb", websub.secret_of(MASTER, KEY), timedelta(hours=2))
    assert form.pop("hub.secret") == websub.secret_of(MASTER, KEY)
    assert form == {
        "hub.callback": "https://us.test/cb",
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.lease_seconds": "7200",
    }
    assert len(websub.secret_of(MASTER, KEY)) < 200


def test_secrets_and_tokens_differ_by_master_source_and_purpose() -> None:
    """Nobody who learns one of them learns another."""
    derived = {
        derive(master, key)
        for derive in (websub.secret_of, websub.token_of)
        for master in (MASTER, b"another")
        for key in (KEY, "f" * 16)
    }
    assert len(derived) == 8


def test_websub_is_on_with_an_address_and_a_secret_only() -> None:
    """Without either nothing is asked of any hub."""
    both = Settings(public_url="https://us.test/", push_secret=SecretStr("s3cret"))
    assert websub.master_of(both) == b"s3cret"
    assert websub.master_of(Settings(public_url="https://us.test/")) is None
    assert websub.master_of(Settings(push_secret=SecretStr("s3cret"))) is None
    token = websub.token_of(b"s3cret", KEY)
    assert websub.callback(both, b"s3cret", KEY) == f"https://us.test/websub/{KEY}/{token}"


def test_a_token_opens_the_door_of_its_source_alone() -> None:
    """Neither another source's, nor half of it, nor letters that no token has."""
    token = websub.token_of(MASTER, KEY)
    assert websub.is_token(token, MASTER, KEY)
    for wrong in ("", token[:-1], token + "0", token.upper(), websub.token_of(MASTER, "f" * 16), "ش" * 64, "\ud800"):
        assert not websub.is_token(wrong, MASTER, KEY)


@pytest.mark.parametrize(
    ("hubs", "topic", "chosen"),
    [
        (["http://hub.test", "https://hub.test"], TOPIC, "https://hub.test"),
        (["https://a.test", "https://b.test"], TOPIC, "https://a.test"),
        (["http://hub.test"], TOPIC, None),
        (["http://hub.test"], "http://one.test/feed", "http://hub.test"),
        (["ftp://hub.test", "/hub", ""], TOPIC, None),
        ([], TOPIC, None),
    ],
)
def test_a_hub_is_no_less_safe_than_its_topic(hubs: list[str], topic: str, chosen: str | None) -> None:
    """Over https where there is one; over http only for a feed that is read over http anyway."""
    assert websub.choose_hub(hubs, topic) == chosen


def test_what_was_asked_is_confirmed() -> None:
    """The challenge goes back, and the lease is renewed when a quarter of it is left."""
    assert websub.verify_intent(ASKED, topic=TOPIC, now=NOON) == Confirmed(
        challenge="abc-123", lease_until=NOON + timedelta(days=10), renew_at=NOON + timedelta(days=7.5)
    )


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"hub.topic": "https://one.test/other"}, "topic"),
        ({"hub.topic": TOPIC + "/"}, "topic"),
        ({"hub.mode": "unsubscribe"}, "unsubscribe"),
        ({"hub.mode": "publish"}, "publish"),
        ({"hub.mode": ""}, "asked for"),
        ({"hub.challenge": ""}, "challenge"),
        ({"hub.challenge": "x" * 1025}, "challenge"),
        ({"hub.challenge": "<script>alert(1)</script>\r\nSet-Cookie: a=b"}, "challenge"),
        ({"hub.challenge": "abc\x00"}, "challenge"),
        ({"hub.challenge": "abc\n"}, "challenge"),
        ({"hub.lease_seconds": "-5"}, "lease"),
        ({"hub.lease_seconds": "soon"}, "lease"),
        ({"hub.lease_seconds": "٣٦٠٠"}, "lease"),
        ({"hub.lease_seconds": "9" * 400}, "lease"),
        ({"hub.lease_seconds": "1e9"}, "lease"),
    ],
)
def test_what_was_not_asked_is_refused(changed: dict[str, str], word: str) -> None:
    """Another topic, another wish, a challenge or a lease that cannot be; the log is told why."""
    judged = websub.verify_intent({**ASKED, **changed}, topic=TOPIC, now=NOON)
    assert isinstance(judged, Refused)
    assert word in judged.why


def test_nothing_is_confirmed_where_nothing_was_asked() -> None:
    """A hub cannot begin by itself, and nobody is unsubscribed on its word."""
    assert isinstance(websub.verify_intent(ASKED, topic=None, now=NOON), Refused)
    assert isinstance(websub.verify_intent({}, topic=TOPIC, now=NOON), Refused)


@pytest.mark.parametrize(
    ("said", "lease"),
    [
        ("3600", timedelta(hours=1)),
        ("9999999999", websub.LONGEST_LEASE),
        ("", websub.LEASE),
        ("0", websub.LEASE),
        (None, websub.LEASE),
    ],
)
def test_a_lease_is_bounded(said: str | None, lease: timedelta) -> None:
    """None is taken for longer than a month; one not named is the one asked for."""
    params = {name: value for name, value in {**ASKED, "hub.lease_seconds": said}.items() if value is not None}
    judged = websub.verify_intent(params, topic=TOPIC, now=NOON)
    assert isinstance(judged, Confirmed)
    assert judged.lease_until == NOON + lease


def test_a_short_lease_does_not_make_us_ask_all_the_time() -> None:
    """However short, a quarter of an hour lies between two askings."""
    assert websub.renew_at(NOON, timedelta(seconds=60)) == NOON + timedelta(minutes=15)


def test_a_denial_is_taken_for_our_topic_only() -> None:
    """With its reason, cut to a bearable length."""
    denied = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "no " * 1000}
    judged = websub.verify_intent(denied, topic=TOPIC, now=NOON)
    assert isinstance(judged, Denied)
    assert len(judged.reason) == 500
    assert isinstance(websub.verify_intent(denied, topic="https://else.test/", now=NOON), Refused)


@pytest.mark.parametrize("method", websub.METHODS)
def test_a_right_signature_is_right_by_every_method(method: str) -> None:
    """The four methods of the standard, digits in either case."""
    right = sign(b"body", "secret", method)
    assert websub.signature_ok(right, b"body", "secret")
    name, digits = right.split("=")
    assert websub.signature_ok(f"{name}={digits.upper()}", b"body", "secret")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256",
        "sha256=",
        "sha256=00",
        sign(b"body", "secret")[:-1],
        sign(b"body", "secret") + "0",
        sign(b"body", "other"),
        sign(b"other", "secret"),
        sign(b"body", "secret").replace("sha256", "sha512"),
        sign(b"body", "secret").replace("sha256", "md5"),
        f"md5={hashlib.md5(b'body').hexdigest()}",
        f"new={'0' * 64}",
        f"__class__={'0' * 64}",
        "sha256=" + "é" * 64,
        "sha1=" + "0" * 1_000_000,
        sign(b"body", "secret") + ", " + sign(b"body", "secret"),
    ],
)
def test_a_wrong_signature_is_wrong(header: str | None) -> None:
    """None at all, another secret, another body, another method, half of it, or rubbish."""
    assert not websub.signature_ok(header, b"body", "secret")


@given(st.text(), st.binary())
def test_no_header_makes_the_check_fall_over(header: str, body: bytes) -> None:
    """Whatever stands there is an answer, and the answer is no."""
    assert not websub.signature_ok(header, body, "secret")


@given(st.dictionaries(st.sampled_from(sorted(ASKED)), st.text()))
def test_no_request_makes_the_verification_fall_over(params: dict[str, str]) -> None:
    """Whatever a hub says is judged; only a whole request for our topic is confirmed."""
    judged = websub.verify_intent(params, topic=TOPIC, now=NOON)
    assert not isinstance(judged, Confirmed) or params["hub.topic"] == TOPIC
