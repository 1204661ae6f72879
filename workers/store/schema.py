"""The tables. An item is one address; every other table says what became of it, by its key.

Columns under "operational" depend on when and how often something was tried; all others are the same however the
same input travelled (`counts.facts` compares stores by them).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time without a zone: it could mean any."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from the web without what a database refuses: NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Drop NUL, replace lone surrogates."""
        return None if value is None else value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(*constraints: Any) -> Column[str]:
    return Column("key", String(16), *constraints, primary_key=True)


sources = Table(
    "sources",
    metadata,
    _key(),
    Column("outlet", String(64)),
    Column("kind", String(16), nullable=False),
    Column("url", Words, nullable=False),
    Column("polled_at", UtcTime),
    Column("next_poll_at", UtcTime, index=True),
    # the recording it stands in, empty for a live one: each is polled by its own kind only
    Column("recording", String(16), nullable=False),
    # operational
    Column("claimed_until", UtcTime),
)

polls = Table(
    "polls",
    metadata,
    Column("source", String(16), ForeignKey("sources.key"), primary_key=True),
    Column("polled_at", UtcTime, primary_key=True),
    Column("status", Integer),
    Column("seen", Integer, nullable=False, default=0),
    Column("new", Integer, nullable=False, default=0),
    Column("known", Integer, nullable=False, default=0),
    Column("unreadable", Integer, nullable=False, default=0),
    Column("capped", Integer, nullable=False, default=0),
    Column("fault", String(64)),
    Column("detail", Words),
)

items = Table(
    "items",
    metadata,
    _key(),
    Column("url", Words, nullable=False, unique=True),
    Column("outlet", String(64)),
    Column("source", String(16), ForeignKey("sources.key")),
    Column("found_at", UtcTime, nullable=False),
    # the stage that comes next, or "end"
    Column("stage", String(8), nullable=False),
    # the recording that entered it, empty for a live one: the network knows a later page, or none
    Column("recording", String(16), nullable=False),
    # operational; `since` is when it began to wait for its stage
    Column("since", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_attempt_at", UtcTime),
    # between two tries, when nobody may take it up
    Column("resting", Boolean, nullable=False, default=False),
    Column("reason", String(64)),
    Column("detail", Words),
    Column("trace", String(32), nullable=False),
    Index("ix_items_stage_next_attempt_at", "stage", "next_attempt_at"),
)

sightings = Table(
    "sightings",
    metadata,
    _key(ForeignKey("items.key")),
    Column("source", String(16), ForeignKey("sources.key"), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("title", Words),
    Column("published", UtcTime),
    Column("claimed", Words),
)

captures = Table(
    "captures",
    metadata,
    _key(ForeignKey("items.key")),
    Column("url", Words, nullable=False),
    Column("final_url", Words, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSON, nullable=False),
    Column("captured_at", UtcTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    # operational
    Column("elapsed", Float, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    _key(ForeignKey("items.key")),
    Column("outlet", String(64)),
    Column("title", Words),
    # the best order there is: publication, or capture where that is unknown
    Column("ordered_at", UtcTime, nullable=False),
    Column("fingerprint", String(64)),
    Column("data", JSON, nullable=False),
    Index("ix_articles_fingerprint_ordered_at_key", "fingerprint", "ordered_at", "key"),
)

records = Table(
    "records",
    metadata,
    _key(ForeignKey("articles.key")),
    Column("grade", Integer, nullable=False, index=True),
    Column("score", Float, nullable=False),
    Column("events", Integer, nullable=False),
    Column("statements", Integer, nullable=False),
    Column("data", JSON, nullable=False),
)

endings = Table(
    "endings",
    metadata,
    _key(ForeignKey("items.key")),
    Column("ending", String(8), nullable=False),
    Column("stage", String(8), nullable=False),
    Column("reason", String(64)),
    Column("detail", Words),
    # operational
    Column("ended_at", UtcTime, nullable=False, index=True),
)
