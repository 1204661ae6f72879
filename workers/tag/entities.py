"""Who and what is named: known forms and country adjectives, clitics allowed, ambiguous forms decided by context."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress

from workers.arabic.letters import fold_text
from workers.config.topic import EntityConfig, Regime, Sense
from workers.items import Entity, Mention, Span
from workers.tag.forms import adjective_forms, verb_forms
from workers.tag.loader import Knowledge
from workers.tag.reading import Forms, Memo, Reading, readings
from workers.tag.variants import Variants

NEAR = 4
# Letters of a last name that may stand alone.
# «وكان X قد», «أما X فـ», «أن X»: behind these a name stands as a subject.
_DEFINITE = ("ال", "وال", "لل", "بال")
# What another thing may be named after: «شارع X».
_BORNE = frozenset(["GPE", "LOC", "PER"])
_TWO = 2
_GIVEN = 3
_FAMILY = 5
_SHORT = 3
_QUOTES = frozenset('"“”«»')
TANWIN = "\u064b"
PREPOSITIONS = frozenset(
    fold_text(
        "مع إلى على من عن في بين ضد لدى عند تجاه حيال إزاء نحو باتجاه بحق برفقة عبر حول بشأن خلال بعد قبل منذ داخل خارج"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens [start, end) that name `entity`, or an adjective or people word of country `iso` if entity is None."""

    start: int
    end: int
    proclitic: str
    entity: EntityConfig | None
    iso: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A written form of an entity: the words behind its first one."""

    entity: EntityConfig
    rest: tuple[str, ...]
    senses: tuple[Sense, ...]


class Matcher:
    """All written forms of a topic in one automaton."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._adjectives: dict[str, str] = {}
        for country in knowledge.topic.countries:
            for form in (*adjective_forms(country.adjective), *map(fold_text, country.forms)):
                self._adjectives.setdefault(form, country.iso)
        self._adjective_forms = Forms(self._adjectives)
        self._agents = {fold_text(word) for word in knowledge.topic.nominals.persons + knowledge.topic.nominals.bodies}
        self._titles = {f"ال{fold_text(word)}" for word in knowledge.topic.nominals.persons}
        self._not_after = Forms(fold_text(word) for word in knowledge.topic.adjectives.not_after)
        self._named_after = Forms(fold_text(word) for word in knowledge.topic.named_after)
        self._not_before = {fold_text(word) for word in knowledge.topic.adjectives.not_before}
        self._forms = _known_forms(knowledge)
        self._begun = Memo(self._begins)
        self._variants = Variants(knowledge)
        self._givens: dict[str, dict[str, EntityConfig]] = {}
        for person in knowledge.entities:
            for form in (person.name_ar, *person.variants) if person.type == "PER" else ():
                name = fold_text(form).split()
                if len(name) == _TWO and all(len(word) >= _GIVEN for word in name):
                    self._givens.setdefault(name[0], {})[name[1]] = person
        self._regimes = knowledge.topic.regimes
        verbs = (pair.split() for group in knowledge.speech.verbs for pair in group.verbs)
        self._tell = {form.text for perfect, imperfect in verbs for form in verb_forms(perfect, imperfect)}

    def find(self, reading: Reading) -> list[Hit]:
        """Return all hits in the order of the text; none overlaps another."""
        candidates, doubtful = self._candidates(reading)
        named = {hit.entity.id for hit in candidates if hit.entity}
        # One sense per discourse: a bare name needs no context of its own once the text has named its bearer.
        candidates += [hit for hit in doubtful if hit.entity and hit.entity.id in named]
        candidates += self._family_names(reading, candidates)
        candidates += self._longer_names(reading)
        candidates.sort(key=lambda hit: (hit.start, -hit.end))
        hits: list[Hit] = []
        for hit in candidates:
            if not hits or hit.start >= hits[-1].end:
                hits.append(self._adjective_instead(reading, hit))
        taken = {token for hit in hits for token in range(hit.start, hit.end)}
        hits += self._adjectives_in(reading, taken, hits)
        adjectives = {hit.start: hit.iso for hit in hits if hit.entity is None and hit.iso}
        for start, end, proclitic, entity in self._variants.find(reading, taken | set(adjectives), adjectives):
            hits.append(Hit(start, end, proclitic, entity, entity.country, "skeleton"))
        hits.sort(key=lambda hit: hit.start)
        return hits

    def _candidates(self, reading: Reading) -> tuple[list[Hit], list[Hit]]:
        words = reading.words
        sure: list[Hit] = []
        doubtful: list[Hit] = []
        for token, proclitic, one in self._forms_in(words):
            end = token + 1 + len(one.rest)
            bears = token > 0 and one.entity.type in _BORNE and words[token - 1] in self._named_after
            # كالأسد: a word that may be something else is something else in a simile.
            if bears or (one.senses and "ك" in proclitic):
                continue
            verdict = _verdict(one.senses, words, token, end)
            if verdict == "no":
                continue
            hit = Hit(token, end, proclitic, one.entity, one.entity.country, verdict)
            (doubtful if verdict == "discourse" else sure).append(hit)
        return sorted(sure, key=lambda hit: hit.rule != "sense"), doubtful

    def _forms_in(self, words: list[str]) -> Iterator[tuple[int, str, _Known]]:
        """Yield each known form met: its first token, the proclitic before it and what it is."""
        begun = list(map(self._begun.ask, words))
        for token in compress(range(len(words)), begun):
            follows = words[token + 1] if token + 1 < len(words) else ""
            for proclitic, forms in begun[token]:
                for one in (*forms.get("", ()), *forms.get(follows, ())):
                    if not one.rest or tuple(words[token + 1 : token + 1 + len(one.rest)]) == one.rest:
                        yield token, proclitic, one

    def _begins(self, word: str) -> tuple[tuple[str, dict[str, list[_Known]]], ...]:
        """Return the known forms that a word may begin, by their second word, with the proclitic before each."""
        proclitic_of: dict[str, str] = {}
        for proclitic, rest in readings(word):
            proclitic_of.setdefault(rest, proclitic)
        return tuple((clitic, self._forms[rest]) for rest, clitic in proclitic_of.items() if rest in self._forms)

    def _family_names(self, reading: Reading, hits: list[Hit]) -> Iterator[Hit]:
        """«نصر الحريري … وقال الحريري», «لقاء الحريري»: behind a full name, its last word alone is the same person.

        A word that is itself a known form, or the last name of two people of the text, names nobody this way; nor does one that may
        be an adjective of the noun before it, or the name of a street.
        """
        bearers: dict[str, dict[str, Hit]] = {}
        for hit in hits:
            last = reading.words[hit.end - 1]
            family = hit.entity is not None and hit.entity.type == "PER" and hit.end - hit.start > 1
            if family and hit.entity and len(last) >= _SHORT and not self._names(last):
                bearers.setdefault(last, {}).setdefault(hit.entity.id, hit)
        sure = {last: one for last, ones in bearers.items() if len(ones) == 1 for one in ones.values()}
        for token, word in enumerate(reading.words) if sure else ():
            clitic, bearer = next(((clitic, sure[rest]) for clitic, rest in readings(word) if rest in sure), ("", None))
            if bearer is None or bearer.end > token:
                continue
            back = token - 1
            while back > token - 3 and back >= 0 and reading.words[back] in _QUOTES:
                back -= 1  # «الوزير “فلان”»
            before = reading.words[back] if back >= 0 else ""
            titled = any(rest in self._tell or rest in self._titles for _, rest in readings(before))
            adjective = not clitic and before.startswith(_DEFINITE) and not titled
            # «وأوضح بدر»: a short one may be a word.
            adjective = adjective or (len(word) < _FAMILY and not titled)
            if not adjective and before not in self._named_after.words:
                yield Hit(token, token + 1, clitic, bearer.entity, bearer.iso, "family")

    def _names(self, word: str) -> bool:
        return "" in self._forms.get(word, {})

    def _longer_names(self, reading: Reading) -> Iterator[Hit]:
        """«أسعد حسن الشيباني»: a known name of two words with the father's between."""
        words = reading.words
        given = compress(range(len(words) - 2), map(self._givens.__contains__, words))
        for token in given:
            entity = self._givens[words[token]].get(words[token + 2])
            if entity and words[token + 1].isalpha() and words[token + 1] not in PREPOSITIONS:
                yield Hit(token, token + 3, "", entity, entity.country, "form")

    def _adjective_instead(self, reading: Reading, hit: Hit) -> Hit:
        """A country's name may be written like its adjective: "روسياً", "قوات سورية"."""
        if hit.end - hit.start > 1 or hit.entity is None or hit.entity.type != "GPE":
            return hit
        bare = reading.words[hit.start][len(hit.proclitic) :]
        iso = self._adjectives.get(bare)
        if iso is None or iso != hit.entity.country or hit.proclitic:
            return hit
        before = reading.words[hit.start - 1] if hit.start else ""
        rests = [rest for _, rest in readings(before)]
        if bare.endswith("ا"):
            marked = TANWIN in reading.source(hit.start)
            agent = before.endswith("ا") and any(rest in self._agents or rest[:-1] in self._agents for rest in rests)
            adjective = marked or agent
        else:
            plain = not before.startswith("ال") and before not in PREPOSITIONS
            if before.endswith("ه") and hit.start > 1:
                # بعثة تجارية سورية: one more adjective may stand between.
                rests += [rest for _, rest in readings(reading.words[hit.start - 2])]
            follows = any(rest in self._agents or rest in self._adjectives for rest in rests)
            # منظمات حقوقية سورية
            second = reading.words[hit.start - 2] if before.endswith("ه") and hit.start > 1 else before
            adjective = plain and (second.endswith("ات") or follows)
        return Hit(hit.start, hit.end, "", None, iso, "adjective") if adjective else hit

    def _adjectives_in(self, reading: Reading, taken: set[int], hits: list[Hit]) -> Iterator[Hit]:
        media = {hit.end for hit in hits if hit.entity and hit.entity.type == "MEDIA"}
        words = reading.words
        for token in compress(range(len(words)), map(self._adjective_forms.has, words)):
            for proclitic, rest in readings(words[token]) if token not in taken else ():
                iso = self._adjectives.get(rest)
                if iso is None:
                    continue
                if not self._speaks_of_no_actor(words, token, media):
                    yield Hit(token, token + 1, proclitic, None, iso, "adjective")
                break

    def _speaks_of_no_actor(self, words: list[str], token: int, media: set[int]) -> bool:
        back = token - 1
        if back >= 0 and words[back] in PREPOSITIONS and words[token].startswith("ال") and words[token].endswith("ه"):
            return True  # ترجم إلى الروسية: the language, for no noun stands before
        while back >= 0 and words[back] in {'"', "“", "”", "«", "»", "(", ")"}:
            back -= 1
        if back + 1 in media:
            return True
        if token + 1 < len(words) and words[token + 1] in self._not_before:
            return True
        return back >= 0 and words[back] in self._not_after

    def entities(self, reading: Reading, hits: Iterable[Hit], day: dt.date | None) -> tuple[Entity, ...]:
        """Return the named entities with their mentions; sectors are those of `day`."""
        mentions: dict[str, list[Mention]] = {}
        known: dict[str, EntityConfig] = {}
        for hit in hits:
            if hit.entity is None:
                continue
            span = mention_span(reading, hit)
            known[hit.entity.id] = hit.entity
            mentions.setdefault(hit.entity.id, []).append(
                Mention(text=reading.text[span[0] : span[1]], span=span, proclitic=hit.proclitic or None, rule=hit.rule)
            )
        return tuple(
            Entity(
                id=one.id, name=one.name, name_ar=one.name_ar, type=one.type, qid=one.qid, country=one.country,
                sector=_sector(one, self._regimes, day), mentions=tuple(mentions[one.id]),
            )
            for one in known.values()
        )  # fmt: skip


