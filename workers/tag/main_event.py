"""The one event that a line about an article should name."""

from __future__ import annotations

from workers.items import Event, Tags, Zones


def main_event(tags: Tags, zones: Zones) -> Event | None:
    """Return the event to name first: one between two countries, that happened, early in the text; None without any."""

    def rank(event: Event) -> tuple[bool, bool, bool, bool, int]:
        between = bool(
            event.actor_country and event.recipient_country and event.actor_country != event.recipient_country
        )
        early = event.trigger.span[0] < zones.lead[1]
        return (
            not between,
            not early,
            event.status != "actual",
            not (event.actor and event.recipient),
            event.trigger.span[0],
        )

    return min(tags.events, key=rank, default=None)
