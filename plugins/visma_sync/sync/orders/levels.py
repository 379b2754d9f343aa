"""Orders taken further than open: their goods leave, and what left is invoiced.

None of these actions can be repeated, and none carries a marker of ours: the target itself refuses to ship, confirm,
invoice or release anything twice. So each try starts with a look at what is there, whoever did it, and does only what
is missing; after an action that failed it looks again.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from visma_sync.domain.money import ZERO
from visma_sync.domain.totals import Totals
from visma_sync.errors import (
    Reason,
    RecordParkedError,
    RecordRejectedError,
    RetryableError,
    StaleVersionError,
    UncertainWriteError,
)
from visma_sync.settings.orders import FulfilmentSettings
from visma_sync.sync.orders.ports import FulfilmentTarget, Invoice, OrderLine, OrderShipment
from visma_sync.sync.run import now

Trouble = UncertainWriteError | RecordRejectedError | StaleVersionError
# Refusals that do not say what is wrong; the others have a reason and a cure of their own.
_VAGUE = frozenset({"conflict", "refused", "action_failed"})
# An invoice in another state waits for something.
_RELEASED = frozenset({"open", "closed", "voided"})
_SHIP = (
    "See that its warehouse has enough in stock, that its shipping rule lets what there is leave, and that its day has "
    "come; or ship it in the target. It goes on by itself."
)
_INVOICE = "Look at the order in the target and invoice it there, or mend what it lacks; it goes on by itself."
_RELEASE = "Look at the invoice in the target and release it there, or mend what it lacks; it goes on by itself."


class Fulfilling:
    """Ships and invoices one open order of the target; `order` is its type and number."""

    def __init__(self, target: FulfilmentTarget, decided: FulfilmentSettings, order: tuple[str, str]) -> None:
        self._shipments = target.shipments
        self._invoices = target.invoices
        self._decided = decided
        self._order = order
        self._found: list[OrderShipment] = []
        self._shipped: set[str] = set()

    async def ship(self) -> None:
        """Let everything leave that has not left yet; an order without such goods needs no shipment.

        Raises RecordParkedError (`cannot_ship`) while something of it cannot leave.
        """
        self._found = await self._shipments.of_order(*self._order)
        lines: list[OrderLine] = await self._shipments.lines(*self._order)
        if not _waiting(lines):
            return
        for row in self._found:
            if row.number and not row.invoice:
                await self._finish(row.number)
        for warehouse in sorted({line.warehouse for line in lines if line.unassigned}):
            await self._ship_from(warehouse, self._day(lines, warehouse))
        still = _waiting(await self._shipments.lines(*self._order))
        if still:
            raise _parked("cannot_ship", f"{still.normalize():f} units of {self._named} have not left yet", _SHIP)

    async def invoice(self, expected: Totals) -> None:
        """Have invoiced what was shipped, and release the order's invoices once they add up to `expected`.

        What people have released by hand is left as it is. Raises RecordParkedError where an invoice must wait.
        """
        numbers = [row.invoice for row in self._found if row.invoice]
        to_charge = self._shipped or any(row.number and not row.invoice for row in self._found)
        if to_charge or not numbers:
            numbers += await self._prepare(numbers)
        invoices = [await self._read(number) for number in dict.fromkeys(numbers)]
        waiting = [invoice for invoice in invoices if invoice.state not in _RELEASED]
        for invoice in waiting:
            self._refuse_unreleasable(invoice)
        if waiting:
            self._refuse_different(invoices, expected)
        for invoice in waiting:
            await self._release(invoice)

    @property
    def _named(self) -> str:
        return f"order {self._order[1]}"

    # Shipping

    def _day(self, lines: Iterable[OrderLine], warehouse: str) -> date:
        days = [line.ships_on for line in lines if line.ships_on and line.unassigned and line.warehouse == warehouse]
        return max(days) if days and self._decided.shipment_date == "delivery_date" else now().date()

    async def _ship_from(self, warehouse: str, day: date) -> None:
        """Ship what one warehouse has."""
        try:
            number = await self._shipments.create(*self._order, day, warehouse)
        except (UncertainWriteError, RecordRejectedError) as error:
            known = {row.number for row in self._found} | self._shipped
            rows = await self._shipments.of_order(*self._order)
            made = [row.number for row in rows if row.number not in known | {""}]
            if not made:
                raise _not_done(f"the shipment of {self._named} from warehouse {warehouse}", error, _SHIP) from error
            for number in made:
                await self._finish(number)
        else:
            await self._confirm(number)

    async def _finish(self, number: str) -> None:
        """Confirm a shipment that was found, where it is open."""
        shipment = await self._shipments.get(number)
        if shipment is None:
            return
        if shipment.state == "hold":
            raise _parked(
                "shipment_on_hold", f"shipment {number} of {self._named} is on hold", "Take it off hold in the target."
            )
        if shipment.state == "open":
            if set(shipment.orders) - {self._order}:
                raise _parked(
                    "shipment_shared",
                    f"shipment {number} serves other orders than {self._named} too",
                    "Confirm it in the target when all of it leaves; then the order goes on by itself.",
                )
            await self._confirm(number)
        self._shipped.add(number)

    async def _confirm(self, number: str) -> None:
        try:
            await self._shipments.confirm(number)
        except (UncertainWriteError, RecordRejectedError) as error:
            shipment = await self._shipments.get(number)
            if shipment is None or shipment.state in {"open", "hold"}:
                raise _not_done(f"the confirmation of shipment {number} of {self._named}", error, _SHIP) from error
        self._shipped.add(number)

    # Invoicing

    async def _prepare(self, known: Collection[str]) -> list[str]:
        """Have an invoice made of what was shipped; gives the numbers of the order's new invoices."""
        trouble: Trouble | None = None
        try:
            number = await self._shipments.prepare_invoice(*self._order)
            if number:
                return [number]
        except (UncertainWriteError, RecordRejectedError) as error:
            trouble = error
        rows = await self._shipments.of_order(*self._order)
        made = [row.invoice for row in rows if row.invoice and row.invoice not in known]
        if not made:
            raise _not_done(f"the invoice of {self._named}", trouble, _INVOICE, "cannot_invoice") from trouble
        return made

    async def _read(self, number: str) -> Invoice:
        invoice: Invoice | None = await self._invoices.get(number)
        if invoice is None:
            raise RetryableError(f"invoice {number} of {self._named} has just been deleted", retry_after=1)
        return invoice

    def _refuse_unreleasable(self, invoice: Invoice) -> None:
        named = f"invoice {invoice.number} of {self._named}"
        if invoice.state != "balanced":
            raise _parked(
                "invoice_waits",
                f"{named} is in state {invoice.state}",
                "Release it in the target, or make that possible.",
            )
        if set(invoice.orders) - {self._order}:
            raise _parked("invoice_shared", f"{named} charges other orders too", "Release it in the target.")
        if invoice.sent_by and not self._decided.invoices_may_be_sent:
            raise _parked(
                "would_be_mailed",
                f"the release of {named} would send it to the customer: {', '.join(invoice.sent_by)}",
                "Switch that off on the invoice (and on the customer) or release it in the target; or allow it with "
                "fulfilment.invoices_may_be_sent in the settings.",
            )

    def _refuse_different(self, invoices: Sequence[Invoice], expected: Totals) -> None:
        """What the order is charged must equal its total and VAT to the cent."""
        valid = [invoice for invoice in invoices if invoice.state != "voided"]
        charged = Totals(sum((one.total for one in valid), ZERO), sum((one.vat for one in valid), ZERO))
        if charged != expected:
            raise _parked(
                "total_mismatch",
                f"{', '.join(one.number for one in valid)} charges {charged.total} with VAT {charged.vat} for "
                f"{self._named}, which has total {expected.total} with VAT {expected.vat}",
                "Correct or release it in the target; it goes on by itself.",
            )

    async def _release(self, invoice: Invoice) -> None:
        """Release an invoice, unless somebody changed it since it was compared: then all is looked at again."""
        trouble: Trouble | None = None
        try:
            await self._invoices.release(invoice.number, invoice.version)
        except (UncertainWriteError, RecordRejectedError, StaleVersionError) as error:
            trouble = error
        released = await self._read(invoice.number)
        if released.state not in _RELEASED:
            what = f"the release of invoice {invoice.number} of {self._named}"
            raise _not_done(what, trouble, _RELEASE, "cannot_release") from trouble


def _waiting(lines: Iterable[OrderLine]) -> Decimal:
    return sum((line.waiting for line in lines), ZERO)


def _not_done(
    what: str, trouble: Trouble | None, cure: str, code: str = "cannot_ship"
) -> RetryableError | RecordRejectedError:
    """What is raised for an action that has not happened: lost, outdated or still on its way, or refused."""
    if not isinstance(trouble, RecordRejectedError):
        return RetryableError(f"{what} has not happened yet", retry_after=1)
    return _parked(code, f"{what} is refused: {trouble.message}", cure) if trouble.code in _VAGUE else trouble


def _parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)