def mention_span(reading: Reading, hit: Hit) -> Span:
    """Return the source span of a hit without its proclitic."""
    return reading.folded.span(reading.starts[hit.start] + len(hit.proclitic), reading.ends[hit.end - 1])


def _known_forms(knowledge: Knowledge) -> dict[str, dict[str, list[_Known]]]:
    """Return the written forms by their first word and their second, which is "" where they have none."""
    senses: dict[tuple[str, str], list[Sense]] = {}
    for entity in knowledge.entities:
        for sense in entity.senses:
            senses.setdefault((entity.id, fold_text(sense.form)), []).append(_folded(sense))
    forms: dict[str, dict[str, list[_Known]]] = {}
    for line, place, form in knowledge.forms:
        entity = knowledge.entities[place]
        first, *rest = line.split()
        known = _Known(entity, tuple(rest), tuple(senses.get((entity.id, form), ())))
        forms.setdefault(first, {}).setdefault(next(iter(rest), ""), []).append(known)
    return forms


def _folded(sense: Sense) -> Sense:
    fields = ("require", "block", "block_next", "block_previous", "owned_by", "place")
    return sense.model_copy(update={name: tuple(map(fold_text, getattr(sense, name))) for name in fields})


def _verdict(senses: tuple[Sense, ...], words: list[str], start: int, end: int) -> str:
    if not senses:
        return "form"
    verdicts = [_sense(sense, words, start, end) for sense in senses]
    return next((verdict for verdict in ("sense", "discourse") if verdict in verdicts), "no")


