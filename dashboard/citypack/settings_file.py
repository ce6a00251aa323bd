"""pack.toml: the city's name, map, worker counts and working hours."""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.citypack.faults import FaultList
from dashboard.domain.arrival import ArrivalRule
from dashboard.domain.heating import HeatingStart
from dashboard.domain.merging import MergeRules

FILE = "pack.toml"
# Without "sound": what may sound at a desk is a short list of alarms, and a consultation is none of them.
ROOM_MEANS = ("screen", "unit_page", "sms", "phone", "webhook")
MINUTE_MS = 60_000
MOST_RESULT_PHOTOS = 6  # what the field page takes for one act


@dataclass(frozen=True, slots=True)
class CityName:
    """The city. `offset_ms` is local time minus UTC."""

    code: str
    name: str
    name_en: str
    short: str
    zone: str
    offset_ms: int
    plate: str
    dialling_code: str


@dataclass(frozen=True, slots=True)
class MapSettings:
    """Where the map looks (WGS-84 degrees) and what must be written on it."""

    centre: tuple[float, float]
    urban_centre: tuple[float, float]
    urban_bounds: tuple[float, float, float, float]
    bounds: tuple[float, float, float, float]
    label: str
    label_en: str
    note: str
    note_en: str
    attribution: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkerCounts:
    """The two published counts of grid workers, each with its definition. Never merged."""

    platform_total: int
    platform_definition: str
    platform_definition_en: str
    assessed_total: int
    assessed_definition: str
    assessed_definition_en: str


@dataclass(frozen=True, slots=True)
class CitizenReports:
    """What a citizen's report by grid code may do, and how often.

    `near_m`: how far outside the scanned grid its place may lie. `per_address` reports from one network address within
    `per_address_ms`, `per_grid` for one grid within `per_grid_ms`. `photos` pictures, added within `photos_ms` of it.
    """

    near_m: int
    per_address: int
    per_address_ms: int
    per_grid: int
    per_grid_ms: int
    photos: int
    photos_ms: int


@dataclass(frozen=True, slots=True)
class FieldResults:
    """What a grid worker's own result needs: `photos` pictures at least, 0 for none."""

    photos: int


@dataclass(frozen=True, slots=True)
class RoomMeans:
    """By what means people hear of a consultation: asked in, its time moved, called off again, minutes signed."""

    invited: tuple[str, ...]
    moved: tuple[str, ...]
    called_off: tuple[str, ...]
    signed: tuple[str, ...]

    def means_of(self, what: str) -> tuple[str, ...]:
        """Return the means of one kind of message of a room."""
        named = {"booked": "invited", "removed": "called_off", "cancelled": "called_off"}.get(what, what)
        found: tuple[str, ...] = getattr(self, named)
        return found


@dataclass(frozen=True, slots=True)
class PackSettings:
    """Everything in pack.toml."""

    city: CityName
    map: MapSettings
    workers: WorkerCounts
    hours_ms: tuple[tuple[int, int], ...]
    published_years: frozenset[int]
    citizen_reports: CitizenReports
    arrival: ArrivalRule
    merging: MergeRules
    rooms: RoomMeans
    results: FieldResults
    shifts_ms: tuple[tuple[int, int], ...]
    heating: HeatingStart | None  # None: a city without a heating season, or one that says nothing of it


class _Section:
    """Reads the keys of one section, noting what is missing or of the wrong kind."""

    def __init__(self, content: dict[str, Any], name: str, faults: FaultList) -> None:
        section = content.get(name)
        self._values: dict[str, Any] = section if isinstance(section, dict) else {}
        self._name = name
        self._faults = faults

    def text(self, key: str) -> str:
        value = self._get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self._wrong(key, value, "text")
        return ""

    def whole(self, key: str) -> int:
        value = self._get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self._wrong(key, value, "a whole number")
        return 0

    def between(self, key: str, least: int, most: int) -> int:
        value = self.whole(key)
        if not least <= value <= most:
            self._wrong(key, value, f"a whole number from {least} to {most}")
        return min(max(value, least), most)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        value = self._get(key)
        if isinstance(value, list) and [isinstance(one, int | float) for one in value] == [True] * count:
            return tuple(float(one) for one in value)
        self._wrong(key, value, f"{count} numbers")
        return (0.0,) * count

    def wholes(self, key: str) -> frozenset[int]:
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(one, int) for one in value):
            return frozenset(value)
        self._wrong(key, value, "a list of whole numbers")
        return frozenset()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self._wrong(key, value, "a list of texts")
        return ()

    def means(self, key: str) -> tuple[str, ...]:
        """Read a list of means by which a consultation can be told of."""
        value = self._get(key)
        if isinstance(value, list) and value and all(one in ROOM_MEANS for one in value):
            return tuple(dict.fromkeys(value))
        self._wrong(key, value, f"one or more of {' '.join(ROOM_MEANS)}")
        return ()

    def periods(self, key: str) -> tuple[tuple[int, int], ...]:
        """Read [["08:30", "12:00"], ...] as milliseconds after midnight."""
        value = self._get(key)
        found: list[tuple[int, int]] = []
        end = 0
        for pair in value if isinstance(value, list) else []:
            times = [_clock_ms(one) for one in pair] if isinstance(pair, list) else []
            if len(times) != 2 or times[0] is None or times[1] is None or not end <= times[0] < times[1]:
                self._wrong(key, pair, "opening and closing like 08:30, in order and apart")
                return ((0, 24 * 60 * MINUTE_MS),)
            found.append((times[0], times[1]))
            end = times[1]
        if not found:
            self._wrong(key, value, "at least one period")
        return tuple(found) or ((0, 24 * 60 * MINUTE_MS),)

    def _get(self, key: str) -> Any:
        return self._values.get(key)

    def _wrong(self, key: str, value: object, wanted: str) -> None:
        name = f"{self._name}.{key}"
        if value is None:
            self._faults.add(FILE, None, "key_missing", key=name)
        else:
            self._faults.add(FILE, None, "key_value", key=name, value=value, reason=wanted)


