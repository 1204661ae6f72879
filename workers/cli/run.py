"""Commands that run the road: `up` and `replay`."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn
from uuid import uuid4

import click
import redis

from workers import engine as engines
from workers import route
from workers.cli import screen
from workers.cli.faults import InputError
from workers.cli.options import as_json, configuration, print_json, store_option
from workers.config import Config
from workers.config.settings import HOME
from workers.engine import Engine
from workers.operate.queues import forget
from workers.operate.redis import client
from workers.road import load_tagger, open_road
from workers.store import counts, results
from workers.store.counts import Counts
from workers.store.database import Database
from workers.tag.main_event import main_event

# A recorded answer does not change while one waits, and a replay has nobody to be polite to.
_REPLAY = {"stale_after": 10.0, "retry_after": 0.0, "tick_every": 5.0}


@click.command()
@click.option("--demo", is_flag=True, help="Use a store of its own and replay the seeds through it first.")
@click.option("--once", is_flag=True, help="Stop when nothing is under way.")
def up(*, demo: bool, once: bool) -> None:
    """Run everything on this machine: Redis if none is given, beat, the workers, the desk, Flower. Ctrl-C stops it all."""
    config = configuration()
    if demo:
        config = config.with_settings(
            var=config.settings.var / "demo", store_url="", archive=None, replay=HOME / "seeds", **_REPLAY
        )
    load_tagger(config)
    signal.signal(signal.SIGTERM, _stop)
    click.echo("starting Redis, beat, four workers, the desk and Flower ...", err=True)
    with engines.running(config, beat=True, flower=True, fresh=demo) as engine:
        click.echo(f"Flower shows the queues and workers at {engine.flower}", err=True)
        click.echo(f"health and metrics are at {engine.desk}/healthz and {engine.desk}/metrics", err=True)
        if demo:
            _replay_through(engine)
            _show(engine.road.database)
            _tell(counts.count(engine.road.database))
            _tell_how_to_go_on(config)
        else:
            route.enrol(engine.road)
        if once:
            _wait_until_idle(engine)
            if not demo:
                _tell(counts.count(engine.road.database))
        else:
            _run_for_ever(engine)


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option("--inline", is_flag=True, help="Walk the road in this process, without Redis and workers.")
@as_json
@store_option
def replay(paths: tuple[Path, ...], store_url: str | None, *, inline: bool, as_json: bool) -> None:
    """Take recorded captures (a folder with a captures.jsonl, WARC files or a folder of them) through the whole road and tell how they ended."""
    started = time.monotonic()
    config = configuration(store_url)
    load_tagger(config)
    signal.signal(signal.SIGTERM, _stop)
    for path in paths:
        config = config.with_settings(replay=path, **_REPLAY)
        if inline:
            _replay_inline(config)
        else:
            with _own_queues(config) as own, engines.running(own, beat=False, flower=False) as engine:
                _replay_through(engine)
    database = Database.open(config.settings.store)
    try:
        sums = counts.count(database)
        if as_json:
            print_json({"store": database.url, **_summary(sums), "seconds": round(time.monotonic() - started, 1)})
        else:
            _show(database)
            _tell(sums)
    finally:
        database.close()
    if not sums.agree:
        raise InputError(f"the sums of {database.url} do not agree; `marsad status` names what contradicts")


@contextmanager
def _own_queues(config: Config) -> Iterator[Config]:
    """The configuration with a folder and queues for one replay, so that no live worker takes its messages."""
    settings = config.settings
    settings.var.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="replay-", dir=settings.var))
    prefix = f"marsad-replay-{uuid4().hex[:12]}:"
    own = {"var": folder, "store_url": settings.store, "archive": settings.archive_place, "queue_prefix": prefix}
    try:
        yield config.with_settings(**own)
        # Only after what went well: otherwise the logs tell why it did not.
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        if url := settings.redis_url.get_secret_value():
            with suppress(redis.RedisError), client(url) as connection:
                forget(connection, prefix)


def _replay_inline(config: Config) -> None:
    progress, said = screen.Progress(), 0.0
    with open_road(config) as road:

        def report() -> None:
            nonlocal said
            if time.monotonic() - said > 0.25:
                said = time.monotonic()
                progress.say(counts.count(road.database))

        route.replay(road, report)
        progress.say(counts.count(road.database))
    progress.end()


def _replay_through(engine: Engine) -> None:
    progress = screen.Progress()
    try:
        engines.replay(engine, progress.say)
    finally:
        progress.end()


def _tell_how_to_go_on(config: Config) -> None:
    var = Path(os.path.relpath(config.settings.var))
    marsad = os.path.relpath(HOME / ".venv" / "bin" / "marsad")
    prefix = f"MARSAD_VAR={shlex.quote(str(var))} {shlex.quote(marsad)}"
    lines = (
        (f"{prefix} explain KEY", "the life of one item, each decision and why"),
        (f"{prefix} export", "every record as a line of JSON"),
        (f"{prefix} status", "the queues, the workers, the sums"),
        (f"{shlex.quote(marsad)} up", "watch the outlets of config/outlets"),
    )
    wide = max(len(command) for command, _ in lines)
    click.echo("\nTo go on:")
    for command, does in lines:
        click.echo(f"  {command:<{wide}}  {does}")


def _wait_until_idle(engine: Engine) -> None:
    while not engine.idle:
        engine.watch()
        time.sleep(0.25)


def _run_for_ever(engine: Engine) -> None:
    click.echo("running; Ctrl-C stops everything", err=True)
    try:
        while True:
            engine.watch()
            time.sleep(1.0)
    except KeyboardInterrupt:
        click.echo("\nstopping; what is under way is taken up again by the next start", err=True)


def _show(database: Database, least_grade: int = 1) -> None:
    """Print a table of the records, the most relevant first."""
    with results.each_record(database, least_grade=least_grade) as (_, rows):
        lines = []
        for record in rows:
            event = main_event(record.tags, record.article.zones)
            names = {one.id: one.name_ar for one in record.tags.entities}
            kind = f"{event.type}{f' {event.mode}' if event.mode else ''}" if event else ""
            sides = (
                [" و".join(names.get(one, one) for one in side) for side in (event.actor, event.recipient)]
                if event
                else ["", ""]
            )
            article = record.article
            lines.append(
                (
                    record.tags.relevance.grade,
                    (article.published.value or "unknown")[:10],
                    article.outlet or "unknown",
                    article.key,
                    kind,
                    *sides,
                    article.title or article.text[:60],
                )
            )
    lines.sort(key=lambda line: line[0], reverse=True)
    screen.table(("grade", "date", "outlet", "key", "event", "actor", "recipient", "headline"), lines)


def _tell(sums: Counts) -> None:
    dropped = ", ".join(f"{number} {reason}" for reason, number in sums.dropped.items())
    grades = ", ".join(f"{number} of grade {grade}" for grade, number in sorted(sums.grades.items(), reverse=True))
    click.echo(
        f"{sums.entries} entries: {sums.recorded} recorded ({grades or 'none'}), "
        f"{sum(sums.dropped.values())} dropped ({dropped or 'none'}), {sum(sums.failed.values())} failed, "
        f"{sums.waiting} under way; {sums.events} events, {sums.statements} statements"
    )
    if sums.faulty_polls:
        click.echo(f"{sums.faulty_polls} of {sums.polls} looks at a source brought nothing that could be read")


def _summary(sums: Counts) -> dict[str, Any]:
    said = asdict(sums)
    said["under_way"] = sums.waiting
    said["agree"] = sums.agree
    return said


def _stop(*_: object) -> NoReturn:
    raise KeyboardInterrupt
