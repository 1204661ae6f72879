"""Which of the articles a source announces are known ones under another address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workers.arabic.letters import fold_text

BAD_GUIDS = 0.05  # the share of missing or repeated names above which a source's names are not believed
REKEYED = 5  # unknown entries with known titles that it takes to believe in a mass change of addresses
LETTERS = 12  # that a title has at least to tell one article from others
ALIKE = 0.6  # the share of words that two titles of one article have in common

SAME = timedelta(hours=6)  # by which the dates of one article differ at most, a zone mended or a day rounded

_WORD = re.compile(r"\w+")
_MAX_TITLE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An article that this source showed before, with the dates it was given."""

    key: str
    guid: str | None = None
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """An article that this look shows."""

    key: str
    guid: str | None = None
    title: str | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`same` leads from announced keys to the known ones they stand for; `rekeyed` of them by their titles.

    `distrusted_guids` is whether the source should have told articles by their names and could not.
    """

    same: dict[str, str] = field(default_factory=dict)
    rekeyed: int = 0
    distrusted_guids: bool = False


def settle(
    announced: Sequence[Announced], known_keys: Collection[str], known: Sequence[Known], *, by_guid: bool
) -> Identity:
    """Tell which announced entries are known articles; `known_keys` are all known keys, `known` the latest of them.

    With `by_guid` an unknown address with a known name (guid) is that article, unless the source's names are no good.
    In any case: where most of the unknown entries, and several, bear titles of known articles that are announced no
    longer, the outlet has changed its addresses, and these are the known articles. A title alone is no proof outside
    of that, since bulletins bear the same one every day; nor with another date, since a page may be full of bulletins.
    """
    keys = {*known_keys, *(one.key for one in known)}
    announced = list({one.key: one for one in announced}.values())
    unknown = [one for one in announced if one.key not in keys]
    present = {one.key for one in announced} & keys
    gone = [one for one in known if one.key not in present]

    distrusted = by_guid and _bad_guids(announced)
    by_name: dict[str, str] = {}
    if by_guid and not distrusted:
        by_name = _matches(((one.key, one.guid) for one in unknown), ((one.key, one.guid) for one in gone))

    left = [one for one in unknown if one.key not in by_name]
    if len(left) < REKEYED:  # most looks: thousands of titles need not be read for them
        return Identity(same=by_name, distrusted_guids=distrusted)
    taken = set(by_name.values())
    by_title = _matches(
        ((one.key, _telling(one.title)) for one in left),
        ((one.key, _telling(one.title)) for one in gone if one.key not in taken),
    )
    dates = {one.key: one.published for one in known} | {one.key: one.published for one in announced}
    by_title = {new: old for new, old in by_title.items() if _at_once(dates[new], dates[old])}
    if len(by_title) < REKEYED or len(by_title) * 2 <= len(left):
        by_title = {}
    return Identity(same=by_name | by_title, rekeyed=len(by_title), distrusted_guids=distrusted)


def same_article(own_title: str | None, other_title: str | None) -> bool:
    """Tell whether two addresses that claim one canonical link tell the same article, by their titles.

    Outlets that give all pages one canonical link by mistake are common, and an article that is lost is worse than
    one that is doubled: without two titles the answer is no.
    """
    own, other = _words(own_title), _words(other_title)
    if not own or not other:
        return False
    if own == other:
        return True
    shared = (Counter(own) & Counter(other)).total()
    return shared >= 3 and shared >= ALIKE * min(len(own), len(other))


def _at_once(one: datetime | None, other: datetime | None) -> bool:
    """Whether two dates may be those of one article: the same moment, or nothing is known of one of them."""
    return one is None or other is None or abs(one - other) <= SAME


def _bad_guids(announced: Sequence[Announced]) -> bool:
    names = [one.guid for one in announced if one.guid]
    return len(announced) - len(set(names)) > BAD_GUIDS * len(announced)


def _matches(unknown: Iterable[tuple[str, str | None]], known: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """Pair keys of both sides by the mark that goes with each; only marks that are the only ones of their side."""
    theirs = _only(known)
    return {key: theirs[mark] for mark, key in _only(unknown).items() if mark in theirs}


def _only(marked: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    found: dict[str, str | None] = {}
    for key, mark in marked:
        if mark:
            found[mark] = key if found.get(mark, key) == key else None
    return {mark: key for mark, key in found.items() if key is not None}


def _telling(title: str | None) -> str | None:
    words = " ".join(_words(title))
    return words if sum(map(str.isalpha, words)) >= LETTERS else None


def _words(title: str | None) -> list[str]:
    return _WORD.findall(fold_text((title or "")[:_MAX_TITLE]).casefold())
