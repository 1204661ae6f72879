"""Who acts: the party beside a verb, or the one that a verb or noun without a subject means."""

from __future__ import annotations

from workers.arabic.letters import fold_text
from workers.tag.entities import TANWIN
from workers.tag.gender import COUNTS, accusative, agrees
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.recipients import VERBAL, Recipients, tells_where
from workers.tag.scene import Scene
from workers.tag.thread import Thread

_DOCUMENTS = frozenset(
    fold_text(
        "لافتات لافتة مذكرة رسالة بيان بيانا عريضة ملفا ملف لائحة شعارات هتافات برقية نداء كتابا خطابا وثيقة"
    ).split()
)
_NUMBERED = frozenset(["نحو"])
# How far, in tokens, a verb is from its subject, and a noun from whoever owns it.
_SKIP_LIMIT = 12
_BESIDE = 3
# «بعث X برسالة إلى Y طلب فيها»: in the letter it is X who asks.
IN_IT = [[fold_text("فيها")], [fold_text("فيه")], [fold_text("خلالها")], [fold_text("خلاله")]]


class Subjects:
    """Finds who acts."""

    def __init__(self, knowledge: Knowledge, recipients: Recipients) -> None:
        self._quads = knowledge.events.quads
        self._types = [pattern.type for pattern in knowledge.events.patterns]
        self._demands = [one.type == "REQUEST" for one in knowledge.events.patterns]
        self._wants = [bool(pattern.near) for pattern in knowledge.events.patterns]
        self._intransitive = [not (one.near or "object" in one.recipient) for one in knowledge.events.patterns]
        nominals = knowledge.topic.nominals
        self._somebody = frozenset(map(fold_text, (*nominals.persons, *nominals.bodies, *knowledge.names.titles)))
        self._recipients = recipients
        self.thread = Thread(knowledge)

    def beside(self, scene: Scene, found: Found, after: list[Party]) -> tuple[Party | None, list[Party]]:
        """Return the subject that stands beside a verb, if one does, and the other parties behind it."""
        token = found.token
        owner = self._holder(scene, found) or self._related(scene, found) or self._owner_before(scene, token)
        if owner := owner or (None if found.entry.noun else self._owner(scene, token + 1)):
            return owner, after
        # A verb joined by "and" has its subject behind it or carried over, never right before.
        before = self._nearest(scene, token) if not found.proclitic else None
        his = before is not None and before.head == "person" and found.entry.form.tense == "imperfect"
        # «أكد المتحدث تسلّم القائمة»: of a man "she hands over" is not said.
        other = (
            his and before is not None and not agrees(scene.reading.words, before, feminine=found.entry.form.feminine)
        )
        if before and not other and before.acts and before.prep == "" and self._leads(scene, before, token):
            return scene.chain_head(before), after
        end = token + 1
        for index, party in enumerate([] if self._within(scene, found, after) else after[:3]):
            if not self._recipients.adjoins(scene, end, party.start - bool(party.prep and not party.clitic)):
                break
            if party.acts and party.prep == "":
                if self.thread.meets(scene, found, party):
                    break
                fits = agrees(scene.reading.words, party, feminine=found.entry.form.feminine)
                if accusative(scene.reading.words, party) or not fits:
                    # طالب موسكو بـ…: an object, behind which the subject may still stand.
                    end = party.end
                    continue
                if not found.entry.form.feminine and self._place_first(scene, after[index : index + 2]):
                    index += 1  # noqa: PLW2901
                return after[index], [*after[:index], *after[index + 1 :]]
            if not party.prep:
                break
            end = party.end
        return None, after

    def _related(self, scene: Scene, found: Found) -> Party | None:
        """«من مجموعة روسية تتوعدها»: behind an indefinite noun a verb of the present is that one's, whatever stands before it."""
        party = scene.at(found.token - 1)
        if found.entry.form.tense != "imperfect" or found.proclitic or party is None or party.end != found.token:
            return None
        words = scene.reading.words
        definite = party.kind != "NOMINAL" or words[party.end - 1].startswith("ال") or not party.prep
        return None if definite or not agrees(words, party, feminine=found.entry.form.feminine) else party

    def _within(self, scene: Scene, found: Found, after: list[Party]) -> bool:
        """«وقفة طالبت خلالها X بـ»: whether the one party behind a demand is whom it is made to."""
        free = [party for party in after[:3] if party.acts and not party.prep and not party.joined]
        within = scene.reading.words[found.token + 1 : found.token + 2] in IN_IT
        return within and self._demands[found.entry.rule] and len(free) == 1

    def _holder(self, scene: Scene, found: Found) -> Party | None:
        """«رافعين لافتات تطالب X بـ»: whoever holds them asks."""
        if found.entry.form.tense != "imperfect" or scene.reading.words[found.token - 1] not in _DOCUMENTS:
            return None
        return self._sure(scene, self.thread.subject(scene, found.token, feminine=None))

    def _owner_before(self, scene: Scene, token: int) -> Party | None:
        """«إن قواتها الجوية دمرت»: whose forces stand before a verb."""
        turn = next(iter(scene.turns_before(token)[-1:]), None)
        if turn is None or not turn.free or token - turn.token > _BESIDE:
            return None
        adjectives = scene.reading.words[turn.token + 1 : token]
        return turn.party if all(word.startswith("ال") for word in adjectives) else None

    def _owner(self, scene: Scene, token: int) -> Party | None:
        """«شنته طائراتها»: the party named last that such a body is of, by the gender of its pronoun."""
        word = scene.reading.words[token] if token < scene.sentence.end else ""
        if not self.thread.theirs(word):
            return None
        feminine = word.endswith("ها")
        near = (one for one in scene.before(token) if one.acts and agrees(scene.reading.words, one, feminine=feminine))
        return next(near, None)

    def _nearest(self, scene: Scene, token: int) -> Party | None:
        """Return the party before a token, the one before that where the nearest only says where."""
        near = scene.before(token, _SKIP_LIMIT)[:2]
        return next((party for party in near if not (tells_where(party) and party is near[0] and len(near) == 2)), None)

    def _leads(self, scene: Scene, party: Party, token: int) -> bool:
        """Whether a party before a verb is its subject: beside it, and if a comma parts them, at the head of a clause."""
        if not self._recipients.adjoins(scene, party.end, token):
            return False
        head = scene.chain_head(party)
        if not {"،", ","}.intersection(scene.reading.words[party.end : token]):
            return True
        return any(turn.party is not None and turn.party.start == head.start for turn in scene.turns_before(token + 1))

    def _place_first(self, scene: Scene, pair: list[Party]) -> bool:
        """زار دمشق X: a masculine verb, a city or country, then the person who did it."""
        if len(pair) < 2 or pair[0].kind != "GPE":
            return False
        person = pair[1].kind == "PER" or pair[1].head == "person"
        return (
            person
            and pair[1].prep == ""
            and not pair[1].joined
            and self._recipients.adjoins(scene, pair[0].end, pair[1].start)
        )

    def carried(self, scene: Scene, found: Found, *, feminine: bool | None, noun: bool = False) -> Party | None:
        """Return the party that a verb without a subject, a verbal noun or an owner's pronoun means, if that is sure."""
        token = found.token
        follows = next(iter(scene.after(token, 1)), None)
        if not noun and follows is not None and follows.kind == "MEDIA" and follows.prep == "":
            return None  # نقلت وكالة X عن Y
        if not noun and self._stranger(scene, found):
            return None
        bare = not noun and not found.entry.form.pronoun
        if bare and token > scene.sentence.start and scene.reading.words[token - 1] == "ما":
            return None  # «ما وصل إلى X»: the thing itself
        inside = not noun and scene.reading.words[token + 1 : token + 2] in IN_IT
        # «اتصال تلقاه»: the noun that a pattern asks for is its object, so whom the text is about is its subject.
        antecedent = bool(found.entry.form.pronoun) and not noun and self._wants[found.entry.rule]
        if not noun and not inside and not antecedent and not self.thread.begins(scene, token):
            return None
        if bare and self._intransitive[found.entry.rule] and self._own_subject(scene, token + 1):
            return None  # «تنتشر نقطة للقوات»
        if not noun and found.entry.form.pronoun and self._told_by(scene, token + 1):
            return None  # «ما دمرته الحرب»
        main = not inside and (
            not noun and self._quads[self._types[found.entry.rule]] in VERBAL and bool(found.proclitic)
        )
        # «أكد X أن Y …، معلناً استعداد بلاده»: the participle is X's again.
        main = main or (noun and any(one.entry.role == "participle" for one in scene.triggers(token - 2, token)))
        starts = token <= scene.sentence.start + 2 or bool(found.entry.form.pronoun)
        own = noun and not starts
        chosen = None
        if main and not noun:
            # «أوضحت الوزارة أن X طلب كذا، ودعا Y»: within what was said it is X again.
            here = (self.thread.subject(scene, token, feminine=feminine, main=each, own=True) for each in (True, False))
            chosen = next((one for one in here if one), None)
        chosen = chosen or self.thread.subject(scene, token, feminine=feminine, main=main, own=own)
        if noun and chosen is None and not found.proclitic.strip("وف"):
            # رغبة X في تعزيز …: whoever the noun before it belongs to.
            near = [party for party in scene.before(token, _BESIDE)[:1] if party.acts and party.prep == ""]
            chosen = next((p for p in near if all(w.isalpha() for w in scene.reading.words[p.end : token])), None)
        return self._sure(scene, chosen)

    def _stranger(self, scene: Scene, found: Found) -> bool:
        """«نظم العشرات من», «خصصت جامعة كذا», «دعا القيادي فلان»: whether somebody whom no country is known of follows as the subject."""
        words, place = scene.reading.words, found.token + 1
        while place < scene.sentence.end and words[place] in _NUMBERED:
            place += 1
        if place >= scene.sentence.end or scene.at(place) is not None:
            return False
        if words[place] in COUNTS:
            return True
        opens = not found.proclitic or found.token == scene.sentence.start
        noun = words[place].removeprefix("ال")
        fits = found.entry.form.feminine == noun.endswith("ه")
        plain = TANWIN not in scene.reading.source(place) and not noun.endswith(("ين", "ا"))
        return opens and fits and plain and noun in self._somebody

    def _told_by(self, scene: Scene, token: int) -> bool:
        """Whether a definite noun stands there that names nobody the topic knows."""
        definite = token < scene.sentence.end and scene.reading.words[token].startswith("ال")
        return definite and scene.at(token) is None and self.thread.is_noun(scene, token)

    def _own_subject(self, scene: Scene, token: int) -> bool:
        """Whether an indefinite noun that names nobody stands there."""
        return token < scene.sentence.end and scene.at(token) is None and self.thread.is_noun(scene, token)

    def main(self, scene: Scene, token: int) -> Party | None:
        """Return who spoke last before a token, else whom the main clause is about, the sentence before included."""
        voice = next((party for start, party in reversed(scene.said) if start < token), None)
        if voice is not None and voice.kind != "MEDIA":
            return voice
        return self._sure(scene, self.thread.subject(scene, token, feminine=None, main=True))

    def _sure(self, scene: Scene, chosen: Party | None) -> Party | None:
        # A medium that tells of an act has not done it.
        return scene.chain_head(chosen) if chosen and chosen.kind != "MEDIA" else None

    def told_later(self, scene: Scene, token: int) -> Party | None:
        """«بعد لقائه X، أكد Y»: at the head of a sentence a pronoun may mean who is named behind the comma."""
        if token > scene.sentence.start + 2:
            return None
        return next((turn.party for turn in scene.turns if turn.token > token and not turn.inner), None)
