"""Who vouches for a sentence: the source behind "according to", known or not, and whom it passes on."""

from __future__ import annotations

from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.items import Words
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import readings
from workers.tag.scene import Scene
from workers.tag.strangers import Strangers
from workers.tag.thread import Thread
from workers.tag.voices import Memory, Speaker, meant, named

# Tokens from an attribution to the source it names.
_NAMES_WITHIN = 4
_BY_IT = frozenset(fold_text("به بها عنه عنها إليه").split())


class Vouchers:
    """Finds the sources of attributions."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._from = {fold_text(word) for word in speech.relay_from}
        self._unnamed = {fold_text(word) for word in (*speech.sources, *speech.publishers)}
        self._reporters = {fold_text(word) for word in speech.press}
        self._strangers = Strangers(knowledge)
        self._thread = Thread(knowledge)

    def source(self, scene: Scene, token: int, memory: Memory) -> Speaker | None:
        """Return the source behind "according to" at `token`: a party, sources without a name, or somebody unknown."""
        words = scene.reading.words
        told = self._told(scene, token)
        at = token if told is None else told
        near = scene.after(at, _NAMES_WITHIN)
        party = next((one for one in near if one.kind not in {"THEME", "PLACE"}), None)
        if party is not None and not self._source_in(scene, at, party):
            source = self._source_of(scene, party) if told is not None and party.kind == "MEDIA" else None
            return source or self._reporter(scene, self._strangers.titled(scene, named(scene, party, party.end)))
        for place in range(at + 1, min(at + 3, scene.sentence.end)):
            rests = {rest for _, rest in readings(words[place])}
            if rests & self._unnamed:
                phrase = self._strangers.whole(scene, place)
                cut = _bare(scene, scene.reading.cut(place, phrase.end), rests & self._unnamed)
                noun = next((rest for rest in rests & self._unnamed if rest.startswith("ال")), None)
                known = memory.sources or memory.nouns.get(noun.removeprefix("ال")) if noun else None
                if known:
                    return meant(Speaker(None, "stand-in", cut, phrase.end), known)
                return Speaker(None, "unnamed", cut, phrase.end)
        if told is not None and told + 1 < scene.sentence.end and self._thread.is_noun(scene, told + 1):
            phrase = self._strangers.whole(scene, told + 1)
            return Speaker(None, "unnamed", scene.reading.cut(told + 1, phrase.end), phrase.end)
        return None

    def _reporter(self, scene: Scene, speaker: Speaker) -> Speaker:
        """«بحسب مراسل X»: X, by the words that name its reporter."""
        party = speaker.party
        if party is None or party.kind != "MEDIA" or speaker.words is None or party.start <= scene.sentence.start:
            return speaker
        if not any(rest in self._reporters for _, rest in readings(scene.reading.words[party.start - 1])):
            return speaker
        start = scene.reading.source_starts[party.start - 1]
        words = Words(text=scene.reading.text[start : speaker.words.span[1]], span=(start, speaker.words.span[1]))
        return replace(speaker, words=words)

    def _told(self, scene: Scene, token: int) -> int | None:
        """«وفق ما أفاد به», «حسبما ذكرت»: the last token of a clause whose subject follows it; None if there is none."""
        words, end = scene.reading.words, scene.sentence.end
        place = token + 1 + (token + 1 < end and words[token + 1] == "ما")
        if place >= end or not any(one.entry.role == "say" for one in scene.triggers(place, place + 1)):
            return None
        return place + (place + 1 < end and words[place + 1] in _BY_IT)

    def _source_of(self, scene: Scene, medium: Party) -> Speaker | None:
        """«وفق ما نقلت قناة X عن Y»: Y, by way of X."""
        words, limit = scene.reading.words, min(scene.sentence.end - 1, medium.end + _NAMES_WITHIN)
        at = next((place for place in range(medium.end, limit) if words[place] in self._from), None)
        if at is None:
            return None
        party = next((one for one in scene.after(at, 1) if one.kind not in {"THEME", "PLACE"}), None)
        if party is not None:
            return replace(self._strangers.titled(scene, named(scene, party, party.end)), via=medium)
        phrase = self._strangers.whole(scene, at + 1)
        return Speaker(None, "unnamed", scene.reading.cut(at + 1, phrase.end), phrase.end, via=medium)

    def _source_in(self, scene: Scene, token: int, party: Party) -> bool:
        """«بحسب مصدر في الوزارة», «بحسب مصادر لقناة X»: whether somebody else speaks, and not the party."""
        between = scene.reading.words[token + 1 : party.start]
        return party.prep in {"في", "ل"} and any(
            rest in self._unnamed for word in between for _, rest in readings(word)
        )


def _bare(scene: Scene, words: Words, nouns: set[str]) -> Words:
    """Return the words without the proclitic of the first, which is one of the nouns."""
    first = fold_text(words.text.split()[0])
    longest = max((len(end) for noun in nouns for end in (noun, noun[1:]) if first.endswith(end)), default=len(first))
    start = words.span[0] + len(first) - longest
    return Words(text=scene.reading.text[start : words.span[1]], span=(start, words.span[1]))
