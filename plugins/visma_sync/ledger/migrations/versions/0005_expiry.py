"""When each outcome was told, so that it can expire; open intents by index; no status of answers: nothing filled it."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Give outcomes their moment: those that are there already expire as if they were told now."""
    moment = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    op.add_column(
        "visma_sync_outcome",
        sa.Column("settled_at", sa.DateTime, nullable=False, server_default=sa.text(f"'{moment}'")),
    )
    op.create_index("visma_sync_outcome_settled", "visma_sync_outcome", ["pair", "settled_at"])
    op.create_index("visma_sync_intent_state", "visma_sync_intent", ["pair", "state"])
    op.drop_column("visma_sync_attempt", "status")
