"""Whether an outlet's pages are read as they used to be: a redesign shows in what comes of them before anybody complains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from workers.items import Reading

RECENT = 20  # pages that are compared …
BEFORE = 200  # … with so many before them
_LEAST_RECENT, _LEAST_BEFORE = 12, 30


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that has changed, and a sentence that says how much."""

    name: str
    sentence: str


def drift(readings: Sequence[Reading]) -> list[Sign]:
    """What is otherwise in the newest pages of an outlet than in those before; `readings` are newest first.

    With less than 12 new and 30 older pages nothing is said.
    """
    recent, before = readings[:RECENT], readings[RECENT : RECENT + BEFORE]
    if len(recent) < _LEAST_RECENT or len(before) < _LEAST_BEFORE:
        return []
    signs = []
    now, then = _share(recent, "dropped"), _share(before, "dropped")
    if now >= 0.4 and now >= then + 0.3:
        signs.append(Sign("dropped", f"{now:.0%} of the pages hold no article, before {then:.0%}"))
    new, old = [one for one in recent if not one.dropped], [one for one in before if not one.dropped]
    if len(new) < _LEAST_RECENT // 2 or len(old) < _LEAST_BEFORE // 2:
        return signs
    words, used = median(one.words for one in new), median(one.words for one in old)
    if words <= 0.5 * used or words >= 2.5 * used:
        signs.append(Sign("length", f"articles have {words:.0f} words, before {used:.0f}"))
    for name, share, sentence in (
        ("dated", "dated", "articles have a date"),
        ("profile", "profile", "pages are read by the outlet's profile"),
    ):
        now, then = _share(new, share), _share(old, share)
        if then >= 0.8 and now <= 0.5:
            signs.append(Sign(name, f"{now:.0%} of the {sentence}, before {then:.0%}"))
    lines, used = fmean(one.leftovers for one in new), fmean(one.leftovers for one in old)
    if lines >= 2 * used + 3:
        signs.append(Sign("leftovers", f"{lines:.1f} leftover lines stand in an article, before {used:.1f}"))
    return signs


def _share(readings: Sequence[Reading], what: str) -> float:
    told = [one.read_by == "profile" if what == "profile" else bool(getattr(one, what)) for one in readings]
    return sum(told) / len(told)
