"""On whose ground an article stands: there, any word of the other side is a passing mention at least."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from workers.arabic.letters import fold_text
from workers.tag.evidence import Findings
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import readings

# How many times as often a side is named as the other in an article that is set in it.
_AHEAD = 3
# Tokens of a sentence in which an office is looked for.
_SAID_OF = 40


class Setting:
    """The sides, offices and home countries of a topic's outlets."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._side = knowledge.side_of
        first, second = (side.id for side in knowledge.topic.sides)
        self._others = {first: second, second: first}
        self._homes = {e.id.replace("-", ""): e.country for e in knowledge.entities if e.type == "MEDIA"}
        self._offices = frozenset(map(fold_text, knowledge.topic.offices))

    def of(self, findings: Sequence[Findings]) -> str | None:
        """Return the side on whose ground the article stands.

        It is the one that the headline names without the other, else the first one named if it is named far more often,
        or stands in headline or lead while the body brings the other in once; where no country is named there, the one
        whose outlet tells of an office without saying whose.
        """
        whole: Counter[str] = Counter()
        first: set[str] = set()
        early: set[str] = set()
        for one in findings:
            named = [side for party in one.scene.parties for side in self._named(party)]
            if named and not first and one.scene.sentence.zone == "headline" and len(set(named)) == 1:
                return named[0]
            first = first or set(named)
            whole.update(named)
            if one.scene.sentence.zone != "body":
                early.update(country for party in one.scene.parties if not party.listed
                             for country in party.countries)  # fmt: skip
        (side, most), (_, other) = [*whole.most_common(2), ("", 0), ("", 0)][:2]
        if first == {side} and most >= _AHEAD * other:
            return side
        start = next(iter(first)) if len(first) == 1 else ""
        if start and {self._side(country) for country in early} == {start} and whole[self._others[start]] == 1:
            return start
        return self._home(findings) if not early else None

    def _home(self, findings: Sequence[Findings]) -> str | None:
        """A ministry without a country, in an outlet's own news, is that of the outlet's country."""
        scenes = [one.scene for one in findings if one.scene.sentence.zone != "body"]
        outlet = scenes[0].article.outlet if scenes else None
        country = self._homes.get(outlet.replace("-", "")) if outlet else None
        words = (rest.removeprefix("ال") for scene in scenes
                 for word in scene.reading.words[scene.sentence.start : scene.sentence.end][:_SAID_OF]
                 for _, rest in readings(word))  # fmt: skip
        return self._side(country) if country and any(word in self._offices for word in words) else None

    def _named(self, party: Party) -> set[str]:
        if party.kind == "MEDIA" or party.listed:
            return set()
        return {side for country in party.countries if (side := self._side(country))}
