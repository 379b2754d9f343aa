"""Which version of a customer was sent last: two runs side by side may hold different ones of it."""

from dataclasses import replace
from datetime import datetime

from visma_sync.ledger.rows import HeldRecord, Link, LinkChange

_CHANGED_AT = "changed_at"


def version_of(held: HeldRecord) -> dict[str, str]:
    """Noted with the customer's link: when the source had changed what is sent (UTC)."""
    return {_CHANGED_AT: held.changed_at.isoformat()}


def is_outdated(held: HeldRecord, link: Link) -> bool:
    """Whether a later version of this customer was sent, or is on its way."""
    sent = link.detail.get(_CHANGED_AT)
    return sent is not None and held.changed_at < datetime.fromisoformat(sent)


def version_noted(held: HeldRecord, key: str) -> LinkChange:
    """That this version is about to be sent, so that nobody sends an earlier one any more."""
    return LinkChange("customer", key, lambda link: link if is_outdated(held, link) else _with_version(held, link))


def link_noted(held: HeldRecord, link: Link) -> LinkChange:
    """What this version wrote; it leaves the link alone once a later version was sent."""

    def change(there: Link) -> Link:
        return there if is_outdated(held, there) else _with_version(held, replace(link, detail=there.detail))

    return LinkChange("customer", link.source_key, change)


def _with_version(held: HeldRecord, link: Link) -> Link:
    return replace(link, detail={**link.detail, **version_of(held)})
