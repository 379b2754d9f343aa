"""Notes on documents of eAccounting: entered and read; an order names the keys of its own.

That a note moves the stamp of its order is not known; here it does, so that no client may count on it not to.
"""

from sandbox.answers import Answer
from sandbox.eaccounting.access import ACCOUNTING, PURCHASE, SALES, Api, Call, ok
from sandbox.eaccounting.books import utc_now
from sandbox.eaccounting.documents import random_id
from sandbox.eaccounting.refusals import not_found
from sandbox.eaccounting.schema import filled

ORDER = 6


def add_notes(api: Api) -> None:
    """Open the address under which notes are entered; reading them is opened with the other lists."""
    api.add("POST", "/notes", create, SALES | ACCOUNTING | PURCHASE)


async def create(call: Call) -> Answer:
    """Enter a note; one on an order must name an order that there is."""
    body = await call.body("NoteApi")
    note = filled("NoteApi", **body) | {"Id": random_id(), "CreatedUtc": utc_now(), "ModifiedUtc": utc_now()}
    orders = call.books["orders"]
    if note["DocumentType"] == ORDER:
        order = orders.get(note["AttachedTo"])
        if order is None:
            raise not_found("Order")
        orders.save(order | {"Notes": [*(order["Notes"] or []), note["Id"]], "ModifiedUtc": utc_now()})
    return ok(call.books["notes"].save(note))
