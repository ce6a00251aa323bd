"""The code by which a citizen follows a report: from the report's id and the installation's secret.

Derived rather than stored, so that no table holds what opens a follow page; the store keeps its hash to find it by.
"""

from __future__ import annotations

import hashlib
import hmac

# No i, l, o, 0, 1: a code may be read from paper or said over a telephone.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 20  # of 31 letters: 99 bits


def follow_code(secret: bytes, matter_id: str) -> str:
    """Return the follow code of a report."""
    number = int.from_bytes(
        hmac.new(secret, f"follow a report:{matter_id}".encode(), hashlib.sha256).digest()
    )
    found = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(LETTERS))
        found.append(LETTERS[place])
    return "".join(found)


def hash_of(code: str) -> str:
    """Return what the store keeps of a follow code."""
    return hashlib.sha256(code.encode()).hexdigest()


def address_hash(secret: bytes, address: str) -> str:
    """Return what the store keeps of a network address: enough to count, useless without the secret."""
    return hmac.new(secret, f"sender of a report:{address}".encode(), hashlib.sha256).hexdigest()
