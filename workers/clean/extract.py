"""A page's tree to the lines of its article: trafilatura on the profile's body, or on the whole page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from lxml.etree import LxmlError, _Element, iterwalk
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from workers.clean import profile as profiles
from workers.clean.lines import Kind, Line, count, tidy
from workers.config import Profile

# More elements than any article page has (the largest real one measured has 2,504), and still read in seconds.
MOST_ELEMENTS = 30_000

MOST_ATTRIBUTES = 5_000  # of one element; libxml2 takes 5 minutes for 200,000
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")

# trafilatura's share of the words between the tags of the profile's body below which it is not believed: it is made
# to find an article on a page, and may take a short or oddly nested one for clutter.
_LEAST_SHARE = 0.6

# HTML's blocks, and those of trafilatura's own markup ("lb" is a line break, "ref" a link).
# A form is no sign of anything: pages of ASP.NET stand inside one as a whole.
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "head")
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "div", "dl", "dt", "fieldset",
     "figure", "footer", "form", "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table",
     "tbody", "thead", "tr", "ul", "item", "lb", "list", "quote", "row", *_HEADINGS)
)  # fmt: skip
_SILENT = frozenset(
    ("script", "style", "noscript", "template", "iframe", "svg", "button", "select", "textarea", "nav", "title")
)
_ROWS = frozenset(("tr", "row"))
_LINKS = frozenset(("a", "ref"))
_CELLS = frozenset(("td", "th", "cell"))
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(_HEADINGS, "heading"),
    **dict.fromkeys(("li", "item"), "item"),
    **dict.fromkeys(("blockquote", "quote"), "quote"),
}
_AROUND = frozenset(("header", "footer", "nav", "aside"))
_MARKS = " :.،,-–|•●«»\"'()[]<>"
_CAPTIONS = ("figcaption", ".wp-caption-text")


class Body(NamedTuple):
    """The lines found, and whether the outlet's profile knew where to look."""

    lines: list[Line]
    known: bool


def parse(text: str) -> HtmlElement | None:
    """The tree of a page, or None if nothing in it makes one. libxml2 ends nesting at 256 levels."""
    # Bytes, for lxml refuses a str that declares its own encoding.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return None


def is_huge(tree: HtmlElement) -> bool:
    """Whether a page has more elements than are read."""
    return next(islice(tree.iter(), MOST_ELEMENTS, None), None) is not None


def is_bomb(text: str) -> bool:
    """Whether a tag of a page has more attributes than any page needs; each is compared with all before it."""
    for tag in text.split("<"):
        if len(tag) > 2 * MOST_ATTRIBUTES:
            bare = _QUOTED.sub(" ", tag).partition(">")[0]
            if len(bare.split()) + bare.count("/") > MOST_ATTRIBUTES:
                return True
    return False


def extract(tree: HtmlElement, profile: Profile) -> Body:
    """Find the article's lines. `tree` is changed: what the profile removes and all captions are cut out of it."""
    profiles.cut(tree, (*profile.remove, *_CAPTIONS))
    known = profiles.body(tree, profile.body)
    if known is not None:
        seen = list(lines_of(known))
        lines = _trafilatura(known, fast=True)
        enough = _words(_found(lines, seen)) >= _LEAST_SHARE * _words(seen)
        return Body(lines if enough else seen, known=True)
    lines = _trafilatura(tree, fast=False)
    # Where it finds no article it may answer with all the page's words in one line.
    if 2 * _words(_found(lines, lines_of(tree))) <= _words(lines):
        lines = list(_paragraphs(tree))
    return Body(lines, known=False)


def _found(lines: Iterable[Line], seen: Iterable[Line]) -> Iterator[Line]:
    own = {line.text for line in seen}
    return (line for line in lines if line.text in own)


def _words(lines: Iterable[Line]) -> int:
    return sum(count(line.text) for line in lines)


def _trafilatura(tree: HtmlElement, *, fast: bool) -> list[Line]:
    # It reports every page it gives up on as a warning; here that is an answer, and is told by a Drop.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # No metadata: its dates come from htmldate, which takes "26 شباط 2025" for 1 January. Links stay in, so that a
    # line that is nothing but a link can be told from a sub-heading.
    try:
        found: Any = bare_extraction(
            tree, fast=fast, include_comments=False, include_tables=True, include_links=True, with_metadata=False
        )
    except (LxmlError, ValueError, TypeError, AttributeError, IndexError, RecursionError, AssertionError):
        return []  # the extractor stumbles over some broken pages; the caller then reads the paragraphs itself
    body = None if found is None else found.body
    return [] if body is None else list(lines_of(body))


def _paragraphs(tree: HtmlElement) -> Iterator[Line]:
    """What a page that is too short for an extractor has in its article, or else in its paragraphs."""
    article = profiles.select(tree, ("[itemprop=articleBody]", "article", "main"))
    for element in article or tree.iter("p"):
        if not any(above.tag in _AROUND for above in element.iterancestors()):
            yield from lines_of(element)


def lines_of(root: _Element) -> Iterator[Line]:
    """One line for each run of text between blocks and line breaks, and one for each row of a table of data."""
    run: list[tuple[str, bool]] = []
    kinds: list[Kind] = ["text"]
    links, rows = 0, 0
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = str(element.tag)
        is_break = tag in _BLOCKS and not rows
        if is_break or tag in _ROWS:
            yield from _flush(run, "row" if tag in _ROWS and rows else kinds[-1])
        if event == "start":
            if tag in _SILENT:
                walk.skip_subtree()
                continue
            links += tag in _LINKS
            rows += tag in _ROWS and _is_data(element)
            kinds.append(_KINDS.get(tag, kinds[-1]))
            text = element.text
        else:
            if tag not in _SILENT:
                links -= tag in _LINKS
                rows -= tag in _ROWS and _is_data(element)
                kinds.pop()
                if tag in _CELLS and rows:
                    run.append((" | ", True))
            text = element.tail if element is not root else None
        if text:
            run.append((text, links > 0))
    yield from _flush(run, "text")


def _is_data(row: _Element) -> bool:
    # Old pages set whole articles in tables; a row with blocks in it is layout.
    return next(row.iter("p", "div", "table", "ul", "ol", "br", "lb", "list"), None) is None


def _flush(run: list[tuple[str, bool]], kind: Kind) -> Iterator[Line]:
    text = tidy("".join(part for part, _ in run)).strip("| ")
    linked = bool(text) and not tidy("".join(part for part, is_link in run if not is_link)).strip(_MARKS)
    run.clear()
    if text:
        yield Line(text, kind, linked)
