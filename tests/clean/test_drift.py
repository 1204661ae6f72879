"""A redesign shows in what comes of an outlet's pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workers.clean.drift import drift
from workers.items import Reading

USUAL = Reading(words=300, leftovers=2, dated=True, read_by="profile")
SHORT = replace(USUAL, words=90)


@pytest.mark.parametrize(
    ("recent", "names"),
    [
        ([USUAL] * 20, []),
        ([SHORT] * 20, ["length"]),
        ([replace(USUAL, words=900)] * 20, ["length"]),
        ([replace(USUAL, dated=False)] * 20, ["dated"]),
        ([replace(USUAL, read_by="densest")] * 20, ["profile"]),
        ([replace(USUAL, leftovers=9)] * 20, ["leftovers"]),
        ([Reading(dropped=True)] * 10 + [USUAL] * 10, ["dropped"]),
        ([Reading(dropped=True)] * 20, ["dropped"]),
        ([SHORT] * 9 + [USUAL] * 11, []),
    ],
)
def test_signs(recent: list[Reading], names: list[str]) -> None:
    """Each change is told by its name, and a change in less than half of the pages is none."""
    assert [one.name for one in drift([*recent, *[USUAL] * 60])] == names


def test_too_few_pages_say_nothing() -> None:
    """A new outlet has no history to differ from."""
    assert drift([SHORT] * 20 + [USUAL] * 29) == []
    assert drift([SHORT] * 11) == []


def test_only_the_newest_are_compared() -> None:
    """When the new way is the usual one there is nothing to tell any more."""
    assert drift([SHORT] * 220 + [USUAL] * 500) == []
    assert [one.sentence for one in drift([SHORT] * 20 + [USUAL] * 60)] == ["articles have 90 words, before 300"]
