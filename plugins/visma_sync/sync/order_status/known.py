"""What is known of the orders in hand before each is settled, and how their outcomes are told."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Intent, Link, Outcome
from visma_sync.sync.order_status.decide import FORWARDS, REOPEN, Step, further_meaning
from visma_sync.sync.order_status.ports import OrderState
from visma_sync.sync.run import Run

KIND, NOTE = "order_status", "note"
STEPS = (*FORWARDS, REOPEN)


@dataclass(frozen=True)
class Known:
    """By the key of each sale: how its order stands in the target, what was said of it before (`links`), which steps
    were begun (`intents`, by action), and on which path it was sent. `notes` are by sale and shipment.
    """

    held: Mapping[str, HeldRecord]
    links: Mapping[str, Link]
    intents: Mapping[str, Mapping[str, Intent]]
    notes: Mapping[str, Link]
    notes_begun: Mapping[str, Intent]
    present: Mapping[str, OrderState]
    paths: Mapping[str, str]
    looked_at: datetime

    def lost(self, step: Step, key: str) -> Intent | None:
        """The step of this order whose answer was lost, where there is one."""
        intent = self.intents[step.action].get(key)
        return intent if intent is not None and intent.state == "open" else None

    def said_before(self, key: str) -> str:
        """The most that the source said of an order when it was followed last; empty where it never was."""
        link = self.links.get(key)
        said = str(link.detail["said"]) if link is not None else ""
        for step in FORWARDS:
            # What was asked for counts, although its answer was lost.
            said = further_meaning(said, step.after) if self.lost(step, key) else said
        return said


def note_key(key: str, shipment: str) -> str:
    """The key under which the note of a shipment is kept."""
    return f"{key}/{shipment}"


def outcome(number: str, key: str, state: str, reason: str = "", detail: str = "", target: str = "") -> Outcome:
    """What became of the status of an order."""
    return Outcome(key, number, state, reason, detail=detail, target_key=target)


def told(run: Run, step: str, settled: Outcome) -> FlowOutcome:
    """The outcome that a step of this run gives an order, for a commit together with what it did."""
    return FlowOutcome(run.flow_of(KIND), run.run_id, replace(settled, facts={**settled.facts, "step": step}))
