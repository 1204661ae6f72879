"""Who did it to whom where a verbal noun tells it: by its genitive, its adjective, its prepositions, or whom the text is about."""

from __future__ import annotations

from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.topic import EventPattern
from workers.tag.entities import PREPOSITIONS
from workers.tag.gender import accusative
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import readings
from workers.tag.recipients import Recipients, tells_where
from workers.tag.scene import REACH, Scene
from workers.tag.splitting import Cast, countries_of, split, split_countries
from workers.tag.subjects import Subjects
from workers.tag.thread import RELATIVE

# How far, in tokens, a verbal noun looks for what carries it out.
_NEAR = 6
_BESIDE = 3
_CARGO = 14
# Parties behind a verbal noun among which its origin is looked for.
_ORIGINS = 3
_PAIR = 2
_BY = [fold_text("من"), fold_text("قبل")]
_HANDS = [[fold_text("يد")], [fold_text("أيدي")], [fold_text("يدي")]]
_STOPS = frozenset("،,؛.")
_THEIRS = [[fold_text("بلاده")], [fold_text("بلادها")]]
_REST = frozenset(map(fold_text, ("ما", "بقية", "آخر", "باقي")))
# «صدر عن X», and how far before the noun X may be named; what somebody else receives from him.
_ISSUE = frozenset(fold_text("صدر صدرت يصدر تصدر سيصدر ستصدر").split())
_ISSUED = 8
_SAID_BY = frozenset(["REJECT", "CONCEDE", "AGREE", "SUPPORT"])
# «الاجتماع الذي ضم X وY»
_BROUGHT = frozenset(fold_text("ضم ضمت يضم تضم سيضم ستضم جمع جمعت يجمع تجمع سيجمع ستجمع جمعه جمعها").split())
# «الأوراق المطبوعة في X»
_MADE = frozenset(fold_text("المطبوعة المطبوع المصنوعة المصنعة المنتجة طبعت").split())
_IN = frozenset(fold_text("في لدى").split())
_WHILE = frozenset(map(fold_text, ("بعد", "عقب", "خلال", "قبل", "إثر", "لدى", "قبيل", "أثناء")))
_NEARBY = frozenset(map(fold_text, ("قرب", "عند", "أمام", "على")))


