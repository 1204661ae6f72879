"""Where what was said begins: behind أن or a colon, at marks that hold more than a name, or as a noun phrase."""

from __future__ import annotations

from functools import cache

from workers.arabic.letters import fold_text
from workers.arabic.quotes import Quotation
from workers.config.speech import ReportingVerbs
from workers.tag.entities import PREPOSITIONS
from workers.tag.extent import OPENING, quote_at
from workers.tag.loader import Knowledge
from workers.tag.reading import Forms, readings
from workers.tag.scene import Scene
from workers.tag.strangers import BESIDE
from workers.tag.thread import RELATIVE, YET, with_pronoun

# Words that marks must hold to be speech rather than a name.
SPEECH_WORDS = 3
# After these أن tells when or how, not what.
_TIMES = frozenset(fold_text("قبل بعد دون عقب منذ رغم وقبل وبعد ودون").split())
# Words that a title in marks has at most; tokens of an aside behind a speaker.
_TITLE = 7
_NAME = 4
# Between these and what is said stands a clause; marks right behind them hold a name.
_CALLED = frozenset(fold_text("ب بأنه بأنها أنه أنها على").split())
_BEFORE_NAMES = frozenset(fold_text("مع من إلى في لدى عبر ضد عن").split())
_ASIDE = 25
# So many parts, each of so many tokens, a source may be named in.
_PARTS = 2
_PART = 8
_SO = "فان"
_ROOT = 3
_ADJUNCTS = frozenset(fold_text("ظل بسبب رغم جراء نتيجة ضوء إثر عقب").split())


