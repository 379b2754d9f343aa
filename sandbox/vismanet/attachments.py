"""Files attached to items: sent as one part of a form, listed with the item, and downloaded by id.

Sources: "Visma.net ERP API" (inventory attachment, AttachmentDto), "Visma.net API docs, attachments" for the form.
A file of the same name is a new revision of the same attachment. Inferred: attaching does not change the item itself.
"""

import hashlib
import mimetypes
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.lists import created, missing, path_key

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Attachment:
    """One attached file as its last revision has it."""

    id: str
    name: str
    revision: int
    content: bytes


def attachments_of(item: Stored) -> list[Attachment]:
    """Give the files attached to an item."""
    found: list[Attachment] = item.values.get("attachments", [])
    return found


def shown_attachments(item: Stored) -> list[Record]:
    """Show the files of an item (AttachmentDto)."""
    return [{"name": one.name, "id": one.id, "revision": one.revision} for one in attachments_of(item)]


def attachment_facts(company: Company) -> list[Record]:
    """Give every attached file by what tells it from others: its item, name, revision, checksum and size in bytes."""
    return [
        {
            "inventoryNumber": item.key,
            "name": one.name,
            "revision": one.revision,
            "sha256": hashlib.sha256(one.content).hexdigest(),
            "size": len(one.content),
        }
        for item, one in _all_attachments(company)
    ]


def add_attachments(router: APIRouter, api: Api) -> None:
    """Offer attaching to items, and downloading."""

    @router.post("/v1/inventory/{number}/attachment", response_model=None)
    @api.allowing("create")
    async def attach(request: Request, company: Company) -> Response:
        number = path_key(request.path_params["number"])
        item = company.item(number)
        if item is None:
            raise missing("Inventory Item", number)
        name, content = await _file(request)
        kept = _attached(item, name, content)
        return created(request, "/vismanet/v1/attachment", kept.id, item.version)

    @router.get("/v1/attachment/{attachment_id}", response_model=None)
    @api.allowing("read")
    async def download(request: Request, company: Company) -> Response:
        wanted = request.path_params["attachment_id"]
        for _, one in _all_attachments(company):
            if one.id == wanted.lower():
                return Response(one.content, media_type=mimetypes.guess_type(one.name)[0] or UNKNOWN_TYPE)
        raise missing("Attachment", wanted)


async def _file(request: Request) -> tuple[str, bytes]:
    """Read the one file of a form: its name and its content."""
    try:
        async with request.form() as form:
            files = [part for _, part in form.multi_items() if not isinstance(part, str)]
            if len(files) != 1 or not files[0].filename:
                raise plain_refusal(400, "The request must have one file with a name.")
            return files[0].filename, await files[0].read()
    except HTTPException:
        raise plain_refusal(400, "The request is not a form with a file.") from None


def _attached(item: Stored, name: str, content: bytes) -> Attachment:
    """Attach a file, as a new revision where one of that name is attached already."""
    before = attachments_of(item)
    same = next((one for one in before if one.name == name), None)
    if same is None:
        kept = Attachment(str(uuid.uuid4()), name, 1, content)
    else:
        kept = replace(same, revision=same.revision + 1, content=content)
    item.values["attachments"] = [one for one in before if one is not same] + [kept]
    return kept


def _all_attachments(company: Company) -> Iterator[tuple[Stored, Attachment]]:
    for item in company.items.values():
        for one in attachments_of(item):
            yield item, one
