"""Sends timed items when their time comes, and again until they are taken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import httpx
import msgspec

from dashboard.clock import Clock
from data_feeds.replay.timed import Route, Timed, TimeShift

AT_ONCE: Final = 500

_ARRAY: Final[dict[Route, str]] = {"calls": "events", "orders": "orders", "positions": "fixes"}
_RETRY_S: Final = 2.0


class PlayerRefused(RuntimeError):
    """Raised when the feeds refuse the player itself (its key) or a body as a whole."""


class Player:
    """Plays one recording.

    Args:
        client: an HTTP client with the feeds' address.
        headers: route -> headers with the platform's key.
        clock: the product's clock, by which items are due.
    """

    def __init__(self, client: httpx.AsyncClient, headers: dict[Route, dict[str, str]], clock: Clock) -> None:
        self._client = client
        self._headers = headers
        self._clock = clock
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()

    async def play(self, items: Iterable[Timed], shift: TimeShift) -> None:
        """Send every item at its moved time, in order.

        Raises:
            PlayerRefused: the key or a whole body is refused.
        """
        waiting: list[Timed] = []
        source = iter(items)
        for one in source:
            due_at = shift.moved(one.at)
            full = len(waiting) >= AT_ONCE
            if waiting and (full or due_at > self._clock.now_ms() or waiting[-1].route != one.route):
                await self._send(waiting, shift)
                waiting = []
            await self._wait_until(due_at)
            waiting.append(one)
        if waiting:
            await self._send(waiting, shift)

    async def _wait_until(self, due_at: int) -> None:
        while self._clock.now_ms() < due_at:  # noqa: ASYNC110 - the clock is a file, there is no event to wait for
            # A demonstration clock may stand still: look again now and then.
            await asyncio.sleep(min(1.0, max(0.001, self._clock.real_seconds_until(due_at))))

    async def _send(self, items: list[Timed], shift: TimeShift) -> None:
        route = items[0].route
        body = msgspec.json.encode({_ARRAY[route]: [shift.sent(one) for one in items]})
        headers = {**self._headers[route], "content-type": "application/json"}
        while True:
            try:
                answer = await self._client.post(f"/v1/{route}", content=body, headers=headers)
            except httpx.TransportError as error:
                await self._wait_to_send_again(f"no connection ({type(error).__name__})")
                continue
            if answer.status_code not in (408, 503):
                break
            await self._wait_to_send_again(f"turned away ({answer.status_code})")
        if answer.status_code not in (200, 422):
            raise PlayerRefused(f"the feeds answered {answer.status_code}: {answer.text[:300]}")
        self._note(route, answer.json())

    async def _wait_to_send_again(self, why: str) -> None:
        if not self.reasons[why]:
            print(f"{why}: sending again every {_RETRY_S:g} s", flush=True)
        self.reasons[why] += 1
        await asyncio.sleep(_RETRY_S)

    def _note(self, route: Route, said: dict[str, Any]) -> None:
        self.outcomes[f"{route} accepted"] += said["accepted"]
        for name, count in said["ignored"].items():
            self.outcomes[f"{route} {name}"] += count
        for one in said["refused"]:
            self.outcomes[f"{route} refused"] += 1
            self.reasons[one["reason"]] += 1


def part_of(
    items: Iterable[Timed], start_at: int | None, end_at: int | None, limit: int | None
) -> Iterator[Timed]:
    """Return the items within a part of the recording's own time, at most `limit`; items come in order."""
    count = 0
    for one in items:
        if start_at is not None and one.at < start_at:
            continue
        if (end_at is not None and one.at >= end_at) or count == limit:
            return
        count += 1
        yield one
