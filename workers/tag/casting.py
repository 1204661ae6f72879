"""Who did it to whom: the parties of a trigger, by word order and prepositions.

A party is a subject if it follows its verb at once or stands right before it; other parties are found by the
prepositions that the pattern names. What cannot be placed this way is left out rather than guessed.
"""

from __future__ import annotations

from workers.arabic.letters import fold_text
from workers.config.topic import EventPattern
from workers.tag.entities import PREPOSITIONS, TANWIN
from workers.tag.gender import agrees
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.nouns import Nouns, agent_of, people_of, somebody
from workers.tag.party import Party
from workers.tag.recipients import Recipients, tells_where
from workers.tag.scene import REACH, Scene
from workers.tag.splitting import Cast, countries_of, split
from workers.tag.subjects import IN_IT, Subjects
from workers.tag.thread import NOUN_FOLLOWS, YET

_FAR = 18
_PAIR = 2
_STOPS = frozenset("،,؛.")
_THAT = frozenset(map(fold_text, ("أن", "بأن", "لأن", "كأن")))
_HIM = [[fold_text("إياه")], [fold_text("إياها")], [fold_text("إياهم")]]
_VERB_FOLLOWS = frozenset(map(fold_text, ("سبق", "بعد", "منذ", "إلى", "لولا", "علما", "مذ")))
_JOINING = frozenset(map(fold_text, ("كما", "فيما", "بينما")))
_DAMMA = "\u064f"


