"""The sandbox as one web application: both imitated systems, their identity servers and the control addresses."""

from fastapi import FastAPI

from sandbox.control import Control, System
from sandbox.eaccounting.service import build_eaccounting
from sandbox.faults import Faults
from sandbox.gate import Gate
from sandbox.seed import build_world
from sandbox.traffic import Traffic
from sandbox.vismanet import build_vismanet
from sandbox.world import Options


def build_app(options: Options) -> Gate:
    """Make the world and both systems that know it, behind the gate that lets requests fail as ordered."""
    world = build_world(options)
    eaccounting, vismanet = build_eaccounting(world, options), build_vismanet(world, options)
    systems: dict[str, System] = {"eaccounting": eaccounting, "vismanet": vismanet}
    faults, traffic = Faults(), Traffic()
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    for router in [Control(systems, faults, traffic).router(), *vismanet.routers, *eaccounting.routers]:
        app.include_router(router)
    return Gate(app, app.routes, faults, traffic, options.latency_ms / 1000)
