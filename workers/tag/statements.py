"""Statements: reporting words, who speaks, and the words that were said, marked or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workers.arabic.letters import fold_text
from workers.config.speech import ReportingVerbs
from workers.items import Span, Statement, Words
from workers.tag.cues import Cues
from workers.tag.entities import PREPOSITIONS
from workers.tag.extent import (
    OPENING,
    Extent,
    Kind,
    inside,
    kind_of,
    outside,
    quote_before,
    quote_from,
    quote_within,
    trim,
)
from workers.tag.lexicon import Found, Lexicon
from workers.tag.loader import Knowledge
from workers.tag.openings import SPEECH_WORDS, Openings
from workers.tag.party import Party, words_of
from workers.tag.reading import Forms
from workers.tag.scene import Scene
from workers.tag.speakers import OPENS_WITHIN, Speakers
from workers.tag.thread import RELATIVE
from workers.tag.voices import Memory, Speaker, named
from workers.tag.vouching import Vouchers

# Reporting words looked at for where a statement ends.
_LATER = 8
# Characters outside marks that leave speech direct; letters of anything said.
_OUTSIDE = 12
_LEAST = 3
_COMMA = [["،"], [","]]
# Letters that a word with "our" has at least.
_OURS = 4
# Tokens of a clause barely begun, of a heading before its colon.
_FRAGMENT = 5
_HEAD = 8


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, who made it and the tokens of what was said."""

    statement: Statement
    voice: Speaker
    start: int
    end: int

    @property
    def speaker(self) -> Party | None:
        """The party that speaks, if it is known."""
        return self.voice.party


@dataclass(frozen=True, slots=True)
class _Turn:
    """A reporting word with its group and speaker; `later` are the reporting words after it.

    `phrase`: what was said is a noun phrase.
    """

    cue: Words
    polarity: str
    speaker: Speaker
    later: Sequence[Found] = ()
    phrase: bool = False