def _sense(sense: Sense, words: list[str], start: int, end: int) -> str:
    after = _around(words, end, 1)
    before = _around(words, start - 1, -1)
    if _holds(sense.block_next, _adjoining(words, end, 1)) or _holds(
        sense.block_previous, _adjoining(words, start - 1, -1)
    ):
        return "no"
    owner = words[end] if sense.owned and end < len(words) else ""
    if (
        owner.startswith("ال")
        and owner not in PREPOSITIONS
        and owner not in sense.owned_by
        and not _holds(sense.place, before[:1])
    ):
        return "no"
    near = [*reversed(before), *after]
    if _holds(sense.block, near):
        return "no"
    return "sense" if not sense.require or _holds(sense.require, near) else "discourse"


def _adjoining(words: list[str], token: int, step: int) -> list[str]:
    """Return the word beside, across marks that open or close a name but not across a stop."""
    while 0 <= token < len(words) and words[token] in _QUOTES:
        token += step
    return [words[token]] if 0 <= token < len(words) and words[token].isalnum() else []


def _around(words: list[str], token: int, step: int) -> list[str]:
    found: list[str] = []
    for _ in range(2 * NEAR):
        if not 0 <= token < len(words) or len(found) == NEAR:
            break
        if words[token].isalnum():
            found.append(words[token])
        token += step
    return found


def _holds(wanted: tuple[str, ...], words: list[str]) -> bool:
    if not wanted or not words:
        return False
    rests = {rest for word in words for _, rest in readings(word)}
    return any(want in rests or (" " in want and f" {want} " in f" {' '.join(words)} ") for want in wanted)


def _sector(entity: EntityConfig, regimes: tuple[Regime, ...], day: dt.date | None) -> str | None:
    when = day.isoformat() if day else None
    for regime in regimes:
        if regime.entity != entity.id or when is None:
            continue
        if (regime.since or when) <= when <= (regime.until or when):
            return regime.sector
    return entity.sector
