"""One row of a bench: a figure beside its bar and its peer, printed at once and kept for the runner's table."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

# Names the file that rows are added to; set by `tools.bench` for the parts that it starts.
ROWS_FILE = "BENCH_ROWS_FILE"
FIGURE_SUFFIX = ".figure"

Verdict = Literal["pass", "OVER", "skipped", ""]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure.

    Args:
        what: what was measured, and under which conditions where the part's title does not say it.
        value: the figure; None where it could not be measured, `note` then says why.
        unit: of the value.
        bar: what the figure may be at most, or with `is_least` at least; None for a peer or a mere finding.
        times: the figure divided by the peer's of the same run.
        of: the peer that `times` refers to.
        note: what else there is to know.
    """

    what: str
    value: float | None
    unit: str = ""
    bar: float | None = None
    is_least: bool = False
    times: float | None = None
    of: str = ""
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """Whether the bar is kept; empty where there is none."""
        if self.value is None:
            return "skipped"
        if self.bar is None:
            return ""
        is_kept = self.value >= self.bar if self.is_least else self.value <= self.bar
        return "pass" if is_kept else "OVER"

    @property
    def figure(self) -> str:
        """The value with its unit."""
        return "–" if self.value is None else f"{number(self.value)} {self.unit}".strip()

    @property
    def bar_in_words(self) -> str:
        """The bar with its direction; empty where there is none."""
        return "" if self.bar is None else f"{'≥' if self.is_least else '≤'} {number(self.bar)}"

    @property
    def beside(self) -> str:
        """The ratio to the peer; empty where there is none."""
        return "" if self.times is None else f"{number(self.times)} × {self.of}"


def tell(row: Row) -> bool:
    """Print a row, keep it for the runner, and say whether its bar is kept."""
    words = f"  {row.what:58} {row.figure:>16}  {row.beside:34}"
    if row.bar is not None:
        words += f" bar {row.bar_in_words} {row.verdict}"
    if row.note:
        words += f"  ({row.note})"
    print(words.rstrip(), flush=True)
    keep(row)
    return row.verdict != "OVER"


def skip(what: str, why: str) -> None:
    """Name something that could not be measured, and why."""
    tell(Row(what, None, note=f"skipped: {why}"))


def keep(row: Row) -> None:
    """Add a row to the runner's file; does nothing in a part that is run alone."""
    file = os.environ.get(ROWS_FILE)
    if file:
        with Path(file).open("a", encoding="utf-8") as out:
            out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def draw(figure: str) -> None:
    """Print a drawing in plain text and keep it for the document."""
    print(figure, flush=True)
    file = os.environ.get(ROWS_FILE)
    if file:
        Path(file).with_suffix(FIGURE_SUFFIX).write_text(figure, encoding="utf-8")


def kept_figure(file: Path) -> str:
    """Return the drawing that a part has kept, empty where it made none."""
    figure = file.with_suffix(FIGURE_SUFFIX)
    return figure.read_text(encoding="utf-8") if figure.exists() else ""


def kept_rows(file: Path) -> list[Row]:
    """Return the rows that a part has kept, in its order."""
    if not file.exists():
        return []
    return [Row(**json.loads(text)) for text in file.read_text(encoding="utf-8").splitlines()]


def number(value: float) -> str:
    """Write a figure with three significant digits, whole and grouped from a hundred on."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if value == int(value):
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
