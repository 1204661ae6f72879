"""Statements: reporting words, who speaks, and the words that were said, marked or not."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workers.arabic.letters import fold_text
from workers.arabic.quotes import Quotation
from workers.config.topic import ReportingVerbs
from workers.items import Span, Statement, Words
from workers.tag.entities import PREPOSITIONS
from workers.tag.lexicon import Found, Lexicon
from workers.tag.loader import Knowledge
from workers.tag.parties import Party, words_of
from workers.tag.reading import Reading, readings
from workers.tag.scene import Scene
from workers.tag.speakers import BESIDE, OPENS_WITHIN, Memory, Speaker, Speakers, named

Kind = Literal["direct", "mixed", "indirect"]

# Tokens from an attribution to the source it names; reporting words looked at for where a statement ends.
_NAMES_WITHIN = 4
_LATER = 8
# Words that marks must hold to be speech rather than a name; characters outside them that leave speech direct.
_SPEECH_WORDS = 3
_OUTSIDE = 12
_LEAST = 3
# Tokens of a statement at most: text without sentence ends would else be repeated from every verb to its end.
_LONGEST = 400
_BREAKS = frozenset(["،", ",", "؛", "حيث", "كما", "فيما"])
_END = " \n\t.،؛:!؟?,;…-–"
_OPENING = frozenset("“”«»'„\"")


@dataclass(frozen=True, slots=True)
class Said:
    """A statement, the party that made it and the tokens of what was said."""

    statement: Statement
    speaker: Party | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Turn:
    """A reporting word with its group and speaker; `later` are the reporting words after it."""

    cue: Words
    polarity: str
    speaker: Speaker
    later: Sequence[Found] = ()


class Listener:
    """The reporting words of a topic, compiled."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        speech = knowledge.speech
        self._groups = speech.verbs
        self._speakers = Speakers(knowledge)
        self._attributions = {fold_text(word) for word in speech.attributions.words}
        self._idle = {*map(fold_text, (*knowledge.events.skip, *speech.openers)), *PREPOSITIONS}
        for rule, group in enumerate(speech.verbs):
            lexicon.add_verbs("say", rule, group.verbs, objects=False)
            lexicon.add_forms("say", rule, group.forms, "perfect")
            lexicon.add_forms("participle", rule, group.participles, "perfect")
            lexicon.add_forms("saying", rule, group.nouns, "noun")

    def listen(self, scene: Scene, memory: Memory) -> list[Said]:
        """Return the statements of one sentence and remember its speakers."""
        cues = [found for found in scene.found if found.entry.role in {"say", "participle", "saying"}]
        self._speakers.remember(scene, memory)
        said: list[Said] = []
        heading = self._heading(scene)
        if heading and not any(cue.token < heading.start for cue in cues[:1]):
            said.append(heading)
        consumed, spoke = -1, heading.speaker if said and heading else None
        for index, cue in enumerate(cues):
            if cue.token <= consumed or _inside(scene.reading.source_starts[cue.token], scene.quotes):
                continue
            group = self._groups[cue.entry.rule]
            speaker = self._speakers.find(scene, cue, group, memory, spoke)
            one = self._reported(scene, cue, group, speaker, cues[index + 1 : index + 1 + _LATER]) if speaker else None
            if one is None:
                continue
            consumed = max(cue.token, one.start)
            said.append(one)
            spoke = one.speaker or spoke
            if one.speaker:
                memory.keep(one.speaker)
        said += self._attributed(scene, said)
        if said and said[-1].speaker:
            memory.keep(said[-1].speaker)
        return said

    def _reported(
        self, scene: Scene, cue: Found, group: ReportingVerbs, speaker: Speaker, later: list[Found]
    ) -> Said | None:  # fmt: skip
        others = (one.token for one in later if not (group.relay and one.entry.role == "saying"))
        following = next(others, scene.sentence.end)
        limit = min(scene.sentence.end, cue.token + OPENS_WITHIN, max(following, cue.token + 2))
        place = max(speaker.end, cue.token + 1) if speaker.words else cue.token + 1
        told = speaker.words is not None or cue.entry.role == "participle"
        noun = self._noun_phrase(scene, group, place) if told else None
        start = noun if noun == place and "" in group.nominal else self._opening(scene, place, limit) or noun
        if start is None or start >= scene.sentence.end:
            return None
        after = [one for one in later if one.token > start]
        return _said(scene, _Turn(scene.reading.cut(cue.token, cue.token + 1), group.polarity, speaker, after), start)

    def _opening(self, scene: Scene, start: int, end: int) -> int | None:
        """Where speech begins: after أن, after a colon, or at marks that hold more than a name."""
        reading = scene.reading
        for token in range(start, end):
            if reading.words[token] == ":" or self._speakers.opens(reading.words[token]):
                return token + 1
            if reading.words[token] in _OPENING:
                quote = _quote_at(reading.source_starts[token], scene.quotes)
                if quote and len(reading.text[slice(*quote.inner)].split()) >= _SPEECH_WORDS:
                    return token
        return None

    def _noun_phrase(self, scene: Scene, group: ReportingVerbs, place: int) -> int | None:
        """Where a noun phrase begins that stands for what was said: "stressed (on) the importance of"."""
        words = scene.reading.words
        introducers = {fold_text(word) for word in group.nominal if word}
        for token in range(place, min(scene.sentence.end - 1, place + BESIDE)):
            parted = token == place or words[token - 1] in {"،", ","}
            if parted and words[token] in introducers:
                return None if self._speakers.opens(words[token + 1]) else token + 1
            rests = {rest for _, rest in readings(words[token])}
            if token == place and "" in group.nominal and words[token].isalpha() and not rests & self._idle:
                return token
        return None

    def _heading(self, scene: Scene) -> Said | None:
        """A party, a colon, what it says: the form of headlines and of captions under them."""
        reading, sentence = scene.reading, scene.sentence
        for party in scene.parties[:2]:
            colon = party.end
            while colon < sentence.end and reading.words[colon] in _OPENING:
                colon += 1
            opens = party.start - sentence.start <= 2 and party.kind not in {"THEME", "PLACE"}
            if opens and colon + 1 < sentence.end and reading.words[colon] == ":":
                turn = _Turn(reading.cut(colon, colon + 1), "asserted", named(scene, party, colon))
                return _said(scene, turn, colon + 1)
        return None

    def _attributed(self, scene: Scene, said: list[Said]) -> Iterator[Said]:
        """According to X: the rest of the sentence, before the words or after them."""
        reading, sentence = scene.reading, scene.sentence
        for token in range(sentence.start, sentence.end):
            if not any(rest in self._attributions for _, rest in readings(reading.words[token])):
                continue
            if _inside(reading.source_starts[token], scene.quotes):
                continue
            near = scene.after(token, _NAMES_WITHIN)
            source = next((party for party in near if party.kind not in {"THEME", "PLACE"}), None)
            if source is None:
                continue
            turn = _Turn(reading.cut(token, token + 1), "asserted", named(scene, source, source.end))
            start = source.end
            while start < sentence.end and not reading.words[start].isalnum():
                start += 1
            one = None
            if token - sentence.start <= 1 and start < sentence.end:
                one = _said(scene, turn, start)
            elif token > sentence.start and reading.words[token - 1] in {"،", ","} and not said:
                span = (sentence.span[0], reading.span(token - 1, token)[0])
                one = _made(scene, turn, _kind(span, scene.quotes), span, sentence.start)
            if one:
                yield one
            return


