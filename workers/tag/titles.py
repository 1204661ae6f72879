"""Offices that stand for their holder: after «وزير الخارجية السوري X», «وزير الخارجية السوري» alone is X."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from workers.arabic.letters import fold_text
from workers.tag.party import Party
from workers.tag.reading import Reading

FORMER = frozenset(fold_text("السابق الأسبق السابقة المخلوع الراحل المؤقت المقبل").split())

Key = tuple[tuple[str, ...], tuple[str, ...]]


def holders(reading: Reading, parties: Iterable[Party], offices: frozenset[str]) -> dict[Key, Party]:
    """Return the one person that the text names with an office; `offices` are those that one person holds at a time."""
    found: dict[Key, Party] = {}
    rivals: set[Key] = set()
    for party in parties:
        key = _key(reading, party, offices) if party.kind == "PER" and party.ids else None
        if key and found.setdefault(key, party).ids != party.ids:
            rivals.add(key)
    return {key: party for key, party in found.items() if key not in rivals}


def named_by_office(
    reading: Reading, parties: Sequence[Party], known: dict[Key, Party], offices: frozenset[str]
) -> list[Party]:  # fmt: skip
    """Return the parties of a sentence, offices without a name standing for their holders."""
    return [_resolved(reading, party, known, offices) for party in parties] if known else list(parties)


def _resolved(reading: Reading, party: Party, known: dict[Key, Party], offices: frozenset[str]) -> Party:
    if party.kind != "NOMINAL" or party.head != "person" or party.ids:
        return party
    after = reading.words[party.end] if party.end < len(reading.words) else ""
    key = _key(reading, party, offices)
    holder = known.get(key) if key and after not in FORMER else None
    if key and holder is None and len(key[0]) == 1 and after not in FORMER:
        # «الوزير السوري»: of one country's ministers the text names but one.
        same = {
            one.ids: one for (words, countries), one in known.items() if (words[0], countries) == (key[0][0], key[1])
        }
        holder = next(iter(same.values())) if len(same) == 1 else None
    return replace(party, kind="PER", ids=holder.ids) if holder else party


def _key(reading: Reading, party: Party, offices: frozenset[str]) -> Key | None:
    """The office's words and country; None unless it is one that the reader must know: "the president", "minister of …"."""
    words = reading.words[party.start : max(party.anchor, party.start + 1)]
    first = words[0][party.clitic :]
    office = first.removeprefix("ال") if not words[0].startswith("لل") else words[0][2:]
    definite = first.startswith("ال") or words[0].startswith("لل") or (len(words) > 1 and words[1].startswith("ال"))
    if party.head != "person" or office not in offices or not definite:
        return None
    return (office, *words[1:]), party.countries
