"""A document that somebody cleaned already, as JSON, to an article."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from workers.arabic.calendar import find_dates, read_date
from workers.clean.language import language_of
from workers.config import Config, Outlet
from workers.items import Article, DateCandidate, Published, Zones
from workers.urls import canonical, key_of


def read_document(document: Mapping[str, Any], config: Config, *, default_id: str) -> Article:
    """Make an article of `{id?, outlet?, url?, title, text, published?}`; nothing is removed from its text.

    An outlet may be given by slug or by any name it is known by. Raises ValueError that names the key at fault.
    """
    title = _text(document, "title").strip()
    body = _text(document, "text", required=True).strip("\r\n")
    url = _text(document, "url")
    name = _text(document, "outlet")
    outlet = _outlet(name, url, config)
    zone = outlet.zone if outlet else ZoneInfo(Outlet.model_fields["timezone"].default)
    published = _published(_text(document, "published"), zone)
    day = published.at.astimezone(zone).date() if published.at else None
    text = f"{title}\n\n{body}" if title else body
    start = len(text) - len(body)
    lead_end = start + len(body.split("\n", 1)[0])
    address = canonical(url, trackers=config.trackers) or url
    key = key_of(address) if address else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    given = document.get("id")
    return Article(
        id=default_id if given is None else str(given),
        key=key,
        url=address,
        outlet=outlet.slug if outlet else name or None,
        language=language_of(text, "", outlet.language if outlet else None),
        title=title or None,
        author=None,
        text=text,
        zones=Zones(headline=(0, len(title)), lead=(start, lead_end), body=(start, len(text))),
        published=published,
        dates=find_dates(text, day),
        versions={"cleaner": "none"},
    )


def _text(document: Mapping[str, Any], key: str, *, required: bool = False) -> str:
    value = document.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{key!r} must be a text" if value is not None else f"{key!r} is missing")  # noqa: TRY004
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _outlet(name: str, url: str, config: Config) -> Outlet | None:
    known = config.outlets.get(name) or next(
        (one for one in config.outlets.values() if name and name in {one.name, one.name_en, *one.aliases}), None
    )
    if known or not url:
        return known
    try:
        return config.outlet_of(url)
    except ValueError:  # an address with a broken host
        return None


def _published(claimed: str, zone: ZoneInfo) -> Published:
    read = read_date(claimed, zone) if claimed else None
    if read is None:
        return Published(flags=("no_date",) if not claimed else ("unreadable_date",))
    value, precision = read
    given = DateCandidate(value=value, basis="given", text=claimed)
    return Published(value=value, precision=precision, basis=("given",), candidates=(given,))
