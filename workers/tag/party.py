"""One noun phrase that names a party, and what the words around it say: its preposition, its list, its own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from workers.arabic.letters import fold_text
from workers.items import Words
from workers.tag.entities import PREPOSITIONS
from workers.tag.reading import Reading, readings

# Begins the id of an entity that no file knows.
UNKNOWN = "unknown:"
Kind = Literal["PER", "ORG", "GPE", "PLACE", "MEDIA", "NOMINAL", "THEME"]
# What kind of noun leads a party.
Lead = Literal["", "person", "body"]

_MARKS = frozenset("،,\"“”«»()'-–—")
_VERB = 4
# A closing mark and the openers whose number in the text before tells that it belongs there.
_CLOSERS = {")": (("(", 1),), '"': (('"', 1),), "”": (("“", 1), ("”", 1)), "»": (("«", 1),)}
_AROUND = frozenset(
    map(
        fold_text,
        (
            "ريف",
            "مدينة",
            "بلدة",
            "محافظة",
            "قرية",
            "منطقة",
            "محيط",
            "أطراف",
            "أرياف",
            "ريفي",
            "مدينتي",
            "مبنى",
            "مقر",
            "قاعة",
            "بوابة",
            "مدخل",
        ),
    )
)
_NUMBERS = frozenset(fold_text("ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة ثلاث أربع خمس ست سبع ثماني تسع عشر").split())
# «كل من X وY» is a subject or object like X and Y.
_EACH = frozenset(
    map(
        fold_text,
        ("كل", "كلا", "عدد", "عددا", "دفعة", "مجموعة", "عشرات", "مئات", "آلاف", "قسم", "العديد", "الكثير", "بعض"),
    )
)
# «دعم موسكو لجهود X» is support of X.
_ENDEAVOURS = frozenset(map(fold_text, ("جهود", "مساعي", "خطوات", "مواقف")))
# What else may stand first in a predicate, and words that only look like verbs.
_COPULAS = frozenset(fold_text("لا لم لن ليس ليست كانت كان هي هو قد ما").split())
_MONTHLIKE = frozenset(fold_text("تشرين يناير يونيو يوليو تموز سبتمبر تحت ستة سبعة تسعة سنة ساعة").split())


@dataclass(frozen=True, slots=True)
class Party:
    """Tokens [start, end) of one party; `anchor` is the token of its first name or adjective.

    `prep` is the preposition before it ("" for none), `joined` whether "and" or a list joins it to the party before,
    `head` what kind of noun leads it, `clitic` how many letters of its first token are a proclitic. A THEME is an adjective without such a noun ("Syrian territory").
    """

    start: int
    end: int
    anchor: int
    prep: str
    kind: Kind
    ids: tuple[str, ...]
    countries: tuple[str, ...]
    joined: bool = False
    head: Lead = ""
    listed: bool = False
    clitic: int = 0

    @property
    def acts(self) -> bool:
        """Whether it can do something: no place, no mere adjective."""
        return self.kind in {"PER", "ORG", "GPE", "NOMINAL"}


def words_of(reading: Reading, party: Party) -> Words:
    """Return the party as written, without its proclitic and with the mark that closes an open one."""
    start = reading.folded.span(reading.starts[party.start] + party.clitic, reading.ends[party.start])[0]
    end = reading.span(party.start, party.end)[1]
    text = reading.text[start:end]
    follows = reading.text[end : end + 1]
    if follows in _CLOSERS and follows and any(text.count(mark) % 2 == odd for mark, odd in _CLOSERS[follows]):
        end += 1
    return Words(text=reading.text[start:end], span=(start, end))


def preposition(words: list[str], start: int, proclitic: str) -> str:
    """Return the preposition, written onto the phrase that begins at `start` or before it; "" for none."""
    own = proclitic.lstrip("وف")
    if own:
        return own
    before = words[start - 1] if start else ""
    if before == "من" and start > 1 and any(rest in _EACH for _, rest in readings(words[start - 2])):
        return ""  # كل من X, عدد من X
    if (before in _AROUND or before in _NUMBERS) and start > 1:
        return preposition(words, start - 1, "")  # في ريف X, ضد ثلاثة ضباط من X
    if any(lead.lstrip("وف") == "ل" and rest in _ENDEAVOURS for lead, rest in readings(before)):
        return "ل"
    return next((rest for _, rest in readings(before) if rest in PREPOSITIONS), "") if before else ""


def predicated(words: list[str], token: int) -> bool:
    """«بدمشق وسوريا حاضرة»: whether a verb or an indefinite adjective follows, so that "and" begins a clause."""
    word = words[token] if token < len(words) else ""
    if word in _COPULAS:
        return True
    verb = word[:1] in {"ي", "ت", "س"} and len(word) >= _VERB
    return word.isalpha() and (verb or word.endswith("ه")) and word not in PREPOSITIONS and word not in _MONTHLIKE


def mark_lists(words: list[str], parties: list[Party]) -> list[Party]:
    """Mark runs of four or more joined countries: membership in a list links nobody to anybody."""
    runs: list[list[int]] = []
    for index, party in enumerate(parties):
        gap = words[parties[index - 1].end : party.start] if index else []
        adjoins = bool(index) and len(gap) <= 1 and all(word in _MARKS for word in gap)
        if adjoins and runs:
            runs[-1].append(index)
        else:
            runs.append([index])
    listed = {index for run in runs if len({c for i in run for c in parties[i].countries}) >= 4 for index in run}
    return [replace(party, listed=True) if index in listed else party for index, party in enumerate(parties)]
