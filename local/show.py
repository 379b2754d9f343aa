"""What the demo shows: a live table on a terminal, plain lines elsewhere."""

import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from local.reconciliation import Comparison
from visma_sync.ledger.rows import Outcome

STEPS = {
    "take_turn": "wait until no other run is at work",
    "systems_ready": "see whether both systems answer",
    "fetch_orders": "read the orders of the window",
    "check_orders_exist": "leave out what is there already",
    "ensure_customers": "find or make their customers",
    "ensure_products": "find or make their products",
    "lane.create_orders": "write the orders, on hold",
    "lane.confirm_orders": "compare totals and VAT, open them",
    "report": "account for every order",
}
MARKS = {"success": "✓", "failed": "✗", "skipped": "·", "upstream_failed": "✗"}
SHOWN_NUMBERS = 4


@dataclass
class StepLine:
    """One step as the live table shows it."""

    state: str = "waiting"
    words: str = ""


@dataclass
class Stage:
    """Where everything is printed; tells the time since the start."""

    console: Console = field(default_factory=lambda: Console(highlight=False, width=_width()))
    started: float = field(default_factory=time.monotonic)

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches, for whom lines may change in place."""
        return self.console.is_terminal

    def chapter(self, title: str) -> None:
        """Begin a new part of the story."""
        passed = time.monotonic() - self.started
        self.console.print()
        self.console.rule(f"[bold]{title}[/bold]  [dim]{passed:.0f} s[/dim]", align="left")

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(text)

    def two_columns(self, lines: Mapping[str, str]) -> None:
        """Print names and what each is."""
        table = Table.grid(padding=(0, 3))
        for name, words in lines.items():
            table.add_row(f"  {name}", words)
        self.console.print(table)

    def verdict(self, is_true: bool, sentence: str, instead: object = "") -> bool:
        """Print whether something that must hold does, and what was found instead; gives it back."""
        mark = "[green]✓[/green]" if is_true else "[bold red]✗ NOT TRUE:[/bold red]"
        self.console.print(f"{mark} {sentence}" + ("" if is_true else f" ({instead})" if instead else ""))
        return is_true


def _width() -> int | None:
    """A terminal knows its width; a file or a pipe does not, and has room enough."""
    return None if sys.stdout.isatty() else 130


class StepTable:
    """The steps of a run, a line each: on a terminal they change in place, elsewhere each is printed once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lines = {step: StepLine() for step in STEPS}
        self._live = Live(console=stage.console, auto_refresh=False) if stage.is_terminal else None

    def __enter__(self) -> "StepTable":
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def update(self, step: str, state: str, words: str) -> None:
        """Change one step's line."""
        line = self._lines.get(step)
        if line is None or (line.state, line.words) == (state, words):
            return
        ended = state in MARKS and line.state != state
        line.state, line.words = state, words
        if self._live:
            self._live.update(self._table(), refresh=True)
        elif ended:
            self._stage.say(f"  {MARKS[state]} {step:<22} {STEPS[step]:<36} {words}")

    def _table(self) -> Group:
        table = Table.grid(padding=(0, 2))
        for step, line in self._lines.items():
            mark = MARKS.get(line.state, "▸" if line.state == "running" else " ")
            style = {"✗": "red", "✓": "green", "▸": "bold"}.get(mark, "dim")
            table.add_row(f"  [{style}]{mark}[/]", f"[{style}]{step}[/]", STEPS[step], Text(line.words))
        return Group(table)


def outcome_table(outcomes: Sequence[Outcome]) -> Table:
    """What became of the orders: a row per outcome and reason, with what a person does about it."""
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.state, outcome.reason].append(outcome)
    table = new_table("Outcome", "Orders", "Why", "Which")
    table.columns[1].justify = "right"
    table.add_column("What a person does", header_style="bold", ratio=1)
    for (state, reason), group in sorted(groups.items(), key=lambda each: (-len(each[1]), each[0])):
        style = {"created": "green", "rejected": "red", "parked": "yellow", "uncertain": "red"}.get(state, "")
        cure = next((outcome.cure for outcome in group if outcome.cure), "")
        table.add_row(Text(state, style), str(len(group)), reason, some_numbers(group), Text(cure))
    return table


def comparison_table(comparisons: Sequence[Comparison], limit: int) -> Table:
    """Orders side by side, those that differ first."""
    table = new_table("eAccounting", "Visma.net", "State", "Total", "there", "VAT", "there", "")
    for column in table.columns[3:7]:
        column.justify = "right"
    for one in sorted(comparisons, key=lambda each: each.is_equal)[:limit]:
        for other in one.target or (None,):
            table.add_row(
                one.source.number,
                other.number if other else "none",
                other.state if other else "",
                f"{one.source.total} {one.source.currency}",
                f"{other.total} {other.currency}" if other else "",
                str(one.source.vat),
                str(other.vat) if other else "",
                "[green]=[/]" if one.is_equal else "[red]≠[/]",
            )
    return table


def new_table(*titles: str) -> Table:
    """A table without lines, with these titles."""
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, header_style="bold", no_wrap=True)
    return table


def count_words(counts: Mapping[str, int]) -> str:
    """`12 created, 3 parked` from counts; zeros are left out."""
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def some_numbers(group: Sequence[Outcome]) -> str:
    """The numbers of a group of records, as many as there is room for."""
    numbers = [outcome.number or "draft" for outcome in group]
    if len(numbers) <= SHOWN_NUMBERS:
        return " ".join(numbers)
    return f"{' '.join(numbers[: SHOWN_NUMBERS - 1])} …"
