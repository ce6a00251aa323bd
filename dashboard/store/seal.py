"""Sealing personal data at rest: AES-256-GCM with a key derived from the installation's secret."""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12
MARK_BYTES = 8  # two of a million numbers share one by chance once in ten million cities
_LEAST_DIGITS = 7  # of a telephone number
_MARKED_DIGITS = 11  # a mobile number; what stands before it is a country's or an exchange's


class Unsealable(RuntimeError):
    """A sealed value does not open: another secret sealed it, or it was changed or moved to another row."""


class Seal:
    """Seals and opens short texts. `about` (the matter's id) is bound in, so a value cannot move between rows."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(hashes.SHA256(), 32, salt=None, info=b"zhongshu citizen data").derive(secret)
        self._cipher = AESGCM(key)
        self._mark_key = HKDF(hashes.SHA256(), 32, salt=None, info=b"zhongshu phone mark").derive(secret)

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
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), about.encode())

    def open(self, sealed: bytes | None, about: str) -> str:
        """Open a sealed text.

        Raises:
            Unsealable: it was sealed with another secret, for another row, or changed.
        """
        if not sealed:
            return ""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode()).decode()
        except InvalidTag as error:
            raise Unsealable(f"the sealed data of {about} does not open") from error
