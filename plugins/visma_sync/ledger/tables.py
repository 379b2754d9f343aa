"""The tables of the ledger; every name starts with `visma_sync_`, so that they can live beside Airflow's.

Everything belongs to a pair, except what belongs to a Connection (tokens and call budgets: two pairs that
share a Connection share its single-use refresh token and its quota) or to the whole database (secrets).

Indexes for looking something up begin with what is looked for, not with the pair: a database that has no
statistics yet would take any index that begins alike, and read all rows of the pair.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import simplejson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Value = TypeVar("Value", bound="DataclassInstance")

metadata = MetaData()


class UtcMoment(TypeDecorator[datetime]):
    """A moment: UTC without zone on disk, UTC with zone in Python."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be kept")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """An amount as text: SQLite has no decimal numbers, only floating ones."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class JsonText(TypeDecorator[Any]):
    """Small JSON without personal data, in which numbers with a fraction stay Decimal."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        plain = dict(value) if isinstance(value, Mapping) else value
        return simplejson.dumps(plain, use_decimal=True)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else simplejson.loads(value, use_decimal=True)


def as_row(value: "DataclassInstance", **more: Any) -> dict[str, Any]:
    """A plain value as a row of the table whose columns have the names of its fields, with `more` over it."""
    return {field.name: getattr(value, field.name) for field in fields(value)} | more


def from_row(kind: type[Value], row: Row[Any], **more: Any) -> Value:
    """A row as the plain value whose fields have the names of its columns, with `more` over it."""
    names = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in row._mapping.items() if name in names} | more)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number() -> Column[int]:
    """A row number; SQLite counts only a plain INTEGER by itself."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UtcMoment, nullable=nullable)


def _json(name: str) -> Column[Any]:
    return Column(name, JsonText, nullable=False)


def _sealed(name: str) -> Column[str]:
    """Encrypted with the ledger's keys; `Privacy.reencrypt` knows which columns these are by `info`."""
    return Column(name, Text, nullable=True, info={"sealed": True})


secret = Table("visma_sync_secret", metadata, _number(), Column("name", Text, unique=True), _sealed("value"))

link = Table(
    "visma_sync_link",
    metadata,
    _key("pair"),
    _key("kind"),
    _key("source_key"),
    _text("target_key"),
    _text("source_hash"),
    _json("written"),
    _json("detail"),
    _moment("linked_at"),
    _text("how"),
    UniqueConstraint("target_key", "kind", "pair", name="visma_sync_link_target"),
)

held_record = Table(
    "visma_sync_held_record",
    metadata,
    _number(),
    _text("pair"),
    _text("flow"),
    _text("key"),
    _text("number"),
    _moment("created_at"),
    _moment("changed_at"),
    _text("source_hash"),
    _text("state"),
    _text("reason"),
    _text("cure"),
    Column("fingerprint", Text, nullable=True),
    _text("run_id"),
    _sealed("source"),
    _json("facts"),
    _moment("held_at"),
    UniqueConstraint("key", "flow", "pair", name="visma_sync_held_record_key"),
    Index("visma_sync_held_record_number", "number", "flow", "pair"),
    Index("visma_sync_held_record_state", "pair", "flow", "state"),
    Index("visma_sync_held_record_run", "run_id", "flow", "pair"),
    Index("visma_sync_held_record_held", "pair", "held_at"),
)

need = Table(
    "visma_sync_need",
    metadata,
    _key("pair"),
    _key("flow"),
    _key("record_key"),
    _key("kind"),
    _key("needed_key"),
    Index("visma_sync_need_needed", "needed_key", "kind", "pair"),
)

outcome = Table(
    "visma_sync_outcome",
    metadata,
    _key("pair"),
    _key("flow"),
    _key("run_id"),
    _key("key"),
    _text("number"),
    _text("state"),
    _text("reason"),
    _text("cure"),
    _text("detail"),
    _text("target_key"),
    _text("currency"),
    Column("total", ExactDecimal, nullable=True),
    Column("vat", ExactDecimal, nullable=True),
    _text("fingerprint"),
    _json("facts"),
    _moment("settled_at"),
    Index("visma_sync_outcome_key", "key", "flow", "pair"),
    Index("visma_sync_outcome_settled", "pair", "settled_at"),
)

run = Table(
    "visma_sync_run",
    metadata,
    _key("pair"),
    _key("flow"),
    _key("run_id"),
    _text("kind"),
    _moment("window_from", nullable=True),
    _moment("window_to", nullable=True),
    _moment("opened_at"),
    _moment("closed_at", nullable=True),
    _json("counts"),
    Column("read", Integer, nullable=False),
    Column("taken_up", Integer, nullable=False),
    _json("failed_tasks"),
)

