"""More written pages, in layouts that the cleaner was not made with: what it makes of them says how it does on a new site.

They stand in `tests/exam/pages` and are written like those of `tests/pages`, whose furniture and blocks they share. Every
article, headline and comment was written for these tests; the people in them, and what they say, are invented. Some of the
authors' lines begin like a page's furniture ("for more …", "the comments are not read") and are sentences all the same.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.pages import write
from tests.pages.blocks import gold_lines, to_html
from tests.pages.claims import linked_data, metas
from tests.pages.furniture import Furniture
from tests.pages.write import Page

HERE = Path(__file__).parent / "pages"
FROM_THERE = "../exam/pages"  # as the loader of the other pages names this folder


@lru_cache(maxsize=1)
def unseen_pages() -> tuple[Page, ...]:
    """Every page, in the order of their names, made once in a process."""
    return tuple(_page_of(path) for path in sorted(HERE.glob("*/*.toml")) if path.name != "layout.toml")


def _page_of(path: Path) -> Page:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    layout, name = path.parent.name, f"{path.parent.name}/{path.stem}"
    how = {**write.DEFAULTS, **said.get("page", {})}
    around = Furniture(name, how["site"], said["url"])
    where = (name, said["url"], said.get("outlet"), said["captured_at"])
    if layout == write.NO_ARTICLE:
        body = write._render(f"{FROM_THERE}/{name}.html", around, how, said, {})
        return Page(*where, body, said["reason"])
    lines = gold_lines(said["text"])
    parts: dict[str, Any] = {
        "article": to_html(said["text"], write._snippets(f"{FROM_THERE}/{layout}"), around, entities=how["entities"]),
        "plain": lines,
        "ld": linked_data(said, how),
        "metas": metas(said, how),
    }
    return Page(
        *where,
        write._render(f"{FROM_THERE}/{layout}/page.html", around, how, said, parts),
        title=said["title"],
        author=said.get("author"),
        published=said.get("published"),
        origin_named=said.get("origin"),
        lines=lines,
    )
