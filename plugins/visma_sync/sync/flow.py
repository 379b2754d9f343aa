"""What a flow says of its records; the steps (fetch, exist, create, confirm) are the same for all flows."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from visma_sync.domain.record import Record
from visma_sync.domain.totals import Totals
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome, SaleClaim
from visma_sync.sync.ports import SourceRecord
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, hash_of
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Part

R = TypeVar("R", bound=Record)

# The reason that tells of a record which the pair itself wrote into the source, in the other direction.
ECHO = "written_by_us"
# A record that charges such records and others.
PARTLY_ECHO = "partly_written_by_us"
# In the detail of a link to what is kept in step: the hash of the target record's content as we left it there.
WRITTEN = "content"
# In the same detail: the fields of the target record that we wrote last, as we wrote them.
LEFT = "left"
# And the system in which the record was made: source or target.
ORIGIN = "origin"


class RecordFlow(ABC, Generic[R]):
    """How the records of a flow are read from the source and named.

    One is made for each step of a run. `kind` is the record kind as the mapping calls it.
    """

    kind: ClassVar[str]

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        self.run = run
        self.source = source
        self.target = target

    @abstractmethod
    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        """The source records created or changed in [since, until), UTC, a page at a time."""

    @abstractmethod
    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        """The source records with these numbers, as people write them; missing ones are left out."""

    @abstractmethod
    async def by_key(self, keys: Collection[str]) -> list[Any]:
        """The source records with these keys; missing ones are left out."""

    @abstractmethod
    def reference_of(self, record: R) -> Reference:
        """What travels between the steps."""

    async def also_wanted(self, since: datetime) -> AsyncIterator[list[Any]]:
        """Records that did not change in the window, but became wanted in it."""
        nothing: list[list[Any]] = []
        for page in nothing:
            yield page

    def key_of(self, record: SourceRecord) -> str:
        """The key under which a source record is held and linked."""
        return record.key

    def facts_of(self, record: R) -> Mapping[str, Any]:
        """What is kept of a record in plain sight: small JSON without personal data."""
        return {}

    def needs_of(self, record: R) -> Mapping[str, Collection[str]]:
        """By kind, the keys of the records that must exist in the target before this one is written."""
        return {}

    async def settle_deleted(self, in_hand: Collection[str]) -> Collection[str]:
        """Give records that were sent and that the source no longer has their outcome, each once; gives their keys.

        Records that the run has `in_hand`, by key, are left out.
        """
        return ()

    def echoes(self, records: Mapping[str, SourceRecord]) -> Collection[str]:
        """Keys of those of these source records, by key, that this pair wrote there itself, in the other direction.

        They are echoes as long as they say what we wrote: then a person has changed nothing.
        """
        links = self.run.ledger.mirrored().links_by_target(self.kind, records)
        return [key for key, link in links.items() if link.detail.get(WRITTEN) == hash_of(records[key].content)]

    def why_not_yet(self, record: R) -> str:
        """The reason why a record cannot be sent as it is (a draft); empty when it can."""
        return ""


class MasterFlow(RecordFlow[R]):
    """A flow whose records are kept in step: made when they are missing, updated where the rights of a field allow."""

    @abstractmethod
    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        """Bring each of these records to its outcome, in `settling`."""

    @classmethod
    def may_settle(cls, intent: Intent) -> bool:
        """Whether a run settles this lost answer when it takes the record up, although it waits nowhere any more."""
        return intent.kind == cls.kind and intent.action in {"create", "update"} and intent.given_up_at is not None


@dataclass(frozen=True)
class Standing:
    """A document as it stands in the target.

    `key` is how it is linked, `name` how people call it, `marker` the text that tells whose it is; `state` is hold,
    credit_hold, cancelled or the vendor's further word. `vat`, `version` and `content` are known of one read whole:
    `version` is what a change has to name, `content` is what people may have changed.
    """

    key: str
    name: str
    customer: str
    marker: str
    state: str
    total: Decimal
    vat: Decimal | None = None
    version: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Built:
    """A document ready to be sent: its marker, payload, and the totals with which it must stand in the target.

    `customer` is its customer's number there; `own_key` the key that it gets where we number documents ourselves;
    `detail` is kept with the link. `parts` are the records that it is made of, where there are several.
    """

    marker: str
    payload: dict[str, Any]
    customer: str
    expected: Totals
    rounding: Decimal = Decimal(0)
    cuts: tuple[str, ...] = ()
    own_key: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()


class DocumentFlow(RecordFlow[R]):
    """A flow whose records become documents in the target: made once, compared, and taken to a wanted state.

    `verb` says in a word how a document is taken there (open, release).
    """

    verb: ClassVar[str]
    # What a person does about a document that somebody deleted before it was taken there.
    cure_of_deleted: ClassVar[str] = "Find out who deleted it, and restore or re-enter it in the target."
    # On which path it sends sales (order, invoice, booking); empty where its records are no sales.
    path: ClassVar[str] = ""

    def claims(self, record: HeldRecord) -> tuple[SaleClaim, ...]:
        """The claims on the sales that a record sends: the keys that `facts_of` gave as `sales`."""
        if not self.path:
            return ()
        return tuple(SaleClaim(str(key), self.path, record.key) for key in record.facts.get("sales", ()))

    @property
    @abstractmethod
    def goes_further(self) -> bool:
        """Whether the settings want documents taken off hold."""

    # Which records are sent

    def echoes(self, records: Mapping[str, SourceRecord]) -> Collection[str]:
        """A document that we made there stays ours, whatever became of it."""
        return self.run.ledger.mirrored().links_by_target(self.kind, records).keys()

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        """Why the business does not want this record sent, as far as it is known without asking; else empty."""
        return ""

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        """By key, why some of these are not to be sent after all."""
        return {}

    @abstractmethod
    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        """By key, the documents of the target that carry the marker of these records, which have no link."""

    async def check_settings(self) -> None:
        """Refuse, before anything is written, what the settings of this flow name and the target lacks.

        ConfigurationError where something is missing.
        """

    async def deleted(self, half_done: Mapping[str, Link], records: Mapping[str, HeldRecord]) -> Collection[str]:
        """By these links, the keys of records whose document is gone from the target and which are settled anew."""
        return ()

    # Documents of several records

    async def group(self, references: Sequence[Reference]) -> list[Reference]:
        """The documents that these records become: each its own, unless a document holds several of them."""
        return list(references)

    def documents(self) -> "DocumentFlow[Any]":
        """The flow of what `group` gave."""
        return self

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        """What the outcomes of such documents mean for the records in them."""

    # Making one

    @abstractmethod
    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        """Read once what building these records takes."""

    @abstractmethod
    def build(self, key: str) -> Built:
        """Decide and write the document of a record, without sending it."""

    @abstractmethod
    async def send(self, built: Built) -> str:
        """Make the document in the target; gives its key."""

    @abstractmethod
    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        """By marker, the documents of these intents that are in the target."""

    # Confirming one

    @abstractmethod
    async def read(self, key: str) -> Standing | None:
        """A document read whole, None where there is none."""

    def judged(self, standing: Standing, link: Link) -> Link:
        """The link by which a document that was just read is judged, and which is kept once it is confirmed.

        Raises RecordParkedError where the document is not to be taken further.
        """
        return link

    @abstractmethod
    async def take_off_hold(self, standing: Standing) -> None:
        """Open or release a document, unless somebody changed it since it was read (StaleVersionError)."""

    def turn_of(self, link: Link) -> int:
        """When a document is taken off hold: those of an earlier turn first, where others need it."""
        return 0

    def remarks(self, link: Link) -> Sequence[str]:
        """What the report says besides of a document that was taken off hold in this step."""
        return ()

    @abstractmethod
    def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        """The documents changed since then, among others, a page at a time."""

    async def take_further(self, link: Link) -> None:
        """What the settings want of an open document besides; raises when it cannot be done."""
