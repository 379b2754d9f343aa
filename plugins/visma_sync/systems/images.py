"""Pictures of products, each found by the product's SKU.

What a picture is called says nothing about what it is: each is read whole, but no further than 5 MB, and
decoded before anybody else sees it.
"""

import asyncio
import errno
import hashlib
import io
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import quote

import PIL.Image

from visma_sync.errors import ConfigurationError, Reason, RecordRejectedError

LARGEST_BYTES: Final = 5 * 1024 * 1024
# A picture of 5 MB can declare thousands of millions of pixels, and each takes memory once it is decoded.
MOST_PIXELS: Final = 40_000_000
ENDINGS: Final = (".png", ".jpg", ".jpeg", ".PNG", ".JPG", ".JPEG")
OPERATION: Final = "product image"

RESOLUTIONS: Final = {
    "image_elsewhere": "Put the picture itself into the folder, or at its address on a public server.",
    "image_refused": "Let the image server give the picture to everybody, or answer 404 where there is none.",
    "image_too_large": "Make the picture smaller: at most 5 MB and 40 million pixels.",
    "image_unreadable": "Let the account that runs Airflow read the file.",
    "not_an_image": "Put a PNG or JPEG picture in its place.",
}

_TOO_MANY_PIXELS: Final = "the image has more than 40 million pixels"
_NO_SUCH_FILE: Final = (errno.ENOENT, errno.ENAMETOOLONG)
# What the decoder raises for content that is no picture, or half of one.
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError)
# Decoded pictures take up to 160 MB each.
_ONE_AT_A_TIME: Final = threading.Lock()

MediaType = Literal["image/png", "image/jpeg"]


@dataclass(frozen=True)
class Image:
    """A picture as it is uploaded: `name` is the same for every version, `checksum` tells versions apart."""

    name: str
    content: bytes = field(repr=False)
    media_type: MediaType
    checksum: str


class ImageSource(Protocol):
    """Where pictures of products come from."""

    async def image(self, sku: str) -> Image | None:
        """The picture of a product, None where it has none.

        Raises RecordRejectedError where what is there cannot be used, RetryableError where waiting helps.
        """
        ...

    async def close(self) -> None:
        """Close the connections, if there are any."""
        ...


class ImageFolder:
    """Pictures in a folder: `<SKU>.png`, `.jpg` or `.jpeg`, the SKU quoted as in an address (`A%2F1.png`).

    Raises ConfigurationError where there is no such folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        if not self._folder.is_dir():
            raise ConfigurationError(
                f"there is no folder {folder} for product images",
                resolution="Make the folder, or name another one in the settings.",
                operation=OPERATION,
            )

    async def image(self, sku: str) -> Image | None:
        """The picture of a product, None where the folder has none; a link may not lead out of the folder."""
        content = await asyncio.to_thread(self._content, sku)
        return None if content is None else await asyncio.to_thread(checked_image, sku, content)

    async def close(self) -> None:
        """A folder needs no closing."""

    def _content(self, sku: str) -> bytes | None:
        for ending in ENDINGS:
            try:
                found = (self._folder / f"{quoted(sku)}{ending}").resolve(strict=True)
                if not found.is_relative_to(self._folder):
                    raise rejected(sku, "image_elsewhere", "the image is a link that leads out of its folder")
                if not found.is_file():
                    raise rejected(sku, "not_an_image", "the image is not a file")
                with found.open("rb") as file:
                    return file.read(LARGEST_BYTES + 1)
            except (OSError, RuntimeError) as error:  # links that lead in a circle, before Python 3.13: RuntimeError
                if getattr(error, "errno", None) not in _NO_SUCH_FILE:
                    what = f"the image cannot be read ({type(error).__name__})"
                    raise rejected(sku, "image_unreadable", what) from error
        return None


def checked_image(sku: str, content: bytes) -> Image:
    """A picture that was decoded from its first to its last byte.

    Raises RecordRejectedError where it is too large or no PNG or JPEG.
    """
    if len(content) > LARGEST_BYTES:
        raise rejected(sku, "image_too_large", "the image has more than 5 MB")
    try:
        with _ONE_AT_A_TIME, PIL.Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise rejected(sku, "image_too_large", _TOO_MANY_PIXELS)
            picture.load()
            is_png = picture.format == "PNG"
    except PIL.Image.DecompressionBombError as error:
        raise rejected(sku, "image_too_large", _TOO_MANY_PIXELS) from error
    except _BROKEN as error:
        raise rejected(sku, "not_an_image", "the image is not a whole PNG or JPEG picture") from error
    return Image(
        name=f"{quoted(sku)}.{'png' if is_png else 'jpg'}",
        content=content,
        media_type="image/png" if is_png else "image/jpeg",
        checksum=hashlib.sha256(content).hexdigest(),
    )


def quoted(sku: str) -> str:
    """A SKU as it stands in addresses and names of files: `A/1` is `A%2F1`."""
    return quote(sku, safe="", errors="surrogatepass")


def rejected(sku: str, code: str, sentence: str) -> RecordRejectedError:
    """What is said about a picture that cannot be used, with what to do about it."""
    return RecordRejectedError([Reason(code, sentence)], resolution=RESOLUTIONS[code], operation=OPERATION, key=sku)
