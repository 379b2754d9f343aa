"""Comparing: what should stand in the target with what does; no look-ups, no side effects."""

from collections.abc import Sequence

from visma_sync.ledger.differences import Difference
from visma_sync.sync.reconcile.documents import Due, Found, Owner, Shares, whole

MISSING, DOUBLE, AMOUNT, VAT, CURRENCY, DELETED = "missing", "double", "amount", "vat", "currency", "deleted"
_CURES = {
    MISSING: "Trigger reconcile with 'resend', or the flow with this number.",
    DOUBLE: "Decide which of them is right; delete or cancel the others in the target.",
    AMOUNT: "Correct the one that is wrong; what was sent is never changed by itself.",
    VAT: "Correct the VAT in the target, or the one that is wrong.",
    CURRENCY: "Cancel the document in the target and enter it in the right currency.",
    DELETED: "Find out who deleted or cancelled it; restore it there, or take the sale back in the source.",
}


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


def double_of(owner: Owner, found: Sequence[Found]) -> list[Difference]:
    """Documents that carry the marker of one record, where more than one of them is alive."""
    alive = sorted({one.key for one in found if one.is_alive})
    if len(alive) < 2:
        return []
    detail = f"the target has it {len(alive)} times: {', '.join(alive)}"
    return [_difference(DOUBLE, Due(owner, alive[0], None, None), None, detail)]


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
