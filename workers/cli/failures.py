"""`marsad failures`: what could not be read in spite of all tries, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click

from workers.cli import screen
from workers.cli.explain import find_item, meaning
from workers.cli.faults import InputError
from workers.cli.options import as_json, open_store, print_json, store_option
from workers.config import Config
from workers.reasons import REASONS
from workers.road import live_policy
from workers.store import failures as store
from workers.store.database import Database
from workers.store.failures import Trouble


@click.group()
def failures() -> None:
    """What could not be read in spite of all tries."""


@failures.command("list")
@click.option("--waiting", is_flag=True, help="Tell also what was tried in vain and is to be tried again.")
@as_json
@store_option
def list_failures(store_url: str | None, *, waiting: bool, as_json: bool) -> None:
    """List the items that ended as failed, the latest first, with the stage and the reason."""
    with open_store(store_url) as (_, database):
        found = store.failed(database)
        again = store.waiting(database) if waiting else []
    if as_json:
        for one in (*found, *again):
            print_json(_json(one))
        return
    if found:
        rows = [(one.key, one.stage, one.reason, one.detail, one.url) for one in found]
        screen.table(("key", "stage", "reason", "detail", "url"), rows)
    else:
        click.echo("nothing has failed")
    if again:
        waits = [(one.key, one.stage, one.reason, one.attempts, _time(one.next_attempt_at), one.url) for one in again]
        click.echo("\nto be tried again:")
        screen.table(("key", "stage", "reason", "tries", "next", "url"), waits)
    elif waiting:
        click.echo("nothing is waiting for another try")


@failures.command()
@click.argument("name", metavar="KEY|URL")
@as_json
@store_option
def show(name: str, store_url: str | None, *, as_json: bool) -> None:
    """Tell of one item what went wrong, what that means, and when it was or will be tried."""
    with open_store(store_url) as (config, database):
        one = _found(config, database, name)
    if one.state == "recorded":
        raise InputError(f"{one.key} was recorded; `marsad explain {one.key}` tells its life")
    waits = live_policy(config, one.reason).retries if _has_tries(one) and one.reason else ()
    if as_json:
        print_json({**_json(one), "retries": waits, "can_retry": one.can_retry})
    else:
        _tell(one, waits)


@failures.command()
@click.argument("names", metavar="[KEY|URL]...", nargs=-1)
@click.option("--reason", metavar="REASON", help="All that ended for this reason, as failed or as dropped.")
@click.option("--all", "everything", is_flag=True, help="All that ended as failed.")
@as_json
@store_option
def retry(
    names: tuple[str, ...], reason: str | None, store_url: str | None, *, everything: bool, as_json: bool
) -> None:
    """Have items tried again, as often as if they had just come to the stage at which they ended."""
    if [bool(names), reason is not None, everything].count(True) != 1:
        raise click.UsageError("name the items, or give --reason or --all: one of the three")
    if reason is not None and reason not in REASONS:
        raise click.UsageError(f"there is no reason {reason!r}; the reasons are: {', '.join(REASONS)}")
    with open_store(store_url) as (config, database):
        if names:
            wanted = [_found(config, database, name) for name in names]
        else:
            wanted = [one for one in store.failed(database, reason) if one.can_retry]
        done = store.retry(database, [one.key for one in wanted], datetime.now(UTC))
    _report(wanted, done, said="is tried again", why_not=_why_no_retry, as_json=as_json)


@failures.command()
@click.argument("names", metavar="KEY|URL...", nargs=-1, required=True)
@as_json
@store_option
def drop(names: tuple[str, ...], store_url: str | None, *, as_json: bool) -> None:
    """End items for good, those that failed or those still under way: they count as dropped by hand.

    `marsad failures retry` takes that back.
    """
    with open_store(store_url) as (config, database):
        wanted = [_found(config, database, name) for name in names]
        done = store.drop(database, [one.key for one in wanted], datetime.now(UTC))
    _report(wanted, done, said="is dropped", why_not=lambda one: f"was {one.state} already", as_json=as_json)


def _found(config: Config, database: Database, name: str) -> Trouble:
    key, _ = find_item(config, database, name)
    one = store.find(database, key)
    assert one is not None, "it has just been found"
    return one


def _report(
    wanted: Sequence[Trouble], done: Sequence[str], *, said: str, why_not: Callable[[Trouble], str], as_json: bool
) -> None:
    """Say of each item what was done. Raises InputError if some were left as they are."""
    left = [one for one in wanted if one.key not in done]
    for one in wanted:
        if as_json:
            why = why_not(one) if one in left else None
            print_json({"key": one.key, "url": one.url, "stage": one.stage, "done": one not in left, "why_not": why})
        elif one not in left:
            click.echo(f"{one.key}  {said}  {screen.plain(one.url)}")
    if not wanted and not as_json:
        click.echo("there is nothing that another try could change")
    if left:
        reasons = "\n".join(f"{one.key}  {why_not(one)}  {screen.plain(one.url)}" for one in left)
        raise InputError(f"{len(left)} of {len(wanted)} left as they are:\n{reasons}")


def _why_no_retry(one: Trouble) -> str:
    if one.state == "waiting":
        return f"is under way, its next try is due {_time(one.next_attempt_at)}"
    if one.state == "recorded":
        return "was recorded"
    return f"was dropped as {one.reason}: another try would find the same"


def _has_tries(one: Trouble) -> bool:
    """Whether its reason is one that is tried again."""
    return one.state != "dropped" or (one.reason in REASONS and bool(REASONS[one.reason].retries))


def _json(one: Trouble) -> dict[str, Any]:
    return {**asdict(one), "sentence": meaning(one.reason) or None}


def _tell(one: Trouble, waits: Sequence[float]) -> None:
    under_way = one.state == "waiting"
    _say("item", f"{one.key}  {one.url}")
    _say("outlet", one.outlet or "unknown")
    _say("found", one.found_at.isoformat())
    _say("state", f"waits for {one.stage} since" if under_way else f"{one.state} at {one.stage}", one.since.isoformat())
    _say("reason", f"{one.reason}, {meaning(one.reason) or 'not in the list'}" if one.reason else "nothing went wrong")
    if one.detail:
        _say("detail", one.detail)
    if waits:
        _say("tries", f"at once, then after {', '.join(_span(wait) for wait in waits)}")
    if under_way:
        _say("so far", f"{one.attempts} of {len(waits) + 1}" if waits else str(one.attempts))
        _say("next try", _time(one.next_attempt_at))
    elif one.can_retry:
        _say("next try", f"none; `marsad failures retry {one.key}` has it tried again")
    else:
        _say("next try", "none: another would find the same")


def _say(name: str, *text: str) -> None:
    click.echo(f"{name:<14}{screen.plain(' '.join(text))}")


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else "any time"


def _span(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:g} s"
