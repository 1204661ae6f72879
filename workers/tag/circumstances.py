"""The circumstances of an event: whether it happened, when, where."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

from workers.arabic.letters import fold_text
from workers.config.topic import EventPattern, Status
from workers.items import Article, EventDate
from workers.tag.lexicon import Found
from workers.tag.loader import Knowledge
from workers.tag.party import Party
from workers.tag.reading import Forms
from workers.tag.scene import Scene
from workers.tag.thread import RELATIVE

# How far before its trigger, in tokens, words tell an event's status; those that stand close.
_CUE = 5
_CLOSE = 3
_LONG = 4
_LIGHT = 8
_RELATIVE_REACH = 14
_AFTER = 16
# How far, in tokens, a verb such as "denied" governs, and the place behind an event's last party is.
_OVER = 22
_PLACE = 6
_NAME = 6
_NOT = frozenset(["لم", "لا", "لن"])
_AUXILIARY = frozenset(fold_text("يكن تكن يتم تتم يعد تعد يسبق تسبق يزال تزال نكن").split())
# How far, in characters, the date of an event is; a date so many days before publication is history.
_DATE_CHARS = 120
_HISTORICAL_DAYS = 180
# In a relative clause («X، الذي زار …») so many are: it reminds of something.
_REMINDED_DAYS = 20
_STOPS = frozenset("،,؛;:.")
_ANY = fold_text("أي")
# «الاتصال الذي جرى بين …»: the reader is reminded of it.
_TOLD = frozenset(map(fold_text, ("جرى", "جرت", "أجراه", "أجراها", "تم", "تمت", "عقد", "عقدت", "حصل", "حدث")))
_TOLD_NEAR = 4
# How far back "was" may stand before "had"; past verbs that begin like the present.
_PAST = 9
_WAS = frozenset(["كان", "كانت", "وكان", "وكانت"])
_FIFTH = ("تلق", "توصل", "تعهد", "تقدم", "تسلم", "تول", "تم", "تحدث", "تناول", "تبادل", "توج", "تطرق", "تراجع")
# At that time: all that the sentence goes on to tell was then.
_IF = frozenset(["اذا"])
_LOOK = 20
_OPENING = 3
_PREVIOUSLY = frozenset(fold_text("سبق وسبق").split())
# «لا موعد لزيارة X»: no date, and still a visit ahead.
_MEETING = frozenset(fold_text("موعد موعدا").split())
_WILL = frozenset(
    fold_text("ستصل سيصل ستجري سيجري ستتم سيتم ستعقد سيعقد ستبدأ سيبدأ ستكون سيكون ستنطلق سينطلق").split()
)
# Letters behind سيـ and ستـ with which few nouns begin.
_STEMS = frozenset("تسكعقحشصبلم")
_THEN = frozenset(fold_text("حينها وقتها آنذاك حينذاك يومها حينئذ").split())
_AT = frozenset(fold_text("منذ عام سنة في").split())
_AND_IT = frozenset(fold_text("وهو وهي").split())
_THEIR_ACT = ("وها", "وهم", "وه")
# «حين أوقفته X»: no relative clause.
_WHEN = frozenset(fold_text("حين حينما عندما بعدما كيف قبلما لما كما ان ثم فيما بينما حيث إذ").split())
_SIGNED = frozenset(fold_text("الموقع الموقعة المبرم المبرمة الممنوح الممنوحة").split())
_SINCE = frozenset(fold_text("منذ عقب إثر").split())


class Phrases:
    """Cues of one or several words, folded, also behind a conjunction of `before`."""

    def __init__(self, cues: Iterable[str], before: tuple[str, ...]) -> None:
        forms = {f"{one}{fold_text(cue)}" for cue in cues for one in before}
        self._single = frozenset(form for form in forms if " " not in form)
        self._several = tuple(f" {form} " for form in forms if " " in form)

    def stand_in(self, words: list[str]) -> bool:
        """Whether one of the cues stands among the words."""
        if not self._single.isdisjoint(words):
            return True
        line = f" {' '.join(words)} " if self._several else ""
        return any(cue in line for cue in self._several)


class Circumstances:
    """The words of a topic that tell an event's status, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._types = {entity.id: entity.type for entity in knowledge.entities}
        self._reminders = {fold_text(form) for form in knowledge.speech.impersonal}
        self._light = Forms(map(fold_text, knowledge.events.light))
        self._cues = [
            (cue.status, Phrases(cue.before, ("", "و", "ف")), Phrases(cue.after, ("",)), frozenset(map(fold_text, cue.over)))
            for cue in knowledge.events.status
        ]  # fmt: skip

    def status(self, scene: Scene, found: Found, pattern: EventPattern, *, circumstance: bool) -> Status:
        """Return an event's status; `circumstance`: it is told only as the time of something else."""
        told = self._told(scene, found, pattern, circumstance=circumstance)
        # «عدم موافقة X»: a word that the pattern asks for denies nothing.
        return "actual" if pattern.previous and told == "negated" and pattern.status else (
            pattern.status if pattern.status and told != "negated" else told
        )  # fmt: skip

    def _told(self, scene: Scene, found: Found, pattern: EventPattern, *, circumstance: bool) -> Status:
        token = self._said_at(scene, found)
        before = scene.reading.words[max(scene.sentence.start, token - _CUE) : token]
        close = before[-_CLOSE:]
        if token < found.token:
            close = [*close, *scene.reading.words[max(token + 1, found.token - _CLOSE) : found.token]]
        after = scene.reading.words[token + 1 : self._own_end(scene, found)]
        if framed := self._framed(scene, found, token):
            return framed
        for status, first, second, over in self._cues:
            if first.stand_in(close if status in {"negated", "hypothetical"} else before) and (
                status != "negated" or self._denied(scene, found)
            ):
                return status
            # What is agreed lies ahead, the agreement does not: «تخطط لاتصالات في المستقبل القريب».
            # What a past verb tells does not.
            past = status == "future" and found.entry.form.tense == "perfect" and not found.entry.noun
            ahead = pattern.govern and status == "future"
            if not ahead and not past and second.stand_in(after):
                return status
            if over and not circumstance and _under(scene, token, over):
                return status
        # «سيبدأ غداً انسحاب X»
        light = token < found.token and scene.reading.words[token].removeprefix("و") in _WILL
        if found.entry.form.tense == "future" or light:
            return "future"
        told = found.entry.form.tense == "noun" and bool(_TOLD.intersection(after[:_TOLD_NEAR]))
        if told and scene.sentence.zone == "body":
            return "historical"
        return "actual"

    def is_past(self, scene: Scene, found: Found, pattern: EventPattern, day: EventDate | None) -> bool:
        """Whether what happened lies so far back that the text only reminds of it.

        Without a day of its own that is so of a contract in a relative clause («عقد أبرمته X») and, below the lead, of asylum.
        """
        reminds = self.reminds(scene, found)
        if day is not None and day.basis != "dateline":
            return _is_old(day.value, scene.article, relative=reminds)
        verb = bool(found.entry.form.pronoun) and found.entry.form.tense == "perfect"
        signed = (
            verb and reminds and pattern.reciprocal and pattern.type != "CONSULT" and scene.sentence.zone != "headline"
        )
        return signed or (pattern.mode == "asylum" and scene.sentence.zone == "body")

    def _own_end(self, scene: Scene, found: Found) -> int:
        """Return the token before which words may tell when an act is; of a noun's, the next verb's are that one's."""
        limit = min(scene.sentence.end, found.token + _AFTER)
        if found.entry.form.tense != "noun":
            # «قدّر المنح التي تقدمها X سنوياً»
            return next((at for at in range(found.token + 1, limit) if scene.reading.words[at] in RELATIVE), limit)
        verbs = (
            one.token
            for one in scene.triggers(found.token + 2, limit)
            if one.entry.form.tense in {"perfect", "imperfect"} and not one.entry.noun and one.entry.role == "event"
        )
        return next(verbs, limit)

    def _said_at(self, scene: Scene, found: Found) -> int:
        """«من المحتمل أن يجري X وY محادثات»: of a noun for an act, the token of the light verb that does it."""
        if found.entry.form.tense != "noun":
            return found.token
        first = max(scene.sentence.start, found.token - _LIGHT)
        words = scene.reading.words
        return next(
            (token for token in range(found.token - 1, first - 1, -1) if words[token] in self._light), found.token
        )

    def _framed(self, scene: Scene, found: Found, token: int) -> Status | None:
        """Return the status that the words around a verb's clause give: "may", "had", "ought", "at that time"."""
        words = scene.reading.words[max(scene.sentence.start, token - _PAST) : token + 1]
        if _IF.intersection(words[-_CUE - 1 : -1]):
            return "hypothetical"
        if found.entry.form.tense == "noun" and (ahead := _unseen(words) or self._ahead(scene, found.token)):
            return ahead
        tense = found.entry.form.tense
        told = tense in {"perfect", "noun"}
        earlier = scene.reading.words[scene.sentence.start : token]
        # «وكانت X علقت كذا عقب اتصال»: what is told by a noun behind the verb was then too.
        perfect = tense == "perfect" or any(
            one.entry.form.tense == "perfect" and not one.entry.noun
            for one in scene.triggers(scene.sentence.start, token)
        )
        if told and (self._recalls(scene) or _had(earlier, perfect=perfect)):
            return "historical"
        if tense == "imperfect" and earlier[:1] and earlier[0] in _WAS and not self._verbs(scene, token):
            return "historical"  # «وكانت X تخصص سنوياً»
        if perhaps := _perhaps(words, imperfect=found.entry.form.tense == "imperfect"):
            return perhaps
        if self._ought(scene, token):
            return "hypothetical"
        then = found.entry.form.tense == "perfect" and _THEN.intersection(
            scene.reading.words[scene.sentence.start : token]
        )
        return "historical" if then else None

    def _verbs(self, scene: Scene, token: int) -> bool:
        """Whether a verb or a comma stands between the head of a sentence and a token, or "may"."""
        words = scene.reading.words[scene.sentence.start : token]
        verbs = (one for one in scene.triggers(scene.sentence.start, token) if one.entry.form.tense != "noun")
        return "قد" in words or not _STOPS.isdisjoint(words) or any(verbs)

    def _ahead(self, scene: Scene, token: int) -> Status | None:
        """«زيارة X إلى Y قد تجري», «دفعة من المساعدات ستصل»: what the verb that follows a noun says of it."""
        words = scene.reading.words[token : min(scene.sentence.end, token + _OVER)]
        for one, two in pairwise(words):
            if one in _STOPS:
                return None
            if one == "قد" and two in self._light and two[:1] in {"ي", "ت"}:
                return "hypothetical"
            if one in _WILL or self._will(one):
                return "future"
        return None

    def _will(self, word: str) -> bool:
        """«انسحاب ما تبقى سيستكمل»: whether a word is a verb of the future."""
        return (
            word[:2] in {"سي", "ست"}
            and word[2:3] in _STEMS
            and len(word) > _LONG
            and not word.endswith(("ه", "ات", "يا"))
        )

    def _denied(self, scene: Scene, found: Found) -> bool:
        """«لا تسلم من منحتهم»: whether "not" is said of this verb, and not of one before it."""
        words, token = scene.reading.words, found.token
        if found.entry.form.tense == "noun" or found.entry.noun:
            return not _MEETING.intersection(words[max(scene.sentence.start, token - _CUE) : token])
        at = next(
            (at for at in range(token - 1, max(scene.sentence.start, token - _CLOSE) - 1, -1) if words[at] in _NOT),
            None,
        )
        return at is None or not any(
            words[between][:1] in {"ي", "ت", "ن"} and words[between] not in _AUXILIARY
            for between in range(at + 1, token)
        )

    def _ought(self, scene: Scene, token: int) -> bool:
        """«على روسيا أن تعلق»: what somebody ought to do."""
        words = scene.reading.words
        if token < scene.sentence.start + 2 or words[token - 1] != "ان":
            return False
        party = scene.at(token - 2)
        return party is not None and party.prep == "علي"

    def _recalls(self, scene: Scene) -> bool:
        """«يُذكر أن», «يُشار إلى أن»: whether a sentence tells what is known."""
        opening = scene.reading.words[scene.sentence.start : scene.sentence.start + _OPENING]
        return opening[0] in self._reminders and "ان" in opening

    def reminds(self, scene: Scene, found: Found) -> bool:
        """«X، الذي زار Y», «عقد وقعته X»: whether a verb stands in a relative clause."""
        words, first = scene.reading.words, max(scene.sentence.start, found.token - _RELATIVE_REACH)
        before = words[found.token - 1] if found.token > scene.sentence.start else ""
        if found.entry.form.pronoun and before.isalpha() and before not in _WHEN:
            return not before.startswith("ال")
        at = next((at for at in range(found.token - 1, first - 1, -1) if words[at] in RELATIVE), None)
        return at is not None and not _STOPS.intersection(words[at : found.token])

    def date(self, scene: Scene, found: Found) -> EventDate | None:
        """Return the day that the sentence names for an event, else that of the article."""
        at = scene.reading.source_starts[found.token]
        index = bisect_left(scene.dates, at, key=lambda date: date.span[0])
        near = [date for date in scene.dates[max(0, index - 1) : index + 1] if abs(date.span[0] - at) <= _DATE_CHARS]
        near = [date for date in near if not self._of_another(scene, at, date.span[0])]
        if self.reminds(scene, found):
            # «في تقرير صدر اليوم، الغارات التي شنها X في تموز»: the day before is the report's.
            near = [date for date in near if date.span[0] > at]
        if near:
            nearest = min(near, key=lambda date: abs(date.span[0] - at))
            return EventDate(value=nearest.value, basis="sentence")
        if scene.article.published.value:
            return EventDate(value=scene.article.published.value[:10], basis="dateline")
        return None

    def _of_another(self, scene: Scene, at: int, day: int) -> bool:
        """«زار X موسكو، في أول زيارة منذ توليه منصبه أواخر 2024»: whether a date behind the trigger is that of another act."""
        first, last = scene.reading.token_at(at) + 1, scene.reading.token_at(day)
        if day <= at or last <= first:
            return False
        # «أبدى X استعداده …، مشيراً إلى أن اللجنة ستجتمع نهاية العام»
        words = scene.reading.words
        reported = (one for one in scene.triggers(first, last) if one.entry.role in {"say", "participle"})
        # «بين عامي X وY» reports nothing.
        told = any(not one.proclitic and words[one.token] != "بين" for one in reported)
        # «أوقف X مواطناً كان قد قدم عام 2013»
        told = told or "قد" in words[first:last] or bool(RELATIVE.intersection(words[first:last]))
        # «نظم أهالي شبان التحقوا بالقتال قبل عامين وقفة»
        told = told or any(len(word) > _LONG and word.endswith("وا") for word in words[first:last])
        # «وعود قطعوها قبل ست سنوات», «العقود المتوقفة منذ 2024»
        told = told or words[last - 1].endswith(_THEIR_ACT) or words[last - 2].endswith(_THEIR_ACT)
        # «العقود المتوقفة منذ 2024», «العقد المبرم عام 2019», «الموقع مع X عام 2018»
        told = (
            told
            or words[last - 1 - (words[last - 1] in _AT)].startswith("الم")
            or not _AND_IT.isdisjoint(words[first:last])
            or not _SIGNED.isdisjoint(words[first:last])
        )
        return told or bool(_SINCE.intersection(words[first : last - 1]))

    def place(self, scene: Scene, pattern: EventPattern, end: int, recipients: tuple[Party, ...]) -> str | None:
        """Return the id of the place where an event was; `end` is the token behind its last party."""
        known = {"GPE", "LOC", "FAC"}
        for party in scene.after(end - 1, _PLACE):
            if party.ids and self._types.get(party.ids[0], "PER") in known and party.prep in {"في", "ب", "داخل"}:
                return party.ids[0]
        here = (
            (*recipients, *scene.before(end + 1, _PLACE)[:1]) if pattern.mode == "visit" and not pattern.invert else ()
        )
        for party in (*here, *(one for one in recipients if one.prep == "في" or one.kind == "PLACE")):
            if party.ids and self._types.get(party.ids[0], "PER") in known:
                return party.ids[0]
        return None


