"""WebSub (W3C Recommendation of 23 January 2018), the subscriber's side: what is asked of a hub, and which of its
words are believed.

Nothing here talks to anybody. The secret of a source and the token in its callback both derive from the master secret
of the installation, so the store keeps neither.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from workers.config import Settings

# Asked for; a hub may grant another. Longer ones are not believed: what lasts for ever is never looked after again.
LEASE = timedelta(days=10)
LONGEST_LEASE = timedelta(days=30)

# However short the lease, a hub is not asked more often.
SHORTEST_RENEWAL = timedelta(minutes=15)

# Characters. The standard sets no bound; hubs send 20 to 128, and whatever comes is sent back.
LONGEST_CHALLENGE = 1024

METHODS = ("sha1", "sha256", "sha384", "sha512")

_SIGNATURE = re.compile(r"\s*(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})\s*")
_CHALLENGE = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_CHALLENGE}}}")
_SECONDS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The hub asks whether we meant it, and we did: `challenge` is sent back, deliveries come until `lease_until`."""

    challenge: str
    lease_until: datetime
    renew_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The hub will not deliver this topic; `reason` is in its own words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """We did not ask for this; `why` is a sentence for the log."""

    why: str


def master_of(settings: Settings) -> bytes | None:
    """The master secret where WebSub is on, else None: it needs an address that hubs reach and a secret to sign with."""
    secret = settings.push_secret.get_secret_value()
    return secret.encode() if secret and settings.public_url else None


def choose_hub(hubs: Iterable[str], topic: str) -> str | None:
    """The hub to ask among those a source declares: the first over https, over http only for a topic over http.

    The secret travels in the request, so a push must not be easier to forge than the page it stands for.
    """
    kept = [hub for hub in hubs if hub.startswith("https://")]
    if not kept and topic.startswith("http://"):
        kept = [hub for hub in hubs if hub.startswith("http://")]
    return kept[0] if kept else None


def secret_of(master: bytes, key: str) -> str:
    """What the hub of source `key` signs with: 64 hex digits (the standard allows fewer than 200 bytes)."""
    return _derive(master, "secret", key)


def token_of(master: bytes, key: str) -> str:
    """The part of the callback of source `key` that nobody can guess: 64 hex digits."""
    return _derive(master, "callback", key)


def callback(settings: Settings, master: bytes, key: str) -> str:
    """Where a hub delivers what source `key` publishes."""
    return f"{settings.public_url.rstrip('/')}/websub/{key}/{token_of(master, key)}"


def is_token(token: str, master: bytes, key: str) -> bool:
    """Whether `token` is that of `key`, in a time that does not depend on how much of it is right."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), token_of(master, key).encode())


def subscribe_form(topic: str, callback: str, secret: str, lease: timedelta = LEASE) -> dict[str, str]:
    """The fields to POST to the hub. It answers 202 and asks back at `callback` by and by."""
    return {
        "hub.callback": callback,
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.lease_seconds": str(int(lease.total_seconds())),
        "hub.secret": secret,
    }


def verify_intent(params: Mapping[str, str], *, topic: str | None, now: datetime) -> Confirmed | Denied | Refused:
    """Judge what a hub asks at the callback. `topic` is what we have asked for there, None for nothing.

    Nothing is ever unsubscribed on a hub's word: what is not wanted any more is not known any more, which ends it too.
    """
    mode = params.get("hub.mode", "")
    if topic is None or params.get("hub.topic") != topic:
        return Refused(why="the topic is not one that was asked for")
    if mode == "denied":
        return Denied(reason=params.get("hub.reason", "")[:500])
    if mode != "subscribe":
        return Refused(why=f"{mode[:20]!r} was not asked for")
    challenge = params.get("hub.challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        return Refused(why=f"the challenge is not 1 to {LONGEST_CHALLENGE} printable characters")
    lease = _lease(params.get("hub.lease_seconds", ""))
    if lease is None:
        return Refused(why="the lease is not a number of seconds")
    return Confirmed(challenge=challenge, lease_until=now + lease, renew_at=renew_at(now, lease))


def renew_at(now: datetime, lease: timedelta) -> datetime:
    """When to ask again: with a quarter of the lease left, which is time for several tries."""
    return now + max(lease * 3 / 4, SHORTEST_RENEWAL)


def signature_ok(header: str | None, body: bytes, secret: str) -> bool:
    """Whether `header` (X-Hub-Signature: method=hex digest) signs these bytes. No signature is a wrong one."""
    found = _SIGNATURE.fullmatch(header or "")
    if found is None:
        return False
    right = hmac.new(secret.encode(), body, getattr(hashlib, found[1])).hexdigest()
    return hmac.compare_digest(found[2].lower(), right)


def _lease(seconds: str) -> timedelta | None:
    if seconds in {"", "0"}:  # hubs of the older PubSubHubbub leave it out, or mean for ever
        return LEASE
    return min(timedelta(seconds=int(seconds)), LONGEST_LEASE) if _SECONDS.fullmatch(seconds) else None


def _derive(master: bytes, purpose: str, key: str) -> str:
    return hmac.new(master, f"marsad websub {purpose} {key}".encode(), hashlib.sha256).hexdigest()
