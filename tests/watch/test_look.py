"""Telling the new from the known."""

from __future__ import annotations

from workers.watch.look import decide
from workers.watch.sightings import Listing, Sighting


def test_known_keys_are_left_out_and_counted() -> None:
    """What is new stays in page order, and the numbers add up."""
    sightings = tuple(Sighting(url=f"https://paper.example/{name}", key=name) for name in "abcd")
    look = decide(Listing(kind="rss20", sightings=sightings, unreadable=2, capped=3), {"b", "d", "z"})
    assert [sighting.key for sighting in look.fresh] == ["a", "c"]
    assert (look.seen, look.new, look.known, look.unreadable, look.capped) == (4, 2, 2, 2, 3)
    assert (look.kind, look.fault) == ("rss20", None)


def test_a_fault_is_passed_on() -> None:
    """Nothing seen is nothing new, and the reason stays."""
    look = decide(Listing(fault="html_instead_of_feed"), set())
    assert (look.seen, look.new, look.fault) == (0, 0, "html_instead_of_feed")
