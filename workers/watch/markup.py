"""A page as a tree, for those who look for more in it than its articles."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from workers.items import Response
from workers.watch.letters import decode

MAX_TEXT = 2_000_000  # characters of a page that are read


def tree_of(response: Response) -> HtmlElement | None:
    """Return the page that came, or None for what is no page at all. Never raises, and loads nothing."""
    text = decode(response.body[: 2 * MAX_TEXT], response.content_type)[:MAX_TEXT]
    # lxml refuses text that declares an encoding, so it gets bytes again. huge_tree stays off: depth is hostile too.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser) if text.strip() else None
    except (LxmlError, ValueError):
        return None


def metas(tree: HtmlElement) -> dict[str, str]:
    """The page's `<meta>` by name or property in lower case, the first of each that says something."""
    found: dict[str, str] = {}
    for one in tree.iter("meta"):
        name = (one.get("property") or one.get("name") or one.get("itemprop") or "").strip().lower()
        if name and (said := " ".join(one.get("content", "").split())):
            found.setdefault(name, said)
    return found


def links(tree: HtmlElement) -> Iterator[tuple[frozenset[str], HtmlElement]]:
    """Every `<link>` that leads somewhere, with what it is to the page."""
    for one in tree.iter("link"):
        if one.get("href"):
            yield frozenset(one.get("rel", "").lower().split()), one
