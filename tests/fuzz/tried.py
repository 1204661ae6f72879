"""One input for everything that reads what others wrote: the cleaner, the calendar, the fingerprints and the comparison."""

from __future__ import annotations

from datetime import date, timedelta

from tests.fuzz.spoilt import KINDS
from tests.fuzz.variants import FORMS
from tests.fuzz.whole import Told, check, layouts, read
from workers.arabic.calendar import find_dates
from workers.clean.copies import compare, text_of
from workers.clean.fingerprint import paragraph, sketch
from workers.items import Article

_FIRST_DAY = date(1990, 1, 1)
_MOST = 4_000  # code points of a text read besides the page


def try_all(data: bytes) -> None:
    """Two bytes choose what is told, the rest is a page and a text; a fault is an AssertionError, or whatever was raised."""
    if len(data) < 2:
        return
    first, second, body = data[0], data[1], data[2:]
    pages = layouts()
    outlet = (None, "sana", "enabbaladi")[second % 3]
    told = Told(kind=KINDS[first % len(KINDS)], outlet=outlet, past=(0, 40)[second & 1])
    got = read(pages[second % len(pages)], body, told)
    check(got)
    text = (
        got.text if isinstance(got, Article) else body.decode("utf-8", "surrogateescape" if second & 2 else "replace")
    )
    try_text(text[:_MOST], _FIRST_DAY + timedelta(days=37 * first) if second & 4 else None)


def try_text(text: str, anchor: date | None) -> None:
    """The dates of a text at exact places, the same in each form of Unicode; a sketch; a copy of itself in each form."""
    found = find_dates(text, anchor)
    end = 0
    for one in found:
        assert end <= one.span[0] < one.span[1] <= len(text)
        assert text[slice(*one.span)] == one.text
        assert date.fromisoformat(one.start) <= date.fromisoformat(one.end)
        end = one.span[1]
    paragraph(text)
    mark = sketch(text)
    for form in FORMS.values():
        other = form(text)
        assert [(one.value, one.mod) for one in find_dates(other, anchor)] == [(one.value, one.mod) for one in found]
        if mark.bands:
            assert sketch(other).bands == mark.bands
            copy = compare(text_of(None, text), text_of(None, other))
            assert copy is not None
            assert copy.score == 1.0
