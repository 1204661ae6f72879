"""The markup of the articles: one line a block, to the lines that a reader keeps and to a layout's HTML.

    a paragraph            = a sub-heading        * a list item        # a numbered item
    > a quotation          | cell | cell          @name what is on the page and none of the article's

Inside a line: `[words]` is a link, `**words**` bold, `{words: headline}` a link to another article, which is none of the
text, and `~` a space that the author wrote and the page has not, beside a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from itertools import groupby
from typing import NamedTuple

from tests.pages.furniture import Furniture

_KINDS = {"=": "heading", "*": "item", "#": "number", ">": "quote", "|": "row"}
_ALSO = re.compile(r"\s*\{([^{}]*)\}")
_LINK = re.compile(r"\[([^\[\]]*)\]")
_BOLD = re.compile(r"\*\*([^*]*)\*\*")
_SPACES = re.compile(r" {2,}")
_ENTITIES = str.maketrans(
    {"«": "&laquo;", "»": "&raquo;", "–": "&ndash;", "،": "&#1548;", "…": "&hellip;", "(": "&#40;"}
)
_WRAPS = {"item": "list", "number": "numbers", "row": "table"}


class Block(NamedTuple):
    """A block of an article: "paragraph", one of the kinds above, or the name after an @."""

    kind: str
    text: str
    own: bool  # whether it is the author's


def blocks(text: str) -> list[Block]:
    """Read an article's markup."""
    found = []
    for line in filter(None, (raw.strip() for raw in text.splitlines())):
        mark, _, rest = line.partition(" ")
        if mark.startswith("@"):
            found.append(Block(mark[1:], rest.strip(), own=False))
        elif mark in _KINDS:
            found.append(Block(_KINDS[mark], rest.strip().strip("|").strip(), own=True))
        else:
            found.append(Block("paragraph", line, own=True))
    return found


def gold_lines(text: str) -> tuple[str, ...]:
    """The author's lines, without markup."""
    return tuple(_plain(block.text) for block in blocks(text) if block.own)


def _plain(text: str) -> str:
    bare = _BOLD.sub(r"\1", _LINK.sub(r"\1", _ALSO.sub("", text)))
    return _SPACES.sub(" ", bare.replace("~", " ")).strip()


def to_html(text: str, snippets: Mapping[str, str], around: Furniture, *, entities: bool) -> str:
    """An article's blocks as a layout marks them up; items and rows that follow each other share their frame."""
    pieces = []
    for kind, group in groupby(blocks(text), key=lambda block: block.kind):
        inner = [_block(block, snippets, around, entities=entities) for block in group]
        pieces.append(_fill(snippets[_WRAPS[kind]], "\n".join(inner), around) if kind in _WRAPS else "\n".join(inner))
    return "\n".join(pieces)


def _block(block: Block, snippets: Mapping[str, str], around: Furniture, *, entities: bool) -> str:
    if block.kind == "row":
        cells = "".join(
            _fill(snippets["cell"], _inline(cell.strip(), snippets, around, entities=entities), around)
            for cell in block.text.split("|")
        )
        return _fill(snippets["row"], cells, around)
    return _fill(snippets[block.kind], _inline(block.text, snippets, around, entities=entities), around)


def _inline(text: str, snippets: Mapping[str, str], around: Furniture, *, entities: bool) -> str:
    safe = escape(text, quote=False)
    if entities:
        safe = safe.translate(_ENTITIES).replace(" في ", " في&nbsp;")
    safe = _ALSO.sub(lambda also: " " + _fill(snippets["inline_also"], also[1], around), safe)
    safe = _LINK.sub(lambda link: f'<a href="{around.href()}">{link[1]}</a>', safe)
    return _BOLD.sub(r"<strong>\1</strong>", safe).replace("~", "")


def _fill(snippet: str, text: str, around: Furniture) -> str:
    """Put `text` in a snippet: {} or, cut at its first colon, {label} and {rest}; {href}, {n}, {img} and {headline} are new each time."""
    label, _, rest = text.partition(":")
    known = {"{}": text, "{label}": label.strip(), "{rest}": rest.strip() or text}
    for name in ("href", "n", "img", "headline"):
        while f"{{{name}}}" in snippet:
            snippet = snippet.replace(f"{{{name}}}", getattr(around, name)(), 1)
    for name, value in known.items():
        snippet = snippet.replace(name, value)
    return snippet
