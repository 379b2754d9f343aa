"""How far orders are in eAccounting, and the actions that take them further. Source: "eAccounting OpenAPI 2026-02".

An order has no action twice: the server refuses one that does not start where the order is. Nothing here mails.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.lists import Lists, Row
from visma_sync.systems.eaccounting.records import Records
from visma_sync.systems.eaccounting.wire import NoteUpdate
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import amount_of, essential_text, text_of
from visma_sync.systems.together import together

ORDERS, NOTES = "/v2/orders", "/v2/notes"
STAGES: Mapping[str, str] = {"1": "draft", "2": "ongoing", "3": "shipped", "4": "invoiced"}
# By where an order is and where it shall be: the action, and the body that it takes.
ACTIONS: Mapping[tuple[str, str], tuple[str, Row | None]] = {
    ("draft", "ongoing"): ("converteddrafttoorder", None),
    ("ongoing", "shipped"): ("completed", None),
    ("shipped", "invoiced"): ("convert", {}),
    ("shipped", "ongoing"): ("voided", None),
}


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as it stands; `stage` is draft, ongoing, shipped, invoiced, or empty for what is none of them.

    `notes` are the keys of its notes.
    """

    key: str
    stage: str
    notes: tuple[str, ...]
    body: Row = field(repr=False)

    @classmethod
    def of(cls, body: Row) -> "OrderState":
        """Read an order of a list or a single one."""
        notes = body.get("Notes")
        return cls(
            key=essential_text(body, SYSTEM, "an order", "Id"),
            stage=STAGES.get(text_of(body, "Status"), ""),
            notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
            body=body,
        )

    def comes_to(self, total: Decimal, vat: Decimal) -> bool:
        """Whether the order costs exactly this, in its currency; `total` includes `vat`.

        Its own amount may be with or without VAT, and the whole-unit rounding is beside it.
        """
        own_vat = amount_of(self.body, SYSTEM, "an order", "VatAmount")
        amount = amount_of(self.body, SYSTEM, "an order", "Amount")
        rounding = amount_of(self.body, SYSTEM, "an order", "RoundingsAmount")
        totals = {amount + more + rounded for more in (own_vat, Decimal(0)) for rounded in (rounding, Decimal(0))}
        return own_vat == vat and total in totals


class OrderStates:
    """The orders of a company, for how far they are."""

    def __init__(self, http: HttpClient, records: Records) -> None:
        self._http = http
        self._lists = Lists(http)
        self._records = records

    async def read_all(self, keys: Collection[str]) -> dict[str, OrderState]:
        """These orders, by key, in as few calls as it takes; missing ones are left out.

        What a list does not show is asked for alone, before it counts as missing.
        """
        if len(keys) == 1:
            state = await self.read(next(iter(keys)))
            return {} if state is None else {state.key: state}
        rows = await self._lists.rows_where(ORDERS, [f"Id eq {key}" for key in sorted(keys)])
        found = {state.key: state for state in map(OrderState.of, rows) if state.key in keys}
        alone = await together(self.read(key) for key in sorted(set(keys) - found.keys()))
        return found | {state.key: state for state in alone if state is not None}

    async def read(self, key: str) -> OrderState | None:
        """One order, None where there is none."""
        row = await self._lists.one(f"{ORDERS}/{{id}}", key)
        return None if row is None else OrderState.of(row)

    async def take(self, key: str, before: str, after: str) -> None:
        """Take an order from one stage to another. To invoice one books its revenue and VAT.

        RecordRejectedError where the order is not at `before` (any more); after an UncertainWriteError it is read
        before it is asked for again.
        """
        action, body = ACTIONS[before, after]
        await self._records.act(key, action, body)

    async def note(self, body: Row) -> None:
        """Put a note on a document, from a `wire.NoteUpdate`; for colleagues, nobody is sent it."""
        sent = NoteUpdate.model_validate(body).sent()
        await self._http.send(Call("POST", NOTES, body=sent, key=str(sent.get("AttachedTo", ""))))

    async def notes(self, key: str) -> list[str]:
        """The texts of the notes on an order."""
        state = await self.read(key)
        found = await together(self._lists.one(f"{NOTES}/{{id}}", note) for note in (state.notes if state else ()))
        return [text_of(row, "Text") for row in found if row is not None]
