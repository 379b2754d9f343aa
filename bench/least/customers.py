"""The least number of calls of the customers flow; its terms are those of docs/flows/customers.md.

Three of these are nothing in what is measured: no company is found that was there before, so that no contact person is
looked for; and every linked or waiting customer is in the window, so that none is looked for among the deleted ones or
read again.
"""

from bench.least.terms import CUSTOMER_PAGE, LOOKS, SETTINGS_LISTS, SOURCE_PAGE, Measured, pages

TOKENS = 2
# A customer is read with its version, and written.
CALLS_PER_UPDATE = 2
DONE = ("created", "updated", "unchanged")


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name."""
    before = measured.before
    without_link = measured.is_first or len(before.source["customers"]) > len(measured.of(*DONE))
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "customer_pages": pages(len(before.source["customers"]), SOURCE_PAGE),
        "company": measured.once(1),
        "terms_of_payment": measured.once(1),
        "target_lists": measured.once(len((*SETTINGS_LISTS, "countries"))),
        "target_customer_pages": pages(_changed(measured), CUSTOMER_PAGE) if without_link else 0,
        "customers_made": measured.made("customers"),
        "contacts_made": measured.made("contacts"),
        "customers_read_and_written": CALLS_PER_UPDATE * len(measured.of("updated")),
    }


def _changed(measured: Measured) -> int:
    """The target's customers changed since the last look; an earlier run made all that are there."""
    return len(measured.before.target["customers"])
