"""Keys of the things that talk to us: one per worker's phone, one per platform, all derived from one secret.

Derived rather than stored: a lost key is withdrawn by raising the device's key generation, and no table of
thousands of keys has to be kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

KEY_LENGTH = 26  # base32 characters, 130 bits


def device_key(secret: bytes, device_id: str, key_generation: int) -> str:
    """Return the key a worker's phone sends with each fix."""
    return _derive(secret, f"{device_id}:{key_generation}")


def payload_key(secret: bytes, device_id: str, key_generation: int) -> str:
    """Return the key that a worker's OwnTracks app encrypts with; never sent, so that no device key tells it."""
    return _derive(secret, f"{device_id}:{key_generation}:payload")


def platform_key(secret: bytes, platform: str) -> str:
    """Return the key that a feeding platform sends as its bearer token."""
    return _derive(secret, platform)


def matches(expected: str, given: str) -> bool:
    """Compare two keys in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _derive(secret: bytes, message: str) -> str:
    mac = hmac.new(secret, message.encode(), hashlib.sha256).digest()
    return base64.b32encode(mac).decode()[:KEY_LENGTH]
