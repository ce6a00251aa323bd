"""An officer of a day in balance: orders go to matters that soon end, so that no matter's file grows all day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import httpx

from tests.crash.people import Officer

RECALLS: Final = 0.3  # of acts: an order just sent is taken back
REMEMBERED: Final = 3  # orders that may still be taken back


@dataclass
class DayOfficer(Officer):
    """Whistles on `matters`, dispatches on whatever of the load is open; `number` of `officers` who share it.

    An officer who goes on dispatching on the same few matters makes their files, and with them the picture of every
    web process, larger with each act: what grows then is the data, and no process can be judged by it.
    """

    open_matters: Callable[[], Sequence[str]] = tuple
    number: int = 0
    officers: int = 1

    __hash__ = Officer.__hash__

    def act(self, client: httpx.Client) -> None:
        """Do one thing; who has nothing open before them waits for the next."""
        self._others = list(self.open_matters()[self.number :: self.officers])
        del self._orders[:-REMEMBERED]
        if self._orders and self.chance.random() < RECALLS:
            path = f"/api/v1/commands/{self._orders.pop()}/recall"
            self.post(client, "recall", path, {"reason": "改派他人"})
        elif self._others:
            super().act(client)

    def _dispatch(self, client: httpx.Client, matter_id: str) -> None:
        if self.get(client, f"/api/v1/matters/{matter_id}") is not None:  # on a busy machine not taken in yet
            super()._dispatch(client, matter_id)
