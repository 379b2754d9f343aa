"""Encryption of what the ledger keeps of people, and keyed hashes to find it again."""

import hmac
import zlib
from typing import Any

import simplejson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from visma_sync.errors import ConfigurationError

KEY_NAME = "VISMA_SYNC_LEDGER_KEY"


def read_keys(keys: str) -> MultiFernet:
    """The Fernet keys of a text, newest first, with commas between; ConfigurationError without any."""
    texts = [text.strip() for text in keys.split(",") if text.strip()]
    try:
        fernets = [Fernet(text) for text in texts]
    except ValueError as error:
        raise ConfigurationError(
            f"{KEY_NAME} holds a text that is no Fernet key",
            resolution=f"Set {KEY_NAME} to Fernet keys of 44 characters, newest first, with commas between.",
        ) from error
    if not fernets:
        raise ConfigurationError(
            f"{KEY_NAME} is empty: the ledger encrypts what it keeps",
            resolution=f"Make a Fernet key, keep it with the other secrets, and set {KEY_NAME} to it.",
        )
    return MultiFernet(fernets)


def opened(fernet: MultiFernet, sealed: str) -> bytes:
    """The bytes under a seal; ConfigurationError when none of the keys fits."""
    try:
        return fernet.decrypt(sealed)
    except InvalidToken as error:
        raise ConfigurationError(
            f"the keys in {KEY_NAME} do not open this ledger",
            resolution=f"Put the key with which the ledger was made back into {KEY_NAME}, behind newer ones.",
        ) from error


class Seal:
    """The keys of one ledger at work."""

    def __init__(self, fernet: MultiFernet, hash_key: bytes) -> None:
        self._fernet = fernet
        self._hash_key = hash_key

    def close(self, content: Any) -> str:
        """JSON content (or a text) encrypted; Decimal stays Decimal."""
        text = simplejson.dumps(content, use_decimal=True)
        return self._fernet.encrypt(zlib.compress(text.encode(), level=1)).decode()

    def open(self, sealed: str) -> Any:
        """What `close` was given."""
        return simplejson.loads(zlib.decompress(opened(self._fernet, sealed)).decode(), use_decimal=True)

    def rotate(self, sealed: str) -> str:
        """The same content under the newest key."""
        return self._fernet.encrypt(opened(self._fernet, sealed)).decode()

    def hash(self, text: str) -> str:
        """Keyed hash, 64 hexadecimal digits: equal for equal texts, of no use without the ledger's keys."""
        return hmac.digest(self._hash_key, text.encode(), "sha256").hex()
