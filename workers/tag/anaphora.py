"""«الوزارة», «الشركة», «الوزير»: a noun with the article that means a body or office named before in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.topic import Nominals
from workers.tag.gender import gender
from workers.tag.parties import Parties
from workers.tag.party import Party, preposition
from workers.tag.reading import Forms, Memo, Reading, Sentence, readings

# Tokens left of a body in which the noun may stand for somebody of it («مدير الإعلام في الوزارة»).
_LEFT = 6
_DELEGATION = fold_text("وفد")
# Where the place is kept that was named last.
_PLACE = ""
# Where a body or country, and where a man or a body, is kept that was named last.
_HER, _HIM = "ها", "ه"
_LATTER = frozenset(fold_text("الأخير الأخيرة").split())
_BETWEEN = frozenset(fold_text("عام عامة فرع قسم مكتب").split())
_HEAD = fold_text("رأس")
_SAME = frozenset(fold_text("ذاتها نفسها المذكورة ذاته نفسه").split())


class Anaphora:
    """The nouns of a topic that may mean somebody named before."""

    def __init__(self, nominals: Nominals, parties: Parties) -> None:
        self._nouns = frozenset(f"ال{fold_text(noun)}" for noun in (*nominals.again, *nominals.single))
        self._people = frozenset(f"ال{fold_text(noun)}" for noun in nominals.people)
        self._forms = Forms(self._nouns | self._people | _LATTER)
        self._stirs = Memo(lambda word: word == _DELEGATION or word in self._forms)
        self._persons = frozenset(map(fold_text, nominals.single))
        self._parties = parties

    def added(
        self, reading: Reading, sentences: Sequence[Sentence], parties: Sequence[list[Party]]
    ) -> list[list[Party]]:
        """Return the parties of each sentence with those that such nouns mean, each where its noun is.

        A noun means whoever it named last; of an office («الوزير») that two hold in the text, nobody.
        """
        latest: dict[str, Party | None] = {}
        told: list[list[Party]] = []
        for sentence, named in zip(sentences, parties, strict=True):
            told.append(self._with(reading, sentence, named, latest))
        return told

    def _with(
        self, reading: Reading, sentence: Sentence, named: list[Party], latest: dict[str, Party | None]
    ) -> list[Party]:  # fmt: skip
        found = list(named)
        queue = list(named)
        for token in reading.where(self._stirs.ask, sentence):
            while queue and queue[0].end <= token:
                self._note(reading, queue.pop(0), latest)
            self._led(reading, token, named, latest)
            if reading.words[token] not in self._forms:
                continue
            free = not (queue and queue[0].start <= token)
            meant = self._meant(reading, sentence, token, latest) if free else None
            meant = meant or (self._latter(reading, sentence, token, latest) if free else None)
            meant = meant or (self._locals(reading, sentence, token, latest) if free else None)
            if meant:
                found.insert(bisect_left(found, meant.start, key=lambda one: one.start), meant)
        for party in queue:
            self._note(reading, party, latest)
        return found

    def _led(self, reading: Reading, token: int, named: list[Party], latest: dict[str, Party | None]) -> None:
        """«وصل X على رأس وفد»: the delegation is X's country's."""
        if (
            reading.words[token] != _DELEGATION
            or reading.words[token - 1] != _HEAD
            or f"ال{_DELEGATION}" not in self._nouns
        ):
            return
        leader = next(
            (one for one in named if one.acts and one.prep == "" and one.end <= token and one.countries), None
        )
        if leader is not None:
            latest[_DELEGATION] = replace(leader, kind="NOMINAL", ids=(), head="body")

    def _latter(
        self, reading: Reading, sentence: Sentence, token: int, latest: dict[str, Party | None]
    ) -> Party | None:  # fmt: skip
        """«وكان الأخير قد أعلن», «متهماً الأخيرة بـ»: who was named last, a man or a body."""
        pair = next(((clitic, rest) for clitic, rest in readings(reading.words[token]) if rest in _LATTER), None)
        before = reading.words[token - 1] if token > sentence.start else ""
        # «الدفعة الأخيرة», «في الآونة الأخيرة», «شهده الساحل الأخير»
        if pair is None or before.startswith(("ال", "وال", "بال", "لل")) or before in {"في", "خلال"}:
            return None
        known = latest.get(_HER if pair[1].endswith("ه") else _HIM)
        if known is None:
            return None
        prep = preposition(reading.words, token, pair[0])
        return replace(
            known, start=token, end=token + 1, anchor=token, prep=prep, joined=pair[0].startswith("و"), clitic=len(pair[0]),
            listed=False,
        )  # fmt: skip

    def _locals(
        self, reading: Reading, sentence: Sentence, token: int, latest: dict[str, Party | None]
    ) -> Party | None:  # fmt: skip
        """«المحتجون», «الأهالي»: the people of the place that was named last."""
        clitic = next((before for before, rest in readings(reading.words[token]) if rest in self._people), None)
        place = latest.get(_PLACE)
        follows = reading.words[token + 1] if token + 1 < sentence.end else ""
        if clitic is None or place is None or follows.startswith("ال"):
            return None
        prep = preposition(reading.words, token, clitic)
        return replace(
            place, start=token, end=token + 1, anchor=token, kind="NOMINAL", ids=(), head="body", prep=prep,
            joined=clitic.startswith("و"), clitic=len(clitic), listed=False,
        )  # fmt: skip

    def _note(self, reading: Reading, party: Party, latest: dict[str, Party | None]) -> None:
        if party.kind == "PLACE" and party.countries:
            latest[_PLACE] = party
        if party.acts and len(set(party.countries)) == 1:
            latest[_HER if gender(reading.words, party) else _HIM] = party
        base = party.kind == "PLACE" and f"ال{reading.words[party.start][party.clitic :]}" in self._nouns
        if (party.kind not in {"PER", "ORG", "NOMINAL", "MEDIA"} and not base) or len(set(party.countries)) != 1:
            return
        for token in range(party.start, party.end):
            noun = reading.words[token][party.clitic if token == party.start else 0 :].removeprefix("ال")
            if f"ال{noun}" not in self._nouns:
                continue
            office = noun in self._persons
            if office and token > party.start:
                continue  # of «نائب وزير الخارجية» the minister is not named
            before = latest.get(noun, party)
            rival = office and before is not None and (before.ids, before.countries) != (party.ids, party.countries)
            latest[noun] = None if rival or before is None else party

    def _meant(
        self, reading: Reading, sentence: Sentence, token: int, latest: dict[str, Party | None]
    ) -> Party | None:  # fmt: skip
        pair = next(((clitic, rest) for clitic, rest in readings(reading.words[token]) if rest in self._nouns), None)
        known = latest.get(pair[1].removeprefix("ال")) if pair else None
        if pair is None or known is None:
            return None
        follows = reading.words[token + 1] if token + 1 < sentence.end else ""
        if follows.startswith("ال") and not self._same(follows):
            return None  # الوزارة التركية: another one, for all we know
        clitic = pair[0]
        prep = preposition(reading.words, token, clitic)
        joined = clitic.startswith("و")
        lead = self._lead(reading, sentence, token, known, prep)
        if lead is not None:
            own, head = self._parties.head(reading.words[lead])
            return replace(
                known, start=lead, end=token + 1, anchor=token, kind="NOMINAL", ids=(), head=head, clitic=len(own), listed=False,
                prep=preposition(reading.words, lead, own), joined=own.startswith("و"),
            )  # fmt: skip
        # «مدير شركة X»: the company is not the man.
        same = pair[1].removeprefix("ال") in self._persons or known.kind in {"ORG", "MEDIA", "PLACE"}
        return replace(
            known, start=token, end=token + 1, anchor=token, prep=prep, joined=joined, clitic=len(clitic), listed=False,
            kind=known.kind if same else "NOMINAL", ids=known.ids if same else (), head=known.head if same else "body",
        )  # fmt: skip

    def _lead(self, reading: Reading, sentence: Sentence, token: int, known: Party, prep: str) -> int | None:
        """«مدير الإعلام في الوزارة», «وفداً من الشركة», «مدير عام المؤسسة»: the token of whoever is of the one meant."""
        if prep == "في":
            return self._official(reading, sentence, token)
        if prep == "من":
            lead = token - 2
        elif not prep and known.head != "person" and known.kind in {"ORG", "NOMINAL"}:
            lead = token - 2 if reading.words[token - 1] in _BETWEEN else token - 1
        else:
            return None
        return lead if lead >= sentence.start and self._some(reading.words[lead]) else None

    def _same(self, word: str) -> bool:
        """«الشركة نفسها», «الشركة المشغلة»: whether an adjective says nothing of whose it is."""
        return word in _SAME or (word.startswith("الم") and not self._parties.of_country(word))

    def _some(self, word: str) -> bool:
        """Whether a word without the article leads a party, with no preposition written onto it."""
        clitic, kind = self._parties.head(word)
        return bool(kind) and not clitic.strip("وف") and not word[len(clitic) :].startswith("ال")

    def _official(self, reading: Reading, sentence: Sentence, token: int) -> int | None:
        """«مدير إدارة الإعلام في الوزارة», «إدارة كذا في الوزارة»: the token of whoever works there, or of the part of it."""
        body = None
        for at in range(token - 2, max(sentence.start, token - _LEFT) - 1, -1):
            head = self._parties.head(reading.words[at])[1]
            if head == "person":
                return at
            body = at if head == "body" and not reading.words[at].startswith("ال") else body
            if not reading.words[at].isalpha():
                return body
        return body
