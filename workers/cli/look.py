"""Commands that look at the store and the queues: `export`, `status`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import click

from workers.cli import screen
from workers.cli.faults import InputError
from workers.cli.options import as_json, configuration, open_store, print_json, store_option
from workers.config import Settings
from workers.items import record_json
from workers.route import STAGES
from workers.store import counts, results


@click.command()
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--grade", type=click.IntRange(0, 3), default=0, show_default=True, help="The least grade of relevance.")
@store_option
def export(form: str, grade: int, store_url: str | None) -> None:  # noqa: ARG001 -- one format so far
    """Print what the store holds, one record a line, by time of publication; say on stderr how many."""
    with open_store(store_url) as (_, database), results.each_record(database, least_grade=grade) as (number, rows):
        written = 0
        for record in rows:
            print_json(record_json(record))
            written += 1
        sys.stdout.flush()
    if written != number:
        raise InputError(f"{written} records were written where the store counted {number}; the store is damaged")
    click.echo(f"{written} records", err=True)


@click.command()
@as_json
@store_option
def status(store_url: str | None, *, as_json: bool) -> None:
    """Tell what waits, what is under way and how old the oldest is, how items ended, and which workers are alive."""
    queues = _queues(configuration().settings)
    now = datetime.now(UTC)
    with open_store(store_url) as (_, database):
        sums = counts.count(database)
        since = counts.oldest(database)
        said: dict[str, Any] = {
            "store": database.url,
            "entries": sums.entries,
            "recorded": sums.recorded,
            "dropped": sums.dropped,
            "failed": sums.failed,
            "under_way": sums.waiting,
            "agree": sums.agree,
            "faults": counts.faults(database),
            **queues,
        }
    for stage, queue in said["queues"].items():
        queue["under_way"] = sums.under_way.get(stage, 0)
        queue["oldest_age"] = round(max((now - since[stage]).total_seconds(), 0.0), 1) if stage in since else None
    if as_json:
        print_json(said)
    else:
        _show(said)


def _queues(settings: Settings) -> dict[str, Any]:
    """What Redis and the workers say. A Redis that is named must answer; an embedded one may not be running."""
    from pydantic import SecretStr  # noqa: PLC0415

    from workers.app import alive  # noqa: PLC0415
    from workers.operate.logging import hide  # noqa: PLC0415
    from workers.operate.queues import look  # noqa: PLC0415
    from workers.operate.redis import check, client, running  # noqa: PLC0415

    queues: dict[str, dict[str, Any]] = {stage: {"waiting": None, "in_flight": None} for stage in STAGES}
    url = settings.redis_url.get_secret_value()
    if url:
        check(url)
    else:
        url = running(settings.var / "redis") or ""
    if not url:
        return {"queues": queues, "redis": None, "workers": []}
    with client(url) as connection:
        for name, queue in look(connection, settings.prefix, STAGES).items():
            queues[name] = {"waiting": queue.waiting, "in_flight": queue.in_flight}
    workers = alive(settings.model_copy(update={"redis_url": SecretStr(url)}))
    return {"queues": queues, "redis": hide(url), "workers": workers}


def _show(said: dict[str, Any]) -> None:
    rows = [
        (
            name,
            *("-" if queue[key] is None else queue[key] for key in ("waiting", "in_flight", "under_way", "oldest_age")),
        )
        for name, queue in said["queues"].items()
    ]
    screen.table(("queue", "waiting", "in flight", "under way", "oldest (s)"), rows)
    dropped = ", ".join(f"{number} {reason}" for reason, number in said["dropped"].items()) or "none"
    failed = ", ".join(f"{number} at {stage}" for stage, number in said["failed"].items()) or "none"
    click.echo(f"store      {said['store']}")
    click.echo(f"entries    {said['entries']} = {said['recorded']} recorded, {sum(said['dropped'].values())} dropped, "
               f"{sum(said['failed'].values())} failed, {said['under_way']} under way")  # fmt: skip
    click.echo(f"dropped    {dropped}")
    click.echo(f"failed     {failed}")
    click.echo(f"redis      {said['redis'] or 'not running; `marsad up` starts everything'}")
    click.echo(f"workers    {', '.join(said['workers']) or 'none'}")
    for fault in said["faults"]:
        click.echo(f"CONTRADICTION: {fault}", err=True)
