"""The control addresses: what tests and people order of the sandbox, and what they see of it."""

from collections.abc import Mapping
from typing import Any, Protocol

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.faults import Faults, fault_of, report
from sandbox.gate import CONTROL
from sandbox.traffic import Traffic


class System(Protocol):
    """One of the two imitated systems, as far as the control addresses go."""

    def snapshot(self) -> dict[str, Any]:
        """Give everything stored."""

    def reset(self) -> None:
        """Go back to how it was at the start."""


class Control:
    """Orders faults, counts requests, and shows or resets what the systems hold."""

    def __init__(self, systems: Mapping[str, System], faults: Faults, traffic: Traffic) -> None:
        self.systems = systems
        self.faults = faults
        self.traffic = traffic

    def router(self) -> APIRouter:
        """Give the control addresses."""
        router = APIRouter(prefix=CONTROL)
        router.add_api_route("/faults", self.order_fault, methods=["POST"], response_model=None)
        router.add_api_route("/faults", self.show_faults, methods=["GET"], response_model=None)
        router.add_api_route("/faults", self.clear_faults, methods=["DELETE"], response_model=None)
        router.add_api_route("/requests", self.show_requests, methods=["GET"], response_model=None)
        router.add_api_route("/requests", self.clear_requests, methods=["DELETE"], response_model=None)
        router.add_api_route("/state", self.show_state, methods=["GET"], response_model=None)
        router.add_api_route("/state/{system}/{collection}", self.show_collection, methods=["GET"], response_model=None)
        router.add_api_route("/reset", self.reset, methods=["POST"], response_model=None)
        return router

    async def order_fault(self, request: Request) -> Response:
        """Order a failure."""
        try:
            fault = fault_of(simplejson.loads(await request.body()))
        except (ValueError, TypeError) as error:
            return Answer({"error": str(error)}, 400)
        self.faults.ordered.append(fault)
        return Answer(vars(fault), 201)

    async def show_faults(self, _request: Request) -> Response:
        """Show the failures on order, with how often each has fired."""
        return Answer(report(self.faults.ordered))

    async def clear_faults(self, _request: Request) -> Response:
        """Call all failures off."""
        self.faults.ordered.clear()
        return Response(status_code=204)

    async def show_requests(self, _request: Request) -> Response:
        """Show how many requests there were."""
        return Answer(self.traffic.report())

    async def clear_requests(self, _request: Request) -> Response:
        """Begin to count anew."""
        self.traffic.restart()
        return Response(status_code=204)

    async def show_state(self, _request: Request) -> Response:
        """Show everything that both systems hold."""
        return Answer({name: system.snapshot() for name, system in self.systems.items()})

    async def show_collection(self, _request: Request, system: str, collection: str) -> Response:
        """Show one collection of one system."""
        kept = self.systems[system].snapshot() if system in self.systems else {}
        return Answer(kept[collection]) if collection in kept else Answer({"error": "no such collection"}, 404)

    async def reset(self, _request: Request) -> Response:
        """Go back to the start: both systems, all faults and all counts."""
        for system in self.systems.values():
            system.reset()
        self.faults.ordered.clear()
        self.traffic.restart()
        return Response(status_code=204)