class Listener:
    """The reporting words of a topic, compiled."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        speech = knowledge.speech
        self._groups = speech.verbs
        self._cues = Cues(speech)
        self._speakers = Speakers(knowledge)
        self._vouchers = Vouchers(knowledge)
        self._extent = Extent(knowledge)
        self._openings = Openings(knowledge)
        self._stands_for = knowledge.stands_for
        self._attributions = Forms(fold_text(word) for word in speech.attributions.words)
        self._own = {fold_text(form) for form in speech.own_words}
        self._countries = {one.id for one in knowledge.entities if one.type == "GPE"} - set(knowledge.topic.capitals)
        self._impersonal = {fold_text(form) for form in speech.impersonal}
        for rule, group in enumerate(speech.verbs):
            lexicon.add_verbs("say", rule, group.verbs, objects=False)
            lexicon.add_forms("say", rule, (*group.forms, *group.opening), "perfect")
            lexicon.add_forms("participle", rule, group.participles, "perfect")
            lexicon.add_forms("saying", rule, group.nouns, "noun")

    def listen(self, scene: Scene, memory: Memory) -> list[Said]:
        """Return the statements of one sentence and remember its speakers."""
        roles = {"say", "participle", "saying"}
        cues = [one for one in scene.found if one.entry.role in roles and self._cues.reports(scene, one)]
        self._speakers.remember(scene, memory)
        said: list[Said] = []
        heading = self._heading(scene)
        if heading and not any(cue.token < heading.start for cue in cues[:1]):
            said.append(heading)
            memory.keep(heading.voice, heading.start, feminine=self._speakers.gender(scene, heading.voice))
        consumed = -1
        # «صرّح X للصحفيين قائلاً»: the verb that has yet to say something lends its subject to the next one.
        waiting: Speaker | None = None
        for index, cue in enumerate(cues):
            if cue.token <= consumed or inside(scene.reading.source_starts[cue.token], scene.quotes):
                continue
            group = self._groups[cue.entry.rule]
            spoke = waiting or self._spoke(scene, cue, said)
            speaker = self._speakers.find(scene, cue, group, memory, spoke)
            if speaker is None or (
                cue.entry.form.text in self._impersonal and not self._named_behind(scene, cue, speaker)
            ):
                continue
            memory.heard(speaker)
            more = self._reported(scene, cue, group, speaker, cues[index + 1 : index + 1 + _LATER])
            more = more or self._quoted_before(scene, cue, group, speaker, said)
            if not more:
                # «الديون التي تطالب بها X» in what somebody said lends nobody's voice.
                told = bool(said) and not RELATIVE.isdisjoint(scene.reading.words[said[-1].start : cue.token])
                waiting = speaker if speaker.words and cue.entry.role == "say" and not told else waiting
                continue
            waiting = None
            within = bool(said) and cue.token < said[-1].end
            if within and more[0].statement.kind == "indirect" and not self._clause(scene, more[0]):
                continue
            consumed = max(cue.token, more[0].start)
            said += more
            if cue.entry.role == "say":
                memory.keep(speaker, more[-1].start, feminine=cue.entry.form.feminine)
        for one in self._attributed(scene, said, memory):
            said.append(one)
            memory.heard(one.voice)
            memory.keep(one.voice, one.start, feminine=self._speakers.gender(scene, one.voice))
        return said

    def _spoke(self, scene: Scene, cue: Found, said: list[Said]) -> Speaker | None:
        """Return the last speaker of the sentence; of a participle in the feminine («معتبرة أن»), the last that agrees."""
        if cue.entry.role == "participle":
            fits = (True, None) if cue.entry.form.feminine else (False, None)
            voices = (one.voice for one in reversed(said) if self._speakers.gender(scene, one.voice) in fits)
            return next(voices, said[-1].voice if said else None)
        return said[-1].voice if said else None

    def _named_behind(self, scene: Scene, cue: Found, speaker: Speaker) -> bool:
        return speaker.words is not None and speaker.words.span[0] > scene.reading.source_starts[cue.token]

    def _quoted_before(
        self, scene: Scene, cue: Found, group: ReportingVerbs, speaker: Speaker, said: list[Said]
    ) -> list[Said]:  # fmt: skip
        """«…»، قال X: marks that close just before a reporting word whose subject follows it."""
        reading = scene.reading
        quote = quote_before(reading.text, reading.source_starts[cue.token], scene.quotes)
        if cue.entry.role != "say" or cue.proclitic or speaker.words is None or quote is None:
            return []
        start = reading.token_at(quote.span[0])
        free = start >= scene.sentence.start and not (said and said[-1].end > start)
        if not free or len(reading.text[slice(*quote.inner)].split()) < SPEECH_WORDS:
            return []
        turn = _Turn(reading.cut(cue.token, cue.token + 1), group.polarity, speaker)
        one = self._made(scene, turn, "direct", quote.inner, start)
        return [one] if one else []

    def _clause(self, scene: Scene, said: Said) -> bool:
        return self._speakers.opens(scene.reading.words[said.start - 1])

    def _reported(
        self, scene: Scene, cue: Found, group: ReportingVerbs, speaker: Speaker, later: list[Found]
    ) -> list[Said]:  # fmt: skip
        others = (one.token for one in later if not (group.relay and one.entry.role == "saying"))
        following = next(others, scene.sentence.end)
        limit = min(scene.sentence.end, cue.token + OPENS_WITHIN, max(following, cue.token + 2))
        place = max(speaker.end, cue.token + 1) if speaker.words else cue.token + 1
        if speaker.words is not None and "" in group.nominal:
            place = self._openings.behind_aside(scene, place)
        goes_on = (speaker.party or speaker.called) is not None and self._openings.governs(scene, group, place)
        told = speaker.words is not None or cue.entry.role == "participle" or goes_on
        noun = self._openings.noun_phrase(scene, group, place) if told else None
        opens = None if noun == place and "" in group.nominal else self._openings.opening(scene, place, limit)
        start = opens or noun
        if start is None or start >= scene.sentence.end:
            return []
        after = [one for one in later if one.token > start]
        words = scene.reading.cut(cue.token, cue.token + 1)
        turn = _Turn(words, group.polarity, speaker, after, phrase=opens is None)
        one = self._said(scene, turn, start)
        end = self._extent.end(scene, start, after, speaker.party)
        colon = self._openings.colon(scene, start, end) if one and one.statement.kind != "direct" else None
        if colon is not None:
            # «إن الرسوم تأخرت: «لم نعد …»»: a report, then the words themselves.
            parts = (self._said(scene, turn, start, colon), self._said(scene, turn, colon + 1))
            return [part for part in parts if part]
        rest = self._extent.goes_on(scene, start + 1, end) if one and turn.phrase else None
        if one is None or rest is None:
            return [one] if one else []
        first = self._said(scene, turn, start, rest - 2)
        second = self._said(scene, replace(turn, phrase=False), rest)
        return [each for each in (first, second) if each]

    def _heading(self, scene: Scene) -> Said | None:
        """A party, a colon, what it says: the form of headlines and of captions under them; «X من أنقرة:» is X."""
        reading, sentence = scene.reading, scene.sentence
        party = next((one for one in scene.parties[:1] if one.kind not in {"THEME", "PLACE"} and one.prep == ""), None)
        if party is None or party.start - sentence.start > 2:
            return None
        limit = min(sentence.end - 1, party.end + _HEAD)
        colon = next((token for token in range(party.end, limit) if reading.words[token] == ":"), None)
        if colon is None or (colon > party.end and not self._beside(reading.words[party.end : colon])):
            return None
        if party.kind == "GPE" and not party.head and not self._own_words(scene, party, colon + 1):
            return None
        quote = quote_from(reading, colon + 1, scene.quotes)
        if quote is not None and self._openings.names(scene, quote):
            return None  # دمشق: «الشرق الأوسط»
        turn = _Turn(reading.cut(colon, colon + 1), "asserted", named(scene, party, colon))
        return self._said(scene, turn, colon + 1)

    def _own_words(self, scene: Scene, party: Party, start: int) -> bool:
        """«سوريا: غارات على إدلب» tells where; a capital, or a country that says "we", speaks."""
        words = scene.reading.words[start : scene.sentence.end]
        ours = any(len(word) > _OURS and word.endswith("نا") for word in words)
        return not any(one in self._countries for one in party.ids) or words[0] in self._own or ours

    def _beside(self, words: Sequence[str]) -> bool:
        """Whether words between a name and its colon tell where, when or to whom it was said."""
        rest = [word for word in words if word not in OPENING]
        return not rest or rest[0] in PREPOSITIONS

    def _attributed(self, scene: Scene, said: list[Said], memory: Memory) -> Iterator[Said]:
        """According to X: the rest of the sentence, before the words or after them."""
        reading, sentence = scene.reading, scene.sentence
        for token in reading.where(self._attributions.has, sentence):
            if inside(reading.source_starts[token], scene.quotes):
                continue
            voice = self._vouchers.source(scene, token, memory)
            if voice is None:
                continue
            turn = _Turn(reading.cut(token, token + 1), "asserted", voice)
            start = self._openings.behind_source(scene, voice.end)
            if start < sentence.end and self._speakers.opens(reading.words[start]):
                start += 1  # بحسب X، فإن …
            one = None
            if token - sentence.start <= 1 and start < sentence.end:
                one = self._said(scene, turn, start) if not said else None
            elif token > sentence.start and reading.words[token - 1] in {"،", ","} and not said:
                # أبدى X، وفق Y، …: no whole clause yet.
                inserted = reading.words[voice.end : voice.end + 1] == ["،"]
                span = (sentence.span[0], reading.span(token - 1, token)[0])
                if not inserted or token - sentence.start > _FRAGMENT:
                    one = self._made(scene, turn, kind_of(scene, span), span, sentence.start)
            if one:
                yield one
            return

    def _said(self, scene: Scene, turn: _Turn, start: int, most: int | None = None) -> Said | None:
        """Return the statement whose words begin at token `start` and end where the next one opens, or at `most`."""
        reading = scene.reading
        begins = self._extent.skip_naming(scene, start)
        end = self._extent.end(scene, begins, turn.later, turn.speaker.party)
        end = max(begins + 1, end if most is None else min(end, most))
        first, last = reading.source_starts[begins], reading.span(begins, end)[1]
        quote = quote_from(reading, begins, scene.quotes)
        if quote is None:
            part = quote_within((first, last), scene.quotes) if turn.phrase else None
            if part and self._openings.says(scene, part):
                return self._made(scene, turn, "mixed", part.inner, start)
            return self._made(scene, turn, kind_of(scene, (first, last)), (first, last), start)
        # «…»، رافضاً …: behind the comma the reporter goes on, unless speech does by أن.
        behind = reading.token_at(quote.span[1])
        follows = reading.words[behind : behind + 2]
        parted = follows[:1] in _COMMA and not any(map(self._speakers.opens, follows[1:]))
        if begins > start or parted or len(outside(reading.text, quote.span[1], last)) < _OUTSIDE:
            return self._made(scene, turn, "direct", quote.inner, start)
        return self._made(scene, turn, "mixed", (first, max(last, quote.span[1])), start)

    def _made(self, scene: Scene, turn: _Turn, kind: Kind, span: Span, start: int) -> Said | None:
        reading, speaker = scene.reading, turn.speaker
        span = trim(reading.text, span)
        # «دعا إلى وقف الغارات» calls for something; of nouns only what is denied, and words such as "readiness", say something.
        phrase = turn.phrase and kind == "indirect" and turn.polarity != "denied"
        if span[1] - span[0] < _LEAST or (phrase and not self._openings.stands(scene, start)):
            return None
        party = speaker.party
        words = speaker.words or speaker.called or (words_of(reading, party) if party else None)
        # Two who speak together are told by their words.
        who = party.ids[0] if party and len(party.ids) == 1 else None
        statement = Statement(
            kind=kind, speaker=self._stands_for.get(who, who) if who else None, speaker_text=words.text if words else None,
            speaker_basis=speaker.basis, cue=turn.cue, via=next(iter(speaker.via.ids), None) if speaker.via else None,
            polarity=turn.polarity, text=reading.text[slice(*span)], span=span,
        )  # fmt: skip
        return Said(statement, speaker, start, reading.token_at(span[1]))
