"""Comparing: what should stand in the target with what does; no look-ups, no side effects."""

from collections.abc import Sequence
from dataclasses import replace

from visma_sync.ledger.differences import Difference
from visma_sync.sync.reconcile.documents import Due, Found, Owner, Shares, whole

MISSING, DOUBLE, AMOUNT, VAT, CURRENCY = "missing", "double", "amount", "vat", "currency"
DELETED, WITHDRAWN = "deleted", "withdrawn"
_CURES = {
    MISSING: "Trigger reconcile with 'resend', or the flow with this number.",
    DOUBLE: "Decide which of them is right; delete or cancel the others in the target.",
    AMOUNT: "Correct the one that is wrong; what was sent is never changed by itself.",
    VAT: "Correct the VAT in the target, or the one that is wrong.",
    CURRENCY: "Cancel the document in the target and enter it in the right currency.",
    DELETED: "Find out who deleted or cancelled it; restore it there, or take the sale back in the source.",
    WITHDRAWN: "Delete or cancel it in the target too, or enter the sale in the source again and leave this one out.",
}

_DOUBTFUL = (
    "Look whether it is the same sale: then delete or cancel one of them in the target. Else change the customer's "
    "reference there; with a marker_prefix in the settings, references of others are never taken for ours."
)


def differences_of(due: Due, found: Found | None) -> list[Difference]:
    """In what a document differs from what it should be: in the first thing that matters, or in nothing."""
    if not due.target_key:
        return [_difference(MISSING, due, None, "the target has no such document")]
    if found is None or not found.is_alive:
        said = "is no longer in the target" if found is None else f"is {found.state} in the target"
        return [_difference(DELETED, due, found, f"{due.target_key} {said}")]
    kind, said = _disagreement(due, found)
    changed = "it changed in the source since it was sent; " if due.changed else ""
    return [_difference(kind, due, found, f"{changed}{found.name} {said}")] if kind else []


def _disagreement(due: Due, found: Found) -> tuple[str, str]:
    """The kind of the difference of a document that stands there, and what it is; both empty where there is none."""
    if due.total is None:
        return "", ""
    if due.owner.currency != found.currency:
        return CURRENCY, f"is in {found.currency}"
    if due.total != found.total:
        return AMOUNT, f"differs by {found.total - due.total}"
    if found.vat is not None and due.vat != found.vat:
        return VAT, "has another VAT amount"
    if due.shares is not None and found.shares is not None and not _same_vat(due.shares, found.shares):
        return VAT, "has other VAT codes"
    return "", ""


def double_of(owner: Owner, target_keys: Sequence[str], doubtful: Sequence[str]) -> Difference:
    """A record with several documents; nobody can tell for sure that the `doubtful` ones among them are its own."""
    detail = f"the target has it {len(target_keys)} times: {', '.join(target_keys)}"
    if not doubtful:
        return _difference(DOUBLE, Due(owner, target_keys[0], None, None), None, detail)
    detail += f"; the number in {', '.join(doubtful)} may be the customer's own"
    return replace(_difference(DOUBLE, Due(owner, target_keys[0], None, None), None, detail), cure=_DOUBTFUL)


def withdrawn_of(due: Due, found: Found) -> Difference:
    """A document that stands although the source has its record no more."""
    detail = f"it was deleted in the source after it was sent; {found.name} still stands in the target"
    return _difference(WITHDRAWN, replace(due, total=None, vat=None, shares=None), found, detail)


def _same_vat(due: Shares, found: Shares) -> bool:
    """The same codes with the same VAT on them; sums without VAT may be divided with other cents."""
    return {code: vat for code, (_, vat) in due.items() if code} == {
        code: vat for code, (_, vat) in found.items() if code
    }


def codes_of(shares: Shares | None) -> str:
    """VAT codes with the VAT on each, as people read them."""
    return " ".join(f"{code}:{vat}" for code, (_, vat) in sorted((shares or {}).items()) if code)


def _difference(kind: str, due: Due, found: Found | None, detail: str) -> Difference:
    owner = due.owner
    return Difference(
        kind=kind,
        key=owner.key,
        number=owner.number,
        day=owner.day,
        currency=owner.currency,
        country=owner.country,
        target_key=due.target_key,
        total=due.total,
        vat=due.vat,
        vat_codes=codes_of(due.shares),
        found_total=found.total if found else None,
        found_vat=found.vat if found else None,
        found_vat_codes=codes_of(whole(found.shares, found.total)) if found and found.shares is not None else "",
        detail=detail,
        cure=_CURES[kind],
    )
