"""What a reconciliation found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def upgrade() -> None:
    """Make the tables of differences, and of the VAT that documents were last read with."""
    op.create_table(
        "visma_sync_difference",
        _key("pair"),
        _key("flow"),
        _key("kind"),
        _key("key"),
        _text("number"),
        _text("day"),
        _text("country"),
        _text("currency"),
        _text("target_key"),
        _text("vat_codes"),
        _text("found_vat_codes"),
        sa.Column("total", sa.Text),
        sa.Column("vat", sa.Text),
        sa.Column("found_total", sa.Text),
        sa.Column("found_vat", sa.Text),
        _text("detail"),
        _text("cure"),
        sa.Column("first_seen", sa.DateTime, nullable=False),
        sa.Column("last_seen", sa.DateTime, nullable=False),
        sa.Column("resolved_at", sa.DateTime),
    )
    op.create_table(
        "visma_sync_read_vat",
        _key("pair"),
        _key("kind"),
        _key("target_key"),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        _text("shares"),
    )
