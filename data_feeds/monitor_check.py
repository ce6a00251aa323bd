"""Who may read a process's figures: the monitoring program, by its token or by its address."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Sequence
from typing import Final

LONGEST_TOKEN_BYTES: Final = 128


def monitor_check(token: str, addresses: Sequence[str]) -> Callable[[str, str], bool]:
    """Return who may read the figures: whoever sends the token, or asks from one of the addresses; nobody without."""
    networks = [ipaddress.ip_network(one) for one in addresses]

    def is_monitor(sent: str, address: str) -> bool:
        if token and hmac.compare_digest(sent.encode()[: LONGEST_TOKEN_BYTES + 1], token.encode()):
            return True
        try:
            asks = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asks in network for network in networks)

    return is_monitor
