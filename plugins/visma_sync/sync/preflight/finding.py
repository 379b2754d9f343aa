"""What preflight finds, and what it says of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from visma_sync.errors import VismaSyncError

Weight = Literal["miss", "warning", "not_checked", "declared"]
_WORDS = {
    "miss": "MISSING",
    "warning": "warning",
    "not_checked": "not checked",
    "declared": "declared, not checked",
}


@dataclass(frozen=True)
class Finding:
    """One thing about the set-up: a sentence, its cure, and the setting, Connection or system that it is `about`.

    A `miss` stops records, a `warning` may park some of them; `not_checked` could not be looked at because of a miss;
    what is `declared` cannot be looked at by anybody but a person.
    """

    code: str
    about: str
    sentence: str
    cure: str
    weight: Weight = "miss"

    @property
    def line(self) -> str:
        """The finding as a person reads it."""
        return f"{_WORDS[self.weight]}: {self.about}: {self.sentence} Cure: {self.cure}"


@dataclass(frozen=True)
class Verdict:
    """What preflight says of the link; `companies` are the sentences that name the two companies."""

    companies: Sequence[str]
    findings: Sequence[Finding]

    @property
    def ready(self) -> bool:
        """Whether nothing is missing; what could not be checked counts as missing."""
        return not any(finding.weight in {"miss", "not_checked"} for finding in self.findings)

    def of(self, weight: Weight) -> list[Finding]:
        """The findings of this weight."""
        return [finding for finding in self.findings if finding.weight == weight]

    @property
    def lines(self) -> list[str]:
        """The whole as a person reads it: the companies, the misses first, and the verdict."""
        found = [finding.line for weight in _WORDS for finding in self.findings if finding.weight == weight]
        misses, warnings = len(self.of("miss")), len(self.of("warning"))
        counted = f"{misses} missing, {len(self.of('not_checked'))} not checked, {warnings} to be aware of"
        return [
            *self.companies,
            *found,
            f"ready ({warnings} to be aware of)" if self.ready else f"not ready: {counted}",
        ]


def of_error(error: VismaSyncError, code: str, about: str) -> Finding:
    """The finding that an error of the taxonomy means."""
    return Finding(code, about, sentence(error.message), error.resolution)


def sentence(text: str) -> str:
    """A text as a sentence of its own."""
    return text if text.endswith(".") else f"{text}."
