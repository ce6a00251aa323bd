"""The JSON pictures beside the rows: hotline, rates, health and analysis, each the newest one the feeds published."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from dashboard.live.view import ScopeFilter
from dashboard.live.wire import Kind, encode_json, json_object
from data_feeds import bus_names as names
from data_feeds.bus import Bus, BusDown, BusState
from data_feeds.live_hearing import Hearing

BOARDS: Final = {
    names.HOTLINE: Kind.HOTLINE,
    names.RATES: Kind.RATES,
    names.HEALTH: Kind.HEALTH,
    names.ANALYSIS: Kind.ANALYSIS,
}
# Shown on the hotline's page alone: no wall and no desk is given them.
PAGE_BOARDS: Final = {names.HOTLINE_BOARD: Kind.HOTLINE_BOARD, names.HOTLINE_RESULTS: Kind.HOTLINE_RESULTS}
_ALL: Final = BOARDS | PAGE_BOARDS
# Lists whose rows each name a `region`.
_ROWS: Final = ("regions", "townships", "units", "repeats", "repeat_counts", "groups", "group_counts")
_FIRST_OF_THE_CITY: Final = {
    "repeats": 30,
    "groups": 30,
}  # published are so many of each region, the most first
_OF_THE_CITY: Final = ("city", "trend")  # of the results: of whom a county's are told elsewhere
_ROWS_OF_A_REGION: Final = (
    "surges",
    "merges",
    "routing",
)  # of the analysis; a row ends with its region
HOT_SPOT_ORDERS: Final = 12  # of a hot spot a view is told so many of the orders that it sees, earliest first
_ORDERS_AT: Final = 7  # where a hot spot's row has them

logger = logging.getLogger(__name__)
Value = dict[str, Any]


class Boards:
    """Follows the boards of one city.

    `own_health` says how this process itself is, `on_board(kind)` is called in the event loop after each news,
    `on_roster()` when the feeds say that the roster changed.
    """

    def __init__(
        self,
        bus: Bus,
        clock_ms: Callable[[], int],
        own_health: Callable[[], Value],
        on_board: Callable[[Kind], None],
        on_roster: Callable[[], None],
    ) -> None:
        self._bus = bus
        self._own_health = own_health
        self._on_board = on_board
        self._on_roster = on_roster
        self._values: dict[Kind, Value] = {}
        self._connected = asyncio.Event()
        self.hearing = Hearing(clock_ms)

    def value(self, kind: Kind, scopes: ScopeFilter) -> Value:
        """Return what a jurisdiction sees of a board, empty before the first news."""
        value = self._values.get(kind, {})
        if kind is Kind.HEALTH:
            return {**value, "live": self._own_health()}
        if kind in (Kind.RATES, Kind.HOTLINE_RESULTS) and value and not scopes.sees_all:
            own = {
                name: [row for row in value[name] if scopes.sees((str(row.get("region")),))]
                for name in _ROWS
                if name in value
            }
            return {name: part for name, part in value.items() if name not in _OF_THE_CITY} | own
        if kind is Kind.HOTLINE_RESULTS:
            return value | {
                name: value[name][:most] for name, most in _FIRST_OF_THE_CITY.items() if name in value
            }
        if kind is Kind.ANALYSIS and value:
            seen: Value = {"hot_spots": _hot_spots_seen(value.get("hot_spots", ()), scopes)}
            if not scopes.sees_all:
                seen |= {name: _seen(value.get(name, ()), scopes) for name in _ROWS_OF_A_REGION}
            return value | seen
        return value

    def frame(self, kind: Kind, scopes: ScopeFilter) -> bytes:
        """Return the frame of a board for a jurisdiction."""
        return encode_json(kind, self.value(kind, scopes))

    async def follow(self) -> None:
        """Take news in as they come, until cancelled."""
        async for message in self._bus.subscribe((*_ALL, names.NUDGE_FEEDS), on_state=self._bus_says):
            if message.channel == names.NUDGE_FEEDS:
                self._on_roster()
            else:
                self._take(_ALL[message.channel], message.data)

    async def catch_up(self) -> None:
        """Read what is kept after every (re)connection, until cancelled."""
        while True:
            await self._connected.wait()
            self._connected.clear()
            with contextlib.suppress(BusDown):  # read again with the next connection
                for key, kind in _ALL.items():
                    kept = await self._bus.get(key)
                    if kept is not None:
                        self._take(kind, kept)

    def _bus_says(self, state: BusState) -> None:
        self.hearing.say(state)
        if state == "up":
            self._connected.set()
        self._on_board(Kind.HEALTH)

    def _take(self, kind: Kind, data: bytes) -> None:
        try:
            self._values[kind] = json_object(data)
        except ValueError as error:
            logger.warning("%s: %s, kept the one before", kind.name, error)
        else:
            self._on_board(kind)


def _seen(rows: Iterable[Any], scopes: ScopeFilter) -> list[Any]:
    """Return the rows of the regions that a jurisdiction sees, and those of the whole city."""
    return [row for row in rows if row and (row[-1] == "" or scopes.sees((str(row[-1]),)))]


def _hot_spots_seen(rows: Iterable[Any], scopes: ScopeFilter) -> list[Any]:
    """Return the hot spots in which a jurisdiction sees an order, each with the orders that it sees and no other's.

    One may lie over two counties: both are told of it, each with its own orders.
    """
    found = []
    for row in rows:
        orders = [one for one, region in row[_ORDERS_AT] if scopes.sees((str(region),))]
        if orders:
            found.append([*row[:_ORDERS_AT], orders[:HOT_SPOT_ORDERS], *row[_ORDERS_AT + 1 :]])
    return found
