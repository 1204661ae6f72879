"""What hubs ask and deliver at /websub/<source key>/<token>.

The token comes first: whoever does not know it learns nothing and cannot make the desk read, or keep, anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import anyio
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from workers.desk.behind import Behind, Threads
from workers.desk.metrics import Pushes
from workers.store import subscriptions
from workers.store.subscriptions import Subscription
from workers.watch import websub
from workers.watch.websub import Confirmed, Denied, Refused

PATH = "/websub/{key}/{token}"

# Bytes. The largest feeds measured are under 2 MB.
LONGEST_BODY = 5_000_000

# Seconds: for the body to come, for the store, and for a delivery to be taken in before the hub is answered anyway.
BODY_WITHIN = 10.0
STORE_WITHIN = 5.0
TAKEN_WITHIN = 5.0

# What of a delivery's headers says something of the feed.
KEPT_HEADERS = ("content-type", "content-language", "link", "last-modified", "etag")

# Takes in a delivery: the key of the source, the body, the headers kept, lower case. Blocks; raises where a hub should
# deliver again.
Deliver = Callable[[str, bytes, dict[str, str]], None]

_KEY = re.compile(r"[0-9a-f]{16}")

log = structlog.get_logger()


class Push:
    """The endpoint. `master` is the secret that tokens and signatures derive from."""

    def __init__(
        self,
        behind: Behind,
        threads: Threads,
        *,
        master: bytes,
        deliver: Deliver,
        pushes: Pushes,
        now: Callable[[], datetime],
    ) -> None:
        self._behind = behind
        self._threads = threads
        self._master = master
        self._deliver = deliver
        self._pushes = pushes
        self._now = now

    async def endpoint(self, request: Request) -> Response:
        """Answer 404 to a wrong token, 410 to one of a subscription that is over, else what the method asks for."""
        key, token = request.path_params["key"], request.path_params["token"]
        if not _KEY.fullmatch(key) or not websub.is_token(token, self._master, key):
            return self._end("wrong_token", 404)
        known = await self._threads.run(lambda: subscriptions.find(self._behind.database(), key), within=STORE_WITHIN)
        if known is None:
            return self._end("gone", 410)
        if request.method == "POST":
            return await self._receive(request, known)
        if request.method == "HEAD":  # must not change anything, and a confirmation does
            return Response()
        return await self._verify(request, known)

    async def _verify(self, request: Request, known: Subscription) -> Response:
        now = self._now()
        topic = None if known.state == "wanted" else known.topic
        judged = websub.verify_intent(request.query_params, topic=topic, now=now)

        def keep() -> bool:
            database = self._behind.database()
            if isinstance(judged, Denied):
                subscriptions.keep_denied(database, known.source, judged.reason, now)
            elif isinstance(judged, Confirmed):
                return subscriptions.keep_verified(
                    database,
                    known.source,
                    known.topic,
                    lease_until=judged.lease_until,
                    renew_at=judged.renew_at,
                    now=now,
                )
            return True

        if isinstance(judged, Refused) or not await self._threads.run(keep, within=STORE_WITHIN):
            why = judged.why if isinstance(judged, Refused) else "the feed has changed its hub meanwhile"
            log.info("push_refused", source=known.source, why=why)
            return self._end("refused", 404)
        log.info("push_settled", source=known.source, hub=known.hub, outcome=type(judged).__name__.lower())
        if isinstance(judged, Denied):
            return self._end("denied", 200)
        self._pushes.add("confirmed")
        return PlainTextResponse(judged.challenge)

    async def _receive(self, request: Request, known: Subscription) -> Response:
        if request.headers.get("content-encoding", "identity") != "identity":
            return self._end("encoded", 415)
        body = bytearray()
        try:
            with anyio.fail_after(BODY_WITHIN):
                async for chunk in request.stream():
                    body += chunk
        except TimeoutError:
            return self._end("too_slow", 408)
        except HTTPException:  # of the limit on bodies
            self._pushes.add("too_large")
            raise
        secret = websub.secret_of(self._master, known.source)
        if not body or not websub.signature_ok(request.headers.get("x-hub-signature"), bytes(body), secret):
            # The standard wants this acknowledged all the same, so that nobody can try signatures out.
            log.warning("push_unsigned", source=known.source, size=len(body))
            return self._end("bad_signature", 202)
        headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
        return await self._take(known.source, bytes(body), headers)

    async def _take(self, key: str, body: bytes, headers: dict[str, str]) -> Response:
        outcome = "failed"
        try:
            await self._threads.run(lambda: self._deliver(key, body, headers), within=TAKEN_WITHIN)
            outcome = "taken"
        except TimeoutError:
            outcome = "taken"  # it goes on in its thread; a hub that waits longer delivers again
        finally:
            self._pushes.add(outcome)
        return Response(status_code=202)

    def _end(self, outcome: str, status: int) -> Response:
        self._pushes.add(outcome)
        return Response(status_code=status)
