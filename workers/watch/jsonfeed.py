"""A JSON Feed's text → its sightings (versions 1 and 1.1, jsonfeed.org)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workers.watch.jsontext import load, objects, words
from workers.watch.relations import declared, first_hub
from workers.watch.sightings import Gathering, Listing

_MARK = "jsonfeed.org/version/"


def is_json_feed(text: str) -> bool:
    """Whether `text` could be one: it begins with a brace."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def read_json_feed(text: str, gathering: Gathering) -> Listing:
    """Return what the feed announces, or the fault that left nothing. Never raises."""
    feed = load(text)
    if not isinstance(feed, dict):
        return Listing(fault="json_broken")
    version = words(feed.get("version")) or ""
    if _MARK not in version or not isinstance(feed.get("items"), list):
        return Listing(fault="not_a_feed")
    items = objects(feed["items"])
    gathering.unreadable += len(feed["items"]) - len(items)
    for item in items:
        guid = words(item.get("id"))
        gathering.add(
            _links(item, guid),
            words(item.get("title")),
            words(item.get("date_published")) or words(item.get("date_modified")),
            modified=words(item.get("date_modified")),
            guid=guid,
        )
    kind = "jsonfeed" + "".join(letter for letter in version.partition(_MARK)[2] if letter.isdecimal())[:4]
    return replace(
        gathering.listing(kind, otherwise="no_links" if feed["items"] else "empty"),
        older=gathering.page(words(feed.get("next_url"))),
        hub=first_hub(_hubs(feed), gathering.url),
        topic=declared(words(feed.get("feed_url")), gathering.url),
    )


def _links(item: dict[str, Any], guid: str | None) -> list[str]:
    links = [
        words(item.get("url")),
        words(item.get("external_url")),
        guid if guid and guid.startswith("http") else None,
    ]
    return [link for link in links if link]


def _hubs(feed: dict[str, Any]) -> list[str | None]:
    hubs = objects(feed.get("hubs"))
    return [words(hub.get("url")) for hub in hubs if (words(hub.get("type")) or "").lower() == "websub"]
