"""The tables. An item is one address; every other table says what became of it, by its key.

Columns under "operational" depend on when and how often something was tried; all others are the same however the
same input travelled (`counts.facts` compares stores by them).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
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
    # the source that led to it, and how far back a backfill goes
    Column("parent", String(16)),
    Column("since", UtcTime),
    # operational
    Column("claimed_until", UtcTime),
    # where redirects have led so far, and how many were followed
    Column("location", Words),
    Column("hops", Integer, nullable=False, default=0),
    # what makes the next look conditional (watch/conditional.py), and what it is planned by (watch/plan.py)
    Column("validators", JSON),
    Column("rhythm", JSON),
    # articles a week, by that rhythm
    Column("volume", Float),
    Column("fresh_for", Float),
    Column("retry_after", Float),
    Column("faults", Integer, nullable=False, default=0),
    Column("digest", String(64)),
    Column("place", Words),
    Column("new_at", UtcTime),
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
    # known articles under new addresses, which the source has changed all at once
    Column("rekeyed", Integer, nullable=False, default=0),
    # nothing in it was known: the source may have rolled over since the look before
    Column("gap", Boolean, nullable=False, default=False),
    Column("not_modified", Boolean, nullable=False, default=False),
    Column("fault", String(64)),
    Column("detail", Words),
    Column("digest", String(64)),
    # operational
    Column("place", Words),
    Index("ix_polls_polled_at", "polled_at"),
)

items = Table(
    "items",
    metadata,
    _key(),
    Column("url", Words, nullable=False, unique=True),
    # whom its requests burden: the registrable domain
    Column("site", Words, nullable=False, default=""),
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
    # where redirects have led so far, and how many were followed
    Column("location", Words),
    Column("hops", Integer, nullable=False, default=0),
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
    Column("modified", UtcTime),
    Column("guid", Words),
    Column("flags", JSON),
    Index("ix_sightings_source_seen_at", "source", "seen_at"),
)

# Other addresses of an item: `key` is that of the address, `item` that of the article.
aliases = Table(
    "aliases",
    metadata,
    _key(),
    Column("item", String(16), ForeignKey("items.key"), nullable=False, index=True),
    Column("url", Words, nullable=False),
    # "redirect", "canonical", "guid", "title", or "key" for one that an earlier marsad knew by another key
    Column("basis", String(16), nullable=False),
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
    Column("place", Words, nullable=False, default=""),
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
    Column("captured_at", UtcTime),
    # how the page was read, which tells when an outlet's profile begins to fail
    Column("words", Integer),
    Column("leftovers", Integer),
    Column("dated", Boolean),
    Column("read_by", String(16)),
    Index("ix_articles_fingerprint_ordered_at_key", "fingerprint", "ordered_at", "key"),
    Index("ix_articles_outlet_captured_at", "outlet", "captured_at"),
)

# What articles are found by: the numbers of their lines and sentences, and of the bands of their sketches
# (clean/fingerprint.py); `at` is when the article was captured.
paragraphs = Table(
    "paragraphs",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("at", UtcTime, primary_key=True),
    _key(ForeignKey("articles.key")),
    Column("outlet", String(64)),
)

bands = Table(
    "bands",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("at", UtcTime, primary_key=True),
    _key(ForeignKey("articles.key")),
)

# Which article repeats which; every pair that was found, also of copies with each other.
copies = Table(
    "copies",
    metadata,
    Column("copy", String(16), ForeignKey("articles.key"), primary_key=True),
    Column("original", String(16), ForeignKey("articles.key"), primary_key=True, index=True),
    # "verbatim", "edited" or "update"
    Column("relation", String(8), nullable=False),
    Column("score", Float, nullable=False),
    Column("altered", JSON, nullable=False),
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

# Names that a recogniser found in a record and the knowledge base lacks; no data while it is at work, or has failed.
proposals = Table(
    "proposals",
    metadata,
    _key(ForeignKey("records.key")),
    Column("asked_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_by", String(64)),
    Column("data", JSON),
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

# Later looks at a recorded article: 1 to 3 by the calendar, further ones when its source says that it was changed.
visits = Table(
    "visits",
    metadata,
    _key(ForeignKey("items.key")),
    Column("number", Integer, primary_key=True),
    Column("recording", String(16), nullable=False),
    # "fetch", "clean" or "end"
    Column("stage", String(8), nullable=False),
    # "same", "changed", "gone" or "unreadable"; empty while it is under way
    Column("outcome", String(16)),
    Column("reason", String(64)),
    Column("detail", Words),
    Column("final_url", Words),
    Column("status", Integer),
    Column("headers", JSON),
    Column("captured_at", UtcTime),
    Column("digest", String(64)),
    Column("size", Integer),
    Column("title", Words),
    Column("fingerprint", String(64)),
    # the article as it then was, where its text had changed
    Column("data", JSON),
    # operational
    Column("site", Words, nullable=False, default=""),
    Column("since", UtcTime, nullable=False),
    Column("next_attempt_at", UtcTime),
    Column("resting", Boolean, nullable=False, default=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("trace", String(32), nullable=False),
    Column("location", Words),
    Column("hops", Integer, nullable=False, default=0),
    Column("elapsed", Float),
    Column("place", Words, nullable=False, default=""),
    Index("ix_visits_stage_next_attempt_at", "stage", "next_attempt_at"),
)

# What hosts answer, kept for all workers. Operational as a whole, like the tables below.
hosts = Table(
    "hosts",
    metadata,
    Column("site", String(255), primary_key=True),
    Column("answered_at", UtcTime),
    Column("failed_at", UtcTime),
    Column("reason", String(64)),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", String(512), primary_key=True),
    Column("status", Integer),
    Column("text", Words, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
    Column("good_until", UtcTime, nullable=False),
    # when the trouble with it began
    Column("since", UtcTime),
)

# How often which trouble was met, the tries that came to something later included.
troubles = Table(
    "troubles",
    metadata,
    Column("outlet", String(64), primary_key=True),
    Column("stage", String(8), primary_key=True),
    Column("reason", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("source", String(16), ForeignKey("sources.key"), primary_key=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    # "wanted", "asked", "active", "denied" or "failed"
    Column("state", String(16), nullable=False),
    Column("asked_at", UtcTime),
    Column("verified_at", UtcTime),
    Column("lease_until", UtcTime),
    # when to ask (again)
    Column("next_at", UtcTime, index=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("detail", Words),
)
