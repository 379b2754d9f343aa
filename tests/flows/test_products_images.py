"""Pictures of products: attached once, again only when they changed, and never anything that is no picture."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from tests.flows.product_flow import TODAYS, article, entered, items, made, run
from tests.flows.running import EVERYTHING, NOTHING_NEW, Company, only
from tests.flows.shop import WRITES
from tests.systems.pictures import heavy, picture
from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.sync.products.images import PatientPictures

ATTACH = "POST /vismanet/v1/inventory/{number}/attachment"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for pictures."""
    made_here = tmp_path / "pictures"
    made_here.mkdir()
    return made_here


def pictures_of(company: Company, number: str) -> list[tuple[str, int, str]]:
    """The pictures of an item of the target: name, revision and checksum."""
    return [
        (one["name"], one["revision"], one["sha256"])
        for one in company.state("vismanet", "attachments")
        if one["inventoryNumber"] == number
    ]


def with_pictures(company: Company, folder: Path) -> Company:
    """The company once its settings name the folder."""
    company.decide(products={"images": {"folder": str(folder)}}, uncertain_wait_seconds=1, timeout_seconds=2)
    return company


def test_a_picture_is_attached_under_a_name_of_its_product_and_only_once(company: Company, folder: Path) -> None:
    content = picture("PNG")
    (folder / "A%2FB%20%231.png").write_bytes(content)
    with_pictures(company, folder)
    ran = run(company, only("A/B #1", "1e5"))
    assert ran.all_ended() == {"A/B #1": "created", "1e5": "created"}
    assert "picture sent" in ran.outcomes["A/B #1"].detail
    checksum = hashlib.sha256(content).hexdigest()
    assert pictures_of(company, "A/B #1") == [("A%2FB%20%231.png", 1, checksum)]
    company.forget_requests()
    assert set(run(company, only("A/B #1", "1e5")).all_ended().values()) == {"unchanged"}
    assert not company.writes()


def test_a_picture_that_changed_becomes_the_newest_revision_of_the_same_attachment(
    company: Company, folder: Path
) -> None:
    (folder / "1e5.jpg").write_bytes(picture("JPEG"))
    with_pictures(company, folder)
    run(company, only("1e5"))
    newer = picture("JPEG", "blue")
    (folder / "1e5.jpg").write_bytes(newer)
    assert run(company, only("1e5")).ended("1e5") == "updated"
    assert pictures_of(company, "1e5") == [("1e5.jpg", 2, hashlib.sha256(newer).hexdigest())]


def test_a_change_of_the_product_does_not_send_its_picture_again(company: Company, folder: Path) -> None:
    (folder / "NEW-1.png").write_bytes(picture("PNG"))
    with_pictures(company, folder)
    made(company)
    article(company, "NEW-1", NetPrice=3)
    company.forget_requests()
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    assert company.writes()[ATTACH] == 0


def test_a_picture_that_cannot_be_used_parks_its_product_until_it_is_replaced(company: Company, folder: Path) -> None:
    (folder / "1e5.png").write_bytes(heavy())
    (folder / "007.png").write_bytes(b"<html>no picture</html>")
    (folder / "A%2FB%20%231.png").symlink_to("/etc/hostname")
    (folder / "MAAT%2042.png").write_bytes(picture("PNG"))
    with_pictures(company, folder)
    ran = run(company, only("1e5", "007", "A/B #1", "MAAT 42"))
    assert ran.all_ended() == {
        "1e5": "parked(image_too_large)",
        "007": "parked(not_an_image)",
        "A/B #1": "parked(image_elsewhere)",
        "MAAT 42": "created",
    }
    assert all(ran.outcomes[number].cure for number in ("1e5", "007", "A/B #1"))
    assert {"1e5", "007", "A/B #1", "MAAT 42"} <= set(items(company))
    assert [one["inventoryNumber"] for one in company.state("vismanet", "attachments")] == ["MAAT 42"]
    (folder / "1e5.png").write_bytes(picture("PNG"))
    (folder / "007.png").unlink()
    again = run(company, NOTHING_NEW)
    assert (again.ended("1e5"), again.ended("007")) == ("updated", "unchanged")
    assert len(pictures_of(company, "1e5")) == 1


def test_a_dry_run_says_which_pictures_would_be_sent(company: Company, folder: Path) -> None:
    (folder / "NEW-1.png").write_bytes(picture("PNG"))
    (folder / "NEW-2.png").write_bytes(picture("PNG"))
    made(company)
    entered(company, "NEW-2")
    with_pictures(company, folder)
    before = company.everything()
    ran = run(company, TODAYS, dry_run=True)
    assert company.everything() == before
    assert ran.outcomes["NEW-1"].detail == "its picture would be sent"
    assert ran.outcomes["NEW-2"].detail == "would be created; its picture would be sent"


