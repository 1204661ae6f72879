"""Whom an act is done to: the recipient by word order and by the prepositions that a pattern names."""

from __future__ import annotations

from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.tag.forms import PRONOUNS
from workers.tag.gender import agrees
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms
from workers.tag.scene import Scene
from workers.tag.splitting import countries_of, without
from workers.tag.thread import with_pronoun

# Parties at the head of a sentence begin so many tokens from it; words that may stand between a verb and a party.
_BESIDE = 3
_SKIP_LIMIT = 12
_ABOUT = frozenset(["حول", fold_text("بشأن")])
_AT = frozenset(map(fold_text, ("على", "في", "وفي", "وعلى")))
# «استقبل X في دمشق Y»: where it was stands between.
_WHERE = frozenset(["في", "ب"])
_TIMES = frozenset(fold_text("قبيل عقب بعد قبل خلال أثناء إثر عشية بعيد").split())
_ASIDE = frozenset(map(fold_text, ("بعد", "عقب", "منذ", "قرب", "إثر", "جوار", "محيط")))
# «بحسب X», «عبر منصة X»: by whom or by which way it is known.
_SOURCES = frozenset(fold_text("عبر بحسب حسب وفق وفقا بحسبما منصة وحسب ووفق نقلا").split())
# «بدلاً من X»
_INSTEAD = frozenset(fold_text("بدلا عوضا بدل عوض").split())
_COMMAS = frozenset("،,؛")
# What one says rather than does.
# What media suffer like anybody.
_SUFFERED = frozenset(["SANCTION", "COERCE", "ACCUSE", "CONCEDE", "REQUEST"])
VERBAL = frozenset(["verbal_conflict", "verbal_cooperation"])


