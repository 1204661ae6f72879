"""Events: what the patterns of verbs and verbal nouns tell, with status, date and place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from workers.arabic.letters import fold_text
from workers.config.topic import EventPattern
from workers.items import Event
from workers.tag.casting import Casting
from workers.tag.circumstances import Circumstances
from workers.tag.coded import Coded, about, repeats
from workers.tag.entities import PREPOSITIONS, TANWIN
from workers.tag.lexicon import Found, Lexicon
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import readings, stems
from workers.tag.scene import Scene
from workers.tag.splitting import countries_of
from workers.tag.subjects import IN_IT
from workers.tag.thread import YET

# How far, in tokens, a pattern looks for its words, and what it has in its complement: an event like it, or any.
# Tokens before a verb among which its pronoun's noun stands.
_ANTECEDENT = 4
_NEAR = 6
_FARTHEST = 24
_DEMANDED = 5
_GOVERNS = 12
_GOVERNS_ANY = 4
# Events of the same sentence with which a new one is compared.
_RECENT = 12
_LONG = 4
# What is done by saying it.
_SUFFERED = frozenset(["ASSAULT", "COERCE"])
_MATERIAL = frozenset(["material_conflict", "material_cooperation"])
_SPOKEN = frozenset(["verbal_cooperation", "verbal_conflict"])
# «اتفق X وY على كذا، وإن زيارة Z»: another thing that is said.
_DAMMA = "\u064f"
_ANEW = frozenset(["وان", *YET, *fold_text("لكن ولكن لكنه لكنها لكنهم ولكنه ولكنها بينما فيما").split()])
_CONDITIONS = frozenset([("ما", "لم"), ("اذا", "لم"), ("ان", "لم"), ("النظر", "في")])
_WHETHER = frozenset(["عما", "ما"])
_COMMAS = frozenset("،,")
_WE = frozenset(fold_text("نحن إننا أننا لأننا ونحن وإننا").split())
_WHEN = frozenset(fold_text("خلال بعد منذ قبل عقب إثر وبعد وقبل وعقب ومنذ أثناء").split())


class Heard(NamedTuple):
    """Tokens [start, end) of what `voice` said."""

    start: int
    end: int
    voice: Party


class Coder:
    """The event patterns of a topic, compiled."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        self._config = knowledge.events
        self._side = knowledge.side_of
        self._casting = Casting(knowledge)
        self._circumstances = Circumstances(knowledge)
        self._governing = frozenset(pattern.id for pattern in knowledge.events.patterns if pattern.govern)
        self._types = {entity.id: entity.type for entity in knowledge.entities}
        self._sides = {country for side in knowledge.topic.sides for country in side.countries}
        self._capitals = frozenset(knowledge.topic.capitals)
        self._stands_for = knowledge.stands_for
        self._naming = frozenset(fold_text(words).split()[-1] for words in knowledge.speech.so_called) - {"ب"}
        self._times = frozenset(map(fold_text, self._config.skip)) | PREPOSITIONS
        self._near = [frozenset(map(fold_text, self._config.near(pattern))) for pattern in self._config.patterns]
        self._previous = [frozenset(map(fold_text, pattern.previous)) for pattern in self._config.patterns]
        self._never = [frozenset(map(fold_text, pattern.never_after)) for pattern in self._config.patterns]
        self._unless = [frozenset(map(fold_text, pattern.unless)) for pattern in self._config.patterns]
        for rule, pattern in enumerate(self._config.patterns):
            lexicon.add_verbs("event", rule, pattern.verbs, exact=pattern.exact)
            lexicon.add_nouns("event", rule, pattern.nouns)
            for form in pattern.forms:
                lexicon.add_forms("event", rule, [form], "perfect" if form in pattern.verbal else "noun")

    def code(self, scene: Scene) -> list[Coded]:
        """Return the events of one sentence that involve a side of the topic and another party."""
        coded: list[Coded] = []
        told: list[Coded] = []
        last = -1
        for found in sorted((*scene.found, *scene.asides), key=lambda one: one.token):
            if found.entry.role not in {"event", "aside"} or found.token == last:
                continue
            pattern = self._config.patterns[found.entry.rule]
            if pattern.said or not self._applies(scene, found) or self._demanded(scene, found) or _asked(scene, found):
                continue
            if _unmet(scene, found) or self._called(scene, found.token):
                continue
            actors, recipients = self._casting.cast(scene, found, pattern)
            letter = coded[-1] if coded and scene.reading.words[found.token + 1 : found.token + 2] in IN_IT else None
            if letter and not recipients and (pattern.other or pattern.type == "SUPPORT"):
                recipients = letter.recipients
            one = self._event(scene, found, pattern, actors, recipients)
            if one is None:
                continue
            if letter:
                # «من المقرر أن ترسل رسالة تطلب فيها»: the asking is when the sending is.
                one = replace(one, event=replace(one.event, status=letter.event.status))
            told.append(one)
            if repeats(one, coded[-_RECENT:]) or self._governed(scene, one, told[-_RECENT:-1]):
                continue
            last = found.token
            coded.append(one)
        coded = [self._met(scene, one, told) for one in coded]
        visits = {(one.event.actor, one.event.recipient) for one in coded if one.event.mode == "visit"}
        # «وصل X إلى موسكو والتقى Y» is one consultation with Y.
        return [
            one
            for one in coded
            if one.event.type != "CONSULT" or one.event.mode or (one.event.actor, one.event.recipient) not in visits
        ]

    def own_acts(self, scene: Scene, heard: Sequence[Heard], coded: Sequence[Coded]) -> list[Coded]:
        """Return what speakers do by saying so («ندعو روسيا إلى», «نشكر موسكو»): `heard` are the tokens and who said them."""
        made: list[Coded] = []
        spoken = [one for one in heard if one.voice.countries and one.voice.kind != "MEDIA"]
        ours = [one for one in scene.asides if one.entry.role == "ours"]
        ours += [one for one in scene.found if one.entry.role == "event" and scene.reading.words[one.token - 1] in _WE]
        for found in ours if spoken else ():
            pattern = self._config.patterns[found.entry.rule]
            voice = next((one.voice for one in spoken if one.start <= found.token < one.end), None)
            apart = {one.trigger for one in (*coded, *made)}
            if voice is None or found.token in apart or not self._applies(scene, found):
                continue
            if self._config.quads[pattern.type] not in _SPOKEN:
                continue
            one = self._event(scene, found, pattern, (voice,), self._casting.objects(scene, found, (voice,)))
            if one and not repeats(one, made[-_RECENT:]):
                made.append(one)
        return made

    def accused(self, scene: Scene, heard: Iterable[Heard]) -> list[Coded]:
        """Return the accusations in what was said: `heard` are its tokens and who said it."""
        told = (one for one in heard if one.voice.countries and one.voice.kind != "MEDIA")
        spoken = sorted(told, key=lambda one: one.start)
        coded: list[Coded] = []
        for found in scene.found if spoken else ():
            pattern = self._config.patterns[found.entry.rule] if found.entry.role == "event" else None
            last = bisect_right(spoken, found.token, key=lambda one: one.start) - 1
            voice = spoken[last].voice if last >= 0 and found.token < spoken[last].end else None
            if pattern is None or not pattern.said or voice is None or not self._applies(scene, found):
                continue
            culprits = () if pattern.other else self._casting.cast(scene, found, pattern)[0]
            if found.entry.form.tense == "noun" or set(countries_of(culprits)) & set(voice.countries):
                continue
            one = self._event(scene, found, pattern, (voice,), culprits)
            if one and one.event.status not in {"negated", "hypothetical"} and not repeats(one, coded[-_RECENT:]):
                coded.append(one)
        return coded

    def _called(self, scene: Scene, token: int) -> bool:
        """«ما سمته “الاستيلاء على ممتلكات”»: whether a trigger stands in what somebody calls it."""
        at = scene.reading.source_starts[token]
        index = bisect_right(scene.quotes, at, key=lambda quote: quote.inner[0]) - 1
        if index < 0 or at >= scene.quotes[index].inner[1]:
            return False
        opening = scene.reading.token_at(scene.quotes[index].span[0])
        return bool(self._naming.intersection(scene.reading.words[max(0, opening - 2) : opening]))

    def _governed(self, scene: Scene, one: Coded, told: list[Coded]) -> bool:
        """«أبدى X استعداده لدعم Y»: whether an earlier trigger of the sentence has this one in its complement."""
        pair = {*one.event.actor_country, *one.event.recipient_country}
        words = scene.reading.words
        if one.circumstance or (words[one.trigger - 1] in _COMMAS and words[one.trigger].startswith("و")):
            return False  # «وعد X خلال زيارته Y بـ», «داعياً X إلى كذا، ومحذراً من»
        # «علقت X توريد كذا»: what is stopped is not done.
        if one.noun and any(
            other.event.type == "SANCTION"
            and 0 < one.trigger - other.trigger <= _GOVERNS_ANY
            and one.event.actor_country == other.event.actor_country
            for other in told
        ):
            return True
        return any(
            other.event.rule in self._governing
            and 0 < one.trigger - other.trigger < _GOVERNS
            and not _ANEW.intersection(scene.reading.words[other.trigger : one.trigger])
            and (
                pair == {*other.event.actor_country, *other.event.recipient_country}
                or one.trigger - other.trigger <= _GOVERNS_ANY
            )
            for other in told
        )

    def _met(self, scene: Scene, one: Coded, told: list[Coded]) -> Coded:
        """A visit to a capital is to whomever the visitor then meets there."""
        event = one.event
        if event.mode != "visit" or any(party.kind not in {"GPE", "PLACE"} for party in one.recipients):
            return one
        for other in told[:_RECENT]:
            if other.event.type != event.type or other.event.mode is not None:
                continue
            for guests, hosts in ((other.actors, other.recipients), (other.recipients, other.actors)):
                people = tuple(party for party in hosts if party.kind == "PER")
                same = self._ids(guests) == event.actor and event.actor
                if same and people and countries_of(people) == event.recipient_country:
                    here = [party.end for party in scene.inside(people)]
                    end = scene.reading.token_at(event.evidence.span[1])
                    words = scene.reading.cut(scene.reading.token_at(event.evidence.span[0]), max([end, *here]))
                    return replace(one, event=replace(event, recipient=self._ids(people), evidence=words))
        return one

    def _demanded(self, scene: Scene, found: Found) -> bool:
        """«مطالبتها X بالاعتذار», «هدد X بوقف كذا»: whether a noun tells what somebody is asked for or threatened with."""
        if found.entry.form.tense != "noun" or found.proclitic.lstrip("وف") not in {"ب", "ل"}:
            return False
        earlier = scene.triggers(max(scene.sentence.start, found.token - _DEMANDED), found.token)
        asked = (one for one in (*earlier, *scene.asides) if found.token - _DEMANDED <= one.token < found.token)
        rules = (self._config.patterns[one.entry.rule] for one in asked if one.entry.role in {"event", "aside"})
        return any((pattern.type == "REQUEST" and pattern.govern) or pattern.type == "THREATEN" for pattern in rules)

    def _applies(self, scene: Scene, found: Found) -> bool:
        if _counted(scene, found):
            return False
        near, unless = self._near[found.entry.rule], self._unless[found.entry.rule]
        previous, never = self._previous[found.entry.rule], self._never[found.entry.rule]
        if never and found.token and not never.isdisjoint(_forms(scene.reading.words[found.token - 1])):
            return False
        if previous and (found.token == 0 or previous.isdisjoint(_forms(scene.reading.words[found.token - 1]))):
            return False
        if not near and not unless:
            return True
        forms = scene.behind.get(found.token)
        if forms is None:
            forms = scene.behind[found.token] = self._behind(scene, found.token)
        if found.entry.form.pronoun or _suffered(scene, found):
            forms = forms.union(*map(_forms, self._owned_by(scene, found.token)))
        return unless.isdisjoint(forms) and (not near or not near.isdisjoint(forms))

    def _owned_by(self, scene: Scene, token: int) -> Sequence[str]:
        """«مجزرة ارتكبتها X», «الاتصال الهاتفي الذي أجراه X»: the words before a verb whose pronoun may mean one of them."""
        words = scene.reading.words[max(scene.sentence.start, token - _ANTECEDENT) : token]
        marks = [place for place, word in enumerate(words, 1) if not word.isalpha()]
        return words[marks[-1] :] if marks else words

    def _behind(self, scene: Scene, token: int) -> frozenset[str]:
        """Return the forms of the words among which a pattern's are looked for; names and times do not use up its reach."""
        counted, end = 0, min(scene.sentence.end, token + _FARTHEST)
        for at in range(token + 1, end):
            word = scene.reading.words[at]
            counted += word.isalpha() and word not in self._times and scene.at(at) is None
            if counted >= _NEAR:
                end = at + 1
                break
        return frozenset().union(*map(_forms, scene.reading.words[token + 1 : end]))

    def _event(
        self, scene: Scene, found: Found, pattern: EventPattern, actors: tuple[Party, ...], recipients: tuple[Party, ...]
    ) -> Coded | None:  # fmt: skip
        if actors and not recipients and (pattern.other or (pattern.govern and found.entry.form.tense == "noun")):
            # «أبدى X استعداده لمراجعة العقود»: to the one with whom alone the text has him deal.
            recipients = _other_of(scene, actors, self._casting.clause(scene, found))
            if pattern.type in _SUFFERED and scene.home and countries_of(recipients) != (scene.home,):
                recipients = ()  # whom home's own forces attack without a name need not be the other
            if not recipients and found.entry.role == "aside":
                recipients = _named_before(scene, actors, found.token, self._sides)
        elif actors and not recipients and found.entry.role == "aside" and pattern.type == "SUPPORT":
            recipients = _named_before(scene, actors, found.token, self._sides)
        elif (
            scene.inside(actors)
            and not recipients
            and self._config.quads[pattern.type] in _MATERIAL
            and not found.proclitic.strip("وف")
        ):
            # «أفرجت X عن راعي أغنام»: those without a country are of home.
            others = _other_of(scene, actors, self._casting.clause(scene, found))
            recipients = others if countries_of(others) == (scene.home,) else ()
        if not actors or not recipients:
            return None
        actor_countries, recipient_countries = countries_of(actors), countries_of(recipients)
        sides = {self._side(country) for country in (*actor_countries, *recipient_countries)} - {None}
        if not sides or actor_countries == recipient_countries or not recipient_countries or not actor_countries:
            return None
        here = scene.inside((*actors, *recipients))
        end = max([found.token + 1, *(party.end for party in here)])
        first = min([found.token, *(party.start for party in here)])
        earlier = scene.reading.words[max(scene.sentence.start, found.token - 2) : found.token]
        noun = found.entry.form.tense == "noun" or self._casting.is_noun(scene, found)
        circumstance = noun and bool(_WHEN.intersection(earlier))
        status = self._circumstances.status(scene, found, pattern, circumstance=circumstance)
        day = self._circumstances.date(scene, found)
        if status == "actual" and self._circumstances.is_past(scene, found, pattern, day):
            status = "historical"
        if status in {"future", "hypothetical"} and day and day.basis == "dateline":
            day = None
        # «اتفق الجانبان»: one word for both.
        together = {party.start for party in actors} & {party.start for party in recipients}
        reciprocal = pattern.reciprocal or bool(together) or any(party.prep == "بين" for party in actors)
        event = Event(
            type=pattern.type, mode=pattern.mode, status=status, actor=self._ids(actors),
            recipient=self._ids(recipients), actor_country=actor_countries, recipient_country=recipient_countries,
            reciprocal=reciprocal, date=day, place=self._circumstances.place(scene, pattern, end, recipients),
            quad=self._config.quads[pattern.type], trigger=scene.reading.cut(found.token, found.token + 1),
            evidence=scene.reading.cut(first, end), rule=pattern.id,
        )  # fmt: skip
        above = scene.sentence.zone == "headline"
        return Coded(event, actors, recipients, found.token, circumstance, noun, about(scene, found.token), above)

    def _ids(self, parties: tuple[Party, ...]) -> tuple[str, ...]:
        ids = [
            self._stands_for.get(one, one) for party in parties for one in party.ids
            if one in self._capitals or self._types.get(one, "PER") not in {"LOC", "FAC"}
        ]  # fmt: skip
        return tuple(dict.fromkeys(ids))


