"""Pictures of products in a folder, and what counts as a picture."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from tests.systems.pictures import declared, heavy, picture, two_in_one
from visma_sync.errors import ConfigurationError, RecordRejectedError
from visma_sync.systems.images import Image, ImageFolder, checked_image

RED = picture("PNG")


def found(folder: Path, sku: str = "007") -> Image | None:
    return asyncio.run(ImageFolder(folder).image(sku))


def refused(folder: Path, sku: str = "007") -> RecordRejectedError:
    with pytest.raises(RecordRejectedError) as raised:
        found(folder, sku)
    assert raised.value.key == sku
    assert raised.value.resolution
    return raised.value


def test_a_picture_is_found_by_its_sku_and_told_apart_by_its_checksum(tmp_path: Path) -> None:
    (tmp_path / "007.png").write_bytes(RED)
    assert found(tmp_path) == Image("007.png", RED, "image/png", hashlib.sha256(RED).hexdigest())
    (tmp_path / "007.png").write_bytes(picture("PNG", "blue"))
    changed = found(tmp_path)
    assert changed is not None
    assert changed.name == "007.png"
    assert changed.checksum != hashlib.sha256(RED).hexdigest()


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "JPG"])
def test_a_photograph_keeps_its_name_whatever_its_ending(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"007.{ending}").write_bytes(picture("JPEG"))
    image = found(tmp_path)
    assert image is not None
    assert (image.name, image.media_type) == ("007.jpg", "image/jpeg")


def test_what_a_picture_is_counts_and_not_what_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "007.png").write_bytes(picture("JPEG"))
    image = found(tmp_path)
    assert image is not None
    assert (image.name, image.media_type) == ("007.jpg", "image/jpeg")


def test_a_telephone_puts_two_pictures_into_one_photograph() -> None:
    assert checked_image("007", two_in_one()).media_type == "image/jpeg"


def test_a_product_without_a_picture_has_none(tmp_path: Path) -> None:
    (tmp_path / "0070.png").write_bytes(RED)
    (tmp_path / "007.gif").write_bytes(picture("GIF"))
    assert found(tmp_path) is None
    assert found(tmp_path, "å" * 200) is None


@pytest.mark.parametrize(
    ("sku", "name"), [("A/1 å", "A%2F1%20%C3%A5"), ("..", ".."), ("5%", "5%25"), ("a\0b", "a%00b")]
)
def test_reserved_characters_of_a_sku_are_quoted(tmp_path: Path, sku: str, name: str) -> None:
    (tmp_path / f"{name}.png").write_bytes(RED)
    image = found(tmp_path, sku)
    assert image is not None
    assert image.name == f"{name}.png"


def test_a_sku_cannot_name_a_file_outside_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    (folder / "inner").mkdir(parents=True)
    for place in (tmp_path / "secret.png", folder / "inner" / "secret.png"):
        place.write_bytes(RED)
    for sku in ("../secret", str(tmp_path / "secret"), "inner/secret", "inner/../../secret", "%2e%2e/secret"):
        assert found(folder, sku) is None


def test_a_link_that_leads_out_of_the_folder_is_refused_and_one_within_is_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "images", tmp_path / "images-of-others"
    for place in (folder, elsewhere):
        place.mkdir()
        (place / "red.png").write_bytes(RED)
    (folder / "1.png").symlink_to(elsewhere / "red.png")
    (folder / "2.png").symlink_to("../images-of-others/red.png")
    (folder / "3.png").symlink_to("red.png")
    assert refused(folder, "1").code == "image_elsewhere"
    assert refused(folder, "2").code == "image_elsewhere"
    assert found(folder, "3") is not None


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "007.png").write_bytes(RED)
    (tmp_path / "shortcut").symlink_to("images")
    assert found(tmp_path / "shortcut") is not None


def test_what_is_no_file_or_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "circle.png").symlink_to("circle.png")
    assert refused(tmp_path, "folder").code == "not_an_image"
    assert refused(tmp_path, "pipe").code == "not_an_image"
    assert refused(tmp_path, "circle").code == "image_unreadable"


def test_a_folder_that_is_not_there_is_a_matter_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(RED)
    for place in (tmp_path / "nowhere", tmp_path / "file"):
        with pytest.raises(ConfigurationError, match="folder"):
            ImageFolder(place)


def test_a_picture_of_more_than_five_megabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "007.png").write_bytes(heavy())
    error = refused(tmp_path)
    assert error.code == "image_too_large"
    assert "5 MB" in error.resolution


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # from 89 million pixels on
@pytest.mark.parametrize(("width", "height"), [(7000, 7000), (12000, 12000), (30000, 30000)])
def test_a_small_file_that_unfolds_to_a_huge_picture_is_refused(width: int, height: int) -> None:
    with pytest.raises(RecordRejectedError) as raised:
        checked_image("007", declared(width, height))
    assert raised.value.code == "image_too_large"


def test_the_largest_picture_that_is_decoded_has_forty_million_pixels() -> None:
    for height, code in ((5000, "not_an_image"), (5001, "image_too_large")):
        with pytest.raises(RecordRejectedError) as raised:
            checked_image("007", declared(8000, height))
        assert raised.value.code == code


def broken(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 255]) + content[place + 1 :]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>No such picture</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0 a photograph, honestly",
        picture("GIF"),
        RED[: len(RED) // 2],
        broken(RED, RED.index(b"IDAT") + 6),
        broken(RED, RED.index(b"IHDR") + 7),
        picture("JPEG")[:-50],
    ],
)
def test_what_is_not_a_whole_png_or_jpeg_is_refused(content: bytes) -> None:
    with pytest.raises(RecordRejectedError) as raised:
        checked_image("007", content)
    assert raised.value.code == "not_an_image"
    assert "PNG or JPEG" in raised.value.resolution


def test_the_content_of_a_picture_is_never_shown() -> None:
    assert "content" not in repr(checked_image("007", RED))
