"""Selectors for a page that lists articles, proposed from where the links to its articles stand."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from lxml.html import HtmlElement

from workers.config.outlet import SourceConfig
from workers.items import Response
from workers.urls import canonical, key_of
from workers.watch.markup import tree_of

_CLASS = re.compile(r"[A-Za-z_][A-Za-z_-]{1,40}$")  # without digits: those are most often one entry's own
_DATE = re.compile(r"date|time|publish", re.IGNORECASE)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FEWEST = 3  # entries from which on a form of them can be told
_HIGHEST = 6  # steps from a link up to its entry
_MAX_LINKS = 5_000


def with_selectors(source: SourceConfig, page: Response, articles: Collection[str]) -> SourceConfig | None:
    """Return `source` with selectors for the entries of `page` that link to `articles` (keys), or None.

    An entry is the highest element of one form, the same for most of them, that leads to one article alone. It is a
    proposal: what it is worth is seen by reading the page with it.
    """
    tree = tree_of(page)
    if tree is None:
        return None
    anchors = list(_anchors(tree, page.final_url, articles))
    found: dict[str, dict[HtmlElement, set[str]]] = defaultdict(lambda: defaultdict(set))
    heights: dict[str, int] = {}
    for anchor, key in anchors:
        for height, element in enumerate([anchor, *anchor.iterancestors()][: _HIGHEST + 1]):
            for selector in _forms(element) if element.tag not in {"body", "html"} else ():
                found[selector][element].add(key)
                heights[selector] = max(height, heights.get(selector, 0))
    whole = {selector: elements for selector, elements in found.items() if _alone(elements)}
    best = max(whole, key=lambda selector: (_reached(whole[selector]), heights[selector]), default=None)
    if best is None or _reached(whole[best]) < _FEWEST:
        return None
    entries = list(whole[best])
    title = _most(_HEADINGS, entries, lambda entry: {part.tag for part in entry.iter(*_HEADINGS)})
    linked = _most(_HEADINGS, entries, lambda entry: {one.tag for one in entry.iter(*_HEADINGS) if _has_link(one)})
    link = f"{title} a[href]" if title is not None and linked == title else source.link
    return source.model_copy(update={"item": best, "link": link, "title": title, "date": _date(entries)})


def _has_link(element: HtmlElement) -> bool:
    return element.find(".//a[@href]") is not None


def _date(entries: Sequence[HtmlElement]) -> str | None:
    """What most entries write their date in: `<time>`, or a class called so."""

    def forms(entry: HtmlElement) -> set[str]:
        said = {"time"} if next(entry.iter("time"), None) is not None else set()
        return said | {form for one in entry.iter() for form in _forms(one) if _DATE.search(form.partition(".")[2])}

    named = Counter(form for entry in entries for form in forms(entry))
    return _most(("time", *(form for form, _ in named.most_common())), entries, forms)


def _most(forms: Sequence[str], entries: Sequence[HtmlElement], of: Callable[[HtmlElement], set[str]]) -> str | None:
    """The first of `forms` that more than half of the entries have."""
    counts = Counter(form for entry in entries for form in of(entry))
    return next((form for form in forms if 2 * counts[form] > len(entries)), None)


def _alone(elements: dict[HtmlElement, set[str]]) -> bool:
    return sum(len(keys) == 1 for keys in elements.values()) >= 0.9 * len(elements)


def _anchors(tree: HtmlElement, base: str, articles: Collection[str]) -> Iterator[tuple[HtmlElement, str]]:
    for number, anchor in enumerate(tree.iterfind(".//a[@href]")):
        url = canonical(anchor.get("href", ""), base=base) if number < _MAX_LINKS else None
        if url is not None and key_of(url) in articles:
            yield anchor, key_of(url)


def _forms(element: HtmlElement) -> list[str]:
    if not isinstance(element.tag, str):
        return []
    return [f"{element.tag}.{name}" for name in element.get("class", "").split()[:8] if _CLASS.match(name)]


def _reached(elements: dict[HtmlElement, set[str]]) -> int:
    return len(set().union(*elements.values()))