def _had(words: list[str], *, perfect: bool) -> bool:
    """«وكان X قد زار Y، ووقع Z», «سبق لـX أن زار»: whether the words open a look back, before a verb in the `perfect` also without قد."""
    if words[:1] and words[0] in _WAS and ("قد" in words[:_LOOK] or perfect):
        return True
    at = next((at for at, word in enumerate(words) if word in _PREVIOUSLY), None)
    return at is not None and at + 1 < len(words) and (words[at + 1].startswith("ل") or words[at + 1] == "ان")


def _perhaps(words: list[str], *, imperfect: bool) -> Status | None:
    """«قد يزور» may happen; «كان X قد زار» had happened before. `words` end with the trigger, which may be sure to be imperfect."""
    at = next((at for at in range(len(words) - 2, -1, -1) if words[at] in {"قد", "وقد"}), None)
    if at is None or len(words) - at > _CUE:
        return None
    sure = imperfect and at == len(words) - 2
    if words[at + 1][:1] in {"ي", "ت"} and (sure or not words[at + 1].startswith(_FIFTH)):
        return "hypothetical"
    return "historical" if _WAS.intersection(words[:at]) else None


def _under(scene: Scene, token: int, over: frozenset[str]) -> bool:
    """Whether one of the verbs stands before a token with no comma between."""
    words, first = scene.reading.words, max(scene.sentence.start, token - _OVER)
    back, apposed = token - 1, False
    while back >= first:
        word = words[back]
        if word in RELATIVE:
            return False  # «نفى أن تكون X قد أقرت بالديون التي تطالب بها Y»
        if word in _STOPS:
            # «نفى الحاكم، فلان الفلاني، أن»: a name between commas stops nothing.
            other = next((at for at in range(back - 2, max(first, back - _NAME) - 1, -1) if words[at] in _STOPS), None)
            if apposed or other is None or words[back + 1] != "ان":
                return False
            back, apposed = other - 1, True
            continue
        party = scene.at(back)
        if party is not None and party.ids and party.start < back:
            back = party.start  # «شركة تات نفت»
            continue
        pair = f"{word.removeprefix('و')} {words[back + 1]}"
        spared = back > first and f"{words[back - 1]} {word}" not in over and words[back - 1].removeprefix("و") in _NOT
        if (pair in over or word in over or word.removeprefix("و") in over) and not spared:
            return True
        back -= 1
    return False


def _is_old(value: str, article: Article, *, relative: bool = False) -> bool:
    """Whether a date lies so far before the article that what happened then is history; `relative`: told in a relative clause."""
    published = article.published.day
    if published is None or len(value) < 4 or not value[:4].isdigit():
        return False
    try:
        year, month, date = (int(part) for part in f"{value.split('/', maxsplit=1)[0][:10]}-01-01".split("-")[:3])
    except ValueError:
        return False
    return (published.year - year) * 365 + (published.month - month) * 30 + published.day - date > (
        _REMINDED_DAYS if relative else _HISTORICAL_DAYS
    )


def _unseen(words: list[str]) -> Status | None:
    """«لم تسجل الفرق أي غارة»: whether "any" and "not" stand before the last of the words."""
    return "negated" if words[-2:-1] == [_ANY] and _NOT.intersection(words) else None
