"""«الجانبان», «البلدين», «الوزيران»: the two of whom the text spoke last, as one party with two countries."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.topic import Nominals
from workers.tag.party import Party, preposition
from workers.tag.reading import Forms, Reading, Sentence, readings

# Somebody of home, whom the text has not named.
_SOMEBODY = Party(-1, -1, -1, "", "NOMINAL", (), ())
# Sentences in which only the two may be named, this one included.
_RECENT = 3


class _Titles:
    """Who is named with which office («الرئيس X», not «نائب الرئيس X»)."""

    def __init__(self) -> None:
        self._holders: dict[tuple[str, str], Party] = {}
        self._called: dict[tuple[str, ...], str] = {}

    def note(self, reading: Reading, party: Party) -> None:
        if party.kind != "PER" or party.head != "person" or len(set(party.countries)) != 1:
            return
        noun = reading.words[party.start][party.clitic :].removeprefix("ال")
        self._holders[noun, party.countries[0]] = party
        self._called[party.ids] = noun

    def holder(self, office: str, country: str, latest: Party) -> Party | None:
        """Return who of a country holds an office: whoever was named so, else the one named last if that is no other's title."""
        known = self._holders.get((office, country))
        return known or (latest if self._called.get(latest.ids, office) == office else None)


class Both:
    """The words of a topic that stand for two."""

    def __init__(self, nominals: Nominals) -> None:
        self._words = Forms(map(fold_text, nominals.both))
        # الرئيسين -> رئيس: of two who are called by an office each must have been named with it.
        offices = {fold_text(one) for one in nominals.single}
        self._offices = {word: noun for word in map(fold_text, nominals.both) if (noun := word[2:-2]) in offices}

    def added(
        self, reading: Reading, sentences: Sequence[Sentence], parties: Sequence[list[Party]], home: str | None
    ) -> list[tuple[list[Party], tuple[Party, ...]]]:  # fmt: skip
        """Return the parties of each sentence with those that such words stand for, each where its word is, and the two.

        The two are the last of two countries that could act; a third country in this sentence or the two before leaves it open
        who is meant. Where only one could, the other is `home`, the country of those of whom no country is told.
        """
        latest: dict[str, Party] = {}
        titles = _Titles()
        first: dict[str, int] = {}
        recent: deque[set[str]] = deque(maxlen=_RECENT)
        told: list[tuple[list[Party], tuple[Party, ...]]] = []
        for sentence, named in zip(sentences, parties, strict=True):
            recent.append({country for party in named if party.kind != "MEDIA" for country in party.countries})
            for party in named:
                self._note(party, latest, first)
                titles.note(reading, party)
            pair = sorted(list(latest)[-2:], key=first.__getitem__)
            if len(pair) == 1 and home not in {None, *pair}:
                pair.append(home or "")
            two: dict[str, Party] = {}
            if len(pair) == 2 and set().union(*recent) <= set(pair):
                two = {one: latest.get(one, _SOMEBODY) for one in pair}
                two = {
                    one: replace(party, countries=(one,)) if party is _SOMEBODY else party for one, party in two.items()
                }
            with_both = self._with(reading, sentence, named, two, titles) if two else list(named)
            told.append((with_both, tuple(two.values())))
        return told

    def _note(self, party: Party, latest: dict[str, Party], first: dict[str, int]) -> None:
        """Remember whom the text speaks of, the most recent last."""
        countries = tuple(dict.fromkeys(party.countries))
        if not party.acts or party.listed or not 0 < len(countries) < 3:
            return
        for country in countries:
            known = latest.pop(country, party)
            # A bare country does not hide the person who spoke for it.
            latest[country] = known if known.kind == "PER" and party.kind != "PER" else party
            first.setdefault(country, len(first))

    def _with(
        self, reading: Reading, sentence: Sentence, named: list[Party], two: dict[str, Party], titles: _Titles
    ) -> list[Party]:  # fmt: skip
        found = list(named)
        for token in reading.where(self._words.has, sentence):
            word = reading.words[token]
            proclitic = next(before for before, rest in readings(word) if rest in self._words.words)
            place = bisect_left(found, token, key=lambda one: one.end - 1)
            if place < len(found) and found[place].start <= token:
                continue  # «الجانبان السوري والروسي» names them itself
            office = next((self._offices[rest] for _, rest in readings(word) if rest in self._offices), "")
            holders = [titles.holder(office, *one) for one in two.items()] if office else list(two.values())
            ids = tuple(one for party in holders if party and party.kind == "PER" for one in party.ids)
            person = len(ids) == len(two)
            found.insert(place, Party(
                token, token + 1, token, preposition(reading.words, token, proclitic), "PER" if person else "NOMINAL",
                ids if person else (), tuple(two), joined=proclitic.startswith("و"),
                head="person" if person else "body", clitic=len(proclitic),
            ))  # fmt: skip
        return found
