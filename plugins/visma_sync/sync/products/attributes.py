"""Attributes of products, checked against the item class before anything is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visma_sync.errors import Reason, RecordParkedError
from visma_sync.sync.lists import target_list
from visma_sync.sync.ports import Lists
from visma_sync.sync.products.plan import PlannedAttribute
from visma_sync.sync.run import Run

_CHECKBOX_VALUES = ("0", "1")


@dataclass(frozen=True)
class AttributeRules:
    """Which attributes each item class has, and which values an attribute may have (None: any)."""

    of_class: Mapping[str, frozenset[str]]
    values: Mapping[str, frozenset[str] | None]
    several: frozenset[str]

    def check(self, item_class: str, attributes: Sequence[PlannedAttribute]) -> None:
        """RecordParkedError names every attribute that the class lacks, and every value that is not allowed."""
        reasons = [reason for one in attributes for reason in self._reasons(item_class, one)]
        if reasons:
            raise RecordParkedError(
                reasons,
                resolution="Add the attribute to the item class, or the value to the attribute, in the target; or "
                "correct the mapping.",
            )

    def _reasons(self, item_class: str, attribute: PlannedAttribute) -> list[Reason]:
        if attribute.id not in self.of_class.get(item_class, frozenset()):
            return [Reason("attribute_not_of_class", f"the item class {item_class} has no attribute '{attribute.id}'")]
        allowed = self.values.get(attribute.id)
        chosen = attribute.value.split(",") if attribute.id in self.several else [attribute.value]
        if allowed is None or not attribute.value or allowed.issuperset(chosen):
            return []
        return [Reason("attribute_value_unknown", f"the attribute '{attribute.id}' does not allow the value given")]


NO_RULES = AttributeRules({}, {}, frozenset())


async def attribute_rules(run: Run, target: Lists, *, fresh: bool = False) -> AttributeRules:
    """The rules of the target, read at most daily unless they are to be `fresh`."""
    classes = await target_list(run, target, "item_classes", fresh=fresh)
    attributes = await target_list(run, target, "attributes", fresh=fresh)
    return AttributeRules(
        of_class={row["id"]: frozenset(one["id"] for one in row["facts"]["attributes"]) for row in classes},
        values={row["id"]: _allowed(row["facts"]) for row in attributes},
        several=frozenset(row["id"] for row in attributes if row["facts"]["control_type"] == "multi_select_combo"),
    )


def _allowed(facts: Mapping[str, Any]) -> frozenset[str] | None:
    if facts["control_type"] == "checkbox":
        return frozenset(_CHECKBOX_VALUES)
    if facts["control_type"] in {"combo", "multi_select_combo"}:
        return frozenset(facts["values"])
    return None
