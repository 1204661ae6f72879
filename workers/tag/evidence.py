"""Kinds of evidence that the two sides have to do with each other, each looked for in one sentence.

Naming both sides is no evidence: of articles that do, about a quarter are about their relation. What counts is an act,
a statement about the other side, a presence, a policy, a trade, or words that link the two.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from workers.arabic.letters import fold, fold_text
from workers.arabic.tokens import tokens
from workers.tag.coded import Coded
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms, readings, stems
from workers.tag.scene import Scene
from workers.tag.statements import Said

_BACKGROUND = {"historical", "hypothetical"}
# Tokens between the two parties of one relation.
_LINK = 12
_THIRD = "third"
_POLICY = 9
_PRESENCE = 25
_GOODS = 5
_LINKING = frozenset(fold_text("مع إلى ل على في من عن ضد بين تجاه حيال إزاء نحو ب داخل عبر بشأن حول").split())
_MARKS = frozenset(":؛;.!؟?")
# Evidence that the text's mere wording gives, which may be of the past; tokens behind it in which that is said.
_STANDING = frozenset(["presence", "policy", "link", "trade"])
_LONG_AGO = 5
_YEARS = frozenset(map(fold_text, ("سنوات", "أعوام", "سنين", "عقود", "عقد", "عامين", "سنتين")))
_IN_YEAR = frozenset(map(fold_text, ("عام", "سنة")))
_CLAUSE = 25
_COMMAS = frozenset("،,؛.")
_WHILE = frozenset(map(fold_text, ("بعد", "عقب", "منذ", "إثر", "قبل", "رغم", "غداة")))
_DEALING = frozenset(["من", "مع", fold_text("على")])
_NONE: frozenset[str] = frozenset()
_JOINT = 8
_FARTHEST = max(_JOINT, _LINK, _POLICY)


@dataclass(slots=True)
class Findings:
    """What was found in one sentence; `setting` is the side that its article stands on, if one; `pairs` are
    its parties of two sides near each other and `stems` its words without affixes, once they have been looked for.
    """

    scene: Scene
    coded: list[Coded] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    setting: str | None = None
    pairs: list[tuple[Party, Party]] | None = None
    stems: set[str] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: the rule, its weight here, the tokens [start, end) and the direction it speaks for.

    `aside`: it rests on where the article stands, so it adds up in the body and makes no core.
    """

    rule: str
    weight: float
    start: int
    end: int
    direction: str | None
    aside: bool = False


class _Rule(NamedTuple):
    id: str
    kind: str
    weight: float
    headline: float
    words: frozenset[str]
    near: frozenset[str]
    unless: frozenset[str]


