"""The page before this one, where a list goes on."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from workers.urls import canonical, key_of
from workers.watch.sightings import Gathering

MAX_LINKS = 5_000

_PATH = re.compile(r"/page/(\d{1,6})(?=/|$)", re.IGNORECASE)
_PARAMETERS = ("page", "paged", "pg")
_HINT = re.compile(r"pa?ge?d?\b", re.IGNORECASE)


def older_page(tree: HtmlElement, base: str, gathering: Gathering, selector: str | None) -> str | None:
    """Return the canonical address of the page that goes on where this one ends, or None. Never another site's.

    `selector` finds the link, which may be any element with an href. Without one it is what the page calls "next", or a
    link that differs from the page's own address by the number of the page alone.
    """
    if selector:
        found = cast("list[HtmlElement]", CSSSelector(selector)(tree))
        return _first([element.get("href") for element in found[:10]], base, gathering)
    links = [element for _, element in zip(range(MAX_LINKS), tree.iter("a", "link"), strict=False)]
    named = [link.get("href") for link in links if "next" in (link.get("rel") or "").lower().split()]
    if page := _first(named[:10], base, gathering):
        return page
    wanted = {key_of(url) for url in _following(gathering)}
    hrefs = [href for link in links if (href := link.get("href")) and _HINT.search(href[:2000])]
    pages = (_first([href], base, gathering) for href in hrefs)
    return next((url for url in pages if url and key_of(url) in wanted), None)


def _first(hrefs: list[str | None], base: str, gathering: Gathering) -> str | None:
    for href in hrefs:
        url = canonical(href, base=base, trackers=gathering.trackers) if href else None
        if url and (page := gathering.page(url)):
            return page
    return None


def _following(gathering: Gathering) -> list[str]:
    """The addresses that the next page may have, canonical. The first page is number 1, or 0 with some programs."""
    parts = urlsplit(gathering.url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    found = []
    if number := _PATH.search(parts.path):
        following = f"/page/{int(number.group(1)) + 1}"
        found.append(parts._replace(path=parts.path[: number.start()] + following + parts.path[number.end() :]))
    else:
        found.append(parts._replace(path=parts.path.rstrip("/") + "/page/2"))
        said = [name for name, value in query if name in _PARAMETERS and value.isdecimal() and len(value) < 7]
        for name in said[:1] or _PARAMETERS:
            others = [(key, value) for key, value in query if key != name]
            numbers = [int(value) + 1 for key, value in query if key == name and value.isdecimal()][:1] or [2, 1]
            found += [parts._replace(query=urlencode([*others, (name, str(one))])) for one in numbers]
    urls = (canonical(urlunsplit(one), trackers=gathering.trackers) for one in found)
    return [url for url in urls if url]
