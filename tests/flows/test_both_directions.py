"""What holds for the flows of both directions: which may run at all, and between which companies."""

import asyncio
from dataclasses import replace

import pytest

from tests.flows.running import FLOW, Company, demo_settings
from visma_sync.errors import ConfigurationError
from visma_sync.flows import FLOWS, refuse_flow_off
from visma_sync.sync.company import refuse_other_company
from visma_sync.sync.lists import check_companies
from visma_sync.sync.run import Run

BACK = sorted(flow for flow in FLOWS if flow.endswith("_vismanet_to_eaccounting"))


@pytest.mark.parametrize("flow", BACK)
def test_the_flows_back_are_off_until_somebody_lets_them_run(flow: str) -> None:
    with pytest.raises(ConfigurationError, match="is off"):
        refuse_flow_off(flow, demo_settings())
    others = [one for one in BACK if one != flow]
    refuse_flow_off(flow, demo_settings(flows_off=[*others, "stock_eaccounting_to_vismanet"]))


def test_a_misspelt_flow_is_not_taken_for_one_that_is_off() -> None:
    with pytest.raises(ConfigurationError, match="orders_eacounting_to_vismanet"):
        refuse_flow_off(FLOW, demo_settings(flows_off=[*BACK, "orders_eacounting_to_vismanet"]))


@pytest.mark.parametrize("flow", BACK)
def test_a_flow_back_refuses_another_company_than_the_one_of_before(flow: str, untroubled: Company) -> None:
    ours = replace(untroubled.open_run("first", flow=flow), named_company="ours")
    asyncio.run(_look(untroubled, ours))
    refuse_other_company(ours)
    other = replace(untroubled.open_run("second", flow=flow), named_company="another")
    with pytest.raises(ConfigurationError, match="Connection of the source now reaches another company"):
        refuse_other_company(other)
    forward = replace(untroubled.open_run("third"), named_company="another")
    with pytest.raises(ConfigurationError, match="Connection of the target now reaches another company"):
        refuse_other_company(forward)


async def _look(company: Company, run: Run) -> None:
    eaccounting, vismanet = company.clients(run.ledger)
    async with eaccounting, vismanet:
        await check_companies(run, vismanet, eaccounting, "a sign-in")
