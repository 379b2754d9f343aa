"""Pictures for the tests: good ones, and ones that only look so."""

import io
import struct
import zlib
from typing import Literal

import PIL.Image


def picture(kind: Literal["PNG", "JPEG", "GIF"], colour: str = "red") -> bytes:
    """A small picture of one colour."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (60, 40), colour).save(file, kind)
    return file.getvalue()


def two_in_one() -> bytes:
    """A photograph with a second picture inside, as some telephones make them."""
    file = io.BytesIO()
    first, second = (PIL.Image.new("RGB", (60, 40), colour) for colour in ("red", "blue"))
    first.save(file, "MPO", save_all=True, append_images=[second])
    return file.getvalue()


def declared(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many grey pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    signature = bytes.fromhex("89504e470d0a1a0a")
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0" * 100)) + chunk(b"IEND", b"")


def heavy() -> bytes:
    """A picture that is whole, and larger than 5 MB."""
    file = io.BytesIO()
    PIL.Image.effect_noise((2400, 2400), 100).save(file, "PNG", compress_level=0)
    return file.getvalue()
