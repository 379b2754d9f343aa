"""confirm_orders: compare every made order with its source, open it, and read back that it is open."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError, RetryableError, StaleVersionError, UncertainWriteError
from visma_sync.ledger.rows import HeldRecord, Link, Outcome
from visma_sync.sync.ports import OrderRow, OrderTarget, TargetOrder
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling

STEP = "confirm_orders"
# The target's clock may be behind ours when its list is read for what was opened just now.
_CLOCK_SLACK = timedelta(minutes=2)


async def confirm_orders(run: Run, target: OrderTarget, references: Sequence[Reference]) -> list[Reference]:
    """Take the lane's made orders to the level that the settings ask for.

    Each is read with its totals, compared, opened, and read back; what differs or is held for credit is parked. A dry
    run reads and compares, and opens nothing.
    """
    confirmed_before = {one.key for one in run.ledger.outcomes(run.flow, run.run_id) if one.state == "created"}
    made = [ref for ref in references if ref["state"] == "made" and ref["key"] not in confirmed_before]
    keys = [reference["key"] for reference in made]
    links = run.ledger.links("order", keys)
    held = run.ledger.held(run.flow, keys, with_source=False)
    # What is made is never given up: a refusal waits for a person and is looked at again in every run.
    settling = Settling(run, STEP, refused="parked")
    began_at = now() - _CLOCK_SLACK

    async def open_(reference: Reference) -> Reference | Outcome:
        return await _open(run, target, links[reference["key"]], reference)

    opened = await settling.each(made, open_)
    rows = await _read_back(run, target, opened, links, began_at)

    async def check(reference: Reference) -> Reference | Outcome:
        link = links[reference["key"]]
        if run.settings.confirm == "open":
            _refuse_unconfirmed(rows.get(link.target_key), link)
        return reference

    confirmed = await settling.each(opened, check)
    run.ledger.save_links([_confirmed(links[reference["key"]]) for reference in confirmed])
    settling.outcomes.extend(
        _created(reference, links[reference["key"]], held[reference["key"]]) for reference in confirmed
    )
    settling.save()
    settling.raise_if_needed()
    ends = {outcome.key: outcome.state for outcome in settling.outcomes} | dict.fromkeys(confirmed_before, "created")
    return [Reference(**{**ref, "state": ends.get(ref["key"], ref["state"])}) for ref in references]


async def _open(run: Run, target: OrderTarget, link: Link, reference: Reference) -> Reference | Outcome:
    order_type, order_id = link.target_key.split("/", 1)
    order = await _read(target, order_type, order_id)
    if order.state == "cancelled":
        raise _cancelled(order)
    _refuse_different(order, link)
    edited = link.detail.get("edited") or order.customer != link.detail.get("customer")
    if edited and order.state == "hold":
        raise _edited(order)
    if run.dry_run:
        return _not_taken_further(reference, order)
    if run.settings.confirm == "open" and order.state == "hold":
        await _open_at(run, target, order, link)
    return Reference(**{**reference, "target": link.target_key})


def _not_taken_further(reference: Reference, order: TargetOrder) -> Outcome:
    """What a dry run says about an order that an earlier run has made."""
    if order.state == "credit_hold":
        raise _held_for_credit(order)
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "dry_run",
        detail=f"is in the target as {order.order_id}, state {order.state}",
        target_key=f"{order.order_type}/{order.order_id}",
        currency=reference["currency"],
        facts={"step": STEP},
    )


async def _read(target: OrderTarget, order_type: str, order_id: str) -> TargetOrder:
    order: TargetOrder | None = await target.order(order_type, order_id)
    if order is None:
        raise _gone(order_id)
    return order


def _gone(order_id: str) -> RecordParkedError:
    return RecordParkedError(
        [Reason("gone_from_target", f"order {order_id} was made but is no longer in the target")],
        resolution="Find out who deleted it, and restore or re-enter it in the target.",
    )


async def _open_at(run: Run, target: OrderTarget, order: TargetOrder, link: Link) -> None:
    """Open the order; where it was changed in between, only when nobody changed what it says."""
    try:
        await target.open_order(order.order_type, order.order_id, order.version)
    except StaleVersionError:
        again = await _read(target, order.order_type, order.order_id)
        _refuse_different(again, link)
        if again.content != order.content:
            run.ledger.save_links([replace(link, detail={**link.detail, "edited": True})])
            raise _edited(again) from None
        if again.state == "hold":
            await target.open_order(again.order_type, again.order_id, again.version)
    except UncertainWriteError as error:
        # Opening twice does no harm: it is enough to see whether it happened.
        if (await _read(target, order.order_type, order.order_id)).state == "hold":
            lost = f"the answer to opening order {order.order_id} was lost"
            raise RetryableError(lost, retry_after=1, operation=STEP) from error


def _edited(order: TargetOrder) -> RecordParkedError:
    return RecordParkedError(
        [Reason("edited_in_target", f"somebody changed order {order.order_id} before it was opened")],
        resolution="Check the order in the target and open it there; then it counts as sent.",
    )


def _expected(link: Link) -> Totals:
    return Totals(Decimal(str(link.detail["total"])), Decimal(str(link.detail["vat"])))


def _refuse_different(order: TargetOrder, link: Link) -> None:
    """Total and VAT must equal the source's to the cent."""
    expected = _expected(link)
    if Totals(order.total, order.vat) != expected:
        raise RecordParkedError(
            [
                Reason(
                    "total_mismatch",
                    f"order {order.order_id} shows total {order.total} with VAT {order.vat} in the target, "
                    f"the source has {expected.total} with VAT {expected.vat}",
                )
            ],
            resolution="Correct the order in the target (it is on hold); it is confirmed as soon as both agree.",
        )


