"""An outlet's profile applied to a page: where title, author, date and body stand, and what must go."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import cast

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from workers.clean.lines import tidy
from workers.config import Leftovers, Profile


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> Callable[[HtmlElement], list[HtmlElement]]:
    return cast("Callable[[HtmlElement], list[HtmlElement]]", CSSSelector(selector, translator="html"))


def select(tree: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """The elements of the first selector that finds any, in page order, none inside another."""
    for selector in selectors:
        found = _compiled(selector)(tree)
        if found:
            inside = set(found)
            return [element for element in found if not any(above in inside for above in element.iterancestors())]
    return []


def frame(tree: HtmlElement, profile: Profile, parts: Sequence[HtmlElement]) -> HtmlElement:
    """The smallest element around the headline and the parts of the text; the whole page where no headline is seen."""
    heads = [one for one in (*select(tree, profile.title), *tree.iter("h1")) if one.tag not in {"meta", "title"}]
    if not heads:
        return tree
    around = [set(one.iterancestors()) for one in (*heads[:1], *parts)]
    return next((one for one in parts[0].iterancestors() if all(one in above for above in around)), tree)


def texts(tree: HtmlElement, selectors: Iterable[str]) -> list[str]:
    """The visible texts of what `select` finds; a meta element speaks by its content."""
    said = (element.get("content") or element.text_content() for element in select(tree, selectors))
    return [text for one in said if (text := tidy(one))]


def moments(tree: HtmlElement, selectors: Iterable[str]) -> list[str]:
    """The times that what `select` finds states: the machine's form before the visible one."""
    said = (one.get("datetime") or one.get("content") or one.text_content() for one in select(tree, selectors))
    return [text for one in said if (text := tidy(one))]


def cut(tree: HtmlElement, selectors: Iterable[str]) -> None:
    """Take everything that `selectors` find out of `tree`, keeping the text that follows an element."""
    for selector in selectors:
        for element in _compiled(selector)(tree):
            if element.getparent() is not None:
                element.drop_tree()


def bodies(tree: HtmlElement, selectors: Sequence[str]) -> list[HtmlElement]:
    """The elements in which the profile says the article stands: of the first selector that finds any with text."""
    for selector in selectors:
        found = [element for element in select(tree, [selector]) if element.text_content().strip()]
        if found:
            return found
    return []


def version(profile: Profile, leftovers: Leftovers, general: Leftovers) -> str:
    """A short digest of what config/ says about an outlet's pages; it changes when the same bytes may read otherwise."""
    said = profile.model_dump_json(exclude={"sure", "note"}) + leftovers.model_dump_json() + general.model_dump_json()
    return hashlib.sha256(said.encode()).hexdigest()[:12]
