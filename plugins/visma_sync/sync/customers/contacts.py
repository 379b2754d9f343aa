"""The contact person of a company: a contact of its own in the target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from visma_sync.domain.customer import Customer
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Intent, Link, LinkChange
from visma_sync.sync.ports import CustomerTarget, TargetContact
from visma_sync.sync.run import Run, now
from visma_sync.sync.write import Look, Write, write_once

_CONTACT_DUE = "contact_due"


def contact_due(customer: Customer) -> dict[str, bool]:
    """Noted with the customer's link, so that a contact person is not forgotten when the step dies in between."""
    return {_CONTACT_DUE: True} if customer.has_contact_person else {}


@dataclass(frozen=True)
class ContactPersons:
    """Makes contact persons, each once."""

    run: Run
    target: CustomerTarget
    journal: Journal
    intents: Mapping[str, Intent]

    async def ensure(self, customer: Customer, link: Link, *, has_none: bool = False) -> Link:
        """A company's contact person gets a contact of its own, unless the target has one of that name or e-mail.

        `has_none` saves the look where the customer was made a moment ago. Gives the customer's link with nothing due.
        """
        if not link.detail.get(_CONTACT_DUE):
            return link
        intent = self.intents.get(customer.key)
        looked_at = now()
        existing = [] if has_none and intent is None else await self.target.contacts(link.target_key)
        same = _same_contact(customer, existing)
        if same is None or (intent is not None and intent.state == "open"):
            write = self._write(customer, link.target_key)
            await write_once(self.run, self.journal, write, intent, Look(same.id if same else "", looked_at))
        await self.journal.commit(LinkChange("customer", customer.key, _settled))
        return _settled(link)

    def _write(self, customer: Customer, number: str) -> Write:
        written = self.run.mapping("customer").write(
            "contact", customer, links={"customer": number}, settings=self.run.settings, plan=None
        )

        async def send() -> str:
            return await self.target.create_contact(written.payload)

        return Write(
            kind="contact",
            key=customer.key,
            action="create",
            marker=number,
            payload=written.payload,
            send=send,
            link=Link("contact", customer.key, ""),
            flow=self.run.writer_of("customer"),
        )


def _settled(link: Link) -> Link:
    return replace(link, detail={name: noted for name, noted in link.detail.items() if name != _CONTACT_DUE})


def _same_contact(customer: Customer, existing: Sequence[TargetContact]) -> TargetContact | None:
    name, email = customer.contact_name.casefold(), customer.contact_email.casefold()
    for contact in existing:
        if contact.name.casefold() == name or (email and contact.email.casefold() == email):
            return contact
    return None