class Recipients:
    """Finds the recipients of triggers."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._quads = knowledge.events.quads
        self._held = knowledge.topic.held
        self._sides = frozenset(country for side in knowledge.topic.sides for country in side.countries)
        self._skip = Forms(fold_text(word) for word in knowledge.events.skip)
        relations = knowledge.topic.nominals.relations
        self._relations = Forms(fold_text(form) for word in relations for form in (word, f"ال{word}"))
        self._types = [pattern.type for pattern in knowledge.events.patterns]
        self._governing = {rule for rule, pattern in enumerate(knowledge.events.patterns) if pattern.govern}
        self._orders = [tuple(map(fold_text, pattern.recipient)) for pattern in knowledge.events.patterns]

    def find(
        self, scene: Scene, found: Found, actors: tuple[Party, ...], others: list[Party]
    ) -> tuple[Party, ...]:  # fmt: skip
        own = set(countries_of(actors))
        governs = found.entry.rule in self._governing
        together = len(own) > 1 and self._quads[self._types[found.entry.rule]] == "material_conflict"
        last = max([found.token + 1, *(party.end for party in scene.inside(actors))])
        others = self._within(scene, found, others, own)
        for way in self._order(found, others):
            for party in others:
                # «غارات سورية روسية على X»: of two who strike together one may strike its own.
                foreign = bool(set(party.countries) - own) or (
                    together and (party.acts or party.kind == "PLACE") and party not in actors
                )
                if (
                    not foreign
                    or (party.kind == "MEDIA" and not self._to_media(found))
                    or self._described_by(scene, party)
                ):
                    continue
                noun = found.entry.form.tense == "noun"
                if noun and not governs and party.prep == "بين" and self.another(scene, found.token, party.start):
                    continue
                if way == "any":
                    # بالتعاون مع X: whoever takes part suffers nothing.
                    fits = party.prep != "مع" or fold_text("مع") in self._orders[found.entry.rule]
                    # طلاب يدرسون في الجامعات الروسية, جلسة حول سوريا: where or about whom, not to whom.
                    place = (party.kind == "THEME" and self._where(scene, party)) or party.prep in _ABOUT
                    fits = fits and not ((place or self._aside(scene, party)) and self._asks(found))
                    # Of a noun's far companions behind a comma nobody knows whether they are meant.
                    far = noun and _COMMAS.intersection(scene.reading.words[last : party.start])
                    fits = fits and not far
                elif way == "object":
                    fits = party.prep == "" and not party.joined and party.kind != "THEME"
                    fits = fits and self.adjoins(scene, last, party.start)
                else:
                    fits = party.prep == way
                if fits:
                    chain = (party, *scene.chain(party)[1:])
                    return chain if together else tuple(without(one, own) for one in chain if set(one.countries) - own)
            if meant := self._by_pronoun(scene, found, way, own):
                return (meant,)
        return ()

    def _within(self, scene: Scene, found: Found, others: list[Party], own: set[str]) -> list[Party]:
        """Return the parties to whom it may be done."""
        words = scene.reading.words
        others = [
            party for party in others if not self.elsewhere(party) and words[party.start - 2] not in _INSTEAD
        ]  # fmt: skip
        if self._quads[self._types[found.entry.rule]] == "material_conflict":
            return [self._as_target(party, own) for party in others]
        if self._asks(found) and found.entry.form.tense != "noun":
            # «دعا X مجلس الأمن إلى كذا»: whom it is said to has no country.
            free = (
                at
                for at, one in enumerate(others)
                if not one.countries and one.acts and not one.prep and not one.joined
            )
            return others[: next(free, len(others))]
        return others

    def elsewhere(self, party: Party) -> bool:
        """«محكمة في باريس»: whether a party only tells that something is in a third country."""
        return tells_where(party) and self._sides.isdisjoint(party.countries)

    def _order(self, found: Found, others: list[Party]) -> tuple[str, ...]:
        """Return where a recipient is looked for; right behind its verb it is the object: «يشكر X على صلاتها بـY»."""
        order = self._orders[found.entry.rule]
        beside = "object" in order and any(party.start == found.token + 1 and not party.prep for party in others)
        return ("object", *order) if beside else order

    def _by_pronoun(self, scene: Scene, found: Found, way: str, own: set[str]) -> Party | None:
        """«وطلب منه», «وبحث معها»: whom the pronoun behind the trigger's preposition means."""
        if found.entry.form.tense == "noun":
            return None
        word = scene.reading.words[found.token + 1] if found.token + 1 < scene.sentence.end else ""
        pronoun = word.removeprefix(way)
        if pronoun == word or pronoun not in PRONOUNS:
            return None
        feminine = {"ه": False, "ها": True}.get(pronoun)
        others = (one for one in scene.before(found.token) if one.acts and set(one.countries) - own)
        return next((one for one in others if agrees(scene.reading.words, one, feminine=feminine)), None)

    def led_by(self, scene: Scene, token: int, actors: tuple[Party, ...]) -> tuple[Party, ...]:
        """«على أطراف إدلب شنت طائرات X غارات»: the target that stands at the head of the sentence."""
        first = next(iter(scene.parties), None)
        own = set(countries_of(actors))
        leads = first is not None and first.end <= token and first.start - scene.sentence.start <= _BESIDE
        return (
            (first,)
            if first and leads and set(first.countries) - own and scene.reading.words[scene.sentence.start] in _AT
            else ()
        )

    def adjoins(self, scene: Scene, start: int, end: int) -> bool:
        if end - start > _SKIP_LIMIT:
            return False
        words = scene.reading.words
        left = [token for token in range(start, end) if self._counts(words[token]) and not _timed(words, token)]
        return all((one := scene.at(token)) is not None and tells_where(one) for token in left)

    def another(self, scene: Scene, start: int, end: int) -> bool:
        return any(one.entry.role == "event" for one in scene.triggers(start + 1, end))

    def _as_target(self, party: Party, own: set[str]) -> Party:
        """A base is its holder's where it is attacked."""
        holder = next((self._held[one] for one in party.ids if one in self._held), None)
        return replace(party, countries=(holder,)) if holder and holder not in own else party

    def _described_by(self, scene: Scene, party: Party) -> bool:
        """«حليف X», «روسيا، الحليف الأبرز لنظام X»: who only tells whose ally another party is."""
        reach = 3 if party.prep == "ل" else 1
        words = scene.reading.words[max(scene.sentence.start, party.start - reach) : party.anchor]
        return any(map(self._relations.has, words))

    def _where(self, scene: Scene, party: Party) -> bool:
        return fold_text("في") in scene.reading.words[max(scene.sentence.start, party.start - 2) : party.start]

    def _aside(self, scene: Scene, party: Party) -> bool:
        """«بعد مغادرة X», «قرب X», «بحسب X»: whether a party only tells when, where or whence it is known."""
        earlier = scene.reading.words[max(scene.sentence.start, party.start - _BESIDE) : party.start]
        return not _ASIDE.isdisjoint(earlier) or not _SOURCES.isdisjoint(earlier)

    def _to_media(self, found: Found) -> bool:
        """Media are told things; what is done to them or laid to their charge is done to somebody."""
        return self._types[found.entry.rule] in _SUFFERED

    def _asks(self, found: Found) -> bool:
        return self._quads[self._types[found.entry.rule]] in VERBAL

    def _counts(self, word: str) -> bool:
        # «طلب منه X»: to whom, told by a pronoun.
        return word.isalpha() and word not in self._skip and not with_pronoun(word)


def _timed(words: list[str], token: int) -> bool:
    """«التقى قبيل الجلسة X»: whether a word says when, or is the noun behind one that does."""
    return words[token] in _TIMES or (words[token - 1] in _TIMES and words[token].startswith("ال"))


def tells_where(party: Party) -> bool:
    """Whether a party only says where."""
    if party.kind == "ORG":
        return party.prep == "في" and not party.head  # في الكرملين
    return party.prep in _WHERE and not party.head and party.kind in {"PLACE", "GPE"}
