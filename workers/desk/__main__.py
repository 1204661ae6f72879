"""`python -m workers.desk`: serve the desk of this installation; exit with 2, having said why, when it cannot be."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import ExitStack

from workers import route
from workers.app import make_app, send
from workers.config import Config, ConfigError, load_config
from workers.desk.app import serve
from workers.items import Response
from workers.operate.logging import set_up_logging
from workers.road import Road, open_road
from workers.store import sources
from workers.watch import websub


class Delivery:
    """Takes in what hubs deliver, as a look at their source. The road is opened by the first: the desk can wait for it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._app = make_app(config)
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._road: Road | None = None

    def __call__(self, key: str, body: bytes, headers: dict[str, str]) -> None:
        """Keep what is new in a delivery and send it to the workers. Raises what is in `road.OURS`."""
        road = self._open()
        state = sources.find(road.database, key)
        if state is None:
            return
        url = state.source.url
        answer = Response(url=url, final_url=url, status=200, headers=headers, body=body, captured_at=road.now())
        send(self._app, route.pushed(road, key, answer))

    def close(self) -> None:
        """Let the road go."""
        self._stack.close()

    def _open(self) -> Road:
        with self._lock:
            if self._road is None:
                self._road = self._stack.enter_context(open_road(self._config))
            return self._road


def main() -> None:
    """Serve until told to stop."""
    try:
        config = load_config()
        delivery = Delivery(config) if websub.master_of(config.settings) else None
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's word to its user
        sys.exit(2)
    set_up_logging(config.settings.log_format, config.settings.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        # The server stops at either by itself and then passes it on, which would end the process before its cleaning up.
        signal.signal(number, lambda *_: sys.exit(0))
    try:
        serve(config, deliver=delivery)
    finally:
        if delivery:
            delivery.close()


if __name__ == "__main__":
    main()
