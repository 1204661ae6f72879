"""`marsad timeline`: what was done, day by day, and who reported it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, get_args

import click

from workers.cli import screen
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.config.topic import Status
from workers.road import load_tagger
from workers.store import results
from workers.tag.loader import Knowledge
from workers.tag.occurrences import Occurrence, occurrences

_STATUSES = get_args(Status)


@click.command("timeline")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only acts of that day and later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only acts of that day and earlier.")
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Only such acts (CONSULT, AID …); may be repeated."
)
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(_STATUSES), default=("actual",), show_default=True,
    help="Only acts with such a status; may be repeated.",
)  # fmt: skip
@click.option("--all", "third", is_flag=True, help="Also what one of the two sides and a third country did.")
@click.option(
    "--grade", type=click.IntRange(0, 3), default=0, show_default=True, help="The least grade of the articles."
)
@as_json
@store_option
def timeline(
    *,
    since: dt.datetime | None,
    until: dt.datetime | None,
    types: tuple[str, ...],
    statuses: tuple[str, ...],
    grade: int,
    store_url: str | None,
    third: bool,
    as_json: bool,
) -> None:
    """List what the two sides did to each other, by day: each act once, with all articles that tell it.

    "originals" counts the articles among them that repeat no other; copies are named but prove nothing more.
    """
    wanted = {one.upper() for one in types}
    with open_store(store_url) as (config, database):
        knowledge = load_tagger(config).knowledge
        known = set(knowledge.events.quads)
        if unknown := sorted(wanted - known):
            raise click.BadParameter(f"{', '.join(unknown)}; known are {', '.join(sorted(known))}", param_hint="--type")
        countries = {one.id for one in knowledge.entities if one.type == "GPE"}
        with results.each_record(database, least_grade=grade) as (_, records):
            found = occurrences(records, countries)
    kept = [
        one for one in found
        if one.event.status in statuses and (not wanted or one.event.type in wanted)
        and (third or _between(one, knowledge)) and _within(one, since, until)
    ]  # fmt: skip
    names = {one.id: one.name_ar for one in knowledge.entities}
    for one in kept:
        if as_json:
            print_json(_json(one))
        else:
            _show(one, names)
    reports = sum(len(one.sources) for one in kept)
    click.echo(
        f"{len(kept)} act(s), {reports} report(s), {sum(one.originals for one in kept)} of them original", err=True
    )


def _between(one: Occurrence, knowledge: Knowledge) -> bool:
    actors, recipients = ({knowledge.side_of(each) for each in countries} - {None} for countries in (
        one.event.actor_country, one.event.recipient_country,
    ))  # fmt: skip
    return any(actor != recipient for actor in actors for recipient in recipients)


def _within(one: Occurrence, since: dt.datetime | None, until: dt.datetime | None) -> bool:
    if since is None and until is None:
        return True
    days = one.days
    return days is not None and (not since or days[1] >= since.date()) and (not until or days[0] <= until.date())


def _json(one: Occurrence) -> dict[str, Any]:
    event = one.event
    return {
        "type": event.type,
        "mode": event.mode,
        "status": event.status,
        "quad": event.quad,
        "date": {"value": one.date.value, "basis": one.date.basis} if one.date else None,
        "start": one.days[0] if one.days else None,
        "end": one.days[1] if one.days else None,
        "actor": event.actor,
        "recipient": event.recipient,
        "actor_country": event.actor_country,
        "recipient_country": event.recipient_country,
        "reciprocal": event.reciprocal,
        "place": event.place or min(one.places, default=None),
        "reports": len(one.sources),
        "originals": one.originals,
        "sources": [
            {
                "key": source.record.article.key,
                "url": source.record.article.url,
                "outlet": source.record.article.outlet,
                "title": source.record.article.title,
                "published": source.record.article.published.value,
                "copy_of": source.copy_of,
                "status": source.event.status,
                "evidence": {"text": source.event.evidence.text, "span": source.event.evidence.span},
                "rule": source.event.rule,
            }
            for source in one.sources
        ],
    }


def _show(one: Occurrence, names: dict[str, str]) -> None:
    event = one.event
    what = f"{event.type} {event.mode}" if event.mode else event.type
    arrow = "<>" if event.reciprocal else ">"
    dyad = f"{'+'.join(event.actor_country)}{arrow}{'+'.join(event.recipient_country)}"
    day = one.date.value if one.date else "no day"
    told = f"{len(one.sources)} report(s), {one.originals} original"
    status = "" if event.status == "actual" else f"  {event.status}"
    click.echo(f"{day}  {what}{status}  {dyad}  {told}")
    actor, recipient = _named(event.actor, names), _named(event.recipient, names)
    click.echo(f"  {actor or '+'.join(event.actor_country)} - {recipient or '+'.join(event.recipient_country)}")
    click.echo(f"  «{screen.isolated(screen.plain(event.evidence.text))}»")
    for source in one.sources:
        article = source.record.article
        copy = "  (copy)" if source.copy_of else ""
        click.echo(f"    {article.url}  {screen.isolated(screen.plain(article.title or ''))}{copy}")


def _named(ids: Iterable[str], names: dict[str, str]) -> str:
    return screen.isolated("، ".join(names.get(one, one) for one in ids))
