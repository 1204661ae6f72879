"""The network as a command uses it: taking turns with the workers, where they run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from workers import road
from workers.config import Config
from workers.fetch.transport import Transport
from workers.operate.redis import client, running
from workers.operate.slots import Slots


@contextmanager
def live_transport(config: Config) -> Iterator[Transport]:
    """The network without a store. Where a Redis is named or the embedded one runs, its turns are the workers' own."""
    settings = config.settings
    url = settings.redis_url.get_secret_value() or running(settings.var / "redis")
    with ExitStack() as stack:
        pace = Slots(stack.enter_context(client(url)), settings.prefix) if url else None
        yield stack.enter_context(road.live_transport(config, pace))
