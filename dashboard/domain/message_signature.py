"""Signed requests: a strict profile of RFC 9421 (HTTP Message Signatures) with HMAC-SHA-256, as text and bytes.

A sender signs the method, the path, the query and, where there is a body, its SHA-256 (`Content-Digest`, RFC 9530)
with an instant, a word that it uses once and the id of its key. Nothing here knows a socket, a clock or a key's owner.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

COVERED: Final = ("@method", "@path", "@query")
DIGEST: Final = "content-digest"
ALGORITHM: Final = "hmac-sha256"
NONCE_LENGTH: Final = (16, 64)  # characters; 16 of base64 are 96 random bits
KEY_ID_LENGTH: Final = 80
HEADER_LIMIT: Final = 512  # characters of either header; a signature of the profile takes about 200

_INPUT: Final = re.compile(
    r"(?P<label>[a-z*][a-z0-9_.*-]{0,31})="
    r'(?P<value>\((?P<covered>"[@a-z-]{1,32}"(?: "[@a-z-]{1,32}"){0,7})\)'
    r'(?P<parameters>(?:;[a-z]{1,12}=(?:[0-9]{1,12}|"[!#-\[\]-~]{0,80}")){3,4}))'
)
_PARAMETER: Final = re.compile(r';([a-z]+)=(?:([0-9]+)|"([^"]*)")')
_MAC: Final = re.compile(r"([a-z*][a-z0-9_.*-]{0,31})=:([A-Za-z0-9+/]{43}=):")
_NONCE: Final = re.compile(r"[A-Za-z0-9_.~+/=-]{%d,%d}" % NONCE_LENGTH)  # noqa: UP031 - braces of the pattern
_DIGEST: Final = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


class BadSignature(ValueError):
    """A signature that is not of the profile, or not of this request; the text says what, never a secret."""


@dataclass(frozen=True, slots=True)
class RequestSignature:
    """One signature as it came.

    Args:
        covered: names of what it covers, in the sender's order.
        parameters: everything behind the label, which is itself signed.
        created_s: the sender's instant, seconds since 1970.
        nonce: the word that is used once.
        key_id: whose key.
        mac: 32 bytes.
    """

    covered: tuple[str, ...]
    parameters: str
    created_s: int
    nonce: str
    key_id: str
    mac: bytes


def read_signature(signature_input: str, signature: str, *, has_body: bool) -> RequestSignature:
    """Read the headers `Signature-Input` and `Signature`.

    Args:
        has_body: whether the request may carry a body, whose digest has to be covered then.

    Raises:
        BadSignature: not one signature of the profile.
    """
    if len(signature_input) > HEADER_LIMIT or len(signature) > HEADER_LIMIT:
        raise BadSignature("a header is too long")
    found, mac = _INPUT.fullmatch(signature_input.strip()), _MAC.fullmatch(signature.strip())
    if found is None or mac is None or found["label"] != mac[1]:
        raise BadSignature("Signature-Input and Signature are not one signature of the profile")
    covered = tuple(found["covered"].replace('"', "").split(" "))
    wanted = (*COVERED, DIGEST) if has_body else COVERED
    if sorted(covered) != sorted(wanted):
        raise BadSignature(f"the signature has to cover {', '.join(wanted)} and nothing else")
    named = _PARAMETER.findall(found["parameters"])
    numbers = {name: number for name, number, _ in named if number}
    words = {name: word for name, number, word in named if not number}
    if len(numbers) + len(words) != len(named) or set(numbers) != {"created"}:
        raise BadSignature("created is a whole number, and no parameter comes twice")
    if not {"nonce", "keyid"} <= set(words) <= {"nonce", "keyid", "alg"}:
        raise BadSignature("the parameters are created, nonce, keyid and alg")
    if words.get("alg", ALGORITHM) != ALGORITHM:
        raise BadSignature(f"alg is {ALGORITHM}")
    if not _NONCE.fullmatch(words["nonce"]) or not 0 < len(words["keyid"]) <= KEY_ID_LENGTH:
        raise BadSignature("nonce has 16-64 letters and digits, keyid is the id of a key")
    return RequestSignature(
        covered, found["value"], int(numbers["created"]), words["nonce"], words["keyid"], base64.b64decode(mac[2])
    )  # fmt: skip


def signature_base(covered: tuple[str, ...], parameters: str, values: Mapping[str, str]) -> bytes:
    """Return what is signed (RFC 9421, 2.5): a line for each covered thing, the parameters last."""
    lines = [f'"{name}": {values[name]}' for name in covered]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def mac_of(secret: bytes, base: bytes) -> bytes:
    """Return HMAC-SHA-256 (RFC 9421, 3.3.3)."""
    return hmac.new(secret, base, hashlib.sha256).digest()


def is_of(secret: bytes, signature: RequestSignature, values: Mapping[str, str]) -> bool:
    """Say in constant time whether the secret made this signature of these values."""
    base = signature_base(signature.covered, signature.parameters, values)
    return hmac.compare_digest(mac_of(secret, base), signature.mac)


def content_digest(body: bytes) -> str:
    """Return the value of `Content-Digest` for a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def is_digest_of(value: str, body: bytes) -> bool:
    """Say whether a `Content-Digest` is of this body."""
    found = _DIGEST.fullmatch(value.strip())
    return found is not None and hmac.compare_digest(
        base64.b64decode(found[1]), hashlib.sha256(body).digest()
    )
