"""The demo of all flows leaves none out."""

from itertools import chain

from local.demo_all import DIRECTION, STAGES
from visma_sync.flows import FLOWS


def test_every_flow_of_the_direction_has_its_place_after_those_that_it_needs() -> None:
    in_order = [f"{records}_{DIRECTION}" for records in chain.from_iterable(STAGES)]

    assert sorted(in_order) == sorted(flow for flow in FLOWS if flow.endswith(DIRECTION))
    for stage, records in enumerate(STAGES):
        kinds = {FLOWS[f"{one}_{DIRECTION}"].kind for one in chain.from_iterable(STAGES[:stage])}
        assert all(set(FLOWS[f"{one}_{DIRECTION}"].needs) <= kinds for one in records)
