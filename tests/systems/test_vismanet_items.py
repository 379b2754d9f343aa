"""What items of the imitated company say besides their number: parts, attributes, barcodes and files."""

import hashlib
from decimal import Decimal

import pytest

from tests.systems.imitation import Imitation, rows_of, with_target
from visma_sync.errors import NotFoundError, UncertainWriteError
from visma_sync.systems.vismanet.answers.items import item_as_written
from visma_sync.systems.vismanet.client import VismaNetClient
from visma_sync.systems.vismanet.items import expanded
from visma_sync.systems.vismanet.wire import InventoryUpdate

BARCODE = {"alternateType": "Barcode", "alternateID": "8712345678906", "uom": "STK"}
OTHER_NUMBER = {"alternateType": "Global", "alternateID": "CH 1"}
CHAIR = {
    "type": "FinishedGoodItem",
    "status": "Active",
    "description": "A chair",
    "body": "<p>It has four legs.</p>",
    "note": "Sold by the pair",
    "itemClass": "STOCK",
    "postingClass": "1",
    "vatCode": "NL21",
    "baseUnit": "STK",
    "salesUnit": "STK",
    "purchaseUnit": "STK",
    "defaultPrice": Decimal("89.95"),
    "defaultWarehouse": "1",
    "salesAccount": "8000",
    "salesEuAccount": "8020",
    "attributeLines": [{"attributeId": "COLOUR", "attributeValue": "ROOD"}],
    "packaging": {"baseItemWeight": Decimal("4.5"), "weightUOM": "KG"},
}


async def a_chair(client: VismaNetClient, sku: str, *references: dict[str, str]) -> str:
    rows = [{"operation": "Insert", **reference} for reference in references]
    return await client.create_item({**CHAIR, "inventoryNumber": sku, "crossReferences": rows})


def test_an_item_can_be_compared_field_by_field_with_what_was_written(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        item = await client.item(await a_chair(client, "CHAIR/1", BARCODE, OTHER_NUMBER))
        assert item is not None
        written = item.as_written()
        assert {name: written[name] for name in CHAIR} == CHAIR
        assert (written["inventoryNumber"], written["crossReferences"]) == ("CHAIR/1", [BARCODE, OTHER_NUMBER])
        assert item.barcodes == {BARCODE["alternateID"]}
        InventoryUpdate.model_validate(written)

    with_target(imitation, work)


def test_what_is_read_of_an_item_has_the_shape_in_which_it_is_written() -> None:
    answer = {
        "inventoryNumber": "A",
        "description": "",
        "itemClass": {"id": "STOCK", "attributes": []},
        "vatCode": None,
        "accountInformation": {"cogsAccount": {"type": "Expense", "number": "4000"}, "salesSubaccount": {"id": "0"}},
        "attributes": [{"id": "COLOUR", "value": "ROOD", "description": "Kleur"}],
        "crossReferences": [
            {"alternateType": "Barcode", "alternateID": " 871 ", "timestamp": "AAAB"},
            {"alternateType": "CPN", "alternateID": "X-1", "bAccount": {"number": "10001", "name": "Anna"}},
        ],
        "kitItem": False,
        "stockItem": True,
    }
    assert item_as_written(answer) == {
        "inventoryNumber": "A",
        "itemClass": "STOCK",
        "cogsAccount": "4000",
        "attributeLines": [{"attributeId": "COLOUR", "attributeValue": "ROOD"}],
        "crossReferences": [
            {"alternateType": "Barcode", "alternateID": " 871 "},
            {"alternateType": "CPN", "alternateID": "X-1", "bAccount": "10001"},
        ],
        "kitItem": False,
    }


def test_a_list_of_items_is_bare_but_for_the_parts_that_were_asked_for(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await a_chair(client, "CHAIR-2", {**BARCODE, "alternateID": "8712345678913"})
        bare, known = [
            {item.number: item for item in await rows_of(client.items_changed(None, expand=parts))}[sku]
            for parts in ((), ("barcodes", "attributes"))
        ]
        assert (bare.barcodes, known.barcodes) == (frozenset(), frozenset({"8712345678913"}))
        assert "attributeLines" not in bare.as_written()
        assert known.as_written()["attributeLines"] == CHAIR["attributeLines"]
        assert "salesAccount" not in known.as_written()

    with_target(imitation, work)


def test_a_part_that_items_do_not_have_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="colours"):
        expanded("barcodes", "colours")


PICTURE = bytes(range(256)) * 40


def test_a_picture_is_attached_and_another_of_its_name_becomes_its_next_revision(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await a_chair(client, "CHAIR #3")
        for content in (b"first", PICTURE):
            await client.attach(sku, "CHAIR #3 é.png", content, "image/png")
        attached = [one for one in imitation.state("vismanet", "attachments") if one["inventoryNumber"] == sku]
        assert [(one["name"], one["revision"], one["sha256"]) for one in attached] == [
            ("CHAIR #3 é.png", 2, hashlib.sha256(PICTURE).hexdigest())
        ]
        with pytest.raises(NotFoundError):
            await client.attach("nowhere", "x.png", PICTURE, "image/png")

    with_target(imitation, work)


def test_a_picture_whose_answer_was_lost_is_uncertain_and_can_be_sent_again(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        sku = await a_chair(client, "CHAIR-4")
        imitation.fault("cut", method="POST", path="/attachment$")
        with pytest.raises(UncertainWriteError):
            await client.attach(sku, "chair.png", PICTURE, "image/png")
        await client.attach(sku, "chair.png", PICTURE, "image/png")
        attached = [one for one in imitation.state("vismanet", "attachments") if one["inventoryNumber"] == sku]
        assert [(one["name"], one["revision"]) for one in attached] == [("chair.png", 2)]

    with_target(imitation, work)
