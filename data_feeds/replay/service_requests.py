"""Recorded service requests as hotline orders: each when it opened, and again when it closed."""

from __future__ import annotations

import csv
import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from data_feeds.replay.affine_move import MOVED_NOTE, AffineMove, Box
from data_feeds.replay.table_files import Row, TableFile
from data_feeds.replay.timed import RecordingError, Timed

BOSTON_BOX: Final[Box] = (-71.19, 42.23, -70.99, 42.40)
# The 311 system writes this point (its city hall) where it does not know the place.
UNKNOWN_PLACE: Final = (-71.0587, 42.3594)
_OTHER: Final = ("09", 3, "其他诉求")
_TYPES: Final = Path(__file__).parent / "request_types.csv"
_CHANNELS: Final = {
    "Constituent Call": "phone", "Citizens Connect App": "app", "Self Service": "web", "Twitter": "weibo",
    "City Worker App": "app", "Employee Generated": "internal", "Maximo Integration": "internal",
}  # fmt: skip

Locate = Callable[[float, float], str | None]


@dataclass(frozen=True, slots=True)
class RequestPlaces:
    """How places of the recording become places of this city.

    Args:
        move: from the recording's city into this one.
        locate: returns the grid at a place, None outside the city.
        name_of: returns a grid's place in words.
    """

    move: AffineMove
    locate: Locate
    name_of: Callable[[str], str]


def read_requests(table: TableFile, run: str, places: RequestPlaces) -> Iterator[Timed]:
    """Return each request when it opened and when it closed, in order of time.

    Args:
        table: the 311 form (CASE_ENQUIRY_ID, OPEN_DT, ...) or ours (order_no, opened_at, ...), ordered by opening.
        run: name of this run, put before the order number: a run is not an update of another one.
        places: for the 311 form.
    """
    if table.has("CASE_ENQUIRY_ID", "OPEN_DT", "CLOSED_DT", "TYPE", "LATITUDE", "LONGITUDE"):
        read: Callable[[Row], _Request] = lambda row: _of_311(row, run, places)  # noqa: E731
    elif table.has("order_no", "opened_at", "closed_at", "category"):
        read = lambda row: _of_ours(row, run, table)  # noqa: E731
    else:
        raise RecordingError(
            f"{table.path.name}: requests need the 311 columns or order_no, opened_at, closed_at, category"
        )
    closing: list[tuple[int, int, Timed]] = []
    for row in table.rows():
        request = read(row)
        while closing and closing[0][0] <= request.opened_at:
            yield heapq.heappop(closing)[2]
        yield request.opened()
        if request.closed_at is not None:
            heapq.heappush(closing, (request.closed_at, row.number, request.closed()))
    while closing:
        yield heapq.heappop(closing)[2]


@dataclass(frozen=True, slots=True)
class _Request:
    item: dict[str, Any]
    opened_at: int
    closed_at: int | None
    due_at: int | None

    def opened(self) -> Timed:
        times = {"opened_at": self.opened_at}
        if self.due_at is not None and self.due_at >= self.opened_at:
            times["due_at"] = self.due_at
        return Timed(self.opened_at, "orders", {**self.item, "status": "TO_DISPATCH"}, times)

    def closed(self) -> Timed:
        closed_at = self.closed_at or self.opened_at
        times = {**self.opened().times, "closed_at": closed_at}
        return Timed(closed_at, "orders", {**self.item, "status": "CLOSED"}, times)


def _of_311(row: Row, run: str, places: RequestPlaces) -> _Request:
    category, urgency, title = category_of({name: row.text(name) for name in ("TYPE", "REASON")})
    opened_at = row.moment("OPEN_DT")
    closed_at = row.optional_moment("CLOSED_DT")
    lon, lat = row.number_in("LONGITUDE", -180, 180), row.number_in("LATITUDE", -90, 90)
    return _Request(
        {
            "order_no": f"R-{run}-{row.text('CASE_ENQUIRY_ID')}",
            "category": category,
            "urgency": urgency,
            "title": title,
            "channel": _CHANNELS.get(row.text("Source"), "phone"),
            **_place(lon, lat, places),
        },
        opened_at,
        # A few rows close before they open; the closing is what is doubtful.
        None if closed_at is None or closed_at < opened_at else closed_at,
        row.optional_moment("TARGET_DT"),
    )


def _place(lon: float, lat: float, places: RequestPlaces) -> dict[str, Any]:
    if (round(lon, 4), round(lat, 4)) == UNKNOWN_PLACE:
        return {"place": "未注明位置"}
    moved_lon, moved_lat = places.move(lon, lat)
    grid = places.locate(moved_lon, moved_lat)
    if grid is None:  # the other city's coast is not ours
        return {"place": f"未注明位置（{MOVED_NOTE}落在市外）"}
    return {
        "place": f"{places.name_of(grid)}（{MOVED_NOTE}）",
        "lon": round(moved_lon, 6),
        "lat": round(moved_lat, 6),
        "grid": grid,
    }


def _of_ours(row: Row, run: str, table: TableFile) -> _Request:
    item: dict[str, Any] = {"order_no": f"R-{run}-{row.text('order_no')}", "category": row.text("category")}
    item["urgency"] = row.whole("urgency", 1, 4) if table.has("urgency") else 3
    for name in ("channel", "title", "region", "township", "place"):
        if table.has(name) and row.text(name):
            item[name] = row.text(name)
    if table.has("lon", "lat") and row.text("lon"):
        item["lon"], item["lat"] = row.number_in("lon", -180, 180), row.number_in("lat", -90, 90)
    return _Request(item, row.moment("opened_at"), row.optional_moment("closed_at"), None)


def category_of(cells: Mapping[str, str]) -> tuple[str, int, str]:
    """Return category, urgency and title of a 311 request: by its type, else by its reason, else other."""
    table = _request_types()
    for column in ("TYPE", "REASON"):
        found = table.get((column, cells[column]))
        if found is not None:
            return found
    return _OTHER


@cache
def _request_types() -> dict[tuple[str, str], tuple[str, int, str]]:
    with _TYPES.open(encoding="utf-8", newline="") as text:
        return {
            (row["column"], row["value"]): (row["category"], int(row["urgency"]), row["title"])
            for row in csv.DictReader(text)
        }
