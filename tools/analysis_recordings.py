"""The recorded real data as the analysis takes it; the files are read where they lie and never copied."""

from __future__ import annotations

import csv
import gzip
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import numpy as np

from dashboard.analysis.expected import BINS, Counts, DayCounts

PROJECT_ROOT: Final = Path(__file__).resolve().parents[1]
LABELS: Final = PROJECT_ROOT / "tools" / "hotline_labels"
NO_LOCATION: Final = (42.3594, -71.0587)  # a default point of the service requests: a place that nobody gave
EPOCH: Final = datetime(1970, 1, 1)
_MASKED_PLACE = re.compile(r"[A-M]\d{0,2}(?=[市县区])")  # the recording writes A市, A7县, B9市 for real names


@dataclass(frozen=True, slots=True)
class Request:
    """One service request of the recording; `at` local ms, `lat`, `lon` None where nobody gave a place."""

    at: int
    category: str
    township: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Petition:
    """One petition of the recording; `at` local ms, `places` the masked regions that its title names."""

    number: int
    citizen: str
    title: str
    text: str
    reply: str
    at: int
    places: frozenset[str]


def recordings_folder() -> Path:
    """Where the recorded real data lies."""
    return Path(os.environ.get("ZHONGSHU_REAL_DATA") or PROJECT_ROOT.parent / "shared" / "data" / "real")


def call_days(folder: Path) -> list[DayCounts]:
    """The calls of a bank's call centre per five minutes, 164 weekdays of 2003, open from 7:00 to 21:05."""
    counts: dict[date, Counts] = {}
    for row in _rows(folder / "call_volume_5min_2003.csv.gz"):
        at = datetime.fromisoformat(row["DateTime"].removesuffix("Z"))
        of_day = counts.setdefault(at.date(), np.zeros(BINS, np.int64))
        of_day[(at.hour * 60 + at.minute) // 5] = int(row["Calls"])
    return [DayCounts(day, "weekday", of_day) for day, of_day in sorted(counts.items())]


def requests(folder: Path) -> list[Request]:
    """The half year's service requests that citizens called in, by time.

    Those that employees entered are left out: eighty of an inspector's round within an hour are no citizens' surge.
    """
    found = []
    for row in _rows(folder / "service_requests_2015h1.csv.gz"):
        if row["Source"] != "Constituent Call":
            continue
        at = _ms(datetime.fromisoformat(row["OPEN_DT"]))
        lat, lon = float(row["LATITUDE"] or 0), float(row["LONGITUDE"] or 0)
        placed = lat and (round(lat, 4), round(lon, 4)) != NO_LOCATION
        found.append(
            Request(
                at,
                row["REASON"],
                row["neighborhood"].strip() or "-",
                lat if placed else None,
                lon if placed else None,
            )
        )
    return sorted(found, key=lambda one: one.at)


def petitions(folder: Path) -> list[Petition]:
    """The petitions by number."""
    found = []
    for row in _rows(folder / "petitions_with_reply.csv.gz"):
        title = _clean(row["留言主题"])
        found.append(
            Petition(
                int(row["留言编号"]),
                row["留言用户"],
                title,
                _clean(row["留言详情"]),
                _clean(row["答复意见"]),
                _ms(datetime.strptime(row["留言时间"].replace("-", "/"), "%Y/%m/%d %H:%M:%S")),
                frozenset(_MASKED_PLACE.findall(title)),
            )
        )
    return sorted(found, key=lambda one: one.number)


def labelled_categories() -> dict[int, str]:
    """Petition number -> category of the city pack, judged by reading the title."""
    with (LABELS / "categories.csv").open(encoding="utf-8", newline="") as text:
        return {int(row["petition"]): row["category"] for row in csv.DictReader(text)}


def labelled_duplicates() -> tuple[list[list[int]], list[list[int]]]:
    """Groups of petitions judged to be one matter, and groups of which reading could not tell."""
    groups: dict[str, list[list[int]]] = {"same": [], "unclear": []}
    with (LABELS / "duplicates.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            groups[row["judged"]].append([int(number) for number in row["petitions"].split()])
    return groups["same"], groups["unclear"]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        yield from csv.DictReader(text)


def _clean(text: str) -> str:
    return re.sub(r"_x000D_|\s+", "", text)


def _ms(at: datetime) -> int:
    return round((at - EPOCH).total_seconds()) * 1000
