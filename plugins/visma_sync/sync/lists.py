"""The target's master data, and the settings checked against it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from visma_sync.errors import ConfigurationError
from visma_sync.settings.load import fingerprint
from visma_sync.settings.model import Settings
from visma_sync.settings.part import Part
from visma_sync.sync.company import check_named_company, check_reached_company
from visma_sync.sync.ports import Lists
from visma_sync.sync.run import ONE_DAY, Run, now

# What only a product that we make gets.
_OF_NEW_PRODUCTS = {"item_classes", "posting_classes"}


async def target_list(run: Run, target: Lists, name: str, *, fresh: bool = False) -> list[dict[str, Any]]:
    """A list of the target as rows {id, description, active, facts}; read at most daily unless it is to be `fresh`."""
    known = run.ledger.master_data("target", name)
    if known is not None and not fresh and known[1] > now() - ONE_DAY:
        return known[0]
    values = await target.master_data(name)
    rows = [
        {"id": value.id, "description": value.description, "active": value.active, "facts": dict(value.facts)}
        for value in values
    ]
    run.ledger.save_master_data("target", name, rows)
    return rows


async def check_companies(run: Run, source: Any, target: Any, sign_in: str) -> None:
    """Both Connections reach the companies that the links belong to, asked at most daily; else ConfigurationError.

    `sign_in` is a keyed hash of what the Connection holds whose company only a sign-in tells. The other one is looked
    at here where it is the source; where it is the target, `check_settings` does before anything is written.
    """
    await check_reached_company(run, target if run.mirrored else source, sign_in)
    if run.mirrored:
        forward = replace(run, ledger=run.ledger.mirrored())
        check_named_company(run, await target_list(forward, source, "branches"))


async def check_settings(run: Run, target: Lists) -> None:
    """Every value of the settings that the target lists must exist there and be active.

    Checked at most daily, or when the settings change; ConfigurationError names all that are missing.
    """
    checked = run.ledger.master_data("target", "settings_checked")
    of_these = [{"settings": fingerprint(run.settings), "company": run.named_company}]
    if checked and checked[1] > now() - ONE_DAY and checked[0] == of_these:
        return
    if not run.mirrored:
        check_named_company(run, await target_list(run, target, "branches"))
    missing: list[str] = []
    for name, setting, values in mirrored_values(run.settings) if run.mirrored else values_by_list(run.settings):
        if not values:
            continue
        active = {row["id"] for row in await target_list(run, target, name) if row["active"]}
        missing += [f"{setting}: '{value}'" for value in sorted(values - active)]
    debtor = "" if run.mirrored else run.settings.default_debtor.customer
    if debtor and await target.customer(debtor) is None:
        missing.append(f"default_debtor.customer: '{debtor}'")
    if missing:
        run.ledger.forget_master_data("target")
        raise ConfigurationError(
            f"the target does not know (or has made inactive): {', '.join(missing)}",
            resolution="Correct these settings, or make the values in the target.",
            operation="check settings",
        )
    run.ledger.save_master_data("target", "settings_checked", of_these)


def values_by_list(settings: Settings) -> Iterable[tuple[str, str, frozenset[str]]]:
    """List of the target, name of the setting, the values that the setting can give."""
    classes = settings.customer_classes
    treatments = settings.vat.treatments
    yield "branches", "branch", settings.branch.values
    yield "order_types", "order.type", frozenset({settings.order.type})
    yield "credit_terms", "credit_terms", settings.credit_terms.values
    yield "payment_methods", "payment_method", settings.payment_method.values
    yield "cash_accounts", "cash_account", settings.cash_account.values
    yield "carriers", "ship_via", settings.ship_via.values
    yield "warehouses", "warehouse", settings.warehouse.values
    yield "units", "units", settings.units.values
    yield "customer_classes", "customer_classes", classes.of_kind(True) | classes.of_kind(False)
    yield "vat_zones", "vat.treatments zone", frozenset(row.zone for row in treatments if row.zone)
    categories = {row.category for row in treatments} | {row.category_inclusive for row in treatments}
    categories.add(settings.rounding.category)
    yield "vat_categories", "vat.treatments category", frozenset(categories - {""})
    accounts = {row.account for row in treatments} | {settings.rounding.account}
    yield "accounts", "vat.treatments account", frozenset(accounts - {""})
    for _, group in settings:
        if isinstance(group, Part):
            values = group.target_values()
            yield from (one for one in values if settings.create_products or one[0] not in _OF_NEW_PRODUCTS)


def mirrored_values(settings: Settings) -> Iterable[tuple[str, str, frozenset[str]]]:
    """The same for the flows in which source and target are exchanged."""
    for _, group in settings.mirror:
        if isinstance(group, Part):
            yield from group.target_values()
