"""Words and sentences, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from workers.arabic.letters import Folded
from workers.items import Span

_LINE = re.compile(r"[^\n\r\v\f\u0085\u2028\u2029]+")
_STOP = re.compile(r"[.!?؟…]+")
_CLOSERS = re.compile(r"[\"”“»’'›)\]\u200e\u200f]*")
_OPENERS = frozenset('"“”«‹')
_WORD_BEFORE = re.compile(r"[^\W_]+$")
_WORD_AFTER = re.compile(r"[^\W_]+")
_TITLES = frozenset({"Mr", "Mrs", "Dr", "St", "vs", "No"})
_GOES_ON = frozenset("،؛,;:")
_LONGEST = 40  # code points of a chunk that is remembered
_PLAIN_MARKS = '،.,؛:؟!"»”)'
_LOOK_BACK = 24  # code points; longer than any word that decides


@cache
def _splitter() -> Callable[..., list[str]]:
    from camel_tools.tokenizers.word import simple_word_tokenize  # noqa: PLC0415

    splitter: Callable[..., list[str]] = simple_word_tokenize
    return splitter


@lru_cache(maxsize=1 << 15)
def _split(chunk: str) -> tuple[str, ...]:
    bare = chunk.rstrip(_PLAIN_MARKS)
    if bare.isalpha():  # a word and the marks behind it
        return (bare, *chunk[len(bare) :])
    return tuple(_splitter()(chunk, split_digits=True))


def tokens(folded: Folded) -> tuple[list[str], list[int]]:
    """Return the tokens (a word, a number or one mark of punctuation) and where in the folded text each starts.

    They are those of camel-tools' `simple_word_tokenize(text, split_digits=True)`.
    """
    words: list[str] = []
    starts: list[int] = []
    text, start = folded.text, 0
    for word in text.split():
        start = text.index(word, start)
        # The tokenizer tries a regex at each character; a chunk of letters only cannot be split, which is most of them.
        if word.isalpha():
            words.append(word)
            starts.append(start)
            start += len(word)
            continue
        # It only splits, so inside a chunk without spaces the parts lie end to end.
        parts = _split(word) if len(word) <= _LONGEST else _splitter()(word, split_digits=True)
        for part in parts:
            words.append(part)
            starts.append(start)
            start += len(part)
    return words, starts


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` as spans without the white space around them.

    Every line break is a boundary. A full stop is none inside "..", numbers, addresses, initials («أ. ف. ب», «د.»);
    a quotation mark or bracket that closes right after the stop belongs to the sentence.
    """
    found = []
    for line in _LINE.finditer(text):
        start = line.start()
        for cut in [*_cuts(text, line.start(), line.end()), line.end()]:
            part = text[start:cut]
            first = start + len(part) - len(part.lstrip())
            if part.strip():
                found.append((first, first + len(part.strip())))
            start = cut
    return found


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    begun = start
    for stop in _STOP.finditer(text, start, end):
        closers = _CLOSERS.match(text, stop.end(), end)
        after = closers.end() if closers else stop.end()
        if after > stop.end() and after < end and text[after].isalnum():
            after = stop.end()  # the mark opens what follows: قال."نعم"
        if after >= end or text[after] in _GOES_ON:
            continue
        if _ends(text, begun, stop, after, end):
            yield after
            begun = after


def _ends(text: str, begun: int, stop: re.Match[str], after: int, end: int) -> bool:
    """Whether the run of stops ends a sentence that began at `begun`; `after` is past it and its closing marks."""
    run = stop[0]
    spaced = after > stop.end() or text[after].isspace() or text[after] in _OPENERS
    if "؟" in run:
        return True
    if "!" in run or "?" in run:
        return spaced
    if run != ".":
        return False
    before = _WORD_BEFORE.search(text, max(begun, stop.start() - _LOOK_BACK), stop.start())
    if before is None:
        return spaced
    if not spaced:
        follows = _WORD_AFTER.match(text, after, min(end, after + _LOOK_BACK))
        # Two Arabic words glued by a stop; an address or initials have a Latin or a one-letter side.
        return follows is not None and _is_long(before[0], 3) and _is_long(follows[0], 2)
    if before[0].isdecimal():
        return bool(text[begun : before.start()].strip()) if before.start() - begun < _LOOK_BACK else True
    if len(before[0]) == 1:
        # «3:15 م.» ends a sentence, «د.» and «أ. ف. ب.» are names.
        return text[max(begun, before.start() - 2) : before.start()].strip()[-1:].isdecimal()
    return before[0] not in _TITLES


def _is_long(word: str, least: int) -> bool:
    return len(word) >= least and all("\u0620" <= c <= "\u06ff" for c in word)
