"""A customer: a company with a contact person, or a private person."""

from pydantic import Field

from visma_sync.domain.record import Address, Record, Text
from visma_sync.domain.text import comparable_email


class Customer(Record):
    """Somebody who orders.

    `vat_number` carries its country prefix; currency is ISO 4217, empty = the company's; `groups` are the labels that
    the source gives the customer, `reference` is the number that another system has for it.
    """

    key: str = Field(min_length=1)
    number: Text = ""
    name: Text = Field(min_length=1)
    is_company: bool
    email: Text = ""
    phone: Text = ""
    mobile: Text = ""
    website: Text = ""
    contact_name: Text = ""
    contact_email: Text = ""
    contact_phone: Text = ""
    vat_number: Text = ""
    corporate_id: Text = ""
    invoice_address: Address
    delivery_address: Address
    currency: Text = ""
    language: Text = ""
    payment_terms: Text = ""
    groups: tuple[Text, ...] = ()
    reference: Text = ""
    delivery_based_vat: bool = False
    is_northern_ireland: bool = False
    is_active: bool = True

    @property
    def email_compared(self) -> str:
        """The e-mail address by which the customer is found, empty where there is none."""
        return comparable_email(self.email)

    @property
    def has_contact_person(self) -> bool:
        """A company whose contact person is known gets a contact of its own."""
        return self.is_company and bool(self.contact_name)