class Nouns:
    """Finds actor and recipient of verbal nouns."""

    def __init__(self, knowledge: Knowledge, recipients: Recipients, subjects: Subjects) -> None:
        self._quads = knowledge.events.quads
        self._recipients = recipients
        self._subjects = subjects
        self._thread = subjects.thread
        self._carrying = {fold_text(word) for word in knowledge.events.carrying}
        self._orders = [tuple(map(fold_text, pattern.recipient)) for pattern in knowledge.events.patterns]

    def _hostile(self, pattern: EventPattern) -> bool:
        return self._quads[pattern.type] == "material_conflict"

    def parties(self, scene: Scene, found: Found, pattern: EventPattern) -> Cast:
        """Return actors and recipients of a verbal noun; either may be empty."""
        token = found.token
        after = scene.after(token)
        if two := self._told_as_two(scene, token, pattern):
            return two
        if pattern.both and len(scene.pair) == _PAIR:
            return scene.pair[:1], scene.pair[1:]
        issuer = self._issuer(scene, token, pattern, after)
        issued = [one for one in (*scene.before(token, _ISSUED), *after) if one is not issuer]
        actor, rest = (issuer, issued) if issuer else self._actor(scene, found, pattern, after)
        actor = actor or self._unowned(scene, pattern, after, token)
        if actor is None:
            return self._addressed(scene, token) if pattern.reciprocal else ((), ())
        actors = scene.chain(actor)
        if pattern.reciprocal and len(set(countries_of(actors))) > 1 and not self._hostile(pattern):
            return split(actors)  # «تسير X وY دوريات في كذا»
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

    def _unowned(self, scene: Scene, pattern: EventPattern, after: list[Party], token: int) -> Party | None:
        """«مقتل مدنيين على يد X», «مظاهرة في Y»: an agent behind a preposition, or the people of a place."""
        agent = (agent_of(scene, after) or _whence(after, token)) if self._hostile(pattern) else None
        if agent is None and pattern.local:
            agent = people_of(after) or people_of(scene.before(token)) or somebody(scene)
        return agent

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
        if pattern.type == "CONSULT" and (brought := self._brought(scene, token)):
            return brought
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

    def _brought(self, scene: Scene, token: int) -> Cast | None:
        """«المحادثات التي جمعت X وY»: whom a verb behind the noun brings together."""
        words = scene.reading.words
        verb = next(
            (at for at in range(token + 1, min(scene.sentence.end, token + _NEAR)) if words[at] in _BROUGHT), None
        )
        near = [party for party in scene.after(verb, _NEAR + _BESIDE) if party.acts] if verb is not None else []
        parties = [party for party in near if party.prep in {"", "ب", "مع"}][:2]
        two = len(parties) > 1 and set(parties[0].countries) - set(parties[1].countries)
        return ((parties[0],), (parties[1],)) if two else None

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
        # «جددوا مطالبة X بـ»
        return any(
            rest in self._carrying or rest.removesuffix("وا") in self._carrying
            for word in earlier
            for _, rest in readings(word)
        )

    def _actor(
        self, scene: Scene, found: Found, pattern: EventPattern, after: list[Party]
    ) -> tuple[Party | None, list[Party]]:
        """Return who does what a verbal noun tells, and the other parties behind it."""
        token = found.token
        own = scene.at(token)
        if own is not None and not pattern.origin:
            # «دورية روسية»: the word is part of whom it names, who acts unless the phrase is an object.
            object_ = self._hostile(pattern) and (own.prep or accusative(scene.reading.words, own))
            return None if object_ else own, after
        follows = scene.reading.words[token + 1 : token + 2]
        if follows in _THEIRS:
            return self._subjects.carried(scene, found, feminine=None, noun=True), after  # مطالبة بلاده X بـ…
        if pattern.origin:
            return self._origin(scene, token, pattern, after)
        verb = self._carried_by(scene, token)
        if verb is not None:
            doer = self._carrier(verb, after)
            if doer or (verb + 1 < scene.sentence.end and self._thread.is_noun(scene, verb + 1)):
                return doer, [one for one in after if one is not doer]
        if self._hostile(pattern) and after and after[0].kind == "PLACE" and after[0].start == token + 1:
            return None, after  # قصف إدلب: the target
        if after and self._owns(scene, found, pattern, after[0]):
            return after[0], after[1:]
        if found.entry.form.pronoun and after and after[0].prep == "" and after[0].start == token + 1:
            told = self._subjects.carried(scene, found, feminine=_owner(found), noun=True)
            return told or self._subjects.told_later(scene, token), after
        # A strike is laid to whoever carries it out, never to whoever the sentence is about.
        laid = self._hostile(pattern) and not pattern.local and pattern.type != "SANCTION"
        if laid and not found.entry.form.pronoun and not self._carried_out(scene, token):
            return None, after
        return self._subjects.carried(scene, found, feminine=_owner(found), noun=True), after

    def _issuer(self, scene: Scene, token: int, pattern: EventPattern, after: list[Party]) -> Party | None:
        """«لم يصدر عن X أي التزام», «برفض قاطع من X»: from whom what is said in a noun comes."""
        words = scene.reading.words
        before = next((one for one in scene.before(token, _BESIDE + 1) if one.prep == "عن" and one.acts), None)
        if before is not None and not _ISSUE.isdisjoint(words[max(0, before.start - _BESIDE) : before.start]):
            return before
        if pattern.type not in _SAID_BY:
            return None
        near = next((one for one in after if one.prep == "من" and one.acts and one.start <= token + _BESIDE), None)
        return near if near and near is after[0] else None

    def _carried_by(self, scene: Scene, token: int) -> int | None:
        """«مناورات نفذتها X», «الغارات التي شنتها X»: the token of the verb whose subject carries out what the noun names."""
        words = scene.reading.words
        verb = next(
            (at for at in range(token + 1, min(scene.sentence.end, token + _BESIDE + 1)) if self._carries(words[at])),
            None,
        )
        return None if verb is None or not RELATIVE.isdisjoint(words[token:verb]) else verb

    def _carrier(self, verb: int, after: list[Party]) -> Party | None:
        behind = [party for party in after if verb < party.start <= verb + _NEAR + _BESIDE]
        doer = next((party for party in behind if not tells_where(party)), None)
        return doer if doer and doer.acts and not doer.prep else None

    def _carries(self, word: str) -> bool:
        """«نفذها», without its pronoun نفذ; أجراها is أجرى."""
        bare = word.removesuffix("ها") if word.endswith("ها") else word.removesuffix("ه")
        return bare != word and (bare in self._carrying or f"{bare[:-1]}ي" in self._carrying)

    def _origin(
        self, scene: Scene, token: int, pattern: EventPattern, after: list[Party]
    ) -> tuple[Party | None, list[Party]]:
        """«أي طلب من X», «لم تتلق من X أي طلب»: whom it comes from."""
        # «باخرة تحمل ألف طن من القمح قادمة من X»: of a cargo it may be told late, or by the cargo's adjective.
        cargo = self._quads[pattern.type] == "material_cooperation"
        reach, beside = (_CARGO, _CARGO) if cargo else (_NEAR, _BESIDE)
        near = [party for party in after[:_ORIGINS] if party.start <= token + reach]
        # What is called after home («العملة السورية») comes there, and not from there.
        made = [
            one
            for one in near
            if one.kind == "THEME" and one.start <= token + beside and not (cargo and one.countries == (scene.home,))
        ]
        words = scene.reading.words
        made += [one for one in near if cargo and words[one.start - 1 - (words[one.start - 1] in _IN)] in _MADE]
        fits = (one for one in near if one.prep in pattern.origin or one in made)
        before = next((p for p in scene.before(token, _BESIDE)[:1] if p.prep in pattern.origin), None)
        origin = before or next(fits, None) or (self._carriers(scene, token) if cargo else None)
        return origin, [one for one in after if one is not origin]

    def _carriers(self, scene: Scene, token: int) -> Party | None:
        """«طائرة شحن روسية تحمل دفعة من الأوراق»: the vehicle that brings what the noun names."""
        near = next(iter(scene.before(token, _BESIDE)), None)
        if near is None or near.kind != "NOMINAL" or near.head != "body" or near.countries == (scene.home,):
            return None
        return None if near.prep else near

    def _owns(self, scene: Scene, found: Found, pattern: EventPattern, party: Party) -> bool:
        """Whether a party behind a verbal noun carries it out: its genitive or adjective, «زيارة لـX», «انسحاب ما تبقى من X»."""
        token = found.token
        if party.kind == "MEDIA":
            return False  # a medium that tells of an act has not done it
        if scene.reading.words[token + 1] in _REST and party.start <= token + _NEAR and party.prep in {"", "من"}:
            return bool(party.countries)
        adjective = party.kind == "THEME" and party.start <= token + 3 and self._describes(scene, token, party)
        genitive = party.prep == "" and party.start <= token + 1 and not found.entry.form.definite
        if genitive and pattern.type == "REQUEST" and self._carried_out(scene, token):
            return False  # «جدد X مطالبة Y بـ»
        # غارات على أهداف لـX: the targets are X's.
        plain = not PREPOSITIONS.intersection(scene.reading.words[token + 1 : party.start])
        goes = pattern.mode == "visit" and (party.kind == "PER" or party.head == "person")
        # «الضربات طالت موقعين لـX»: behind a noun with the article only its adjectives.
        near = (
            party.start == token + 1 or not found.entry.form.definite or scene.reading.words[token + 1].startswith("ال")
        )
        owns = party.prep == "ل" and party.start <= token + 4 and plain and near
        owner = owns and (goes or "ل" not in pattern.recipient)
        return adjective or ((genitive or owner) and not found.entry.form.pronoun)


