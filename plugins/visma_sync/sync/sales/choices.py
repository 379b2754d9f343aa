"""The enumerated values of a sale, chosen by the settings; what has no entry is named all at once."""

from visma_sync.errors import RecordParkedError
from visma_sync.settings.choice import Choice


class Choices:
    """Chooses value after value, and remembers those that the settings have no entry for."""

    def __init__(self) -> None:
        self._refusals: list[RecordParkedError] = []

    def choose(self, choice: Choice, value: str, setting: str) -> str:
        """The target's value for a source value; empty where there is none."""
        try:
            return choice.choose(value, setting)
        except RecordParkedError as error:
            self._refusals.append(error)
            return ""

    def refuse_missing(self) -> None:
        """RecordParkedError with every missing entry, where there is one."""
        if self._refusals:
            raise RecordParkedError(
                [reason for refusal in self._refusals for reason in refusal.reasons],
                resolution=" ".join(refusal.resolution for refusal in self._refusals),
            )
