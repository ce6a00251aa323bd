"""The demonstration roster: one worker per grid, 4,383 on the platform, 4,374 of them under assessment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.citypack import CityPack
from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.people import person_name, phone_number
from data_feeds.simulator.seeded import stream

COLUMNS = (
    "slot", "worker_id", "name", "phone", "grid", "skills", "full_time", "assessed", "device_id", "key_generation",
)  # fmt: skip
# Skills that dispatch asks for, with the share of workers who have them; assumed.
SKILLS = (
    ("急救证", 0.12),
    ("电工证", 0.05),
    ("调解员证", 0.15),
    ("安全员证", 0.08),
    ("驾驶证", 0.55),
    ("潮汐救援", 0.01),
)
KEY_GENERATION = 1


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One worker as the roster file has it; `slot` is dense and stays the worker's for good."""

    slot: int
    worker_id: str
    name: str
    phone: str
    grid: str
    skills: tuple[str, ...]
    full_time: bool
    assessed: bool
    device_id: str
    key_generation: int


def make_roster(pack: CityPack, parameters: Parameters) -> list[RosterRow]:
    """Return one worker per grid in grid order; those outside assessment are spread over the city."""
    grids = [grid.code for grid in pack.divisions.at_level("grid")]
    left_out = pack.workers.platform_total - pack.workers.assessed_total
    outside = set(stream(parameters.seed, "not assessed").sample(range(len(grids)), left_out))
    rows = []
    for slot, grid in enumerate(grids):
        chance = stream(parameters.seed, "worker", grid)
        rows.append(
            RosterRow(
                slot=slot,
                worker_id=worker_id(slot),
                name=person_name(chance),
                phone=phone_number(chance),
                grid=grid,
                skills=tuple(skill for skill, share in SKILLS if chance.random() < share),
                full_time=chance.random() < parameters.fleet.full_time_share,
                assessed=slot not in outside,
                device_id=f"RZ{slot + 1:05d}",
                key_generation=KEY_GENERATION,
            )
        )
    return rows


def worker_id(slot: int) -> str:
    """Return the worker's number of a slot."""
    return f"W{slot + 1:05d}"


def write_roster(path: Path, rows: list[RosterRow]) -> None:
    """Write the roster as CSV for `python -m dashboard.administration import-roster`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in rows)


def _cells(row: RosterRow) -> Iterator[object]:
    for column in COLUMNS:
        value = getattr(row, column)
        if column == "skills":
            yield ";".join(value)
        elif isinstance(value, bool):
            yield int(value)
        else:
            yield value
