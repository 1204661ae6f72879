"""Everything on this machine: Redis, beat, one worker process a pool, Flower; started, watched, stopped in order."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from celery import Celery
from pydantic import SecretStr

from workers import route
from workers.app import make_app, send, tick_once
from workers.arabic.camel import is_installed
from workers.config import Config
from workers.config.settings import HOME, SettingsFile
from workers.operate.lock import FolderError, FolderLock
from workers.operate.processes import ProcessError, Processes
from workers.operate.redis import EmbeddedRedis, check
from workers.road import Road, open_road
from workers.store import counts
from workers.store.counts import Counts

_WORKER = ("worker", "--without-gossip", "--without-mingle", "--loglevel", "INFO", "--task-events")

# What `celery -A workers.app` is given for each process; the Procfile and docker-compose.yml run the same.
# Waiting for the network is cheap, so many threads watch and fetch; cleaning and tagging want a processor each.
COMMANDS: dict[str, tuple[str, ...]] = {
    # In memory: the schedule is one tick, and the file of the usual scheduler is a pickle.
    "beat": ("beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", ""),
    "tick": (*_WORKER, "--queues", "tick", "--hostname", "tick@%h", "--pool", "solo"),
    "watch": (*_WORKER, "--queues", "watch", "--hostname", "watch@%h", "--pool", "threads", "--concurrency", "8"),
    "fetch": (*_WORKER, "--queues", "fetch", "--hostname", "fetch@%h", "--pool", "threads", "--concurrency", "16"),
    "clean": (*_WORKER, "--queues", "clean", "--hostname", "clean@%h", "--pool", "prefork", "--concurrency", "2"),
    "tag": (*_WORKER, "--queues", "tag", "--hostname", "tag@%h", "--pool", "prefork", "--concurrency", "2"),
}

# Only where CAMeL's data is installed: it proposes names for review, slowly (workers/arabic/camel.py).
NAMES = (*_WORKER, "--queues", "names", "--hostname", "names@%h", "--pool", "solo")

# Where hubs deliver, health is asked for and metrics are read.
DESK = ("-m", "workers.desk")

FLOWER = ("flower", f"--conf={HOME / 'config' / 'flower.py'}")

# Seconds in which all is stopped, the workers first: `marsad up` promises ten.
STOP_WORKERS, STOP_REDIS = 6.0, 2.0


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs: the road of this process, the Celery application to send by, the children, the addresses of Flower and the desk."""

    road: Road
    app: Celery
    processes: Processes
    embedded: EmbeddedRedis | None
    flower: str | None
    desk: str | None

    def watch(self) -> None:
        """Start again what died."""
        if self.embedded is not None:
            self.embedded.start()
        self.processes.watch()

    def tick(self) -> None:
        """Start again what died, and send what is due."""
        self.watch()
        with suppress(redis.RedisError):  # it has just died, and is started again
            tick_once(self.app, self.road, self.road.config.settings)

    @property
    def idle(self) -> bool:
        """Whether no source is due and no item is under way."""
        return route.idle(self.road)


@contextmanager
def running(config: Config, *, beat: bool, flower: bool, fresh: bool = False) -> Iterator[Engine]:
    """Start everything on the folder `var` of the settings and stop it at the end, in order and within 10 s.

    With `fresh` what an earlier one with `fresh` left there is removed first, and nothing else ever is.

    Raises FolderError if another engine runs there, RedisError, ProcessError, and what `open_road` raises.
    """
    var = config.settings.var
    with ExitStack() as stack:
        stack.enter_context(FolderLock(var))
        _mark(var, fresh=fresh)
        embedded = _embedded(config, stack)
        if embedded is not None:
            config = config.with_settings(redis_url=SecretStr(embedded.url))
        road = stack.enter_context(open_road(config))
        processes = Processes(logs=var / "log")
        stack.callback(processes.stop, within=STOP_WORKERS)
        environment = _environment(config)
        for name, arguments in COMMANDS.items():
            if name != "beat" or beat:
                processes.start(name, _celery(arguments), environment)
        if is_installed() and beat:
            processes.start("names", _celery(NAMES), environment, optional=True)
        port = _free_port(config.settings.flower_port) if flower else None
        desk = _free_port(config.settings.desk_port) if beat else None
        if port:
            processes.start("flower", _celery(FLOWER), {**environment, "FLOWER_PORT": str(port)}, optional=True)
        if desk:
            settings = {**environment, "MARSAD_DESK_PORT": str(desk)}
            processes.start("desk", (sys.executable, *DESK), settings, optional=True)
        yield Engine(
            road=road,
            app=make_app(config),
            processes=processes,
            embedded=embedded,
            flower=f"http://127.0.0.1:{port}" if port else None,
            desk=f"http://127.0.0.1:{desk}" if desk else None,
        )


