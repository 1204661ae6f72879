"""The other addresses of a page: where redirects led, and what it calls its canonical link."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from workers.config import Config
from workers.items import Response
from workers.urls import canonical, key_of, site_of

HEAD = 300_000  # bytes of a page in which its head is looked for

_LINK = re.compile(rb"<link\b([^<>]{1,3000})>", re.IGNORECASE)
_REL = re.compile(rb"""\brel\s{0,5}=\s{0,5}["']?canonical\b""", re.IGNORECASE)
_HREF = re.compile(rb"""\bhref\s{0,5}=\s{0,5}(?:"([^"]{1,2500})"|'([^']{1,2500})'|([^\s"'>]{1,2500}))""", re.IGNORECASE)


def other_names(response: Response, config: Config) -> Iterator[tuple[str, str]]:
    """Yield the other addresses that `response` itself shows for the page asked for, each with its basis.

    "redirect" for where the redirects led; "canonical" for the page's canonical link, unless it leads to another site,
    to a home page or section above the page, or to a source: templates get these wrong. Never raises.
    """
    asked = key_of(response.url)
    final = canonical(response.final_url, trackers=config.trackers)
    if final is not None and key_of(final) != asked:
        yield final, "redirect"
    link = _canonical_link(response.body[:HEAD])
    url = canonical(link, base=response.final_url, trackers=config.trackers) if link else None
    if url is None or key_of(url) in {asked, key_of(final or response.url)}:
        return
    if site_of(url) == site_of(response.final_url) and not _is_above(url, response.final_url, config):
        yield url, "canonical"


def _canonical_link(head: bytes) -> str | None:
    for found in _LINK.finditer(head):
        attributes = found.group(1)
        href = _HREF.search(attributes)
        if _REL.search(attributes) and href:
            return html.unescape(next(filter(None, href.groups())).decode("utf-8", "replace")).strip()
    return None


def _is_above(url: str, page: str, config: Config) -> bool:
    """Whether `url` is a home page, a section that the page's path lies under, or an address that is watched."""
    parts = urlsplit(url)
    path = parts.path.strip("/")
    if not path and not parts.query:
        return True
    if (
        not parts.query
        and f"/{path}/" != f"{urlsplit(page).path.rstrip('/')}/"
        and urlsplit(page).path.startswith(f"/{path}/")
    ):
        return True
    watched = (source.url for outlet in config.outlets.values() for source in outlet.sources)
    return key_of(url) in {key_of(canonical(one, trackers=config.trackers) or one) for one in watched}