class Looker:
    """The relevance rules of a topic, compiled, and the functions that their `kind` names."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._config = knowledge.relevance
        self._side = knowledge.side_of
        self._known_sides: dict[tuple[str, ...], frozenset[str]] = {}
        self._first, self._second = (side.id for side in knowledge.topic.sides)
        self._rules = [
            _Rule(r.id, r.kind, r.weight, r.headline or r.weight, _fold(r.words), _fold(r.near), _fold(r.unless))
            for r in knowledge.relevance.rules
        ]
        self._bare = [rule for rule in self._rules if rule.kind == "anchor"]
        self._anchors = [
            (anchor, tuple(tuple(tokens(fold(form))[0]) for form in anchor.forms)) for anchor in knowledge.topic.anchors
        ]
        self._anchor_words = Forms(form[0] for _, forms in self._anchors for form in forms)
        self._looks: dict[str, Callable[[Findings, _Rule], Iterator[Evidence]]] = {
            "event": self._events,
            "statement": self._statements,
            "joint": self._joint,
            "presence": self._presence,
            "policy": self._policy,
            "link": self._link,
            "trade": self._trade,
            "setting": self._setting,
            "anchor": self._anchor,
            "list": self._list,
        }

    def look(self, one: Findings) -> Iterator[Evidence]:
        """Yield all evidence of one sentence."""
        # Without anybody named there is nothing but words that speak for themselves.
        for rule in self._rules if one.scene.parties else self._bare:
            look = self._looks.get(rule.kind)
            if look and not self._silenced(one, rule):
                for each in look(one, rule):
                    past = rule.kind in _STANDING and _past(one.scene, each.start, each.end)
                    yield replace(each, weight=each.weight * self._config.past) if past else each

    def _silenced(self, one: Findings, rule: _Rule) -> bool:
        if rule.unless and one.stems is None:
            one.stems = _stems(one.scene.reading.words[one.scene.sentence.start : one.scene.sentence.end])
        return one.stems is not None and not rule.unless.isdisjoint(one.stems)

    def is_side(self, countries: Sequence[str]) -> bool:
        """Whether one of the countries belongs to a side."""
        return any(self._side(country) for country in countries)

    def _sides(self, party: Party) -> frozenset[str]:
        if party.kind == "MEDIA":
            return _NONE
        sides = self._known_sides.get(party.countries)
        if sides is None:
            sides = frozenset(side for country in party.countries if (side := self._side(country)))
            self._known_sides[party.countries] = sides
        return sides

    def _other(self, side: str) -> str:
        return self._second if side == self._first else self._first

    def _mutual(self) -> str:
        return f"{self._first}<>{self._second}"

    def _events(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        for coded in one.coded:
            actors = {self._side(country) for country in coded.event.actor_country} - {None}
            recipients = {self._side(country) for country in coded.event.recipient_country} - {None}
            if len(actors | recipients) < 2:
                continue
            listed = any(party.listed for party in (*coded.actors, *coded.recipients))
            aside = coded.event.status in _BACKGROUND or coded.circumstance or listed
            factor = self._config.background if aside else 1.0
            factor = factor if actors else self._config.third
            parties = one.scene.inside((*coded.actors, *coded.recipients))
            start = min([coded.trigger, *(party.start for party in parties)])
            end = max([coded.trigger + 1, *(party.end for party in parties)])
            if not actors:
                way: str | None = _THIRD
            elif coded.event.reciprocal or len(actors) > 1 or len(recipients) != 1:
                way = self._mutual()
            else:
                way = f"{next(iter(actors))}>{next(iter(recipients))}"
            yield Evidence(f"{rule.id}:{coded.event.rule}", rule.weight * factor, start, end, way)

    def _statements(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        for said in one.said:
            sides = self._sides(said.speaker) if said.speaker else _NONE
            if len(sides) != 1:
                continue
            side = next(iter(sides))
            first, last = (bisect_left(one.scene.starts, token) for token in (said.start, said.end))
            for party in one.scene.parties[first:last]:
                if self._other(side) in self._sides(party) and not party.listed:
                    yield Evidence(rule.id, rule.weight, said.start, party.end, f"{side}>{self._other(side)}")
                    break

    def _pairs(self, one: Findings, reach: int) -> Iterator[tuple[Party, Party]]:
        """Yield the parties of both sides that stand at most so many tokens apart."""
        if one.pairs is None:
            one.pairs = list(self._all_pairs(one.scene))
        return (pair for pair in one.pairs if pair[1].start - pair[0].end <= reach)

    def _all_pairs(self, scene: Scene) -> Iterator[tuple[Party, Party]]:
        for index, first in enumerate(scene.parties):
            own = self._sides(first)
            for second in scene.parties[index + 1 : index + 6] if len(own) == 1 else ():
                if second.start - first.end > _FARTHEST:
                    break
                other = self._sides(second)
                if len(other) == 1 and own != other:
                    yield first, second

    def _joint(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        for party in one.scene.parties:
            if len(self._sides(party)) == 2:
                yield Evidence(rule.id, rule.weight, party.start, party.end, self._mutual())
        for first, second in self._pairs(one, _JOINT):
            chained = second.joined or second.prep == "و" or one.scene.reading.words[first.end : second.start] == ["و"]
            if not chained or first.kind == "MEDIA":
                continue
            floor = max(one.scene.sentence.start, first.start - 10)
            before = _stems(one.scene.reading.words[floor : first.start])
            if (before & rule.words) and (not first.listed or before & rule.near):
                yield Evidence(rule.id, rule.weight, first.start, second.end, self._mutual())

    def _presence(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        scene = one.scene
        for index, party in enumerate(scene.parties):
            sides = self._sides(party)
            if len(sides) != 1 or party.listed or party.kind not in {"NOMINAL", "THEME", "ORG"}:
                continue
            floor = max(scene.sentence.start, party.start - 3)
            phrase = _stems(one.scene.reading.words[floor : party.end])
            if not phrase & rule.words:
                continue
            side = next(iter(sides))
            for other in scene.parties[max(0, index - 4) : index + 6]:
                distance = other.start - party.end if other.start >= party.end else party.start - other.end
                place = other.kind in {"PLACE", "GPE", "THEME"}
                if place and 0 <= distance <= _PRESENCE and self._sides(other) == {self._other(side)}:
                    start, end = min(floor, other.start), max(party.end, other.end)
                    yield Evidence(rule.id, rule.weight, start, end, f"{side}>{self._other(side)}")
                    break

    def _policy(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        for first, second in self._pairs(one, _POLICY):
            if first.listed or second.listed:
                continue
            floor = max(one.scene.sentence.start, first.start - 3)
            phrase = one.scene.reading.words[floor : first.start] + one.scene.reading.words[first.end : second.start]
            rests = _stems(phrase)
            # بتسليم X, لدعم X: the preposition stands before the word that binds the two.
            near = readings(one.scene.reading.words[second.start - 1]) if second.start > first.end else ()
            bound = any(proclitic in {"ب", "ل"} and rest in rule.words for proclitic, rest in near)
            if rests & rule.words and (second.prep in _LINKING or second.kind == "THEME" or bound):
                side = next(iter(self._sides(first)))
                yield Evidence(rule.id, rule.weight, floor, second.end, f"{side}>{self._other(side)}")

    def _link(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        parties = one.scene.parties
        for first, second in self._pairs(one, _LINK):
            gap = one.scene.reading.words[first.end : second.start]
            if (
                not first.acts
                or first.prep
                or first.listed
                or second.listed
                or _MARKS.intersection(gap)
                or second.joined
            ):
                continue
            # Somebody else between the two, or at the head of the sentence, is the one who does it.
            place = one.scene.place(first) or 0
            others = (*parties[:1], *parties[place + 1 : one.scene.place(second)])
            third = any(not self._sides(p) and p.acts and p.prep == "" and p.countries for p in others)
            if not third and second.prep in _LINKING and second.prep not in {"بعد", "قبل", "منذ"}:
                side = next(iter(self._sides(first)))
                weight = rule.headline if one.scene.sentence.zone == "headline" else rule.weight
                weight *= self._config.background if _circumstance(one.scene, first.start) else 1.0
                yield Evidence(rule.id, weight, first.start, second.end, f"{side}>{self._other(side)}")

    def _anchor(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        sentence = one.scene.sentence
        headline = sentence.zone == "headline"
        for token in one.scene.reading.where(self._anchor_words.has, sentence):
            rests = {rest for _, rest in readings(one.scene.reading.words[token])}
            for anchor, forms in self._anchors:
                for form in forms:
                    end = token + len(form)
                    if (
                        form[0] in rests
                        and end <= sentence.end
                        and tuple(one.scene.reading.words[token + 1 : end]) == form[1:]
                    ):
                        weight = (anchor.headline if headline else None) or anchor.weight
                        yield Evidence(f"{rule.id}:{anchor.id}", weight * rule.weight, token, end, anchor.direction)

    def _list(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        """In an article about one side, a list with the other among its members."""
        for party in one.scene.parties:
            if party.listed and one.setting and self._other(one.setting) in self._sides(party):
                yield Evidence(rule.id, rule.weight, party.start, party.end, None, aside=True)
                return

    def _setting(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        """In an article about one side, any word of the other, but for a sentence that moves there."""
        for party in self._visitors(one):
            moves = party.prep == "في" and party.start <= one.scene.sentence.start + 2
            if not moves:
                yield Evidence(rule.id, rule.weight, party.start, party.end, None, aside=True)
                return

    def _trade(self, one: Findings, rule: _Rule) -> Iterator[Evidence]:
        """In an article about one side, the other's goods, contracts or troops."""
        words = one.scene.reading.words
        for party in self._visitors(one):
            start = max(one.scene.sentence.start, party.start - _GOODS)
            end = min(one.scene.sentence.end, party.end + _GOODS)
            around = _stems(words[start:end])
            if (party.kind in {"THEME", "NOMINAL", "ORG"} or party.prep in _DEALING) and around & rule.words:
                way = f"{self._other(one.setting or '')}>{one.setting}"
                # Where the sentence names both, it does not rest on the article's ground.
                named = any(one.setting in self._sides(each) for each in one.scene.parties if not each.listed)
                yield Evidence(rule.id, rule.weight, start, end, way, aside=not named)
                return

    def _visitors(self, one: Findings) -> Iterator[Party]:
        if one.setting:
            other = {self._other(one.setting)}
            yield from (party for party in one.scene.parties if not party.listed and self._sides(party) == other)


def _past(scene: Scene, start: int, end: int) -> bool:
    """«دمره القصف الروسي قبل سنوات»: whether words, or those right behind them, are said to be of long ago."""
    words = scene.reading.words[start : min(scene.sentence.end, end + _LONG_AGO)]
    pairs = list(pairwise(words))
    long_ago = any(one == "قبل" and two in _YEARS for one, two in pairs)
    published = scene.article.published.day
    years = (int(two) for one, two in pairs if one in _IN_YEAR and two.isdecimal() and len(two) == 4)
    return long_ago or any(published is None or year < published.year - 1 for year in years)


def _circumstance(scene: Scene, token: int) -> bool:
    """«بعد زيارة X إلى Y، …»: whether the clause that a token is in only tells when something else was."""
    start = token
    while start > scene.sentence.start and token - start < _CLAUSE and scene.reading.words[start - 1] not in _COMMAS:
        start -= 1
    return scene.reading.words[start].removeprefix("و") in _WHILE


def _stems(words: Sequence[str]) -> set[str]:
    return set().union(*map(stems, words))


def _fold(words: Sequence[str]) -> frozenset[str]:
    return frozenset(map(fold_text, words))
