"""What every group of settings has in common."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A group of settings; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """What the target must know: name of its list, name of the setting, the values that the setting can give."""
        return ()