class Openings:
    """The words of a topic that open what was said."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._openers = Forms(fold_text(word) for word in speech.openers)
        self._things = {fold_text(word) for word in speech.things}
        self._idle = {*map(fold_text, (*knowledge.events.skip, *speech.openers)), *PREPOSITIONS}
        self._silent = self._idle | self._things

    def _opens(self, word: str) -> bool:
        return word in self._openers

    def behind_aside(self, scene: Scene, place: int) -> int:
        """«أكد X، خلال مؤتمر مع Y، استعداد بلاده»: the token behind an aside, if what is said follows there."""
        words, end = scene.reading.words, min(scene.sentence.end - 1, place + _ASIDE)
        if place + 1 >= end or words[place] not in {"،", ","} or words[place + 1] not in PREPOSITIONS:
            return place
        close = next((token for token in range(place + 2, end) if words[token] in {"،", ","}), None)
        rests = {rest for _, rest in readings(words[close + 1])} if close else set()
        return close + 1 if close and rests & self._things else place

    def governs(self, scene: Scene, group: ReportingVerbs, place: int) -> bool:
        """«دعا إلى», «وشدد على»: whether the verb's preposition follows at once, so that no subject stands between."""
        words = scene.reading.words[place : min(place + 2, scene.sentence.end)]
        wanted = _folded(group.nominal)
        return any(word in wanted for word in words)

    def opening(self, scene: Scene, start: int, end: int) -> int | None:
        """Where speech begins: after أن, after a colon, or at marks that hold more than a name."""
        reading = scene.reading
        for token in range(start, end):
            timed = reading.words[token - 1] in _TIMES or reading.words[token - 1] in YET or _conditional(scene, token)
            if reading.words[token] == ":" or (self._opens(reading.words[token]) and not timed):
                return token + 1
            if reading.words[token] in OPENING:
                quote = quote_at(reading.source_starts[token], scene.quotes)
                words = reading.text[slice(*quote.inner)].split() if quote else []
                if quote and len(words) >= SPEECH_WORDS and not self._name(scene, quote, token, start):
                    return token
        return None

    def colon(self, scene: Scene, start: int, end: int) -> int | None:
        """Return the token of a colon in a report behind which marks hold speech."""
        reading = scene.reading
        for token in range(start + 1, end - 1):
            if reading.words[token] == ":" and reading.words[token + 1] in OPENING:
                quote = quote_at(reading.source_starts[token + 1], scene.quotes)
                if quote and len(reading.text[slice(*quote.inner)].split()) >= SPEECH_WORDS:
                    return token
        return None

    def says(self, scene: Scene, quote: Quotation) -> bool:
        """Whether marks within a noun phrase hold words that were said: more than one, or how something was called."""
        words = scene.reading.words
        token = scene.reading.token_at(quote.span[0])
        called = words[token - 1] in _CALLED or words[token - 1].startswith("ب")
        if words[token - 1] in _ADJUNCTS:
            return False  # «تقديره للدعم في ظل “الإجراءات القسرية”»
        return not self.names(scene, quote) and (called or len(scene.reading.text[slice(*quote.inner)].split()) > 1)

    def names(self, scene: Scene, quote: Quotation) -> bool:
        """Whether marks hold nothing but a name that the topic knows."""
        first, last = (scene.reading.token_at(position) for position in quote.inner)
        party = scene.at(first)
        return party is not None and party.end >= last

    def _name(self, scene: Scene, quote: Quotation, token: int, start: int) -> bool:
        """Whether marks hold nothing but a name: a known one, or a few words behind a noun («إلغاء “قانون …”»)."""
        words = scene.reading.words
        first, last = (scene.reading.token_at(position) for position in quote.inner)
        if self.names(scene, quote):
            return True
        before = words[token - 1]
        if before in _BEFORE_NAMES and last - first <= _NAME and not scene.triggers(first, last):
            return True
        noun = token > start and before.isalpha() and scene.at(token - 1) is None and not with_pronoun(before)
        said = any(rest in self._silent for _, rest in readings(before))
        return noun and not said and last - first < _TITLE and not scene.triggers(token - 1, token)

    def noun_phrase(self, scene: Scene, group: ReportingVerbs, place: int) -> int | None:
        """Where a noun phrase begins that stands for what was said: "stressed (on) the importance of"."""
        words = scene.reading.words
        introducers = _folded(group.nominal)
        for token in range(place, min(scene.sentence.end - 1, place + BESIDE)):
            parted = token == place or words[token - 1] in {"،", ","} or with_pronoun(words[token - 1])
            # داعية السلطات إلى …: whoever is called on stands between.
            called = [one for one in scene.before(token, 0)[:1] if one.prep == "" and one.start <= place + 1]
            if (parted or called) and words[token] in introducers:
                return None if self._opens(words[token + 1]) else token + 1
            rests = {rest for _, rest in readings(words[token])}
            # معلنة بشكل رسمي: how, not what.
            how = words[token] in "بلك" or (words[token][0] in "بلك" and not rests & self._things and len(rests) > 1)
            if how and "" in group.nominal and token == place:
                continue
            if token == place and "" in group.nominal and words[token].isalpha() and not rests & self._idle:
                if with_pronoun(words[token]) or any(one.prep for one in scene.after(token - 1, 1)):
                    continue
                return token
        return None

    def stands(self, scene: Scene, start: int) -> bool:
        """«أبدى استعداد بلاده», «شدد على أهمية كذا»: whether a noun phrase below the headline tells what its speaker holds or will do."""
        if scene.reading.words[start].startswith("ان"):
            return True  # أنها: a clause
        told = scene.sentence.zone != "headline"
        return told and any(
            rest in self._things or rest.removesuffix("ها").removesuffix("ه") in self._things
            for _, rest in readings(scene.reading.words[start])
        )

    def behind_source(self, scene: Scene, start: int) -> int:
        """«بحسب بيان للقائد X في المنطقة، Y، وقعت …»: the token behind the words that go on to name the source."""
        words, end = scene.reading.words, scene.sentence.end
        place = start
        if start + 1 < end and words[start + (words[start] in {"،", ","})] in RELATIVE:
            # «ووفق X، التي تدير كذا، فإن»
            so = (
                at for at in range(start, min(end, start + _ASIDE)) if words[at] == _SO and not words[at - 1].isalpha()
            )
            return next(so, start)
        for _ in range(_PARTS):
            comma = next((at for at in range(place, min(end, place + _PART)) if words[at] in {"،", ","}), None)
            # A clause has a verb that the topic knows; what is left of a name has none, and is short.
            if comma is None or scene.triggers(place, comma) or (place > start and comma - place > _PART // 2):
                break
            place = comma + 1
        while place < end and not words[place].isalnum():
            place += 1
        return place


def _conditional(scene: Scene, token: int) -> bool:
    """«إن رغبت X», «إن لم تفعل»: an "if", behind which a verb stands at once, as behind "that" it cannot."""
    words, at = scene.reading.words, token + 1
    if words[token] != "ان" or at >= scene.sentence.end or not scene.reading.source(token).startswith("إ"):
        return False
    # «إن منح اللجوء قرار»: a word of three letters may be a verbal noun.
    return words[at] == "لم" or any(
        one.entry.form.tense == "perfect" and not one.entry.noun and len(one.entry.form.text) > _ROOT
        for one in scene.triggers(at, at + 1)
    )


@cache
def _folded(words: tuple[str, ...]) -> frozenset[str]:
    """The words of a configuration, folded, without the empty one."""
    return frozenset(map(fold_text, filter(None, words)))
