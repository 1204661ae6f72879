"""The leftover phrases of the configuration, compiled into the form in which lines are compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from workers.arabic.letters import fold_text
from workers.clean.lines import Line, count, is_prose, key
from workers.config import Leftovers, Outlet

# How many words a line may have that a beginning or a pattern condemns. A real paragraph of news has 15 to 60; what
# an outlet's own file says is exact and may be longer (one note about an outlet has 39).
LONGEST = 25
LONGEST_OWN = 60
_SPECIFIC = 3  # words; a shorter beginning may also begin a sentence, and condemns no line that reads as one
_SEPARATORS = re.compile(r"\s*[-–—|/،,:•]\s*")

Bounded = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Rules:
    """The phrases of the general file and of one outlet; with each beginning and pattern the words of its longest line."""

    exact: frozenset[str]
    prefix: tuple[Bounded, ...]
    pattern: tuple[tuple[re.Pattern[str], int], ...]
    from_here: tuple[Bounded, ...]
    box: tuple[str, ...]
    origin: tuple[str, ...]
    author: tuple[str, ...]
    names: frozenset[str]
    longest_heading: int | None = None

    def ends_at(self, line: Line, form: str) -> bool:
        """Whether everything goes from this line on."""
        return any(_condemns(one, line, form) for one in self.from_here)

    def condemns(self, line: Line, form: str) -> bool:
        """Whether the line is a phrase, a row of phrases, begins with one or has a pattern in it."""
        size = count(line.text)
        if form in self.exact or (size <= LONGEST and self._is_row(form)):
            return True
        if any(_condemns(one, line, form) for one in self.prefix):
            return True
        if size > LONGEST_OWN or len(line.text) > 1000:
            return False
        folded = fold_text(line.text)
        return any(
            size <= longest and (pattern.search(line.text) or pattern.search(folded))
            for pattern, longest in self.pattern
        )

    def is_name(self, form: str) -> bool:
        """Whether a line holds the names of outlets and nothing else: "name - name.com"."""
        parts = [key(part) for part in (form, *_SEPARATORS.split(form))]
        return self._names(parts[0]) or all(not part or self._names(part) for part in parts[1:])

    def _names(self, form: str) -> bool:
        return form in self.names or form.replace(" ", "") in self.names

    def _is_row(self, form: str) -> bool:
        """Whether the words are phrases of the list and nothing else: a share bar is often one line."""
        words = form.split()
        reached = {0}
        for at in range(len(words)):
            if at in reached:
                ends = range(at + 1, min(at + 5, len(words)) + 1)
                reached.update(end for end in ends if key(" ".join(words[at:end])) in self.exact)
        return len(words) in reached


def names_of(outlets: Iterable[Outlet]) -> frozenset[str]:
    """All the names outlets go by, in comparing form: names, aliases, hosts and the first label of each host."""
    said = (
        name
        for outlet in outlets
        for name in (outlet.name, outlet.name_en, *outlet.aliases, *outlet.hosts, *map(_label, outlet.hosts))
    )
    return frozenset(form for name in said if (form := key(name)))


def _label(host: str) -> str:
    return host.removeprefix("www.").partition(".")[0]


@lru_cache(maxsize=128)
def rules_of(general: Leftovers, own: Leftovers, names: frozenset[str]) -> Rules:
    """Compile the phrases of both files; the outlet's own may condemn longer lines."""
    return Rules(
        exact=frozenset(map(key, (*general.exact, *own.exact))),
        prefix=(*_bounded(general.prefix, LONGEST), *_bounded(own.prefix, LONGEST_OWN)),
        pattern=(*_patterns(general.pattern, LONGEST), *_patterns(own.pattern, LONGEST_OWN)),
        from_here=(*_bounded(general.from_here, LONGEST), *_bounded(own.from_here, LONGEST_OWN)),
        box=tuple(map(key, (*general.box, *own.box))),
        origin=tuple(map(key, (*general.origin, *own.origin))),
        author=tuple(map(key, (*general.author, *own.author))),
        names=names,
        longest_heading=own.longest_heading,
    )


def begins(form: str, beginning: str) -> bool:
    """Whether a line in comparing form starts with `beginning` and not in the middle of a word."""
    return bool(beginning) and form.startswith(beginning) and not form[len(beginning) : len(beginning) + 1].isalpha()


def _condemns(rule: Bounded, line: Line, form: str) -> bool:
    beginning, longest = rule
    return (
        begins(form, beginning)
        and count(line.text) <= longest
        and (form == beginning or count(beginning) >= _SPECIFIC or not is_prose(line))
    )


def _bounded(written: Sequence[str], longest: int) -> Iterator[Bounded]:
    return ((key(one), longest) for one in written)


def _patterns(written: Sequence[str], longest: int) -> Iterator[tuple[re.Pattern[str], int]]:
    for one in written:
        yield re.compile(one), longest
        # Folded too, so that a pattern need not list every spelling of alef; folding may empty a set of diacritics.
        try:
            yield re.compile("".join(map(_fold_letter, one))), longest
        except re.error:
            continue


def _fold_letter(char: str) -> str:
    # Letters and digits only: the folded form of "…" is three dots, which mean something else in a pattern.
    folded = fold_text(char)
    return folded if not folded or folded.isalnum() else char
