"""A record that is read from a system, whichever it is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# What has no stamp is older than anything with one.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A record as its system gave it; `number` is how people call it, empty for drafts.

    Stamps are UTC; `changed_at` is None for what was never changed, `created_at` 1970 where nothing says when it
    was made. The body keeps the vendor's field names, for the mapping alone; `passing` are those of its names that
    tell how the record stands at the moment (stamps, balances), not what it says.
    """

    key: str
    number: str
    created_at: datetime
    changed_at: datetime | None
    body: dict[str, Any]
    passing: frozenset[str] = frozenset()

    @property
    def content(self) -> dict[str, Any]:
        """The body without what passes: two readings of a record that nobody changed have the same."""
        return {name: value for name, value in self.body.items() if name not in self.passing}

    def lies_in(self, since: datetime, until: datetime) -> bool:
        """Whether it was created or changed in [since, until); what does not say when always is, lest it be lost."""
        created = self.created_at == LONG_AGO or since <= self.created_at < until
        return created or (self.changed_at is not None and since <= self.changed_at < until)
