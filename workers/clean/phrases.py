"""The leftover phrases of the configuration, compiled into the form in which lines are compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from workers.arabic.letters import fold_text
from workers.clean.lines import Line, count, is_prose, key
from workers.config import Config, Leftovers, Outlet

# How many words a line may have that a beginning or a pattern condemns. A real paragraph of news has 15 to 60; what
# an outlet's own file says is exact and may be longer (one note about an outlet has 39).
LONGEST = 25
LONGEST_OWN = 60
_LONGEST_PATTERN = 1000  # characters of a line that patterns are tried on
_LONGEST_NOTICE = 90  # words
_NOTICE_WORDS = 3  # different ones
_SPECIFIC = 3  # words; a shorter beginning may also begin a sentence, and condemns no line that reads as one
_SEPARATORS = re.compile(r"\s*[-–—|/،,:•]\s*")
_COUNTED = re.compile(r"[\W\d_]*")
_ESCAPED = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\([^()]*\)")
_FIRST_WORD = re.compile(r"[^\W\d_]+")


class Phrase(NamedTuple):
    """A phrase in comparing form, the words of the longest line it condemns, and the rule that a removal names."""

    form: str
    longest: int
    rule: str


class Pattern(NamedTuple):
    """A pattern as it looks into a line as written and into its folded form, and what `Phrase` has too."""

    find: Callable[[str], object]
    find_folded: Callable[[str], object]
    longest: int
    rule: str


class Beginnings:
    """Phrases with which a line may begin, looked up by their first word."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_word: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            if phrase.form:
                self._by_word.setdefault(_first_word(phrase.form), []).append(phrase)
        for some in self._by_word.values():
            some.sort(key=lambda one: -len(one.form))

    def of(self, form: str) -> Iterator[Phrase]:
        """The phrases that a line in comparing form begins with, longest first."""
        return (one for one in self._by_word.get(_first_word(form), ()) if begins(form, one.form))

    def condemning(self, line: Line, form: str) -> str | None:
        """The rule of the first of them that condemns the line."""
        return next((one.rule for one in self.of(form) if _condemns(one, line, form)), None)


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The phrases of the general file and of one outlet."""

    exact: dict[str, str]
    prefix: Beginnings
    pattern: tuple[Pattern, ...]
    from_here: Beginnings
    box: Beginnings
    labels: Beginnings
    inline: re.Pattern[str] | None
    notice: re.Pattern[str] | None
    names: frozenset[str]
    longest_heading: int | None = None

    def ends_at(self, line: Line, form: str) -> str | None:
        """The rule by which everything goes from this line on.

        So much depends on it that a phrase of one word must be the whole line, but for a number: "comments (3)".
        """
        rule = self.from_here.condemning(line, form)
        if rule is None or any(" " in one.form for one in self.from_here.of(form)):
            return rule
        return rule if any(_COUNTED.fullmatch(form, len(one.form)) for one in self.from_here.of(form)) else None

    def condemns(self, line: Line, form: str) -> str | None:
        """The rule by which a line goes that is a phrase, a row of phrases, begins with one or has a pattern in it."""
        if form in self.exact:
            return self.exact[form]
        size = count(line.text)
        if size <= LONGEST and self._is_row(form):
            return "row"
        if rule := self.prefix.condemning(line, form):
            return rule
        if self._is_notice(line, size):
            return "notice"
        if size > LONGEST_OWN or len(line.text) > _LONGEST_PATTERN:
            return None
        folded = fold_text(line.text)
        for pattern in self.pattern:
            if size <= pattern.longest and (pattern.find(line.text) or pattern.find_folded(folded)):
                return pattern.rule
        return None

    def _is_notice(self, line: Line, size: int) -> bool:
        if self.notice is None or size > _LONGEST_NOTICE:
            return False
        return len(set(self.notice.findall(fold_text(line.text)))) >= _NOTICE_WORDS

    def is_name(self, form: str) -> bool:
        """Whether a line holds the names of outlets and nothing else: "name - name.com"."""
        if self._names(form):
            return True
        parts = [key(part) for part in _SEPARATORS.split(form)] if len(form) <= 120 else []
        return bool(parts) and all(not part or self._names(part) for part in parts)

    def _names(self, form: str) -> bool:
        return form in self.names or form.replace(" ", "") in self.names

    def _is_row(self, form: str) -> bool:
        """Whether the words are phrases of the list and nothing else: a share bar is often one line."""
        words = form.split()
        reached = {0}
        for at in range(len(words)):
            if at not in reached:
                continue
            ends = [
                end for end in range(at + 1, min(at + 5, len(words)) + 1) if key(" ".join(words[at:end])) in self.exact
            ]
            if not ends and max(reached) <= at:
                return False
            reached.update(ends)
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


@lru_cache(maxsize=64)
def rules_for(config: Config, slug: str | None) -> Rules:
    """The rules for the pages of one outlet, or of none that is known."""
    outlet = config.outlets.get(slug or "")
    names = names_of(config.outlets.values())
    return rules_of(config.leftovers, outlet.leftovers if outlet else Leftovers(), names)


def rules_of(general: Leftovers, own: Leftovers, names: frozenset[str]) -> Rules:
    """Compile the phrases of both files; the outlet's own may condemn longer lines."""
    both = (("general", general, LONGEST), ("outlet", own, LONGEST_OWN))

    def phrases(name: str) -> Iterator[Phrase]:
        for whose, said, longest in both:
            yield from (Phrase(key(one), longest, f"{whose}.{name}") for one in getattr(said, name))

    return Rules(
        exact={one.form: one.rule for one in phrases("exact")},
        prefix=Beginnings(phrases("prefix")),
        pattern=tuple(
            one for whose, said, longest in both for one in _patterns(said.pattern, longest, f"{whose}.pattern")
        ),
        from_here=Beginnings(phrases("from_here")),
        box=Beginnings(phrases("box")),
        labels=Beginnings([*phrases("origin"), *phrases("author")]),
        inline=_any_of((*general.inline, *own.inline)),
        notice=_any_of((*general.notice, *own.notice)),
        names=names,
        longest_heading=own.longest_heading,
    )


