"""What the ledger remembers, as plain values; times are UTC with their zone, money is Decimal."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Link:
    """Which record of the target belongs to a record of the source, and what was last written there.

    `kind` is the record kind (customer, product, order, ...), `written` the keyed hash of each value last
    written, by its path, `detail` small JSON without personal data, `how` created, adopted or
    matched:<rule>.
    """

    kind: str
    source_key: str
    target_key: str
    source_hash: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    linked_at: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class LinkChange:
    """What becomes of the link of a source record as it is at that moment; nothing where there is none."""

    kind: str
    source_key: str
    change: Callable[[Link], Link]


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A source record that a flow has in hand; `state` is its last outcome, `fetched` until it has one.

    `source` is the record as the source gave it (encrypted on disk, None when not asked for or no longer
    kept); `facts` is small JSON without personal data: date, currency, totals. `fingerprint` is that of
    the last outcome, `run_id` the run that fetched or settled it last.
    """

    key: str
    number: str
    created_at: datetime
    changed_at: datetime
    source_hash: str
    state: str = "fetched"
    reason: str = ""
    cure: str = ""
    fingerprint: str = ""
    run_id: str = ""
    source: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record in one run.

    `state` is created, updated, unchanged, skipped, parked, rejected or uncertain; `reason` a code,
    `cure` the sentence that says what a person does. `total` and `vat` are in `currency`. `fingerprint`
    is that of the source, mapping and settings which led to it.
    """

    key: str
    number: str
    state: str
    reason: str = ""
    cure: str = ""
    detail: str = ""
    target_key: str = ""
    currency: str = ""
    total: Decimal | None = None
    vat: Decimal | None = None
    fingerprint: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlowOutcome:
    """An outcome together with the flow and run it belongs to, for a commit."""

    flow: str
    run_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow: what it was asked to read and how it ended.

    `kind` is scheduled, manual or backfill; the window is [from, to), None where the run took a list of
    numbers. `counts` is the number of records by outcome, `failed_tasks` the tasks of Airflow that
    failed. Open runs have no `closed_at`.
    """

    flow: str
    run_id: str
    kind: str
    window_from: datetime | None
    window_to: datetime | None
    opened_at: datetime
    closed_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    read: int = 0
    taken_up: int = 0
    failed_tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intent:
    """That a write is about to be made: on disk before the request leaves.

    `state` is open, done, refused or absent; another process may open it again only after refused and
    absent. `marker` is the text that tells the written record apart in the target. `given_up_at` is when
    the wait for the answer ended. `repeatable` says that making this write twice does no harm (an
    update): it may be opened at any time.
    """

    flow: str
    kind: str
    key: str
    action: str
    marker: str
    run_id: str
    state: str = "open"
    started_at: datetime = field(default_factory=now)
    given_up_at: datetime | None = None
    target_key: str = ""
    repeatable: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to a system and its answer; both bodies are encrypted on disk, `error` holds no body."""

    flow: str
    kind: str
    key: str
    action: str
    run_id: str
    request: Any | None
    answer: Any | None
    error: str
    started_at: datetime
    duration_ms: int


@dataclass(frozen=True, slots=True)
class SaleClaim:
    """That a record sends a sale on a path (order, invoice, booking); `given_up` takes it back: it was not sent."""

    sale_key: str
    path: str
    record_key: str
    given_up: bool = False


Entry = Intent | Attempt | Link | LinkChange | FlowOutcome | SaleClaim


@dataclass(frozen=True, slots=True)
class TokenClaim:
    """What a process may do about an access token.

    valid: use `access_token`. claimed: you are the one that asks, with `refresh_token`. busy:
    `claimed_by` has been asking since `since`, look again soon. lost: somebody must sign in again.
    `since` is, for claimed and lost, when the refresher that died before saving had begun (None when none
    died); `begun_at` is when this claim began.
    """

    status: Literal["valid", "claimed", "busy", "lost"]
    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    version: int = 0
    since: datetime | None = None
    claimed_by: str = ""
    begun_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TokenState:
    """How a token stands, without the token: for pages and checks."""

    key: str
    version: int
    expires_at: datetime | None
    claimed_since: datetime | None
    claimed_by: str
    died_since: datetime | None
    lost_since: datetime | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Company:
    """The company that a token gives access to."""

    identifier: str
    name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """The run whose turn it is to write for a flow."""

    flow: str
    dag_id: str
    run_id: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """What a customer of the target can be recognised by; only keyed hashes of it reach the disk.

    `group` is the customer class; `who` is what tells it from the others where nothing else does.
    """

    target_key: str
    group: str
    country: str
    emails: Set[str]
    vat_number: str
    corporate_id: str
    marker: str
    active: bool
    who: str = ""


@dataclass(frozen=True, slots=True)
class FoundIdentity:
    """A customer of the target that has the value looked for.

    `vat_hash` and `corporate_hash` are empty, or `Ledger.identity_hash` of its numbers: to see a
    contradiction.
    """

    target_key: str
    group: str
    country: str
    active: bool
    vat_hash: str
    corporate_hash: str
