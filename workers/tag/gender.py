"""Gender and case: which forms of verbs may be about a party, and whether it is written as an object."""

from __future__ import annotations

from workers.arabic.letters import fold_text
from workers.tag.party import UNKNOWN, Party

COUNTS = frozenset(fold_text("العشرات المئات الآلاف عشرات مئات آلاف").split())
# Given names so written are men's and women's.
_DOUBTFUL = ("ه", "ا", "ي", "اء", "ين")
# Letters of the shortest plural.
_PLURAL = 5
# Endings of Russian women's family names.
_HERS = ("وفا", "يفا", "ايا", "ينا")


def gender(words: list[str], party: Party) -> bool | None:
    """Return whether verbs about the party take the feminine form; None if both are written."""
    name = words[party.start : party.end]
    first = name[0][party.clitic :] if party.clitic < len(name[0]) else name[0]
    last = next((word for word in reversed(name) if word.isalpha()), first)
    if first in COUNTS:
        return None  # «خرج المئات», «خرجت المئات»
    newcomer = bool(party.ids) and party.ids[0].startswith(UNKNOWN) and party.kind == "PER" and party.head != "person"
    foreign = party.kind == "ORG" and not party.head and not first.startswith("ال")
    if newcomer and not last.endswith(_HERS):
        # A family name is a man's or a woman's.
        return None if len(name) == 1 or first.endswith(_DOUBTFUL) or first == "ام" else False
    if party.kind == "PER" or party.head == "person":
        titled = party.head == "person" and first.endswith("ه") and "نظير" not in first
        return titled or (party.kind == "PER" and last.endswith(_HERS))
    if first.endswith(("ه", "ات", "تان", "تين")):
        return True
    if party.kind == "GPE" and not party.head:
        return not (first.startswith("ال") and not first.endswith("ا"))
    if party.kind == "MEDIA" and not party.head:
        return None
    return None if last.endswith("ه") or foreign else False


def agrees(words: list[str], party: Party, *, feminine: bool | None) -> bool:
    """Whether a verb of that gender (None: any) may be about the party."""
    return feminine is None or gender(words, party) in {None, feminine}


def accusative(words: list[str], party: Party) -> bool:
    """Whether the phrase is written as an object: وفداً, المسؤولين, أبا قصرة."""
    first = words[party.start][party.clitic :]
    if party.head:
        follows = words[party.start + 1] if party.end > party.start + 1 else ""
        # أمين and سجين are one man.
        many = first.endswith("ين") and len(first.removeprefix("ال")) >= _PLURAL
        return many or (first.endswith("ا") and follows.endswith("ا"))
    return first == fold_text("أبا")
