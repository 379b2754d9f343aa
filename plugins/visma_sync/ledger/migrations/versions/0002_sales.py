"""Each sale goes on one path; what was sent before went as an order."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=True)


def upgrade() -> None:
    """Make the tables of sales, and note the orders that are linked already."""
    op.create_table("visma_sync_sale", _key("pair"), _key("sale_key"), sa.Column("path", sa.Text, nullable=False))
    op.create_table("visma_sync_sale_record", _key("pair"), _key("sale_key"), _key("record_key"))
    linked = "FROM visma_sync_link WHERE kind = 'order'"
    op.execute(f"INSERT INTO visma_sync_sale (pair, sale_key, path) SELECT pair, source_key, 'order' {linked}")
    op.execute(
        f"INSERT INTO visma_sync_sale_record (pair, sale_key, record_key) SELECT pair, source_key, source_key {linked}"
    )
