"""Is this the topic's business? The grade follows from the evidence and from where in the article it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from workers.items import Relevance, Why
from workers.tag.evidence import Evidence, Findings, Looker
from workers.tag.loader import Knowledge
from workers.tag.reading import Reading
from workers.tag.scene import Scene
from workers.tag.setting import Setting

# Two sentences that begin with the same so many tokens are one, printed twice.
_SAME = 60
# Tokens of a sentence that can report something by itself.
_LEAST_REPORT = 10
# Reasons kept in a record.
_WHY = 12
_AGAINST = 6


class Judge:
    """Weighs the evidence of an article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._limits = knowledge.relevance.thresholds
        self._citations = [rule for rule in knowledge.relevance.rules if rule.kind == "citation"]
        self._looker = Looker(knowledge)
        self._setting = Setting(knowledge)

    def grade(self, reading: Reading, findings: Sequence[Findings]) -> Relevance:
        """Return grade, score, direction and the reasons, best first."""
        best: list[tuple[Findings, Evidence]] = []
        against: list[Why] = []
        directions: Counter[str] = Counter()
        zones = {"headline": 0.0, "lead": 0.0, "body": 0.0}
        total = 0.0
        seen: set[str] = set()
        setting = self._setting.of(findings)
        told: dict[int, float] = {}  # of each paragraph of the body: the weakest of its sentences' strongest evidence
        for one in findings:
            one.setting = setting
            evidence = list(self._looker.look(one))
            sentence = one.scene.sentence
            if sentence.zone == "body":
                strongest = max((e.weight for e in evidence), default=0.0)
                if sentence.end - sentence.start < _LEAST_REPORT:
                    strongest = min(strongest, told.get(sentence.paragraph, 0.0))
                told[sentence.paragraph] = min(told.get(sentence.paragraph, 1.0), strongest)
            against += self._against(reading, one)
            if not evidence:
                continue
            top = max(evidence, key=lambda e: e.weight)
            zone = one.scene.sentence.zone
            zones[zone] = max([zones[zone], *(e.weight for e in evidence if not e.aside)])
            best += [(one, e) for e in evidence]
            for each in evidence:
                if each.direction:
                    directions[each.direction] += 1
            words = " ".join(reading.words[one.scene.sentence.start : one.scene.sentence.end][:_SAME])
            if words not in seen:
                seen.add(words)
                total += top.weight
        grade = self._grade(max(zones["headline"], zones["lead"]), total, max(told.values(), default=0.0))
        why = tuple(
            self._why(reading, one.scene, e) for one, e in sorted(best, key=lambda pair: -pair[1].weight)[:_WHY]
        )
        score = _score(grade, zones, total)
        ways = tuple(way for way, _ in directions.most_common(3))
        return Relevance(grade=grade, score=score, direction=ways, why=why, against=tuple(against[:_AGAINST]))

    def _grade(self, top: float, total: float, paragraph: float) -> Literal[0, 1, 2, 3]:
        limits = self._limits
        if top >= limits.core:
            return 3
        if top >= limits.lead or total >= limits.sum or paragraph >= limits.paragraph:
            return 2
        return 1 if total >= limits.passing else 0

    def _why(self, reading: Reading, scene: Scene, evidence: Evidence) -> Why:
        words = reading.cut(evidence.start, evidence.end)
        return Why(
            rule=evidence.rule,
            zone=scene.sentence.zone,
            weight=round(evidence.weight, 3),
            text=words.text,
            span=words.span,
        )

    def _against(self, reading: Reading, one: Findings) -> Iterator[Why]:
        for rule in self._citations:
            for party in one.scene.parties:
                if party.kind == "MEDIA" and self._looker.is_side(party.countries):
                    yield self._why(reading, one.scene, Evidence(rule.id, rule.weight, party.start, party.end, None))


def _score(grade: int, zones: dict[str, float], total: float) -> float:
    """A number that orders articles within and across grades: the grade's quarter, then the evidence."""
    strength = max(*zones.values(), min(total, 5.0) / 5.0)
    return round(min(1.0, (grade + min(strength, 0.999)) / 4), 3) if grade or total else 0.0
