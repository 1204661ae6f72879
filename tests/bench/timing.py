"""How the work of a bench is timed and told."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

ROUNDS = 5


def cpu(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least CPU seconds of several rounds, after one that only warms up."""
    work()
    took = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        took.append(time.process_time() - start)
    return min(took)


def compare(name: str, number: float, ours: float, library: str, theirs: float) -> None:
    """Print one comparison: CPU milliseconds an article, and the ratio."""
    tell(
        f"{name}: {ours / number * 1000:.2f} ms an article; {library} {theirs / number * 1000:.2f} ms; "
        f"ratio {ours / theirs:.2f}"
    )


def tell(line: str) -> None:
    """Print a line at once: a bench takes minutes."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
