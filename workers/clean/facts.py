"""What a page says about itself: JSON-LD, meta elements, time elements, its first heading."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.etree import XPath, _Element
from lxml.html import HtmlElement

from workers.clean import profile as profiles
from workers.clean.classes import Classes, classes_of
from workers.clean.lines import tidy
from workers.clean.walk import NEVER_APART
from workers.config import Layouts, Profile

_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"\\]{8,40})"')
_LEAST = 200_000  # characters of one JSON-LD block that are read; real ones have a few thousand
_LONGEST_TITLE = 1_000  # characters
_NODES = 2_000  # nodes of one JSON-LD block that are visited
_ARTICLE = re.compile(r"Article|Posting|Report|Blog")

_MARKED_UP = XPath(
    ".//*[@itemprop or @property or self::abbr][not(self::meta)][@itemprop='datePublished' or contains(@property, 'datePublished') or @property='dc:date'"
    " or contains(@property, 'dc:created') or contains(@property, 'dcterms:created') or (self::abbr and contains(@class, 'published'))]"
)
_WRITERS = XPath(
    ".//*[@itemprop='author']//*[@itemprop='name'][not(self::meta)] | .//a[contains(concat(' ', @rel, ' '), ' author ')]"
)
_LONGEST_BYLINE = 80  # characters
_MOST_BYLINES = 8
# In the order in which they are believed; what says when a page was changed is not among them.
_META_DATES = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "parsely-pub-date",
    "publishdate", "publish-date", "pubdate", "publication_date", "dc.date.issued", "dc.date", "sailthru.date", "date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """A page's claims, best first. `dates` are (basis, as written); `headings` the texts of all h1 and h2; `bylines` what
    its relations and microdata say to be a writer's, with whatever label stands there.
    """

    own_titles: tuple[str, ...] = ()
    shared_titles: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    head_title: str = ""
    author: str | None = None
    bylines: tuple[str, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    image: str | None = None
    site_name: str = ""
    language: str = ""


def read_facts(tree: HtmlElement, profile: Profile, layouts: Layouts) -> Facts:
    """Collect the claims of a page. `own_titles` come from the profile and JSON-LD, `shared_titles` from og:title."""
    meta = _meta(tree)
    linked = list(_linked_data(tree))
    articles = [node for node in linked if _ARTICLE.search(str(node.get("@type", "")))]
    nodes = articles or linked
    classes = classes_of(layouts)
    return Facts(
        own_titles=(*profiles.texts(tree, profile.title), *_strings(nodes if articles else (), "headline")),
        shared_titles=tuple(text for name in ("og:title", "twitter:title") if (text := _short(meta.get(name, "")))),
        headings=tuple(text for one in list(tree.iter("h1", "h2"))[:40] if (text := _short(tidy(one.text_content())))),
        head_title=_short(tidy(tree.findtext(".//head/title") or tree.findtext(".//title") or "")),
        author=_author(tree, profile, nodes, meta),
        bylines=tuple(islice(_bylines(tree, classes), _MOST_BYLINES)),
        dates=tuple(_dates(tree, profile, nodes, meta, classes)),
        addresses=tuple(_addresses(tree, meta)),
        image=meta.get("og:image"),
        site_name=meta.get("og:site_name", ""),
        language=tidy(tree.get("lang") or tree.get("xml:lang") or "").replace("_", "-").split("-")[0].lower()[:3],
    )


def _short(text: str) -> str:
    # Once more unescaped: many systems escape what is escaped already.
    return tidy(html.unescape(text)) if len(text) <= _LONGEST_TITLE else ""


def _meta(tree: HtmlElement) -> dict[str, str]:
    said: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = tidy(element.get("content") or "")
        if name and content:
            said.setdefault(name.strip().lower(), content)
    return said


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        text = script.text or ""
        if "ld+json" not in (script.get("type") or "").lower() or len(text) > _LEAST:
            continue
        try:
            waiting: list[Any] = [json.loads(text, strict=False)]
        except (ValueError, RecursionError):
            # A comma too many makes a block unreadable for a parser, but not its one plain key.
            yield from ({"@type": "Article", "datePublished": found} for found in _PUBLISHED.findall(text)[:1])
            continue
        for _ in range(_NODES):
            if not waiting:
                break
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting.extend(node)
            elif isinstance(node, dict):
                yield node
                waiting.extend(node[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in node)


def _strings(nodes: Sequence[dict[str, Any]], name: str) -> Iterator[str]:
    for node in nodes:
        value = node.get(name)
        if isinstance(value, str) and (text := tidy(html.unescape(value))):
            yield text


def _author(tree: HtmlElement, profile: Profile, nodes: Sequence[dict[str, Any]], meta: dict[str, str]) -> str | None:
    seen = profiles.texts(tree, profile.author)
    if seen:
        return seen[0][:200]
    for node in nodes:
        people = node.get("author")
        for person in people if isinstance(people, list) else [people]:
            name = person.get("name") if isinstance(person, dict) else person
            if isinstance(name, str) and (text := tidy(html.unescape(name))) and "://" not in text:
                return text[:200]
    named = meta.get("author") or meta.get("article:author") or ""
    return named[:200] if named and "://" not in named else None


def _bylines(tree: HtmlElement, classes: Classes) -> Iterator[str]:
    """The texts that a relation or microdata gives to a writer, outside of other articles' boxes."""
    found: Any = _WRITERS(tree)
    return (text for one in found if not _in_box(one, classes) and (text := byline(one)))


