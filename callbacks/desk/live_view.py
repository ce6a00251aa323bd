"""What the desk's callbacks read from the process's live hub: where workers are and where a matter is."""

from __future__ import annotations

from typing import Any, Protocol

from dashboard.domain.recommendation import WorkerFix
from dashboard.live.fleet import Fleet
from dashboard.live.picture import Picture

NEAR = 60  # how many workers around a matter are looked at
E6 = 1_000_000


class LiveView(Protocol):
    """The part of the live hub that the desk needs."""

    @property
    def fleet(self) -> Fleet: ...

    @property
    def picture(self) -> Picture: ...

    def analysis(self, jurisdiction: str) -> dict[str, Any]: ...


def already_ordered(live: LiveView, matter_id: str) -> frozenset[str]:
    """Receivers that an open command on the matter already names, unless they declined."""
    return frozenset(
        receiver["id"]
        for command in list(live.picture.commands.values())  # asked for in a thread beside the loop
        if command["matter_id"] == matter_id and command["state"] not in ("done", "recalled")
        for receiver in command["receivers"]
        if receiver["declined_at"] is None
        and receiver.get("recalled_at") is None
        and receiver["left_at"] is None
    )


def fixes_near_matter(live: LiveView, matter_id: str) -> list[WorkerFix]:
    """The last positions of the workers nearest to a matter; none when the matter has no place."""
    row = live.picture.matters.get(matter_id)
    if row is None or row.get("lon") is None or row.get("lat") is None:
        return []
    fleet = live.fleet
    return [
        WorkerFix(
            slot=slot,
            lon=float(fleet.lon_e6[slot]) / E6,
            lat=float(fleet.lat_e6[slot]) / E6,
            fix_at=int(fleet.fix_at[slot]),
            state=int(fleet.state[slot]),
        )
        for slot, _metres in fleet.near(float(row["lon"]), float(row["lat"]), NEAR)
    ]
