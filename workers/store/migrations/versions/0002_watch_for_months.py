"""Remember what watching and fetching for months needs: plans, politeness, other addresses, visits, troubles."""

import sqlalchemy as sa
from alembic import op

from workers.urls import key_of, site_of

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("site", sa.String(length=255), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_hosts")),
    )
    op.create_table(
        "robots",
        sa.Column("origin", sa.String(length=512), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )
    op.create_table(
        "troubles",
        sa.Column("outlet", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("outlet", "stage", "reason", name=op.f("pk_troubles")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name=op.f("fk_subscriptions_source_sources")),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_next_at"), "subscriptions", ["next_at"], unique=False)
    op.create_table(
        "aliases",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.key"], name=op.f("fk_aliases_item_items")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_item"), "aliases", ["item"], unique=False)
    op.create_table(
        "visits",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recording", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("trace", sa.String(length=32), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("hops", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.Float(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["items.key"], name=op.f("fk_visits_key_items")),
        sa.PrimaryKeyConstraint("key", "number", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_stage_next_attempt_at", "visits", ["stage", "next_attempt_at"], unique=False)
    op.add_column("captures", sa.Column("place", sa.Text(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("site", sa.Text(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("location", sa.Text(), nullable=True))
    op.add_column("items", sa.Column("hops", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("polls", sa.Column("rekeyed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("polls", sa.Column("gap", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("polls", sa.Column("not_modified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("polls", sa.Column("digest", sa.String(length=64), nullable=True))
    op.add_column("polls", sa.Column("place", sa.Text(), nullable=True))
    op.create_index("ix_polls_polled_at", "polls", ["polled_at"], unique=False)
    op.add_column("sightings", sa.Column("modified", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sightings", sa.Column("guid", sa.Text(), nullable=True))
    op.add_column("sightings", sa.Column("flags", sa.JSON(), nullable=True))
    op.create_index("ix_sightings_source_seen_at", "sightings", ["source", "seen_at"], unique=False)
    op.add_column("sources", sa.Column("parent", sa.String(length=16), nullable=True))
    op.add_column("sources", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sources", sa.Column("location", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("hops", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("validators", sa.JSON(), nullable=True))
    op.add_column("sources", sa.Column("rhythm", sa.JSON(), nullable=True))
    op.add_column("sources", sa.Column("volume", sa.Float(), nullable=True))
    op.add_column("sources", sa.Column("fresh_for", sa.Float(), nullable=True))
    op.add_column("sources", sa.Column("retry_after", sa.Float(), nullable=True))
    op.add_column("sources", sa.Column("faults", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("digest", sa.String(length=64), nullable=True))
    op.add_column("sources", sa.Column("place", sa.Text(), nullable=True))
    op.add_column("sources", sa.Column("new_at", sa.DateTime(timezone=True), nullable=True))
    _keep_old_keys()


def _keep_old_keys() -> None:
    """Keys were made without folding www., m. and a last slash: what is known stays known under its new key too."""
    connection = op.get_bind()
    items = sa.table("items", *map(sa.column, ("key", "url", "site", "stage")))
    aliases = sa.table("aliases", *map(sa.column, ("key", "item", "url", "basis")))
    known = {row.key: row for row in connection.execute(sa.select(items))}
    taken = set(known)
    for row in known.values():
        if row.stage != "end":
            connection.execute(sa.update(items).where(items.c.key == row.key).values(site=site_of(row.url)))
        if (new := key_of(row.url)) not in taken:
            taken.add(new)
            connection.execute(sa.insert(aliases).values(key=new, item=row.key, url=row.url, basis="key"))
