"""The one pattern of every enumerated setting: a table, a default for what is not in it, or one forced value."""

from pydantic import BaseModel, ConfigDict, Field

from visma_sync.errors import Reason, RecordParkedError


class Choice(BaseModel):
    """`force` always wins; else the table's entry; else `default`. An empty text chooses "send nothing"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    default: str | None = None
    force: str | None = None
    table: dict[str, str] = Field(default_factory=dict)

    def choose(self, value: str, setting: str) -> str:
        """The target's value for a source value; RecordParkedError says what to add where there is none."""
        if self.force is not None:
            return self.force
        if value in self.table:
            return self.table[value]
        if self.default is not None:
            return self.default
        raise RecordParkedError(
            [Reason(f"no_{setting}", f"the setting {setting} has no entry for '{value}' and no default")],
            resolution=f"Add '{value}' to the table of {setting} in the settings, or give {setting} a default.",
        )

    @property
    def values(self) -> frozenset[str]:
        """Every value of the target that this setting can give, to be checked against its master data."""
        chosen = {self.default, self.force, *self.table.values()}
        return frozenset(value for value in chosen if value)
