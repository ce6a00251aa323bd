"""What the live analysis says an undispatched order may be about, and for whom: words for the dispatch form."""

from __future__ import annotations

from typing import Any

from callbacks.desk.live_view import LiveView
from dashboard.citypack import CityPack
from layouts.desk.routing import Help

SILENT_AFTER = 3  # times without the news that were promised: what is older is not shown (analysis_rows.mjs)
Cells = list[list[Any]]


def help_of(
    live: LiveView, pack: CityPack, jurisdiction: str, matter_id: str, now: int, lang: str
) -> Help | None:
    """Return the suggestions for a matter; None where there are none, or they are of an analysis that fell silent."""
    board = live.analysis(jurisdiction)
    if board.get("state") != "live" or now - board["at"] > SILENT_AFTER * board["every_ms"]:
        return None
    row = next((one for one in board.get("routing", ()) if one[0] == matter_id), None)
    if row is None:
        return None
    categories: Cells = row[1]
    units: Cells = row[2]
    return Help(
        tuple((_category(pack, code, lang), sure) for code, sure in categories),
        tuple((pack.units.get(unit).short, sure) for unit, sure in units if unit in pack.units),
    )


def _category(pack: CityPack, code: str, lang: str) -> str:
    found = pack.categories.get(code)
    if found is None:
        return code
    return found.name_en if lang == "en" else found.name
