"""How the control addresses take what a person does at the ERP's own screens.

Bodies are plain JSON with the field names of the update DTOs, not wrapped; nothing done there counts as done by a
program.
"""

from collections.abc import Awaitable, Callable

import simplejson
from fastapi import Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.answers import Record, RefusalError, plain_refusal

PERSON = "boekhouder"
Endpoint = Callable[[Request], Awaitable[Response]]


def by_hand(handler: Callable[[Request], Awaitable[Record]]) -> Endpoint:
    """Answer with the record that a handler gives, or with its refusal."""

    async def endpoint(request: Request) -> Response:
        try:
            return Answer(await handler(request))
        except RefusalError as refused:
            return refused.answer()

    return endpoint


async def fields_of(request: Request) -> Record:
    """Read the fields that a person filled in."""
    try:
        fields = simplejson.loads(await request.body(), use_decimal=True)
    except ValueError:
        raise plain_refusal(400, "The body is not valid JSON.") from None
    if not isinstance(fields, dict):
        raise plain_refusal(400, "The body is not an object.")
    return fields
