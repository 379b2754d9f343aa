"""The other numbers of an item, such as its barcodes ("Visma.net ERP API", CrossReferenceUpdateDto).

Inferred: a row that is inserted must be new to the item, one that is updated or deleted must be there, and a row
without an operation may be either. A barcode belongs to one item only.
"""

from collections.abc import Iterator, Sequence

from sandbox.vismanet.answers import Record, core_refusal
from sandbox.vismanet.company import Company, item_key

BARCODE, USUAL_TYPE = "Barcode", "Global"
Key = tuple[str, str]


def references_after(before: Sequence[Record], rows: Sequence[Record], doing: str) -> list[Record]:
    """Carry out the operations of the rows on the cross-references that an item has; raises a 400 refusal."""
    kept = {key_of(row): row for row in before}
    for row in rows:
        key, operation = key_of(row), row.get("operation")
        if (operation == "Insert") if key in kept else (operation in ("Update", "Delete")):
            state = "already exists" if key in kept else "cannot be found"
            raise core_refusal(400, doing, "Inventory Item", [f"'Cross-Reference' '{key[1]}' {state} in the system."])
        if operation == "Delete":
            del kept[key]
        else:
            given = {name: value for name, value in row.items() if name != "operation"}
            kept[key] = {**kept.get(key, {}), **given, "alternateType": key[0], "alternateID": key[1]}
    return list(kept.values())


def key_of(row: Record) -> Key:
    """Give type and number of a cross-reference."""
    return row.get("alternateType") or USUAL_TYPE, row.get("alternateID") or ""


def taken_barcodes(company: Company, number: str, references: Sequence[Record]) -> Iterator[str]:
    """Say which barcodes of an item belong to another one."""
    own = {row["alternateID"] for row in references if row["alternateType"] == BARCODE}
    if not own:
        return
    for other in company.items.values():
        if item_key(other.key) != item_key(number):
            for row in other.values["crossReferences"]:
                if row["alternateType"] == BARCODE and row["alternateID"] in own:
                    yield f"The barcode '{row['alternateID']}' is already defined for the item '{other.key}'."
