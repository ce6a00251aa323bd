"""Gateways that are reached by a signed POST: webhooks, and a text-message or telephone system of the operator's."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.service import GatewayReceipt, Outgoing
from data_feeds.telling.gateway import encoded, message
from data_feeds.telling.signed_post import Target, post


class Webhooks:
    """Posts each telling to the address that it carries; a 2xx answer is its receipt."""

    def __init__(self, prefix: str = "", *, may_be_inside: bool = False) -> None:
        self._prefix = prefix
        self._may_be_inside = may_be_inside

    def send(self, telling: Outgoing, now: int) -> str:
        """Post the telling. Raises GatewayError."""
        target = Target(telling.url, telling.secret, self._may_be_inside)
        return post(target, telling.id, encoded(message(telling, prefix=self._prefix)), now)

    def receipts(self) -> Sequence[GatewayReceipt]:
        """Return nothing: the answer was the receipt."""
        return ()


class HttpGateway:
    """Posts text messages and calls to the operator's own gateway, which says later what became of them
    (`POST /api/v1/tellings/{id}/receipt` with a gateway key).

    Args:
        url: from the settings, so it may be on this machine.
        key: signs every message (`python -m dashboard.administration telling-gateway-key`).
    """

    def __init__(self, url: str, key: str, prefix: str = "") -> None:
        self._target = Target(url, key, may_be_inside=True)
        self._prefix = prefix

    def send(self, telling: Outgoing, now: int) -> str:
        """Post the telling. Raises GatewayError."""
        return post(self._target, telling.id, encoded(message(telling, prefix=self._prefix)), now)

    def receipts(self) -> Sequence[GatewayReceipt]:
        """Return nothing: receipts come through the interface."""
        return ()
