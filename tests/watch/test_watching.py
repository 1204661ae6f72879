"""The simulation of made-up outlets: learned looks find articles sooner than as many at fixed intervals."""

from __future__ import annotations

from statistics import fmean

import pytest

from tests.bench.watching import BOUNDS, HABITS, compare, together

WEEK = 7 * 86400


@pytest.mark.parametrize("seed", [11, 12])
def test_articles_are_found_sooner_with_the_same_number_of_looks(seed: int) -> None:
    """With the budget's looks shared among the outlets, all articles wait at least 30 % less on the average."""
    every = compare(seed, learned=2, measured=1, shared=True)
    whole = together(every)
    assert whole.looks == pytest.approx(len(HABITS) * WEEK / BOUNDS.usual, rel=0.05)
    assert whole.gain >= 0.30
    assert fmean(one.gain for one in every) >= 0.25


@pytest.mark.parametrize("seed", [21])
def test_each_outlet_gains_by_its_own_rhythm(seed: int) -> None:
    """With looks of its own each outlet's wait is at least 30 % shorter on the average, and none is longer."""
    every = compare(seed, learned=2, measured=2, shared=False)
    assert fmean(one.gain for one in every) >= 0.30
    for one in every:
        assert one.looks == pytest.approx(2 * WEEK / BOUNDS.usual, rel=0.08), one.name
        assert one.gain > -0.02, one.name
