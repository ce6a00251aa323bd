"""What the map of the desk asks for: a division with what lies in it, and whom or what somebody means by some words.

Whoever asks is shown what lies in the own jurisdiction and nothing else. Workers are compared by what a screen shows of
them (surname, id, place), never by the whole name: a search must not say what the mask hides.
"""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from dashboard.citypack.place_index import NOT_FOUND, Ranks
from dashboard.domain.divisions import Division, Level
from dashboard.domain.masking import mask_name, mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables
from dashboard.store.records import MATTERS

MOST_WORDS = 4
MOST_OF_A_KIND = 5  # on one list; the rest is counted, and another word narrows it
LEAST_NUMBER = 3  # characters of a matter's or a command's number, G04 or 哨01
LEAST_EXTERNAL = (
    9  # of the number it came under, which begins with its day: fewer digits would name a day's orders
)
LEAST_WORKER_ID = 2
MOST_READ = 500  # matters of a number's beginning
# A number is looked for among what is open, and what was opened in so many days: the list is read whole.
CLOSED_LOOKED_AT_MS = 31 * 24 * 60 * 60_000
# Below these the villages, and the grids, are few enough for a map to draw their outlines.
OUTLINED_LEVELS: tuple[Level, ...] = ("township", "village", "grid")


def place_on_map(services: Services, actor: Principal, code: str, now: int) -> Row | Refused:
    """Return a division of the actor's jurisdiction, what holds it, and what lies directly in it.

    `{"place", "chain": [from the jurisdiction down to the place], "children": [...], "box": [west, south,
    east, north] of its grids' points, "members": {grid: child}, "outlines": {code: rings}}`; a division is
    `{"code", "name", "level", "lon", "lat", "place_known", "grids"}`. From townships down `members` says in
    which child each grid lies and `outlines` has the places' rings. All WGS-84.
    Refused: no_right, outside_jurisdiction.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    divisions = services.pack.divisions
    if not divisions.is_within(code, actor.jurisdiction):
        return Refused("outside_jurisdiction")
    place = divisions.get(code)
    chain = list(divisions.chain(code))
    held = chain[: 1 + next(at for at, one in enumerate(chain) if one.code == actor.jurisdiction)]
    children = [divisions.get(child) for child in divisions.children(code)]
    is_small = place.level in OUTLINED_LEVELS
    below = _grids_below(services, place)
    grids = below if is_small else []
    outlined = [place, *children, *(divisions.get(grid) for grid in grids)] if is_small else []
    return {
        "place": _division(services, place),
        "chain": [_named(one) for one in reversed(held)],
        "children": [_division(services, one) for one in children],
        "box": _box([divisions.get(grid) for grid in below] or [place]),
        "members": {grid: _child_of(services, grid, place) for grid in grids},
        "outlines": {
            one.code: rings for one in outlined if (rings := services.pack.boundaries.rings(one.code))
        },
    }


def cameras_on_map(services: Services, actor: Principal, now: int) -> Row | Refused:
    """Return the cameras of the actor's jurisdiction: `{"is_known", "cameras": [[id, lon, lat], ...]}`; not known
    where the city's pack has no list of them. Refused: no_right."""
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    divisions, cameras = services.pack.divisions, services.pack.cameras
    inside = [one for one in cameras or () if divisions.is_within(one.grid, actor.jurisdiction)]
    return {"is_known": cameras is not None, "cameras": [[one.id, one.lon, one.lat] for one in inside]}


