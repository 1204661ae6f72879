"""What waits in the queues and what workers hold, read from Redis as Celery's transport keeps it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import redis

# Celery keeps a queue as a list under its name, and what was handed out but not acknowledged in one hash for all
# queues, each value a JSON list of [message, exchange, routing key].
_UNACKNOWLEDGED = "unacked"


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages of one queue: waiting for a worker, and in the hands of one."""

    waiting: int
    in_flight: int


def look(connection: redis.Redis, prefix: str, names: Iterable[str]) -> dict[str, Queue]:
    """Count the messages of each queue. Raises redis.RedisError if the server does not answer."""
    held = Counter(json.loads(value)[2] for value in connection.hvals(prefix + _UNACKNOWLEDGED))
    return {name: Queue(waiting=connection.llen(prefix + name), in_flight=held[name]) for name in names}


def forget(connection: redis.Redis, prefix: str) -> None:
    """Delete every key that begins with `prefix`: the queues of a replay that is over."""
    for key in connection.scan_iter(match=prefix + "*", count=500):
        connection.delete(key)
