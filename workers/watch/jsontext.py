"""The JSON in an answer, whatever stands before and behind it, and its values by the type they should have."""

from __future__ import annotations

import json
import re
from typing import Any

MAX_PARTS = 500_000  # brackets and commas; each may cost a hundred bytes of memory

_PARTS = re.compile(r"[\[{,]")
# Where a list of objects or an object begins: PHP writes its notices before it.
_BEGINNING = re.compile(r"\[\s{0,20}(?:\{|\])|\{\s{0,20}[\"}]")
_TRIES = 5


def load(text: str) -> Any | None:
    """Return the first JSON list of objects or object in `text`, or None. Never raises, however deep or odd it is."""
    if sum(1 for _ in _PARTS.finditer(text)) > MAX_PARTS:
        return None
    decoder = json.JSONDecoder()
    start = 0
    for _ in range(_TRIES):
        found = _BEGINNING.search(text, start)
        if found is None:
            return None
        try:
            return decoder.raw_decode(text, found.start())[0]
        except (ValueError, RecursionError):  # ValueError also for a number of more than 4300 digits
            start = found.start() + 1
    return None


def member(value: Any, *path: str) -> Any:
    """Return what stands at `path` in nested objects, or None where one of them is no object."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def words(value: Any) -> str | None:
    """Return a string or a whole number as text, None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    return value if isinstance(value, str) and value else None


def objects(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing for what is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