def test_what_is_not_in_the_target_gets_no_picture(company: Company, folder: Path) -> None:
    for name in ("OUT-1", "PALLET-1"):
        (folder / f"{name}.png").write_bytes(picture("PNG"))
    with_pictures(company, folder)
    ran = run(company, only("OUT-1", "PALLET-1"))
    assert ran.all_ended() == {"OUT-1": "skipped(not_sold)", "PALLET-1": "parked(no_units)"}
    assert company.state("vismanet", "attachments") == []


@pytest.mark.parametrize("kind", ["refuse", "timeout_before", "500", "503", "timeout_after", "cut", "500_after"])
def test_whatever_fails_on_the_way_the_picture_is_there_under_one_name(
    kind: str, company: Company, folder: Path
) -> None:
    content = picture("PNG")
    (folder / "1e5.png").write_bytes(content)
    with_pictures(company, folder)
    company.fault(kind, **WRITES["picture"])
    ran = run(company, only("1e5"))
    assert company.faults_fired() == [1]
    assert ran.ended("1e5") == "created"
    assert pictures_of(company, "1e5") == [("1e5.png", 1, hashlib.sha256(content).hexdigest())]
    company.forget_requests()
    run(company, only("1e5"))
    assert not company.writes()


@pytest.mark.parametrize("newer", [False, True])
def test_a_picture_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    newer: bool, company: Company, folder: Path
) -> None:
    first, second = picture("PNG"), picture("PNG", "blue")
    (folder / "1e5.png").write_bytes(first)
    with_pictures(company, folder)
    company.tries = 1
    company.fault("timeout_after", **WRITES["picture"])
    assert run(company, only("1e5")).ended("1e5") == "uncertain(answer_lost)"
    last = second if newer else first
    (folder / "1e5.png").write_bytes(last)
    company.tries = 5
    assert run(company, NOTHING_NEW).ended("1e5") == "updated"
    assert pictures_of(company, "1e5") == [("1e5.png", 2 if newer else 1, hashlib.sha256(last).hexdigest())]


class SilentPlace:
    """A place of pictures that does not answer any more after some products."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.asked = 0

    async def image(self, sku: str) -> None:
        """No picture, and then no answer."""
        self.asked += 1
        if self.asked > self.answers:
            raise RetryableError("the image server cannot be reached", operation="product image", key=sku)


def test_a_place_that_does_not_answer_is_not_asked_for_every_product() -> None:
    async def asked_for(products: int) -> tuple[int, int]:
        place = SilentPlace(answers=10)
        pictures, refused = PatientPictures(place), 0
        for number in range(products):
            try:
                await pictures.image(str(number))
            except RetryableError:
                refused += 1
        return place.asked, refused

    assert asyncio.run(asked_for(1000)) == (15, 990)


def test_a_picture_that_the_target_refuses_parks_its_product(company: Company, folder: Path) -> None:
    (folder / "1e5.png").write_bytes(picture("PNG"))
    with_pictures(company, folder)
    company.fault("500", times=20, **WRITES["picture"])
    ran = run(company, only("1e5", "007"))
    assert ran.outcomes["1e5"].state in {"parked", "uncertain"}
    assert ran.ended("007") == "created"
    company.no_more_faults()
    assert run(company, NOTHING_NEW).ended("1e5") == "updated"
    assert len(pictures_of(company, "1e5")) == 1


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ({"folder": "/no/such/folder"}, "folder"),
        ({"folder": "a", "address": "https://b.example/{sku}.png"}, "not both"),
        ({"address": "http://pictures.example/{sku}.png", "hosts": ["pictures.example"]}, "https"),
        ({"address": "https://pictures.example/{sku}.png", "hosts": []}, "host"),
    ],
)
def test_a_wrong_place_of_pictures_is_told_by_name(images: dict[str, object], said: str, company: Company) -> None:
    with pytest.raises(ConfigurationError, match=said):
        company.decide(products={"images": images})
        run(company, EVERYTHING)


def test_a_picture_inside_the_own_network_is_not_asked_for(company: Company) -> None:
    images = {"address": "https://localhost:18699/{sku}.png", "hosts": ["localhost"]}
    company.decide(products={"images": images})
    ran = run(company, only("1e5"))
    assert ran.ended("1e5") == "parked(image_elsewhere)"
    assert "1e5" in items(company)
