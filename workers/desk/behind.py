"""What stands behind the desk: the store and Redis, reached in threads that nobody waits for longer than they may take.

Both may be away when the desk starts, and go away while it runs; it answers all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
import redis
from anyio import to_thread

from workers.config import Config
from workers.operate.redis import RedisError, client, running
from workers.store.database import Database

T = TypeVar("T")


class BusyError(Exception):
    """As many threads as there may be are at work already."""


class Threads:
    """Blocking work in at most `limit` threads at a time.

    A thread that hangs is left alone and goes on counting: a store that does not answer costs `limit` threads and not
    one a request.
    """

    def __init__(self, limit: int) -> None:
        self._room = threading.Semaphore(limit)
        self._limiter = anyio.CapacityLimiter(limit)
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], T], *, within: float) -> T:
        """Return what `work` returns. Raises TimeoutError after `within` seconds, BusyError, and what `work` raises."""
        if not self._room.acquire(blocking=False):
            raise BusyError
        begun = given_up = False

        def task() -> T:
            nonlocal begun
            with self._lock:
                if given_up:
                    raise BusyError  # to nobody: whoever asked has left
                begun = True
            try:
                return work()
            finally:
                self._room.release()

        try:
            with anyio.fail_after(within):
                return await to_thread.run_sync(task, abandon_on_cancel=True, limiter=self._limiter)
        finally:
            with self._lock:
                given_up = not begun
            if given_up:
                self._room.release()


class Remembered(Generic[T]):
    """One answer for all who ask within `seconds`, made once: whoever asks meanwhile waits for the one being made."""

    def __init__(self, make: Callable[[], Awaitable[T]], seconds: float) -> None:
        self._make = make
        self._seconds = seconds
        self._lock = anyio.Lock()
        self._kept: tuple[float, T] | None = None

    async def get(self) -> T:
        """The answer. Raises what making it raises."""
        async with self._lock:
            if self._kept is None or time.monotonic() - self._kept[0] > self._seconds:
                self._kept = (time.monotonic(), await self._make())
            return self._kept[1]


class Behind:
    """The store and Redis of a configuration, opened when first asked for. Both properties block: use them in threads."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._redis: redis.Redis | None = None

    def database(self) -> Database:
        """The open store. Raises StoreError; one that is not there is not made."""
        with self._lock:
            if self._database is None:
                self._database = Database.open(self.config.settings.store, create=False)
            return self._database

    def redis(self) -> redis.Redis:
        """A client of Redis. Raises RedisError where there is none to ask."""
        settings = self.config.settings
        with self._lock:
            if self._redis is None:
                url = settings.redis_url.get_secret_value() or running(settings.var / "redis")
                if not url:
                    raise RedisError("no Redis is running here")
                self._redis = client(url, retries=0)
            return self._redis

    def close(self) -> None:
        """Let both go."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            if self._redis is not None:
                self._redis.close()
            self._database = self._redis = None
