"""«وزارة الإعلام», «محافظ حلب», «قرية كذا»: offices and places of which no country is told are those of the outlet's home."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from workers.arabic.letters import fold_text
from workers.config.topic import EntityConfig
from workers.tag.entities import PREPOSITIONS, Hit
from workers.tag.forms import adjective_forms
from workers.tag.loader import Knowledge
from workers.tag.reading import Memo, Reading, readings

# Words of a department («التعليم العالي والبحث العلمي»), and endings of an adjective that may tell whose it is.
_DEPARTMENT = 5
# Words behind a people among which their country or town is named.
_PHRASE = 5
# Tokens behind the place where a sentence is set.
_SET = 9
_IN = fold_text("في")
_ADJECTIVES = ("ي", "يه")
# Names looked back at for the country that a text speaks of.
_LATELY = 40


class Home:
    """The offices, departments and kinds of places of a topic, and where its outlets are at home."""

    def __init__(self, knowledge: Knowledge) -> None:
        home = knowledge.topic.home
        countries = {side.id: side.countries[0] for side in knowledge.topic.sides}
        self._country = countries[home.side] if home else None
        self._outlets = {one.id.replace("-", ""): one.country for one in knowledge.entities if one.type == "MEDIA"}
        self._sides = set(countries.values())
        self._heads = frozenset(map(fold_text, home.offices if home else ()))
        self._places = frozenset(map(fold_text, home.places if home else ()))
        self._local = frozenset(map(fold_text, home.local if home else ()))
        self._people = frozenset(map(fold_text, home.people if home else ()))
        self._departments = {tuple(fold_text(one).split()) for one in (home.departments if home else ())}
        self._bodies = _unqualified(knowledge)
        self._heads |= {words[0] for _, words in self._bodies}
        self._departments |= {words[1:] for _, words in self._bodies}
        self._first = {words[0] for words in self._departments}
        self._offices = frozenset(map(fold_text, home.offices if home else ()))
        self._compound = frozenset(map(fold_text, home.compound if home else ()))
        self._stops = frozenset(map(fold_text, home.no_names if home else ())) | PREPOSITIONS
        self._nouns = self._heads | self._places | self._people | self._local
        self._opens = Memo(self._begins)

    def country(self, outlet: str | None, hits: Sequence[Hit]) -> str | None:
        """Return the country of the outlet if it is a side's, else that of the topic's home; None where the text does not name it."""
        own = self._outlets.get(outlet.replace("-", "")) if outlet else None
        country = own if own in self._sides else self._country
        return country if any(hit.iso == country for hit in hits) else None

    def found(self, reading: Reading, hits: Sequence[Hit], country: str) -> list[Hit]:
        """Return what belongs to the home `country`; `hits` are what is known already, in the order of the text."""
        starts = [hit.start for hit in hits]
        foreign = self._foreign(reading, hits, country)
        told: list[Hit] = []
        for token, opens in enumerate(map(self._opens.ask, reading.words)):
            if opens is None:
                continue
            index = bisect_left(starts, token)
            follows = hits[index] if index < len(hits) else None
            taken = max(hits[index - 1].end if index else 0, told[-1].end if told else 0)
            if taken > token:
                continue
            proclitic, noun = opens
            # What stands where a text has just spoken of another country is there.
            here = self._here(hits[max(0, index - _LATELY) : index], country)
            if noun in self._people and here and not self._named(reading, token, follows, country):
                told.append(Hit(token, token + 1, proclitic, None, country, "people"))
            elif noun in self._local and (town := self._town(reading, token, follows)):
                told.append(Hit(token, token + 1, proclitic, None, town, "people"))
            elif noun in self._places and here and self._bears_name(reading, token, follows):
                # قرية وادي كذا, بلدة كفر كذا
                longer = reading.words[token + 1] in self._compound and self._bears_name(reading, token + 1, follows)
                told.append(Hit(token, token + 2 + longer, proclitic, None, country, "village"))
            elif (
                noun in self._heads
                and not self._abroad(reading, token, hits[max(0, index - 2) : index], country)
                and (end := self._office(reading, token, follows, country))
            ):
                department = tuple(reading.words[token + 1 : end])
                body = self._bodies.get((country, (noun, *department)))
                if foreign.get(department, token) >= token and (body or noun in self._offices):
                    told.append(Hit(token, end, proclitic, body, country, "home"))
        return told

    def _named(self, reading: Reading, token: int, follows: Hit | None, country: str) -> bool:
        """«ناشطون سوريون», «أهالي حلب»: whether the name or adjective behind a people says whose they are."""
        if follows is None or follows.start > token + _PHRASE:
            return False
        between = reading.words[token + 1 : follows.start]
        # ناشطون موسكو is no phrase: that plural has no genitive behind it.
        owned = between == ["من"] or (between == [] and not reading.words[token].endswith(("ون", "ين")))
        tells = follows.entity is None or follows.iso == country or owned
        return tells and all(word.isalpha() for word in between)

    def _bears_name(self, reading: Reading, token: int, follows: Hit | None) -> bool:
        name = reading.words[token + 1] if token + 1 < len(reading.words) else ""
        free = follows is None or follows.start > token + 1
        return free and name.isalpha() and len(name) > 1 and name not in self._stops

    def _town(self, reading: Reading, token: int, follows: Hit | None) -> str | None:
        """«محكمة الجنايات في حلب»: the country of the town in which somebody is, if nothing nearer says whose he is."""
        if (
            follows is None
            or follows.entity is None
            or follows.entity.type != "LOC"
            or not 0 < follows.start - token <= _PHRASE
        ):
            return None
        between = reading.words[token + 1 : follows.start]
        within = follows.proclitic == "ب" or _IN in between[-2:]
        return follows.iso if within and all(word.isalpha() for word in between) else None

    def _abroad(self, reading: Reading, token: int, lately: Sequence[Hit], country: str) -> bool:
        """«وفي موسكو، نقلت وكالة X عن نائب وزير المالية»: whether the sentence is set in another country."""
        for hit in lately:
            place = hit.entity is not None and hit.entity.type in {"LOC", "GPE"} and hit.iso not in {None, country}
            if (
                place
                and token - hit.end <= _SET
                and hit.start
                and reading.words[hit.start - 1].removeprefix("و") == _IN
            ):
                return True
        return False

    def _here(self, lately: Sequence[Hit], country: str) -> bool:
        others = self._sides - {country}
        return next((hit.iso for hit in reversed(lately) if hit.iso and hit.iso not in others), country) == country

    def _foreign(self, reading: Reading, hits: Sequence[Hit], country: str) -> dict[tuple[str, ...], int]:
        """Return the departments that the text says are another country's, and the token where it first does."""
        told: dict[tuple[str, ...], int] = {}
        for hit in hits:
            last = hit.end - 1
            sizes = range(1, _DEPARTMENT + 1) if hit.iso not in {None, country} else ()
            for words in (tuple(reading.words[max(0, last - size) : last]) for size in sizes):
                if words in self._departments:
                    told.setdefault(words, last)
        return told

    def _begins(self, word: str) -> tuple[str, str] | None:
        return next(((clitic, rest) for clitic, rest in readings(word) if rest in self._nouns), None)

    def _office(self, reading: Reading, token: int, follows: Hit | None, country: str) -> int | None:
        """Return the token behind an office's department; None if something behind it says, or may say, whose it is."""
        words = reading.words
        if token + 1 >= len(words) or words[token + 1] not in self._first:
            return None
        longest = min(_DEPARTMENT, len(words) - token - 1)
        ends = (token + 1 + size for size in range(longest, 0, -1))
        end = next((end for end in ends if tuple(words[token + 1 : end]) in self._departments), None)
        if end is None or _adjective(words, end) or (follows is not None and follows.start < end):
            return None
        # «وزير الخارجية X»: a man of another country.
        holder = follows.entity if follows is not None and follows.start == end else None
        return None if holder and holder.type == "PER" and holder.country not in {None, country} else end


def _adjective(words: Sequence[str], token: int) -> bool:
    """«وزير الخارجية الهنغاري»: whether a definite adjective stands there, which may say whose an office is."""
    word = words[token] if token < len(words) else ""
    return word.startswith("ال") and word.endswith(_ADJECTIVES)


def _unqualified(knowledge: Knowledge) -> dict[tuple[str, tuple[str, ...]], EntityConfig]:
    """«وزارة العدل السورية» -> وزارة العدل: bodies by their country and their words without its adjective."""
    adjectives = {country.iso: set(adjective_forms(country.adjective)) for country in knowledge.topic.countries}
    bodies: dict[tuple[str, tuple[str, ...]], EntityConfig] = {}
    for one in knowledge.entities:
        for form in (one.name_ar, *one.variants) if one.type == "ORG" and one.country else ():
            *words, last = fold_text(form).split()
            if len(words) > 1 and last in adjectives.get(one.country or "", ()):
                bodies.setdefault((one.country or "", tuple(words)), one)
    return bodies
