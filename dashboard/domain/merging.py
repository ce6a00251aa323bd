"""Which matters say the same: scored by category, place, time and words, with the facts that speak for it.

Pure and quick: an index over cells of place and time, so that one new matter is compared with its neighbours alone.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refused
from dashboard.domain.words import STAGE_WORDS, both

METRES_PER_DEGREE: Final = 111_320.0
# What counts how much, of 1 in all; assumed: words tell most, a city's main breaks under many addresses at once.
TEXT_WEIGHT: Final = 0.45
PLACE_WEIGHT: Final = 0.35
TIME_WEIGHT: Final = 0.20
PERFECT: Final = 0.999

# In these stages the citizen has been answered, somebody rules on the matter, or its clock stands still.
FIXED_STAGES = frozenset(
    {
        "SUPPLEMENT", "REPLIED", "TO_CALLBACK", "DISPOSED", "CHECKING", "EXTENSION_APPLIED", "SUSPENDED",
        "WHISTLED", "CO_HANDLING",
    }
)  # fmt: skip
_NOT_WORDS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True, slots=True)
class MergeRules:
    """When two matters of one category may be one: rows of the city pack.

    `near_m` and `apart_ms` are how far and how long apart at most, `least_text` how alike their words at least (0-1),
    `likeness` the score from which a merge is proposed, `ask_from` how many proposed into one matter are worth asking
    the desk for: of a single pair the drawer speaks, a burst is called out.
    """

    near_m: int
    apart_ms: int
    least_text: float
    likeness: float
    ask_from: int = 1


@dataclass(frozen=True, slots=True)
class Described:
    """What a matter is compared by. Without a point (WGS-84 degrees) it is near nothing."""

    id: str
    kind: str
    category: str
    lon: float | None
    lat: float | None
    opened_at: int
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Alike:
    """One matter that is likely the same, and why: metres and ms apart, words 0-1, all together 0-1."""

    id: str
    likeness: float
    metres: int
    apart_ms: int
    text: float


def grams_of(*texts: str) -> frozenset[str]:
    """Return the pairs of neighbouring characters of some texts, without digits, signs and spaces."""
    found: set[str] = set()
    for one in texts:
        plain = _NOT_WORDS.sub("", unicodedata.normalize("NFKC", one)).lower()
        found.update(plain[at : at + 2] for at in range(max(len(plain) - 1, min(len(plain), 1))))
    return frozenset(found)


def text_likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two texts are, 0 to 1: twice what they share over what they have (Dice)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


class DuplicateIndex:
    """Matters by kind, category, cell of place and cell of time; asked for those like one of them."""

    def __init__(self, rules: MergeRules, matters: Iterable[Described] = ()) -> None:
        self._rules = rules
        self._cells: dict[tuple[str, str, int, int, int], list[Described]] = {}
        self._step = rules.near_m / METRES_PER_DEGREE
        for one in matters:
            self.add(one)

    def add(self, matter: Described) -> None:
        """Take a matter in; one without a point stays out."""
        key = self._key(matter)
        if key is not None:
            self._cells.setdefault(key, []).append(matter)

    def alike(self, matter: Described) -> list[Alike]:
        """Return the matters that are likely the same as `matter`, the likeliest first; never itself."""
        found = [
            alike
            for other in self._neighbours(matter)
            if (alike := compare(matter, other, self._rules)) is not None
        ]
        return sorted(found, key=lambda one: (-one.likeness, one.id))

    def likeliest(self, matter: Described) -> Alike | None:
        """Return one of the likeliest, None when nothing is like it; looks no further than a perfect likeness."""
        best: Alike | None = None
        for other in self._neighbours(matter):
            alike = compare(matter, other, self._rules)
            if alike is not None and (best is None or alike.likeness > best.likeness):
                best = alike
                if best.likeness >= PERFECT:
                    break
        return best

    def _neighbours(self, matter: Described) -> Iterator[Described]:
        key = self._key(matter)
        if key is None:
            return
        kind, category, east, north, when = key
        # A degree of longitude is shorter than one of latitude: more cells lie beside than above.
        reach = math.ceil(1 / max(math.cos(math.radians(matter.lat or 0.0)), 0.1))
        for x in range(east - reach, east + reach + 1):
            for y in (north - 1, north, north + 1):
                for at in (when - 1, when, when + 1):
                    for other in self._cells.get((kind, category, x, y, at), ()):
                        if other.id != matter.id:
                            yield other

    def _key(self, matter: Described) -> tuple[str, str, int, int, int] | None:
        if matter.lon is None or matter.lat is None:
            return None
        return (
            matter.kind,
            matter.category,
            math.floor(matter.lon / self._step),
            math.floor(matter.lat / self._step),
            matter.opened_at // max(self._rules.apart_ms, 1),
        )


def compare(one: Described, other: Described, rules: MergeRules) -> Alike | None:
    """Return how alike two matters are, None when they are too far apart in any way to be proposed as one."""
    if one.kind != other.kind or one.category != other.category:
        return None
    if one.lon is None or one.lat is None or other.lon is None or other.lat is None:
        return None
    apart_ms = abs(one.opened_at - other.opened_at)
    if apart_ms > rules.apart_ms:
        return None
    metres = math.hypot(
        (one.lon - other.lon) * math.cos(math.radians((one.lat + other.lat) / 2)), one.lat - other.lat
    )
    metres *= METRES_PER_DEGREE
    if metres > rules.near_m:
        return None
    text = text_likeness(one.grams, other.grams)
    if text < rules.least_text:
        return None
    likeness = (
        TEXT_WEIGHT * text
        + PLACE_WEIGHT * (1 - metres / rules.near_m)
        + TIME_WEIGHT * (1 - apart_ms / rules.apart_ms)
    )
    if likeness < rules.likeness:
        return None
    return Alike(other.id, round(likeness, 3), round(metres), apart_ms, round(text, 2))


def why_not_carried(carrier: Matter, matter: Matter) -> Refused | None:
    """Say why a matter cannot be merged into `carrier`, None when nothing stands against it."""
    if matter.id == carrier.id:
        return Refused("merged_with_itself", {"no": matter.no})
    if matter.kind != carrier.kind:
        return Refused("other_kind", {"no": matter.no, "carrier_no": carrier.no})
    if matter.carrier is not None:
        return Refused("merged_already", {"no": matter.no})
    if not matter.is_open:
        return Refused("matter_closed", {"no": matter.no})
    if matter.proposals:
        return Refused("proposal_waits", {"no": matter.no})
    if matter.whistle is not None or matter.paused_at is not None or matter.stage in FIXED_STAGES:
        return Refused("not_mergeable", {"no": matter.no, **both(STAGE_WORDS, matter.stage, "stage_name")})
    return None


def earliest(*ends: int | None) -> int | None:
    """Return the earliest of the ends that are known: nobody has to wait longer because matters were merged."""
    known = [one for one in ends if one is not None]
    return min(known, default=None)
