"""The least number of calls of the customers flow to eAccounting; its terms are those of its page in docs/flows.

A change takes two calls: eAccounting has no versions and takes whole customers, so each is read right before it is
written. Which ones have to change is seen before, from its list or one by one.
"""

from bench.least.terms import CUSTOMER_PAGE, LOOKS, SOURCE_PAGE, Measured, pages

TOKENS = 2
CALLS_PER_CHANGE = 2
TARGET_LISTS = ("terms of payment", "countries")


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name."""
    before = measured.before
    all_customers = pages(len(before.target["customers"]), SOURCE_PAGE)
    known = {customer["Name"]: customer for customer in before.target["customers"]}
    missing = [one for one in before.source["customers"] if one["name"] not in known]
    changed = [
        one
        for one in before.source["customers"]
        if one["name"] in known and one["mainContact"].get("phone1") != known[one["name"]]["Telephone"]
    ]
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "customer_pages": pages(len(before.source["customers"]), CUSTOMER_PAGE),
        "target_lists": measured.once(len(TARGET_LISTS)),
        "target_customers": all_customers if missing else min(len(changed), all_customers),
        "customers_made": len(missing),
        "customers_read_and_changed": CALLS_PER_CHANGE * len(changed),
    }
