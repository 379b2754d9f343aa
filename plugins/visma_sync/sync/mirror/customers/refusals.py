"""Why a customer of a mirrored run is neither found nor made: a person decides which one it is."""

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError


def number_taken(number: str) -> RecordParkedError:
    """The number that a new customer was to keep is somebody else's."""
    return RecordParkedError(
        [Reason("number_taken", f"another customer of the target has the number {number}")],
        resolution="Give the two the same e-mail address or number where they are one; or let the target number new"
        " customers (mirror.customers.numbers: automatic).",
    )


def alike_to_new(customer: Customer, rival: str) -> RecordParkedError:
    """Another customer of the source that is made at this moment would be taken for this one, were its answer lost."""
    return RecordParkedError(
        [Reason("customer_alike", f"customer {rival} of the source has name and address of {customer.number}")],
        resolution="Merge them in the source where they are one; where they are two, the next run makes this one.",
    )


def alike_to(customer: Customer, numbers: str) -> RecordParkedError:
    """Were the answer to making this one lost, nothing could tell it from one that is there."""
    return RecordParkedError(
        [Reason("customer_alike", f"customer {numbers} of the target has name and address of {customer.number}")],
        resolution="Where it is the same customer, give it the same e-mail address or number in both systems; where it"
        " is not, tell them apart by their addresses.",
    )


def found_gone(customer: Customer, rule: str) -> RecordParkedError:
    """The customer that it was found to be has been deleted in the target since it was last listed."""
    return RecordParkedError(
        [Reason("found_gone", f"customer {customer.number}: the one of the target with the same {rule} was deleted")],
        resolution="Nothing: the next run looks for it again, and makes it where there is none.",
    )
