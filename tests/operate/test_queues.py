"""What waits in the queues, as a real Celery producer and a real Redis keep it."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from workers.app import make_app, send
from workers.config import load_config
from workers.operate.queues import Queue, forget, look
from workers.operate.redis import EmbeddedRedis, client
from workers.route import STAGES, Message


def test_messages_are_counted_per_queue_and_forgotten_by_prefix(tmp_path: Path) -> None:
    """What was sent waits; what a worker holds is in flight; another prefix is not touched."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        settings = {"redis_url": SecretStr(server.url), "queue_prefix": "a:"}
        app = make_app(load_config().with_settings(**settings))
        send(app, [Message(stage="fetch", key=f"{number:016x}", trace="t") for number in range(3)])
        other = make_app(load_config().with_settings(**{**settings, "queue_prefix": "b:"}))
        send(other, [Message(stage="tag", key="0" * 16, trace="t")])
        assert look(connection, "a:", STAGES)["fetch"] == Queue(waiting=3, in_flight=0)
        with app.connection_for_read() as held, held.channel() as channel:
            assert channel.basic_get("fetch") is not None
            assert look(connection, "a:", STAGES)["fetch"] == Queue(waiting=2, in_flight=1)
        forget(connection, "a:")
        assert set(look(connection, "a:", STAGES).values()) == {Queue(waiting=0, in_flight=0)}
        assert look(connection, "b:", STAGES)["tag"].waiting == 1


def test_a_message_holds_a_key_and_a_trace_and_nothing_else(tmp_path: Path) -> None:
    """What lies in Redis is JSON of a few hundred bytes, no pickle and no text of an article."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        app = make_app(load_config().with_settings(redis_url=SecretStr(server.url), queue_prefix="a:"))
        send(app, [Message(stage="clean", key="k" * 16, trace="t" * 32)])
        [raw] = connection.lrange("a:clean", 0, -1)
    import base64
    import json

    message = json.loads(raw)
    assert message["content-type"] == "application/json"
    _, arguments, _ = json.loads(base64.b64decode(message["body"]))
    assert arguments == {"key": "k" * 16, "trace": "t" * 32}
    assert len(raw) < 2000


def test_a_redis_that_is_gone_loses_no_message_loudly(tmp_path: Path) -> None:
    """Sending does not raise: the store knows what is under way, and the tick sends it again."""
    app = make_app(load_config().with_settings(redis_url=SecretStr(f"redis+socket://{tmp_path}/none.sock")))
    send(app, [Message(stage="fetch", key="0" * 16, trace="t")])
