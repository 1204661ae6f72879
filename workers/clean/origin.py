"""Where a text was taken from: the outlet that its last lines, its canonical address or its photo name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workers.clean.facts import Facts
from workers.clean.lines import key
from workers.clean.phrases import names_of
from workers.config import Config
from workers.items import Copies


def find_origin(
    named: str | None, facts: Facts, outlet: str | None, config: Config, datelines: Iterable[str] = ()
) -> Copies:
    """What the page says it repeats. A name on it counts even if it is the outlet's own; an agency before the first sentence
    («دمشق-سانا»), the canonical address and the photo's only if they are another's.
    """
    if named is not None:
        return Copies(origin_named=slug_of(named, config) or named)
    for dateline in datelines:
        for part in _DASH.split(dateline)[1:]:
            agency = slug_of(part, config)
            if agency is not None and agency != outlet:
                return Copies(origin_named=agency)
    addresses: Iterable[str] = (*facts.addresses, *([facts.image] if facts.image else []))
    for address in addresses:
        other = _outlet_at(address, config)
        if other is not None and other != outlet:
            return Copies(origin_named=other)
    return Copies()


_DASH = re.compile(r"\s?[-–—]\s?")


def slug_of(name: str, config: Config) -> str | None:
    """The outlet that goes by `name`, whole or without its first word ("the site of …"), or None."""
    for form in (key(name), key(name).partition(" ")[2]):
        for slug, outlet in config.outlets.items():
            names = names_of([outlet])
            if form and (form in names or form.replace(" ", "") in names):
                return slug
    return None


def _outlet_at(address: str, config: Config) -> str | None:
    try:
        found = config.outlet_of(address)
    except ValueError:  # an address with a broken host
        return None
    return None if found is None else found.slug
