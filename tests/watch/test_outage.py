"""Our network or theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workers.watch.outage import Host, ours

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def host(site: str, *, answered: float | None = None, failed: float | None = None) -> Host:
    """A site that answered and failed so many seconds ago."""
    ago = [None if seconds is None else NOW - timedelta(seconds=seconds) for seconds in (answered, failed)]
    return Host(site=site, answered_at=ago[0], failed_at=ago[1])


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([], False),
        ([host("a", failed=5)], False),
        ([host("a", failed=5), host("a", failed=6)], False),
        ([host("a", failed=5), host("b", failed=60)], True),
        ([host("a", failed=5, answered=900), host("b", failed=60)], True),
        ([host("a", failed=5), host("b", failed=60), host("c", answered=300)], False),
        ([host("a", failed=5), host("b", failed=60), host("c", failed=100), host("d", answered=300)], True),
        ([host("a", failed=5), host("b", failed=60), host("c", failed=100), host("d", answered=50)], False),
        ([host("a", failed=5), host("b", failed=5), host("c", failed=5), host("a", answered=1)], False),
        ([host("a", failed=1000), host("b", failed=60)], False),
        ([host("a", failed=-100), host("b", failed=60)], False),
        # one was down long before the others, which answered after it
        ([host("a", failed=600), *(host(site, failed=5, answered=300) for site in "bcd")], True),
    ],
)
def test_all_sites_failing_on_the_way_is_our_own_trouble(hosts: list[Host], expected: bool) -> None:
    """Several sites that fail within the window, and none that answered since, tell that it is us."""
    assert ours(hosts, NOW) is expected


def test_the_window_is_to_choose() -> None:
    """Failures count as long as the window is wide."""
    hosts = [host("a", failed=1000), host("b", failed=60)]
    assert ours(hosts, NOW, window=1000)
