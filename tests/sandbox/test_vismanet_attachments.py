"""Files attached to items in the imitated core API: revisions, download, and what is no file."""

import base64
import hashlib

import httpx

from tests.sandbox.vismanet_caller import Caller

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def attach(vismanet: Caller, number: str, name: str, content: bytes = PICTURE) -> httpx.Response:
    """Attach a file to an item."""
    return vismanet.core("POST", f"inventory/{number}/attachment", files={"file": (name, content, "image/png")})


def test_an_attached_file_is_listed_with_its_item_and_downloaded_as_it_was(vismanet: Caller) -> None:
    number = vismanet.new_item("F-pic")
    answer = attach(vismanet, number, "F-pic.png")
    item = vismanet.core("GET", f"inventory/{number}").json()
    (shown,) = item["attachments"]
    assert (answer.status_code, shown["name"], shown["revision"]) == (201, "F-pic.png", 1)
    assert answer.headers["Location"].endswith(f"/v1/attachment/{shown['id']}")
    download = vismanet.core("GET", f"attachment/{shown['id']}")
    assert (download.content, download.headers["Content-Type"]) == (PICTURE, "image/png")
    asked = {"inventoryNumber": number, "expandAttachment": "false"}
    assert "attachments" not in vismanet.core("GET", "inventory", params=asked).json()[0]


def test_the_same_name_is_a_new_revision_and_another_name_another_file(vismanet: Caller) -> None:
    number = vismanet.new_item("F-rev")
    for name, content in (("a.png", b"one"), ("b.png", b"two"), ("a.png", b"three")):
        assert attach(vismanet, number, name, content).status_code == 201
    kept = {row["name"]: row for row in vismanet.state("attachments") if row["inventoryNumber"] == number}
    assert {name: (row["revision"], row["size"]) for name, row in kept.items()} == {"a.png": (2, 5), "b.png": (1, 3)}
    assert kept["a.png"]["sha256"] == hashlib.sha256(b"three").hexdigest()


def test_attaching_leaves_the_item_unchanged_and_a_change_leaves_the_file(vismanet: Caller) -> None:
    number = vismanet.new_item("F-same")
    before = vismanet.core("GET", f"inventory/{number}").headers["ETag"]
    attach(vismanet, number, "a.png")
    assert vismanet.core("GET", f"inventory/{number}").headers["ETag"] == before
    vismanet.core("PUT", f"inventory/{number}", {"description": {"value": "Anders"}})
    assert len(vismanet.core("GET", f"inventory/{number}").json()["attachments"]) == 1


def test_a_file_is_attached_to_an_item_with_reserved_signs(vismanet: Caller) -> None:
    number = vismanet.new_item("F/A #1")
    key = base64.urlsafe_b64encode(number.encode()).decode().rstrip("=")
    assert attach(vismanet, f"b64({key})", "a.png").status_code == 201
    assert vismanet.core("GET", f"inventory/b64({key})").json()["attachments"][0]["name"] == "a.png"


def test_what_is_no_single_named_file_is_refused(vismanet: Caller) -> None:
    number = vismanet.new_item("F-no")
    path = f"inventory/{number}/attachment"
    two = [("file", ("a.png", b"1")), ("file", ("b.png", b"2"))]
    answers = [
        vismanet.core("POST", path, files=two),
        vismanet.core("POST", path, data={"name": "a.png"}),
        vismanet.core("POST", path, {"file": "a.png"}),
        vismanet.core("POST", path, content=b"nothing", headers={"Content-Type": "multipart/form-data"}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400, 400]
    assert [answer.json()["message"].startswith("VismaId") for answer in answers] == [True] * 4
    assert vismanet.core("GET", f"inventory/{number}").json()["attachments"] == []
    assert attach(vismanet, "nobody", "a.png").status_code == 404
    assert vismanet.core("GET", "attachment/00000000-0000-0000-0000-000000000001").status_code == 404
