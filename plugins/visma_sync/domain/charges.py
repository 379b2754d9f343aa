"""What an invoice charges, established from its rows and its VAT specification rather than believed."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.invoice import Invoice
from visma_sync.domain.money import CENT, ZERO, to_cents
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import spread
from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordRejectedError

# Rounding to whole units of a currency moves a total by half a unit at most.
_HALF_A_UNIT = Decimal("0.50")


@dataclass(frozen=True)
class Charges:
    """The money of an invoice in its currency; a credit invoice's is negative.

    `totals` hold what is to be paid, whole-unit `rounding` included, and the VAT in it. `nets` and `rates` (fractions)
    are by row position: the net amounts of a rate add up to what the invoice says of it, and `vat` is the VAT by rate.
    """

    totals: Totals
    rounding: Decimal
    nets: Mapping[int, Decimal]
    rates: Mapping[int, Decimal]
    vat: Mapping[Decimal, Decimal]


def establish_charges(invoice: Invoice) -> Charges:
    """What an invoice charges per row and VAT rate; RecordRejectedError where it contradicts itself.

    Cents that its rows miss of the sum that it states for their rate, as rounding makes them, go to the largest rows.
    """
    net: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    vat: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for share in invoice.vat_shares:
        net[share.rate] += share.net
        vat[share.rate] += share.vat
    rounding = _rounding(invoice, sum(net.values(), ZERO), sum(vat.values(), ZERO))
    rates = _rates(invoice)
    nets: dict[int, Decimal] = {}
    for rate in {*rates.values(), *net}:
        rows = [line for line in invoice.goods if rates[line.position] == rate]
        nets |= _nets(invoice, rows, rate, net[rate])
    return Charges(Totals(invoice.total, invoice.vat), rounding, nets, rates, dict(vat))


def _rounding(invoice: Invoice, net: Decimal, vat: Decimal) -> Decimal:
    rounding = invoice.total - net - vat
    if vat != invoice.vat or abs(rounding) > _HALF_A_UNIT:
        raise _contradiction(
            invoice,
            "vat_does_not_add_up",
            f"the VAT specification adds up to {net} and VAT {vat}, the invoice says {invoice.total} with VAT "
            f"{invoice.vat}",
        )
    return rounding


def _rates(invoice: Invoice) -> dict[int, Decimal]:
    unknown = [str(line.position) for line in invoice.goods if line.vat_rate is None]
    if unknown:
        raise _contradiction(invoice, "vat_rate_unknown", f"no VAT rate is stated for row {', '.join(unknown)}")
    return {line.position: line.vat_rate for line in invoice.goods if line.vat_rate is not None}


def _nets(invoice: Invoice, rows: list[SaleLine], rate: Decimal, stated: Decimal) -> dict[int, Decimal]:
    nets = [_net(invoice, line, rate) for line in rows]
    missing = stated - sum(nets, ZERO)
    if abs(missing) > CENT * (len(rows) + 1) / 2 or (missing and not nets):
        raise _contradiction(
            invoice,
            "rows_do_not_add_up",
            f"the rows at {rate * 100:f} % add up to {sum(nets, ZERO)}, the VAT specification says {stated}",
        )
    return dict(zip((line.position for line in rows), spread(nets, missing), strict=True))


def _net(invoice: Invoice, line: SaleLine, rate: Decimal) -> Decimal:
    if line.net_amount is not None:
        return line.net_amount
    return to_cents(line.amount / (1 + rate)) if invoice.includes_vat else line.amount


def _contradiction(invoice: Invoice, code: str, sentence: str) -> RecordRejectedError:
    return RecordRejectedError(
        [Reason(code, sentence)],
        resolution="Credit the invoice in the source and make it anew, or enter it in the target by hand.",
        key=invoice.number,
    )
