"""Whole pages of invented news sites, put together from layouts, articles and furniture: the same bytes in every run.

A folder is a layout: `page.html` (a template of Tornado), `layout.toml` (how its blocks are marked up) and one TOML file for
each page: what is known of the article, how its page shows it, and its text in the small markup of `blocks.py`. Every
article, headline and comment was written for these tests; the people in them are invented.

`python -m tests.pages.write DIR` writes the pages into a folder, to look at them.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tornado.template import Loader

from tests.pages.blocks import gold_lines, to_html
from tests.pages.claims import linked_data, metas
from tests.pages.furniture import Furniture

HERE = Path(__file__).parent
NO_ARTICLE = "none"  # the folder of the pages that hold none, each with a template of its own
BLIND = "blind"  # the folder of the layouts that the cleaner was not made with

# What a page shows unless its file says otherwise.
DEFAULTS: dict[str, Any] = {
    "site": "بوابة الساحة",
    "suffix": "",  # what og:title and the title element append
    "dates": ["json-ld", "meta"],
    "shown_date": "",
    "authors": ["json-ld"],
    "shown_author": "",
    "section": "محليات",
    "tags": [],
    "standfirst": "",
    "dateline": "",
    "comments": 0,
    "encoding": "utf-8",
    "entities": False,
    "broken": False,
    "upper": False,
    "canonical": "",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a server sends it, and what a reader finds on it. `published` is a day or a moment in ISO 8601."""

    name: str  # "layout/page"
    url: str
    outlet: str | None
    captured_at: str
    body: bytes
    reason: str | None = None  # why it holds no article; if it does, all that follows is known
    title: str = ""
    author: str | None = None
    published: str | None = None
    origin_named: str | None = None
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The article's text without its headline."""
        return "\n".join(self.lines)


def pages(within: str = "") -> Iterator[Page]:
    """All pages, or those of the layouts `within` a folder, in the order of their names."""
    for path in sorted((HERE / within).glob("*/*.toml")):
        if path.name != "layout.toml":
            yield page_of(path)


def page_of(path: Path) -> Page:
    """One page from its file."""
    layout, name = path.parent.relative_to(HERE).as_posix(), f"{path.parent.name}/{path.stem}"
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    how = {**DEFAULTS, **said.get("page", {})}
    around = Furniture(name, how["site"], said["url"])
    if path.parent.name == NO_ARTICLE:
        body = _render(f"{layout}/{path.stem}.html", around, how, said, {})
        return Page(name, said["url"], said.get("outlet"), said["captured_at"], body, said["reason"])
    snippets = _snippets(layout)
    parts = {
        "article": to_html(said["text"], snippets, around, entities=how["entities"]),
        "plain": gold_lines(said["text"]),
        "ld": linked_data(said, how),
        "metas": metas(said, how),
    }
    return Page(
        name,
        said["url"],
        said.get("outlet"),
        said["captured_at"],
        _render(f"{layout}/page.html", around, how, said, parts),
        title=said["title"],
        author=said.get("author"),
        published=said.get("published"),
        origin_named=said.get("origin"),
        lines=gold_lines(said["text"]),
    )


def _render(
    template: str, around: Furniture, how: Mapping[str, Any], said: Mapping[str, Any], parts: Mapping[str, Any]
) -> bytes:
    known = {"title": said.get("title", ""), "url": said["url"], "f": around, "how": how, **parts}
    text = _loader().load(template).generate(**known).decode()
    if how["broken"]:
        text = _break(text)
    if how["upper"]:
        text = _TAG.sub(lambda tag: tag[0].upper(), text)
    if how["encoding"] == "utf-8-sig":
        return b"\xef\xbb\xbf" + text.encode()
    return text.encode(how["encoding"], "xmlcharrefreplace")


_TAG = re.compile(r"</?[a-z][a-z0-9]*(?=[\s>/])")
_CLOSING = re.compile(r"</(?:p|li|strong|div)>")


def _break(text: str) -> str:
    """Leave out every seventh closing tag, as pages do that were edited by hand, and close what was never open."""
    seen = 0

    def drop(tag: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        return {0: "", 3: tag[0] + "</span></font>"}.get(seen % 7, tag[0]) if tag[0] != "</div>" else tag[0]

    return _CLOSING.sub(drop, text)


@lru_cache(maxsize=1)
def _loader() -> Loader:
    return Loader(str(HERE), autoescape="xhtml_escape", whitespace="all")


@lru_cache(maxsize=64)
def _snippets(layout: str) -> dict[str, str]:
    own = tomllib.loads((HERE / layout / "layout.toml").read_text(encoding="utf-8"))
    return {**tomllib.loads((HERE / "blocks.toml").read_text(encoding="utf-8")), **own}


def main(target: str) -> None:
    """Write every page into `target`."""
    for page in pages():
        path = Path(target) / f"{page.name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.body)


if __name__ == "__main__":
    main(sys.argv[1])
