"""Several named together, told apart by their countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workers.tag.parties import Party

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
    return (replace(party, countries=countries[:1]),), (replace(party, countries=countries[1:]),)


def countries_of(parties: Sequence[Party]) -> tuple[str, ...]:
    """Return the countries of some parties, each once, in order."""
    return tuple(dict.fromkeys(country for party in parties for country in party.countries))