def find_on_map(services: Services, actor: Principal, words: str, now: int) -> Row | Refused:
    """Return what an actor may mean by some words: `{"places", "units", "workers", "matters"}`, each
    `{"total": n, "found": [the best MOST_OF_A_KIND]}`. Refused: no_right.

    Places and units by name, alias, code or pinyin initials; workers by surname, id and place; matters by their
    number, by the number under which they came, or by the number of a command on them.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    wanted = words.casefold().split()[:MOST_WORDS]
    if not wanted:
        return {kind: _cut([]) for kind in ("places", "units", "workers", "matters")}
    ranks = services.places.ranks(wanted)
    divisions, units = services.pack.divisions, services.pack.units
    places = services.places.places(ranks, actor.jurisdiction)
    found_units = services.places.units(wanted, actor.jurisdiction)
    with services.store.read() as connection:
        return {
            "places": _cut(
                [
                    _division(services, divisions.get(one.code)) | {"within": divisions.place_name(one.code)}
                    for one in places[:MOST_OF_A_KIND]
                ],
                len(places),
            ),
            "units": _cut(
                [
                    {
                        "id": unit.id, "name": unit.name, "short": unit.short, "code": unit.code,
                        "lon": unit.lon, "lat": unit.lat, "is_assumed": unit.position_source == "assumed",
                    }
                    for unit in (units.get(one.unit_id) for one in found_units[:MOST_OF_A_KIND])
                ],
                len(found_units),
            ),
            "workers": _workers(services, connection, actor, wanted, ranks),
            "matters": _matters(Act(services, connection, actor, now), words.strip()),
        }  # fmt: skip


def _workers(
    services: Services, connection: Connection, actor: Principal, words: list[str], ranks: dict[str, Ranks]
) -> Row:
    """Those of whom every word is true, one at least of the person: `王 秦楼` and not everybody in 秦楼街道."""
    divisions, column = services.pack.divisions, tables.roster.c
    rows = connection.execute(
        select(column.slot, column.worker_id, column.name, column.grid).order_by(column.slot)
    )
    found = []
    for slot, worker_id, name, grid in rows:
        masked = mask_name(name)
        own = [_is_person(word, masked, worker_id) for word in words]
        if not any(own) or not divisions.is_within(grid, actor.jurisdiction):
            continue
        around = ranks[grid].here
        if all(is_own or fit < NOT_FOUND for is_own, fit in zip(own, around, strict=True)):
            found.append((slot, worker_id, masked, grid))
    return _cut(
        [
            {
                "id": worker_id, "slot": slot, "name": masked, "grid": grid,
                "within": divisions.place_name(grid),
                "lon": divisions.get(grid).lon, "lat": divisions.get(grid).lat,
            }
            for slot, worker_id, masked, grid in found[:MOST_OF_A_KIND]
        ],
        len(found),
    )  # fmt: skip


def _is_person(word: str, masked: str, worker_id: str) -> bool:
    surname = masked.rstrip("*")
    if surname and word in (surname, masked):
        return True
    return (
        len(word) >= LEAST_WORKER_ID
        and any(digit.isdecimal() for digit in word)
        and word in worker_id.casefold()
    )


def _matters(act: Act, number: str) -> Row:
    """By number: open ones first, then the newest."""
    if len(number) < LEAST_NUMBER or not any(letter.isdecimal() for letter in number):
        return _cut([])
    matter, command = tables.matters.c, tables.commands.c
    ordered = select(command.matter_id).where(command.no == number)
    looked_at = or_(matter.closed_at.is_(None), matter.opened_at >= act.now - CLOSED_LOOKED_AT_MS)
    fits = or_(
        matter.no.startswith(number.upper(), autoescape=True),
        matter.external_id.startswith(number, autoescape=True)
        if len(number) >= LEAST_EXTERNAL
        else matter.external_id == number,
        matter.id.in_(ordered),
    )
    statement = (
        MATTERS.select()
        .where(looked_at, fits)
        .order_by(matter.no != number.upper(), matter.closed_at.is_not(None), matter.opened_at.desc())
        .limit(MOST_READ)
    )
    found = [one for row in act.connection.execute(statement) if act.is_visible(one := MATTERS.value(row))]
    return _cut(
        [
            {
                "id": one.id, "no": one.no, "title": mask_numbers(one.title), "open": one.is_open,
                "place": mask_numbers(one.place), "lon": one.lon, "lat": one.lat, "urgency": one.urgency,
            }
            for one in found[:MOST_OF_A_KIND]
        ],
        len(found),
    )  # fmt: skip


def _cut(found: list[Row], total: int = 0) -> Row:
    return {"total": max(total, len(found)), "found": found}


def _box(points: list[Division]) -> list[float]:
    longitudes, latitudes = [one.lon for one in points], [one.lat for one in points]
    return [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]


def _named(division: Division) -> Row:
    return {"code": division.code, "name": division.name, "level": division.level}


def _division(services: Services, division: Division) -> Row:
    return _named(division) | {
        "lon": division.lon,
        "lat": division.lat,
        "place_known": division.place_known,
        "grids": len(_grids_below(services, division)),
    }


def _grids_below(services: Services, place: Division) -> list[str]:
    """Codes of the grids in a division, itself when it is one, in code order."""
    if place.level == "grid":
        return [place.code]
    divisions = services.pack.divisions
    return [
        grid
        for child in divisions.children(place.code)
        for grid in _grids_below(services, divisions.get(child))
    ]


def _child_of(services: Services, grid: str, place: Division) -> str:
    """The division directly in `place` that holds a grid; the grid itself when it is the place."""
    chain = services.pack.divisions.chain(grid)
    return next((one.code for one in chain if one.parent == place.code), grid)
