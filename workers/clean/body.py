"""Where on a page the article stands: the profile's element, one that a content system names so, or the densest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from lxml.etree import _Element

from workers.clean.lines import count, key
from workers.clean.walk import Seen, Walk, prose

Way = Literal["profile", "layout", "densest", "trafilatura", "text"]

# Of the page's prose that a container must hold to be believed. A body by its class may stand beside the whole texts of
# other articles; the densest is only sought where no class names one.
_LEAST_BY_CLASS = 0.25
_MOST_OF_PARENT = 0.5  # a child with more of its parent's prose is looked into
_ALL_OF_PARENT = 0.95
_LEAST_OWN = 0.3  # of a container's prose that must not stand in boxes; below it the boxes are not believed
_LEAST_STORY = 10  # words of prose
_HEADLINES = frozenset(("h1", "h2", "h3"))
_TEASER = 5  # lines of a teaser at most: picture, section, headline, text, date
# Not gone into. Cells are: old pages set the whole article in one.
_ONE_PARAGRAPH = frozenset(("p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "pre"))


class Body(NamedTuple):
    """The container of an article and how it was found."""

    element: _Element
    way: Way


def find_body(walk: Walk, profiled: Sequence[_Element], titles: Sequence[str] = ()) -> Body | None:
    """The container with the article's text, or None on a page without a paragraph. `profiled` comes from the profile.

    Where a page goes on with further articles, each in a frame like the first, the one with the headline of `titles` counts.
    """
    if profiled:
        return Body(profiled[0], "profile")
    if (story := _story(walk, titles)) is not None:
        walk = walk.within(story)
    total = prose(walk.seen)
    if not total:
        return None
    named = max(walk.bodies, key=lambda one: prose(walk.inside(one)), default=None)
    if named is not None and prose(walk.inside(named)) >= _LEAST_BY_CLASS * total:
        return Body(_innermost(walk, named), "layout")
    densest = _densest(walk)
    return None if densest is None else Body(densest, "densest")


def _story(walk: Walk, titles: Sequence[str]) -> _Element | None:
    """The frame of the page's own article, if there are several of a kind: alike by tag and class, each with a headline."""
    forms = [form for title in titles if (form := key(title))]
    heads = [one for one in walk.seen if one.block.tag in _HEADLINES and not one.line.linked]
    own = next((one for one in heads if any(key(one.line.text) in form for form in forms)), None)
    if own is None:
        return None
    others = [one for one in heads if one.block.tag == own.block.tag and one is not own]
    for frame in own.block.iterancestors("article", "section", "div"):
        if prose(walk.inside(frame)) >= _LEAST_STORY and any(_is_like(frame, other.block) for other in others):
            return frame
    return None


def _is_like(frame: _Element, headline: _Element) -> bool:
    """Whether a headline stands in a frame of its own like another one."""
    names = _names(frame)
    for above in headline.iterancestors(frame.tag):
        if above is frame:
            return False
        here = _names(above)
        if 2 * len(names & here) > max(len(names), len(here)) or (names == here and frame.tag == "article"):
            return True
    return False


def _names(element: _Element) -> frozenset[str]:
    # A class with a number in it is a post's own.
    return frozenset(name for name in (element.get("class") or "").split() if not any(map(str.isdecimal, name)))


def own(lines: Sequence[Seen]) -> tuple[list[Seen], list[Seen]]:
    """Tell the lines of a container from those of the boxes in it; where most would go, none does but captions and links."""
    boxed = [one for one in lines if one.boxes]
    if prose(lines) < _LEAST_OWN * prose(lines, boxed=True):
        boxed = [one for one in boxed if "figcaption" in one.boxes or one.line.linked]
    gone = set(map(id, boxed))
    return [one for one in lines if id(one) not in gone], boxed


def _innermost(walk: Walk, element: _Element) -> _Element:
    """The body inside a body: themes nest "entry-content" in "post-content"."""
    here = prose(walk.inside(element))
    for other in walk.bodies:
        if other is not element and element in other.iterancestors() and prose(walk.inside(other)) >= 0.9 * here:
            return _innermost(walk, other)
    return element


def _densest(walk: Walk) -> _Element | None:
    """Go down from the page to the child with most prose, as long as one child has most of it.

    A teaser counts for nothing: a paragraph that has a line which is all link beside it, within the smallest element around
    both. So a box of other articles' beginnings does not outweigh a short article.
    """
    weights: dict[_Element, int] = {}
    paragraphs: dict[_Element, int] = {}
    teasers = teased(walk)
    for one in walk.seen:
        if one.boxes or not one.prose or id(one) in teasers:
            continue
        block: _Element | None = one.block
        while block is not None:
            weights[block] = weights.get(block, 0) + one.prose
            paragraphs[block] = paragraphs.get(block, 0) + 1
            block = block.getparent()
    if not weights:
        return None
    here = max(weights, key=lambda one: (weights[one], -sum(1 for _ in one.iterancestors())))
    while True:
        children = [one for one in here if one in weights and one.tag not in _ONE_PARAGRAPH]
        best = max(children, key=lambda one: weights[one], default=None)
        if best is None or weights[best] < _MOST_OF_PARENT * weights[here]:
            return here
        if paragraphs[best] < 2 and weights[best] < _ALL_OF_PARENT * weights[here]:
            return here
        here = best


def teased(walk: Walk) -> set[int]:
    """The paragraphs (by `id`) that alone follow a linked line in an element of their own: beginnings of other articles."""
    found = set()
    for element, (first, last) in walk.ranges.items():
        if not 2 <= last - first <= _TEASER or element.tag in _ONE_PARAGRAPH:
            continue
        lines = walk.seen[first:last]
        heads = [one for one in lines if one.line.linked and count(one.line.text) >= 3]
        texts = [one for one in lines if one.prose]
        if heads and len(texts) == 1 and lines.index(heads[0]) < lines.index(texts[0]):
            found.add(id(texts[0]))
    return found
