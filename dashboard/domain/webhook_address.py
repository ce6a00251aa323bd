"""Which addresses a webhook may have: an outer check of the text; the sender checks again what the name resolves to."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

MAX_ADDRESS = 500
# Metadata services of clouds that are not link-local: Alibaba Cloud, Oracle Cloud, AWS over IPv6.
METADATA: Final = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
# NAT64 carries any IPv4 address in its last four bytes (RFC 6052).
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# What may stand unescaped in a path and a query (RFC 3986); "%" is what was escaped before.
_UNESCAPED: Final = "/%:@!$&'()*+,;=-._~?"
FORBIDDEN_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")


class BadAddress(ValueError):
    """An address that no webhook may have; `why` names the reason: scheme, host, user, port, fragment or inside."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def check_address(url: str) -> str:
    """Return the address as it is kept: a name in its ASCII form, path and query escaped.

    Only http and https, without a user in it. This machine, link-local addresses and the metadata services of clouds
    are refused; a private network is not: the city's other systems live there, and the system administrator entered
    the address.

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
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        host = _name(host)
    else:
        if is_inside(literal):
            raise BadAddress("inside")
        host = f"[{host}]" if literal.version == 6 else host
    place = host if port is None else f"{host}:{port}"
    kept = urlunsplit(
        (parts.scheme, place, quote(parts.path, _UNESCAPED), quote(parts.query, _UNESCAPED), "")
    )
    if len(kept) > MAX_ADDRESS:
        raise BadAddress("host")
    return kept


def _name(host: str) -> str:
    """Return a host name as it is asked for. Raises BadAddress: no such name can be, or it is this machine's."""
    try:
        name = host.encode("idna").decode("ascii").rstrip(".").lower()
    except UnicodeError as error:
        raise BadAddress("host") from error
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise BadAddress("host")
    if name in FORBIDDEN_NAMES or name.endswith(".localhost"):
        raise BadAddress("inside")
    return name


def is_inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether an address is this machine, link-local, multicast, unspecified or a cloud's metadata service.

    Also when it is wrapped in IPv6.
    """
    wrapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if wrapped is None and address in _NAT64:
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if wrapped is not None and is_inside(wrapped):
        return True
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address.is_reserved
        or address in METADATA
    )
