"""What two copies of one text have in common, whatever was done to their spelling and marks; and how copies are found."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from rensa import RMinHash

from workers.arabic.letters import fold_text
from workers.items import Article

# 24 bands of 3 rows find nearly every pair that shares half of its runs of three words, and half of those that share a
# quarter; shared sentences find the others. Kept in stores: another number, seed or library version means new bands.
_BANDS, _ROWS, _SEED = 24, 3, 20250212
SKETCH = f"rensa-{RMinHash.ALGORITHM_VERSION}/{_BANDS}x{_ROWS}/{_SEED}"
_RUN = 3  # words
_LEAST_UNIT = 8  # words of a paragraph or sentence that tells a text; shorter ones recur by chance
_LEAST_WORDS = 12  # of a text that is compared at all
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!؟?])\s+")


class Sketch(NamedTuple):
    """What a text is found by, as signed numbers of 64 bits: its `bands`, and its paragraphs and sentences (`units`)."""

    bands: tuple[int, ...] = ()
    units: tuple[int, ...] = ()


def fingerprint(article: Article) -> str:
    """32 hex digits of the SHA-256 of the body's folded letters and digits; the headline does not count.

    Diacritics, tatweel, spellings of alef, the two sets of digits, spaces and punctuation make no difference.
    """
    start, end = article.zones.body
    return hashlib.sha256(_letters(article.text[start:end])).hexdigest()[:32]


def paragraph(text: str) -> int:
    """A number for a paragraph's folded letters and digits."""
    return _number(_letters(text))


def sketch(body: str) -> Sketch:
    """The sketch of a body. Texts of less than 12 words have none: they are no copies of anything."""
    body = fold_text(body)  # first, so that no unseen sign stands between a full stop and its space
    words = _WORD.findall(body)
    if len(words) < _LEAST_WORDS:
        return Sketch()
    runs = [" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)]
    hashes = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    hashes.update(runs)
    rows = hashes.digest()
    bands = tuple(_number(repr((band, rows[band * _ROWS : (band + 1) * _ROWS])).encode()) for band in range(_BANDS))
    return Sketch(bands, tuple(dict.fromkeys(_units(body))))


def _units(body: str) -> Iterator[int]:
    for text in filter(None, map(str.strip, body.split("\n"))):
        for part in dict.fromkeys([text, *_SENTENCE_END.split(text)]):
            if len(part.split()) >= _LEAST_UNIT:
                yield paragraph(part)


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big", signed=True)


def _letters(text: str) -> bytes:
    return "".join(filter(str.isalnum, fold_text(text))).encode("utf-8", "surrogatepass")