async def _read_back(
    run: Run,
    target: OrderTarget,
    opened: Sequence[Reference],
    links: Mapping[str, Link],
    since: Any,
) -> dict[str, OrderRow]:
    """The list rows of the opened orders, read a hundred at a time until all are seen."""
    waiting = {links[reference["key"]].target_key for reference in opened}
    rows: dict[str, OrderRow] = {}
    if run.settings.confirm == "hold" or not waiting:
        return rows
    async for page in target.orders_modified(since):
        for row in page:
            key = f"{row.order_type}/{row.order_id}"
            if key in waiting:
                rows[key] = row
        if len(rows) == len(waiting):
            break
    for key in waiting - rows.keys():
        order: TargetOrder | None = await target.order(*key.split("/", 1))
        if order is not None:
            rows[key] = order
    return rows


def _refuse_unconfirmed(row: OrderRow | None, link: Link) -> None:
    if row is None:
        raise _gone(link.target_key)
    if row.state == "credit_hold":
        raise _held_for_credit(row)
    if row.state == "cancelled":
        raise _cancelled(row)
    if row.state == "hold":
        raise RecordParkedError(
            [Reason("still_on_hold", f"order {row.order_id} is still on hold after it was opened")],
            resolution="Open the order in the target; its order type may ask for an approval.",
        )


def _cancelled(row: OrderRow) -> RecordParkedError:
    return RecordParkedError(
        [Reason("cancelled_in_target", f"order {row.order_id} was cancelled in the target")],
        resolution="Reopen it in the target, or delete it in the source.",
    )


def _held_for_credit(row: OrderRow) -> RecordParkedError:
    # Whether to give credit is for people to decide: no run of ours opens such an order again.
    return RecordParkedError(
        [Reason("credit_hold", f"order {row.order_id} is held for credit in the target")],
        resolution="Settle the customer's credit and open the order in the target; then it counts as sent.",
    )


def _confirmed(link: Link) -> Link:
    return replace(link, detail={**link.detail, "confirmed": True})


def _created(reference: Reference, link: Link, held: HeldRecord) -> Outcome:
    expected = _expected(link)
    return Outcome(
        reference["key"],
        reference["number"],
        "created",
        detail="; ".join((*(["adopted"] if link.how == "adopted" else []), *link.detail.get("cuts", ()))),
        target_key=link.target_key,
        currency=reference["currency"],
        total=expected.total,
        vat=expected.vat,
        fingerprint=held.fingerprint,
        facts={"rounding": link.detail.get("rounding", "0"), "step": STEP},
    )
