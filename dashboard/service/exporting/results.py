"""Rows of the hotline's results of the month, from the picture that the asker's own page of the hotline is told.

The picture is already of the asker's jurisdiction and masked; to count a month of orders anew for a file would take
seconds of the store where the page has the same numbers. Each row says as of when they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from dashboard.domain.refusal import Refused
from dashboard.service.exporting.found import Found, Names, Row
from dashboard.service.services import Services

Picture = Mapping[str, Any]
FindTold = Callable[[Services, Picture], Found | Refused]
# Rate -> the column of what was counted; its denominator stands beside it.
_RATES: Final = {"response": "response", "resolved": "resolved_count", "satisfied": "satisfied_count"}


def rate_rows(services: Services, told: Picture) -> Found | Refused:
    """The three rates with their denominators: the city where the asker has it, its counties, their townships."""
    names = Names(services)

    def rows() -> Iterable[Row]:
        city = told.get("city")
        if city is not None:
            yield _rates(city) | {"place": services.pack.name}
        for region in told["regions"]:
            yield _rates(region) | {
                "place": names.place(region["region"]),
                "region": names.place(region["region"]),
            }
            for town in told["townships"]:
                if town["region"] == region["region"]:
                    place = {"place": names.place(town["township"]), "region": names.place(town["region"])}
                    yield _rates(town) | place

    return _found(told, rows)


def return_rows(services: Services, told: Picture) -> Found | Refused:
    """退单 and bounces of each unit that had any this month."""
    names = Names(services)

    def rows() -> Iterable[Row]:
        for one in told["units"]:
            counts = {f"returns_{name}": one[name] for name in ("asked", "upheld", "forced", "waiting")}
            yield counts | {
                "unit": names.unit(one["unit"]), "region": names.place(one["region"]),
                "dispatched": one["dispatched"], "bounced": one["bounced"], "bounced_twice": one["twice"],
            }  # fmt: skip

    return _found(told, rows)


def repeat_rows(services: Services, told: Picture) -> Found | Refused:
    """Who called again and again, as the page lists them: so many of each county, the most first."""
    names = Names(services)

    def rows() -> Iterable[Row]:
        for one in told.get("repeats", ()):
            yield names.of(one | {"township": None}) | {
                "caller": one["caller"], "times": one["count"], "open": one["open"], "no": one["no"],
                "last_at": one["last_at"],
            }  # fmt: skip

    return _found(told, rows)


def group_rows(services: Services, told: Picture) -> Found | Refused:
    """Open matters that many citizens stand behind, as the page lists them."""
    names = Names(services)

    def rows() -> Iterable[Row]:
        for one in told.get("groups", ()):
            kept = {name: one[name] for name in ("no", "title", "citizens", "opened_at", "due_at")}
            yield kept | names.of(one)

    return _found(told, rows)


def _rates(row: Mapping[str, Any]) -> Row:
    found: Row = {}
    for name, column in _RATES.items():
        found[column], found[f"{name}_of"] = row[name]
    call_back = row["call_back"]
    return found | {
        "called_back": call_back["asked"], "to_call_back": call_back["closed"] + call_back["waiting"],
        "open": row["open"], "redo": row["redo"],
    }  # fmt: skip


def _found(told: Picture, rows: Callable[[], Iterable[Row]]) -> Found | Refused:
    if "at" not in told:
        return Refused("no_results_yet", {})
    dated = [one | {"month": told["month"], "as_of": told["at"]} for one in rows()]
    return Found(len(dated), lambda: iter(dated))
