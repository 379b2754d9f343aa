"""preflight: says of the whole link whether it is set up right, and names each miss with its cure. It only reads."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from airflow.sdk import BaseOperator

from visma_sync.errors import Reason, RecordRejectedError, VismaSyncError
from visma_sync.flows import FLOWS, INCLUDE, flow_filter, flow_mapping
from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.ledger import LEDGER_KEY, airflow_ledger
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.ledger.ledger import Ledger
from visma_sync.operators.opening import SETTINGS_VARIABLE, airflow_settings
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.preflight.checks import CHECKS, WITHOUT_SETTINGS, companies, findings
from visma_sync.sync.preflight.finding import Finding, Verdict, of_error
from visma_sync.sync.preflight.link import Link, Side, looked_at
from visma_sync.systems.eaccounting.client import EAccountingSettings
from visma_sync.systems.eaccounting.set_up import missing_scopes
from visma_sync.systems.vismanet.client import VismaNetSettings

NAMES: Final[Mapping[Side, str]] = {"source": "eAccounting", "target": "Visma.net"}
Opened = TypeVar("Opened")


class PreflightError(RecordRejectedError):
    """The link is not ready; `reasons` are what is missing."""


class Preflight(BaseOperator):
    """Looks at everything at once; red where something is missing, and the log says what, and how to cure it."""

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of findings by weight; raises PreflightError after all of them are told."""
        verdict = look()
        for line in verdict.lines:
            self.log.info("%s", line)
        if not verdict.ready:
            misses = verdict.of("miss")
            raise PreflightError(
                [Reason("not_ready", f"{len(misses)} missing: {', '.join(finding.about for finding in misses)}")],
                resolution="Cure what the log names; then run preflight again.",
                operation="preflight",
            )
        return {weight: len(verdict.of(weight)) for weight in ("warning", "declared")}


@dataclass(frozen=True)
class Opening:
    """What Airflow and the environment say of the link; what cannot be read is the error that says why."""

    settings: Settings | VismaSyncError
    ledger: Ledger | VismaSyncError
    source: EAccountingSettings | VismaSyncError
    target: VismaNetSettings | VismaSyncError

    @property
    def flows_on(self) -> frozenset[str]:
        """The flows that may run; all of them where nobody can say."""
        off = () if isinstance(self.settings, VismaSyncError) else self.settings.flows_off
        return frozenset(FLOWS) - frozenset(off)


def look() -> Verdict:
    """Look at the whole link as Airflow's Connections and Variable describe it."""
    opening = Opening(
        _opened(airflow_settings),
        _opened(airflow_ledger),
        _opened(EAccountingHook().settings),
        _opened(VismaNetHook().settings),
    )
    found = [*_unopened(opening), *_scopes(opening), *_mappings(opening)]
    if isinstance(opening.ledger, VismaSyncError):
        connections = [(NAMES["source"], opening.source), (NAMES["target"], opening.target)]
        found += [
            of_error(error, "no_access", name) for name, error in connections if isinstance(error, VismaSyncError)
        ]
        return Verdict((), [*found, *(_left_out(what, opening.ledger) for what in CHECKS)])
    link = asyncio.run(_read(opening, opening.ledger))
    if not isinstance(opening.settings, VismaSyncError):
        return Verdict(companies(link), [*found, *findings(link)])
    left_out = [_left_out(what, opening.settings) for what in CHECKS if what not in WITHOUT_SETTINGS]
    return Verdict(companies(link), [*found, *findings(link, WITHOUT_SETTINGS), *left_out])


def _opened(opening: Callable[[], Opened]) -> Opened | VismaSyncError:
    try:
        return opening()
    except VismaSyncError as error:
        return error


def _unopened(opening: Opening) -> Iterator[Finding]:
    if isinstance(opening.settings, VismaSyncError):
        yield of_error(opening.settings, "settings", f"the Airflow Variable {SETTINGS_VARIABLE}")
    if isinstance(opening.ledger, VismaSyncError):
        yield of_error(opening.ledger, "ledger", f"the ledger ({LEDGER_KEY})")


def _left_out(what: str, why: VismaSyncError) -> Finding:
    return Finding("not_checked", what, f"not checked because {why.message}.", why.resolution, "not_checked")


def _scopes(opening: Opening) -> Iterator[Finding]:
    """The Connection asks for every scope that the flows need which are on."""
    if isinstance(opening.source, VismaSyncError):
        return
    writes = any(flow.endswith("_to_eaccounting") for flow in opening.flows_on)
    if missing := missing_scopes(opening.source.scopes, writes=writes):
        sentence = f"It does not ask for {' '.join(missing)}."
        cure = "Add it to the extra field scopes of the Connection (or leave that empty), then run make authorize."
        yield Finding("scope", "Connection eaccounting_default", sentence, cure)


def _mappings(opening: Opening) -> Iterator[Finding]:
    """Settings name flows that exist, and the mapping and the filter of every one that is on can be read."""
    if isinstance(opening.settings, VismaSyncError):
        return
    for setting in ("flows_off", "mapping_overlays"):
        if unknown := sorted(set(getattr(opening.settings, setting)) - FLOWS.keys()):
            cure = f"Name a flow: {', '.join(sorted(FLOWS))}."
            yield Finding("unknown_flow", setting, f"There is no flow {', '.join(unknown)}.", cure)
    for flow in sorted(opening.flows_on):
        try:
            flow_filter(flow, flow_mapping(flow, opening.settings), opening.settings)
        except VismaSyncError as error:
            yield of_error(error, "mapping", f"the mapping of {flow}")


async def _read(opening: Opening, ledger: Ledger) -> Link:
    """Both companies as they are now; with the default settings where those of the link cannot be read."""
    settings, source, target = opening.settings, opening.source, opening.target
    if isinstance(settings, VismaSyncError):
        defaults = INCLUDE / "settings" / "default.yaml"
        settings = load_settings(defaults, {}, changes_from=defaults.name)
    sides: tuple[Side, ...] = ("source", "target")
    known = {side: ledger.company(f"{ledger.own_pair} {side}") for side in sides}
    link = Link(
        settings,
        opening.flows_on,
        NAMES,
        named_company=_named_company(ledger, target),
        bound={side: company for side, company in known.items() if company is not None},
    )
    limits = {"max_concurrency": settings.max_concurrency, "timeout_seconds": settings.timeout_seconds}
    async with AsyncExitStack() as open_clients:
        systems: list[Any] = [source, target]
        if not isinstance(source, VismaSyncError):
            systems[0] = await open_clients.enter_async_context(EAccountingHook().client(ledger, **limits))
        if not isinstance(target, VismaSyncError):
            systems[1] = await open_clients.enter_async_context(VismaNetHook().client(ledger, **limits))
        return await looked_at(link, *systems)


def _named_company(ledger: Ledger, target: VismaNetSettings | VismaSyncError) -> str:
    if isinstance(target, VismaSyncError):
        return ""
    return ledger.fingerprint(f"{target.tenant_id} {target.company_id}")
