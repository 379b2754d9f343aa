"""How the target will compute VAT, so that its totals are known before anything is sent."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from visma_sync.domain.money import CENT, ZERO, to_cents, vat_inside, vat_on_top
from visma_sync.domain.totals import Totals


class Basis(StrEnum):
    """What a VAT category computes its tax on."""

    INSIDE = "inside"  # contained in each line's amount
    LINE = "line"  # on top of each line, rounded there
    DOCUMENT = "document"  # on top of the sum of the lines, rounded once


@dataclass(frozen=True)
class Category:
    """A VAT category of the target: its rate (fraction), what it is computed on, and the id of the tax behind it.

    `tax_id` is empty where there is no tax.
    """

    id: str
    rate: Decimal
    basis: Basis
    tax_id: str = ""


@dataclass(frozen=True)
class TaxedAmount:
    """A line amount in cents under a VAT category."""

    amount: Decimal
    category: Category


def expected_totals(amounts: Iterable[TaxedAmount]) -> Totals:
    """Total and VAT that the target will show for these lines."""
    total = vat = ZERO
    together: dict[Category, Decimal] = defaultdict(lambda: ZERO)
    for taxed in amounts:
        total += taxed.amount
        rate = taxed.category.rate
        if taxed.category.basis is Basis.INSIDE:
            vat += vat_inside(taxed.amount, rate)
        elif taxed.category.basis is Basis.LINE:
            on_top = vat_on_top(taxed.amount, rate)
            vat += on_top
            total += on_top
        else:
            together[taxed.category] += taxed.amount
    on_top = sum((vat_on_top(amount, category.rate) for category, amount in together.items()), ZERO)
    return Totals(total=total + on_top, vat=vat + on_top)


def net_of(gross: Sequence[Decimal], category: Category, vat: Decimal) -> list[Decimal]:
    """Net line amounts under `category` whose VAT on top is exactly `vat`, as near to the gross lines as cents allow.

    What is missing to the gross sum is the caller's to book as rounding: net cents plus rounded VAT cannot reach
    17.4 % of gross totals at 21 %.
    """
    nets = [to_cents(amount / (1 + category.rate)) for amount in gross]
    if not nets or category.rate == 0:
        return list(gross)
    if category.basis is Basis.LINE:
        return _nudge_lines(nets, category, vat)
    wanted = _nearest_net(sum(gross, ZERO) - vat, category.rate, vat)
    return spread(nets, wanted - sum(nets, ZERO))


def _nearest_net(net: Decimal, rate: Decimal, vat: Decimal) -> Decimal:
    """The sum in cents nearest to `net` on which the VAT is `vat`."""
    for cents in range(int(1 / rate) + 2):
        for candidate in (net + cents * CENT, net - cents * CENT):
            if vat_on_top(candidate, rate) == vat:
                return candidate
    return net


def spread(nets: Sequence[Decimal], difference: Decimal) -> list[Decimal]:
    """Give a difference of some cents to the largest lines, a cent each in turn."""
    step = CENT if difference > 0 else -CENT
    largest_first = sorted(range(len(nets)), key=lambda index: -abs(nets[index]))
    spread = list(nets)
    for count in range(int(abs(difference) / CENT)):
        spread[largest_first[count % len(spread)]] += step
    return spread


def _nudge_lines(nets: list[Decimal], category: Category, vat: Decimal) -> list[Decimal]:
    """Move lines by the fewest cents that bring the VAT, rounded per line, to `vat`."""
    nudged = list(nets)
    missing = vat - sum((vat_on_top(net, category.rate) for net in nudged), ZERO)
    step = CENT if missing > 0 else -CENT
    for _ in range(int(abs(missing) / CENT)):
        index, cents = min(
            ((index, _cents_to_flip(net, category.rate, step)) for index, net in enumerate(nudged)),
            key=lambda pair: pair[1],
        )
        nudged[index] += cents * step
    return nudged


def _cents_to_flip(net: Decimal, rate: Decimal, step: Decimal) -> int:
    """How many cents `net` must move in the direction of `step` until its VAT moves by a cent."""
    before = vat_on_top(net, rate)
    cents = 1
    while vat_on_top(net + cents * step, rate) == before:
        cents += 1
    return cents
