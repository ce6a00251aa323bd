"""The demonstration's experts and lawyers: 106 experts in 13 fields, 29 lawyers on a rota, all invented.

The counts and the 13 fields are the city's (seed facts 37 and 38); which fields, and who is on which day, is assumed.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from data_feeds.simulator.parameters import Parameters
from data_feeds.simulator.people import person_name, phone_number
from data_feeds.simulator.seeded import stream

EXPERTS, LAWYERS = 106, 29
FIELDS = (
    "劳动争议", "物业管理", "医疗纠纷", "道路交通", "婚姻家庭", "消费维权", "建设工程", "房屋土地", "供热供水",
    "环境保护", "金融借贷", "教育校园", "海洋渔业",
)  # fmt: skip
COLUMNS = ("id", "kind", "name", "field", "organisation", "phone", "weekdays")
EXPERT_HOUSE, LAWYER_HOUSE = "演示行业专家库", "演示律师事务所"
WORKING_DAYS = 5


@dataclass(frozen=True, slots=True)
class SpecialistRow:
    """One expert or lawyer as the file has it; `weekdays` "1" is Monday, "" comes when asked."""

    id: str
    kind: str
    name: str
    field: str
    organisation: str
    phone: str
    weekdays: str


def make_specialists(parameters: Parameters) -> list[SpecialistRow]:
    """Return the experts field by field, then the lawyers, each of whom is on one working day a week."""
    rows = []
    for number in range(EXPERTS):
        chance = stream(parameters.seed, "expert", number)
        rows.append(
            SpecialistRow(
                f"E{number + 1:03d}", "expert", person_name(chance), FIELDS[number % len(FIELDS)], EXPERT_HOUSE,
                phone_number(chance), "",
            )
        )  # fmt: skip
    for number in range(LAWYERS):
        chance = stream(parameters.seed, "lawyer", number)
        rows.append(
            SpecialistRow(
                f"L{number + 1:03d}", "lawyer", person_name(chance), FIELDS[number % len(FIELDS)],
                f"{LAWYER_HOUSE}{number % 7 + 1}", phone_number(chance), str(number % WORKING_DAYS + 1),
            )
        )  # fmt: skip
    return rows


def write_specialists(path: Path, rows: list[SpecialistRow]) -> None:
    """Write the list as CSV for `python -m dashboard.administration import-specialists`."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
