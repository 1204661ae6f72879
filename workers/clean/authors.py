"""Who wrote an article: what the page declares, what its markup says, a line with a label, the name under the text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workers.clean.facts import Facts, byline
from workers.clean.leftovers import Sifted
from workers.clean.lines import count, key
from workers.clean.phrases import Rules
from workers.clean.walk import Seen, Walk

_MOST_WORDS = 5  # of a name
_NEAR = 4  # lines after the headline in which a byline stands
_DIGIT = re.compile(r"\d")
_ENDS = " \t:-–—|/.،,()[]«»“”\"'*"


def find_author(facts: Facts, sifted: Sifted, page: Walk, title: str | None, rules: Rules) -> str | None:
    """The first claim that is a person or a desk, and neither an outlet nor a word for nobody; None if the page names none."""
    claims = (
        facts.author,
        sifted.author,
        *(_name(one, rules) for one in (*facts.bylines, *map(byline, page.writers))),
        *_near_headline(page.seen, title, rules),
        sifted.signature,
    )
    return next(
        (name for name in claims if name and key(name) not in rules.exact and not rules.is_name(key(name))), None
    )


def _name(text: str, rules: Rules) -> str | None:
    """A byline without its label ("written by"); None if what is left is no name."""
    labelled = _labelled(text, rules)
    name = (labelled if labelled is not None else text).strip(_ENDS)
    return name if name and count(name) <= _MOST_WORDS and not _DIGIT.search(name) and "://" not in name else None


def _near_headline(page: Sequence[Seen], title: str | None, rules: Rules) -> Iterator[str]:
    form = key(title or "")
    at = next((at for at, one in enumerate(page) if form and key(one.line.text) == form), None)
    for one in page[at + 1 : at + 1 + _NEAR] if at is not None else ():
        if (name := _labelled(one.line.text, rules)) and count(name) <= _MOST_WORDS and not _DIGIT.search(name):
            yield name


def _labelled(text: str, rules: Rules) -> str | None:
    """What follows the label of an author; None without one."""
    if count(text) > 2 * _MOST_WORDS:
        return None
    form = key(text)
    label = next((one for one in rules.labels.of(form) if one.rule.endswith(".author")), None)
    if label is None:
        return None
    rest = form[len(label.form) :].strip(_ENDS)
    return " ".join(text.split()[-count(rest) :]).strip(_ENDS) if rest else None
