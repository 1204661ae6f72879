"""Make the first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "sources",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("outlet", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recording", sa.String(length=16), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sources")),
    )
    op.create_index(op.f("ix_sources_next_poll_at"), "sources", ["next_poll_at"], unique=False)
    op.create_table(
        "items",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outlet", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("recording", sa.String(length=16), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("trace", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name=op.f("fk_items_source_sources")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_items")),
        sa.UniqueConstraint("url", name=op.f("uq_items_url")),
    )
    op.create_index("ix_items_stage_next_attempt_at", "items", ["stage", "next_attempt_at"], unique=False)
    op.create_table(
        "polls",
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name=op.f("fk_polls_source_sources")),
        sa.PrimaryKeyConstraint("source", "polled_at", name=op.f("pk_polls")),
    )
    op.create_table(
        "articles",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("outlet", sa.String(length=64), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["items.key"], name=op.f("fk_articles_key_items")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_articles")),
    )
    op.create_index(
        "ix_articles_fingerprint_ordered_at_key", "articles", ["fingerprint", "ordered_at", "key"], unique=False
    )
    op.create_table(
        "captures",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["items.key"], name=op.f("fk_captures_key_items")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_captures")),
    )
    op.create_table(
        "endings",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("ending", sa.String(length=8), nullable=False),
        sa.Column("stage", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["items.key"], name=op.f("fk_endings_key_items")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_endings")),
    )
    op.create_index(op.f("ix_endings_ended_at"), "endings", ["ended_at"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["items.key"], name=op.f("fk_sightings_key_items")),
        sa.ForeignKeyConstraint(["source"], ["sources.key"], name=op.f("fk_sightings_source_sources")),
        sa.PrimaryKeyConstraint("key", "source", name=op.f("pk_sightings")),
    )
    op.create_table(
        "records",
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("statements", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["articles.key"], name=op.f("fk_records_key_articles")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_records")),
    )
    op.create_index(op.f("ix_records_grade"), "records", ["grade"], unique=False)


def downgrade() -> None:

    op.drop_index(op.f("ix_records_grade"), table_name="records")
    op.drop_table("records")
    op.drop_table("sightings")
    op.drop_index(op.f("ix_endings_ended_at"), table_name="endings")
    op.drop_table("endings")
    op.drop_table("captures")
    op.drop_index("ix_articles_fingerprint_ordered_at_key", table_name="articles")
    op.drop_table("articles")
    op.drop_table("polls")
    op.drop_index("ix_items_stage_next_attempt_at", table_name="items")
    op.drop_table("items")
    op.drop_index(op.f("ix_sources_next_poll_at"), table_name="sources")
    op.drop_table("sources")