def _clock_ms(words: object) -> int | None:
    found = re.fullmatch(r"(\d\d):(\d\d)", words) if isinstance(words, str) else None
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        return None
    return (int(found[1]) * 60 + int(found[2])) * MINUTE_MS


def read_settings(folder: Path, faults: FaultList) -> PackSettings:
    """Read pack.toml, noting every fault."""
    content: dict[str, Any] = {}
    try:
        content = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.add(FILE, None, "file_missing")
    except UnicodeDecodeError as error:
        faults.add(FILE, None, "file_not_text", offset=error.start)
    except tomllib.TOMLDecodeError as error:
        faults.add(FILE, None, "file_broken", reason=error)
    silent = FaultList() if not content else faults  # one fault says it all when the file is not there
    city, place = _Section(content, "city", silent), _Section(content, "map", silent)
    workers, hours = _Section(content, "workers", silent), _Section(content, "working_hours", silent)
    centre, urban = place.numbers("centre", 2), place.numbers("urban_centre", 2)
    west, south, east, north = place.numbers("bounds", 4)
    inset = place.numbers("urban_bounds", 4)
    return PackSettings(
        city=CityName(
            code=city.text("code"),
            name=city.text("name"),
            name_en=city.text("name_en"),
            short=city.text("short"),
            zone=city.text("zone"),
            offset_ms=city.whole("offset_minutes") * MINUTE_MS,
            plate=city.text("plate"),
            dialling_code=city.text("dialling_code"),
        ),
        map=MapSettings(
            centre=(centre[0], centre[1]),
            urban_centre=(urban[0], urban[1]),
            urban_bounds=(inset[0], inset[1], inset[2], inset[3]),
            bounds=(west, south, east, north),
            label=place.text("label"),
            label_en=place.text("label_en"),
            note=place.text("note"),
            note_en=place.text("note_en"),
            attribution=place.texts("attribution"),
        ),
        workers=WorkerCounts(
            platform_total=workers.whole("platform_total"),
            platform_definition=workers.text("platform_definition"),
            platform_definition_en=workers.text("platform_definition_en"),
            assessed_total=workers.whole("assessed_total"),
            assessed_definition=workers.text("assessed_definition"),
            assessed_definition_en=workers.text("assessed_definition_en"),
        ),
        hours_ms=hours.periods("periods"),
        published_years=_Section(content, "calendar", silent).wholes("published_years"),
        citizen_reports=_citizen_reports(_Section(content, "citizen_reports", silent)),
        arrival=_arrival(_Section(content, "arrival", silent)),
        merging=_merging(_Section(content, "merging", silent)),
        rooms=_rooms(_Section(content, "rooms", silent)),
        results=_results(_Section(content, "field_results", silent)),
        shifts_ms=_Section(content, "shifts", silent).periods("periods"),
        heating=_heating(_Section(content, "heating", silent)) if "heating" in content else None,
    )


def _heating(section: _Section) -> HeatingStart:
    month = section.between("begins_month", 1, 12)
    return HeatingStart(
        month,
        section.between("begins_day", 1, monthrange(2001, month)[1]),  # a day that every year has
        section.between("first_days", 1, 31),
        section.between("calls_percent", 1, 1_000) / 100,
        section.between("unsure_percent", 0, 100) / 100,
    )


def _arrival(section: _Section) -> ArrivalRule:
    return ArrivalRule(section.whole("within_m"), section.whole("fix_fresh_s") * 1000)


def _results(section: _Section) -> FieldResults:
    return FieldResults(section.between("photos", 0, MOST_RESULT_PHOTOS))


def _rooms(section: _Section) -> RoomMeans:
    return RoomMeans(*(section.means(key) for key in ("invited", "moved", "called_off", "signed")))


def _merging(section: _Section) -> MergeRules:
    return MergeRules(
        near_m=max(section.whole("near_m"), 1),
        apart_ms=max(section.whole("apart_hours"), 1) * 60 * MINUTE_MS,
        least_text=section.whole("least_text_percent") / 100,
        likeness=section.whole("likeness_percent") / 100,
        ask_from=max(section.whole("ask_from"), 1),
    )


def _citizen_reports(section: _Section) -> CitizenReports:
    return CitizenReports(
        near_m=section.whole("near_m"),
        per_address=section.whole("per_address"),
        per_address_ms=section.whole("per_address_minutes") * MINUTE_MS,
        per_grid=section.whole("per_grid"),
        per_grid_ms=section.whole("per_grid_minutes") * MINUTE_MS,
        photos=section.whole("photos"),
        photos_ms=section.whole("photos_minutes") * MINUTE_MS,
    )
