"""An event with the parties it was read from, what it is about, and whether a sentence tells it twice."""

from __future__ import annotations

from dataclasses import dataclass

from workers.items import Event
from workers.tag.party import Party
from workers.tag.scene import Scene

# How far apart, in tokens, two words may tell one act.
_NEAR = 6
# What an event is about: so many tokens behind its trigger, of those with so many letters.
_ABOUT = 14
_LONG = 4


@dataclass(frozen=True, slots=True)
class Coded:
    """An event with the parties it was read from; `circumstance`: told only as the time of something else.

    `about` holds the folded words behind its trigger that name no party.
    """

    event: Event
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    trigger: int
    circumstance: bool
    noun: bool
    about: frozenset[str] = frozenset()
    headline: bool = False


def about(scene: Scene, token: int) -> frozenset[str]:
    """The longer words behind a trigger, without particles and article."""
    found = set()
    for at in range(token + 1, min(scene.sentence.end, token + _ABOUT)):
        word = scene.reading.words[at].removeprefix("و").removeprefix("ال")
        if word.isalpha() and len(word) >= _LONG and scene.at(at) is None:
            found.add(word)
    return frozenset(found)


def repeats(one: Coded, coded: list[Coded]) -> bool:
    """Whether an earlier trigger of the sentence tells the same event."""
    for other in coded:
        same = (other.event.type, other.event.actor_country) == (one.event.type, one.event.actor_country)
        pair = {*other.event.actor_country, *other.event.recipient_country}
        mirrored = pair == {*one.event.actor_country, *one.event.recipient_country}
        who = {*one.event.actor, *one.event.recipient}
        talk = other.event.type == one.event.type == "CONSULT" and mirrored and len(who) > 1
        if talk and who == {*other.event.actor, *other.event.recipient}:
            return True  # «استقبل X Y وبحث معه»
        # Whom the visitor met is told beside the visit if a verb of its own tells it.
        meets = other.event.mode == "visit" and one.event.mode is None and not one.noun
        if meets and any(party.kind == "PER" for party in one.recipients):
            continue
        if same and mirrored and (other.event.actor == one.event.actor or one.trigger - other.trigger < _NEAR):
            return True
        # «التقى X Y، في أول زيارة له»
        if one.noun and one.event.type == "CONSULT" and same and mirrored:
            return True
        act = (other.event.type, other.event.mode) == (one.event.type, one.event.mode)
        if act and one.event.reciprocal and mirrored and one.trigger - other.trigger < _NEAR:
            return True
    return False
