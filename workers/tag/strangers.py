"""Speakers whom the topic does not know, told by the words that name them: how far the phrase reaches, and where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from workers.arabic.letters import fold_text
from workers.config.speech import ReportingVerbs
from workers.tag.entities import PREPOSITIONS
from workers.tag.extent import quote_at
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms, readings
from workers.tag.scene import Scene
from workers.tag.thread import YET, Thread
from workers.tag.voices import Speaker

# Tokens between a reporting word and its subject.
BESIDE = 12
_UNNAMED = 8
_SOURCES = 4
# Words of a name in marks; of a noun phrase that heads a sentence.
_NAME_WORDS = 4
_HEADING = 5
# Tokens of a whole phrase («الباحث في شؤون … في مركز …»), of a name between commas, of an aside before أن.
_PHRASE = 22
_APPOSED = 6
_ASIDE = 25
_COMMAS = frozenset("،,")
_IN = frozenset(map(fold_text, ("في", "لدى", "من", "باسم")))
_TOPIC = frozenset(fold_text("أما وأما").split())
_WAS = frozenset(fold_text("كان كانت وكان وكانت").split())
_HAD = frozenset(fold_text("قد وقد").split())
_YET = frozenset(fold_text("لكن ولكن فيما بينما حين").split())
_AND_HE = frozenset(fold_text("وهو وهي وهم الذي التي الذين إذ حيث").split())


class Phrase(NamedTuple):
    """The token behind a phrase; `closed`: what follows shows that it ends there, so that all of it names the speaker."""

    end: int
    closed: bool


class Strangers:
    """The words of a topic by which unknown speakers are found."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._openers = Forms(fold_text(word) for word in speech.openers)
        self._things = {fold_text(word) for word in speech.things}
        self._unnamed = {fold_text(word) for word in speech.sources}
        self._describing = {fold_text(form) for form in speech.describing}
        self._within = {fold_text(word) for word in speech.within_names}
        self._occasions = Forms(fold_text(word) for word in speech.occasions)
        self._press = {fold_text(word) for word in (*speech.citations.media_nouns, *speech.press)}
        self._skip = {fold_text(word) for word in knowledge.events.skip} - self._openers.words
        self._thread = Thread(knowledge)

    def opens(self, word: str) -> bool:
        """Whether the word opens what was said."""
        return word in self._openers

    def whole(self, scene: Scene, place: int, verb: int | None = None) -> Phrase:
        """Return how far the phrase reaches that begins at a token: «الباحث في مركز X Y، فلان الفلاني،».

        Before a verb at token `verb` it may end there.
        """
        words, end = scene.reading.words, place + 1
        limit = min(scene.sentence.end if verb is None else verb, place + _PHRASE)
        person = next((at for at in range(place, limit) if at in scene.people), limit)
        end = min(end, person)
        while end < person:
            word = words[end]
            if self.opens(word) or word == ":" or word in _AND_HE:
                return Phrase(end, closed=True)
            if word in _COMMAS:
                return self._apposed(scene, end)
            if not word.isalpha():
                behind = self._quoted_name(scene, end)
                if behind == end:
                    speech = quote_at(scene.reading.source_starts[end], scene.quotes)
                    return Phrase(end, closed=speech is not None)
                end = behind
                continue
            if verb is None and (word in self._things or self._says(scene, end)):
                return Phrase(end, closed=False)
            if (word in PREPOSITIONS and not self._named_so(scene, end)) or word == "باسم":
                if (
                    word not in _IN
                    or end + 1 >= limit
                    or words[end + 1] in self._occasions
                    or self._past(words[end + 1])
                ):
                    return Phrase(end, closed=self._opened_later(scene, end))
                end += 2
                continue
            if self._past(word) or self._addressed(scene, end):
                return Phrase(end, closed=self._opened_later(scene, end))
            end += 1
        behind = scene.people.get(end, end)
        return Phrase(behind, closed=behind >= scene.sentence.end or behind == verb or (behind > end and verb is None))

    def _named_so(self, scene: Scene, token: int) -> bool:
        """علي, the name, is written with the letter that folding makes of the one in على."""
        return scene.reading.words[token] == "علي" and scene.reading.source(token).endswith("ي")

    def reaches(self, scene: Scene, party: Party, verb: int) -> bool:
        """Whether a title and a name that the topic does not know stand before a verb: «مدير المركز الروسي في X فلان»."""
        known = bool(party.ids) and party.kind == "PER"
        if party.head != "person" or known or party.prep or party.end > verb:
            return False
        return self.whole(scene, party.end - 1, verb) == (verb, True)

    def _past(self, word: str) -> bool:
        """Whether the word tells when or how, and names nobody."""
        return word in self._skip and word not in self._within and word not in PREPOSITIONS

    def _says(self, scene: Scene, token: int) -> bool:
        """Whether a verb stands there, or a verbal noun: what was said or done, no part of a name."""
        found = scene.triggers(token, token + 1)
        bare = not scene.reading.words[token].startswith("ال")
        return any(
            one.entry.form.tense in {"imperfect", "future"} or (one.entry.form.tense == "noun" and bare)
            for one in found
        )

    def _addressed(self, scene: Scene, token: int) -> bool:
        """«لعنب بلدي», «لوكالة X», «للصحفيين»: to whom it was said."""
        party = next((one for one in scene.after(token - 1, 1) if one.start == token), None)
        if party is not None and party.kind == "MEDIA":
            return True
        pairs = readings(scene.reading.words[token])
        return any(proclitic == "ل" and rest.removeprefix("ال") in self._press for proclitic, rest in pairs)

    def _opened_later(self, scene: Scene, token: int) -> bool:
        """Whether speech opens behind an aside: «فلان، في اتصال مع X، أن»."""
        words = scene.reading.words[token : min(scene.sentence.end, token + _ASIDE)]
        return any(self.opens(word) or word == ":" for word in words)

    def _apposed(self, scene: Scene, comma: int) -> Phrase:
        """«مدير الشبكة، فلان الفلاني، لـX، إن»: the name between commas behind a title belongs to it."""
        words, end = scene.reading.words, comma + 1
        if end in scene.people:
            return Phrase(scene.people[end], closed=True)
        limit = min(scene.sentence.end, comma + 1 + _APPOSED)
        while end < limit and words[end].isalpha() and not self.opens(words[end]):
            own = (
                (words[end] in PREPOSITIONS and not self._named_so(scene, end))
                or words[end] in _AND_HE
                or words[end] in self._things
            )
            if own or self._past(words[end]) or words[end] in self._occasions or scene.triggers(end, end + 1):
                return Phrase(comma, closed=self._opened_later(scene, comma))
            end += 1
        named = 1 < end - comma - 1 <= _NAME_WORDS and end < scene.sentence.end
        if named and (words[end] in _COMMAS or self.opens(words[end]) or words[end] == ":"):
            return Phrase(end, closed=True)
        return Phrase(comma, closed=self._opened_later(scene, comma))

    def beside(self, scene: Scene, cue: Found, group: ReportingVerbs) -> Speaker | None:
        """«ويرى مراقبون أن»: a subject that the topic does not know is named by its words, and nobody else speaks."""
        words, place = scene.reading.words, cue.token + 1
        # «الوجهاء طالبوا الضباط بـ»: who stands behind is asked, and who stands before unknown.
        if self._has_subject(scene, cue) or not self._thread.begins(scene, cue.token):
            return None
        while place < scene.sentence.end and words[place] in self._skip and not self.opens(words[place]):
            place += 1
        # وأضاف في حديث للصحفيين أن: what a preposition governs does not speak.
        governed = place > cue.token + 1 and words[place - 1] in PREPOSITIONS
        if place >= scene.sentence.end or governed or self._addressed(scene, place):
            return None
        party = scene.at(place)
        # محافظ الحسكة: somebody of a place is nobody the topic knows.
        official = party is not None and party.start == place and party.head == "person" and party.kind == "PLACE"
        if not official and not self._thread.is_noun(scene, place):
            return None
        phrase = self.whole(scene, place)
        if (
            cue.entry.form.text in self._describing
            and phrase.end == place + 1
            and self._described_as(scene, phrase.end)
        ):
            return None
        # A noun with the article is the subject, one without it may as well be what was said: أعلن تشكيل لجنة.
        if group.nominal and not words[place].startswith("ال") and not phrase.closed:
            return None
        end = phrase.end if phrase.closed else self._short(scene, place)
        return Speaker(None, "unnamed", scene.reading.cut(place, end), end)

    def _described_as(self, scene: Scene, token: int) -> bool:
        """«ووصفت الدعوى، في بيان، بأنها»: whether what follows says what the noun before was called."""
        words = scene.reading.words[token : min(scene.sentence.end, token + _ASIDE)]
        opener = next((word for word in words if self.opens(word)), "")
        return opener.startswith("ب") or "ب" in words[:2]

    def stands_behind(self, scene: Scene, token: int) -> bool:
        """Whether a definite noun that may be the verb's subject follows at once: then nobody else speaks."""
        words, place = scene.reading.words, token + 1
        definite = place < scene.sentence.end and words[place].startswith("ال")
        return definite and self._thread.is_noun(scene, place) and scene.at(place) is None

    def _short(self, scene: Scene, place: int) -> int:
        """Return the token behind the words that surely name somebody, where nothing tells how far the phrase reaches."""
        words, end = scene.reading.words, place + 1
        limit = min(scene.sentence.end, place + _UNNAMED)
        places = {party.start for party in scene.after(place, _UNNAMED) if party.prep}
        while end < limit and words[end].isalpha() and not self.opens(words[end]) and words[end] not in PREPOSITIONS:
            behind = any(one.proclitic.strip("وف") for one in scene.triggers(end, end + 1))
            if end in places or behind or words[end] in self._skip or words[end] in self._things:
                break
            end += 1
        return end

    def before(self, scene: Scene, cue: Found) -> Speaker | None:
        """Whoever stands before the verb: «مصادر مقربة من X أكدت», «أما الباحث X فرأى», «وكانت صفحات محلية قد زعمت»."""
        found = self._sources_before(scene, cue) or self._topic(scene, cue) or self._had(scene, cue)
        return found or self._but(scene, cue)

    def _sources_before(self, scene: Scene, cue: Found) -> Speaker | None:
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

    def _topic(self, scene: Scene, cue: Found) -> Speaker | None:
        words, start = scene.reading.words, scene.sentence.start
        near = start + 1 < cue.token <= start + _PHRASE
        if not near or cue.proclitic != "ف" or words[start] not in _TOPIC:
            return None
        end = cue.token if words[cue.token - 1].isalpha() else cue.token - 1
        return Speaker(None, "unnamed", scene.reading.cut(start + 1, end), cue.token + 1)

    def _had(self, scene: Scene, cue: Found) -> Speaker | None:
        words, start = scene.reading.words, scene.sentence.start
        near = start + 2 < cue.token <= start + _PHRASE
        if not near or cue.proclitic or words[start] not in _WAS or words[cue.token - 1] not in _HAD:
            return None
        return Speaker(None, "unnamed", scene.reading.cut(start + 1, cue.token - 1), cue.token + 1)

    def _but(self, scene: Scene, cue: Found) -> Speaker | None:
        """«لكن مسؤولاً في محافظة X أكد أن»: a subject between a conjunction and its verb."""
        words, first = scene.reading.words, max(scene.sentence.start, cue.token - _PHRASE)
        if cue.proclitic:
            return None
        for at in range(cue.token - 2, first - 1, -1):
            if words[at] in _COMMAS:
                return None
            if words[at] in _YET or (self.opens(words[at]) and words[at - 1] in YET):
                reaches = words[at + 1].isalpha() and self.whole(scene, at + 1, cue.token) == (cue.token, True)
                return (
                    Speaker(None, "unnamed", scene.reading.cut(at + 1, cue.token), cue.token + 1) if reaches else None
                )
        return None

    def sources(self, scene: Scene, place: int) -> int:
        """«مصادر دبلوماسية لـX», «مصدر في وزارة Y»: the token behind the words that describe sources without a name."""
        phrase = self.whole(scene, place)
        if phrase.closed:
            return phrase.end
        words, end = scene.reading.words, place + 1
        names = {party.start for party in scene.after(place, _UNNAMED) if party.kind != "THEME"}
        limit = min(scene.sentence.end, place + _SOURCES)
        while end < limit and words[end].isalpha() and end not in names and words[end] not in PREPOSITIONS:
            if self.opens(words[end]) or words[end] in self._skip or scene.triggers(end, end + 1):
                break
            end += 1
        return end

    def described(self, scene: Scene, place: int) -> int:
        """Return the token behind a noun and its adjectives with the article."""
        words, end = scene.reading.words, place + 1
        limit = min(scene.sentence.end, end + 2)
        while end < limit and words[end].startswith("ال") and words[end] not in self._skip:
            end += 1
        return end

    def titled(self, scene: Scene, speaker: Speaker) -> Speaker:
        """«المندوب السوري لدى X، فلان الفلاني، إن»: a title and, behind it, a name that the topic does not know."""
        party = speaker.party
        known = party is not None and bool(party.ids) and party.kind == "PER"
        if party is None or known or party.head != "person" or speaker.words is None:
            return speaker
        phrase = self.whole(scene, party.end - 1)
        if not phrase.closed or phrase.end <= party.end:
            return speaker
        last = scene.reading.span(phrase.end - 1, phrase.end)[1]
        start = speaker.words.span[0]
        words = replace(speaker.words, text=scene.reading.text[start:last], span=(start, last))
        return replace(speaker, words=words, end=max(speaker.end, phrase.end))

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
        """«الخبير “فلان الفلاني” أن»: the token behind a name in marks, else `end`."""
        reading = scene.reading
        quote = quote_at(reading.source_starts[end], scene.quotes) if end < scene.sentence.end else None
        if quote is None or len(reading.text[slice(*quote.inner)].split()) > _NAME_WORDS:
            return end
        behind = reading.token_at(quote.span[1])
        return behind if behind < scene.sentence.end and reading.words[behind] != "." else end
