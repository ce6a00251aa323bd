"""Surges: which category, in which township, draws more requests than it should, since when, and by how many.

Every pair of category and township, each category and each township is looked at over several windows that reach
back from now, one hour to eight (the temporal scan of J. Naus, Journal of the American Statistical Association 60,
1965, with an expectation that changes through the day): how rarely would chance bring so many? A short window finds
a burst, a long one a rise that is spread out. What is expected is itself known only roughly: how far it misses is a
factor with a gamma distribution (a standard deviation of a half), so that the count of a window is negative binomial.
The day before the window sharpens that: whatever came then tells the factor (the gamma distribution is its own kind
after counts were seen, as in A. Gelman and others, Bayesian Data Analysis, 2.6). A busy category that kept to what was
expected is therefore said at three or four times that, a quiet pair still asks for its four requests.

A count whose rise is explained by one of its parts (one category in one township) is not said twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

STEP_MS: Final = 300_000
STEPS_A_DAY: Final = 24 * 12
STEPS_A_WEEK: Final = 7 * STEPS_A_DAY
# Windows and the three numbers below were found on the recording's early weeks (docs/hotline.md).
WINDOWS: Final = (12, 24, 48, 96)  # steps: one, two, four and eight hours
LONGEST: Final = WINDOWS[-1]
LEAST_COUNT: Final = 4  # fewer are no surge, however rare the category
STANDS_STEPS: Final = 12  # a surge is over when nothing has been rare enough for an hour
SIZE: Final = 4.0  # of the gamma distribution: expectations miss by about a half of themselves
BACK: Final = STEPS_A_DAY  # steps before a window that tell how far the expectation misses there
BEFORE: Final = BACK + LONGEST + STANDS_STEPS  # steps that a look needs, its own among them
LEAST_A_DAY: Final = (
    0.3  # requests a day that are expected of any count, or hundreds of quiet ones say the most
)
_RAREST: Final = 300.0  # beyond what a float can say


@dataclass(frozen=True, slots=True)
class Watched:
    """Which counts are watched: pairs first, then categories, then townships.

    Args:
        category_of, township_of: of each pair, the column of its whole category and of its whole township; -1 for none.
        categories, townships: how many columns of each follow the pairs.
    """

    category_of: Numbers
    township_of: Numbers
    categories: int
    townships: int

    @property
    def pairs(self) -> int:
        """How many pairs are watched."""
        return int(self.category_of.size)

    @property
    def places(self) -> int:
        """How many counts are watched in all."""
        return self.pairs + self.categories + self.townships

    def parts_of(self, place: int) -> Numbers:
        """Return the pairs that a whole category or township consists of; nothing for a pair."""
        return np.flatnonzero((self.category_of == place) | (self.township_of == place))


@dataclass(frozen=True, slots=True)
class Surge:
    """One departure: `place` in the watched counts, `onset` (step of its first request), requests since, and usual.

    `strength`: how many times rarer than what is said, as a power of ten.
    """

    place: int
    onset: int
    counted: int
    expected: float
    strength: float

    @property
    def excess(self) -> float:
        """Requests beyond expectation since the onset."""
        return self.counted - self.expected


def heights(watched: Watched, rarity: float, of_categories: float | None = None) -> Floats:
    """Return for each count the power of ten of the chance at which it is said.

    Pairs, categories and townships each have as much to say: thousands of pairs do not drown the few others.

    Args:
        rarity: power of ten of the chance that a look at all counts of one level says something.
        of_categories: the same of whole categories alone, where it is another one.
    """
    found = np.empty(watched.places)
    first = 0
    whole = rarity if of_categories is None else of_categories
    for number, rare in ((watched.pairs, rarity), (watched.categories, whole), (watched.townships, rarity)):
        found[first : first + number] = rare + log10(max(1, number))
        first += number
    return found


def rarities(counts: Floats, expected: Floats, first: int = 0) -> tuple[Floats, Numbers]:
    """Return how rare each count is at each step, as a power of ten, by its rarest window; and that window in steps.

    Args:
        counts: requests, steps x watched counts.
        expected: what was to be expected of them, as `counts`.
        first: the step from which on it is asked; those before only fill its windows.

    Returns:
        Both (steps - first) x watched counts, nothing where there are fewer than four.
    """
    from scipy.special import betainc

    steps, places = counts.shape
    none = np.zeros((1, places))
    came = np.concatenate([none, np.cumsum(counts, axis=0)])
    usual = np.concatenate([none, np.cumsum(expected + LEAST_A_DAY / STEPS_A_DAY, axis=0)])
    rare, window = np.zeros((steps - first, places)), np.zeros((steps - first, places), np.int64)
    ends = np.arange(first, steps)
    for width in WINDOWS:
        begins = np.maximum(0, ends + 1 - width)
        inside = came[first + 1 :] - came[begins]
        at, place = np.nonzero(inside >= LEAST_COUNT)
        number = inside[at, place]
        begin, earlier = begins[at], np.maximum(0, begins[at] - BACK)
        mean = usual[ends[at] + 1, place] - usual[begin, place]
        before = came[begin, place] - came[earlier, place]
        # Fewer than usual never make the expectation smaller: a platform that was silent comes back with much at once.
        usually = np.minimum(before, usual[begin, place] - usual[earlier, place])
        chance = betainc(number, SIZE + before, mean / (SIZE + usually + mean))
        found = np.where(number > mean, -np.log10(np.maximum(chance, 10.0**-_RAREST)), 0.0)
        more = found > rare[at, place]
        rare[at[more], place[more]] = found[more]
        window[at[more], place[more]] = width
    return rare, window


def standing(counts: Floats, expected: Floats, watched: Watched, limits: Floats) -> list[Surge]:
    """Return the surges that stand at the last step, strongest first, each said once.

    Args:
        counts, expected: steps x watched counts; the last step may be one that still runs, with its part expected.
        watched: what the columns are.
        limits: from `heights`.
    """
    steps = len(counts)
    first = max(0, steps - STANDS_STEPS)
    rare, window = rarities(counts, expected, first)
    over = rare - limits
    found: dict[int, Surge] = {}
    for place in np.flatnonzero((over >= 0).any(axis=0)):
        step = int(over[:, place].argmax())
        end = first + step + 1
        began = max(0, end - int(window[step, place]))
        onset = began + _change(counts[began:end, place], expected[began:end, place])
        found[int(place)] = Surge(
            int(place),
            onset,
            int(counts[onset:, place].sum()),
            float(expected[onset:, place].sum()),
            float(over[step, place]),
        )
    said = [one for one in found.values() if not _is_explained(one, found, watched, counts, expected)]
    return sorted(said, key=lambda one: (-one.strength, -one.excess, one.place))


def _change(counts: Floats, expected: Floats) -> int:
    """Return the step since which more came, most likely: of all beginnings the one with the greatest likelihood ratio.

    It is a step with a request (E. Page's rule of the last change, Biometrika 41, 1954, within one window).
    """
    came = counts[::-1].cumsum()[::-1]
    usual = (expected + LEAST_A_DAY / STEPS_A_DAY)[::-1].cumsum()[::-1]
    ratio = np.where(came > usual, came * np.log(np.maximum(came, 1.0) / usual) - (came - usual), 0.0)
    return int(np.where(counts > 0, ratio, -1.0).argmax())


def _is_explained(
    one: Surge, found: dict[int, Surge], watched: Watched, counts: Floats, expected: Floats
) -> bool:
    """Say whether the parts of a category or township that stand by themselves leave less than half its excess.

    What has no place (a call without an order counts for its category alone) is taken to be spread as the rest is.
    """
    everywhere = watched.parts_of(one.place)
    parts: Sequence[int] = [int(part) for part in everywhere if int(part) in found]
    if not parts:
        return False
    beyond = counts[one.onset :, parts].sum() - expected[one.onset :, parts].sum()
    placed = counts[one.onset :, everywhere].sum() / one.counted
    return bool(beyond >= placed * one.excess / 2)
