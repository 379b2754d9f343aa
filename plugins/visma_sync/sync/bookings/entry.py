"""What one invoice adds to a journal: its amounts by account and VAT code; no look-ups, no side effects."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from visma_sync.domain.customer import Customer
from visma_sync.domain.invoice import Invoice, VatShare
from visma_sync.domain.money import CENT, ZERO, to_cents, vat_on_top
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import Category, spread
from visma_sync.domain.vat import Treatment
from visma_sync.errors import ConfigurationError, Reason, RecordRejectedError
from visma_sync.settings.choice import Choice
from visma_sync.settings.model import Settings
from visma_sync.sync.bookings.calendar import PostingCalendar
from visma_sync.sync.sales.treatments import category_of, parked, refuse_unsupported, treatments_of

_MEND_SOURCE = "Credit the invoice in the source and make it anew, or book it by hand in the target."

Share = Literal["revenue", "freight", "discount"]


@dataclass(frozen=True)
class Surroundings:
    """What booking invoices takes besides the invoice.

    `categories` are the target's VAT categories by id, `product_accounts` accounts by SKU; `exchange_rates` says
    whether the source's rates are rates of the target's `base_currency`.
    """

    categories: Mapping[str, Category]
    product_accounts: Mapping[str, str]
    calendar: PostingCalendar
    base_currency: str
    exchange_rates: bool
    default_branch: str = ""


@dataclass(frozen=True)
class Earning:
    """A part of an invoice's rows without VAT: positive is earned; all of it has one account and one VAT category."""

    share: Share
    account: str
    category: Category
    amount: Decimal
    text: str


@dataclass(frozen=True)
class VatPart:
    """The VAT of an invoice under one category, and its account; positive is owed."""

    category: Category
    account: str
    net: Decimal
    vat: Decimal


@dataclass(frozen=True)
class Entry:
    """An invoice, ready to be booked: amounts in its currency, negative ones of a credit invoice.

    `total` is what the customer owes: the earnings, the VAT, and the whole-unit rounding.
    """

    key: str
    number: str
    invoiced_on: date
    posted_on: date
    currency: str
    exchange_rate: Decimal | None
    branch: str
    debit_account: str
    total: Decimal
    vat: Decimal
    rounding: Decimal
    earnings: tuple[Earning, ...]
    vat_parts: tuple[VatPart, ...]


def entry_of(invoice: Invoice, customer: Customer, around: Surroundings, settings: Settings) -> Entry:
    """Decide accounts, VAT codes and day of an invoice; its VAT is taken from the invoice, never computed.

    Raises RecordRejectedError where the invoice contradicts itself, RecordParkedError where a setting or a person has
    to decide, ConfigurationError where the flow is not set up.
    """
    refuse_unsupported(invoice)
    invoice = _one_share_a_rate(invoice)
    rounding = _rounding(invoice, settings)
    rates = {line.position: _rate(line) for line in invoice.goods}
    nets = _nets(invoice, rates)
    treatments = treatments_of(invoice, customer, rates, settings)
    categories = {
        position: category_of(invoice, treatment.category, rates[position], around.categories)
        for position, treatment in treatments.items()
    }
    earnings = [
        earning
        for line in invoice.goods
        for earning in _earnings(
            line, nets[line.position], treatments[line.position], categories[line.position], around, settings
        )
    ]
    vat_parts = list(_vat_parts(invoice, rates, nets, categories, settings))
    _refuse_unbalanced(invoice, earnings, vat_parts, rounding)
    country = invoice.delivery_address.country or invoice.invoice_address.country
    return Entry(
        key=invoice.key,
        number=invoice.number,
        invoiced_on=invoice.invoiced_on,
        posted_on=around.calendar.day_for(invoice.invoiced_on),
        currency=invoice.currency,
        exchange_rate=_exchange_rate(invoice, around),
        branch=settings.branch.choose(country, "branch") or around.default_branch,
        debit_account=_account(settings.bookings.debit_account, invoice.payment_terms, "debit_account"),
        total=invoice.total,
        vat=invoice.vat,
        rounding=rounding,
        earnings=tuple(earnings),
        vat_parts=tuple(vat_parts),
    )


def _one_share_a_rate(invoice: Invoice) -> Invoice:
    """The source may state a rate in several rows."""
    sums: dict[Decimal, VatShare] = {}
    for share in invoice.vat_shares:
        before = sums.get(share.rate, VatShare(rate=share.rate, net=ZERO, vat=ZERO))
        sums[share.rate] = VatShare(rate=share.rate, net=before.net + share.net, vat=before.vat + share.vat)
    return invoice.model_copy(update={"vat_shares": tuple(sums.values())})


def _exchange_rate(invoice: Invoice, around: Surroundings) -> Decimal | None:
    """The source's rate, where the currency is not that of the books; one that says nothing parks the invoice."""
    if invoice.currency == around.base_currency or not around.exchange_rates:
        return None
    if invoice.currency_rate == 1:
        raise parked(
            "currency_rate_differs",
            f"the invoice is in {invoice.currency} and the source states no rate, or the rate 1",
            "Correct the rate of the currency in the source, or book this invoice by hand.",
        )
    return invoice.currency_rate


def _account(choice: Choice, value: str, setting: str) -> str:
    account = choice.choose(value, setting)
    if not account:
        raise ConfigurationError(
            f"bookings.{setting} names no account", resolution=f"Name an account in bookings.{setting} in the settings."
        )
    return account


