"""What changed in the lists of both systems, and outcomes that are found by their record."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    """Make the tables of the lists and of their changes, and the index of outcomes by record."""
    op.create_table(
        "visma_sync_reference",
        _key("pair"),
        _key("system"),
        _key("name"),
        _key("value_id"),
        _text("content"),
        sa.Column("first_seen", sa.DateTime, nullable=False),
        sa.Column("last_seen", sa.DateTime, nullable=False),
        sa.Column("gone_at", sa.DateTime),
    )
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "visma_sync_reference_change",
        sa.Column("id", number, primary_key=True),
        _text("pair"),
        _text("system"),
        _text("name"),
        _text("value_id"),
        _text("before"),
        _text("after"),
        sa.Column("seen_at", sa.DateTime, nullable=False),
        sa.Column("told_at", sa.DateTime),
    )
    op.create_index("visma_sync_reference_change_name", "visma_sync_reference_change", ["name", "system", "pair"])
    op.create_index("visma_sync_outcome_key", "visma_sync_outcome", ["key", "flow", "pair"])
