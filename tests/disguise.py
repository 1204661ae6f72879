"""The ways in which the same Arabic words reach us: what readers do not see, or see and read over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import cycle

_LETTER = "[\u0621-\u063a\u0641-\u064a]"
_JOINED = re.compile(
    rf"(?<=[\u0626\u0628\u062a-\u062e\u0633-\u063a\u0641-\u0647\u064a]){_LETTER}"
)  # after a letter that joins on
_TEXT = re.compile(r"(?<=>)[^<>&]+(?=<)")
_SILENT = re.compile(r"(<(script|style|title)\b.*?</\2>)", re.DOTALL | re.IGNORECASE)


def _voweled(text: str) -> str:
    marks = cycle("\u064e\u064f\u0650\u0651\u0652")
    return re.sub(_LETTER, lambda letter: letter[0] + (next(marks) if letter.start() % 3 == 0 else ""), text)


def _unseen(text: str) -> str:
    signs = cycle("\u200b\u200e\u200f\u2060\ufeff\u200d")
    return re.sub(r"\w\b|\b\w", lambda letter: letter[0] + next(signs), text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "vowels": _voweled,
    "tatweel": lambda text: _JOINED.sub(lambda letter: "\u0640" + letter[0], text),
    "unseen signs": _unseen,
    "hard spaces": lambda text: text.replace(" ", "\u00a0"),
}


def disguise_page(html: str, how: Callable[[str], str]) -> str:
    """Disguise what stands between the tags of a page, and nothing else."""
    pieces = _SILENT.split(html)
    # Of each three pieces the second is a silent element, the third its name.
    return "".join(
        piece if at % 3 else _TEXT.sub(lambda text: how(text[0]), piece)
        for at, piece in enumerate(pieces)
        if at % 3 != 2
    )
