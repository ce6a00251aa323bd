"""Places and units by what people call them: name, alias, code, or the initials of their pinyin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.citypack.initials import initials_of
from dashboard.citypack.units import Units
from dashboard.domain.divisions import LEVELS, Divisions, Level

LEAST_CODE_DIGITS = 6  # fewer digits of a division's code name a province
NOT_FOUND = 99
# How well a word fits, best first; what is written in full goes before initials.
EXACT, BEGINS, HOLDS, INITIALS, INNER_INITIALS = range(5)


@dataclass(frozen=True, slots=True)
class Ranks:
    """How well each word fits one division: by its `own` name or code, and `here`, where what holds it counts too."""

    own: tuple[int, ...]
    here: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A division that was meant. `rank` is how well the worst fitting word fits, 0 best."""

    code: str
    level: Level
    rank: int


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit that was meant."""

    unit_id: str
    rank: int


def fit_of(word: str, names: Sequence[str]) -> int:
    """Return how well `word` (lower case) fits the best of several names of one thing, NOT_FOUND where it does not."""
    best = NOT_FOUND
    is_typed = word.isascii() and word.isalnum()
    for name in names:
        lower = name.casefold()
        if word == lower:
            return EXACT
        if lower.startswith(word):
            best = min(best, BEGINS)
        elif word in lower:
            best = min(best, HOLDS)
        elif is_typed and best > INITIALS and (place := initials_of(name).find(word)) >= 0:
            begins_usually = place == 0 and initials_of(name).usual.startswith(word)
            best = min(best, INITIALS if begins_usually else INNER_INITIALS)
    return best


class PlaceIndex:
    """Finds divisions and units of one city. `place` limits every answer to a division and what lies below it."""

    def __init__(self, divisions: Divisions, units: Units) -> None:
        self._divisions = divisions
        self._units = units

    def ranks(self, words: Sequence[str]) -> dict[str, Ranks]:
        """Return how well each word (lower case) fits every division."""
        found: dict[str, Ranks] = {}
        nothing = (NOT_FOUND,) * len(words)
        for division in sorted(self._divisions, key=lambda one: LEVELS.index(one.level)):
            own = tuple(_fit_of_division(word, division.name, division.code) for word in words)
            above = found[division.parent].here if division.parent else nothing
            found[division.code] = Ranks(own, tuple(map(min, own, above)))
        return found

    def places(self, ranks: Mapping[str, Ranks], place: str) -> list[FoundPlace]:
        """Return the divisions that all words fit, the best first.

        At least one word must fit the division itself, the others may fit what holds it: `石臼 3网格`.
        """
        found = [
            FoundPlace(code, self._divisions.get(code).level, max(fits.here))
            for code, fits in ranks.items()
            if max(fits.here) < NOT_FOUND
            and min(fits.own) < NOT_FOUND
            and self._divisions.is_within(code, place)
        ]
        return sorted(
            found,
            key=lambda one: (
                one.rank, LEVELS.index(one.level), len(self._divisions.get(one.code).name), one.code,
            ),
        )  # fmt: skip

    def units(self, words: Sequence[str], place: str) -> list[FoundUnit]:
        """Return the units that all words fit, the best first: those of a place, and the city's own, which answer
        for every place."""
        city = self._divisions.city.code
        found = []
        for unit in self._units:
            if unit.region != city and not self._divisions.is_within(unit.township or unit.region, place):
                continue
            names = (unit.short, unit.name, *unit.aliases)
            rank = max(fit_of(word, names) for word in words)
            if rank < NOT_FOUND:
                found.append(FoundUnit(unit.id, rank))
        return sorted(found, key=lambda one: (one.rank, len(self._units.get(one.unit_id).short), one.unit_id))


def _fit_of_division(word: str, name: str, code: str) -> int:
    if word.isdecimal() and len(word) >= LEAST_CODE_DIGITS:
        return EXACT if word == code else BEGINS if code.startswith(word) else NOT_FOUND
    return fit_of(word, (name,))
