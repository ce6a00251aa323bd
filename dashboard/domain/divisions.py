"""The division tree: city > region > township > village > grid, and the questions asked of it.

A *region* is a county, a district or a functional zone: a zone stands beside the counties in every
list, whichever county its townships lie in on the map (the pack's `zones.csv` says which).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Level = Literal["city", "region", "township", "village", "grid"]

LEVELS: tuple[Level, ...] = ("city", "region", "township", "village", "grid")


class UnknownDivision(KeyError):
    """No division has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return f"no division has the code {self.code!r}"


@dataclass(frozen=True, slots=True)
class Division:
    """One node of the tree. `lon` and `lat` are WGS-84 degrees of a point inside it.

    `place_known` is false where only the membership is a fact and the place on the map is schematic:
    such a village's name is not written on a map.
    """

    code: str
    name: str
    level: Level
    parent: str | None
    lon: float
    lat: float
    kind: str
    place_known: bool


class Divisions:
    """The tree of one city. Build it from divisions in any order.

    Raises ValueError for a repeated code, a missing parent, a parent of the wrong level, or more or
    fewer than one city: a loader reports those in better words before it builds the tree.
    """

    def __init__(
        self, divisions: Iterable[Division], locate: Callable[[float, float], str | None] | None = None
    ) -> None:
        by_code: dict[str, Division] = {}
        for division in divisions:
            if division.code in by_code:
                raise ValueError(f"division {division.code} appears twice")
            by_code[division.code] = division
        children: dict[str, list[str]] = {code: [] for code in by_code}
        cities = [division for division in by_code.values() if division.level == "city"]
        if len(cities) != 1:
            raise ValueError(f"a tree has one city, this one has {len(cities)}")
        for division in by_code.values():
            if division.level == "city":
                continue
            parent = by_code.get(division.parent or "")
            if parent is None:
                raise ValueError(f"division {division.code} has the unknown parent {division.parent}")
            if LEVELS.index(parent.level) != LEVELS.index(division.level) - 1:
                raise ValueError(
                    f"division {division.code} ({division.level}) cannot lie in a {parent.level}"
                )
            children[parent.code].append(division.code)
        self._by_code = by_code
        self._children = {code: tuple(sorted(codes)) for code, codes in children.items()}
        self._locate = locate
        self.city = cities[0]

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __iter__(self) -> Iterator[Division]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    @property
    def by_code(self) -> Mapping[str, Division]:
        """Every division under its code, read only."""
        return MappingProxyType(self._by_code)

    def get(self, code: str) -> Division:
        """Return the division. Raises UnknownDivision."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownDivision(code) from None

    def at_level(self, level: Level) -> tuple[Division, ...]:
        """Return every division of one level, in code order."""
        return tuple(
            sorted((one for one in self._by_code.values() if one.level == level), key=lambda one: one.code)
        )

    @property
    def regions(self) -> tuple[Division, ...]:
        """The regions in code order: counties first, then the zones without a code of their own."""
        return self.at_level("region")

    def children(self, code: str) -> tuple[str, ...]:
        """Return the codes directly below, in code order. Raises UnknownDivision."""
        self.get(code)
        return self._children[code]

    def chain(self, code: str) -> tuple[Division, ...]:
        """Return the division and all above it, lowest first. Raises UnknownDivision."""
        chain = [self.get(code)]
        while chain[-1].parent is not None:
            chain.append(self._by_code[chain[-1].parent])
        return tuple(chain)

    def is_within(self, code: str, ancestor: str) -> bool:
        """Say whether `code` is `ancestor` or lies below it. An unknown code lies nowhere."""
        at: str | None = code
        while at is not None:
            division = self._by_code.get(at)
            if division is None:
                return False
            if at == ancestor:
                return True
            at = division.parent
        return False

    def above(self, code: str, level: Level) -> Division | None:
        """Return the division of `level` that holds `code` or is it, None when `code` is above that level."""
        return next((division for division in self.chain(code) if division.level == level), None)

    def region_of(self, code: str) -> str | None:
        """Return the region's code, None for the city itself. Raises UnknownDivision."""
        region = self.above(code, "region")
        return region.code if region else None

    def township_of(self, code: str) -> str | None:
        """Return the township's code, None for a region or the city. Raises UnknownDivision."""
        township = self.above(code, "township")
        return township.code if township else None

    def village_of(self, code: str) -> str | None:
        """Return the village's code, None above villages. Raises UnknownDivision."""
        village = self.above(code, "village")
        return village.code if village else None

    def place_name(self, code: str) -> str:
        """Return what a person would say: 石臼街道 荣安社区 第3网格. Raises UnknownDivision."""
        names: list[str] = []
        for division in reversed(self.chain(code)):
            if division.level in ("city", "region") and division.code != code:
                continue
            name = division.name
            if names and name.startswith(names[-1]):
                name = name[len(names[-1]) :]
            names.append(name)
        return " ".join(names)

    def locate(self, lon: float, lat: float) -> str | None:
        """Return the grid that holds a WGS-84 point, None outside every grid.

        Raises LookupError when this tree was built without boundaries.
        """
        if self._locate is None:
            raise LookupError("this division tree was built without boundaries")
        return self._locate(lon, lat)
