"""Remember what articles are found by, which repeat which, and when each was captured."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("articles") as batch:
        batch.add_column(sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("words", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("leftovers", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("dated", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("read_by", sa.String(length=16), nullable=True))
        batch.create_index("ix_articles_outlet_captured_at", ["outlet", "captured_at"])
    op.execute(
        "UPDATE articles SET captured_at = (SELECT captured_at FROM captures WHERE captures.key = articles.key)"
    )
    op.create_table(
        "paragraphs",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("outlet", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["articles.key"], name=op.f("fk_paragraphs_key_articles")),
        sa.PrimaryKeyConstraint("number", "at", "key", name=op.f("pk_paragraphs")),
    )
    op.create_table(
        "bands",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["key"], ["articles.key"], name=op.f("fk_bands_key_articles")),
        sa.PrimaryKeyConstraint("number", "at", "key", name=op.f("pk_bands")),
    )
    op.create_table(
        "copies",
        sa.Column("copy", sa.String(length=16), nullable=False),
        sa.Column("original", sa.String(length=16), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("altered", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["copy"], ["articles.key"], name=op.f("fk_copies_copy_articles")),
        sa.ForeignKeyConstraint(["original"], ["articles.key"], name=op.f("fk_copies_original_articles")),
        sa.PrimaryKeyConstraint("copy", "original", name=op.f("pk_copies")),
    )
    op.create_index(op.f("ix_copies_original"), "copies", ["original"], unique=False)
    # What earlier versions told by equal bodies when read.
    op.execute(
        "INSERT INTO copies (copy, original, relation, score, altered) "
        "SELECT later.key, first.key, 'verbatim', 1.0, '[]' FROM articles AS later JOIN articles AS first "
        "ON first.fingerprint = later.fingerprint AND (first.ordered_at < later.ordered_at "
        "OR (first.ordered_at = later.ordered_at AND first.key < later.key))"
    )
