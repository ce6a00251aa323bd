"""Charts of a brief as plain shapes, so that PDF (vectors) and Word (a picture) show the same one.

Points from the upper left corner, y downwards. Grey and blue alone: amber and red belong to clocks (look.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

INK: Final = "#111C26"
SECOND: Final = "#3D4C58"
THIRD: Final = "#5A6975"
DATA: Final = "#1B6399"
SHADES: Final = (DATA, SECOND, "#4C948B")  # of several lines; each also has its name at its end
LABEL_PT: Final = 8.0
TITLE_PT: Final = 10.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a baseline; `align` is start, middle or end."""

    x: float
    y: float
    words: str
    size: float = LABEL_PT
    align: str = "middle"
    colour: str = SECOND


Shape = Rect | Line | Label


def shapes(chart: Mapping[str, Any], width: float, height: float) -> list[Shape]:
    """Return the shapes of a chart: {"kind" (bars, lines), "title", "labels", "series"}; a missing value is a gap."""
    drawn: list[Shape] = [Label(0, TITLE_PT, str(chart["title"]), TITLE_PT, "start", INK)]
    if chart["kind"] == "bars":
        return drawn + _bars(chart["labels"], chart["series"][0]["values"], width, height)
    return drawn + _lines(chart["labels"], chart["series"], width, height)


def _bars(labels: Sequence[str], values: Sequence[float], width: float, height: float) -> list[Shape]:
    top, bottom = TITLE_PT + 18, height - 14
    most = max([1.0, *values])
    step = width / max(len(values), 1)
    every = math.ceil(len(values) / max(width / 34, 1))  # a month's days have no room for each label
    drawn: list[Shape] = [Line(((0, bottom), (width, bottom)), THIRD, 0.6)]
    for place, (label, value) in enumerate(zip(labels, values, strict=True)):
        high, middle = value / most * (bottom - top), step * (place + 0.5)
        drawn.append(Rect(step * (place + 0.15), bottom - high, step * 0.7, max(high, 0.5), DATA))
        if place % every == 0:
            drawn.append(Label(middle, height - 2, str(label)))
            drawn.append(Label(middle, bottom - high - 3, f"{value:,.0f}", colour=INK))
    return drawn


def _lines(
    labels: Sequence[str], series: Sequence[Mapping[str, Any]], width: float, height: float
) -> list[Shape]:
    left, right, top, bottom = 26.0, width - 92, TITLE_PT + 12, height - 14
    known = [one for line in series for one in (*line["values"], line.get("target")) if one is not None]
    low = max(0.0, math.floor((min(known, default=0) - 1) / 5) * 5)
    high = 100.0
    step = (right - left) / max(len(labels) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        return left + step * place, bottom - (value - low) / (high - low) * (bottom - top)

    drawn: list[Shape] = [
        Label(left - 4, at(0, one)[1] + 3, f"{one:.0f}", align="end") for one in (low, high)
    ]
    drawn.append(Line((at(0, low), (right, bottom)), THIRD, 0.6))
    ends: list[float] = []
    for number, line in enumerate(series):
        colour = SHADES[number % len(SHADES)]
        if line.get("target") is not None:
            y = at(0, line["target"])[1]
            drawn.append(Line(((left, y), (right, y)), colour, 0.6, dashed=True))
        points: list[tuple[float, float]] = []
        for place, value in enumerate([*line["values"], None]):
            if value is not None:
                points.append(at(place, value))
                continue
            if len(points) > 1:
                drawn.append(Line(tuple(points), colour))
            elif points:
                drawn.append(Rect(points[0][0] - 1.5, points[0][1] - 1.5, 3, 3, colour))
            points = []
        last = next((one for one in reversed(line["values"]) if one is not None), None)
        wanted = bottom if last is None else at(0, last)[1]
        ends.append(wanted)
        y = _apart(ends, number)
        said = f"{line['name']} {last:.1f}" if last is not None else f"{line['name']} –"
        drawn.append(Label(right + 6, y + 3, said, align="start", colour=colour))
    every = math.ceil(len(labels) / max((right - left) / 34, 1))
    drawn += [
        Label(left + step * place, height - 2, str(label))
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return drawn


def _apart(ends: list[float], number: int) -> float:
    """Where the name of a line stands so that it lies on none before it."""
    y, taken = ends[number], ends[:number]
    while any(abs(y - one) < LABEL_PT + 2 for one in taken):
        y -= 1
    ends[number] = y
    return y
