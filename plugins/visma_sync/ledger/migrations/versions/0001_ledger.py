"""The ledger as it began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, primary_key=True)


def _texts(names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text, nullable=False) for name in names.split()]


def _maybe_texts(names: str) -> "list[sa.Column[str]]":
    return [sa.Column(name, sa.Text, nullable=True) for name in names.split()]


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime, nullable=nullable)


def _id() -> "sa.Column[int]":
    return sa.Column("id", NUMBER, primary_key=True)


def _count(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, nullable=nullable)


def upgrade() -> None:
    """Make every table."""
    _make_secret_and_token()
    _make_link_and_intent()
    _make_held_record()
    _make_outcome_and_run()
    _make_attempt()
    _make_turn_and_progress()
    _make_budget()
    _make_identity()


def downgrade() -> None:
    """There is nothing before the beginning."""
    raise NotImplementedError("the first version of the ledger is not taken away; delete its database instead")


def _make_secret_and_token() -> None:
    op.create_table("visma_sync_secret", _id(), sa.Column("name", sa.Text, unique=True), *_maybe_texts("value"))
    op.create_table(
        "visma_sync_token",
        _id(),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        _count("version"),
        *_maybe_texts("access_token refresh_token"),
        *_texts("seed"),
        _moment("expires_at", nullable=True),
        _moment("claimed_since", nullable=True),
        *_texts("claimed_by"),
        _moment("died_since", nullable=True),
        _moment("lost_since", nullable=True),
        *_texts("facts company_identifier"),
        *_maybe_texts("company_name"),
    )


def _make_link_and_intent() -> None:
    op.create_table(
        "visma_sync_link",
        _key("pair"),
        _key("kind"),
        _key("source_key"),
        *_texts("target_key source_hash written detail"),
        _moment("linked_at"),
        *_texts("how"),
        sa.UniqueConstraint("target_key", "kind", "pair", name="visma_sync_link_target"),
    )
    op.create_table(
        "visma_sync_intent",
        _key("pair"),
        _key("flow"),
        _key("kind"),
        _key("key"),
        _key("action"),
        *_texts("marker run_id state"),
        _moment("started_at"),
        _moment("given_up_at", nullable=True),
        *_texts("target_key"),
    )


def _make_held_record() -> None:
    op.create_table(
        "visma_sync_held_record",
        _id(),
        *_texts("pair flow key number"),
        _moment("created_at"),
        _moment("changed_at"),
        *_texts("source_hash state reason cure"),
        *_maybe_texts("fingerprint"),
        *_texts("run_id"),
        *_maybe_texts("source"),
        *_texts("facts"),
        _moment("held_at"),
        sa.UniqueConstraint("key", "flow", "pair", name="visma_sync_held_record_key"),
    )
    op.create_index("visma_sync_held_record_number", "visma_sync_held_record", ["number", "flow", "pair"])
    op.create_index("visma_sync_held_record_state", "visma_sync_held_record", ["pair", "flow", "state"])
    op.create_index("visma_sync_held_record_run", "visma_sync_held_record", ["run_id", "flow", "pair"])
    op.create_index("visma_sync_held_record_held", "visma_sync_held_record", ["pair", "held_at"])
    op.create_table(
        "visma_sync_need",
        _key("pair"),
        _key("flow"),
        _key("record_key"),
        _key("kind"),
        _key("needed_key"),
    )
    op.create_index("visma_sync_need_needed", "visma_sync_need", ["needed_key", "kind", "pair"])


def _make_outcome_and_run() -> None:
    op.create_table(
        "visma_sync_outcome",
        _key("pair"),
        _key("flow"),
        _key("run_id"),
        _key("key"),
        *_texts("number state reason cure detail target_key currency"),
        *_maybe_texts("total vat"),
        *_texts("fingerprint facts"),
    )
    op.create_table(
        "visma_sync_run",
        _key("pair"),
        _key("flow"),
        _key("run_id"),
        *_texts("kind"),
        _moment("window_from", nullable=True),
        _moment("window_to", nullable=True),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
        *_texts("counts"),
        _count("read"),
        _count("taken_up"),
        *_texts("failed_tasks"),
    )


def _make_attempt() -> None:
    op.create_table(
        "visma_sync_attempt",
        _id(),
        *_texts("pair flow kind key action run_id"),
        *_maybe_texts("request answer"),
        _count("status", nullable=True),
        *_texts("error"),
        _moment("started_at"),
        _count("duration_ms"),
    )
    op.create_index("visma_sync_attempt_key", "visma_sync_attempt", ["key", "kind", "flow", "pair"])
    op.create_index("visma_sync_attempt_started", "visma_sync_attempt", ["pair", "started_at"])


def _make_turn_and_progress() -> None:
    op.create_table("visma_sync_turn", _key("pair"), _key("flow"), *_texts("dag_id run_id"), _moment("taken_at"))
    op.create_table("visma_sync_watermark", _key("pair"), _key("flow"), _moment("at"))
    op.create_table("visma_sync_cursor", _key("pair"), _key("name"), _moment("at"))
    op.create_table(
        "visma_sync_master_data",
        _key("pair"),
        _key("system"),
        _key("name"),
        *_texts("rows"),
        _moment("read_at"),
    )


def _make_budget() -> None:
    op.create_table(
        "visma_sync_budget",
        _key("key"),
        _count("remaining", nullable=True),
        _moment("reset_at", nullable=True),
    )
    op.create_table("visma_sync_budget_block", _id(), *_texts("key"), _moment("taken_at"), _count("calls"))
    op.create_index("visma_sync_budget_block_key", "visma_sync_budget_block", ["key", "taken_at"])


def _make_identity() -> None:
    op.create_table(
        "visma_sync_identity",
        _key("pair"),
        _key("kind"),
        _key("target_key"),
        *_texts("group_name country"),
        sa.Column("active", sa.Boolean, nullable=False),
        *_texts("vat_hash corporate_hash"),
    )
    op.create_table(
        "visma_sync_identity_value",
        _key("pair"),
        _key("kind"),
        _key("field"),
        _key("value_hash"),
        _key("target_key"),
        sa.ForeignKeyConstraint(
            ["pair", "kind", "target_key"],
            ["visma_sync_identity.pair", "visma_sync_identity.kind", "visma_sync_identity.target_key"],
            ondelete="CASCADE",
            name="visma_sync_identity_value_identity",
        ),
    )
    op.create_index("visma_sync_identity_value_target", "visma_sync_identity_value", ["target_key", "kind", "pair"])
