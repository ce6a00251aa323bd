"""OwnTracks' payload encryption: what the app encrypts with the key in its settings.

Format: owntracks.org/booklet/features/encrypt. `data` is base64 of a nonce of 24 bytes and libsodium's secretbox of the
message; the key is up to 32 bytes, filled up with zeros. A secretbox that opens was closed by who has the key.
"""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

WRONG_KEY: Final = "field `data` is not encrypted with this device's payload key, or was damaged on the way"


class NotOpened(ValueError):
    """Raised for a payload that the key does not open; it says no more, for it cannot be known."""


def opened(data: str, key: str) -> bytes:
    """Return the message that an app encrypted.

    Args:
        data: the field of that name.
        key: as it is typed into the app; at most 32 bytes.

    Raises:
        NotOpened: another key, damaged, or no encrypted payload at all.
    """
    try:
        return SecretBox(padded(key)).decrypt(base64.b64decode(data))
    except (CryptoError, ValueError) as error:
        raise NotOpened(WRONG_KEY) from error


def opened_by_any(data: str, keys: Sequence[str]) -> tuple[bytes, int]:
    """Return the message that an app encrypted with one of the keys, and the place of that key.

    Raises:
        NotOpened: as `opened`, with each of them.
    """
    for place, key in enumerate(keys):
        with contextlib.suppress(NotOpened):
            return opened(data, key), place
    raise NotOpened(WRONG_KEY)


def padded(key: str) -> bytes:
    """Return the key as the apps use it.

    Raises:
        ValueError: over 32 bytes, which the apps do not take.
    """
    found = key.encode().ljust(SecretBox.KEY_SIZE, b"\0")
    if len(found) > SecretBox.KEY_SIZE:
        raise ValueError(f"a payload key has at most {SecretBox.KEY_SIZE} bytes")
    return found
