"""What has been asked of the sandbox: how many requests of each operation, and how many at the same time."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

PREFIXES = ("/eaccounting-identity", "/eaccounting", "/vismanet", "/salesorder", "/connect")


@dataclass
class Traffic:
    """The requests since the last count began; an operation is a method and a route template."""

    operations: Counter[str] = field(default_factory=Counter)
    in_flight: int = 0
    peak: int = 0

    def enter(self) -> None:
        """Note that a request came in."""
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)

    def leave(self, operation: str) -> None:
        """Note that a request is done with."""
        self.in_flight -= 1
        self.operations[operation] += 1

    def restart(self) -> None:
        """Begin to count anew."""
        self.operations.clear()
        self.peak = self.in_flight

    def report(self) -> dict[str, Any]:
        """Give the counts: in all, by operation, by API, and the highest number at the same time."""
        by_prefix: Counter[str] = Counter()
        for operation, count in self.operations.items():
            path = operation.partition(" ")[2]
            by_prefix[next((prefix for prefix in PREFIXES if path.startswith(f"{prefix}/")), "elsewhere")] += count
        return {
            "total": self.operations.total(),
            "by_operation": dict(sorted(self.operations.items())),
            "by_prefix": dict(sorted(by_prefix.items())),
            "peak_in_flight": self.peak,
        }