def _rejected(code: str, sentence: str, number: str) -> RecordRejectedError:
    return RecordRejectedError([Reason(code, sentence)], resolution=_MEND_SOURCE, key=number)


def _rate(line: SaleLine) -> Decimal:
    return line.vat_rate or ZERO


def _rounding(invoice: Invoice, settings: Settings) -> Decimal:
    """What the source rounded the invoice by; its VAT must be that of its rates."""
    vat = sum((share.vat for share in invoice.vat_shares), ZERO)
    if vat != invoice.vat:
        sentence = f"the VAT of its rates adds up to {vat}, the invoice says {invoice.vat}"
        raise _rejected("vat_does_not_add_up", sentence, invoice.number)
    rounding = invoice.total - vat - sum((share.net for share in invoice.vat_shares), ZERO)
    if abs(rounding) > settings.max_whole_unit_rounding:
        raise parked(
            "rounding_too_large",
            f"the total differs from the sum of its rates by {rounding}",
            "Look at the invoice in the source, or raise max_whole_unit_rounding in the settings.",
        )
    if rounding and not (settings.rounding.account and settings.rounding.category):
        raise parked(
            "no_rounding_account",
            "the invoice is rounded to whole units",
            "Name rounding.account and rounding.category in the settings.",
        )
    return rounding


def _nets(invoice: Invoice, rates: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The rows' amounts without VAT by position: per rate they come to exactly what the invoice says of it."""
    stated = {share.rate: share.net for share in invoice.vat_shares if share.net or share.vat}
    found: dict[int, Decimal] = {}
    for rate in dict.fromkeys(rates.values()):
        lines = [line for line in invoice.goods if rates[line.position] == rate]
        difference = stated.get(rate, ZERO) - sum((line.amount for line in lines), ZERO)
        if abs(difference) > CENT * (len(lines) + 1) / 2:
            raise _rejected(
                "rows_do_not_add_up",
                f"the rows at {rate * 100:f} % differ from what the invoice says of this rate by {difference}",
                invoice.number,
            )
        amounts = spread([line.amount for line in lines], difference)
        found |= {line.position: amount for line, amount in zip(lines, amounts, strict=True)}
    if unknown := stated.keys() - set(rates.values()):
        raise _rejected("rows_do_not_add_up", f"no row has the rate {max(unknown) * 100:f} %", invoice.number)
    return found


def _earnings(
    line: SaleLine,
    net: Decimal,
    treatment: Treatment,
    category: Category,
    around: Surroundings,
    settings: Settings,
) -> Iterator[Earning]:
    """A row as revenue or freight; its discount apart, where the depth asks for it."""
    bookings = settings.bookings
    apart = bookings.depth in {"split", "everything"}
    is_freight = apart and line.product_number in settings.freight.skus
    account = around.product_accounts.get(line.product_number, "") or treatment.account
    if is_freight:
        account = bookings.freight_account or account
    if not account:
        raise parked(
            "no_revenue_account",
            f"the VAT treatment of row {line.position} names no account",
            "Give the row of vat.treatments an account in the settings.",
        )
    share: Share = "freight" if is_freight else "revenue"
    listed = to_cents(net / (1 - line.discount_rate)) if apart and 0 < line.discount_rate < 1 else net
    if listed:
        yield Earning(share, account, category, listed, line.text)
    if listed != net:
        yield Earning("discount", bookings.discount_account or account, category, net - listed, line.text)


def _vat_parts(
    invoice: Invoice,
    rates: Mapping[int, Decimal],
    nets: Mapping[int, Decimal],
    categories: Mapping[int, Category],
    settings: Settings,
) -> Iterator[VatPart]:
    """What the invoice says of each VAT rate, by category; where a rate has several, by what each has of it."""
    for share in (share for share in invoice.vat_shares if share.net or share.vat):
        sums: dict[Category, Decimal] = defaultdict(lambda: ZERO)
        for position, rate in rates.items():
            if rate == share.rate:
                sums[categories[position]] += nets[position]
        found = list(sums)
        vats = [vat_on_top(sums[category], share.rate) for category in found]
        missing = share.vat - sum(vats, ZERO)
        if abs(missing) > settings.max_rounding:
            raise parked(
                "vat_differs",
                f"the invoice has VAT {share.vat} at {share.rate * 100:f} %, its rows make {sum(vats, ZERO)}",
                "Look at the invoice in the source, or raise max_rounding in the settings.",
            )
        for category, vat in zip(found, spread(vats, missing), strict=True):
            if vat and not category.tax_id:
                raise parked(
                    "no_vat_code",
                    f"VAT category '{category.id}' has no VAT code",
                    "Correct vat.treatments in the settings, or the category in the target.",
                )
            account = _account(settings.bookings.vat_account, category.tax_id, "vat_account") if vat else ""
            yield VatPart(category, account, sums[category], vat)


def _refuse_unbalanced(
    invoice: Invoice, earnings: Iterable[Earning], vat_parts: Iterable[VatPart], rounding: Decimal
) -> None:
    """Debit is the total; credit what is earned, the VAT, and the rounding."""
    if invoice.total == 0:
        raise parked("total_is_zero", "the invoice comes to 0.00, although its rows do not", _MEND_SOURCE)
    credit = sum((earning.amount for earning in earnings), rounding) + sum((part.vat for part in vat_parts), ZERO)
    if credit != invoice.total:
        raise parked("unbalanced", f"debit would be {invoice.total}, credit {credit}", _MEND_SOURCE)
