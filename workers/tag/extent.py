"""How far what was said reaches, and which of its words stand in marks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Literal

from workers.arabic.letters import fold_text
from workers.arabic.quotes import Quotation
from workers.items import Span
from workers.tag.gender import agrees
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Reading, readings
from workers.tag.scene import Scene
from workers.tag.thread import YET

Kind = Literal["direct", "mixed", "indirect"]

# Tokens of a statement at most: text without sentence ends would else be repeated from every verb to its end.
_LONGEST = 400
_BREAKS = frozenset(
    ["،", ",", "؛", *map(fold_text, ("حيث", "كما", "فيما", "بينما", "لكنه", "لكنها", "لكنهم", "ولكنه", "ولكنها"))]
)
_STOPS = frozenset("،,؛")
_END = " \n\t.،؛:!؟?,;…-–"
_MARKED = 8
# Tokens before a relative clause that name somebody and say nothing yet.
_NAMED = 3
_HE = frozenset(fold_text("أنه أنها أنهم").split())
_POINTS = frozenset([".", "..", "…"])
_RELATIVE = frozenset([("الذي",), ("التي",)])
# Characters between a quotation and the reporting word behind it.
_GAP = 4
OPENING = frozenset("“”«»'„\"")


class Extent:
    """The words of a topic that end what was said, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._comments = [tuple(fold_text(words).split()) for words in speech.comments]
        self._contrasts = {tuple(fold_text(words).split()) for words in speech.contrasts}
        self._also_nouns = {fold_text(form) for form in speech.also_nouns}
        self._so_called = [tuple(fold_text(words).split()) for words in speech.so_called]
        self._openers = {fold_text(word) for word in speech.openers}

    def end(self, scene: Scene, start: int, later: Sequence[Found], speaker: Party | None) -> int:
        """Return the token before which a statement that begins at `start` ends; `later` are reporting words after it."""
        reading = scene.reading
        end = min(scene.sentence.end, start + _LONGEST)
        for one in later:
            parted = reading.words[one.token - 1] in _BREAKS or one.entry.role == "participle"
            joined = one.proclitic in {"و", "ف"} and one.entry.role == "say"
            # «أوضحت الوزارة أن X طلب كذا، ودعا»: not she.
            joined = joined and (speaker is None or self._parts(scene, one, speaker))
            parted = parted and not (one.proclitic and one.entry.role == "say" and not joined)
            if (parted or joined) and not inside(reading.source_starts[one.token], scene.quotes):
                end = min(end, one.token)
                break
        end = min([end, *self._breaks(scene, start, end, later)])
        said = self._narrated(scene, start, end, speaker)
        for token in chain(
            self._own_words(scene, start, end),
            said,
            _acts(scene, start, end, speaker),
            _asides(scene, start, end, self._also_nouns),
        ):
            if not inside(reading.source_starts[token], scene.quotes):
                end = min(end, token)
        while end > start + 1 and reading.words[end - 1] in _BREAKS:
            end -= 1
        return end

    def _parts(self, scene: Scene, cue: Found, speaker: Party) -> bool:
        """Whether a verb joined to what was said is the reporter's: the speaker's by its gender, or with a subject of its own."""
        words, place = scene.reading.words, cue.token + 1
        if agrees(words, speaker, feminine=cue.entry.form.feminine) or place >= scene.sentence.end:
            return True
        party = scene.at(place)
        own = party is not None and party.prep == "" and agrees(words, party, feminine=cue.entry.form.feminine)
        return own or (party is None and words[place].startswith("ال"))

    def _breaks(self, scene: Scene, start: int, end: int, later: Sequence[Found]) -> Iterator[int]:
        """«غير أنه استبعد»: where the reporter goes on; in a headline, what stands behind two points."""
        words = scene.reading.words
        for one in later:
            if start + 2 < one.token < end and words[one.token - 2] in YET and words[one.token - 1] in _HE:
                yield one.token - 2
        if scene.sentence.zone == "headline":
            yield from (at for at in range(start + 1, end) if words[at] in _POINTS)

    def _own_words(self, scene: Scene, start: int, end: int) -> Iterator[int]:
        """Where, after a comma, the reporter's own words begin."""
        words = scene.reading.words
        for token in range(start + 2, end):
            if words[token - 1] in _STOPS:
                for comment in self._comments:
                    here = tuple(words[token : token + len(comment)]) == comment
                    if not here or (comment in _RELATIVE and _belongs(scene, start, token)):
                        continue
                    if comment not in self._contrasts or _reports(scene, token):
                        yield token

    def _narrated(self, scene: Scene, start: int, end: int, speaker: Party | None) -> Iterator[int]:
        """«، وتطرق لافروف إلى»: where the reporter names the speaker again."""
        words = scene.reading.words
        for party in scene.after(start, end - start) if speaker and speaker.ids else ():
            verb = party.start - 1
            while verb > start and words[verb] in OPENING:
                verb -= 1
            joined = words[verb].startswith("و") and words[verb - 1] in _STOPS
            if party.ids == (speaker.ids if speaker else ()) and party.prep == "" and joined and verb > start:
                yield verb

    def goes_on(self, scene: Scene, start: int, end: int) -> int | None:
        """Return where, behind a noun phrase, a clause begins that was said too: «، وأن …»."""
        words = scene.reading.words
        for token in range(start, end):
            opened = words[token - 1] in _STOPS and readings(words[token])
            if opened and any(proclitic == "و" and rest in self._openers for proclitic, rest in opened):
                return token + 1
        return None

    def skip_naming(self, scene: Scene, start: int) -> int:
        """Return the token at which speech begins behind «ما وصفه بـ»."""
        words = scene.reading.words
        for naming in self._so_called:
            if tuple(words[start : start + len(naming)]) == naming:
                place = start + len(naming)
                for token in range(place, min(place + 2, scene.sentence.end)):
                    if words[token] in OPENING and quote_at(scene.reading.source_starts[token], scene.quotes):
                        return token
        return start


