"""The workers as one: their rota, rounds and phones, and who is busy with what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from dashboard.citypack import CityPack
from data_feeds.simulator.ground import WAYPOINTS, Ground
from data_feeds.simulator.life import Life
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.patrol import Patrol
from data_feeds.simulator.phones import Fix, Phones
from data_feeds.simulator.roster import RosterRow
from data_feeds.simulator.seeded import stream
from data_feeds.simulator.shifts import Shifts
from data_feeds.simulator.ways import LonLat


class Workforce:
    """4,383 workers; implements what receivers need of them (`place_of`, `send`, `release`)."""

    def __init__(self, pack: CityPack, parameters: Parameters, roster: Sequence[RosterRow]) -> None:
        self._slots = {row.worker_id: row.slot for row in roster}
        self._ground = Ground(pack, parameters.seed)
        self._index = {code: slot for slot, code in enumerate(self._ground.codes)}
        self._seed = parameters.seed
        self._patrol = Patrol(self._ground, parameters.fleet, parameters.seed)
        full_time = np.array([row.full_time for row in roster])
        shifts = Shifts(parameters.fleet, pack.calendar, full_time, parameters.seed)
        self.phones = Phones(self._ground, self._patrol, shifts, parameters.fleet, parameters.seed)
        chance = stream(parameters.seed, "osmand")
        self._is_osmand = [chance.random() < parameters.fleet.osmand_share for _ in roster]
        self._busy: list[tuple[int, int, int]] = []

    def place_in(self, grid: str, name: str) -> LonLat:
        """Return a place inside a grid for a named thing, always the same for the same name."""
        slot = self._index[grid]
        place = self._ground.waypoints[slot, stream(self._seed, "place", name).randrange(WAYPOINTS)]
        lon, lat = self._ground.to_degrees(place).tolist()
        return round(lon, 6), round(lat, 6)

    def tick(self, now: int) -> tuple[list[Fix], list[Fix]]:
        """Advance to `now`; return what goes out in the batch and what the older phones send one by one."""
        self._mark_busy(now)
        batch: list[Fix] = []
        single: list[Fix] = []
        for fix in self.phones.tick(now):
            (single if self._is_osmand[fix.slot] else batch).append(fix)
        return batch, single

    def busy_with(self, lives: Iterable[Life]) -> None:
        """Let the reporters of events handle them themselves from verification to disposal."""
        for life in lives:
            slot = self._slots.get(life.fixed.get("reporter", ""))
            begins = next((s.at for s in life.steps if s.fields["status"] == "SELF_HANDLING"), None)
            ends = next((s.at for s in life.steps if s.fields["status"] == "DISPOSED"), None)
            if slot is not None and begins is not None and ends is not None:
                self._busy.append((slot, begins, ends))

    def place_of(self, worker_id: str) -> LonLat | None:
        """Return where a worker is, None for an unknown one."""
        slot = self._slots.get(worker_id)
        if slot is None:
            return None
        lon, lat = self._patrol.degrees(np.array([slot]))[0].tolist()
        return round(lon, 6), round(lat, 6)

    def send(self, worker_id: str, place: LonLat, speed_mps: float) -> None:
        """Call a worker to a place."""
        slot = self._slots.get(worker_id)
        if slot is not None:
            self._patrol.send(slot, *place, speed_mps)

    def release(self, worker_id: str) -> None:
        """Let a called worker go back to the own grid."""
        slot = self._slots.get(worker_id)
        if slot is not None:
            self._patrol.release(slot)

    def _mark_busy(self, now: int) -> None:
        self._busy = [one for one in self._busy if one[2] > now]
        busy = self._patrol.is_called.copy()
        busy[[slot for slot, begins, _ in self._busy if begins <= now]] = True
        self.phones.on_task = busy