def _said(scene: Scene, turn: _Turn, start: int) -> Said | None:
    """Return the statement whose words begin at token `start` and end where the next one opens."""
    reading = scene.reading
    end = min(scene.sentence.end, start + _LONGEST)
    for one in turn.later:
        parted = reading.words[one.token - 1] in _BREAKS or one.entry.role == "participle"
        joined = one.proclitic in {"و", "ف"} and one.entry.role == "say"
        if (parted or joined) and not _inside(reading.source_starts[one.token], scene.quotes):
            end = one.token
            break
    first, last = reading.source_starts[start], reading.span(start, max(end, start + 1))[1]
    quote = _quote_from(reading, start, scene.quotes)
    if quote is None:
        return _made(scene, turn, _kind((first, last), scene.quotes), (first, last), start)
    if len(reading.text[quote.span[1] : last].strip(_END)) < _OUTSIDE:
        return _made(scene, turn, "direct", quote.inner, start)
    return _made(scene, turn, "mixed", (first, max(last, quote.span[1])), start)


def _made(scene: Scene, turn: _Turn, kind: Kind, span: Span, start: int) -> Said | None:
    reading, speaker = scene.reading, turn.speaker
    span = _trim(reading.text, span)
    if span[1] - span[0] < _LEAST:
        return None
    party = speaker.party
    words = speaker.words or (words_of(reading, party) if party else None)
    statement = Statement(
        kind=kind, speaker=next(iter(party.ids), None) if party else None, speaker_text=words.text if words else None,
        speaker_basis=speaker.basis, cue=turn.cue, via=next(iter(speaker.via.ids), None) if speaker.via else None,
        polarity=turn.polarity, text=reading.text[slice(*span)], span=span,
    )  # fmt: skip
    return Said(statement, party, start, reading.token_at(span[1]))


def _kind(span: Span, quotes: Sequence[Quotation]) -> Kind:
    index = bisect_left(quotes, span[0], key=lambda quote: quote.span[0])
    return "mixed" if index < len(quotes) and quotes[index].span[0] < span[1] else "indirect"


def _trim(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in _END:
        start += 1
    while end > start and text[end - 1] in _END:
        end -= 1
    # A mark that was never closed belongs to nobody.
    if end - start > 1 and text[start] in _OPENING and not any(mark in _OPENING for mark in text[start + 1 : end]):
        start += 1
    return start, end


def _quote_at(position: int, quotes: Sequence[Quotation]) -> Quotation | None:
    index = bisect_left(quotes, position, key=lambda quote: quote.span[0])
    return quotes[index] if index < len(quotes) and quotes[index].span[0] == position else None


def _quote_from(reading: Reading, token: int, quotes: Sequence[Quotation]) -> Quotation | None:
    for place in range(token, min(token + 3, len(reading.words))):
        if reading.words[place].isalpha():
            return None
        quote = _quote_at(reading.source_starts[place], quotes)
        if quote:
            return quote
    return None


def _inside(position: int, quotes: Sequence[Quotation]) -> bool:
    index = bisect_left(quotes, position + 1, key=lambda quote: quote.span[0]) - 1
    return index >= 0 and quotes[index].inner[0] <= position < quotes[index].inner[1]
