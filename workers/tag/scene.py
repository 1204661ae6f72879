"""One sentence and everything that was found in it: the stage on which events and statements are read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from workers.arabic.quotes import Quotation
from workers.items import Article, DateMention
from workers.tag.lexicon import Found
from workers.tag.party import Party
from workers.tag.reading import Reading, Sentence

# How far, in tokens, a rule looks for parties behind and before its word, and how many it looks at: what keeps the time
# linear when a text has no sentence ends.
REACH = 25
BACK = 30
MANY = 12
CHAIN = 8


class Turn(NamedTuple):
    """From `token` on clauses are about `party`; None is somebody unknown, named from token `place` on. `inner`: in a subordinate clause.

    `free`: the party stands for its country there («إن بلاده»), so that either gender of a verb agrees.
    """

    token: int
    party: Party | None
    inner: bool
    free: bool = False
    place: int = -1


@dataclass(slots=True)
class Scene:
    """One sentence with what was found in it; `dates` are its dates, `people` the tokens at which the names of people without a country begin, with those behind them, `quotes` all quotations of the article. `asides` are
    verbs of events as participles and as the speaker's own, which begin no clause.

    `pair` are the two of whom alone it and the sentences before speak, `home` the country of those of whom no country is told. `carried` is whom the sentence before was about; `turns` are the
    subjects of its clauses; `said` are who speaks in it and the token from which on; `behind` holds
    the forms of the words behind a trigger, once they were asked for.
    """

    article: Article
    reading: Reading
    sentence: Sentence
    parties: list[Party]
    found: list[Found]
    asides: list[Found] = field(default_factory=list)
    quotes: Sequence[Quotation] = ()
    carried: Party | None = None
    pair: tuple[Party, ...] = ()
    home: str | None = None
    dates: Sequence[DateMention] = ()
    people: Mapping[int, int] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    said: list[tuple[int, Party]] = field(default_factory=list)
    behind: dict[int, frozenset[str]] = field(default_factory=dict)
    starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = [party.start for party in self.parties]

    def after(self, token: int, reach: int = REACH) -> list[Party]:
        """Return the parties that start after a token, at most `reach` tokens on."""
        index = bisect_left(self.starts, token + 1)
        return [party for party in self.parties[index : index + MANY] if party.start <= token + reach]

    def at(self, token: int) -> Party | None:
        """Return the party that a token is part of."""
        index = bisect_left(self.starts, token + 1) - 1
        return self.parties[index] if index >= 0 and token < self.parties[index].end else None

    def before(self, token: int, reach: int = BACK) -> list[Party]:
        """Return the parties that end before a token, nearest first."""
        index = bisect_left(self.starts, token)
        near = self.parties[max(0, index - MANY) : index]
        return [party for party in reversed(near) if party.end <= token and token - party.end <= reach]

    def triggers(self, start: int, end: int) -> list[Found]:
        """Return the words found at tokens [start, end)."""
        first = bisect_left(self.found, start, key=lambda one: one.token)
        return self.found[first : bisect_left(self.found, end, lo=first, key=lambda one: one.token)]

    def turns_before(self, token: int) -> list[Turn]:
        """Return the last turns that begin before a token, in order."""
        index = bisect_left(self.turns, token, key=lambda turn: turn.token)
        return self.turns[max(0, index - MANY) : index]

    def place(self, party: Party) -> int | None:
        """Return the index of a party, or None if it is another sentence's."""
        index = bisect_left(self.starts, party.start)
        return index if index < len(self.parties) and self.starts[index] == party.start else None

    def chain(self, party: Party) -> tuple[Party, ...]:
        """Return the party and those joined to it."""
        index = self.place(party)
        if index is None:
            return (party,)
        end = index + 1
        while end < len(self.parties) and self.parties[end].joined and end - index < CHAIN:
            end += 1
        return tuple(self.parties[index:end])

    def chain_head(self, party: Party) -> Party:
        """Return the first of the parties that `party` is joined to."""
        index = self.place(party)
        floor = max(0, (index or 0) - CHAIN)
        while index and index > floor and self.parties[index].joined:
            index -= 1
        return party if index is None else self.parties[index]

    def inside(self, parties: Iterable[Party]) -> list[Party]:
        """Return those of the parties that stand in this sentence."""
        return [party for party in parties if self.sentence.start <= party.start < self.sentence.end]
