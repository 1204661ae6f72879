"""Asking for a source only if it has changed (RFC 9110, section 13), and catching servers that lie about it.

Some answer 304, or send the ETag of old, though articles came. So every few hours a source is asked without
conditions; if that shows what should have been told, its conditions are given up for a month, and longer each time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from workers.items import utc

CHECK_EVERY = 6 * 3600.0  # seconds
DISTRUST = timedelta(days=30)
MOST_DISTRUST = timedelta(days=365)
MOST_FRESH = 7 * 86400.0  # seconds

_LATE = timedelta(hours=1)  # what an article may need from its date to the feed
_MAX_HEADER = 1024
_UNFIT = re.compile(r"[^\x20-\x7e]")
_ETAG = re.compile(r'(?:W/)?"([^"]*)"')
# Servers that compress mark the tag with how, and do not know it again when it comes back.
_CODED = re.compile(r"(?:[-;:+]{1,2}(?:gzip|br|zstd|deflate))+$")
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:,|$)', re.IGNORECASE)
_NO_STORE = re.compile(r"(?:^|,)\s*no-(?:store|cache)\s*(?:[,=]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What names the state of a source that was last read in full, at `checked_at`.

    `unchanged_at` is when it last said that nothing has changed, `lied_at` when it was last caught lying and `lies`
    how often it was.
    """

    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    unchanged_at: datetime | None = None
    lied_at: datetime | None = None
    lies: int = 0


def headers(known: Validators, now: datetime, *, check_every: float = CHECK_EVERY) -> dict[str, str]:
    """Return the conditions to send, by their names in lower case.

    None when `check_every` seconds have passed since the source was read in full, or while it is not believed.
    """
    now = utc(now)
    if known.checked_at is None or not timedelta(0) <= now - known.checked_at < timedelta(seconds=check_every):
        return {}
    if known.lied_at is not None and now - known.lied_at < min(MOST_DISTRUST, DISTRUST * max(1, known.lies)):
        return {}
    conditions = {}
    if etag := _sound(known.etag):
        bare = _opaque(etag)
        plain = f'"{bare}"'
        conditions["if-none-match"] = etag if bare is None or plain in etag else f"{etag}, {plain}"
    if modified := _sound(known.last_modified):
        conditions["if-modified-since"] = modified
    return conditions


def learned(
    known: Validators,
    response_headers: Mapping[str, str],
    *,
    status: int,
    asked: Mapping[str, str],
    new: int,
    digest_changed: bool,
    now: datetime,
    published: Collection[datetime] = (),
) -> Validators:
    """Return what is known after a look that sent the conditions `asked` and was answered with `status`.

    `new` articles were found, `published` at these times as far as they have some; `digest_changed` is whether the
    body differs from that of the last look that had one. A lie is the state of old named again with new articles, or
    by a strong ETag with another body; or most of the new articles having been there while the source still said
    that nothing had changed, which only a look without conditions can show.
    """
    now = utc(now)
    if status == 304:
        return replace(known, unchanged_at=now) if asked else replace(known, etag=None, last_modified=None)
    if status != 200:
        return known
    sent = {name.lower(): value for name, value in response_headers.items()}
    current = replace(
        known,
        etag=_sound(sent.get("etag")),
        last_modified=_sound(sent.get("last-modified")),
        checked_at=now,
        unchanged_at=None,
    )
    if _same_state(known, current, new=new, digest_changed=digest_changed) or (
        not asked and _withheld(known, published)
    ):
        return replace(current, lied_at=now, lies=known.lies + 1)
    return current


def fresh_for(response_headers: Mapping[str, str], now: datetime) -> float | None:
    """Return for how many seconds a response says that it stays good, a week at most; None if it does not say.

    Cache-Control goes before Expires (RFC 9111, section 4.2.1); s-maxage is for shared caches. What was good only in
    the past says nothing.
    """
    sent = {name.lower(): value for name, value in response_headers.items()}
    control = sent.get("cache-control", "")[:_MAX_HEADER]
    if _NO_STORE.search(control):
        return None
    if found := _MAX_AGE.search(control):
        age = sent.get("age", "").strip()
        seconds = float(found[1]) - (float(age) if age.isascii() and age.isdecimal() and len(age) <= 12 else 0.0)
    else:
        expires = _date(sent.get("expires"))
        if expires is None:
            return None
        seconds = (expires - (_date(sent.get("date")) or utc(now))).total_seconds()
    return min(seconds, MOST_FRESH) if seconds > 0 else None


def _same_state(known: Validators, current: Validators, *, new: int, digest_changed: bool) -> bool:
    if known.etag is not None:
        same = current.etag is not None and _opaque(known.etag) == _opaque(current.etag)
        strong = not known.etag.startswith("W/")
        return same and (new > 0 or (digest_changed and strong))
    # A second is long and some give only the day: another body under one date may be a new clock in the page.
    return new > 0 and known.last_modified is not None and known.last_modified == current.last_modified


def _withheld(known: Validators, published: Collection[datetime]) -> bool:
    if known.unchanged_at is None:
        return False
    # What is dated to the half hour may be dated to the day, in whatever zone, and says too little.
    exact = [utc(one) for one in published if one.minute % 30 or one.second]
    there = sum(one < known.unchanged_at - _LATE for one in exact)
    return there >= 2 and there * 2 > len(exact)


def _sound(value: str | None) -> str | None:
    """The header's value if it can be sent back as it came."""
    value = (value or "").strip()
    return value if value and len(value) <= _MAX_HEADER and not _UNFIT.search(value) else None


def _opaque(etag: str) -> str | None:
    """The tag itself, without its weakness and how the body was compressed; None for what is no ETag."""
    found = _ETAG.fullmatch(etag)
    return _CODED.sub("", found[1]) if found else None


def _date(value: str | None) -> datetime | None:
    try:
        at = parsedate_to_datetime((value or "")[:64])
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None
