"""Who did it to whom: the parties of a trigger, by word order and prepositions.

A party is a subject if it follows its verb at once or stands right before it; other parties are found by the
prepositions that the pattern names. What cannot be placed this way is left out rather than guessed.
"""

from __future__ import annotations

from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.topic import EventPattern
from workers.tag.entities import PREPOSITIONS
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.parties import Party
from workers.tag.reading import readings
from workers.tag.recipients import Recipients, tells_where
from workers.tag.scene import REACH, Scene
from workers.tag.splitting import Cast, countries_of, split, split_countries
from workers.tag.subjects import IN_IT, Subjects
from workers.tag.thread import NOUN_FOLLOWS, YET

# How far, in tokens, a verbal noun looks for what carries it out, and a verb for its subject.
_NEAR = 6
_BESIDE = 3
_FAR = 12
_PAIR = 2
# Parties behind a verbal noun among which its origin is looked for.
_ORIGINS = 3
_STOPS = frozenset("،,؛.")
_THAT = frozenset(map(fold_text, ("أن", "بأن", "لأن", "كأن")))
_BY = [fold_text("من"), fold_text("قبل")]
_HANDS = [[fold_text("يد")], [fold_text("أيدي")], [fold_text("يدي")]]
_HIM = [[fold_text("إياه")], [fold_text("إياها")], [fold_text("إياهم")]]
_NEARBY = frozenset(map(fold_text, ("قرب", "عند", "أمام", "على")))
_THEIRS = [[fold_text("بلاده")], [fold_text("بلادها")]]
_WHILE = frozenset(map(fold_text, ("بعد", "عقب", "خلال", "قبل", "إثر", "لدى", "قبيل", "أثناء")))
_VERB_FOLLOWS = frozenset(map(fold_text, ("سبق", "بعد", "منذ", "إلى", "لولا", "علما", "مذ")))
_JOINING = frozenset(map(fold_text, ("كما", "فيما", "بينما")))
_DAMMA = "\u064f"


