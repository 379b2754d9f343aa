"""The product flow and its products, for the tests of that flow."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from tests.flows.running import EVERYTHING, MIDNIGHT, Company, Ran, only
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window

FLOW = "products_eaccounting_to_vismanet"
# What was changed today, and what waits.
TODAYS = Window("scheduled", MIDNIGHT, MIDNIGHT + timedelta(days=2))
VAT = {21: "NL21", 9: "NL9", 0: "NOVAT"}


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the product flow once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def items(company: Company) -> dict[str, Stored]:
    """The items of the target, by number."""
    return {item["inventoryNumber"]: item for item in company.state("vismanet", "items")}


def articles(company: Company) -> dict[str, Stored]:
    """The articles of the source, by number."""
    return {one["Number"]: one for one in company.state("eaccounting", "articles")}


def article(company: Company, number: str, **fields: Any) -> None:
    """Change an article in eAccounting by hand."""
    company.in_source(f"articles/{quote(number, safe='')}", **fields)


def entered(company: Company, number: str, **fields: Any) -> str:
    """Enter an article in eAccounting by hand, of a usual coding and unit; gives its number."""
    usual = articles(company)["1e5"]
    company.in_source("articles", Number=number, CodingId=usual["CodingId"], UnitId=usual["UnitId"], **fields)
    return number


def made(company: Company, number: str = "NEW-1", **fields: Any) -> str:
    """Enter an article and let the flow make it; gives its number."""
    entered(company, number, **fields)
    assert run(company, only(number)).ended(number) == "created"
    return number


def barcodes(item: Stored) -> set[str]:
    """The barcodes of an item of the target."""
    return {row["alternateID"] for row in item["crossReferences"] if row["alternateType"] == "Barcode"}


def overlay(folder: Path, changes: Stored) -> dict[str, Any]:
    """The settings that lay these changes over the mapping of the flow."""
    file = folder / "our_fields.yaml"
    file.write_text(yaml.safe_dump(changes), encoding="utf-8")
    return {"mapping_overlays": {FLOW: [str(file)]}}


def codes(*numbers: str) -> Sequence[Stored]:
    """Barcodes as an article has them."""
    return [{"Barcode": number, "BarcodeType": 0} for number in numbers]
