"""Who speaks: the party beside the reporting word, the one it stands for, or the one that spoke before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workers.arabic.letters import fold_text
from workers.config.speech import ReportingVerbs
from workers.items import Words
from workers.tag.entities import PREPOSITIONS
from workers.tag.extent import quote_at
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.parties import Party, words_of
from workers.tag.reading import Forms, readings
from workers.tag.scene import Scene
from workers.tag.thread import Thread, accusative, agrees, gender
from workers.tag.titles import FORMER

# Tokens between a reporting word and the speech it opens; between it and its subject.
OPENS_WITHIN = 40
BESIDE = 12
_UNNAMED = 8
_SOURCES = 4
# Tokens from an attribution to the source it names.
_NAMES_WITHIN = 4
# Words of a name in marks; of a noun phrase that heads a sentence.
_NAME_WORDS = 4
_HEADING = 5
# Tokens between a party and "his saying".
_OWNER = 3


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, how that is known, the words that name them here, the token after those, and the medium between.

    `called` are the words that named somebody unknown in an earlier clause.
    """

    party: Party | None
    basis: str
    words: Words | None
    end: int
    via: Party | None = None
    called: Words | None = None

    def later(self, end: int) -> Speaker:
        """Return the same speaker for a verb without a subject that ends before token `end`."""
        called = self.words or self.called
        basis = "carried" if self.party or (called and self.basis in {"unnamed", "carried", "stand-in"}) else "unknown"
        return replace(self, basis=basis, words=None, end=end, called=called if basis == "carried" else None)


@dataclass(slots=True)
class Memory:
    """Who spoke last, for verbs without a subject: by the gender of the verb that said so (feminine: True), with its token.

    `named` holds the last party of each entity type, for nouns that stand for it; `sources` who answers for unnamed ones.
    """

    last: dict[bool, tuple[int, Speaker]] = field(default_factory=dict)
    named: dict[str, Party] = field(default_factory=dict)
    sources: Speaker | None = None

    def keep(self, speaker: Speaker, at: int, *, feminine: bool | None) -> None:
        """Remember a speaker, known or not."""
        for one in (True, False) if feminine is None else (feminine,):
            self.last[one] = (at, speaker)


