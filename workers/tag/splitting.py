"""Several named together, told apart by their countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workers.tag.party import Party

# Actors and recipients.
Cast = tuple[tuple[Party, ...], tuple[Party, ...]]


def split(parties: tuple[Party, ...]) -> Cast:
    """«بين X وY»: the first and those of its country on one side, the others on the other."""
    if len(parties) == 1:
        return split_countries(parties[0])
    first = set(parties[0].countries)
    own = tuple(party for party in parties if set(party.countries) <= first)
    return own, tuple(party for party in parties if party not in own)


def split_countries(party: Party) -> Cast:
    """«لقاء روسي سوري»: the countries of one party as two."""
    countries = tuple(dict.fromkeys(party.countries))
    if len(countries) < 2:
        return (party,), ()
    # «الوزيران» are two people, in the order of their countries.
    first, second = (party.ids[:1], party.ids[1:]) if len(party.ids) == len(countries) else (party.ids, party.ids)
    return (replace(party, countries=countries[:1], ids=first),), (replace(party, countries=countries[1:], ids=second),)


def without(party: Party, countries: set[str]) -> Party:
    """Return the party as far as it is of other countries: of «البلدين» the one that has not acted."""
    if party.kind == "THEME" or len(set(party.countries)) < 2 or not set(party.countries) & countries:
        return party
    ids = party.ids if len(party.ids) < 2 else tuple(
        one for one, country in zip(party.ids, party.countries, strict=False) if country not in countries
    )  # fmt: skip
    return replace(party, countries=tuple(one for one in party.countries if one not in countries), ids=ids)


def countries_of(parties: Sequence[Party]) -> tuple[str, ...]:
    """Return the countries of some parties, each once, in order."""
    return tuple(dict.fromkeys(country for party in parties for country in party.countries))
