"""What an article tells twice is one: an act by a verb and by its noun, words in a heading and in full below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from workers.arabic.letters import fold_text
from workers.items import Event, Statement
from workers.tag.coded import Coded
from workers.tag.statements import Said

# What is said, unlike what is done, differs by its subject: of the words behind two triggers so large a part must be shared.
_SHARED = 0.3
# Of a heading's words so many stand in what it announces.
_ANNOUNCED = 0.5
_DONE = frozenset(["CONSULT"])
_VERBAL = frozenset(["verbal_cooperation", "verbal_conflict"])


def merged(coded: Iterable[Coded], countries: Collection[str]) -> tuple[Event, ...]:
    """Keep of the events that tell the same act the one that says most, in the place of the first.

    Two are the same if type, mode, status and the countries of both parties are, neither parties nor days contradict each
    other, and, for promises, demands and other acts of speech, what they are about is the same; of the only one of its kind in
    the headline that goes without saying. A past act that is told once more as background is still that act. `countries` are the ids that stand for a whole country: they contradict nobody of it.
    """
    kept: list[Coded] = []
    told = list(coded)
    alone = {kind for kind, count in Counter(_kind(one) for one in told if one.headline).items() if count == 1}
    for one in told:
        at = next((at for at, other in enumerate(kept) if _same(other, one, countries, alone)), None)
        if at is None:
            kept.append(one)
        elif _said(one.event) > _said(kept[at].event):
            kept[at] = one
    return tuple(one.event for one in kept)


def said_once(said: Sequence[Said], headline: int) -> list[Said]:
    """Leave out headings that put into other words what the same side says in full below them («X: …»).

    `headline` is where the headline ends, in code points.

    A heading is the paper's summary; who quotes should find the words that were said. One that says something else stays.
    """
    return [one for at, one in enumerate(said) if not _announces(one, said[at + 1 :], headline)]


def _announces(heading: Said, below: Iterable[Said], headline: int) -> bool:
    words = _words(heading.statement)
    above = fold_text(heading.statement.cue.text) == ":" or heading.statement.span[1] <= headline
    if not above or heading.statement.kind != "indirect" or not words:
        return False
    voices = (one for one in below if _speaks_for(heading, one))
    return any(len(words & _words(one.statement)) >= _ANNOUNCED * len(words) for one in voices)


def _speaks_for(heading: Said, one: Said) -> bool:
    """Whether the same one speaks, or, below the name of a body or a country, somebody of that country."""
    if heading.speaker is None or one.speaker is None:
        return heading.statement.speaker_text == one.statement.speaker_text
    if set(heading.speaker.ids) & set(one.speaker.ids):
        return True
    return heading.speaker.kind != "PER" and bool(set(heading.speaker.countries) & set(one.speaker.countries))


def _words(statement: Statement) -> frozenset[str]:
    return frozenset(
        word.removeprefix("ال")
        for raw in fold_text(statement.text).split()
        if (word := raw.strip("\"'“”«»،,.؛:;!؟?()-"))
    )


def _kind(one: Coded) -> tuple[object, ...]:
    return one.event.type, one.event.status, one.event.actor_country


def _same(first: Coded, second: Coded, countries: Collection[str], alone: Collection[tuple[object, ...]]) -> bool:
    one, two = first.event, second.event
    above = first.headline != second.headline and _kind(first if first.headline else second) in alone
    if not _alike(one, two, countries, above=above):
        return False
    return above or one.type in _DONE or one.quad not in _VERBAL or _about(first, second)


def _about(one: Coded, two: Coded) -> bool:
    least = min(len(one.about), len(two.about))
    return least == 0 or len(one.about & two.about) >= _SHARED * least


def _alike(one: Event, two: Event, countries: Collection[str], *, above: bool) -> bool:
    straight = one.actor_country == two.actor_country and one.recipient_country == two.recipient_country
    turned = one.actor_country == two.recipient_country and one.recipient_country == two.actor_country
    told = {"historical": "actual"}
    modes = {one.mode, two.mode}
    parties = {one.actor, one.recipient}
    # «X يبحث مع Y …» above «استقبل Y X»
    known = one.type not in _DONE or (() not in parties and parties == {two.actor, two.recipient})
    if one.type != two.type or (len(modes) > 1 and not _within(one, two) and not (above and known)):
        return False
    if told.get(one.status, one.status) != told.get(two.status, two.status):
        return False
    if not (straight or (turned and one.reciprocal and two.reciprocal)):
        return False
    actor, recipient = (two.actor, two.recipient) if straight else (two.recipient, two.actor)
    return _fit(one.actor, actor, countries) and _fit(one.recipient, recipient, countries) and _days_fit(one, two)


def _within(one: Event, two: Event) -> bool:
    """«يبحثان … أجرى اتصالاً», «وصل X إلى Y … ناقش الجانبان»: talks are part of the call, and nameless ones of the visit."""
    modes = {one.mode, two.mode}
    if one.status != two.status or None not in modes:
        return False
    talks = one if one.mode is None else two
    other = two if talks is one else one
    same = {talks.actor, talks.recipient} in ({()}, {other.actor, other.recipient})
    return "phone" in modes or ("visit" in modes and talks.reciprocal and same)


def _fit(one: tuple[str, ...], two: tuple[str, ...], countries: Collection[str]) -> bool:
    first, second = set(one) - set(countries), set(two) - set(countries)
    return not first or not second or bool(first & second)


def _days_fit(one: Event, two: Event) -> bool:
    days = [event.date.value for event in (one, two) if event.date and event.date.basis == "sentence"]
    return len(days) < 2 or days[0].startswith(days[1]) or days[1].startswith(days[0])


def _said(event: Event) -> tuple[int, bool, int]:
    dated = event.date is not None and event.date.basis == "sentence"
    return bool(event.actor) + bool(event.recipient), event.mode is not None, int(dated)