class Speakers:
    """Finds the speakers of reporting words."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._types = {entity.id: entity.type for entity in knowledge.entities}
        self._names = {
            entity.id: [*map(fold_text, (entity.name_ar, *entity.variants))] for entity in knowledge.entities
        }
        self._documents = {fold_text(word) for word in speech.documents}
        self._openers = Forms(fold_text(word) for word in speech.openers)
        self._from = {fold_text(word) for word in speech.relay_from}
        self._thread = Thread(knowledge)
        self._unnamed = {fold_text(word) for word in speech.sources}
        self._things = {fold_text(word) for word in speech.things}
        self._skip = {fold_text(word) for word in knowledge.events.skip} - self._openers.words
        self._backward = {fold_text(form): backward.types for backward in speech.backward for form in backward.forms}

    def remember(self, scene: Scene, memory: Memory) -> None:
        """Remember the sources that a sentence names."""
        for party in scene.parties:
            for one in party.ids:
                memory.named[self._types[one]] = party

    def opens(self, word: str) -> bool:
        """Whether the word opens what was said."""
        return word in self._openers

    def find(
        self, scene: Scene, cue: Found, group: ReportingVerbs, memory: Memory, spoke: Speaker | None
    ) -> Speaker | None:  # fmt: skip
        """Return the speaker of a reporting word; None if the word turns out to report nothing.

        `spoke` is the last speaker in the sentence.
        """
        token = cue.token
        speaker = self._beside(scene, cue, group) if cue.entry.role == "say" else None
        if speaker is None and not (group.relay and cue.entry.role == "say"):
            speaker = self._carried(scene, cue, memory, spoke)
        speaker = self._resolved(speaker or Speaker(None, "unknown", None, token + 1), memory)
        return self._relayed(scene, cue, speaker, memory) if group.relay else speaker

    def _beside(self, scene: Scene, cue: Found, group: ReportingVerbs) -> Speaker | None:
        reading, token = scene.reading, cue.token
        words = reading.words
        first = next(iter(scene.after(token, OPENS_WITHIN)), None)
        # السفارة الروسية في دمشق: a building of a kind that issues statements.
        office = first is not None and words[first.start] in self._backward
        speaks = first is not None and first.prep == "" and (first.kind not in {"THEME", "PLACE"} or office)
        if first and speaks and self._free(scene, token + 1, first.start):
            # A woman's name mostly looks like a man's: beside the verb its form tells.
            beside = first.kind == "PER" and first.start == token + 1
            fits = beside or agrees(words, first, feminine=cue.entry.form.feminine)
            fits = fits and not accusative(words, first)
            chain = scene.chain(first)
            if len(chain) > 1 and not first.ids and chain[1].start == first.end and not chain[1].ids:
                # «الجانبان السوري والروسي»: one phrase for two.
                first = replace(first, end=chain[1].end, countries=(*first.countries, *chain[1].countries))
            return named(scene, first, first.end) if fits else None
        place = token + 1
        end = self._described(scene, place)
        # السفارة الهندية: with an adjective only a medium is sure to be the one named before.
        alone = end <= place + 1 or "MEDIA" in self._backward.get(words[place], ("MEDIA",))
        if place < scene.sentence.end and alone and (words[place] in self._backward or words[place] in self._unnamed):
            vague = words[place] in self._unnamed and not words[place].startswith("ال")
            end = self._sources_end(scene, place) if vague else end
            return Speaker(None, "stand-in", reading.cut(place, end if vague else place + 1), end)
        if first and words[place : place + 1] and words[place] in self._documents:
            # ذكر بيان للكرملين, بيان صادر عن الوزارة: its author, at most a word away.
            author = first.prep in {"ل", "عن"} and first.kind not in {"THEME", "PLACE"} and first.start <= place + 3
            return named(scene, first, first.end) if author else None
        before = next(iter(scene.before(token, BESIDE)), None)
        if before and not cue.proclitic and before.prep == "" and before.acts and self._free(scene, before.end, token):
            return named(scene, before, token + 1)
        return self._sources_before(scene, cue) or self._stranger(scene, cue, group)

    def _sources_before(self, scene: Scene, cue: Found) -> Speaker | None:
        """«مصادر مقربة من X أكدت لـY أن»: sources that head the sentence, with what is said of them."""
        words, start = scene.reading.words, scene.sentence.start
        heads = start < cue.token <= start + BESIDE and not cue.proclitic and words[start] in self._unnamed
        if (
            not heads
            or any(not word.isalpha() for word in words[start : cue.token])
            or scene.triggers(start, cue.token)
        ):
            return None
        end = min(cue.token, start + _UNNAMED)
        return Speaker(None, "unnamed", scene.reading.cut(start, end), cue.token + 1)

    def _sources_end(self, scene: Scene, place: int) -> int:
        """«مصادر دبلوماسية لـX»: the token behind the adjectives of sources without a name."""
        words, end = scene.reading.words, place + 1
        names = {party.start for party in scene.after(place, _UNNAMED)}
        limit = min(scene.sentence.end, place + _SOURCES)
        while end < limit and words[end].isalpha() and end not in names and words[end] not in PREPOSITIONS:
            if self.opens(words[end]) or words[end] in self._skip or scene.triggers(end, end + 1):
                break
            end += 1
        return end

    def _described(self, scene: Scene, place: int) -> int:
        """Return the token behind a noun and its adjectives with the article."""
        words, end = scene.reading.words, place + 1
        limit = min(scene.sentence.end, end + 2)
        while end < limit and words[end].startswith("ال") and words[end] not in self._skip:
            end += 1
        return end

    def _stranger(self, scene: Scene, cue: Found, group: ReportingVerbs) -> Speaker | None:
        """«ويرى مراقبون أن»: a subject that the topic does not know is named by its words, and nobody else speaks."""
        words, place = scene.reading.words, cue.token + 1
        if self._has_subject(scene, cue):
            return None
        while place < scene.sentence.end and words[place] in self._skip and not self.opens(words[place]):
            place += 1
        # وأضاف في حديث للصحفيين أن: what a preposition governs does not speak.
        governed = place > cue.token + 1 and words[place - 1] in PREPOSITIONS
        if place >= scene.sentence.end or governed or not self._thread.is_noun(scene, place):
            return None
        near = words[place : min(scene.sentence.end, place + BESIDE)]
        # A noun with the article is the subject, one without it may as well be what was said: أعلن تشكيل لجنة.
        if group.nominal and not words[place].startswith("ال") and not any(self.opens(word) for word in near):
            return None
        end = place + 1
        limit = min(scene.sentence.end, place + _UNNAMED)
        places = {party.start for party in scene.after(place, _UNNAMED) if party.prep}
        while end < limit and words[end].isalpha() and not self.opens(words[end]) and words[end] not in PREPOSITIONS:
            behind = any(one.proclitic.strip("وف") for one in scene.triggers(end, end + 1))
            if end in places or behind or words[end] in self._skip or words[end] in self._things:
                break
            end += 1
        end = self._quoted_name(scene, end)
        return Speaker(None, "unnamed", scene.reading.cut(place, end), end)

    def _has_subject(self, scene: Scene, cue: Found) -> bool:
        """«وزارة التربية تعلن البرامج»: a noun phrase that heads the sentence up to the verb is its subject."""
        words, start = scene.reading.words, scene.sentence.start
        if not 0 < cue.token - start <= _HEADING or cue.proclitic or cue.entry.form.tense == "perfect":
            return False
        before = words[start : cue.token]
        if any(not word.isalpha() or word in PREPOSITIONS or self.opens(word) for word in before):
            return False
        return self._thread.is_noun(scene, start) and not scene.triggers(start, cue.token)

    def _quoted_name(self, scene: Scene, end: int) -> int:
        """«الخبير “فلان الفلاني” أن»: the token behind a name in marks that goes on with who speaks."""
        reading = scene.reading
        quote = quote_at(reading.source_starts[end], scene.quotes) if end < scene.sentence.end else None
        if quote is None or len(reading.text[slice(*quote.inner)].split()) > _NAME_WORDS:
            return end
        behind = reading.token_at(quote.span[1])
        follows = reading.words[behind : min(scene.sentence.end, behind + 2)]
        return behind if any(self.opens(word) or word in {"،", ","} for word in follows) else end

    def _carried(self, scene: Scene, cue: Found, memory: Memory, spoke: Speaker | None) -> Speaker:
        """Who goes on speaking: in this sentence, else whoever spoke or was spoken of last."""
        token, feminine = cue.token, cue.entry.form.feminine
        unknown = Speaker(None, "unknown", None, token + 1)
        if cue.entry.role == "saying":
            near = [one for one in scene.before(token, _OWNER) if one.kind not in {"THEME", "PLACE"}]
            return named(scene, near[0], token + 1) if near and self._agrees(scene, near[0], cue) else unknown
        if spoke and cue.entry.role == "participle":
            return spoke.later(token + 1)
        turns = [turn for turn in scene.turns_before(token) if not turn.inner]
        if scene.turns and scene.turns_before(token)[-1:] and scene.turns_before(token)[-1].token == token - 1:
            turns = scene.turns_before(token)[-1:]
        for turn in reversed(turns):
            if turn.party is None:
                return spoke.later(token + 1) if spoke else unknown
            if agrees(scene.reading.words, turn.party, feminine=feminine):
                return Speaker(turn.party, "carried", None, token + 1)
        at, last = memory.last.get(feminine, (-1, unknown))
        carried = scene.carried
        if carried and carried.start > at and agrees(scene.reading.words, carried, feminine=feminine):
            return Speaker(carried, "carried", None, token + 1)
        return replace(last.later(token + 1), via=None)

    def gender(self, scene: Scene, speaker: Speaker) -> bool | None:
        """Return the form of verbs about the speaker: feminine, not, or (None) either."""
        return gender(scene.reading.words, speaker.party) if speaker.party else None

    def _agrees(self, scene: Scene, party: Party, cue: Found) -> bool:
        return agrees(scene.reading.words, party, feminine=cue.entry.form.pronoun == "ها")

    def _relayed(self, scene: Scene, cue: Found, medium: Speaker, memory: Memory) -> Speaker | None:
        words, token = scene.reading.words, cue.token
        limit = min(scene.sentence.end, token + OPENS_WITHIN)
        for place in range(token + 1, limit):
            if words[place] in self._from:
                source = next((party for party in scene.after(place) if party.start == place + 1), None)
                if source:
                    return replace(named(scene, source, source.end), via=medium.party)
                end = place + 1
                while end < min(limit, place + 1 + _UNNAMED) and words[end].isalpha() and not self.opens(words[end]):
                    if any(one.entry.role == "saying" for one in scene.triggers(end, end + 1)):
                        break
                    end += 1
                while end > place + 1 and words[end - 1] in PREPOSITIONS:
                    end -= 1
                cut = scene.reading.cut(place + 1, end) if end > place + 1 else None
                memory.sources = Speaker(None, "unnamed", cut, end, medium.party)
                vague = any(rest in self._unnamed for _, rest in readings(words[place + 1])) if cut else True
                if cue.entry.role == "participle" and medium.party and medium.party.kind == "MEDIA" and vague:
                    # كشف موقع X، نقلاً عن مصادر: the medium itself says it.
                    memory.sources = named(scene, medium.party, end)
                return memory.sources
            if self.opens(words[place]):
                break
        known = medium.basis == "stand-in" or (medium.party is not None and medium.party.kind == "MEDIA")
        return medium if known else None

    def vouching(self, scene: Scene, token: int, memory: Memory) -> Speaker | None:
        """Return the source behind "according to" at `token`: a party, or sources without a name."""
        near = scene.after(token, _NAMES_WITHIN)
        party = next((one for one in near if one.kind not in {"THEME", "PLACE"}), None)
        if party is not None and not self._source_in(scene, token, party):
            return named(scene, party, party.end)
        for place in range(token + 1, min(token + 3, scene.sentence.end)):
            rests = {rest for _, rest in readings(scene.reading.words[place])}
            if rests & self._unnamed:
                end = place + 1
                while end < scene.sentence.end and end <= place + _UNNAMED and scene.reading.words[end].isalpha():
                    end += 1
                known = memory.sources if any(rest.startswith("ال") for rest in rests & self._unnamed) else None
                cut = _bare(scene, scene.reading.cut(place, end), rests & self._unnamed)
                known = replace(known, basis="stand-in") if known else Speaker(None, "unnamed", None, end)
                return replace(known, words=cut, end=end)
        return None

    def _source_in(self, scene: Scene, token: int, party: Party) -> bool:
        """«بحسب مصدر في الوزارة»: whether somebody inside the party speaks, not the party."""
        between = scene.reading.words[token + 1 : party.start]
        return party.prep == "في" and any(rest in self._unnamed for word in between for _, rest in readings(word))

    def _resolved(self, speaker: Speaker, memory: Memory) -> Speaker:
        if speaker.basis != "stand-in" or speaker.words is None:
            return speaker
        noun = fold_text(speaker.words.text).split()[0]
        if noun in self._unnamed:
            known = memory.sources if noun.startswith("ال") else None
            return replace(known, words=speaker.words, basis="stand-in") if known else replace(speaker, basis="unnamed")
        types = self._backward.get(noun, ())
        named = (memory.named[kind] for kind in types if kind in memory.named)
        return replace(speaker, party=next((one for one in named if self._is_a(one, noun)), None))

    def _is_a(self, party: Party, noun: str) -> bool:
        """Whether a body is of the kind that the noun names: a ministry is no army. A medium may be of any."""
        kinds = [self._names[one] for one in party.ids if self._types[one] == "ORG"]
        return all(
            any(name.removeprefix("ال").startswith(noun.removeprefix("ال")) for name in names) for names in kinds
        )

    def _free(self, scene: Scene, start: int, end: int) -> bool:
        gap = scene.reading.words[start:end] if end - start <= BESIDE else ["far"]
        return all(not word.isalpha() or any(rest in self._skip for _, rest in readings(word)) for word in gap)


def _bare(scene: Scene, words: Words, nouns: set[str]) -> Words:
    """Return the words without the proclitic of the first, which is one of the nouns."""
    first = fold_text(words.text.split()[0])
    longest = max((len(end) for noun in nouns for end in (noun, noun[1:]) if first.endswith(end)), default=len(first))
    start = words.span[0] + len(first) - longest
    return Words(text=scene.reading.text[start : words.span[1]], span=(start, words.span[1]))


def named(scene: Scene, party: Party, end: int) -> Speaker:
    """Return a party that the text names beside the cue as the speaker; "role" if only by title."""
    words, tokens = words_of(scene.reading, party), scene.reading.words
    former = not party.ids and party.end < scene.sentence.end and tokens[party.end] in FORMER
    if former:
        # السفير الروسي السابق is not the ambassador.
        last = scene.reading.span(party.end, party.end + 1)[1]
        words = Words(text=scene.reading.text[words.span[0] : last], span=(words.span[0], last))
        end = max(end, party.end + 1)
    return Speaker(party, "named" if party.ids else "role", words, end)
