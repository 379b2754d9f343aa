"""What happens to values on their way into a group, list or field: what is empty is left out, what is long is cut."""

from dataclasses import dataclass
from typing import Any

from visma_sync.mapping.filters import text


@dataclass(frozen=True)
class Cut:
    """A text that was too long for its field: where, and its length before and after in UTF-16 units."""

    path: str
    before: int
    after: int

    def __str__(self) -> str:
        return f"{self.path} cut from {self.before} to {self.after} characters"


def filled_branch(branch: dict[str, Any], kept: list[str] | None = None) -> dict[str, Any] | None:
    """Leaves out what is `none`, but for fields that keep it; a branch left with nothing is left out too."""
    if kept is None:
        return {key: value for key, value in branch.items() if value is not None} or None
    return {key: value for key, value in branch.items() if value is not None or key in kept} or None


def filled_items(items: list[Any]) -> list[Any]:
    """Leaves out what is `none`."""
    return [item for item in items if item is not None]


def cut_text(value: Any, limit: int, path: str, cuts: list[Cut]) -> str | None:
    """Cuts a text to a length in UTF-16 units, as .NET services count: an emoji counts for two and stays whole."""
    written = text(value)
    if written is None or len(written) * 2 <= limit:
        return written
    units = written.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * limit:
        return written
    shorter = units[: 2 * limit].decode("utf-16-le", "ignore")
    cuts.append(Cut(path, len(units) // 2, len(shorter.encode("utf-16-le")) // 2))
    return shorter
