"""Ask a source's hub to deliver what is new (WebSub): the request; the answer comes to the desk."""

from __future__ import annotations

from datetime import timedelta

import structlog

from workers.fetch.polite import Polite
from workers.items import Later, Response
from workers.road import Road
from workers.store import subscriptions
from workers.watch import websub

log = structlog.get_logger()


def subscribe(road: Road, source: str) -> None:
    """Ask the hub of a source, once; the store says when again."""
    wanted = subscriptions.find(road.database, source)
    settings = road.config.settings
    master = websub.master_of(settings)
    if wanted is None or master is None or not isinstance(road.transport, Polite):
        return
    form = websub.subscribe_form(
        wanted.topic, websub.callback(settings, master, source), websub.secret_of(master, source)
    )
    answer = road.transport.post(wanted.hub, form)
    if isinstance(answer, Later):
        subscriptions.put_off(road.database, source, until=road.now() + timedelta(seconds=answer.seconds))
    elif not isinstance(answer, Response):
        subscriptions.keep_failed(road.database, source, f"{answer.reason}: {answer.detail}")
    elif not 200 <= answer.status < 300:
        said = answer.body[:200].decode("utf-8", "replace")
        subscriptions.keep_failed(road.database, source, f"the hub answered {answer.status}: {said}")
    else:
        log.info("hub_asked", hub=wanted.hub)
