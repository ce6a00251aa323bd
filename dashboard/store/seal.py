"""Sealing personal data at rest: AES-256-GCM with a key derived from the installation's secret."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class Unsealable(RuntimeError):
    """A sealed value does not open: another secret sealed it, or it was changed or moved to another row."""


class Seal:
    """Seals and opens short texts. `about` (the matter's id) is bound in, so a value cannot move between rows."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(hashes.SHA256(), 32, salt=None, info=b"zhongshu citizen data").derive(secret)
        self._cipher = AESGCM(key)

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
