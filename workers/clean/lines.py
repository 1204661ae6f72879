"""The lines of a page on their way to paragraphs: what they are made of and what they look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from workers.arabic.letters import fold_text
from workers.items import Span

Kind = Literal["text", "heading", "item", "quote", "row"]

# Controls, lone surrogates, direction marks and soft hyphens: invisible, and poison for matching and for JSON.
UNSEEN = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\ud800-\udfff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")
_SPACES = re.compile(r"\s+")
_BREAKS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_OUTER = re.compile(r"^[\W_]+|[\W_]+$")
_CLOSING = "\"'”“»)]’ *"
_END = (".", "؟", "!", "?", "۔")
_FULL_STOP = (".", "۔")


@dataclass(frozen=True, slots=True)
class Line:
    """One line or paragraph of a page; `linked` when all of it is a link, else `links` are the spans that are."""

    text: str
    kind: Kind = "text"
    linked: bool = False
    links: tuple[Span, ...] = field(default=(), compare=False)


def tidy(text: str) -> str:
    """Return `text` as one line: NFC, nothing unseen, single spaces, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return unicodedata.normalize("NFC", _SPACES.sub(" ", _UNSEEN.sub("", text))).strip()


def split(text: str) -> Iterable[str]:
    """Yield the tidy, non-empty lines of `text`."""
    return (line for raw in _BREAKS.split(text) if (line := tidy(raw)))


@lru_cache(maxsize=2048)  # the lines of a page are compared with many lists, and its furniture stands on the next one
def key(text: str) -> str:
    """The form in which lines are compared: folded letters, lower case, single spaces, no marks at the ends."""
    return _OUTER.sub("", _SPACES.sub(" ", fold_text(text))).lower()


def count(text: str) -> int:
    """How many words `text` has."""
    return len(text.split())


def ends_sentence(text: str) -> bool:
    """Whether `text` ends as a sentence does, closing quotation marks and brackets aside."""
    return text.rstrip(_CLOSING).endswith(_END)


def ends_full_stop(text: str) -> bool:
    """Whether `text` ends with a full stop, which headings and headlines do not."""
    return text.rstrip(_CLOSING).endswith(_FULL_STOP)


def is_prose(line: Line) -> bool:
    """Whether a line reads as a paragraph of running text and not as a heading, a headline or a label.

    A full stop after eight words, or more than twenty words: headlines of Arabic outlets have 5 to 16 words and no
    full stop (measured on 81 texts of ten Syrian outlets).
    """
    size = count(line.text)
    return size > 20 or (size >= 8 and ends_full_stop(line.text)) or (size >= 14 and ends_sentence(line.text))


def is_headline(line: Line) -> bool:
    """Whether a line could be the headline of an article: short, no full stop or colon, no list item, no table row."""
    return line.kind in {"text", "heading"} and not is_prose(line) and not line.text.endswith((".", "۔", ":", "،"))
