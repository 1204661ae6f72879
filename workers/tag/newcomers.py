"""People, bodies and villages that no file names, told by a given name, by marks behind a noun, by what they are called.

Their ids begin with `unknown:` and their mentions say `unknown`; `marsad suggestions` lists them, so that the files can learn them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress
from typing import Literal

from workers.arabic.letters import fold_text
from workers.arabic.quotes import Quotation
from workers.config.topic import EntityConfig
from workers.items import Entity, Mention
from workers.tag.called import Caller
from workers.tag.entities import PREPOSITIONS, TANWIN, Hit, mention_span
from workers.tag.forms import adjective_forms
from workers.tag.lexicon import Lexicon
from workers.tag.loader import Knowledge
from workers.tag.parties import Parties
from workers.tag.party import UNKNOWN
from workers.tag.reading import Forms, Reading, readings

Kind = Literal["PER", "ORG", "MEDIA", "LOC", "FAC"]

# Words of a name behind the given one, letters of one of them and of a family name that may stand alone.
_FAMILY = 3
_LETTERS = 3
_ALONE = 4
# Words in marks that are still a name; mentions kept of one newcomer.
_MARKED = 4
_MENTIONS = 20
_TITLE = 6
_THEIR = ("ه", "ها", "هما")
_COMMAS = frozenset("،,")
_WHO = frozenset(fold_text("وهو وهي الذي التي").split())
_SERVANT = fold_text("عبد")
# A preposition or conjunction and the article.
_JOINED = ("بال", "لل", "كال", "وال", "فال")


class Newcomers:
    """The given names, titles and nouns of a topic, compiled."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon, parties: Parties) -> None:
        names = knowledge.names
        self._parents = frozenset(map(fold_text, names.parents))
        given = [name for group in names.given.values() for name in group]
        self._given = Forms(map(fold_text, (*given, *names.ambiguous, *names.parents)))
        nations = {**names.given, "home": (*names.given.get("home", ()), *names.ambiguous, *names.parents)}
        self._nations = {fold_text(name): nation for nation, group in nations.items() for name in group}
        self._families = {iso: tuple(map(fold_text, ends)) for iso, ends in names.families.items()}
        self._sides = frozenset(country for side in knowledge.topic.sides for country in side.countries)
        self._foreign = frozenset(knowledge.topic.transliterated)
        self._ambiguous = frozenset(map(fold_text, names.ambiguous))
        self._particles = frozenset(map(fold_text, names.particles))
        self._titles = Forms(map(fold_text, names.titles))
        self._marked: dict[str, Kind] = {
            fold_text(noun): kind for kind, nouns in names.marked.items() for noun in nouns
        }
        self._numbered = frozenset(map(fold_text, names.numbered))
        self._things = Forms(map(fold_text, (*knowledge.topic.named_after, *names.not_after)))
        words = (*knowledge.speech.openers, *knowledge.events.skip, *names.no_name)
        self._words = frozenset(map(fold_text, words)) | PREPOSITIONS
        adjectives = {form: one.iso for one in knowledge.topic.countries for form in adjective_forms(one.adjective)}
        self._caller = Caller(names, lexicon, parties, adjectives)
        self._lexicon = lexicon
        self._parties = parties

    def people(self, reading: Reading, hits: Sequence[Hit], home: str | None) -> list[Hit]:
        """Return the people of a text whom none of `hits` names, each of the country that a title before him tells, or his given name.

        `home` is the country of those of whom no country is told.
        """
        taken = {token for hit in hits if hit.entity for token in range(hit.start, hit.end)}
        named: list[Hit] = []
        for start, end, clitic in self._people(reading, taken):
            words = (reading.words[start][len(clitic) :], *reading.words[start + 1 : end])
            text = reading.text[slice(*mention_span(reading, Hit(start, end, clitic, None, None, "unknown")))]
            one = EntityConfig.model_construct(id=f"{UNKNOWN}{' '.join(words)}", name=text, name_ar=text, type="PER")
            named.append(Hit(start, end, clitic, one, None, "unknown"))
            taken.update(range(start, end))
        if not named:
            return []
        named += self._again(reading, named, taken)
        return self._of_countries(reading, hits, named, home)

    def _again(self, reading: Reading, named: Sequence[Hit], taken: set[int]) -> list[Hit]:
        """«قال السباهي»: a family name that stands alone, once the whole has been told."""
        families: dict[str, Hit] = {}
        for hit in named:
            if len(reading.words[hit.end - 1]) >= _ALONE:
                families.setdefault(reading.words[hit.end - 1], hit)
        again: list[Hit] = []
        for token in compress(range(len(reading.words)), map(families.__contains__, reading.words)):
            bearer = families[reading.words[token]]
            if token not in taken and bearer.end <= token:
                again.append(replace(bearer, start=token, end=token + 1, proclitic=""))
        return again

    def _of_countries(
        self, reading: Reading, hits: Sequence[Hit], named: Sequence[Hit], home: str | None
    ) -> list[Hit]:  # fmt: skip
        """Return the people with the countries of the titles that stand before their names, else of their given names."""
        both = sorted((*hits, *named), key=lambda hit: hit.start)
        starts = [hit.start for hit in both]
        countries: dict[str, str] = {}
        spots = {hit.start: hit.entity.id for hit in named if hit.entity}
        for sentence in reading.sentences:
            first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
            if spots.keys().isdisjoint(starts[first:last]):
                continue
            for party in self._parties.find(reading, sentence, both[first:last]):
                if len(party.ids) == 1 and party.ids[0].startswith(UNKNOWN) and len(set(party.countries)) == 1:
                    countries.setdefault(party.ids[0], party.countries[0])
        for sentence in reading.sentences if home else ():
            first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
            near = {one.iso for one in both[first:last] if one.iso}
            for hit in both[first:last]:
                if hit.rule == "unknown" and hit.entity and hit.entity.id not in countries:
                    countries[hit.entity.id] = self._nation(reading, hit, near, home or "")
        told: list[Hit] = []
        for hit in named:
            iso = countries.get(hit.entity.id) if hit.entity else None
            told.append(
                replace(hit, iso=iso, entity=hit.entity.model_copy(update={"country": iso}))
                if iso and hit.entity
                else hit
            )
        return told

    def _nation(self, reading: Reading, hit: Hit, near: set[str], home: str) -> str:
        """Return the country that a given name tells, "" if countries named beside it leave that open."""
        nation = self._nations.get(reading.words[hit.start][len(hit.proclitic) :], "")
        if nation == "other":
            nation = next(
                (iso for iso, ends in self._families.items() if reading.words[hit.end - 1].endswith(ends)), ""
            )
        if nation == "home":
            return home if near <= self._sides | self._foreign else ""
        return nation if nation in self._foreign and not (near & self._foreign) - {nation} else ""

    def things(self, reading: Reading, hits: Sequence[Hit], quotes: Sequence[Quotation]) -> tuple[Entity, ...]:
        """Return the bodies and villages of a text that none of `hits` names."""
        taken = {token for hit in hits if hit.entity for token in range(hit.start, hit.end)}
        told: dict[str, Entity] = {}
        for start, end, kind in self._in_marks(reading, taken, quotes):
            self._add(reading, told, kind, Hit(start, end, "", None, None, "unknown"))
            taken.update(range(start, end))
        starts = {hit.start: hit.end for hit in hits if hit.entity}
        for start, end, clitic, kind in self._caller.find(reading, taken, starts):
            self._add(reading, told, kind, Hit(start, end, clitic, None, None, "unknown"))
        units = compress(range(len(reading.words) - 1), map(self._numbered.__contains__, reading.words))
        for token in units:
            if token not in taken and reading.words[token + 1].isdecimal():
                self._add(reading, told, "ORG", Hit(token, token + 2, "", None, None, "unknown"))
        for hit in hits:
            if hit.rule == "village" and reading.words[hit.start].endswith("ه"):  # قرية, no قرى
                self._add(reading, told, "LOC", hit)
        return tuple(told.values())

    def _people(self, reading: Reading, taken: set[int]) -> Iterator[tuple[int, int, str]]:
        """Yield (first token, token behind the last, proclitic) of each full name."""
        words, behind = reading.words, 0
        for token in compress(range(len(words) - 1), map(self._given.has, words)):
            if token < behind or token in taken:
                continue
            clitic, name = next(pair for pair in readings(words[token]) if pair[1] in self._given.words)
            end = self._name_end(reading, token, taken)
            if end == token + 1 or (name in PREPOSITIONS and not reading.source(token).endswith("ي")):
                continue  # علي, the name, is written with the letter that folding makes of the one in على
            before = words[token - 1] if token else "،"
            doubtful = name in self._ambiguous and not (
                self._titled(reading, token) or self._apposed(words, token, end) or self._told(words, token)
            )
            childless = name in self._parents and words[token + 1] not in self._given.words
            # «أوائل الضباط» asks after no وائل.
            if before in self._things or doubtful or childless or clitic.startswith("ا"):
                continue
            behind = end
            yield token, end, clitic

    def _name_end(self, reading: Reading, token: int, taken: set[int]) -> int:
        words, at = reading.words, token + 1
        if words[token].endswith(_SERVANT) and at < len(words) and words[at].startswith("ال"):
            at += 1  # عبد الرحمن is one name
        given = at
        if words[token] in self._parents and words[at : at + 1] and words[at] in self._given.words:
            # «أبو محمد الكوفي»; in «أطلع أبو محمد الجانب» his name ends before.
            family = words[at + 1] if at + 1 < len(words) else ""
            return at + 1 + (family in self._given.words or (family.startswith("ال") and family.endswith("ي")))
        while at < len(words) and at - given < _FAMILY and at not in taken and self._names(reading, at):
            at += 1
            # A father's name or a particle has more behind it.
            if words[at - 1] not in self._particles and words[at - 1] not in self._given.words:
                break
        # الشيخ may be all of a family name, عبد may not.
        at = at - 1 if words[at - 1] in self._particles and not words[at - 1].startswith("ال") else at
        return at if at > given else token + 1

    def _names(self, reading: Reading, token: int) -> bool:
        """Whether a word may be part of a name: no verb, particle, joined word or noun in the accusative."""
        word = reading.words[token]
        if word in self._particles or word in self._given.words:
            return True
        plain = word.isalpha() and len(word) >= _LETTERS and not word.startswith(_JOINED)
        # «اتهم فلان أحمد الوكالة بـ»
        head = self._parties.head(word)[1]
        # «بعد لقاء نظيره»
        plain = plain and head != "body" and not (head and word.endswith(_THEIR))
        plain = plain and not any(
            rest in self._words or (clitic and rest in self._given.words) for clitic, rest in readings(word)
        )
        return plain and not self._lexicon.knows(word) and TANWIN not in reading.source(token)

    def _titled(self, reading: Reading, token: int) -> bool:
        words = reading.words
        # «مدير عام المؤسسة فلان», «النائب العام السوري فلان»
        first = token
        while first > max(0, token - _TITLE) and words[first - 1].isalpha():
            first -= 1
        near = words[first:token]
        # «مديره فلان»
        heads = (
            self._parties.head(form)[1]
            for word in near
            for form in (word, word.removesuffix("ها"), word.removesuffix("ه"))
        )
        return any(word in self._titles for word in near) or "person" in heads

    def _told(self, words: Sequence[str], token: int) -> bool:
        """«وحذر سالم المسلط»: whether a verb stands before a given name and a family name with the article behind it."""
        return 0 < token < len(words) - 1 and words[token + 1].startswith("ال") and self._lexicon.says(words[token - 1])

    def _apposed(self, words: Sequence[str], token: int, end: int) -> bool:
        """«، فلان الفلاني،», «فلان الفلاني، المحامي في», «فلان الفلاني، وهو»."""
        if end + 1 >= len(words) or words[end] not in _COMMAS:
            return False
        follows = words[end + 1]
        titled = follows.startswith("ال") and follows in self._titles
        return (token > 0 and words[token - 1] in _COMMAS) or titled or follows in _WHO

    def _in_marks(
        self, reading: Reading, taken: set[int], quotes: Sequence[Quotation]
    ) -> Iterator[tuple[int, int, Kind]]:  # fmt: skip
        for quote in quotes:
            start, end = reading.token_at(quote.inner[0]), reading.token_at(quote.inner[1])
            opening = start - 1
            if opening < 1 or not 0 < end - start <= _MARKED or not taken.isdisjoint(range(start, end)):
                continue
            noun = reading.words[opening - 1]
            kind = next(
                (kind for _, rest in readings(noun) if (kind := self._marked.get(rest.removeprefix("ال")))), None
            )
            if kind is not None and all(word.isalnum() for word in reading.words[start:end]):
                yield start, end, kind

    def _add(self, reading: Reading, told: dict[str, Entity], kind: Kind, hit: Hit) -> None:
        first = reading.words[hit.start][len(hit.proclitic) :]
        key = f"{UNKNOWN}{' '.join((first, *reading.words[hit.start + 1 : hit.end]))}"
        name = reading.text[slice(*mention_span(reading, hit))]
        told.setdefault(key, Entity(
            id=key, name=name, name_ar=name, type=kind, qid=None, country=hit.iso, sector=None, mentions=(),
        ))  # fmt: skip
        one, span = told[key], mention_span(reading, hit)
        mention = Mention(text=reading.text[slice(*span)], span=span, proclitic=hit.proclitic or None, rule="unknown")
        if len(one.mentions) < _MENTIONS:
            told[key] = replace(one, mentions=(*one.mentions, mention))
