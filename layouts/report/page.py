"""The two pages of a citizen: say what is wrong in a grid, and see how far it is. Nobody signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layouts.catalogue import text
from layouts.hand.shell import HandPage, hand_document


@dataclass(frozen=True, slots=True)
class ReportedGrid:
    """What the report page says of its grid. `kinds` are {"code", "name", "name_en"} of what can be reported."""

    code: str
    name: str
    kinds: Sequence[Mapping[str, str]]
    most_photos: int


def report_page(grid: ReportedGrid, language: str, *, demonstration: bool) -> str:
    """HTML of the page behind a grid's code."""
    facts = {"grid": grid.code, "kinds": list(grid.kinds), "most_photos": grid.most_photos}
    return hand_document(
        HandPage(
            "report", text("report.title", language), language, heading=grid.name,
            demonstration=demonstration, facts=facts, can_sign_out=False,
        )
    )  # fmt: skip


def follow_page(
    followed: Mapping[str, Any] | None, code: str, now: int, language: str, *, demonstration: bool
) -> str:
    """HTML of a follow page; `followed` is the report as its sender may see it, None when no report has the code."""
    facts = {"follow": code, "followed": followed, "now": now}
    return hand_document(
        HandPage(
            "report", text("follow.title", language), language, heading=text("follow.title", language),
            demonstration=demonstration, facts=facts, can_sign_out=False,
        )
    )  # fmt: skip


def no_such_grid_page(language: str, *, demonstration: bool) -> str:
    """HTML for a code that names no grid of this city: an old or damaged poster."""
    return hand_document(
        HandPage(
            "report", text("report.title", language), language, heading=text("report.no_such_grid", language),
            demonstration=demonstration, facts={"no_such_grid": True}, can_sign_out=False,
        )
    )  # fmt: skip
