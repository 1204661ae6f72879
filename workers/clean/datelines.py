"""Datelines: the place and agency before a text, and lines that only say when it was published."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from workers.arabic.calendar import find_dates
from workers.arabic.letters import fold_text
from workers.clean.lines import count, key
from workers.clean.walk import Seen

_PLACE = re.compile(r"([^\W\d_]{2,20}(?: [^\W\d_]{2,20}){0,2}) ?[-–—] ?(.{2,40})")
_DASH = re.compile(r"[-–—]")
_ISO = re.compile(r"\b(?:19|20)\d\d-\d\d?-\d\d?\b")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")

# What stands beside the date in a line that only dates a page; the rest of a line must be nothing.
_AROUND = re.compile(
    r"\b(?:السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|تاريخ|النشر|نشر|نشرت|في|يوم|من|الساعه|اخر|تحديث|بتاريخ"
    r"|صباحا|مساء|ظهرا|ص|م|بتوقيت \w+|gmt|am|pm|published|updated|last|on|at)\b|[\W\d_]"
)
_CAPTION = ("-", "–", "—", "،", ",", "*", "(")
_NEAR = 4  # lines
_HEADLINES = 5  # places where a page repeats its headline
_BYLINE_NEAR = 3  # lines after the headline
_MOST_BYLINE = 5  # words beside the date in a line that names a writer or a desk
_MOST_WORDS = 12  # of a line that only dates a page
_UPDATE = re.compile(r"\bتحديث|\bupdated\b|\bmodified\b")
_MOST_LETTERS = 150
_MOST_REST = 3  # words beside the date in a line that names a section too: "● أخبار سورية ٢٦ فبراير ٢٠٢٥"


def is_place_line(form: str, names: frozenset[str]) -> bool:
    """Whether a line in comparing form is a place and an outlet ("place-agency"), or an outlet and a person."""
    if count(form) > 7:
        return False
    place = _PLACE.fullmatch(form)
    return place is not None and (key(place[2]) in names or key(place[1]) in names)


def cut(text: str, names: frozenset[str]) -> tuple[str | None, str]:
    """Split a paragraph into the dateline before its first word and the rest; (None, text) if it has none."""
    words = text.split(" ", 7)
    for size in range(1, min(len(words), 6)):
        head = " ".join(words[:size])
        rest = text[len(head) :].lstrip(" :،,-–—.")
        if _DASH.search(head) and rest and is_place_line(key(head), names):
            return head, rest
    return None, text


def is_date_line(text: str, *, before_headline: bool) -> bool:
    """Whether a line only says when the page was published: a full date, and nothing beside it but such words.

    `before_headline`: a headline follows, so that a line like "news of Syria, 26 February 2025" is no title itself.
    """
    return _dates(text, most_rest=_MOST_REST if before_headline else 0)


def _dates(text: str, *, most_rest: int) -> bool:
    if len(text) > _MOST_LETTERS or count(text) > _MOST_WORDS or not any(map(str.isdecimal, text)):
        return False
    dates = [mention.span for mention in find_dates(text, None) if len(mention.value) >= 10]
    dates += [found.span() for found in _ISO.finditer(fold_text(text))] if not dates else []
    if not dates:
        return bool(_CLOCK.search(text)) and not _rest(_CLOCK.sub(" ", text))
    start, end = dates[0]
    rest = _rest(_CLOCK.sub(" ", text[:start] + " " + text[end:]))
    # A dash before the date is how captions of photographs are dated.
    return not rest or (len(rest) <= most_rest and not text[:start].rstrip().endswith(_CAPTION))


def near_headline(page: Sequence[Seen], title: str | None) -> list[str]:
    """The lines of a whole page that date it and stand within a few lines of its headline.

    Before it a line must say nothing else, for pages show the day of the visit there; after it, it may name a writer too.
    """
    form = key(title or "")
    found = islice((at for at, one in enumerate(page) if form and key(one.line.text) == form), _HEADLINES)
    near: dict[str, None] = {}
    for at in found:
        for place in range(max(0, at - _NEAR), min(len(page), at + _NEAR + 1)):
            text, after = page[place].line.text, 0 < place - at <= _BYLINE_NEAR
            captioned = any("caption" in box for box in page[place].boxes)
            if text not in near and not captioned and _dates(text, most_rest=_MOST_BYLINE if after else 0):
                near[text] = None
    return list(near)


def tells_update(text: str) -> bool:
    """Whether a line that dates a page says when it was changed, not when it was published."""
    return _UPDATE.search(fold_text(text).lower()) is not None


def _rest(text: str) -> list[str]:
    return _AROUND.sub(" ", fold_text(text).lower()).split()
