"""Sealing personal data at rest: AES-256-GCM with a key of its own, or one derived from the installation's secret.

What a key with a version sealed begins with `HEAD` and the version; what began otherwise was sealed by version 0.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dashboard.store.data_keys import DataKeys

NONCE_BYTES = 12
HEAD = b"zsk"
HEAD_BYTES = len(HEAD) + 2  # with the version
MARK_BYTES = 8  # two of a million numbers share one by chance once in ten million cities
_LEAST_DIGITS = 7  # of a telephone number
_MARKED_DIGITS = 11  # a mobile number; what stands before it is a country's or an exchange's


class Unsealable(RuntimeError):
    """A sealed value does not open: another secret sealed it, or it was changed or moved to another row."""


class Seal:
    """Seals and opens short texts. `about` (the matter's id) is bound in, so a value cannot move between rows."""

    def __init__(self, secret: bytes, keys: DataKeys | None = None, older: Sequence[bytes] = ()) -> None:
        """Args: `older`: secrets before this one, by which version 0 still opens."""
        self._cipher = _version_0(secret)
        self._older = tuple(older)
        self._keys = keys or DataKeys()
        self._mark_key = HKDF(hashes.SHA256(), 32, salt=None, info=b"zhongshu phone mark").derive(secret)

    def head(self) -> bytes:
        """Return what begins a value that is sealed now; nothing while version 0 seals."""
        keys = self._keys.all()
        return HEAD + keys[0].version.to_bytes(2, "big") if keys else b""

    def mark(self, phone: str) -> str | None:
        """Return a mark by which the same number is known again and no number can be read; None for no number."""
        digits = "".join(one for one in phone if one.isascii() and one.isdigit())
        if len(digits) < _LEAST_DIGITS:
            return None
        said = digits[-_MARKED_DIGITS:].encode()
        return hmac.new(self._mark_key, said, hashlib.sha256).digest()[:MARK_BYTES].hex()

    def close(self, text: str, about: str) -> bytes | None:
        """Seal a text; nothing stays nothing."""
        if not text:
            return None
        nonce, keys = os.urandom(NONCE_BYTES), self._keys.all()
        if not keys:
            return nonce + self._cipher.encrypt(nonce, text.encode(), about.encode())
        head = HEAD + keys[0].version.to_bytes(2, "big")
        # The head is bound in too: a value cannot be said to be of another version.
        return head + nonce + AESGCM(keys[0].key).encrypt(nonce, text.encode(), head + about.encode())

    def open(self, sealed: bytes | None, about: str) -> str:
        """Open a sealed text.

        Raises:
            Unsealable: it was sealed with another secret or a key that is not here, for another row, or changed.
        """
        if not sealed:
            return ""
        head, rest = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
        if head.startswith(HEAD):
            version = int.from_bytes(head[len(HEAD) :], "big")
            for one in self._keys.all():
                if one.version == version:
                    with contextlib.suppress(InvalidTag, ValueError):
                        return _opened(AESGCM(one.key), rest, head + about.encode())
        # A nonce of version 0 begins like a head once in sixteen million: it is tried as one before it is given up.
        try:
            return _opened(self._cipher, sealed, about.encode())
        except (InvalidTag, ValueError) as error:
            for secret in self._older:
                with contextlib.suppress(InvalidTag, ValueError):
                    return _opened(_version_0(secret), sealed, about.encode())
            raise Unsealable(f"the sealed data of {about} does not open") from error


def _version_0(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=b"zhongshu citizen data").derive(secret))


def _opened(cipher: AESGCM, sealed: bytes, about: bytes) -> str:
    return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about).decode()
