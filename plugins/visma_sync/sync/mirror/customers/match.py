"""Which customer of the target a source customer is, in a mirrored run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.identities import IdentityField
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import FoundIdentity, Identity
from visma_sync.settings.model import Settings
from visma_sync.sync.customers.match import KnownCustomers, Match, match_customer, the_one
from visma_sync.sync.mirror.customers.ports import KnownCustomer


def identity_of(customer: KnownCustomer, settings: Settings) -> Identity:
    """What is remembered of a customer of the target; its marker is the reference that the other direction gives it.

    Kinds are called as customer classes are in the source.
    """
    classes = settings.customer_classes
    return Identity(
        target_key=customer.key,
        group=classes.company if customer.is_company else classes.person,
        country=customer.country or settings.vat.home_country,
        emails=frozenset({customer.email} - {""}),
        vat_number=customer.vat_number,
        corporate_id=customer.corporate_id,
        marker=f"{settings.marker_prefix}{customer.number}",
        active=customer.active,
        who=customer.who,
    )


@dataclass(frozen=True)
class Candidates:
    """What the ledger knows of the target's customers that may be the ones in hand.

    `made_of` finds those that the other direction may have made the source customer of.
    """

    known: KnownCustomers
    made_of: Mapping[str, Collection[FoundIdentity]]

    def keys(self) -> set[str]:
        """The keys of all of them."""
        found = [*self.known.by_field.values(), self.made_of]
        return {hit.target_key for values in found for hits in values.values() for hit in hits}


def candidates(ledger: Ledger, customers: Collection[Customer], settings: Settings) -> Candidates:
    """Look up everything by which these customers may be recognised, in one go per field."""
    wanted = {
        "vat_number": {customer.vat_number for customer in customers} - {""},
        "corporate_id": {customer.corporate_id for customer in customers} - {""},
        "email": {customer.email_compared for customer in customers} - {""},
    }
    by_field = {
        field: ledger.find_identities("customer", field=cast(IdentityField, field), values=values)
        for field, values in wanted.items()
    }
    references = {customer.reference for customer in customers} - {"", settings.marker_prefix}
    made_of = ledger.find_identities("customer", field="marker", values=references)
    found = Candidates(KnownCustomers({**by_field, "marker": {}}, {}), made_of)
    taken = owners(ledger, found.keys())
    return Candidates(KnownCustomers({**by_field, "marker": {}}, taken), made_of)


def owners(ledger: Ledger, keys: Collection[str]) -> dict[str, str]:
    """Which customers of the source these customers of the target belong to, in either direction."""
    ours = {key: link.source_key for key, link in ledger.links_by_target("customer", keys).items()}
    others = {key: link.target_key for key, link in ledger.mirrored().links("customer", keys).items()}
    return {**others, **ours}


def find_customer(customer: Customer, found: Candidates, ledger: Ledger, settings: Settings) -> Match | None:
    """The one customer of the target that this is, None where it has none yet.

    Order: what it was made of, VAT or organisation number in the same country, e-mail of the same kind. Raises
    RecordParkedError as `match_customer` does.
    """
    known = found.known
    signs = (
        ("vat_number", customer.vat_number),
        ("corporate_id", customer.corporate_id),
        ("email", customer.email_compared),
    )
    hits = [hit for hit in found.made_of.get(customer.reference, ()) if known.taken.get(hit.target_key) is None]
    alike = {hit.target_key for field, value in signs for hit in known.having(field, value)}
    same = [hit for hit in hits if hit.target_key in alike]
    if same:
        return the_one(customer, "marker", same, known, ledger)
    match = match_customer(customer, known, ledger, settings, begun=False)
    if match is None and hits:
        raise RecordParkedError(
            [
                Reason(
                    "customer_contradicts",
                    f"customer {customer.number}: its account reference is the number of customer "
                    f"{', '.join(sorted(hit.target_key for hit in hits))} of the target, and nothing else agrees",
                )
            ],
            resolution="Where it is the same customer, give it the same e-mail address or number in both systems; where"
            " it is not, take its account reference out in the source.",
        )
    return match
