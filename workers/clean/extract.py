"""A page's tree to the lines of its article: trafilatura on the part where it stands, or on the whole page."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, NamedTuple

from lxml.etree import LxmlError, XPath, _Element
from lxml.html import Element, HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from workers.clean import profile as profiles
from workers.clean.body import Way, find_body, own
from workers.clean.lines import Line, count, is_prose
from workers.clean.walk import CLOSE, OPEN, Seen, Walk, lines_of, walk
from workers.config import Profile
from workers.config.layouts import Layouts

# More elements than any article page has (the largest real one measured has 2,504), and still read in seconds.
MOST_ELEMENTS = 30_000

MOST_ATTRIBUTES = 5_000  # of one element; libxml2 takes 5 minutes for 200,000
_ELEMENTS = XPath("count(descendant-or-self::*)")
_LONG = re.compile(rf"<[^<]{{{2 * MOST_ATTRIBUTES},}}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SPACES = re.compile(r"[\W_]+")


class Extracted(NamedTuple):
    """The lines of the part where the article stands, those of the boxes among them with the box's name, how the part was
    found, and its elements.
    """

    lines: list[Line]
    boxed: list[tuple[Line, str]]
    way: Way
    parts: Sequence[HtmlElement] = ()

    @property
    def known(self) -> bool:
        """Whether the outlet's profile knew where to look."""
        return self.way == "profile"


def parse(text: str) -> HtmlElement | None:
    """The tree of a page, or None if nothing in it makes one. libxml2 ends nesting at 256 levels."""
    # Bytes, for lxml refuses a str that declares its own encoding.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    if OPEN in text or CLOSE in text:
        text = text.replace(OPEN, "").replace(CLOSE, "")
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return None


def is_huge(tree: HtmlElement) -> bool:
    """Whether a page has more elements than are read."""
    return float(str(_ELEMENTS(tree))) > MOST_ELEMENTS


def is_bomb(text: str) -> bool:
    """Whether a tag of a page has more attributes than any page needs; each is compared with all before it."""
    for tag in _LONG.findall(text):
        bare = _QUOTED.sub(" ", tag).partition(">")[0]
        if len(bare.split()) + bare.count("/") > MOST_ATTRIBUTES:
            return True
    return False


def read(tree: HtmlElement, profile: Profile, layouts: Layouts, titles: Sequence[str] = ()) -> tuple[Walk, Extracted]:
    """All lines of a page, or of the frame around headline and text where the profile knows them, and those of its article.

    `tree` is changed: what the profile removes is cut out of it.
    `titles` are what the page says of itself; of several articles on it, they tell which is its own.

    The part where the article stands is found first (`body.find_body`), so that trafilatura sees that part alone (`foreign`):
    it is much faster so, and meets no other text. Where no part is found it reads the whole page.
    """
    profiles.cut(tree, profile.remove)
    parts = profiles.bodies(tree, profile.body)
    page = walk(profiles.frame(tree, profile, parts) if parts else tree, layouts)
    body = find_body(page, parts, titles)
    if body is None:
        return page, Extracted(_whole(tree, page), [], "trafilatura")
    places = parts or [body.element]
    lines, boxed = own([one for part in places for one in _lines_in(page, part, layouts)])
    apart = [(one.line, one.apart or "box") for one in boxed]
    return page, Extracted([one.line for one in lines], apart, body.way, places)


def foreign(found: Extracted, kept: Sequence[Line]) -> frozenset[Line]:
    """The short lines among `kept` that trafilatura does not count to the article.

    A paragraph of running text in the article's part stays in any case, and sub-headings, list items, quotations and rows
    whatever it says: it loses some of them. Where it finds little of the part it misread it, and nothing goes.
    """
    doubtful = [one for one in kept if one.kind == "text" and not is_prose(one)]
    if found.way != "densest":
        # In a part that is known by name, an unlinked line between two paragraphs is the author's.
        prose = [at for at, one in enumerate(kept) if is_prose(one)]
        inner = {id(one) for one in kept[prose[0] : prose[-1]] if not one.links} if prose else set()
        doubtful = [one for one in doubtful if id(one) not in inner]
    if not doubtful or not found.parts:
        return frozenset()
    read = _trafilatura(_trimmed(found.parts), fast=True)
    texts = [] if read is None else [text for one in read.itertext() if isinstance(text := one, str)]
    if 2 * sum(map(count, texts)) < _words(found.lines):
        return frozenset()
    text = _letters(texts)
    return frozenset(one for one in doubtful if _letters([one.text]) not in text)


def _lines_in(page: Walk, part: HtmlElement, layouts: Layouts) -> list[Seen]:
    # A selector may name an element that makes no lines of its own, such as a span.
    return page.inside(part) if part in page.ranges else walk(part, layouts).seen


def _trimmed(parts: Sequence[HtmlElement]) -> HtmlElement:
    root, frame, article = Element("html"), Element("body"), Element("article")
    root.append(frame)
    frame.append(article)
    for part in parts:
        piece = copy(part)
        piece.tail = None
        article.append(piece)
    return root


def _letters(texts: Iterable[str]) -> str:
    return _SPACES.sub("", unicodedata.normalize("NFC", "".join(texts)))


def _words(lines: Iterable[Line]) -> int:
    return sum(count(line.text) for line in lines)


def _whole(tree: HtmlElement, page: Walk) -> list[Line]:
    """What trafilatura finds on a page without a paragraph, if it is lines of the page and no blob of all its words."""
    there = {one.line.text for one in page.seen}
    read = _trafilatura(tree, fast=False)
    found = [] if read is None else list(lines_of(read))
    if 2 * _words(line for line in found if line.text in there) > _words(found):
        return found
    article = [one for one in page.bodies if page.inside(one)]
    return [one.line for part in article[:1] for one in page.inside(part) if not one.apart]


def _trafilatura(tree: HtmlElement, *, fast: bool) -> _Element | None:
    # It reports every page it gives up on as a warning; here that is an answer, and is told by a Drop.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # No metadata: its dates come from htmldate, which takes "26 شباط 2025" for 1 January. Links stay in, so that a
    # line that is nothing but a link can be told from a sub-heading.
    try:
        found: Any = bare_extraction(
            tree, fast=fast, include_comments=False, include_tables=True, include_links=True, with_metadata=False
        )
    except (LxmlError, ValueError, TypeError, AttributeError, IndexError, RecursionError, AssertionError):
        return None  # the extractor stumbles over some broken pages; the lines of the walk are then all there is
    return None if found is None else found.body