@lru_cache(maxsize=1 << 14)
def _forms(word: str) -> frozenset[str]:
    """Return what a word may be, with and without article and the accusative of an indefinite noun (راداراً)."""
    rests = {rest for _, rest in readings(word)} | stems(word)
    return frozenset(rests | {rest.removesuffix("ا") for rest in rests} | {_owned(rest) for rest in rests})


def _suffered(scene: Scene, found: Found) -> bool:
    """«اللجوء مُنح له»: whether vowels show a verb to be in the passive."""
    return found.entry.form.tense == "perfect" and _DAMMA in scene.reading.source(found.token)[:3]


def _asked(scene: Scene, found: Found) -> bool:
    """«ورداً على سؤال عما إذا كان X قد طلب»: whether an act is only what somebody asks about."""
    before = scene.reading.words[max(scene.sentence.start, found.token - _NEAR) : found.token]
    return any(one in _WHETHER and two == "اذا" for one, two in pairwise(before))


def _counted(scene: Scene, found: Found) -> bool:
    """«17 طالباً», «طالباً سورياً»: whether what reads as a verb in the dual is a noun in the accusative."""
    words, token, form = scene.reading.words, found.token, found.entry.form
    if found.entry.role != "event" or form.tense == "noun" or found.entry.noun or not words[token].endswith("ا"):
        return False
    described = token + 1 < scene.sentence.end and TANWIN in scene.reading.source(token + 1)
    return words[token - 1].isdecimal() or (described and TANWIN in scene.reading.source(token))


