"""Gateways that are reached by a signed POST: webhooks, and a text-message or telephone system of the operator's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.service import GatewayReceipt, Outgoing
from data_feeds.telling.gateway import GatewayError, encoded, message
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
        keys: what may sign a message (`python -m dashboard.administration telling-gateway-key`), the newest first; an
            older one where the gateway does not know the newer yet.
    """

    def __init__(self, url: str, keys: Callable[[], Sequence[str]], prefix: str = "") -> None:
        self._url = url
        self._keys = keys
        self._prefix = prefix

    def send(self, telling: Outgoing, now: int) -> str:
        """Post the telling. Raises GatewayError."""
        body = encoded(message(telling, prefix=self._prefix))
        *newer, oldest = self._keys()
        for key in newer:
            try:
                return post(Target(self._url, key, may_be_inside=True), telling.id, body, now)
            except GatewayError as error:
                if not error.is_final:
                    raise
        return post(Target(self._url, oldest, may_be_inside=True), telling.id, body, now)

    def receipts(self) -> Sequence[GatewayReceipt]:
        """Return nothing: receipts come through the interface."""
        return ()
