"""What the settings decide about an invoice, before the mapping writes it; no look-ups, no side effects."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from visma_sync.domain.charges import Charges, establish_charges
from visma_sync.domain.customer import Customer
from visma_sync.domain.invoice import Invoice
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import Category
from visma_sync.domain.totals import Totals
from visma_sync.domain.vat import Treatment
from visma_sync.errors import ConfigurationError, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.invoices.taxes import PlannedTax, TaxedRow, taxes_of
from visma_sync.sync.sales.choices import Choices
from visma_sync.sync.sales.lines import PlannedLine, line_price, notes_of, rounding_line
from visma_sync.sync.sales.treatments import category_of, parked, refuse_unsupported, treatments_of

# The length of an invoice's number in the target (inferred: that of an order, "SalesOrders OpenAPI v3").
LONGEST_NUMBER = 15


@dataclass(frozen=True)
class ClosedPeriod:
    """A financial period of the target that takes no invoices any more, its first and its last day."""

    name: str
    start: date
    end: date


@dataclass(frozen=True)
class Surroundings:
    """What the plan of an invoice needs to know besides the invoice.

    `categories` are the target's VAT categories by id, `base_currency` is the currency of its books; rows of
    `item_products` (SKUs) name their product, the others their account.
    """

    customer: Customer
    customer_number: str
    categories: Mapping[str, Category]
    item_products: Collection[str]
    base_currency: str
    closed_periods: Sequence[ClosedPeriod]
    default_branch: str = ""


@dataclass(frozen=True)
class InvoicePlan:
    """Everything that is decided about an invoice, its amounts positive for a credit note too.

    Empty texts mean "the target decides"; `exchange_rate` is what one unit of the currency is worth in that of the
    target's books, None where it is that.
    """

    marker: str
    number: str
    customer_number: str
    branch: str
    vat_zone: str
    credit_terms: str
    payment_method: str
    cash_account: str
    exchange_rate: Decimal | None
    note: str
    lines: tuple[PlannedLine, ...]
    taxes: tuple[PlannedTax, ...]
    expected: Totals
    rounding: Decimal


def marker_of(number: str, settings: Settings) -> str:
    """The text by which an invoice of ours is known in the target.

    Raises ConfigurationError where it has to be the invoice's number there and is too long for one.
    """
    marker = f"{settings.marker_prefix}{number}"
    if settings.invoices.keep_number and len(marker) > LONGEST_NUMBER:
        raise ConfigurationError(
            f"'{marker}' has {len(marker)} characters, an invoice number has at most {LONGEST_NUMBER}",
            resolution="Shorten marker_prefix in the settings, or set invoices.keep_number to false.",
        )
    return marker


def plan_invoice(invoice: Invoice, around: Surroundings, settings: Settings) -> InvoicePlan:
    """Decide VAT, amounts, rounding and every enumerated value of an invoice or credit invoice.

    Raises RecordRejectedError where the invoice contradicts itself and RecordParkedError where a setting or a person
    has to decide.
    """
    refuse_unsupported(invoice)
    document = turned_positive(invoice)
    charges = establish_charges(document)
    _refuse_odd(invoice, charges, around, settings)
    treatments = treatments_of(document, around.customer, charges.rates, settings)
    categories = {
        position: category_of(document, treatment.category, treatment.rate, around.categories)
        for position, treatment in treatments.items()
    }
    rows = [
        TaxedRow(charges.nets[position], charges.rates[position], category) for position, category in categories.items()
    ]
    taxes = taxes_of(rows, charges, settings.max_rounding)
    notes, own_note = notes_of(document)
    lines = [
        _line(line, charges.nets[line.position], treatments[line.position], notes, around, settings)
        for line in document.goods
    ]
    if charges.rounding:
        lines.append(rounding_line(charges.rounding, len(document.lines) + 1, settings))
    choices = Choices()
    country = invoice.delivery_address.country or invoice.invoice_address.country
    terms = invoice.payment_terms
    marker = marker_of(invoice.number, settings)
    plan = InvoicePlan(
        marker=marker,
        number=marker if settings.invoices.keep_number else "",
        customer_number=around.customer_number,
        branch=choices.choose(settings.branch, country, "branch") or around.default_branch,
        vat_zone=next(iter(treatments.values())).zone,
        credit_terms=choices.choose(settings.credit_terms, terms, "credit_terms"),
        payment_method=choices.choose(settings.payment_method, terms, "payment_method"),
        cash_account=choices.choose(settings.cash_account, terms, "cash_account"),
        exchange_rate=None if invoice.currency == around.base_currency else invoice.currency_rate,
        note=own_note,
        lines=tuple(lines),
        taxes=taxes,
        expected=charges.totals,
        rounding=charges.rounding,
    )
    choices.refuse_missing()
    return plan


def turned_positive(invoice: Invoice) -> Invoice:
    """The invoice itself; a credit invoice with its amounts and quantities turned, as credit notes are written."""
    if not invoice.is_credit:
        return invoice
    lines = (
        line.model_copy(
            update={
                "quantity": -line.quantity,
                "amount": -line.amount,
                "net_amount": None if line.net_amount is None else -line.net_amount,
            }
        )
        for line in invoice.lines
    )
    shares = (share.model_copy(update={"net": -share.net, "vat": -share.vat}) for share in invoice.vat_shares)
    return invoice.model_copy(
        update={
            "total": -invoice.total,
            "vat": -invoice.vat,
            "lines": tuple(lines),
            "vat_shares": tuple(shares),
        }
    )


def _refuse_odd(invoice: Invoice, charges: Charges, around: Surroundings, settings: Settings) -> None:
    if charges.totals.total < 0:
        raise parked(
            "negative_total",
            f"the total is {invoice.total}, and it is {'a credit' if invoice.is_credit else 'no credit'} invoice",
            "Book it by hand in the target.",
        )
    if abs(charges.rounding) > settings.max_whole_unit_rounding:
        raise parked(
            "rounding_too_large",
            f"the source rounds by {charges.rounding}",
            "Raise max_whole_unit_rounding in the settings, or enter the invoice by hand.",
        )
    if (invoice.currency == around.base_currency) != (invoice.currency_rate == 1):
        raise parked(
            "currency_rate_differs",
            f"one {invoice.currency} is {invoice.currency_rate} in the source's books; the target's are kept in "
            f"{around.base_currency}",
            "Enter the invoice by hand: the rate is one of another currency than the target's books.",
        )
    for period in around.closed_periods:
        if period.start <= invoice.invoiced_on <= period.end:
            raise closed_period(period.name)


def closed_period(name: str = "") -> RecordParkedError:
    """The invoice waits until somebody opens its period."""
    return parked(
        "closed_period",
        f"the financial period {name or 'of the invoice'} is closed in the target's customer ledger",
        "Open the period in the target; the invoice goes on by itself. Or set cut_off_date after it.",
    )


def _line(
    line: SaleLine,
    amount: Decimal,
    treatment: Treatment,
    notes: Mapping[int, str],
    around: Surroundings,
    settings: Settings,
) -> PlannedLine:
    """A row by its product; one without, or whose product the target takes on no invoice, by what it says."""
    priced = line_price(line, amount, show_discount=settings.discounts.send_as == "amount")
    as_item = line.product_number in around.item_products
    said = line.text if as_item else " ".join(filter(None, (line.product_number, line.text))) or "-"
    return PlannedLine(
        position=line.position,
        product_number=line.product_number if as_item else "",
        text=said,
        note=notes.get(line.position, ""),
        quantity=line.quantity,
        unit=settings.units.choose(line.unit, "units") if as_item else "",
        unit_price=priced.unit_price,
        discount_amount=priced.discount_amount,
        amount=amount,
        vat_category=treatment.category,
        account=treatment.account,
    )
