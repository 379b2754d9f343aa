"""What the demo of all flows shows: a line for each flow while they run, and tables of what became of their records."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from local.demo_run import FinishedRun
from local.show import MARKS, Stage, StepLine, new_table, some_numbers
from visma_sync.ledger.rows import Outcome


@dataclass(frozen=True)
class Sums:
    """What the sales of a path add up to in a currency, in the source and in the target."""

    path: str
    currency: str
    sales: int = 0
    total: Decimal = Decimal(0)
    total_there: Decimal = Decimal(0)
    vat: Decimal = Decimal(0)
    vat_there: Decimal = Decimal(0)

    def with_sale(self, total: Decimal, total_there: Decimal, vat: Decimal, vat_there: Decimal) -> "Sums":
        """With one sale more."""
        return replace(
            self,
            sales=self.sales + 1,
            total=self.total + total,
            total_there=self.total_there + total_there,
            vat=self.vat + vat,
            vat_there=self.vat_there + vat_there,
        )

    @property
    def is_equal(self) -> bool:
        """Whether both are the same to the cent."""
        return (self.total, self.vat) == (self.total_there, self.vat_there)


STATES = ("created", "updated", "unchanged", "skipped", "parked", "rejected", "uncertain")
STYLES = {"created": "green", "updated": "green", "parked": "yellow", "rejected": "red", "uncertain": "red"}


class FlowTable:
    """The flows of a round, a line each: on a terminal they change in place, elsewhere each is printed when it ends."""

    def __init__(self, stage: Stage, flows: Sequence[str]) -> None:
        self._stage = stage
        self._lines = {flow: StepLine() for flow in flows}
        self._live = Live(console=stage.console, auto_refresh=False) if stage.is_terminal else None

    def __enter__(self) -> "FlowTable":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, flow: str, state: str, words: str) -> None:
        """Change one flow's line; `words` may carry marks for bold and dim."""
        line = self._lines[flow]
        if (line.state, line.words) == (state, words):
            return
        line.state, line.words = state, words
        if self._live:
            self._live.update(self._table(), refresh=True)
        elif state in MARKS:
            self._stage.say(f"  {MARKS[state]} {flow:<34} {words}")

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 2))
        for flow, line in self._lines.items():
            mark = MARKS.get(line.state, "▸" if line.state == "running" else " ")
            style = {"✗": "red", "✓": "green", "▸": "bold"}.get(mark, "dim")
            table.add_row(f"  [{style}]{mark}[/]", f"[{style}]{flow}[/]", Text.from_markup(line.words))
        return Group(table)


def flows_table(runs: Sequence[FinishedRun]) -> Table:
    """How many records of each flow have which outcome."""
    table = new_table("Flow", "Read", "Taken up", *(state.capitalize() for state in STATES))
    for column in table.columns[1:]:
        column.justify = "right"
    for run in runs:
        counts = [Text(str(run.counts.get(state) or ""), STYLES.get(state, "")) for state in STATES]
        table.add_row(run.flow, str(run.read), str(run.taken_up or ""), *counts)
    return table


def waiting_table(runs: Sequence[FinishedRun]) -> Table:
    """What needs a person, by flow and reason, with what a person does about it."""
    groups: dict[tuple[str, str, str], list[Outcome]] = defaultdict(list)
    for run in runs:
        for outcome in run.outcomes:
            if outcome.state in ("parked", "rejected", "uncertain"):
                groups[run.flow.partition("_")[0], outcome.state, outcome.reason].append(outcome)
    table = new_table("Flow", "Outcome", "How many", "Why", "Which")
    table.columns[2].justify = "right"
    table.add_column("What a person does", header_style="bold", ratio=1)
    for (flow, state, reason), group in groups.items():
        cure = next((outcome.cure for outcome in group if outcome.cure), "")
        table.add_row(flow, Text(state, STYLES[state]), str(len(group)), reason, some_numbers(group), Text(cure))
    return table


def sums_table(sums: Sequence[Sums]) -> Table:
    """What was sent on each path, in both systems."""
    table = new_table("Path", "Sales", "Currency", "Total", "there", "VAT", "there", "")
    for column in (table.columns[1], *table.columns[3:7]):
        column.justify = "right"
    for one in sums:
        table.add_row(
            one.path,
            str(one.sales),
            one.currency,
            str(one.total),
            str(one.total_there),
            str(one.vat),
            str(one.vat_there),
            "[green]=[/]" if one.is_equal else "[red]≠[/]",
        )
    return table
