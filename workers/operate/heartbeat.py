"""Signs of life in Redis: when each part of marsad last did its round, by the one clock all machines share, Redis' own."""

from __future__ import annotations

import redis

# The round that finds work for everybody.
TICK = "tick"

_KEY = "heartbeats"


def beat(connection: redis.Redis, prefix: str, name: str) -> None:
    """Note that `name` has done its round now. Raises redis.RedisError if the server does not answer."""
    seconds, micro = connection.time()
    connection.hset(prefix + _KEY, name, f"{seconds}.{micro:06}")


def ages(connection: redis.Redis, prefix: str) -> dict[str, float]:
    """How many seconds ago each name last did its round. Raises redis.RedisError if the server does not answer."""
    beats = connection.hgetall(prefix + _KEY)
    seconds, micro = connection.time()
    now = seconds + micro / 1e6
    return {
        (name.decode() if isinstance(name, bytes) else name): max(now - float(at), 0.0) for name, at in beats.items()
    }
