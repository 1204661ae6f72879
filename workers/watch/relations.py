"""Addresses that a source declares beside its entries: in HTTP's Link header, in a feed's head."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urljoin

from workers.urls import MAX_LENGTH, canonical

_MAX_HEADER = 20_000  # characters of a Link header that are read
_LINK = re.compile(r"<([^<>]{1,4000})>([^<>]{0,500})")
_REL = re.compile(r";\s{0,9}rel\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def from_header(headers: Mapping[str, str], rel: str) -> list[str]:
    """Return the addresses, as written, that the Link header of RFC 8288 names as `rel`; `headers` are lower-case."""
    found = []
    for link in _LINK.finditer(headers.get("link", "")[:_MAX_HEADER]):
        relation = _REL.search(link.group(2))
        if relation and rel in (relation.group(1) or relation.group(2) or "").lower().split():
            found.append(link.group(1))
    return found


def declared(link: str | None, base: str) -> str | None:
    """Return `link` made whole and else as it was declared, or None when it is no http(s) address.

    A hub knows a topic by exactly the address that the feed names, so it is not brought into its canonical form.
    """
    if not link or canonical(link, base=base) is None:
        return None
    whole = urljoin(base, link.strip())
    return whole if len(whole) <= MAX_LENGTH and whole.isprintable() else None


def first_hub(links: Iterable[str | None], base: str) -> str | None:
    """Return the first of `links` that could be a hub of the feed at `base`: any address but the feed's own."""
    hubs = (declared(link, base) for link in links)
    return next((hub for hub in hubs if hub and hub != base), None)
