"""Who speaks: the party beside the reporting word, the one it stands for, or the one that spoke before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workers.arabic.letters import fold_text
from workers.config.topic import ReportingVerbs
from workers.items import Words
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.parties import Party, words_of
from workers.tag.reading import readings
from workers.tag.scene import MANY, Scene

# Tokens between a reporting word and the speech it opens; between it and its subject.
OPENS_WITHIN = 40
BESIDE = 12
_UNNAMED = 5


@dataclass(slots=True)
class Memory:
    """Who spoke last, for verbs without a subject: `person` for the masculine, `body` for the feminine form.

    `named` holds the last party of each entity type, for nouns that stand for it.
    """

    person: Party | None = None
    body: Party | None = None
    named: dict[str, Party] = field(default_factory=dict)

    def keep(self, party: Party) -> None:
        """Remember a speaker."""
        if is_person(party):
            self.person = party
        else:
            self.body = party


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, how that is known, the words that name them, the token after those, and the medium between."""

    party: Party | None
    basis: str
    words: Words | None
    end: int
    via: Party | None = None


class Speakers:
    """Finds the speakers of reporting words."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._types = {entity.id: entity.type for entity in knowledge.entities}
        self._openers = {fold_text(word) for word in speech.openers}
        self._from = {fold_text(word) for word in speech.relay_from}
        self._skip = {fold_text(word) for word in knowledge.events.skip}
        self._backward = {fold_text(form): backward.types for backward in speech.backward for form in backward.forms}

    def remember(self, scene: Scene, memory: Memory) -> None:
        """Remember the sources that a sentence names."""
        for party in scene.parties:
            for one in party.ids:
                memory.named[self._types[one]] = party

    def opens(self, word: str) -> bool:
        """Whether the word opens what was said."""
        return any(rest in self._openers for _, rest in readings(word))

    def find(
        self, scene: Scene, cue: Found, group: ReportingVerbs, memory: Memory, spoke: Party | None
    ) -> Speaker | None:  # fmt: skip
        """Return the speaker of a reporting word; None if the word turns out to report nothing.

        `spoke` is the last speaker in the sentence.
        """
        token, feminine = cue.token, cue.entry.form.feminine
        speaker = self._beside(scene, token) if cue.entry.role == "say" else None
        if speaker is None and not (group.relay and cue.entry.role == "say"):
            party = self._continued(scene, token, spoke, feminine=feminine) if cue.entry.role != "say" else None
            party = party or ((memory.body or memory.person) if feminine else (memory.person or memory.body))
            speaker = Speaker(party, "carried" if party else "unknown", None, token + 1)
        speaker = speaker or Speaker(None, "unknown", None, token + 1)
        speaker = self._resolved(speaker, memory)
        return self._relayed(scene, token, speaker) if group.relay else speaker

    def _beside(self, scene: Scene, token: int) -> Speaker | None:
        reading = scene.reading
        first = next(iter(scene.after(token, OPENS_WITHIN)), None)
        speaks = first is not None and first.prep == "" and first.kind not in {"THEME", "PLACE"}
        if first and speaks and self._free(scene, token + 1, first.start):
            return named(scene, first, first.end)
        place = token + 1
        if place < scene.sentence.end and reading.words[place] in self._backward:
            return Speaker(None, "stand-in", reading.cut(place, place + 1), place + 1)
        before = next(iter(scene.before(token, BESIDE)), None)
        if before and before.prep == "" and before.acts and self._free(scene, before.end, token):
            return named(scene, before, token + 1)
        return None

    def _continued(self, scene: Scene, token: int, spoke: Party | None, *, feminine: bool) -> Party | None:
        """Who a participle continues: the sentence's last speaker, else its first party of the same gender."""
        if spoke:
            return spoke
        first = [party for party in scene.parties[:MANY] if party.end <= token and party.prep in {"", *self._from}]
        able = [party for party in first if party.acts or party.kind == "MEDIA"]
        return next(iter([party for party in able if feminine != is_person(party)] or able), None)

    def _relayed(self, scene: Scene, token: int, medium: Speaker) -> Speaker | None:
        words = scene.reading.words
        limit = min(scene.sentence.end, token + OPENS_WITHIN)
        for place in range(token + 1, limit):
            if words[place] in self._from:
                source = next((party for party in scene.after(place) if party.start == place + 1), None)
                if source:
                    return replace(named(scene, source, source.end), via=medium.party)
                end = place + 1
                while end < min(limit, place + 1 + _UNNAMED) and words[end].isalpha() and not self.opens(words[end]):
                    end += 1
                cut = scene.reading.cut(place + 1, end) if end > place + 1 else None
                return Speaker(None, "unnamed", cut, end, medium.party)
            if self.opens(words[place]):
                break
        known = medium.basis == "stand-in" or (medium.party is not None and medium.party.kind == "MEDIA")
        return medium if known else None

    def _resolved(self, speaker: Speaker, memory: Memory) -> Speaker:
        if speaker.basis != "stand-in" or speaker.words is None:
            return speaker
        types = self._backward.get(fold_text(speaker.words.text), ())
        return replace(speaker, party=next((memory.named[kind] for kind in types if kind in memory.named), None))

    def _free(self, scene: Scene, start: int, end: int) -> bool:
        gap = scene.reading.words[start:end] if end - start <= BESIDE else ["far"]
        return all(not word.isalpha() or any(rest in self._skip for _, rest in readings(word)) for word in gap)


def is_person(party: Party) -> bool:
    """Whether verbs about the party take the masculine form: a person or somebody's title."""
    return party.kind == "PER" or party.head == "person"


def named(scene: Scene, party: Party, end: int) -> Speaker:
    """Return a party that the text names beside the cue as the speaker; "role" if only by title."""
    return Speaker(party, "named" if party.ids else "role", words_of(scene.reading, party), end)
