"""Which units a written word may mean: a name, an alias, or the initials of either."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from dashboard.citypack.initials import initials_of
from dashboard.citypack.units import Unit

SHORTEST_INITIALS = 2  # one letter would name a third of the directory
MOST_CONTAINING = 12  # a bureau of every county; a word that more names hold (街道, 公司) names none of them


def units_named(units: Iterable[Unit], word: str) -> tuple[Unit, ...]:
    """Return the units that `word` may mean, the exact before the likely; empty when it means none.

    A word means a unit by its name, short name or alias, else by initials of one of these (`gd`, `rlgs`), whole before
    begun, else as a part of its name that few names have.
    """
    known = tuple(units)
    exact = tuple(one for one in known if word in _names(one))
    if exact or not word:
        return exact
    if word.isascii():
        if not word.isalpha() or len(word) < SHORTEST_INITIALS:
            return ()
        letters = word.casefold()
        whole = tuple(one for one in known if letters in initials_of_unit(one))
        return whole or tuple(
            one for one in known if any(initials_of(name).find(letters) == 0 for name in _names(one))
        )
    part = tuple(one for one in known if len(word) > 1 and any(word in name for name in _names(one)))
    return part if len(part) <= MOST_CONTAINING else ()


@lru_cache(maxsize=1024)
def _names(unit: Unit) -> tuple[str, ...]:
    return (unit.name, unit.short, *unit.aliases)


@lru_cache(maxsize=1024)
def initials_of_unit(unit: Unit) -> frozenset[str]:
    """Return the initials of a unit's names, as most would type them."""
    return frozenset(initials_of(name).usual for name in _names(unit))
