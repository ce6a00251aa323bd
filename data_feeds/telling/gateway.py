"""What carries tellings to their recipients: one protocol, whatever the telephone system behind it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from dashboard.service import GatewayReceipt, Outgoing


class GatewayError(Exception):
    """A gateway did not take a telling.

    `fault` is one of `dashboard.domain.words.TELLING_FAULT_WORDS`; `is_final` says that trying again is no use.
    """

    def __init__(self, fault: str, detail: str = "", *, is_final: bool = False) -> None:
        super().__init__(detail or fault)
        self.fault = fault
        self.detail = detail
        self.is_final = is_final


class Gateway(Protocol):
    """One carrier; its methods may block and run in threads.

    A telling may be given twice under the same id (the worker died before it knew): a gateway passes the id on or
    leaves out what it already carried.
    """

    def send(self, telling: Outgoing, now: int) -> str:
        """Take a telling and return the carrier's own id of it.

        Raises:
            GatewayError: it was not taken.
        """

    def receipts(self) -> Sequence[GatewayReceipt]:
        """Return what the carrier said since the last call; saying the same again does no harm."""


def message(telling: Outgoing, *, prefix: str = "") -> dict[str, Any]:
    """Return a telling as the JSON object that carriers and webhooks get; `prefix` marks a demonstration."""
    return {
        "id": telling.id,
        "attempt": telling.attempt,
        "means": telling.means,
        "to": telling.to,
        "text": f"{prefix}{telling.text}",
        "text_en": f"{prefix}{telling.text_en}",
        "matter_id": telling.matter_id,
        "policy_id": telling.policy_id,
        "level": telling.level,
        "made_at": telling.made_at,
    }


def encoded(body: dict[str, Any]) -> bytes:
    """Return a message as the bytes that are sent and signed."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
