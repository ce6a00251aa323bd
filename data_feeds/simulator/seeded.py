"""Chance that repeats itself: everything about one thing is drawn from the seed and the thing's own name."""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def stream(seed: int, *name: object) -> random.Random:
    """Return the random stream of one named thing; the same name gives the same stream in every process."""
    words = "|".join(str(part) for part in (seed, *name))
    return random.Random(int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big"))


def log_normal(chance: random.Random, median: float, sigma: float) -> float:
    """Draw a duration around its median."""
    return median * math.exp(chance.gauss(0.0, sigma))


def weighted(chance: random.Random, things: Sequence[Thing], weights: Sequence[float]) -> Thing:
    """Draw one thing by weight."""
    return chance.choices(things, weights)[0]
