"""Where two versions of an article differ: paragraph by paragraph, and word by word inside a changed one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from workers.items import Article

# Beyond so many pairs of words two paragraphs are not compared but replaced: the time grows with the pairs.
_MOST_PAIRS = 1_000_000

# How much of its words a paragraph shares with what it became.
_ALIKE = 0.4

# How many new paragraphs may stand before what a paragraph became.
_AHEAD = 50


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both have, or only the later ("insert") or the earlier version ("delete")."""

    op: Literal["equal", "insert", "delete"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A headline or paragraph that differs. `paragraph` counts from 1, in the later version unless it was removed there."""

    part: Literal["title", "paragraph"]
    paragraph: int | None
    op: Literal["added", "removed", "changed"]
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...]


def compare(before: Article, after: Article) -> list[Change]:
    """The changes that make one version of the other, in the order of the text; an empty list if there are none."""
    found = [_change("title", None, before.title, after.title)] if before.title != after.title else []
    old, new = _paragraphs(before), _paragraphs(after)
    for op, a, b, c, d in _opcodes(old, new):
        if op != "equal":
            for i, j in _pairs(old[a:b], new[c:d]):
                number = (c + j if j is not None else a + (i or 0)) + 1
                was = None if i is None else old[a + i]
                found.append(_change("paragraph", number, was, None if j is None else new[c + j]))
    return found


def pieces(before: str, after: str) -> Iterator[Piece]:
    """Both texts in one, to be joined by spaces: `before` is all but what was inserted, `after` all but the deleted."""
    old, new = before.split(), after.split()
    for op, a, b, c, d in _opcodes(old, new):
        if op == "equal":
            yield Piece("equal", " ".join(new[c:d]))
            continue
        if a < b:
            yield Piece("delete", " ".join(old[a:b]))
        if c < d:
            yield Piece("insert", " ".join(new[c:d]))


def _change(part: Literal["title", "paragraph"], number: int | None, before: str | None, after: str | None) -> Change:
    op: Literal["added", "removed", "changed"] = "changed" if before and after else "added" if after else "removed"
    return Change(
        part=part, paragraph=number, op=op, before=before, after=after, pieces=tuple(pieces(before or "", after or "")),
    )  # fmt: skip


def _paragraphs(article: Article) -> list[str]:
    start, end = article.zones.body
    return [one for one in article.text[start:end].split("\n\n") if one.strip()]


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > _MOST_PAIRS:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int | None, int | None]]:
    """Pair the paragraphs that were replaced with what they became, in order; the others stand alone."""
    at = 0
    for i, paragraph in enumerate(old):
        partner = next((j for j in range(at, min(at + _AHEAD, len(new))) if _is_alike(paragraph, new[j])), None)
        if partner is None:
            yield i, None
            continue
        for j in range(at, partner):
            yield None, j
        yield i, partner
        at = partner + 1
    for j in range(at, len(new)):
        yield None, j


def _is_alike(one: str, other: str) -> bool:
    words, others = set(one.split()), set(other.split())
    return len(words & others) >= _ALIKE * min(len(words), len(others))