class Casting:
    """Finds actor and recipient of triggers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._quads = knowledge.events.quads
        self._recipients = Recipients(knowledge)
        self._subjects = Subjects(knowledge, self._recipients)
        self._carrying = {fold_text(word) for word in knowledge.events.carrying}
        self._types = [pattern.type for pattern in knowledge.events.patterns]
        self._orders = [tuple(map(fold_text, pattern.recipient)) for pattern in knowledge.events.patterns]

    def cast(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        """Return actors and recipients of a trigger; either may be empty."""
        if found.entry.form.tense == "participle":
            return self._aside(scene, found, pattern)
        if found.entry.form.tense == "noun" or self.is_noun(scene, found):
            return self._noun_parties(scene, found, pattern)
        if found.entry.form.tense == "perfect" and self._governed(scene, found):
            return (), ()
        return self._verb_parties(scene, found, pattern)

    def clause(self, scene: Scene, token: int) -> list[Party]:
        """Return the parties behind a trigger in its own clause."""
        end = self._clause_end(scene, token)
        return [one for one in scene.after(token) if one.start < end]

    def objects(self, scene: Scene, found: Found, actors: tuple[Party, ...]) -> tuple[Party, ...]:
        """Return to whom `actors`, who are known, do what a trigger tells."""
        return self._recipients.find(scene, found, actors, self.clause(scene, found.token))

    def _aside(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        """«أكد X كذا، مطالباً Y بـ»: the participle is the subject's of the main clause."""
        words, token = scene.reading.words, found.token
        parted = token > scene.sentence.start and words[token - 1] in _STOPS
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
        if subject is None:
            return self._untold(scene, found, pattern, after)
        actors = scene.chain(subject)
        end = self._clause_end(scene, token)
        others = [party for party in rest if party not in actors and party.start < end]
        recipients = self._recipients.find(scene, found, actors, others)
        if not recipients and self._hostile(pattern):
            recipients = self._recipients.led_by(scene, token, actors)
        visits = pattern.type == "CONSULT"
        if pattern.invert and (passive or (visits and not recipients and _at_others(actors, others))):
            hosts = tuple(party for party in others if party.prep in {"في", "ب", "من"})[:1]
            return actors, hosts
        if not recipients and found.entry.form.pronoun:
            back = self._subjects.carried(scene, found, feminine=found.entry.form.pronoun == "ها")
            recipients = (back,) if back and back is not subject else ()
        if pattern.invert:
            return recipients, actors
        if not recipients and len({*countries_of(actors)}) == _PAIR and not self._hostile(pattern):
            return split(actors)
        return actors, recipients

    def _untold(self, scene: Scene, found: Found, pattern: EventPattern, after: list[Party]) -> Cast:
        """Return the parties of a verb that has no subject: an agent behind a preposition, or the people of a place."""
        between = next((party for party in after if party.prep == "بين"), None) if pattern.reciprocal else None
        if between is not None and between.start <= found.token + _FAR:
            return split(scene.chain(between))  # وُقع العقد بين X وY
        agent = self._agent(scene, after) if self._hostile(pattern) else None
        if agent:
            own = set(agent.countries)
            return (agent,), tuple(one for one in scene.parties if one is not agent and set(one.countries) - own)[:1]
        people = self._people_of(after) if pattern.local else None
        if people is None:
            return (), ()
        return (people,), self._recipients.find(scene, found, (people,), [one for one in after if one is not people])

    def _agent(self, scene: Scene, after: list[Party]) -> Party | None:
        """«قُصفت إدلب بطائرات روسية», «اعتقل من قبل X»: who does what a verb in the passive tells."""
        for party in after:
            before = scene.reading.words[max(0, party.start - 2) : party.start]
            by = before == _BY or (before[:1] == ["علي"] and before[1:] in _HANDS)
            if (by and party.acts) or (party.prep == "ب" and party.head == "body" and party.acts):
                return party
        return None

    def _people_of(self, after: list[Party]) -> Party | None:
        """«خرجت مظاهرة في درعا»: whoever lives there."""
        near = (party for party in after if party.kind == "PLACE" and party.prep in _NEARBY)
        place = next((party for party in after if tells_where(party)), next(near, None))
        return replace(place, kind="NOMINAL", ids=()) if place else None

    def _clause_end(self, scene: Scene, token: int) -> int:
        """«التقى X Y، كما بحث مع Z»: the token of the next verb that a comma and "and" part from this one, or of "however"."""
        words = scene.reading.words
        limit = min(scene.sentence.end, token + REACH)
        yet = next((at for at in range(token + 1, limit - 1) if words[at] in YET and words[at + 1] in _THAT), limit)
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

    def _noun_parties(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        token = found.token
        after = scene.after(token)
        if two := self._told_as_two(scene, token, pattern):
            return two
        if pattern.both and len(scene.pair) == _PAIR:
            return scene.pair[:1], scene.pair[1:]
        actor, rest = self._noun_actor(scene, found, pattern, after)
        if actor is None and pattern.local:
            actor = self._people_of(after)
        if actor is None:
            return self._addressed(scene, token) if pattern.reciprocal else ((), ())
        actors = scene.chain(actor)
        end = self._next_clause(scene, token)
        others = [party for party in rest if party not in actors and party.start < end]
        recipients = self._recipients.find(scene, found, actors, others)
        if pattern.origin and not recipients:
            # تلقي X أي طلب من Y: whoever stands before received it.
            before = [party for party in scene.before(token, _NEAR + _BESIDE) if party not in actors]
            near = [party for party in before[:1] if party.acts or party.kind == "PLACE"]
            recipients = tuple(party for party in near if set(party.countries) - set(countries_of(actors)))
        if pattern.mode == "visit" and actor in after and actor.kind in {"GPE", "PLACE"}:
            # «دعوة لزيارة موسكو»: where it goes.
            visitor = self._visitor(scene, found, actor)
            return ((visitor,), actors) if visitor else ((), ())
        if actor in after and (cast := self._suffered(scene, found, pattern, actors, recipients)) is not None:
            return cast
        if not recipients and len(set(countries_of(actors))) > 1 and not self._hostile(pattern):
            return split(actors)
        if not recipients and pattern.reciprocal:
            return self._met(scene, found, actors) or self._addressed(scene, token)
        return (recipients, actors) if pattern.invert else (actors, recipients)

    def _suffered(
        self, scene: Scene, found: Found, pattern: EventPattern, genitive: tuple[Party, ...], recipients: tuple[Party, ...]
    ) -> Cast | None:  # fmt: skip
        """«اعتقال X»: where the genitive is who suffers the act, or where a visit goes; None if it is who acts."""
        visitor = self._visitor(scene, found, genitive[0]) if pattern.mode == "visit" and not recipients else None
        if visitor:
            return (visitor,), genitive
        # اعتقال X الفار إلى Y: only a preposition of the pattern tells that the genitive is the one who acts.
        told = any(party.prep in self._orders[found.entry.rule] for party in recipients)
        if pattern.genitive != "recipient" or told:
            return None
        if self._hostile(pattern) and not self._carried_out(scene, found.token):
            return (), ()
        giver = self._subjects.carried(scene, found, feminine=None, noun=True)
        if giver is None or giver in genitive:
            return (), ()
        return (genitive, (giver,)) if pattern.invert else ((giver,), genitive)

    def _visitor(self, scene: Scene, found: Found, place: Party) -> Party | None:
        """«يعتزم X زيارة موسكو»: the genitive of a place is where he goes."""
        visitor = (
            self._subjects.carried(scene, found, feminine=None, noun=True) if place.kind in {"GPE", "PLACE"} else None
        )
        return visitor if visitor and set(visitor.countries) - set(place.countries) else None

    def _next_clause(self, scene: Scene, token: int) -> int:
        """«في زيارة رسمية، وعاد X إلى Y»: the token where "and" behind a comma begins something else."""
        words = scene.reading.words
        limit = min(scene.sentence.end - 1, token + REACH)
        return next((at + 1 for at in range(token + 1, limit) if words[at] in _STOPS and words[at + 1].startswith("و")
                     and scene.at(at + 1) is None), scene.sentence.end)  # fmt: skip

    def _told_as_two(self, scene: Scene, token: int, pattern: EventPattern) -> Cast | None:
        """«لقاء روسي سوري», «مباحثات بين X وY»: both parties told at once."""
        for party in scene.after(token):
            together = len(set(party.countries)) > 1 and not self._hostile(pattern)
            if together and party.start <= token + 3 and not party.listed:
                # لقاء روسي سوري: both adjectives stand on one noun.
                return split_countries(party)
            if (
                party.prep == "بين"
                and pattern.mode != "visit"
                and party.start <= token + _NEAR + 4
                and not self._recipients.another(scene, token, party.start)
            ):
                return split(scene.chain(party))
        return None

    def _met(self, scene: Scene, found: Found, actors: tuple[Party, ...]) -> Cast | None:
        """«غادر X بعد لقاء Y»: whom the sentence is about met Y."""
        before = scene.reading.words[found.token - 1] if found.token > scene.sentence.start else ""
        met = (
            self._subjects.carried(scene, found, feminine=None, noun=True)
            if before.removeprefix("و") in _WHILE
            else None
        )
        return ((met,), actors) if met and set(met.countries) - set(countries_of(actors)) else None

    def _addressed(self, scene: Scene, token: int) -> Cast:
        """«X لـY في اتصال هاتفي: …»: who speaks to whom, at the head of the sentence."""
        pair = scene.parties[:2]
        if len(pair) < 2 or pair[1].end > token or pair[0].prep or pair[1].prep != "ل" or pair[1].start != pair[0].end:
            return (), ()
        return ((pair[0],), (pair[1],)) if set(pair[1].countries) - set(pair[0].countries) else ((), ())

    def _describes(self, scene: Scene, token: int, party: Party) -> bool:
        """«استعداده لدعم الاقتصاد السوري»: behind a preposition an adjective belongs to another noun."""
        between = scene.triggers(token + 1, party.start)
        return not any(one.proclitic.strip("وف") for one in between)

    def _carried_out(self, scene: Scene, token: int) -> bool:
        earlier = scene.reading.words[max(scene.sentence.start, token - _NEAR) : token]
        return any(rest in self._carrying for word in earlier for _, rest in readings(word))

    def _noun_actor(
        self, scene: Scene, found: Found, pattern: EventPattern, after: list[Party]
    ) -> tuple[Party | None, list[Party]]:
        token = found.token
        own = scene.at(token)
        if own is not None and not pattern.origin:
            return own, after  # «دورية روسية»: the word is part of whom it names
        follows = scene.reading.words[token + 1 : token + 2]
        if follows in _THEIRS:
            return self._subjects.carried(scene, found, feminine=None, noun=True), after  # مطالبة بلاده X بـ…
        if pattern.origin:
            near = [party for party in after[:_ORIGINS] if party.start <= token + _NEAR]
            fits = (p for p in near if p.prep in pattern.origin or (p.kind == "THEME" and p.start <= token + 3))
            # لم تتلق من X أي طلب
            origin = next((p for p in scene.before(token, _BESIDE)[:1] if p.prep in pattern.origin), None)
            origin = origin or next(fits, None)
            return origin, [one for one in after if one is not origin]
        if self._hostile(pattern) and after and after[0].kind == "PLACE" and after[0].start == token + 1:
            return None, after  # قصف إدلب: the target
        for party in after[:1]:
            adjective = party.kind == "THEME" and party.start <= token + 3 and self._describes(scene, token, party)
            genitive = party.prep == "" and party.start <= token + 1 and not found.entry.form.definite
            # غارات على أهداف لـX: the targets are X's.
            plain = not PREPOSITIONS.intersection(scene.reading.words[token + 1 : party.start])
            goes = pattern.mode == "visit" and (party.kind == "PER" or party.head == "person")
            owns = party.prep == "ل" and party.start <= token + 4 and plain
            owner = owns and (goes or "ل" not in pattern.recipient)
            if adjective or ((genitive or owner) and not found.entry.form.pronoun):
                return party, after[1:]
        if found.entry.form.pronoun and after and after[0].prep == "" and after[0].start == token + 1:
            told = self._subjects.carried(scene, found, feminine=_owner(found), noun=True)
            return told or self._subjects.told_later(scene, token), after
        # A strike is laid to whoever carries it out, never to whoever the sentence is about.
        laid = self._hostile(pattern) and not pattern.local
        if laid and not found.entry.form.pronoun and not self._carried_out(scene, token):
            return None, after
        return self._subjects.carried(scene, found, feminine=_owner(found), noun=True), after


def _owner(found: Found) -> bool | None:
    pronoun = found.entry.form.pronoun
    return None if pronoun in {"", "هم", "هما"} else pronoun == "ها"


def _at_others(actors: tuple[Party, ...], others: list[Party]) -> bool:
    own = set(countries_of(actors))
    return any(party.prep in {"في", "ب"} and party.countries and not set(party.countries) & own for party in others[:2])
