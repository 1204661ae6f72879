"""The headline: which of a page's claims it is, without the outlet's name that many append."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workers.clean.facts import Facts
from workers.clean.lines import Line, count, ends_full_stop, is_prose, key, tidy

LONGEST = 40  # words; what is longer is no headline but a text that a broken page calls one
_CUT = re.compile(r"\s+(?:[-–—|:»«•]+|::)\s+|\s*\|\s*")
_AFTER = 3  # lines after a plain text's headline within which its first paragraph stands


def choose_title(facts: Facts, names: frozenset[str], announced: str | None, page: Sequence[Line] = ()) -> str | None:
    """The first usable claim: profile, JSON-LD, og:title, the first h1, the title element, the source's entry.

    Of a title in parts ("site :: title") the part is taken that is a line of the `page`.
    """
    claims = (
        *facts.own_titles,
        *(without_outlet(title, names, facts) for title in facts.shared_titles),
        *facts.headings[:1],
        _on_page(without_outlet(facts.head_title, names, facts), page),
        without_outlet(tidy(announced or ""), names, facts),
    )
    title = next((title for title in claims if _is_usable(title, names)), None)
    stem = (title or "").rstrip(" .…")
    if title is None or stem == title or len(stem) < 20:
        return title
    # Some systems cut the headline that they share after so many characters; the page's own is whole.
    return next((heading for heading in facts.headings if heading.startswith(stem)), title)


def _on_page(title: str, page: Sequence[Line]) -> str:
    parts = [part for part in _CUT.split(title) if count(part) >= 2]
    if len(parts) < 2:
        return title
    there = {key(line.text) for line in page if count(line.text) <= LONGEST}
    # A site's name stands on its pages too, and is shorter.
    return max((part for part in parts if key(part) in there), key=count, default=title)


def without_outlet(title: str, names: frozenset[str], facts: Facts) -> str:
    """Cut the outlet's name off: "title - name", "title | name – full name", "name - title".

    A last part goes if it is a name of the outlet or (part of) the page's site name; a page's first heading that begins the
    title says how long it is.
    """
    for heading in facts.headings[:3]:
        if count(heading) >= 3 and title.startswith(heading):
            return heading
    site = key(facts.site_name)
    while True:
        cuts = list(_CUT.finditer(title))
        if not cuts:
            return title
        last, first = key(title[cuts[-1].end() :]), key(title[: cuts[0].start()])
        if _is_name(last, names) or not last or (len(last) >= 3 and last in site):
            title = title[: cuts[-1].start()].strip()
        elif _is_name(first, names) or not first:
            title = title[cuts[0].end() :].strip()
        else:
            return title


def title_of_text(lines: Sequence[Line]) -> str | None:
    """The headline of a plain text whose leftovers are gone: its first line, if short, without a full stop and
    followed by a paragraph. None if the text begins with one.
    """
    if not lines:
        return None
    first = lines[0]
    if is_prose(first) or ends_full_stop(first.text) or first.text.endswith((":", "،")) or count(first.text) > 25:
        return None
    return first.text if any(is_prose(line) for line in lines[1 : 1 + _AFTER]) else None


def _is_usable(title: str, names: frozenset[str]) -> bool:
    form = key(title)
    return bool(form) and count(title) <= LONGEST and not _is_name(form, names)


def _is_name(form: str, names: frozenset[str]) -> bool:
    return form in names or form.replace(" ", "") in names