sale = Table("visma_sync_sale", metadata, _key("pair"), _key("sale_key"), _text("path"))

sale_record = Table("visma_sync_sale_record", metadata, _key("pair"), _key("sale_key"), _key("record_key"))

intent = Table(
    "visma_sync_intent",
    metadata,
    _key("pair"),
    _key("flow"),
    _key("kind"),
    _key("key"),
    _key("action"),
    _text("marker"),
    _text("run_id"),
    _text("state"),
    _moment("started_at"),
    _moment("given_up_at", nullable=True),
    _text("target_key"),
    Index("visma_sync_intent_state", "pair", "state"),
)

attempt = Table(
    "visma_sync_attempt",
    metadata,
    _number(),
    _text("pair"),
    _text("flow"),
    _text("kind"),
    _text("key"),
    _text("action"),
    _text("run_id"),
    _sealed("request"),
    _sealed("answer"),
    _text("error"),
    _moment("started_at"),
    Column("duration_ms", Integer, nullable=False),
    Index("visma_sync_attempt_key", "key", "kind", "flow", "pair"),
    Index("visma_sync_attempt_started", "pair", "started_at"),
)

token = Table(
    "visma_sync_token",
    metadata,
    _number(),
    Column("key", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    _sealed("access_token"),
    _sealed("refresh_token"),
    _text("seed"),
    _moment("expires_at", nullable=True),
    _moment("claimed_since", nullable=True),
    _text("claimed_by"),
    _moment("died_since", nullable=True),
    _moment("lost_since", nullable=True),
    _json("facts"),
    _text("company_identifier"),
    _sealed("company_name"),
)

turn = Table(
    "visma_sync_turn",
    metadata,
    _key("pair"),
    _key("flow"),
    _text("dag_id"),
    _text("run_id"),
    _moment("taken_at"),
)

watermark = Table("visma_sync_watermark", metadata, _key("pair"), _key("flow"), _moment("at"))

cursor = Table("visma_sync_cursor", metadata, _key("pair"), _key("name"), _moment("at"))

budget = Table(
    "visma_sync_budget",
    metadata,
    _key("key"),
    Column("remaining", Integer, nullable=True),
    _moment("reset_at", nullable=True),
)

budget_block = Table(
    "visma_sync_budget_block",
    metadata,
    _number(),
    _text("key"),
    _moment("taken_at"),
    Column("calls", Integer, nullable=False),
    Index("visma_sync_budget_block_key", "key", "taken_at"),
)

identity = Table(
    "visma_sync_identity",
    metadata,
    _key("pair"),
    _key("kind"),
    _key("target_key"),
    _text("group_name"),
    _text("country"),
    Column("active", Boolean, nullable=False),
    _text("vat_hash"),
    _text("corporate_hash"),
)

identity_value = Table(
    "visma_sync_identity_value",
    metadata,
    _key("pair"),
    _key("kind"),
    _key("field"),
    _key("value_hash"),
    _key("target_key"),
    ForeignKeyConstraint(
        ["pair", "kind", "target_key"],
        ["visma_sync_identity.pair", "visma_sync_identity.kind", "visma_sync_identity.target_key"],
        ondelete="CASCADE",
        name="visma_sync_identity_value_identity",
    ),
    Index("visma_sync_identity_value_target", "target_key", "kind", "pair"),
)

master_data = Table(
    "visma_sync_master_data",
    metadata,
    _key("pair"),
    _key("system"),
    _key("name"),
    _json("rows"),
    _moment("read_at"),
)

reference = Table(
    "visma_sync_reference",
    metadata,
    _key("pair"),
    _key("system"),
    _key("name"),
    _key("value_id"),
    _json("content"),
    _moment("first_seen"),
    _moment("last_seen"),
    _moment("gone_at", nullable=True),
)

reference_change = Table(
    "visma_sync_reference_change",
    metadata,
    _number(),
    _text("pair"),
    _text("system"),
    _text("name"),
    _text("value_id"),
    _json("before"),
    _json("after"),
    _moment("seen_at"),
    _moment("told_at", nullable=True),
    Index("visma_sync_reference_change_name", "name", "system", "pair"),
)

difference = Table(
    "visma_sync_difference",
    metadata,
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
    Column("total", ExactDecimal, nullable=True),
    Column("vat", ExactDecimal, nullable=True),
    Column("found_total", ExactDecimal, nullable=True),
    Column("found_vat", ExactDecimal, nullable=True),
    _text("detail"),
    _text("cure"),
    _moment("first_seen"),
    _moment("last_seen"),
    _moment("resolved_at", nullable=True),
)

read_vat = Table(
    "visma_sync_read_vat",
    metadata,
    _key("pair"),
    _key("kind"),
    _key("target_key"),
    _moment("changed_at"),
    _json("shares"),
)
