"""What the ledger refuses, because two writers would do the same thing twice."""

from visma_sync.errors import Reason, RecordParkedError, UncertainWriteError


class LinkTakenError(RecordParkedError):
    """The target record belongs to another source record already; nothing of the commit was kept."""

    def __init__(self, kind: str, source_key: str, target_key: str) -> None:
        super().__init__(
            [Reason("link_taken", f"{kind} {target_key} of the target is linked with another record already")],
            resolution="See which source record it is linked with; merge the two or unlink the wrong one.",
            operation="link",
            key=source_key,
        )


class SaleTakenError(RecordParkedError):
    """The sale went on another path already (order, invoice or booking); nothing of the commit was kept."""

    def __init__(self, record_key: str, path: str) -> None:
        super().__init__(
            [Reason(f"sent_as_{path}", f"the sale was sent as {path} already")],
            resolution="Nothing to do: a sale is booked once.",
            operation="claim",
            key=record_key,
        )
        self.path = path


class IntentTakenError(UncertainWriteError):
    """Another process has begun this write, or finished it; nothing of the commit was kept."""

    def __init__(self, kind: str, action: str, key: str, marker: str) -> None:
        super().__init__(
            f"another process began to {action} this {kind}",
            marker=marker,
            operation=action,
            key=key,
        )