def agent_of(scene: Scene, after: list[Party]) -> Party | None:
    """«قُصفت إدلب بطائرات روسية», «اعتقل من قبل X»: who does what a verb in the passive tells."""
    for party in after:
        before = scene.reading.words[max(0, party.start - 2) : party.start]
        by = before == _BY or (before[:1] == ["علي"] and before[1:] in _HANDS)
        if party.acts and (by or party.prep == "لدي" or (party.prep == "ب" and party.head == "body")):
            return party
    return None


def _whence(after: list[Party], token: int) -> Party | None:
    """«ضربة صاروخية من بارجة X»: the forces that a strike comes from."""
    near = (one for one in after if one.prep == "من" and one.head == "body" and one.acts)
    return next((one for one in near if one.start <= token + _BESIDE + 1), None)


def somebody(scene: Scene) -> Party | None:
    """«تجمع العشرات أمام سفارة X»: the people of home, where the sentence names no country but the two."""
    named = {country for party in scene.parties if party.kind != "MEDIA" for country in party.countries}
    alone = len(scene.pair) == _PAIR and named <= {country for party in scene.pair for country in party.countries}
    return (
        next((replace(one, kind="NOMINAL", ids=()) for one in scene.pair if one.countries == (scene.home,)), None)
        if alone
        else None
    )


def people_of(after: list[Party]) -> Party | None:
    """«خرجت مظاهرة في درعا»: whoever lives there."""
    near = (party for party in after if party.kind == "PLACE" and party.prep in _NEARBY)
    place = next((party for party in after if tells_where(party)), next(near, None))
    return replace(place, kind="NOMINAL", ids=()) if place else None


def _owner(found: Found) -> bool | None:
    pronoun = found.entry.form.pronoun
    return None if pronoun in {"", "هم", "هما"} else pronoun == "ها"
