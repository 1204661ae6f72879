"""Who speaks: the party beside the reporting word, the one it stands for, or the one that spoke before."""

from __future__ import annotations

from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.speech import ReportingVerbs
from workers.items import Words
from workers.tag.entities import PREPOSITIONS
from workers.tag.extent import inside
from workers.tag.gender import accusative, agrees, gender
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms, readings
from workers.tag.scene import Scene, Turn
from workers.tag.strangers import BESIDE, Strangers
from workers.tag.thread import Thread
from workers.tag.voices import Memory, Speaker, meant, named

# Tokens between a reporting word and the speech it opens; of a source without a name.
OPENS_WITHIN = 40
_UNNAMED = 8
# Tokens between a party and "his saying".
_OWNER = 3
_COMMAS = frozenset("،,")
_MOUTH = "لسان"
_WHATEVER = frozenset(["ما", "بما", "مما", "عما", "فيما"])
_ADJUNCTS = frozenset(fold_text("لدى عن حول ردا تعليقا بعد منذ في خلال عقب قبل بخصوص بشأن رغم مع على").split())


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
        self._strangers = Strangers(knowledge)
        self._unnamed = {fold_text(word) for word in speech.sources}
        self._same = {fold_text(word) for word in speech.same}
        self._skip = {fold_text(word) for word in knowledge.events.skip} - self._openers.words
        self._backward = {fold_text(form): backward.types for backward in speech.backward for form in backward.forms}

    def remember(self, scene: Scene, memory: Memory) -> None:
        """Remember the sources that a sentence names."""
        for party in scene.parties:
            for one in party.ids:
                memory.named[self._types.get(one, "PER")] = party
            if party.ids and party.head:
                first = scene.reading.words[party.start][party.clitic :]
                memory.note(first.removeprefix("ال"), named(scene, party, party.end))

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
        speaker = self._mouth(scene, token)
        if speaker is None and cue.entry.role == "say":
            speaker = self._beside(scene, cue, group)
        if speaker is None and group.within:
            return None
        if speaker is None and not (group.relay and cue.entry.role == "say"):
            speaker = self._carried(scene, cue, memory, spoke)
        speaker = self._resolved(speaker or Speaker(None, "unknown", None, token + 1), memory)
        return self._relayed(scene, cue, speaker, memory) if group.relay else speaker

    def _beside(self, scene: Scene, cue: Found, group: ReportingVerbs) -> Speaker | None:
        reading, token = scene.reading, cue.token
        words = reading.words
        if group.within:
            return self._document(scene, token)
        first = next(iter(scene.after(token, OPENS_WITHIN)), None)
        # السفارة الروسية في دمشق: a building of a kind that issues statements.
        office = first is not None and words[first.start] in self._backward
        # بيّن X is no "between X".
        plain = first is not None and (
            first.prep == "" or (first.start == token + 1 and first.prep == cue.entry.form.text)
        )
        speaks = first is not None and plain and (first.kind not in {"THEME", "PLACE"} or office)
        if first and speaks and self._free(scene, token + 1, first.start):
            # A woman's name mostly looks like a man's: beside the verb its form tells.
            beside = first.kind == "PER" and first.start == token + 1
            fits = beside or agrees(words, first, feminine=cue.entry.form.feminine)
            fits = fits and not accusative(words, first)
            chain = scene.chain(first)
            if len(chain) > 1 and not first.ids and chain[1].start == first.end and not chain[1].ids:
                # «الجانبان السوري والروسي»: one phrase for two.
                first = replace(first, end=chain[1].end, countries=(*first.countries, *chain[1].countries))
            return self._strangers.titled(scene, _fuller(scene, first)) if fits else None
        place = token + 1
        end = self._strangers.described(scene, place)
        # السفارة الهندية: with an adjective only a medium is sure to be the one named before.
        alone = end <= place + 1 or "MEDIA" in self._backward.get(words[place], ("MEDIA",))
        if place < scene.sentence.end and alone and (words[place] in self._backward or words[place] in self._unnamed):
            vague = words[place] in self._unnamed and not words[place].startswith("ال")
            end = self._strangers.sources(scene, place) if vague else end
            return Speaker(None, "stand-in", reading.cut(place, end if vague else place + 1), end)
        if first and words[place : place + 1] and words[place] in self._documents:
            # ذكر بيان للكرملين, بيان صادر عن الوزارة: its author, at most a word away.
            author = (
                (first.prep in {"ل", "عن"} or first.start == place + 1)
                and first.kind not in {"THEME", "PLACE"}
                and first.start <= place + 3
            )
            return named(scene, first, first.end) if author else None
        before = next(iter(scene.before(token, BESIDE)), None)
        if before and not cue.proclitic and before.prep == "" and before.acts and self._free(scene, before.end, token):
            # «… التي اشترتها تركيا، أكد فلان أن»: behind a comma the one who follows speaks.
            parted = not _COMMAS.isdisjoint(words[before.end : token])
            if parted and words[scene.sentence.start].removeprefix("و") in _ADJUNCTS:
                return self._strangers.beside(scene, cue, group)  # «ولدى سؤاله عن أيام X، أجاب»
            return (self._strangers.beside(scene, cue, group) if parted else None) or named(scene, before, token + 1)
        titles = scene.before(token, BESIDE)[:2] if not cue.proclitic else []
        title = next((one for one in titles if self._strangers.reaches(scene, one, token)), None)
        if title is not None:
            return _with_name(scene, named(scene, title, token + 1), token)
        return self._before(scene, cue) or self._strangers.beside(scene, cue, group)

    def _mouth(self, scene: Scene, token: int) -> Speaker | None:
        """«دعا X على لسان Y»: Y, who speaks for X."""
        words = scene.reading.words
        limit = min(scene.sentence.end, token + 1 + BESIDE)
        at = next((at for at in range(token + 1, limit) if words[at] == _MOUTH or not words[at].isalpha()), limit)
        party = next((one for one in scene.after(at, 1) if one.start == at + 1), None)
        return named(scene, party, party.end) if at < limit and words[at] == _MOUTH and party else None

    def _document(self, scene: Scene, token: int) -> Speaker | None:
        """«جاء في بيان X أن»: X, who issued it; what was issued by nobody whom the topic knows speaks itself."""
        words, place = scene.reading.words, token + 2
        if (
            place >= scene.sentence.end
            or words[token + 1] != "في"
            or words[token - 1] in _WHATEVER
            or not any(self._opened(word) for word in words[place : min(scene.sentence.end, place + BESIDE)])
        ):
            return None
        opener = next(at for at in range(place, scene.sentence.end) if self._opened(words[at]))
        if any(one.entry.role in {"say", "participle"} for one in scene.triggers(opener - 1, opener)):
            return None  # «ورد في كلمة X كذا، قائلاً إن»
        author = next((one for one in scene.after(token, opener - token) if one.kind not in {"THEME", "PLACE"}), None)
        if author is not None:
            return named(scene, author, author.end)
        phrase = self._strangers.whole(scene, place)
        return Speaker(None, "unnamed", scene.reading.cut(place, phrase.end), phrase.end)

    def _opened(self, word: str) -> bool:
        return word == ":" or self.opens(word)

    def _before(self, scene: Scene, cue: Found) -> Speaker | None:
        """Return whoever is spoken of before the verb in a frame that leaves no doubt, by name if the topic knows it."""
        speaker = self._strangers.before(scene, cue)
        if speaker is None or speaker.words is None:
            return speaker
        first = scene.reading.token_at(speaker.words.span[0])
        party = next((one for one in scene.after(first - 1, 1) if one.start == first), None)
        if party is None or party.kind in {"THEME", "PLACE"} or party.end > cue.token:
            return speaker
        return self._strangers.titled(scene, named(scene, party, cue.token + 1))

    def _carried(self, scene: Scene, cue: Found, memory: Memory, spoke: Speaker | None) -> Speaker:
        """Who goes on speaking: in this sentence, else whoever spoke or was spoken of last."""
        token = cue.token
        feminine: bool | None = cue.entry.form.feminine
        if cue.entry.role == "saying":
            near = [one for one in scene.before(token, _OWNER) if one.kind not in {"THEME", "PLACE"}]
            beside = bool(near) and (bool(cue.entry.form.pronoun) or near[0].end == token)
            if beside and self._agrees(scene, near[0], cue):
                return named(scene, near[0], token + 1)
            if cue.entry.form.pronoun:
                return Speaker(None, "unknown", None, token + 1)
            feminine = None  # مكتفياً بالقول: the sentence's own subject
        if spoke and cue.entry.role == "participle":
            return self._inner(scene, cue, spoke) or spoke.later(token + 1)
        return self._here(scene, token, feminine, spoke) or self._last(scene, cue, memory)

    def _inner(self, scene: Scene, cue: Found, spoke: Speaker) -> Speaker | None:
        """«ذكرت الرئاسة أن X شدد على كذا، مشيراً إلى أن»: X, where the participle is not of the speaker's gender."""
        if self.gender(scene, spoke) in {None, cue.entry.form.feminine}:
            return None
        words = scene.reading.words
        turns = (turn for turn in reversed(scene.turns_before(cue.token)) if turn.inner and turn.party)
        inner = next(
            (one.party for one in turns if one.party and agrees(words, one.party, feminine=cue.entry.form.feminine)),
            None,
        )
        return Speaker(inner, "carried", None, cue.token + 1) if inner and inner.kind != "MEDIA" else None

    def _here(self, scene: Scene, token: int, feminine: bool | None, spoke: Speaker | None) -> Speaker | None:
        """Whom the clauses of the sentence before a token are about."""
        turns = [turn for turn in scene.turns_before(token) if not turn.inner]
        if scene.turns and scene.turns_before(token)[-1:] and scene.turns_before(token)[-1].token == token - 1:
            turns = scene.turns_before(token)[-1:]
        for turn in reversed(turns):
            if turn.party is None:
                return spoke.later(token + 1) if spoke else self._called(scene, turn, token)
            if agrees(scene.reading.words, turn.party, feminine=feminine):
                titled = self._strangers.titled(scene, named(scene, turn.party, token + 1))
                called = None if turn.party.ids else titled.words
                return Speaker(turn.party, "carried", None, token + 1, called=called)
        return spoke.later(token + 1) if spoke and feminine is None else None

    def _last(self, scene: Scene, cue: Found, memory: Memory) -> Speaker:
        """Whoever spoke or was spoken of last in an earlier sentence."""
        token, feminine = cue.token, cue.entry.form.feminine
        unknown = Speaker(None, "unknown", None, token + 1)
        if cue.entry.role == "say" and (
            self._strangers.stands_behind(scene, token) or not self._thread.begins(scene, token)
        ):
            return unknown
        at, last = memory.last.get(feminine, (-1, unknown))
        carried = scene.carried
        if carried and carried.start > at and agrees(scene.reading.words, carried, feminine=feminine):
            return Speaker(carried, "carried", None, token + 1)
        return replace(last.later(token + 1), via=None)

    def _called(self, scene: Scene, turn: Turn, token: int) -> Speaker:
        """«يذهب الباحث X أبعد من ذلك، إذ يقول»: the subject that the topic does not know, by its words."""
        phrase = self._strangers.whole(scene, turn.place) if turn.place >= 0 else None
        if phrase is None or not phrase.closed or not self._thread.begins(scene, token):
            return Speaker(None, "unknown", None, token + 1)
        return Speaker(None, "carried", None, token + 1, called=scene.reading.cut(turn.place, phrase.end))

    def gender(self, scene: Scene, speaker: Speaker) -> bool | None:
        """Return the form of verbs about the speaker: feminine, not, or (None) either."""
        return gender(scene.reading.words, speaker.party) if speaker.party else None

    def _agrees(self, scene: Scene, party: Party, cue: Found) -> bool:
        feminine = cue.entry.form.pronoun == "ها" if cue.entry.form.pronoun else None
        return agrees(scene.reading.words, party, feminine=feminine)

    def _relayed(self, scene: Scene, cue: Found, medium: Speaker, memory: Memory) -> Speaker | None:
        words, token = scene.reading.words, cue.token
        limit = min(scene.sentence.end, token + OPENS_WITHIN)
        for place in range(token + 1, limit):
            if inside(scene.reading.source_starts[place], scene.quotes):
                continue  # شبكة «سي إن إن»
            if words[place] in self._from:
                source = next((party for party in scene.after(place) if party.start == place + 1), None)
                if source:
                    return replace(_fuller(scene, source), via=medium.party)
                return self._unnamed_source(scene, cue, place, medium, memory)
            if self.opens(words[place]):
                break
        known = medium.basis == "stand-in" or (medium.party is not None and medium.party.kind == "MEDIA")
        return medium if known else None

    def _unnamed_source(
        self, scene: Scene, cue: Found, place: int, medium: Speaker, memory: Memory
    ) -> Speaker:  # fmt: skip
        """«نقلت X عن مصادر في كذا»: the words behind عن at `place`."""
        words, end = scene.reading.words, place + 1
        limit = min(scene.sentence.end, cue.token + OPENS_WITHIN, place + 1 + _UNNAMED)
        while end < limit and words[end].isalpha() and not self.opens(words[end]):
            if any(one.entry.role == "saying" for one in scene.triggers(end, end + 1)):
                break
            end += 1
        while end > place + 1 and words[end - 1] in PREPOSITIONS:
            end -= 1
        if end < limit and words[end] in _COMMAS and (person := self._person(scene, end + 1, medium)):
            return person
        cut = scene.reading.cut(place + 1, end) if end > place + 1 else None
        memory.sources = Speaker(None, "unnamed", cut, end, medium.party)
        vague = any(rest in self._unnamed for _, rest in readings(words[place + 1])) if cut else True
        if cue.entry.role == "participle" and medium.party and medium.party.kind == "MEDIA" and vague:
            # كشف موقع X، نقلاً عن مصادر: the medium itself says it.
            memory.sources = named(scene, medium.party, end)
        return memory.sources

    def _person(self, scene: Scene, place: int, medium: Speaker) -> Speaker | None:
        """«نقلت X عن الخبير في مركز Y، فلان الفلاني، أن»: who is named behind the comma."""
        party = next((one for one in scene.after(place - 1, 1) if one.start == place and one.kind == "PER"), None)
        if party is not None:
            return replace(named(scene, party, party.end), via=medium.party)
        end = scene.people.get(place)
        return Speaker(None, "unnamed", scene.reading.cut(place, end), end, medium.party) if end else None

    def _resolved(self, speaker: Speaker, memory: Memory) -> Speaker:
        if speaker.words is None or speaker.party is not None or speaker.basis not in {"stand-in", "unnamed"}:
            return speaker
        noun, *more = fold_text(speaker.words.text).split()
        if noun in self._unnamed:
            known = (memory.sources or memory.nouns.get(noun.removeprefix("ال"))) if noun.startswith("ال") else None
            return meant(speaker, known) if known else replace(speaker, basis="unnamed")
        if noun in self._backward:
            kinds = (memory.named[kind] for kind in self._backward[noun] if kind in memory.named)
            party = next((one for one in kinds if self._is_a(one, noun)), None)
            if party is not None or more:
                return replace(speaker, party=party)
        if not noun.startswith("ال") or any(word not in self._same for word in more):
            return speaker
        known = memory.nouns.get(noun.removeprefix("ال"))
        return meant(speaker, known) if known else speaker

    def _is_a(self, party: Party, noun: str) -> bool:
        """Whether a body is of the kind that the noun names: a ministry is no army. A medium may be of any."""
        kinds = [self._names[one] for one in party.ids if self._types.get(one, "PER") == "ORG"]
        return all(
            any(name.removeprefix("ال").startswith(noun.removeprefix("ال")) for name in names) for names in kinds
        )

    def _free(self, scene: Scene, start: int, end: int) -> bool:
        gap = scene.reading.words[start:end] if end - start <= BESIDE else ["far"]
        return all(not word.isalpha() or any(rest in self._skip for _, rest in readings(word)) for word in gap)


def _fuller(scene: Scene, party: Party) -> Speaker:
    """«عضو الوفد فلان»: somebody called by what he is, by his name where that follows at once."""
    index = scene.place(party)
    follows = scene.parties[index + 1] if index is not None and index + 1 < len(scene.parties) else None
    if party.head == "person" and not party.ids and follows and follows.start == party.end and follows.kind == "PER":
        return named(scene, replace(follows, start=party.start, clitic=party.clitic), follows.end)
    return named(scene, party, party.end)


def _with_name(scene: Scene, speaker: Speaker, end: int) -> Speaker:
    """«مدير المركز الروسي فلان الفلاني قال»: a title with the name, unknown to the topic, that stands before the verb."""
    if speaker.words is None:
        return speaker
    start, last = speaker.words.span[0], scene.reading.span(end - 1, end)[1]
    return replace(speaker, words=Words(text=scene.reading.text[start:last], span=(start, last)))
