"""Which customer of the target a source customer is: marker first, then numbers, e-mail last, and never by guessing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from visma_sync.domain.customer import Customer
from visma_sync.domain.text import comparable_email
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import FoundIdentity
from visma_sync.settings.model import Settings


@dataclass(frozen=True)
class Match:
    """The customer number in the target, and the rule that found it: marker, vat_number, corporate_id or email."""

    number: str
    rule: str


@dataclass(frozen=True)
class KnownCustomers:
    """What the ledger knows of the target's customers that may be the ones in hand, by field and value."""

    by_field: Mapping[str, Mapping[str, Sequence[FoundIdentity]]]
    taken: Mapping[str, str]

    def having(self, field: str, value: str) -> Sequence[FoundIdentity]:
        """The customers of the target that have this value."""
        return self.by_field[field].get(value, ()) if value else ()


def customer_marker(customer: Customer, settings: Settings) -> str:
    """The text by which a customer of ours is known in the target."""
    return f"{settings.marker_prefix}{customer.number or customer.key}"


def known_customers(ledger: Ledger, customers: Collection[Customer], settings: Settings) -> KnownCustomers:
    """Look up everything by which these customers may be recognised, in one go per field."""
    wanted = {
        "marker": {customer_marker(customer, settings) for customer in customers},
        "vat_number": {customer.vat_number for customer in customers} - {""},
        "corporate_id": {customer.corporate_id for customer in customers} - {""},
        "email": {customer.email_compared for customer in customers} - {""},
    }
    by_field = {
        field: ledger.find_identities("customer", field=field, values=values)  # type: ignore[arg-type]  # its literals
        for field, values in wanted.items()
    }
    hits = {found.target_key for values in by_field.values() for hit in values.values() for found in hit}
    taken = {number: link.source_key for number, link in ledger.links_by_target("customer", hits).items()}
    return KnownCustomers(by_field, taken)


def match_customer(
    customer: Customer, known: KnownCustomers, ledger: Ledger, settings: Settings, *, begun: bool
) -> Match | None:
    """The one customer of the target that this is, None where it has none yet; `begun` says that we began to make it.

    Order: our marker, VAT or organisation number in the same country, e-mail of the same kind. Two hits, a hit linked
    to another source customer, a hit whose numbers contradict, or a marker that nothing else of the customer bears out
    raise RecordParkedError naming them.
    """
    country = customer.invoice_address.country or settings.vat.home_country
    classes = settings.customer_classes.of_kind(customer.is_company)
    rules = (
        ("marker", _marked(customer, known, settings, begun=begun)),
        (
            "vat_number",
            [hit for hit in known.having("vat_number", customer.vat_number) if hit.country == country],
        ),
        (
            "corporate_id",
            [hit for hit in known.having("corporate_id", customer.corporate_id) if hit.country == country],
        ),
        ("email", [hit for hit in known.having("email", customer.email_compared) if hit.group in classes]),
    )
    for rule, hits in rules:
        if hits:
            return the_one(customer, rule, hits, known, ledger)
    return None


def _marked(customer: Customer, known: KnownCustomers, settings: Settings, *, begun: bool) -> Sequence[FoundIdentity]:
    """Those that carry our marker and are ours: a short number may be somebody else's account reference by chance."""
    hits = known.having("marker", customer_marker(customer, settings))
    signs = (
        ("vat_number", customer.vat_number),
        ("corporate_id", customer.corporate_id),
        ("email", customer.email_compared),
    )
    if not hits or begun or not any(value for _, value in signs):
        return hits
    alike = {found.target_key for field, value in signs for found in known.having(field, value)}
    ours = [hit for hit in hits if hit.target_key in alike]
    if not ours:
        numbers = ", ".join(sorted(hit.target_key for hit in hits))
        sentence = f"its number is the account reference of customer {numbers} of the target, and nothing else agrees"
        raise RecordParkedError(
            [Reason("customer_contradicts", f"customer {customer.number}: {sentence}")],
            resolution="Where it is the same customer, give it the same e-mail address or number in both systems; where"
            " it is not, take its account reference out in the target.",
        )
    return ours


def the_one(
    customer: Customer, rule: str, hits: Sequence[FoundIdentity], known: KnownCustomers, ledger: Ledger
) -> Match:
    """The one customer of these hits, unless it is inactive, somebody else's or has other numbers.

    Raises RecordParkedError naming them.
    """
    numbers = sorted({hit.target_key for hit in hits if hit.active})
    if not numbers:
        raise _parked(
            "customer_inactive",
            f"customer {hits[0].target_key} of the target has the same {rule} but is inactive",
            customer,
        )
    if len(numbers) > 1:
        raise _parked(
            "several_customers",
            f"customers {', '.join(numbers)} of the target have the same {rule}",
            customer,
        )
    hit = next(hit for hit in hits if hit.active)
    owner = known.taken.get(hit.target_key)
    if owner is not None and owner != customer.key:
        raise _parked(
            "customer_taken",
            f"customer {hit.target_key} of the target has this {rule} but belongs to another source customer",
            customer,
        )
    if _contradicts(customer, hit, ledger):
        raise _parked(
            "customer_contradicts",
            f"customer {hit.target_key} of the target has the same {rule} but another VAT or organisation number",
            customer,
        )
    return Match(hit.target_key, rule)


def _contradicts(customer: Customer, hit: FoundIdentity, ledger: Ledger) -> bool:
    pairs = (
        ("vat_number", customer.vat_number, hit.vat_hash),
        ("corporate_id", customer.corporate_id, hit.corporate_hash),
    )
    return any(ours and theirs and ledger.identity_hash(field, ours) != theirs for field, ours, theirs in pairs)


def _parked(code: str, sentence: str, customer: Customer) -> RecordParkedError:
    return RecordParkedError(
        [Reason(code, f"customer {customer.number}: {sentence}")],
        resolution="Decide which customer it is: merge the doubles, or give them different e-mail addresses.",
    )


@dataclass(frozen=True)
class Rival:
    """An earlier source customer, by its number, and the sign that both share: vat_number, corporate_id or email."""

    number: str
    sign: str


def rivals(customers: Collection[Customer]) -> dict[str, Rival]:
    """Source customers that share an e-mail or number with an earlier one of the same kind, by key.

    Only the first of them may be created or matched by that sign; the others would end on the same customer.
    """
    first: dict[tuple[str, str, bool], Customer] = {}
    shared: dict[str, Rival] = {}
    for customer in sorted(customers, key=lambda one: (one.number, one.key)):
        signs = (
            ("vat_number", customer.vat_number, True),
            ("corporate_id", customer.corporate_id, True),
            ("email", comparable_email(customer.email), customer.is_company),
        )
        for sign in signs:
            if sign[1]:
                other = first.setdefault(sign, customer)
                if other.key != customer.key:
                    shared.setdefault(customer.key, Rival(other.number, sign[0]))
    return shared


def refuse_shared(customer: Customer, shared: Mapping[str, Rival], match: Match | None) -> None:
    """Two source customers must not end on one customer of the target, unless a sign of its own tells this one."""
    rival = shared.get(customer.key)
    if rival is None or (match is not None and match.rule not in {"email", rival.sign}):
        return
    raise RecordParkedError(
        [
            Reason(
                "customer_shared",
                f"customers {rival.number} and {customer.number} of the source share an e-mail address or number",
            )
        ],
        resolution="Merge them in the source, or give them different e-mail addresses.",
    )
