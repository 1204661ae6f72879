"""What several commands share: options, the configuration, printing JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from workers.config import Config, load_config
from workers.operate.logging import set_up_logging
from workers.store.database import Database

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
always_json = click.option(
    "--json", "as_json", is_flag=True, help="Accepted everywhere; here the result is always JSON."
)
store_option = click.option(
    "--store", "store_url", metavar="URL", help="The store, e.g. sqlite:///file.db or postgresql://host/db."
)


def configuration(store_url: str | None = None, *, level: str = "warning") -> Config:
    """Load config/, with the store that --store names, and set up the log of this command on stderr."""
    config = load_config()
    settings = config.settings
    if store_url:
        config = config.with_settings(store_url=store_url)
    chosen = settings.log_level if "log_level" in settings.model_fields_set else level
    set_up_logging(settings.log_format, chosen)  # type: ignore[arg-type]
    return config


@contextmanager
def open_store(store_url: str | None) -> Iterator[tuple[Config, Database]]:
    """The configuration and the store that a command reads; there must be one."""
    config = configuration(store_url)
    database = Database.open(config.settings.store, create=False)
    try:
        yield config, database
    finally:
        database.close()


def print_json(value: Any, *, indent: int | None = None) -> None:
    """Print one JSON value to stdout, Arabic as it is, times as ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=_plain)
    sys.stdout.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
