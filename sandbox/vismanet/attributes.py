"""Attributes: what a company wants to know of its items besides the usual ("Visma.net ERP API", attribute).

An attribute belongs to item classes; an item of another class does not have it. Inferred: a Combo takes the id of one
of its values, a MultiSelectCombo several with commas between, a Checkbox is kept as 1 or 0 however yes is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.vismanet.answers import Record
from sandbox.vismanet.tables import CUSTOMER_ATTRIBUTES, SET_UP

LONGEST_TEXT = 255
YES, NO = ("1", "true"), ("0", "false")


@dataclass(frozen=True)
class Attribute:
    """One attribute: what it is, and the ids and texts of the values that it may have."""

    key: str
    description: str
    control: str
    values: dict[str, str] | None = None
    ended: tuple[str, ...] = ()

    def kept(self, value: str) -> str:
        """Give a value as it is stored."""
        if self.control == "Checkbox":
            return "1" if value.lower() in YES else "0" if value.lower() in NO else value
        return value

    def faults(self, value: str) -> Iterator[str]:
        """Say why the ERP would not have a value."""
        if self.control == "Checkbox" and value not in ("0", "1"):
            yield f"'{value}' is not a value of the attribute '{self.key}'."
        if self.control == "Text" and len(value) > LONGEST_TEXT:
            yield f"The value of the attribute '{self.key}' is longer than {LONGEST_TEXT} characters."
        chosen = {"Combo": [value], "MultiSelectCombo": value.split(",")}.get(self.control, [])
        known = (self.values or {}).keys() - set(self.ended)
        yield from (f"'{one}' is not a value of the attribute '{self.key}'." for one in chosen if one not in known)


COLOURS = {"ROOD": "Rood", "BLAUW": "Blauw", "GROEN": "Groen", "GRIJS": "Grijs (vervallen)"}
SEASONS = {"LENTE": "Lente", "ZOMER": "Zomer", "HERFST": "Herfst", "WINTER": "Winter"}
ITEM_ATTRIBUTES = {
    one.key: one
    for one in (
        Attribute("COLOUR", "Kleur", "Combo", COLOURS, ended=("GRIJS",)),
        Attribute("MATERIAL", "Materiaal", "Text"),
        Attribute("FRAGILE", "Breekbaar", "Checkbox"),
        Attribute("SEASON", "Seizoen", "MultiSelectCombo", SEASONS),
        Attribute("EU.CODE", "EU-code", "Text"),
    )
}
OF_CLASS: dict[str, tuple[str, ...]] = {
    "STOCK": ("COLOUR", "MATERIAL", "FRAGILE", "SEASON", "EU.CODE"),
    "NONSTOCK": ("MATERIAL",),
}
"""The attributes of each item class, in their order; a class that is not named has none."""


def attribute_rows() -> list[Record]:
    """Give the company's attributes as their list shows them (AttributeDto)."""
    ours = [_row(one) for one in ITEM_ATTRIBUTES.values()]
    return ours + [_row(Attribute(key, text, "Text")) for key, text in CUSTOMER_ATTRIBUTES.items()]


def class_attributes(item_class: str) -> list[Record]:
    """Give the attributes of an item class (ClassAttributeDto)."""
    found = [ITEM_ATTRIBUTES[key] for key in OF_CLASS.get(item_class, ())]
    return [
        {
            "attributeId": one.key,
            "description": one.description,
            "sortOrder": order,
            "required": False,
            "attributeType": one.control,
            "details": [{"id": key, "description": text} for key, text in (one.values or {}).items()],
        }
        for order, one in enumerate(found, start=1)
    ]


def lines_after(before: Sequence[Record], lines: Sequence[Record]) -> list[Record]:
    """Lay attribute lines over those that an item has; an empty value takes the attribute away."""
    kept = {line["attributeId"]: line["attributeValue"] for line in before}
    for line in lines:
        key, value = line.get("attributeId") or "", line.get("attributeValue") or ""
        kept[key] = ITEM_ATTRIBUTES[key].kept(value) if key in ITEM_ATTRIBUTES else value
    return [{"attributeId": key, "attributeValue": value} for key, value in kept.items() if value]


def attribute_faults(item_class: str, lines: Sequence[Record]) -> Iterator[str]:
    """Say what is wrong with the attribute lines of an item of this class."""
    for line in lines:
        if line["attributeId"] in OF_CLASS.get(item_class, ()):
            yield from ITEM_ATTRIBUTES[line["attributeId"]].faults(line["attributeValue"])
        else:
            yield f"The attribute '{line['attributeId']}' does not belong to the item class."


def shown_attributes(lines: Sequence[Record]) -> list[Record]:
    """Show the attribute lines of an item (AttributeIdValueDto)."""
    return [
        {
            "id": line["attributeId"],
            "value": line["attributeValue"],
            "description": ITEM_ATTRIBUTES[line["attributeId"]].description,
        }
        for line in lines
    ]


def _row(attribute: Attribute) -> Record:
    details = [
        {"valueId": key, "description": text, "sortOrder": order, "disabled": key in attribute.ended}
        for order, (key, text) in enumerate((attribute.values or {}).items(), start=1)
    ]
    return {
        "attributeID": attribute.key,
        "description": attribute.description,
        "controlType": attribute.control,
        "internal": False,
        "details": details,
        "createdDateTime": SET_UP,
        "lastModifiedDateTime": SET_UP,
    }
