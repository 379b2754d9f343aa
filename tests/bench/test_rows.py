"""Every flow of the other direction is measured: in a small company, too, it makes hardly more calls than the least."""

from dataclasses import replace

import pytest

from bench.people import debtors, items, web_orders
from bench.rows import BACK, ROWS, Row, measure
from visma_sync.flows import FLOWS, is_mirrored

FEW = 12
SMALL = {
    "products_to_eaccounting": replace(ROWS["products_to_eaccounting"], prepare=items(FEW)),
    "customers_to_eaccounting": replace(ROWS["customers_to_eaccounting"], prepare=debtors(FEW)),
    "orders_to_eaccounting": replace(
        ROWS["orders_to_eaccounting"], company={"articles": 50}, prepare=web_orders(FEW, buyers=3)
    ),
    "order_status_to_eaccounting": replace(ROWS["order_status_to_eaccounting"], orders=3 * FEW),
    "stock_to_eaccounting": replace(ROWS["stock_to_eaccounting"], company={"articles": 50}),
}


def test_each_flow_has_a_row() -> None:
    back = {flow.removesuffix("_vismanet_to_eaccounting") + BACK for flow in FLOWS if is_mirrored(flow)}

    assert back == SMALL.keys() == {name for name in ROWS if name.endswith(BACK)}


@pytest.mark.parametrize(("name", "row"), SMALL.items())
def test_a_flow_makes_hardly_more_calls_than_the_least(name: str, row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    reached = measure(name, row)

    assert reached, capsys.readouterr().out