def begins(form: str, beginning: str) -> bool:
    """Whether a line in comparing form starts with `beginning` and not in the middle of a word."""
    return bool(beginning) and form.startswith(beginning) and not form[len(beginning) : len(beginning) + 1].isalpha()


def _first_word(form: str) -> str:
    # Of a phrase that does not begin with a letter ("404") the first word is empty, and so it is of a line that does not.
    word = _FIRST_WORD.match(form)
    return word[0] if word else ""


def _condemns(rule: Phrase, line: Line, form: str) -> bool:
    return count(line.text) <= rule.longest and (
        form == rule.form or count(rule.form) >= _SPECIFIC or not is_prose(line)
    )


def _any_of(phrases: Sequence[str]) -> re.Pattern[str] | None:
    """The phrases as whole words in any place, over folded text."""
    forms = sorted({key(one) for one in phrases}, key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, forms))})(?![^\W_])") if forms else None


def _patterns(written: Sequence[str], longest: int, rule: str) -> Iterator[Pattern]:
    for one in written:
        # Folded too, so that a pattern need not list every spelling of alef; folding may empty a set of diacritics.
        try:
            folded = re.compile("".join(map(_fold_letter, one)))
        except re.error:
            folded = re.compile(one)
        yield Pattern(_finder(re.compile(one)), _finder(folded), longest, rule)


def _finder(pattern: re.Pattern[str]) -> Callable[[str], object]:
    """How a pattern looks into a text: what can only stand at the beginning is not looked for elsewhere."""
    bare = _ESCAPED.sub("", pattern.pattern)
    while (inner := _GROUP.sub("", bare)) != bare:
        bare = inner
    return pattern.match if bare.startswith("^") and "|" not in bare else pattern.search


def _fold_letter(char: str) -> str:
    # Letters and digits only: the folded form of "…" is three dots, which mean something else in a pattern.
    folded = fold_text(char)
    return folded if not folded or folded.isalnum() else char