def _reports(scene: Scene, token: int) -> bool:
    """«، بينما أكد X»: whether the clause reports something, and so is the reporter's."""
    if any(one.entry.role in {"say", "saying"} for one in scene.triggers(token, scene.sentence.end)):
        return True
    # «، قبل أن يشكر X»: a man's next act, told by the reporter.
    next_act = scene.triggers(token + 2, token + 3) if scene.reading.words[token + 1 : token + 2] == ["ان"] else []
    return any(one.entry.role == "event" and not one.entry.form.feminine for one in next_act)


def _belongs(scene: Scene, start: int, token: int) -> bool:
    """«الشرع، الذي زار X، لم يكرر», «الوزارة، التي ستتسلم»: whether a relative clause is part of what was said.

    It is if nothing but a name was said before it, or if it tells what is to come.
    """
    words, before = scene.reading.words, scene.at(start)
    if before is not None and before.end >= token - 1:
        return True
    if token - 1 - start <= _NAMED and not scene.triggers(start, token - 1):
        return True
    ahead = words[token + 1] if token + 1 < scene.sentence.end else ""
    return any(one.entry.form.tense == "future" for one in scene.triggers(token + 1, token + 2)) or ahead.startswith(
        ("ست", "سي")
    )


def _acts(scene: Scene, start: int, end: int, speaker: Party | None) -> Iterator[int]:
    """«ورأى أن …، وانتقد …»: where a verb goes on with the speaker, being of a gender with nobody named in between."""
    words = scene.reading.words
    for one in scene.triggers(start + 1, end) if speaker else ():
        joined = one.proclitic in {"و", "ف"} and words[one.token - 1] in _STOPS
        if not (joined and one.entry.role == "event" and one.entry.form.tense == "perfect"):
            continue
        feminine = one.entry.form.feminine
        between = [turn.party for turn in scene.turns_before(one.token + 1) if turn.token >= start]
        others = any(party and agrees(words, party, feminine=feminine) for party in between)
        if speaker and not others and agrees(words, speaker, feminine=feminine):
            yield one.token


def _asides(scene: Scene, start: int, end: int, nouns: set[str]) -> Iterator[int]:
    """«، شاكرة X», «، رافضاً Y»: where, behind a comma, a participle tells what else the speaker does."""
    words = scene.reading.words
    for one in scene.asides:
        if (
            one.entry.role == "aside"
            and one.entry.form.text not in nouns
            and start + 1 < one.token < end
            and words[one.token - 1] in _STOPS
        ):
            yield one.token


def kind_of(scene: Scene, span: Span) -> Kind:
    """Return whether some of the span stands in marks, a name in marks not counted."""
    quotes, reading = scene.quotes, scene.reading
    index = bisect_left(quotes, span[0], key=lambda quote: quote.span[0])
    for quote in quotes[index : index + _MARKED]:
        if quote.span[0] >= span[1]:
            break
        first, last = reading.token_at(quote.inner[0]), reading.token_at(quote.inner[1])
        if not any(party.end >= last for party in (*scene.before(first + 1, 0), *scene.after(first - 1, 1))):
            return "mixed"
    return "indirect"


def trim(text: str, span: Span) -> Span:
    """Return the span without the marks at its ends."""
    start, end = span
    while start < end and text[start] in _END:
        start += 1
    while end > start and text[end - 1] in _END:
        end -= 1
    # A mark that was never closed belongs to nobody.
    if end - start > 1 and text[start] in OPENING and not any(mark in OPENING for mark in text[start + 1 : end]):
        start += 1
    return start, end


def outside(text: str, start: int, end: int) -> str:
    """Return what stands there besides marks."""
    return text[start:end].strip(_END)


def quote_at(position: int, quotes: Sequence[Quotation]) -> Quotation | None:
    """Return the quotation that begins at a position of the text."""
    index = bisect_left(quotes, position, key=lambda quote: quote.span[0])
    return quotes[index] if index < len(quotes) and quotes[index].span[0] == position else None


def quote_before(text: str, position: int, quotes: Sequence[Quotation]) -> Quotation | None:
    """Return the quotation that ends before a position of the text with nothing but marks between."""
    index = bisect_left(quotes, position, key=lambda quote: quote.span[0]) - 1
    quote = quotes[index] if index >= 0 else None
    near = quote is not None and quote.span[1] <= position and position - quote.span[1] <= _GAP
    return quote if quote and near and not outside(text, quote.span[1], position) else None


def quote_within(span: Span, quotes: Sequence[Quotation]) -> Quotation | None:
    """Return the first quotation that lies in a span."""
    index = bisect_left(quotes, span[0], key=lambda quote: quote.span[0])
    return quotes[index] if index < len(quotes) and quotes[index].span[1] <= span[1] else None


def quote_from(reading: Reading, token: int, quotes: Sequence[Quotation]) -> Quotation | None:
    """Return the quotation that begins at a token or just behind it."""
    for place in range(token, min(token + 3, len(reading.words))):
        if reading.words[place].isalpha():
            return None
        quote = quote_at(reading.source_starts[place], quotes)
        if quote:
            return quote
    return None


def inside(position: int, quotes: Sequence[Quotation]) -> bool:
    """Whether a position lies within marks."""
    index = bisect_left(quotes, position + 1, key=lambda quote: quote.span[0]) - 1
    return index >= 0 and quotes[index].inner[0] <= position < quotes[index].inner[1]
