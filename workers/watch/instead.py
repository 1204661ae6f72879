"""What came where a feed, a sitemap or an answer of an API was asked for."""

from __future__ import annotations

import re

from workers.watch.sightings import Fault

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s>/]", re.IGNORECASE)


def is_page(text: str, before: int | None = None) -> bool:
    """Whether `text` is a page of HTML, as told by what stands in it before the index `before`."""
    return _HTML.search(text, 0, len(text) if before is None else before) is not None


def what_else(text: str) -> Fault:
    """Name what `text` is, which does not hold what was looked for."""
    if not text.strip():
        return "empty"
    if is_page(text):
        return "html_instead_of_feed"
    return "xml_broken" if text.lstrip().startswith("<?xml") else "not_a_feed"
