"""Signs of life, in a real Redis."""

from __future__ import annotations

from pathlib import Path

from workers.operate import heartbeat
from workers.operate.redis import EmbeddedRedis, client


def test_a_round_is_remembered_with_its_age(tmp_path: Path) -> None:
    """Nothing is known before the first; every installation has its own; forgetting its keys forgets it."""
    with EmbeddedRedis(tmp_path) as server, client(server.url) as connection:
        assert heartbeat.ages(connection, "a:") == {}
        heartbeat.beat(connection, "a:", heartbeat.TICK)
        first = heartbeat.ages(connection, "a:")
        assert set(first) == {"tick"}
        assert 0 <= first["tick"] < 10
        assert heartbeat.ages(connection, "b:") == {}
        heartbeat.beat(connection, "a:", "other")
        assert set(heartbeat.ages(connection, "a:")) == {"tick", "other"}