def byline(element: _Element) -> str:
    """The text of an element that is said to name a writer, "" where it is too long for that."""
    text = tidy("".join(map(str, element.itertext())))
    return text if len(text) <= _LONGEST_BYLINE else ""


def _dates(
    tree: HtmlElement, profile: Profile, nodes: Sequence[dict[str, Any]], meta: dict[str, str], classes: Classes
) -> Iterator[tuple[str, str]]:
    yield from (("json-ld", text) for text in list(_strings(nodes, "datePublished"))[:1])
    yield from [("meta", meta[name]) for name in _META_DATES if name in meta][:1]
    yield from (("meta", text) for text in list(_marked_up(tree))[:1])
    yield from (("time", tidy(time.get("datetime") or "")) for time in _own_times(tree, classes))
    yield from (("page", text[:200]) for text in profiles.moments(tree, profile.date)[:1])


def _own_times(tree: HtmlElement, classes: Classes) -> list[HtmlElement]:
    times = [time for time in tree.iter("time") if time.get("datetime")]
    inside = (time for time in times if next(time.iterancestors("article", "main"), None) is not None)
    first = next((time for time in inside if not _in_box(time, classes)), None)
    if first is not None:
        return [first]
    # A page full of times is full of other articles; which one is its own is then not known.
    outside = list(islice((time for time in times if not _in_box(time, classes)), 2))
    return outside if len(outside) == 1 else []


def _marked_up(tree: HtmlElement) -> Iterator[str]:
    """Dates in the attributes of visible elements: RDFa, microdata, and the microformat's abbreviation."""
    found: Any = _MARKED_UP(tree)
    for element in found:
        said = (
            element.get("content") or element.get("datetime") or (element.get("title") if element.tag == "abbr" else "")
        )
        if said and (text := tidy(said[:200])):
            yield text


def _in_box(element: HtmlElement, classes: Classes) -> bool:
    # The classes of a whole page name what is somewhere on it: "right-sidebar".
    above = (one for one in element.iterancestors() if one.tag not in NEVER_APART)
    names = (" ".join(filter(None, (one.get("class"), one.get("id")))) for one in above)
    return any(classes.said(name).box in classes.others for name in names if name)


def _addresses(tree: HtmlElement, meta: dict[str, str]) -> Iterator[str]:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield tidy(link.get("href") or "")
    if "og:url" in meta:
        yield meta["og:url"]
