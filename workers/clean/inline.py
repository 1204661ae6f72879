"""Other articles' headlines inside a paragraph: «… . اقرأ أيضاً: a headline. And on goes the text»."""

from __future__ import annotations

import re
from typing import NamedTuple

from workers.arabic.letters import fold
from workers.clean.lines import Line, count
from workers.items import Span

_LONGEST = 25  # words of a headline without a link, to the next full stop
_LONGEST_LINKED = 40
_NEAR = 8  # characters of marks before a phrase
_LEAD = re.compile(r"[\s(\[«|•*–—-]*$")
_MARK = re.compile(r"\s*(?:[:|–—»>←-]|\.{2,3}|…)+\s*")
_END = re.compile(r"[.!؟?…](?=[\s)\]]|$)")
_TRAIL = re.compile(r"[.\s*»)\]]*")
_ENDS_SENTENCE = '.!؟?…:»”")]'
_CLOSERS = {"(": ")", "[": "]", "«": "»"}


class Cut(NamedTuple):
    """A line without what was inserted, and the pieces that were, in order."""

    line: Line
    pieces: tuple[str, ...]


def cut_inserted(line: Line, phrases: re.Pattern[str]) -> Cut | None:
    """Take the headlines out that `phrases` (over folded text) open inside a line; None if there are none.

    A linked headline goes as far as its link. Without a link a mark must follow the phrase ("read also" may be a sentence's own
    words), and the headline goes as far as a closing bracket or full stop within 25 words.
    """
    folded = fold(line.text)
    spans: list[Span] = []
    for found in phrases.finditer(folded.text):
        start, end = folded.span(*found.span())
        if (not spans or start >= spans[-1][1]) and (span := _inserted(line, start, end)) is not None:
            spans.append(span)
    if not spans or spans == [(0, len(line.text))]:
        return None
    pieces = tuple(line.text[start:end].strip() for start, end in spans)
    rest, at = "", 0
    for start, end in [*spans, (len(line.text), len(line.text))]:
        piece = line.text[at:start]
        rest = f"{rest.rstrip()} {piece.lstrip()}" if rest.strip() and piece.strip() else rest + piece
        at = end
    return Cut(Line(rest.strip(), line.kind), pieces) if rest.strip(" .") else None


def _inserted(line: Line, start: int, end: int) -> Span | None:
    text = line.text
    lead = _LEAD.search(text, max(0, start - _NEAR), start)
    first = lead.start() if lead else start
    begins = first == 0 or text[first - 1] in _ENDS_SENTENCE or any(opened == start for opened, _ in line.links)
    opener = next((char for char in text[first:start] if char in _CLOSERS), None)
    mark = _MARK.match(text, end)
    after = mark.end() if mark else end + len(text[end:]) - len(text[end:].lstrip())
    link = next(((opened, closed) for opened, closed in line.links if opened <= after + 2 and closed > after), None)
    # Anywhere in a sentence where a mark and a link say so: «… the phrase: (a link) and so on».
    if not (begins or opener or (mark and link)):
        return None
    if link is not None and count(text[start : link[1]]) <= _LONGEST_LINKED:
        stop = link[1]
    elif mark is None:
        return None
    else:
        closing = text.find(_CLOSERS[opener], after) if opener else -1
        sentence = _END.search(text, after)
        stop = closing if closing >= 0 else sentence.end() if sentence else len(text)
        if count(text[after:stop]) > _LONGEST:
            return None
    trail = _TRAIL.match(text, stop)
    # What closes is taken only with what opened; a full stop only where the text before has its own.
    closes = trail is not None and (opener is None or _CLOSERS[opener] in trail[0])
    return first, trail.end() if trail is not None and closes and (opener or begins) else stop
