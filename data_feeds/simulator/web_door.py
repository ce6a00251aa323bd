"""The web door as a receivers' gateway sees it: the inbox and the receipts, with a gateway key."""

from __future__ import annotations

import logging
from typing import Any
from uuid import uuid4

import httpx

_LOG = logging.getLogger(__name__)

INBOX_WAIT_S = 20.0


class DoorShut(RuntimeError):
    """The web process did not answer; ask again later."""


class WebDoor:
    """Asks `/api/v1/inbox` and answers on `/api/v1/receipts`."""

    def __init__(self, address: str, key: str) -> None:
        self.held: frozenset[str] = (
            frozenset()
        )  # receivers that answer for themselves, as the last inbox said
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"authorization": f"Bearer {key}"},
            timeout=INBOX_WAIT_S + 10.0,
            trust_env=False,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def inbox(self, after: int) -> tuple[int, list[dict[str, Any]]]:
        """Return the place in the log to ask from next, and what came for the receivers; waits for news.

        Raises:
            DoorShut: no answer, or not one that can be read.
        """
        try:
            answer = await self._client.get("/api/v1/inbox", params={"after": after, "wait": INBOX_WAIT_S})
            answer.raise_for_status()
            page = answer.json()["value"]
            self.held = frozenset(page["held"])
            return int(page["seq"]), list(page["commands"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise DoorShut(str(error)) from error

    async def answer(self, receipt: dict[str, Any]) -> bool:
        """Give one receipt; False when the product refused it.

        Raises:
            DoorShut: not known to be taken; give it again with a key of its own (an answer that says nothing
                new changes nothing).
        """
        try:
            answer = await self._client.post(
                "/api/v1/receipts", json=receipt, headers={"idempotency-key": uuid4().hex}
            )
        except httpx.HTTPError as error:
            raise DoorShut(str(error)) from error
        if answer.status_code == 200:
            return True
        if answer.status_code in (404, 409, 422):
            _LOG.info("receipt refused: %s %s", answer.status_code, answer.text[:200])
            return False
        raise DoorShut(f"status {answer.status_code}")
