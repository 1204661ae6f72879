"""One act told twice in an article is one event: in the headline and in the text, by a verb and by its noun."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from workers.items import Event


def merged(events: Iterable[Event], countries: Collection[str]) -> tuple[Event, ...]:
    """Keep of the events that tell the same act the one that says most, in the place of the first.

    Two are the same if type, mode, status and the countries of both parties are, and neither parties nor days contradict each
    other. `countries` are the ids that stand for a whole country: they contradict nobody of it.
    """
    kept: list[Event] = []
    for event in events:
        at = next((at for at, one in enumerate(kept) if _same(one, event, countries)), None)
        if at is None:
            kept.append(event)
        elif _said(event) > _said(kept[at]):
            kept[at] = event
    return tuple(kept)


def _same(one: Event, two: Event, countries: Collection[str]) -> bool:
    straight = one.actor_country == two.actor_country and one.recipient_country == two.recipient_country
    turned = one.actor_country == two.recipient_country and one.recipient_country == two.actor_country
    if (one.type, one.mode, one.status) != (two.type, two.mode, two.status):
        return False
    if not (straight or (turned and one.reciprocal and two.reciprocal)):
        return False
    actor, recipient = (two.actor, two.recipient) if straight else (two.recipient, two.actor)
    return _fit(one.actor, actor, countries) and _fit(one.recipient, recipient, countries) and _days_fit(one, two)


def _fit(one: tuple[str, ...], two: tuple[str, ...], countries: Collection[str]) -> bool:
    first, second = set(one) - set(countries), set(two) - set(countries)
    return not first or not second or bool(first & second)


def _days_fit(one: Event, two: Event) -> bool:
    days = [event.date.value for event in (one, two) if event.date and event.date.basis == "sentence"]
    return len(days) < 2 or days[0].startswith(days[1]) or days[1].startswith(days[0])


def _said(event: Event) -> tuple[int, int]:
    dated = event.date is not None and event.date.basis == "sentence"
    return bool(event.actor) + bool(event.recipient), int(dated)
