"""Whom a sentence is about as it goes on: the subjects of its clauses, which later verbs without one carry over.

News lets «وأكد», «وانتقد» go on with the subject of the main verb before, in the same sentence or the one before it. A
noun that merely stands nearer is no subject; where another subject stands that the topic does not know, nobody is meant.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise, takewhile

from workers.arabic.letters import fold_text
from workers.arabic.quotes import Quotation
from workers.tag.entities import PREPOSITIONS, TANWIN
from workers.tag.forms import PRONOUNS
from workers.tag.gender import accusative, agrees
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms, Memo, readings
from workers.tag.scene import Scene, Turn

_STOPS = frozenset("،,؛;:()-–—")
_MARKS = frozenset("\"“”«»'")
_JOINERS = frozenset(fold_text("حيث كما فيما بينما لكن ثم بل ولكن حين").split())
_CONTRASTS = frozenset(fold_text("فيما بينما حين لكن ولكن").split())
YET = frozenset(fold_text("غير إلا بيد").split())
_BE = frozenset(fold_text("تكون يكون").split())
_PREVIOUSLY = frozenset(fold_text("سبق وسبق").split())
_WITHIN = frozenset(fold_text("دون بدون قبل بعد").split())
RELATIVE = frozenset(fold_text("الذي التي الذين اللذان اللذين اللتان").split())
_TIMES = frozenset(fold_text("عقب إثر أثناء ضمن قبيل بعيد عشية غداة رغم حسب وفق").split())
_PARTICLES = frozenset(fold_text("مثل غير بعض سوى أي كل بما إلا ذلك هذا هذه منها بينهم أبرزها أو وهو وهي").split())
_THEIRS = frozenset(fold_text("بلاده بلادها").split())
# Endings of words that are nouns rather than verbs.
_NOUNS = ("ه", "ات", "ين", "ون")
# Particles behind which a verb may open a clause.
_BEFORE_VERBS = frozenset(
    fold_text(
        "قد لم لن لا ما سوف إذ إذا لو أن كي مضى ومضى لكنه لكنها إنه إنها أنه أنها عندما حين حينما كما وهو وهي وقد هو هي مما ألا ليس كان كانت لكي من"
    ).split()
)
# What a word does where clauses meet.
_OPENS, _STOP, _JOINS, _RELATES, _SKIPS, _BARE = 1, 2, 4, 8, 16, 32
_MEETS = _OPENS | _STOP | _JOINS
_SKIPPED = 3
_ASIDE = 7
# Characters that marks hold at least if they hold speech rather than a name.
_SPEECH = 25
_WORD = 2  # لـ“رويترز”: the preposition alone is no word
# Behind these no verb of the past can stand.
NOUN_FOLLOWS = frozenset(
    {*PREPOSITIONS, *map(fold_text, ("عدم", "مئة", "مائة", "ألف", "مئات", "آلاف", "أي", "كل"))} - {"من", "منذ"}
)
_BEFORE_PRONOUNS = (*sorted(PREPOSITIONS), "ب", "ل", "فيما")


class Thread:
    """The words of a topic that tell where clauses begin and who is meant."""

    def __init__(self, knowledge: Knowledge) -> None:
        speech = knowledge.speech
        self._kinds = Memo(self._kind)
        self._openers = Forms(fold_text(word) for word in speech.openers)
        self._things = {fold_text(word) for word in speech.things}
        self._skip = {fold_text(word) for word in knowledge.events.skip} - self._openers.words
        self._known = self._things | self._skip | PREPOSITIONS | self._openers.words | RELATIVE | _TIMES
        self._bodies = frozenset(map(fold_text, knowledge.topic.nominals.bodies))
        self._personal = {rule for rule, pattern in enumerate(knowledge.events.patterns) if pattern.personal}
        quads = knowledge.events.quads
        self._called = {
            rule for rule, pattern in enumerate(knowledge.events.patterns) if quads[pattern.type] == "verbal_conflict"
        }

    def turns(self, scene: Scene) -> list[Turn]:
        """Return the subjects of a sentence's clauses, in order."""
        words, sentence = scene.reading.words, scene.sentence
        starts = {party.start: party for party in scene.parties if can_act(party) and not party.listed}
        verbs = {one.token: one for one in scene.found if one.entry.form.tense != "noun"}
        turns: list[Turn] = []
        speech = self._speech(scene)
        inner = False
        joined = {token for token, one in verbs.items() if one.proclitic in {"و", "ف"}}
        kinds = pairwise([_STOP, *map(self._kinds.ask, words[sentence.start : sentence.end])])
        scene.turns = turns
        for token, (before, here) in enumerate(kinds, sentence.start):
            if not (before & _MEETS or here & _RELATES or speech or token in joined):
                continue
            opened = bool(before & _OPENS)
            # غير أن X، إلا أن X: however.
            yet = opened and words[max(sentence.start, token - 2)] in YET
            at = scene.reading.source_starts[token] if speech else -1
            quoted = bool(speech) and any(quote.span[0] <= at < quote.inner[1] for quote in speech)
            inner = (opened and not yet) or quoted or (inner and not before & _STOP)
            if here & _RELATES:
                party = next(iter(scene.before(token, 2)), None)
                named = next((start for start, end in scene.people.items() if token - 1 <= end <= token), None)
                if party and can_act(party):
                    turns.append(Turn(token, party, inner=True))
                elif named is not None:
                    turns.append(Turn(token, None, inner=True, place=named))  # «المحامية فلانة، التي أكدت أن»
                continue
            if not (before & _MEETS or token in joined):
                continue
            turn = self._turn(scene, token, starts, verbs, inner=inner, opened=opened)
            if turn:
                turns.append(turn)
        return turns

    def _kind(self, word: str) -> int:
        skips = word in self._skip or word in _MARKS or word.removeprefix("و") in self._skip
        # وعبّر is "and he voiced" at the head of a clause.
        before = word in PREPOSITIONS or (word.removeprefix("و") in PREPOSITIONS and word != "وعبر")
        bare = word in _PARTICLES or not word.isalpha() or before or self.opens(word)
        return (
            _OPENS * self.opens(word) | _STOP * (word in _STOPS) | _JOINS * (word in _JOINERS)
            | _RELATES * (word in RELATIVE) | _SKIPS * skips | _BARE * bare
        )  # fmt: skip

    def _speech(self, scene: Scene) -> list[Quotation]:
        """Return the marks of a sentence that hold speech, which is about whom it wants, and not the reporter's."""
        first, last = scene.sentence.span
        index = max(0, bisect_right(scene.quotes, first, key=lambda quote: quote.inner[0]) - 1)
        near = takewhile(lambda quote: quote.inner[0] < last, scene.quotes[index:])
        return [quote for quote in near if quote.inner[1] - quote.inner[0] >= _SPEECH]

    def _turn(
        self, scene: Scene, token: int, starts: dict[int, Party], verbs: dict[int, Found], *, inner: bool,
        opened: bool,
    ) -> Turn | None:  # fmt: skip
        words, end, kinds = scene.reading.words, scene.sentence.end, self._kinds
        first = token
        while first < end and first - token < _SKIPPED and kinds[words[first]] & _SKIPS:
            first += 1
        party = starts.get(first)
        heads = party and party.end < end and (words[party.end].isalpha() or token == scene.sentence.start)
        if party and heads and party.prep == "" and not party.joined:
            object_ = self._after_aside(scene, token) and party.end not in verbs
            return None if object_ else Turn(token, party, inner)
        if framed := self._framed(scene, token, first, inner=inner, opened=opened):
            return framed
        if (
            first >= end
            or first in starts
            or kinds[words[first]] & _BARE
            or TANWIN in scene.reading.source(first)  # متهماً موسكو بـ: an object
        ):
            return None
        second = first + 1
        while second < end and second - first <= _SKIPPED and kinds[words[second]] & _SKIPS:
            second += 1
        party = starts.get(second)
        verbal = first in verbs or not (words[first].endswith(_NOUNS) or words[first].startswith("ال"))
        if party and party.prep == "" and not party.joined:
            object_ = accusative(words, party) or (first in verbs and self._object(scene, verbs[first], party))
            return Turn(token, party, inner) if verbal and not object_ else None
        if verbal and words[second : second + 1] and words[second] in PREPOSITIONS:
            # تحدث عن الملف X: a definite noun after the preposition owns nothing, so X is the subject.
            party = next((one for one in scene.after(second, _SKIPPED + 1)[:1] if can_act(one)), None)
            if party and party.prep == "" and not party.joined and words[party.start - 1].startswith("ال"):
                return Turn(token, party, inner)
        saying = first in verbs and verbs[first].entry.role == "say"
        # «من جانبه، جدّد السيناتور X»: of the sentence's first verb the subject must be told, known or not.
        opening = token == scene.sentence.start or not scene.turns
        unknown = second < end and opening and verbal and self.is_noun(scene, second)
        if unknown and (saying or first not in verbs):
            return Turn(token, None, inner, place=second)
        return None

    def _object(self, scene: Scene, found: Found, party: Party) -> bool:
        """«إنه يشكر X», «والتقى Y»: whether the party behind a verb is its object, being of another gender or met."""
        fits = agrees(scene.reading.words, party, feminine=found.entry.form.feminine)
        return (found.entry.role == "event" and not fits) or self.meets(scene, found, party)

    def _after_aside(self, scene: Scene, token: int) -> bool:
        """«طالبت X، في بيان، Y بـ»: whether an aside between commas ends here, behind which the object stands."""
        words, close = scene.reading.words, token - 1
        first = max(scene.sentence.start, close - _ASIDE)
        if close < first or words[close] not in {"،", ","} or not scene.turns:
            return False
        opens = next((at for at in range(close - 1, first - 1, -1) if words[at] in {"،", ","}), None)
        return opens is not None and words[opens + 1] in PREPOSITIONS and opens > scene.turns[-1].token

    def _framed(self, scene: Scene, token: int, first: int, *, inner: bool, opened: bool) -> Turn | None:
        """«سبق لـX أن طلب»: X asked; «إن بلاده»: the speaker's."""
        word = scene.reading.words[first] if first < scene.sentence.end else ""
        party = scene.at(token - 2) if opened and token >= scene.sentence.start + 2 else None
        if party is not None and party.prep == fold_text("على") and party.end == token - 1 and can_act(party):
            return Turn(token - 1, party, inner=True)  # على X أن يعلق
        if word in _PREVIOUSLY:
            party = next((one for one in scene.after(first, 1) if one.prep == "ل" and can_act(one)), None)
            return Turn(token, party, inner) if party else None
        if word in _BE and first + 1 < scene.sentence.end:
            word = scene.reading.words[first + 1]  # أن تكون بلاده قد
        if opened and word.startswith("ال") and self._does(scene, first):
            return Turn(token, None, inner, place=first)  # «إن الجنود فككوا الرادار»
        if not opened or not self.theirs(word):
            return None
        owner = self.subject(scene, token, feminine=word.endswith("ها"), main=True)
        return Turn(token, owner if owner and owner.kind != "MEDIA" else None, inner=True, free=True)

    def _does(self, scene: Scene, token: int) -> bool:
        """Whether a noun that names nobody the topic knows has its verb behind it."""
        verb = any(one.entry.form.tense != "noun" for one in scene.triggers(token + 1, token + 2))
        return verb and scene.at(token) is None and self.is_noun(scene, token)

    def theirs(self, word: str) -> bool:
        """بلاده, قواتها, طائراته: a country or body with its owner's pronoun."""
        noun = word.removesuffix("ها") if word.endswith("ها") else word.removesuffix("ه")
        return word in _THEIRS or (
            noun != word and (noun in self._bodies or (f"{noun[:-1]}ه" in self._bodies and noun.endswith("ت")))
        )

    def meets(self, scene: Scene, found: Found, party: Party) -> bool:
        """«زار X موسكو، والتقى Y»: whether the one party behind a verb of meeting is met by whom the text is about."""
        words = scene.reading.words
        # «من دون أن يلتقي Y»: it is still about whom the verb before was.
        within = words[found.token - 1] == "ان" and words[found.token - 2] in _WITHIN
        joined = found.proclitic or within or words[found.token - 1] in _JOINERS
        if found.entry.role != "event" or found.entry.rule not in self._personal or not joined:
            return False
        anew = found.token == scene.sentence.start or words[found.token - 1] in _CONTRASTS
        if found.entry.rule in self._called and anew:
            return False  # «ودعت وزارة X إلى», «بينما أدانت وزارة X» begin anew
        before = self.subject(scene, found.token, feminine=found.entry.form.feminine)
        if before is None or before.start == party.start or not set(party.countries) - set(before.countries):
            return False
        index = (scene.place(party) or 0) + 1
        nearby = [one for one in scene.parties[index : index + 2] if one.start <= party.end + _SKIPPED]
        return not any(one.acts and one.prep in {"", "مع", "ب"} and not one.joined for one in nearby)

    def is_noun(self, scene: Scene, token: int) -> bool:
        """Whether a word may name somebody unknown: no party, particle, verb or thing that is said or done."""
        word = scene.reading.words[token]
        if (
            not word.isalpha()
            or len(word) < _WORD
            or any(party.start <= token < party.end for party in scene.after(token - 1, 1))
        ):
            return False
        if scene.triggers(token, token + 1):
            return False
        if with_pronoun(word) or TANWIN in scene.reading.source(token):
            return False
        return not any(rest in self._known for _, rest in readings(word)) and word.removeprefix("ال") not in self._known

    def begins(self, scene: Scene, token: int) -> bool:
        """Whether a verb there opens a clause; behind a plain noun it is about that noun («شاهد قال إن»)."""
        words = scene.reading.words
        if token <= scene.sentence.start or words[token].startswith(("و", "ف")):
            return True
        before = words[token - 1]
        if not before.isalpha() or before in RELATIVE or before in _JOINERS or before in _WITHIN or scene.at(token - 1):
            return True
        rests = {rest for _, rest in readings(before)}
        return (
            bool(rests & (self._skip | self._openers.words | PREPOSITIONS | _BEFORE_VERBS))
            or bool(scene.triggers(token - 1, token))
            or TANWIN in scene.reading.source(token - 1)
        )

    def opens(self, word: str) -> bool:
        """Whether the word opens a subordinate clause (أن, إن)."""
        return word in self._openers

    def subject(
        self, scene: Scene, token: int, *, feminine: bool | None, main: bool = False, own: bool = False
    ) -> Party | None:  # fmt: skip
        """Return whom a verb at `token` without a subject is about, or None if that cannot be known.

        `feminine` None: a noun, which agrees with anybody; `main`: subordinate clauses do not count; `own`: nor does the sentence before.
        """
        words = scene.reading.words
        for turn in reversed(scene.turns_before(token)):
            if turn.inner and main:
                continue
            if turn.party is None:
                return None
            if turn.free or agrees(words, turn.party, feminine=feminine):
                return turn.party
        carried = scene.carried
        return carried if carried and not own and agrees(words, carried, feminine=feminine) else None

    def carried(self, scene: Scene) -> Party | None:
        """Return whom the next sentence's first verb is about, if it has no subject."""
        main = [turn for turn in scene.turns if not turn.inner]
        if main:
            return main[-1].party
        words, start = scene.reading.words, scene.sentence.start
        follows = words[start + 1] if start + 1 < scene.sentence.end else ""
        rests = {rest for _, rest in readings(follows)}
        subjectless = any(one.token == start for one in scene.found) or bool(
            rests & (PREPOSITIONS | self._openers.words)
        )
        return scene.carried if subjectless else None


@lru_cache(maxsize=1 << 15)
def with_pronoun(word: str) -> bool:
    """Whether the word is a preposition with a pronoun: فيه, خلاله."""
    return any(word.startswith(one) and word[len(one) :] in PRONOUNS for one in _BEFORE_PRONOUNS)


def noun_like(scene: Scene, cue: Found) -> bool:
    """«فضّل عدم ذكر اسمه»: behind such a word no verb of the past can stand, but a noun written like it."""
    before = scene.reading.words[cue.token - 1] if cue.token > scene.sentence.start else ""
    past = cue.entry.role == "say" and cue.entry.form.tense == "perfect" and not cue.proclitic
    # «قال طالب إن»: of two such verbs side by side the second is a noun.
    told = any(one.entry.role == "say" for one in scene.triggers(cue.token - 1, cue.token)) if before else False
    return past and (told or before in NOUN_FOLLOWS or before.removeprefix("و") in NOUN_FOLLOWS)


def can_act(party: Party) -> bool:
    """Whether verbs may be about the party: media speak, places and mere adjectives do nothing."""
    return party.acts or party.kind == "MEDIA"
