"""Lines that an outlet prints again and again: furniture of its pages, which goes, and background, which is marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workers.clean.fingerprint import paragraph
from workers.clean.lines import Line, count, is_prose, key

# What "again and again" means, of the outlet's articles in the weeks before. Furniture stands on (nearly) every page
# (on 11 of 11, 16 of 16 and 22 of 22 of three outlets measured), background on some (on 8 of 88 of another).
LEAST_ARTICLES = 10
_FURNITURE = 5  # articles
_FURNITURE_SHARE = 0.3
_SHORT_SHARE = 0.1  # of a line that is no running text
_BACKGROUND = 3  # articles


@dataclass(frozen=True, slots=True)
class Past:
    """How many articles of the outlet there were in the weeks before, and in how many each paragraph stood, by its hash."""

    articles: int = 0
    stood: Mapping[int, int] = field(default_factory=dict)


# Asked with the hashes of a page's paragraphs. It must count the same articles whenever the page is read.
History = Callable[[Sequence[int]], Past]


def no_history(paragraphs: Sequence[int]) -> Past:  # noqa: ARG001
    """Nothing is known of the outlet's earlier articles."""
    return Past()


@dataclass(frozen=True, slots=True)
class Learned:
    """Lines in comparing form: `furniture` goes, `background` stays, with the number of articles in which it stood."""

    furniture: frozenset[str] = frozenset()
    background: Mapping[str, int] = field(default_factory=dict)


def learn(lines: Sequence[Line], history: History) -> Learned:
    """What the outlet's earlier articles say of the lines of one. Rows of tables are never furniture: days share them."""
    hashes = {key(line.text): paragraph(line.text) for line in lines}
    past = history(list(hashes.values()))
    furniture, background = set(), {}
    for line in lines:
        form = key(line.text)
        stood = past.stood.get(hashes[form], 0)
        if _is_furniture(line, stood, past.articles):
            furniture.add(form)
        elif stood >= _BACKGROUND and is_prose(line):
            background[form] = stood
    return Learned(frozenset(furniture), background)


def _is_furniture(line: Line, stood: int, articles: int) -> bool:
    if articles < LEAST_ARTICLES or stood < _FURNITURE or line.kind in {"row", "item"}:
        return False
    short = line.kind == "text" and not is_prose(line) and count(line.text) >= 1
    return stood >= (_SHORT_SHARE if short else _FURNITURE_SHARE) * articles
