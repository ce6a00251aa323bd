"""The two pages of a citizen: say what is wrong in a grid, and see how far it is. Nobody signs in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layouts.catalogue import text
from layouts.hand.shell import UNRELEASED, HandFiles, HandPage, hand_document


@dataclass(frozen=True, slots=True)
class ReportedGrid:
    """What the report page says of its grid. `kinds` are {"code", "name", "name_en"} of what can be reported."""

    code: str
    name: str
    kinds: Sequence[Mapping[str, str]]
    most_photos: int


ENTRY = "report/entry.mjs"
_WORDS = ("live", "hand")


def report_page(
    grid: ReportedGrid, now: int, language: str, *, demonstration: bool, files: HandFiles = UNRELEASED
) -> str:
    """HTML of the page behind a grid's code; a phone's own clock may be anything, so the page brings the time."""
    facts = {"grid": grid.code, "kinds": list(grid.kinds), "most_photos": grid.most_photos, "now": now}
    return _document(text("report.title", language), grid.name, facts, language, demonstration, files)


def follow_page(
    followed: Mapping[str, Any] | None,
    code: str,
    now: int,
    language: str,
    *,
    demonstration: bool,
    files: HandFiles = UNRELEASED,
) -> str:
    """HTML of a follow page; `followed` is the report as its sender may see it, None when no report has the code."""
    facts = {"follow": code, "followed": followed, "now": now}
    title = text("follow.title", language)
    return _document(title, title, facts, language, demonstration, files)


def no_such_grid_page(language: str, *, demonstration: bool, files: HandFiles = UNRELEASED) -> str:
    """HTML for a code that names no grid of this city: an old or damaged poster."""
    heading, facts = text("report.no_such_grid", language), {"no_such_grid": True}
    return _document(text("report.title", language), heading, facts, language, demonstration, files)


def _document(
    title: str, heading: str, facts: Mapping[str, Any], language: str, demonstration: bool, files: HandFiles
) -> str:
    page = HandPage(
        "report", title, language, heading=heading, demonstration=demonstration, facts=facts, words=_WORDS,
        can_sign_out=False, entry=ENTRY, files=files, opening=text("report.urgent", language), has_faces=False,
    )  # fmt: skip
    return hand_document(page)
