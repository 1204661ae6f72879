"""The words that set rules off, in all their forms, looked up token by token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from workers.arabic.letters import fold_text
from workers.tag.forms import Form, noun_forms, ours_forms, participle_forms, verb_forms
from workers.tag.reading import Memo, Reading, readings

# "aside" is an event's verb as a participle (مطالباً), "ours" as the speaker's own (نطالب).
Role = Literal["event", "aside", "ours", "say", "participle", "saying", "person", "body"]

# What may stand before a verb; a noun takes any proclitic.
_BEFORE_VERBS = ("", "و", "ف", "ل", "ول", "فل")


_JUSSIVE = frozenset(["لم", "ولم", "فلم", "الم"])


@dataclass(frozen=True, slots=True)
class Entry:
    """A form in a role; `rule` is the index of its pattern or verb group.

    `spelling` is a hamza that the word must be written with; `noun` says that a verb's form is also the verbal noun.
    """

    role: Role
    rule: int
    form: Form
    spelling: str = ""
    noun: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An entry met at a token, with the proclitic before it."""

    token: int
    proclitic: str
    entry: Entry


class Lexicon:
    """Folded word -> entries."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._met = Memo(self._of)

    def add_verbs(
        self, role: Role, rule: int, pairs: Iterable[str], *, exact: bool = False, objects: bool = True
    ) -> None:  # fmt: skip
        """Add verbs given as pairs "perfect imperfect"; `exact` ones must be spelt with their hamza.

        `objects` says whether they take object pronouns.
        """
        for pair in pairs:
            perfect, imperfect = pair.split()
            for form in verb_forms(perfect, imperfect):
                if objects or not form.pronoun:
                    self._add(Entry(role, rule, form, _hamza(perfect) if exact and form.tense == "perfect" else ""))
            if role == "event":
                for form in participle_forms(perfect, imperfect):
                    self._add(Entry("aside", rule, form))
                for form in ours_forms(imperfect):
                    self._add(Entry("ours", rule, form))

    def add_nouns(self, role: Role, rule: int, nouns: Iterable[str]) -> None:
        """Add nouns with the article, accusative ending and pronouns."""
        for noun in nouns:
            for form in noun_forms(noun):
                self._add(Entry(role, rule, form))

    def add_forms(self, role: Role, rule: int, forms: Iterable[str], tense: Literal["perfect", "noun"]) -> None:
        """Add written forms as they are."""
        for text in forms:
            pronoun = next((one for one in ("ها", "هما", "هم", "ه") if text.endswith(one)), "")
            word = fold_text(text)
            verb = word.removesuffix(pronoun)
            hers = text.endswith("ة") or (tense == "perfect" and (verb.endswith("ت") or verb.startswith(("ت", "ست"))))
            self._add(Entry(role, rule, Form(word, tense, feminine=hers, pronoun=pronoun)))

    def _add(self, entry: Entry) -> None:
        self._met.clear()
        entries = self._entries.setdefault(entry.form.text, [])
        for place, one in enumerate(entries):
            if (one.role, one.rule) == (entry.role, entry.rule):
                if one.form.jussive:
                    entries[place] = entry  # what is written so anywhere, not only behind لم
                    return
                # تهنئة is a noun long before it is "she congratulates him".
                if entry.form.tense == "noun" and one.form.tense != "noun":
                    plain = one.form.pronoun and not entry.form.pronoun
                    entries[place] = entry if plain else replace(one, noun=True)
                return
        entries.append(entry)

    def knows(self, word: str) -> bool:
        """Whether a folded word is the form of an entry, with or without a proclitic."""
        return bool(self._met[word])

    def says(self, word: str) -> bool:
        """Whether a folded word is a reporting verb in the past, with or without "and"."""
        return any(entry.role == "say" and entry.form.tense == "perfect" for _, entry in self._met[word])

    def find(self, reading: Reading) -> list[Found]:
        """Return all entries met, in the order of tokens."""
        found: list[Found] = []
        for token, met in enumerate(map(self._met.ask, reading.words)):
            if met:
                found += self._at(reading, token, met)
        return found

    def _of(self, word: str) -> tuple[tuple[str, Entry], ...]:
        """Return the entries of a word with the proclitic before each."""
        pairs = ((before, entry) for before, rest in readings(word) for entry in self._entries.get(rest, ()))
        # أوقفته is no question after his وقفة.
        return tuple(
            pair for pair in pairs
            if pair[0] in _BEFORE_VERBS or (pair[1].form.tense == "noun" and not pair[0].startswith("ا"))
        )  # fmt: skip

    def _at(self, reading: Reading, token: int, met: tuple[tuple[str, Entry], ...]) -> Iterator[Found]:
        seen: set[tuple[Role, int]] = set()
        for proclitic, entry in met:
            if entry.spelling and entry.spelling not in reading.source(token):
                continue
            if entry.form.jussive and (token == 0 or reading.words[token - 1] not in _JUSSIVE):
                continue
            if entry.form.pronoun == "ه" and "ة" in reading.source(token)[-2:]:
                continue  # إدارة is not أداره
            if (entry.role, entry.rule) not in seen:
                seen.add((entry.role, entry.rule))
                yield Found(token, proclitic, entry)


def _hamza(word: str) -> str:
    return next((letter for letter in word if letter in "أإؤئء"), "")
