"""The road as Celery tasks: a queue and one thin task a stage, and a tick that finds work. No word of the domain.

`celery -A workers.app worker -Q fetch` finds `app` here; it is made when first asked for, not at import. The settings
below are those that keep Celery on Redis from losing or repeating work for months (docs/decisions.md tells which and
why); correctness rests on the store all the same.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import structlog
from celery import Celery, signals
from kombu import Exchange, Queue  # type: ignore[attr-defined]
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from workers import naming, route
from workers.arabic.camel import CamelRecogniser, is_installed
from workers.config import Config, ConfigError, Fault, Settings, load_config
from workers.items import Stage
from workers.operate.heartbeat import beat
from workers.operate.logging import set_up_logging
from workers.operate.queues import look
from workers.operate.redis import client
from workers.operate.slots import Slots
from workers.road import Road, open_road

# Redis gives a message that was not acknowledged within this many seconds to another worker; every task is shorter
# (`task_limit` is at most half of it). One that outlasts `stale_after` may be sent again: that costs work, never a result.
VISIBILITY_TIMEOUT = 3600

# How many items that nobody works on are sent again at once, for a stage whose queue is empty. While messages wait
# there, an item may be among them: it is not lost, only waiting.
AT_ONCE = 1000

# The tick has a queue and a worker of its own: behind slow hosts it would come late, and all hosts would wait.
TICK = "tick"

# Names are proposed behind the road, by a worker that only runs where CAMeL's data is installed. So many records wait at once.
NAMES = "names"
NAMES_AT_ONCE = 50

log = structlog.get_logger()

_lock = threading.Lock()
_made: dict[str, Any] = {}


def __getattr__(name: str) -> Celery:
    if name != "app":
        raise AttributeError(name)
    with _lock:
        if "app" not in _made:
            _made["app"] = make_app(load_config())
    return _made["app"]


def make_app(config: Config) -> Celery:
    """Make the Celery application for a configuration. It connects to nothing yet."""
    settings = config.settings
    if not settings.redis_url.get_secret_value():
        raise ConfigError(
            [Fault("environment variable REDIS_URL", 0, "is not set; `marsad up` starts a Redis by itself")]
        )
    app = Celery("marsad", set_as_current=False)
    app.conf.update(_conf(settings))
    for stage in route.STAGES:
        _add_stage(app, config, stage)
    _add_tick(app, config)
    _add_names(app, config)
    return app


def send(app: Celery, messages: Iterable[route.Message]) -> None:
    """Put messages into their queues. What Redis does not take is found again by the tick."""
    for message in messages:
        try:
            app.send_task(
                f"marsad.{message.stage}",
                kwargs={"key": message.key, "trace": message.trace},
                queue=message.stage,
                retry=False,
            )
        except OperationalError as error:
            log.warning("not_sent", stage=message.stage, key=message.key, error=str(error)[:200])


def tick_once(app: Celery, road: Road, settings: Settings) -> None:
    """Send what is due. Raises redis.RedisError if Redis does not answer."""
    named = is_installed() and road.recordings is None
    with client(settings.redis_url.get_secret_value()) as redis:
        queues = look(redis, settings.prefix, (*route.STAGES, *([NAMES] if named else ())))
        beat(redis, settings.prefix, TICK)
        for stage in route.STAGES:
            if not queues[stage].waiting and not queues[stage].in_flight:
                beat(redis, settings.prefix, stage)  # nothing to do is no standstill
    room = {stage: 0 if queues[stage].waiting else AT_ONCE for stage in route.STAGES}
    send(app, route.tick(road, room))
    if named and not queues[NAMES].waiting:
        for key in naming.due(road, NAMES_AT_ONCE):
            with suppress(OperationalError):  # it is given out again
                app.send_task("marsad.names", kwargs={"key": key}, queue=NAMES, retry=False)


def alive(settings: Settings, within: float = 1.0) -> list[str]:
    """The names of the workers that answer within so many seconds."""
    app = Celery("marsad", set_as_current=False)
    app.conf.update(_conf(settings))
    return sorted(name for answer in app.control.ping(timeout=within) or () for name in answer)


def _conf(settings: Settings) -> dict[str, Any]:
    # The nameless exchange delivers by queue name alone: a binding kept in Redis could be lost with it, and messages
    # to a binding that is gone are discarded without a word.
    nameless = Exchange("", type="direct")
    transport = {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "global_keyprefix": settings.prefix,
        "health_check_interval": 25,
        "socket_keepalive": True,
        "socket_connect_timeout": 5,
        "retry_on_timeout": True,
    }
    return {
        "broker_url": settings.redis_url.get_secret_value(),
        "broker_transport_options": transport,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_queues": [Queue(name, nameless, routing_key=name) for name in (*route.STAGES, TICK, NAMES)],
        "task_default_queue": "watch",
        "task_default_exchange": "",
        "task_default_routing_key": "watch",
        "task_create_missing_queues": False,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 1000,
        "worker_send_task_events": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "event_queue_ttl": 5,
        "event_queue_expires": 60,
        "timezone": "UTC",
        "beat_schedule": {
            "tick": {
                "task": "marsad.tick",
                "schedule": settings.tick_every,
                "options": {"queue": TICK, "expires": settings.tick_every},
            }
        },
    }


def _add_stage(app: Celery, config: Config, stage: Stage) -> None:
    limit = config.settings.task_limit if stage in {"clean", "tag"} else None

    @app.task(name=f"marsad.{stage}", soft_time_limit=limit, time_limit=limit and limit + 10)
    def run(key: str, trace: str) -> None:
        road = _road(config)
        send(app, route.step(road, route.Message(stage=stage, key=key, trace=trace)))
        _made["alive"](stage)


def _add_tick(app: Celery, config: Config) -> None:
    settings = config.settings

    @app.task(name="marsad.tick")
    def tick() -> None:
        road = _road(config)
        if "enrolled" not in _made:
            route.enrol(road)
            _made["enrolled"] = True
        tick_once(app, road, settings)


def _add_names(app: Celery, config: Config) -> None:
    # One model a process, loaded by its first task: half a gigabyte.
    @app.task(name="marsad.names")
    def propose(key: str) -> None:
        if "recogniser" not in _made:
            _made["recogniser"] = CamelRecogniser()
        log.info("proposed", key=key, names=naming.read(_road(config), key, _made["recogniser"]))


def _road(config: Config) -> Road:
    """The road of this process, opened by its first task: a connection must not be carried over a fork."""
    with _lock:
        if _made.get("pid") != os.getpid():
            stack = ExitStack()
            settings = config.settings
            redis = stack.enter_context(client(settings.redis_url.get_secret_value()))
            road = stack.enter_context(open_road(config, Slots(redis, settings.prefix)))
            _made.update(pid=os.getpid(), stack=stack, road=road, alive=partial(_alive, redis, settings.prefix))
        opened: Road = _made["road"]
        return opened


def _alive(redis: Redis, prefix: str, stage: Stage) -> None:
    with suppress(RedisError):
        beat(redis, prefix, stage)


@signals.setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    settings = load_config().settings
    set_up_logging(settings.log_format, settings.log_level)


@signals.worker_process_shutdown.connect
def _close_road(**_: Any) -> None:
    if _made.get("pid") == os.getpid():
        _made["stack"].close()
