"""The desk's application and the server it runs in.

It listens on this machine alone unless the settings say otherwise. What the outside must reach is /websub/; /healthz
and /metrics are for operators.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.config import Config
from workers.desk import health, metrics, push
from workers.desk.behind import Behind, BusyError, Remembered, Threads
from workers.desk.patience import PatientProtocol
from workers.road import OURS
from workers.watch import websub

# Connections at a time; a hub and a Prometheus need a handful.
CONNECTIONS = 64
# Threads that the store and Redis are asked in: for /healthz (two at once), for what hubs ask, for /metrics.
HEALTH_THREADS = 4
PUSH_THREADS = 4
METRICS_WITHIN = 20.0  # seconds; Prometheus' own patience is 10 by default, and the first reading counts everything
# Seconds that an answer of /healthz and of /metrics holds, however many ask.
HEALTH_HOLDS = 2.0
METRICS_HOLD = 5.0

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

_TOKEN = re.compile(r"(/websub/[0-9a-f]{16}/).+", re.DOTALL)

log = structlog.get_logger()


def make_desk(
    config: Config,
    *,
    deliver: push.Deliver | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Starlette:
    """Make the application. It opens nothing yet. Hubs are served where there is `deliver` and WebSub is on."""
    behind, pushes = Behind(config), metrics.Pushes()
    health_threads, push_threads, metrics_thread = Threads(HEALTH_THREADS), Threads(PUSH_THREADS), Threads(1)
    registry = metrics.make_registry(behind, pushes, now)
    sick = Remembered(lambda: health.look(behind, health_threads, now), HEALTH_HOLDS)
    page = Remembered(lambda: metrics_thread.run(lambda: metrics.page(registry), within=METRICS_WITHIN), METRICS_HOLD)

    async def healthz(_: Request) -> Response:
        reasons = await sick.get()
        return JSONResponse(
            {"status": "trouble" if reasons else "ok", "reasons": reasons}, status_code=503 if reasons else 200
        )

    async def scrape(_: Request) -> Response:
        return Response(await page.get(), headers={"content-type": metrics.CONTENT_TYPE})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        behind.close()

    routes = [Route("/healthz", healthz), Route("/metrics", scrape)]
    master = websub.master_of(config.settings)
    if master and deliver:
        hub = push.Push(behind, push_threads, master=master, deliver=deliver, pushes=pushes, now=now)
        routes.append(Route(push.PATH, hub.endpoint, methods=["GET", "POST"]))
    app = Starlette(
        routes=routes,
        middleware=[Middleware(Frame), Middleware(RequestBodyLimitMiddleware, max_body_size=push.LONGEST_BODY)],
        exception_handlers=dict.fromkeys((*OURS, TimeoutError, BusyError), _unavailable),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would build the address from what the client calls this host
    return app


def serve(config: Config, *, deliver: push.Deliver | None = None) -> None:
    """Serve until told to stop (SIGTERM, SIGINT)."""
    uvicorn.Server(server_config(config, make_desk(config, deliver=deliver))).run()


def server_config(config: Config, app: Starlette) -> uvicorn.Config:
    """How the application is served: what the settings say, and limits on everything a client may use up."""
    return uvicorn.Config(
        app,
        host=config.settings.desk_host,
        port=config.settings.desk_port,
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16_384,
    )


class Frame:
    """Around every answer: its headers, a line in the log, and a plain 500 for a fault of ours."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, framed)
        except ClientDisconnect:
            log.info("client_left", path=_shown(scope))
        except Exception:  # the border to the outside: whatever it is, it is logged here and told nobody
            log.exception("desk_defect", path=_shown(scope))
            if not status:
                await PlainTextResponse("Internal Server Error", status_code=500)(scope, receive, framed)
        routine = status == 200 and scope["path"] in {"/healthz", "/metrics"}
        seconds = round(time.perf_counter() - begun, 3)
        say = log.debug if routine else log.info
        say("answered", method=scope["method"][:16], path=_shown(scope), status=status, seconds=seconds)


def _shown(scope: Scope) -> str:
    """The path without its token and its query."""
    return _TOKEN.sub(r"\1***", scope["path"])[:200]


async def _unavailable(_: Request, error: Exception) -> Response:
    log.warning("out_of_reach", error=str(error)[:300] or type(error).__name__)
    return PlainTextResponse("Service Unavailable", status_code=503, headers={"retry-after": "60"})