def replay(engine: Engine, report: Callable[[Counts], None], *, every: float = 0.25) -> None:
    """Take the recorded captures of the engine's road through its workers; call `report` with the sums as they change.

    Raises StalledError when nothing moves any more.
    """
    route.enrol(engine.road)
    _until_idle(engine, report, every)
    send(engine.app, route.enter_pages(engine.road))
    _until_idle(engine, report, every)


def _until_idle(engine: Engine, report: Callable[[Counts], None], every: float) -> None:
    last, since = None, time.monotonic()
    while True:
        engine.tick()
        now = counts.count(engine.road.database)
        if now != last:
            last, since = now, time.monotonic()
            report(now)
        if engine.idle:
            return
        if time.monotonic() - since > route.STALLED:
            raise route.StalledError(f"nothing has moved for {route.STALLED:.0f} seconds; see {engine.processes.logs}")
        time.sleep(every)


def _mark(var: Path, *, fresh: bool) -> None:
    """Empty the folder of an earlier `fresh` engine, or note that from now on it holds what nobody may throw away."""
    mark = var / "emptied-at-start"
    if not fresh:
        mark.unlink(missing_ok=True)
        return
    if (var / "marsad.db").exists() and not mark.exists():
        raise FolderError(
            f"{var} holds a store that was not made by --demo and would be emptied; name another by MARSAD_VAR"
        )
    for name in ("redis", "log", "archive"):
        shutil.rmtree(var / name, ignore_errors=True)
    for path in var.glob("marsad.db*"):
        path.unlink()
    mark.touch()


def _embedded(config: Config, stack: ExitStack) -> EmbeddedRedis | None:
    """An embedded Redis that runs, or None when the settings name another; that one must answer."""
    given = config.settings.redis_url.get_secret_value()
    if given:
        check(given)
        return None
    embedded = EmbeddedRedis(config.settings.var / "redis")
    embedded.start()
    stack.callback(embedded.stop, within=STOP_REDIS)
    return embedded


def _environment(config: Config) -> dict[str, str]:
    """What the children must know: every setting as it is in force here, however it came to be."""
    settings = config.settings
    values = settings.model_dump(mode="json", include=set(SettingsFile.model_fields), exclude_none=True)
    places = {
        "var": str(settings.var.resolve()), "store_url": settings.store, "archive": settings.archive_place,
        "queue_prefix": settings.prefix,
        "log_format": "json" if settings.log_format == "auto" else settings.log_format,
    }  # fmt: skip
    if settings.replay is not None:
        places["replay"] = str(settings.replay.resolve())
    said = {
        f"MARSAD_{name.upper()}": value if isinstance(value, str) else json.dumps(value)
        for name, value in {**values, **places}.items()
    }
    secrets = {
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "MARSAD_PUSH_SECRET": settings.push_secret.get_secret_value(),
    }
    return {**said, **secrets, "MARSAD_CONFIG": str(config.folder.resolve())}


def _celery(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "workers.app", *arguments)


def _free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else any port that is free now."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProcessError(f"no port is free, neither {wanted} nor any other")
