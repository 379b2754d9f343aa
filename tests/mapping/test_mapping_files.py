"""Every mapping file of the project loads, and does what its own examples say."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from visma_sync.domain.customer import Customer
from visma_sync.domain.order import Order
from visma_sync.domain.product import Product
from visma_sync.mapping.catalog import FlowMapping, load_mapping
from visma_sync.systems.vismanet.wire import ContactUpdate, CustomerUpdate, InventoryUpdate, NewSalesOrder

FOLDER = Path(__file__).parents[2] / "include/mappings"
FLOWS: dict[str, tuple[type[BaseModel], dict[str, type[BaseModel]]]] = {
    "orders_eaccounting_to_vismanet": (Order, {"order": NewSalesOrder}),
    "customers_eaccounting_to_vismanet": (Customer, {"customer": CustomerUpdate, "contact": ContactUpdate}),
    "products_eaccounting_to_vismanet": (Product, {"product": InventoryUpdate}),
}


def loaded(flow: str) -> FlowMapping:
    record, documents = FLOWS[flow]
    return load_mapping(flow, FOLDER, record=record, documents=documents)


def test_every_file_is_known_here() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == FLOWS.keys()


@pytest.mark.parametrize("flow", FLOWS)
def test_a_mapping_does_what_its_examples_say(flow: str, subtests: pytest.Subtests) -> None:
    mapping = loaded(flow)
    for example in mapping.examples():
        with subtests.test(example.title):
            mapping.check_example(example)
