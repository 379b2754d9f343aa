"""What is known of the products in hand, before each is settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from visma_sync.domain.product import Product
from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Intent, Link, Outcome
from visma_sync.sync.ports import ProductTarget
from visma_sync.sync.products.attributes import AttributeRules
from visma_sync.sync.products.barcodes import refuse_taken
from visma_sync.sync.products.look import Found, owner_of
from visma_sync.sync.products.plan import PlannedBarcode
from visma_sync.sync.run import Run


@dataclass(frozen=True)
class Known:
    """What is known of the products in hand: their links and intents, what a look into the target found, whose their
    barcodes are to be (`claims`), which of them has the item of each spelling (`keepers`), the rules of attributes, and
    those that the other direction wrote into the source, as it `left` them there.
    """

    held: Mapping[str, HeldRecord]
    intents: Mapping[str, Intent]
    found: Found
    looked_at: datetime
    claims: Mapping[str, str]
    keepers: Mapping[str, str]
    rules: AttributeRules
    links: Mapping[str, Link] = field(default_factory=dict)
    changes: Mapping[str, Intent] = field(default_factory=dict)
    left: Mapping[str, Product] = field(default_factory=dict)

    def begun(self, number: str) -> Intent | None:
        """The making of this product whose answer was lost, where there is one."""
        return _open(self.intents.get(number))

    def lost_change(self, number: str) -> Intent | None:
        """The change of this product whose answer was lost, where there is one."""
        return _open(self.changes.get(number))

    async def refuse_taken(self, target: ProductTarget, number: str, barcodes: Sequence[PlannedBarcode]) -> None:
        """RecordParkedError where one of the barcodes to be added is, or is to be, that of another product."""
        added = [one for one in barcodes if not one.gone]
        refuse_taken(number, added, self.claims)
        owners = {one.code: await owner_of(target, self.found, one.code) for one in added}
        refuse_taken(number, added, owners)


def _open(intent: Intent | None) -> Intent | None:
    return intent if intent is not None and intent.state == "open" else None


def outcome(number: str, state: str, reason: str = "", detail: str = "", target: str = "") -> Outcome:
    """What became of a product."""
    return Outcome(number, number, state, reason, detail=detail, target_key=target)


def told(run: Run, step: str, settled: Outcome) -> FlowOutcome:
    """The outcome that a step of this run gives a product, for a commit together with what it did."""
    return FlowOutcome(run.flow_of("product"), run.run_id, replace(settled, facts={**settled.facts, "step": step}))
