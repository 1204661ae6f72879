"""Noun phrases that name a party: titles, names and country adjectives brought together, with their preposition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.config.topic import NamesConfig, TopicConfig
from workers.tag.entities import Hit
from workers.tag.forms import adjective_forms
from workers.tag.party import Kind, Lead, Party, mark_lists, predicated, preposition
from workers.tag.reading import Memo, Reading, Sentence, readings

_KINDS: dict[str, Kind] = {"PER": "PER", "ORG": "ORG", "GPE": "GPE", "LOC": "PLACE", "FAC": "PLACE", "MEDIA": "MEDIA"}
_QUOTES = frozenset('"“”«»')
_MARKS = frozenset("،,\"“”«»()'-–—")
_SEAT = fold_text("العاصمة")
_IN = frozenset(map(fold_text, ("في", "داخل")))
# «السفير الروسي في دمشق X», «المبعوث الخاص إلى سوريا X», «سفير روسيا لدى سوريا X»
_SEATS = frozenset(["في", fold_text("إلى"), fold_text("لدى")])
# «حاجز تابع لـX»
_BELONGING = frozenset(
    fold_text("تابعتان تابعتين تابع تابعة تابعين تابعون تابعا التابع التابعة التابعين التابعتين التابعتان").split()
)
_DEFINITE = ("ال", "لل", "وال")
# Verbs that look like nouns with the article.
_VERBS = frozenset(fold_text("التقى التقت التقيا التقوا التزم التزمت التحق التحقت التحقوا ألغى ألغت").split())
# How far left a phrase may begin from the name or adjective that identifies it, in tokens.
_LEFT = 7
_FROM = 4
_BELONGS = 8
# Adjectives between a noun and that of its country.
_ADJECTIVES = 2
# «المتحدث الرسمي لـX», «برتبة عقيد»; endings of the numbers from eleven to ninety.
_OF_OFFICES = frozenset(
    fold_text(
        "العام العامة الخاص الخاصة الرسمي الرسمية الدائم الدائمة المشترك المشتركة التنفيذي التنفيذية الأعلى السابق السابقة الأول الأولى"
    ).split()
)
_OWNED = ("ه", "ها", "هما", "هم")
_COUNTS = frozenset(
    fold_text(
        "العشرات المئات الآلاف العديد الكثير عدد ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة ثلاث أربع خمس ست سبع ثماني تسع عشر"
    ).split()
)
# Of a verb whose subject is a body.
_SHE = "ت"
_LED = frozenset(fold_text("برئاسة بقيادة").split())
_RANKED = frozenset(fold_text("برتبة برتبتي").split())
_NUMBERS = (
    "عشر",
    "عشره",
    "عشرين",
    "عشرون",
    "لاثين",
    "لاثون",
    "ربعين",
    "ربعون",
    "خمسين",
    "خمسون",
    "ستين",
    "ستون",
    "سبعين",
    "سبعون",
    "مانين",
    "مانون",
    "تسعين",
    "تسعون",
)
_APPOSITION = 8
_VERB = 4


class Parties:
    """Finds the parties of sentences by the topic's titles, bodies and capitals."""

    _plural = ("ين", "ون", "روس")

    def __init__(self, topic: TopicConfig, names: NamesConfig) -> None:
        nominals = topic.nominals
        self._titles = frozenset(fold_text(title) for title in names.titles if title.startswith("ال"))
        words = (nominals.persons, nominals.bodies, nominals.inside)
        self._persons, self._bodies, self._inside = (frozenset(map(fold_text, each)) for each in words)
        self._civic = frozenset(map(fold_text, nominals.civic))
        self._people_nouns = frozenset(map(fold_text, nominals.people))
        self._capitals = frozenset(topic.capitals)
        self._held = topic.held
        self._adjectives = {form: one.iso for one in topic.countries for form in adjective_forms(one.adjective)}
        self._heads = Memo(self._head)

    def find(self, reading: Reading, sentence: Sentence, hits: Sequence[Hit]) -> list[Party]:
        """Return the parties of one sentence, left to right; `hits` are the hits inside it."""
        parties: list[Party] = []
        for hit in hits:
            floor = max(sentence.start, parties[-1].end if parties else sentence.start)
            party = self._party(reading.words, hit, floor)
            before = parties[-1] if parties else None
            merged = self._merge(reading.words, parties, party, hit) if before else None
            if merged is not None:
                parties[merged[0] :] = [merged[1]]
                continue
            if before:
                party = self._join(reading.words, before, party)
            parties.append(party)
        return mark_lists(reading.words, parties)

    def head(self, word: str) -> tuple[str, Lead]:
        """Return the (proclitic, kind) of a word as a leading noun; kind "" if it is none."""
        return self._heads[word]

    def of_country(self, word: str) -> bool:
        """Whether a word is a country's adjective, with or without the article."""
        return word in self._adjectives or word.removeprefix("ال") in self._adjectives

    def _head(self, word: str) -> tuple[str, Lead]:
        for proclitic, rest in readings(word):
            for form in (rest, *_singulars(rest.removeprefix("ال"))):
                if form in self._persons:
                    return proclitic, "person"
                if form in self._bodies:
                    return proclitic, "body"
        return "", ""

    def _party(self, words: list[str], hit: Hit, floor: int) -> Party:
        start, proclitic = hit.start, hit.proclitic
        head: Lead = ""
        if not (hit.proclitic.strip("وف") and hit.entity) or self._serves(words, hit, floor):
            start, head, proclitic = self._leading(words, hit, floor)
        elif hit.proclitic == "ل" and hit.start > floor and words[hit.start - 1] in _BELONGING:
            start, head, proclitic = self._sent_from(words, hit, floor)
        if hit.rule in {"home", "people"} and not head:
            head = self.head(words[hit.start])[1]
        kind = self._kind(words, hit, head, start)
        if head == "body" and kind == "PER" and not proclitic.startswith("و"):
            kind = "ORG"
        countries = (hit.iso,) if hit.iso else self._shared(words, hit)
        if head and hit.entity and hit.entity.id in self._held:
            # «قيادة قاعدة كذا»: they are of the country that holds the base.
            kind, countries = "NOMINAL", (self._held[hit.entity.id],)
        if hit.entity and hit.entity.id in self._held and kind == "PLACE" and words[start - 1].endswith(_SHE):
            # «آوت قاعدة كذا مدنيين»: those who hold it do.
            kind, countries = "NOMINAL", (self._held[hit.entity.id],)
        ids = (hit.entity.id,) if hit.entity and kind != "NOMINAL" else ()
        start = self._partitive(words, start, floor) if head == "body" else start
        if kind == "PER" and not head and start > floor and not proclitic:
            start, head, proclitic = self._titled(words, start)
        prep = preposition(words, start, proclitic)
        if prep == "عبر" and (kind == "PER" or head == "person"):
            prep = ""  # عبّر X عن: nothing is done "by way of" somebody
        return Party(start, hit.end, hit.start, prep, kind, ids, countries,
                     joined=proclitic.startswith("و"), head=head, clitic=len(proclitic))  # fmt: skip

    def _titled(self, words: list[str], start: int) -> tuple[int, Lead, str]:
        """«والمحامية فلانة»: where a name begins with the title before it, whatever the title says of a country."""
        clitic = next((before for before, rest in readings(words[start - 1]) if rest in self._titles), None)
        return (start, "", "") if clitic is None else (start - 1, "person", clitic)

    def _shared(self, words: list[str], hit: Hit) -> tuple[str, ...]:
        """«اللجنة السورية الروسية المشتركة»: the countries by whose adjectives a body is called."""
        named = words[hit.start : hit.end] if hit.entity and hit.entity.type == "ORG" else ()
        return tuple(dict.fromkeys(self._adjectives[word] for word in named if word in self._adjectives))

    def _serves(self, words: list[str], hit: Hit, floor: int) -> bool:
        """«القائد العام لقوات X», «المتحدث الرسمي لـX»: whether an office and its adjective stand before ل and a body."""
        at = hit.start - 1
        title = hit.proclitic == "ل" and at > floor and words[at] in _OF_OFFICES
        return title and words[at - 1].startswith("ال") and self.head(words[at - 1])[1] == "person"

    def _partitive(self, words: list[str], start: int, floor: int) -> int:
        """«أحد عشر ناجياً من أبناء X»: some of a people; the phrase begins with them."""
        some = start - 2
        if (
            some < floor
            or words[start - 1] != "من"
            or words[some].startswith("ال")
            or self.head(words[some])[1] != "body"
        ):
            return start
        return some

    def _leading(self, words: list[str], hit: Hit, floor: int) -> tuple[int, Lead, str]:
        """Return where the noun phrase begins that ends in a hit, the kind of noun that leads it and its proclitic."""
        start, proclitic = hit.start, hit.proclitic
        head: Lead = ""
        for token in range(hit.start - 1, max(floor, hit.start - _LEFT) - 1, -1):
            # «مدير الصناعة في حمص»: a city behind "in" says nothing of whose he is, nor does «دوريات في الجنوب السوري»; «وفد برئاسة فلان».
            if words[token] in _LED or (
                words[token] in _IN and (self._plain_kind(words, hit) == "PLACE" or self._there(words, token, hit))
            ):
                break
            clitic, found = self.head(words[token]) if words[token - 1] not in _RANKED else ("", "")
            defined = words[start].startswith(_DEFINITE) or bool(proclitic.strip("وف"))
            if found and head and words[token].startswith("ال") and not defined:
                break  # «في مبنى الوزارة سفير روسيا»: behind a definite noun another phrase begins; not «النائب الأول لوزير X»
            if found == "body" and self._stands_alone(words, token, hit):
                break
            if words[token] in _COUNTS and words[token + 1] == "من":
                return token, "body", ""  # «تجمع العشرات من ذوي»: a verb stands before them
            if found:
                start, head, proclitic = token, found, clitic
                if clitic.strip("وف") and not self._owned(words, token, floor):
                    break
            elif words[token] in _VERBS or not (
                words[token].startswith(_DEFINITE)
                or words[token] in self._inside
                or words[token] in _QUOTES
                or _described(words, token, hit)
            ):
                break
        if not head and hit.entity and hit.start > floor and words[hit.start - 1] == "من":
            return self._sent_from(words, hit, floor)
        return start, head, proclitic

    def _stands_alone(self, words: list[str], token: int, hit: Hit) -> bool:
        """«طالبت الشبكة موسكو», «لدى الاتحاد فلان»: whether a body with the article stands beside a name that it is no part of."""
        named = hit.entity is not None and hit.entity.type in {"GPE", "LOC", "PER"}
        # ناشطون موسكو is no phrase: that plural has no genitive behind it.
        alone = words[token].startswith("ال") or words[token].endswith(("ون", "ين"))
        return named and token == hit.start - 1 and alone and not hit.proclitic

    def _there(self, words: list[str], token: int, hit: Hit) -> bool:
        """«في الجنوب السوري»: whether "in" and a noun that is no body tell where."""
        if hit.entity is not None:
            return False
        inside = words[token + 1 : hit.start]
        return bool(inside) and not any(self.head(word)[1] == "body" for word in inside)

    def _sent_from(self, words: list[str], hit: Hit, floor: int) -> tuple[int, Lead, str]:
        """«وفداً كنسياً من دمشق»: some people of a country."""
        far = _BELONGS if words[hit.start - 1] in _BELONGING else _FROM
        for token in range(hit.start - 2, max(floor, hit.start - far) - 1, -1):
            clitic, found = self.head(words[token])
            if found and not words[token][len(clitic) :].startswith("ال"):
                return token, found, clitic
        return hit.start, "", hit.proclitic

    def _plain_kind(self, words: list[str], hit: Hit) -> Kind:
        if hit.entity is None:
            return "PLACE" if hit.rule == "village" else "THEME"
        if hit.entity.type == "FAC" and self.head(words[hit.start])[1] == "body":
            return "ORG"  # an embassy does things, a base does not
        return "GPE" if hit.entity.id in self._capitals else _KINDS[hit.entity.type]

    def _kind(self, words: list[str], hit: Hit, head: str, start: int) -> Kind:
        kind = self._plain_kind(words, hit)
        if kind == "THEME":
            return "NOMINAL" if head or self._people(words, hit) else kind
        if kind == "PLACE" and not head and words[hit.start] in self._civic and words[hit.start - 1].endswith(_SHE):
            return "NOMINAL"  # «كرّمت محافظة كذا»
        if kind == "PER" and head == "person" and start == hit.start - 1 and self._indefinite(words[start]):
            return "NOMINAL"  # «مبعوث X», «محامي X»: not he, but his man
        if head == "body" and hit.start > start and words[hit.start - 1] in _BELONGING:
            return "NOMINAL"
        within = bool(head) and kind in {"GPE", "ORG"} and bool(_IN.intersection(words[start : hit.start]))
        if head and words[hit.start - 1] == "من" and kind in {"GPE", "PLACE"}:
            return "NOMINAL"
        # «أهالي كفرنبل», «محافظ الحسكة»: people, and not the place.
        folk = head == "person" or any(
            rest in self._civic for word in words[start : hit.start] for _, rest in readings(word)
        )
        # «رابطة أهالي كذا» too.
        folk = folk or any(
            rest in self._people_nouns for word in words[start : hit.start] for _, rest in readings(word)
        )
        if head and folk and kind == "PLACE" and not _IN.intersection(words[start : hit.start]):
            return "NOMINAL"
        # «محكمة الإرهاب في سوريا», «مسؤولون في الوزارة», «رئيس سوريا»: of the country or body, and not that itself.
        return "NOMINAL" if within or (head == "person" and kind == "GPE") else kind

    def _indefinite(self, word: str) -> bool:
        return not word[len(self.head(word)[0]) :].startswith("ال") and not word.endswith(_OWNED)  # نظيره

    def _people(self, words: list[str], hit: Hit) -> bool:
        """Whether the adjective stands as a noun for people: "the Russians" without a noun before it, "eleven Syrians"."""
        before = words[hit.start - 1] if hit.start else ""
        if words[hit.start].endswith("ا") and (before.endswith(_NUMBERS) or before.isdecimal()):
            return True
        return words[hit.start].endswith(self._plural) and not (hit.proclitic == "" and before.startswith("ال"))

    def _owned(self, words: list[str], token: int, floor: int) -> bool:
        """Whether "the envoy of" stands before a title that begins with ل or ب."""
        return any(self.head(words[back])[1] == "person" for back in range(max(floor, token - 2), token))

    def _merge(self, words: list[str], parties: list[Party], party: Party, hit: Hit) -> tuple[int, Party] | None:
        before = parties[-1]
        gap = words[before.end : party.start]
        if party.head == "person" and party.kind == "NOMINAL" and before.kind == "PER" and gap in ([], ["،"]):
            same = bool(set(before.countries) & set(party.countries))
            return (len(parties) - 1, replace(before, end=party.end)) if same and not party.clitic else None
        if hit.entity is None:
            return self._merge_adjective(words, parties, party, gap)
        if not gap and (seat := self._seat(words, before, party)):
            return len(parties) - 1, seat
        if party.kind in {"ORG", "MEDIA"} and before.kind == "NOMINAL" and not before.ids:
            return self._merge_name(parties, party, gap)
        if party.kind != "PER":
            return None
        for index in range(len(parties) - 1, max(-1, len(parties) - 4), -1):
            title = parties[index]
            if title.head != "person" or title.kind == "PER" or party.start - title.end > _APPOSITION:
                continue
            shared = not title.countries or not party.countries or set(title.countries) & set(party.countries)
            # السفير الروسي في دمشق X: where he is stands between.
            seats = {at for one in parties[index + 1 :] if one.prep in _SEATS for at in range(one.start, one.end)}
            between = [words[at] for at in range(title.end, party.start) if at not in seats]
            plain = all(word in _MARKS or word in self._inside or word.startswith(("ال", "لل")) for word in between)
            apposed = plain and (not party.joined or (party.head == "person" and "،" in between))
            if shared and not between and self._owner_of(words, title, hit):
                return index, replace(title, end=party.end)
            if shared and apposed and (party.prep == "" or not between):
                countries = party.countries or title.countries
                return index, replace(party, start=title.start, anchor=title.anchor, prep=title.prep,
                                      joined=title.joined, head="person", countries=countries,
                                      clitic=title.clitic)  # fmt: skip
        return None

    def _seat(self, words: list[str], before: Party, party: Party) -> Party | None:
        """«العاصمة السورية دمشق»: a city and what it is called before its name."""
        if party.ids and party.ids == before.ids and not party.prep:
            return replace(before, end=party.end)
        at = before.start - 1
        if before.kind != "THEME" or before.countries != party.countries or words[at] != _SEAT:
            return None
        return replace(party, start=at, prep=preposition(words, at, ""), joined=before.joined)

    def _owner_of(self, words: list[str], title: Party, hit: Hit) -> bool:
        """«المبعوث الخاص للرئيس الروسي X، Y»: X is known to be president, so the envoy's name is still to come."""
        heads = [self._bare(words[token]) for token in range(title.start, title.anchor)]
        heads = [head for head in heads if head in self._persons]
        offices = (
            {fold_text(role.title_ar).split()[0].removeprefix("ال") for role in hit.entity.roles}
            if hit.entity
            else set()
        )
        return len(heads) > 1 and heads[-1] in offices and not offices & set(heads[:-1])

    def _bare(self, word: str) -> str:
        return next((form for _, rest in readings(word) if (form := rest.removeprefix("ال")) in self._persons), "")

    def _merge_adjective(
        self, words: list[str], parties: list[Party], party: Party, gap: list[str]
    ) -> tuple[int, Party] | None:
        before = parties[-1]
        if party.kind != "THEME" or any(word not in _MARKS for word in gap):
            return None
        if before.kind in {"NOMINAL", "THEME"} and not before.ids:
            joined = party.joined and words[party.start].startswith("و")
            if party.countries[0] in before.countries:
                return len(parties) - 1, replace(before, end=party.end)
            if joined and before.kind == "NOMINAL":
                # وزيرا الخارجية الروسي والسوري: one noun, two parties.
                parties.append(replace(party, kind="NOMINAL", prep=before.prep, head=before.head))
                return len(parties) - 1, parties[-1]
            return len(parties) - 1, replace(before, end=party.end, countries=before.countries + party.countries)
        if before.ids and not gap and (not before.countries or before.countries == party.countries):
            return len(parties) - 1, replace(before, end=party.end, countries=party.countries)
        return None

    def _merge_name(self, parties: list[Party], party: Party, gap: list[str]) -> tuple[int, Party] | None:
        """مكتب الرئاسة (الكرملين), وكالة الأنباء الرسمية “سانا”: a description and then the name."""
        before = parties[-1]
        marked = bool(gap) and gap[-1] in _MARKS and gap[-1] != "،"
        plain = len(gap) <= 3 and all(word in _MARKS or word.startswith("ال") for word in gap)
        if marked and plain and not party.joined and set(before.countries) & set(party.countries):
            return len(parties) - 1, replace(party, start=before.start, anchor=before.anchor, prep=before.prep,
                                             joined=before.joined, head=before.head, clitic=before.clitic)  # fmt: skip
        return None

    def _join(self, words: list[str], before: Party, party: Party) -> Party:
        gap = words[before.end : party.start]
        beside = len(gap) <= 1 and all(word in _MARKS for word in gap)
        if party.joined and beside and party.prep in {"", before.prep}:
            # «يتفقد X محطة كذا وY يبدي»: behind an object or a preposition "and" begins a clause.
            parts = before.prep not in {"", "بين"} or (before.kind == "PLACE" and party.acts)
            if parts and party.prep == "" and predicated(words, party.end):
                return replace(party, joined=False)
            return replace(party, prep=before.prep)
        if gap == ["،"] and party.prep == "" and before.kind == party.kind:
            return replace(party, joined=True, prep=before.prep)
        return replace(party, joined=False) if party.joined else party


def _singulars(word: str) -> Iterator[str]:
    """Yield a noun without the article and what it may be the dual, the plural or the accusative of."""
    yield word
    yield word.removesuffix("ا")
    if len(word) > _VERB and word.endswith(("ان", "ين", "ون")):
        stem = word[:-2]
        # سفينتان is سفينة twice.
        yield f"{stem[:-1]}ه" if stem.endswith("ت") else stem


def _described(words: list[str], token: int, hit: Hit) -> bool:
    """«منظمات حقوقية سورية»: whether an indefinite adjective stands between a noun and a country's adjective."""
    country = words[hit.start]
    indefinite = hit.entity is None and not country.startswith("ال") and not hit.proclitic
    ending = "ه" if country.endswith("ه") else "يا" if country.endswith("ا") else "ي"
    return indefinite and hit.start - token <= _ADJECTIVES and words[token].endswith(ending)
