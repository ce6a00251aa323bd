"""Which addresses a webhook may have: an outer check of the text; the sender checks again what the name resolves to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

MAX_ADDRESS = 500
FORBIDDEN_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")


class BadAddress(ValueError):
    """An address that no webhook may have; `why` names the reason: scheme, host, user, port, fragment or inside."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_address(url: str) -> str:
    """Return the address as it is kept.

    Only http and https, without a user in it. This machine and link-local addresses (among them the metadata services
    of clouds) are refused; a private network is not: the city's other systems live there, and the system administrator
    entered the address.

    Raises:
        BadAddress: not such an address.
    """
    cleaned = url.strip()
    if len(cleaned) > MAX_ADDRESS or any(ord(one) <= 32 for one in cleaned):
        raise BadAddress("host")
    try:
        parts = urlsplit(cleaned)
        port = parts.port
    except ValueError as error:
        raise BadAddress("port") from error
    if parts.scheme not in ("http", "https"):
        raise BadAddress("scheme")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("user")
    if parts.fragment:
        raise BadAddress("fragment")
    if port == 0:
        raise BadAddress("port")
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        raise BadAddress("host")
    if host in FORBIDDEN_NAMES or host.endswith(".localhost"):
        raise BadAddress("inside")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return cleaned
    if is_inside(literal):
        raise BadAddress("inside")
    return cleaned


def is_inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address is this machine, link-local, multicast or unspecified, also when wrapped in IPv6."""
    wrapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if wrapped is not None and is_inside(wrapped):
        return True
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
    )
