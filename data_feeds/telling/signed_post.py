"""One signed POST to another system, to the address that was entered and to no other.

The body is signed with the receiver's secret: `X-Zhongshu-Signature: t=<ms>,v1=<hex HMAC-SHA256 of "<t>." + body>`. The
receiver recomputes it, refuses old times, and leaves out a telling whose `X-Zhongshu-Telling` id it already has.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from dashboard.domain.webhook_address import BadAddress, check_address, is_inside
from data_feeds.telling.gateway import GatewayError

TIMEOUT_S: Final = 5.0  # for connecting, and for each wait on the answer
# For the whole exchange: a receiver that answers byte by byte must not hold up everybody else's tellings. Assumed.
LONGEST_S: Final = 20.0
# Answers after which the same message may be taken later; every other refusal stays one.
LATER: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes: the address as entered, and whether it may lie on this machine (the operator's own)."""

    url: str
    secret: str
    may_be_inside: bool = False


def signature(secret: str, body: bytes, now: int) -> str:
    """Return the value of the signature header for a body sent at `now` (UTC ms)."""
    mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256)
    return f"t={now},v1={mac.hexdigest()}"


def post(target: Target, telling_id: str, body: bytes, now: int, *, longest_s: float = LONGEST_S) -> str:
    """Send a signed body; returns the receiver's own id from the header `X-Receipt-Id`, "" without one.

    The name is resolved once, every address it has is checked, and the connection goes to one that was checked: a name
    that answers differently the second time gains nothing. Redirects are not followed, proxies not asked.

    Args:
        longest_s: after so many seconds, real time, the exchange is broken off.

    Raises:
        GatewayError: not taken; final when trying again is no use.
    """
    if not target.url:
        raise GatewayError("address_refused", "closed, or its secret does not open", is_final=True)
    address = _checked(target)
    parts = urlsplit(target.url)
    host, is_tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "zhongshu",
        "X-Zhongshu-Telling": telling_id,
        "X-Zhongshu-Signature": signature(target.secret, body, now),
        "Connection": "close",
    }
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.sock = plain = socket.create_connection((address, port), TIMEOUT_S)
        with _broken_off(plain, longest_s) as was_broken_off:
            if is_tls:
                connection.default_port = 443  # the Host header leaves the usual port out
                connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            status, given = answer.status, answer.getheader("X-Receipt-Id", "")
        if was_broken_off.is_set():  # `http.client` takes headers that end in the middle for whole ones
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        raise GatewayError("gateway_away", type(error).__name__) from error
    except ValueError as error:  # of an address kept before addresses were kept in ASCII
        raise GatewayError("address_refused", type(error).__name__, is_final=True) from error
    finally:
        connection.close()
    if 200 <= status < 300:
        return "".join(one for one in given if one.isprintable())[:120]
    if status >= 500 or status in LATER:
        raise GatewayError("gateway_away", f"HTTP {status}")
    raise GatewayError("gateway_refused", f"HTTP {status}", is_final=True)


@contextmanager
def _broken_off(connected: socket.socket, longest_s: float) -> Iterator[threading.Event]:
    """Break a connection off when it is still in use after `longest_s`; yields what is set when that was done."""
    # A duplicate: TLS takes the first one over.
    own = connected.dup()
    done = threading.Event()

    def end() -> None:
        done.set()
        with suppress(OSError):  # the other side was quicker
            own.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(longest_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield done
    finally:
        timer.cancel()
        own.close()


def _checked(target: Target) -> str:
    """Return one address of the target that may be reached."""
    if not target.may_be_inside:
        try:
            check_address(target.url)
        except BadAddress as error:
            raise GatewayError("address_refused", error.why, is_final=True) from error
    parts = urlsplit(target.url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    except OSError as error:
        raise GatewayError("gateway_away", "the name does not resolve") from error
    except UnicodeError as error:
        raise GatewayError("address_refused", "host", is_final=True) from error
    addresses = [str(one[4][0]) for one in found]
    if not target.may_be_inside and any(is_inside(_plain(one)) for one in addresses):
        raise GatewayError("address_refused", "inside", is_final=True)
    return addresses[0]


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.partition("%")[0])