class Casting:
    """Finds actor and recipient of triggers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._quads = knowledge.events.quads
        self._also_nouns = frozenset(map(fold_text, knowledge.speech.also_nouns))
        self._recipients = Recipients(knowledge)
        self._subjects = Subjects(knowledge, self._recipients)
        self._nouns = Nouns(knowledge, self._recipients, self._subjects)

    def cast(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        """Return actors and recipients of a trigger; either may be empty."""
        if found.entry.form.tense == "participle":
            return self._aside(scene, found, pattern)
        if found.entry.form.tense == "noun" or self.is_noun(scene, found):
            return self._nouns.parties(scene, found, pattern)
        if found.entry.form.tense == "perfect" and self._governed(scene, found):
            return (), ()
        return self._verb_parties(scene, found, pattern)

    def clause(self, scene: Scene, found: Found) -> list[Party]:
        """Return the parties behind a trigger in its own clause; a noun's ends at a comma."""
        end = self._clause_end(scene, found.token)
        if found.entry.form.tense == "noun":
            words = scene.reading.words
            end = next((at for at in range(found.token + 1, min(end, found.token + REACH)) if words[at] in _STOPS), end)
        return [one for one in scene.after(found.token) if one.start < end]

    def objects(self, scene: Scene, found: Found, actors: tuple[Party, ...]) -> tuple[Party, ...]:
        """Return to whom `actors`, who are known, do what a trigger tells."""
        return self._recipients.find(scene, found, actors, self.clause(scene, found))

    def _aside(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        """«أكد X كذا، مطالباً Y بـ»: the participle is the subject's of the main clause."""
        words, token = scene.reading.words, found.token
        # «اتصل X بـY مهنئاً»: right behind a name its ending alone shows it.
        noun = found.entry.form.text in self._also_nouns
        behind = TANWIN in scene.reading.source(token) and scene.at(token - 1) is not None and not noun
        parted = token > scene.sentence.start and (words[token - 1] in _STOPS or behind)
        if not parted or pattern.invert:
            return (), ()
        subject = self._subjects.main(scene, token)
        actors = scene.chain(subject) if subject else ()
        if not actors:
            return (), ()
        if words[token + 1 : token + 2] in _HIM:
            # داعياً إياه إلى: whoever was named last besides.
            others = (one for one in scene.before(token) if set(one.countries) - set(countries_of(actors)))
            return actors, tuple(one for one in (next(others, None),) if one)
        return actors, self.objects(scene, found, actors)

    def _governed(self, scene: Scene, found: Found) -> bool:
        """«عن رفع العقوبات», «أن رفع العقوبات»: behind a preposition or أن a past verb's form is its verbal noun."""
        before = scene.reading.words[found.token - 1] if found.token > scene.sentence.start else ""
        if before in _THAT and found.token > scene.sentence.start + 1:
            # «سبق أن زار», «بعد أن زار»: it stays a verb.
            earlier = scene.reading.words[found.token - 2]
            if earlier.removeprefix("و") in _VERB_FOLLOWS:
                return False
        return not found.entry.form.feminine and (before in PREPOSITIONS or before in _THAT or before in NOUN_FOLLOWS)

    def is_noun(self, scene: Scene, found: Found) -> bool:
        """قصف, رفض: of a form that may be both, a verb is the one with its subject beside it."""
        if not found.entry.noun or scene.reading.words[found.token + 1 : found.token + 2] in IN_IT:
            return False
        if found.proclitic in {"و", "ف"} and scene.reading.words[found.token - 1] in _STOPS:
            return False
        governed = bool(found.proclitic.strip("وف")) or scene.reading.words[max(0, found.token - 1)] in PREPOSITIONS
        return governed or self._subjects.beside(scene, found, scene.after(found.token))[0] is None

    def _verb_parties(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        token = found.token
        after = scene.after(token)
        subject, rest = self._subjects.beside(scene, found, after)
        passive = _DAMMA in scene.reading.source(token)[:4] and found.entry.form.tense == "perfect"
        if found.entry.form.passive or (passive and subject is None):
            return self._untold(scene, found, pattern, after)
        if found.entry.form.pronoun and rest and subject is None:
            subject = rest[0] if rest[0].start == token + 1 and rest[0].prep == "" else None
            rest = rest[1:] if subject else rest
        if subject is None:
            subject = self._subjects.carried(scene, found, feminine=found.entry.form.feminine)
        if subject is None or (passive and not pattern.invert):
            return (
                self._suffered(scene, subject, rest, token) if subject else self._untold(scene, found, pattern, after)
            )
        actors = scene.chain(subject)
        end = self._clause_end(scene, token)
        others = [party for party in rest if party not in actors and party.start < end]
        # «ويحثها على استخدام صلاتها بـX»
        back = self._back(scene, found, actors) if pattern.personal and found.entry.form.pronoun else None
        recipients = (back,) if back else self._recipients.find(scene, found, actors, others)
        if not recipients and self._hostile(pattern):
            recipients = self._recipients.led_by(scene, token, actors)
        visits = pattern.type == "CONSULT"
        if pattern.invert and (passive or (visits and not recipients and _at_others(actors, others))):
            hosts = tuple(party for party in others if party.prep in {"في", "ب", "من"})[:1]
            return actors, hosts
        if not recipients and found.entry.form.pronoun:
            back = self._back(scene, found, actors)
            recipients = (back,) if back else ()
        if pattern.invert:
            return recipients, actors
        if not recipients and len({*countries_of(actors)}) == _PAIR and not self._hostile(pattern):
            return split(actors)
        return actors, recipients

    def _back(self, scene: Scene, found: Found, actors: tuple[Party, ...]) -> Party | None:
        """Return whom the object pronoun of a verb means."""
        back = self._subjects.carried(scene, found, feminine=found.entry.form.pronoun == "ها")
        return back if back and set(back.countries) - set(countries_of(actors)) else _meant(scene, found, actors)

    def _suffered(self, scene: Scene, patient: Party, rest: list[Party], token: int) -> Cast:
        """«مُنح X اللجوء في Y», «احتُجز X لدى Y»: the patient of a passive verb, and whose hands or land it was in."""
        end = self._clause_end(scene, token)
        others = [party for party in rest if party.start < end and set(party.countries) - set(patient.countries)]
        agent = agent_of(scene, others) or people_of([one for one in others if tells_where(one)])
        return ((agent,), scene.chain(patient)) if agent else ((), ())

    def _untold(self, scene: Scene, found: Found, pattern: EventPattern, after: list[Party]) -> Cast:
        """Return the parties of a verb that has no subject: an agent behind a preposition, or the people of a place."""
        between = next((party for party in after if party.prep == "بين"), None) if pattern.reciprocal else None
        if between is not None and between.start <= found.token + _FAR:
            return split(scene.chain(between))  # وُقع العقد بين X وY
        agent = agent_of(scene, after) if self._hostile(pattern) else None
        if agent is None and self._quads[pattern.type] == "material_cooperation":
            # «اللجوء مُنح للأسد بقرار من X»
            giver = next((party for party in after if party.prep == "من" and party.acts), None)
            given = [
                party
                for party in after
                if giver and party is not giver and party.prep == "ل" and set(party.countries) - set(giver.countries)
            ]
            return ((giver,), tuple(given[:1])) if giver and given else ((), ())
        if agent:
            own = set(agent.countries)
            return (agent,), tuple(one for one in scene.parties if one is not agent and set(one.countries) - own)[:1]
        people = (people_of(after) or somebody(scene)) if pattern.local else None
        if people is None:
            return (), ()
        return (people,), self._recipients.find(scene, found, (people,), [one for one in after if one is not people])

    def _clause_end(self, scene: Scene, token: int) -> int:
        """«التقى X Y، كما بحث مع Z»: the token of the next verb that a comma and "and" part from this one, or of "however"."""
        words = scene.reading.words
        limit = min(scene.sentence.end, token + REACH)
        yet = next((at for at in range(token + 1, limit - 1) if words[at] in YET and words[at + 1] in _THAT), limit)
        # «دعا X كذا، متهماً Y»
        asides = (one.token for one in scene.asides if token < one.token < yet and words[one.token - 1] in _STOPS)
        yet = next(asides, yet)
        for one in scene.triggers(token + 1, yet):
            parted = words[one.token - 1] in _JOINING or (
                words[one.token - 1] in _STOPS and (one.proclitic in {"و", "ف"} or one.entry.role == "say")
            )
            if parted and one.entry.role in {"event", "say"} and one.entry.form.tense != "noun":
                return one.token
        return yet if yet < limit else scene.sentence.end

    def _hostile(self, pattern: EventPattern) -> bool:
        """Whether two sides named together do it together («غارات سورية روسية») rather than to each other."""
        return self._quads[pattern.type] == "material_conflict"


def _meant(scene: Scene, found: Found, actors: tuple[Party, ...]) -> Party | None:
    """«انتقد تأخر X، وطالبها بـ»: whom an object pronoun means, if no clause is about it: the other named last."""
    feminine = {"ه": False, "ها": True}.get(found.entry.form.pronoun)
    own = set(countries_of(actors))
    others = [one for one in scene.before(found.token) if one.acts and one.countries and not set(one.countries) & own]
    fit = [one for one in others if agrees(scene.reading.words, one, feminine=feminine)]
    # «شكر X على صلاتها بـY، وحثها»: an object rather than whom a preposition names.
    return next((one for one in fit if not one.prep), next(iter(fit), None))


def _at_others(actors: tuple[Party, ...], others: list[Party]) -> bool:
    own = set(countries_of(actors))
    return any(party.prep in {"في", "ب"} and party.countries and not set(party.countries) & own for party in others[:2])
