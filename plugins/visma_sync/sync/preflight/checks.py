"""All checks of preflight, in the order in which they are told; one that cannot be made never hides another."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from visma_sync.sync.preflight.access import (
    access,
    countries,
    currencies,
    fiscal_year,
    periods,
    source_company,
    target_company,
)
from visma_sync.sync.preflight.counterparts import counterparts
from visma_sync.sync.preflight.finding import Finding
from visma_sync.sync.preflight.link import Link, NotReadError
from visma_sync.sync.preflight.mirror import freight_back, names_back, stock_back
from visma_sync.sync.preflight.names import names_of_source, whole_units
from visma_sync.sync.preflight.records import (
    cut_off,
    declared,
    default_debtor,
    order_numbering,
    other_numbering,
    paths,
    special_products,
)
from visma_sync.sync.preflight.values import accounts, not_checked, values
from visma_sync.sync.preflight.vat import bases, rates_of_source, rates_of_target, rates_without_row, treatments

Check = Callable[[Link], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "access": access,
    "the company of the source": source_company,
    "the company of the target": target_company,
    "the home country": countries,
    "currencies": currencies,
    "the financial period": periods,
    "the fiscal year": fiscal_year,
    "the numbering of orders": order_numbering,
    "the numbering of other records": other_numbering,
    "values of the settings": values,
    "names of the source": names_of_source,
    "units that cannot be cut": whole_units,
    "what is not listed": declared,
    "accounts": accounts,
    "products for rounding and freight": special_products,
    "the default debtor": default_debtor,
    "VAT treatments": treatments,
    "VAT rates of the target": rates_of_target,
    "VAT rates of the source": rates_of_source,
    "VAT rates without a row": rates_without_row,
    "VAT inside prices": bases,
    "values of the flows back": names_back,
    "the freight article of orders back": freight_back,
    "the stock flow back": stock_back,
    "values without a counterpart": counterparts,
    "the cut-off date": cut_off,
    "paths of sales": paths,
}
"""What each check looks at, and the check."""


WITHOUT_SETTINGS = ("access", "the company of the source", "the company of the target", "the fiscal year")
"""The checks that are right whatever the settings say."""


def findings(link: Link, names: Iterable[str] = tuple(CHECKS)) -> Iterator[Finding]:
    """What all checks find, or those of these names; a check whose system did not answer says so instead."""
    for what, check in ((name, CHECKS[name]) for name in names):
        try:
            yield from check(link)
        except NotReadError as unread:
            yield not_checked(what, unread)


def companies(link: Link) -> list[str]:
    """The companies that the link joins, as far as they could be read."""
    said = []
    if source := link.answers.get(("source", "company")):
        said.append(f"{link.names['source']}: {source.name} ({source.identifier}), {source.currency}.")
    if branches := link.answers.get(("target", "branches")):
        said.append(f"{link.names['target']}: {branches[0].description} (branch {branches[0].id}).")
    return said
