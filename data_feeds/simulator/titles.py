"""Titles of orders and events by category, from `titles.toml`."""

from __future__ import annotations

import random
import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("titles.toml")
Title = tuple[str, int]
"""The words and the urgency, 1 emergency to 4 difficult."""


@cache
def titles() -> dict[str, tuple[tuple[str, int, float], ...]]:
    """Return (words, urgency, weight) by category code."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: tuple((str(w), int(u), float(n)) for w, u, n in rows) for code, rows in content.items()}


def draw_title(chance: random.Random, category: str) -> Title:
    """Draw the title of one matter; the code's group stands in for a finer code."""
    rows = titles().get(category) or titles()[category[:4]]
    words, urgency, _ = chance.choices(rows, [weight for _, _, weight in rows])[0]
    return words, urgency
