"""A desk with a store and a Redis of its own, and one outlet that only tests know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.desk.clock import Clock
from workers.config import Config, Leftovers, Outlet, Settings
from workers.desk.behind import Behind
from workers.operate.redis import EmbeddedRedis
from workers.store.database import Database


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real Redis of this test session."""
    with EmbeddedRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server.url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def config(tmp_path: Path, redis_url: str) -> Config:
    """Everything is on: a store in a file, a Redis, WebSub."""
    said = {"name": "واحد", "name_en": "One", "home": "https://one.test/", "hosts": ("one.test",)}
    one = Outlet.model_validate(said).model_copy(update={"slug": "one"})
    settings = Settings(
        var=tmp_path,
        redis_url=SecretStr(redis_url),
        queue_prefix=f"{tmp_path.name}:",
        public_url="https://us.test",
        push_secret=SecretStr("a master secret of the tests"),
    )
    return Config(tmp_path, settings, {"one": one}, Leftovers(), ())


@pytest.fixture
def store(config: Config) -> Iterator[Database]:
    """The store that the desk reads."""
    opened = Database.open(config.settings.store)
    yield opened
    opened.close()


@pytest.fixture
def behind(config: Config) -> Iterator[Behind]:
    opened = Behind(config)
    yield opened
    opened.close()