def _unmet(scene: Scene, found: Found) -> bool:
    """«ما لم تبعد X», «إعادة النظر في دعم Y»: whether an act is only a condition, or what somebody will think over."""
    before = tuple(scene.reading.words[max(scene.sentence.start, found.token - 2) : found.token])
    return before in _CONDITIONS


def _named_before(scene: Scene, actors: tuple[Party, ...], token: int, sides: set[str]) -> tuple[Party, ...]:
    """«نظم الأهالي وقفة أمام سفارة X، مطالبين بـ»: who was named last in the sentence, if that is the other side."""
    own = set(countries_of(actors))
    last = next((one for one in scene.before(token) if set(one.countries) - own), None)
    return (last,) if last and (last.acts or last.kind == "PLACE") and set(last.countries) <= sides else ()


def _other_of(scene: Scene, actors: tuple[Party, ...], behind: Sequence[Party]) -> tuple[Party, ...]:
    """Return the other of the two of whom the text speaks; but where the trigger's clause (`behind`) names it, it has its own part there."""
    own = set(countries_of(actors))
    if any(set(party.countries) - own for party in behind):
        return ()
    # Which of its people is meant nobody says.
    others = tuple(replace(party, kind="NOMINAL", ids=()) for party in scene.pair if not set(party.countries) & own)
    return others if len(others) == 1 and len(scene.pair) == 2 else ()


def _owned(word: str) -> str:
    """معداتها is معدات, whosever they are."""
    bare = word.removesuffix("ها") if word.endswith("ها") else word.removesuffix("هم") if word.endswith("هم") else word
    return bare if len(bare) >= _LONG else word
