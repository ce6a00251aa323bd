"""Says a recommendation in the desk's words: tiers, skills and reasons from the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.citypack.unit_words import initials_of_unit
from dashboard.citypack.units import Unit
from dashboard.domain.recommendation import (
    Candidate,
    LeftOut,
    Reason,
    Recommendation,
    distance_m,
    travel_minutes,
)
from layouts.catalogue import has_text, text
from layouts.desk.recommended import Suggestion, Suggestions

WORKER_TAIL: Final = 4  # characters of a worker's number that tell masked names apart
LEFT_OUT_NAMED: Final = 3
TIER_CODES: Final = ("own_grid", "own_village", "own_township", "neighbouring", "beyond")
# Said elsewhere in the row: distance and minutes have their columns, the tier is the area column.
SAID_IN_COLUMNS: Final = (*TIER_CODES, "distance")


def suggestions(advice: Recommendation, lang: str, without: frozenset[str] = frozenset()) -> Suggestions:
    """The recommendation in words, `without` those already ordered; only the lead is proposed ticked."""
    return Suggestions(
        candidates=tuple(_suggestion(one, lang) for one in advice.candidates if one.id not in without),
        left_out=_all_left_out(advice.left_out, lang),
        shortfall=tuple(_say(reason, lang) for reason in advice.shortfall),
    )


def _suggestion(one: Candidate, lang: str) -> Suggestion:
    tier = next((reason for reason in one.reasons if reason.code in TIER_CODES), None)
    whistles = next((int(reason.params["count"]) for reason in one.reasons if reason.code == "on_whistle"), 0)
    return Suggestion(
        kind=one.kind,
        id=one.id,
        code=one.code,
        name=one.name if one.kind == "unit" else f"{one.name} {one.id[-WORKER_TAIL:]}",
        role=one.role,
        role_text=text(f"desk.role_of.{one.role}", lang),
        distance_m=one.distance_m,
        minutes=one.minutes,
        hands=one.load,
        jurisdiction=_say(tier, lang) if tier else "",
        reasons=_reasons([reason for reason in one.reasons if reason.code not in SAID_IN_COLUMNS], lang),
        lon=one.lon,
        lat=one.lat,
        chosen=one.role == "lead",
        whistles=whistles,
        search=one.name,
    )


def further_units(
    units: Sequence[Unit], place: tuple[float, float] | None, named: frozenset[str], lang: str
) -> tuple[Suggestion, ...]:
    """Units that the directory does not name for the matter; a dialog shows them when they are looked for."""
    return tuple(_further(unit, place, lang) for unit in units if unit.id not in named)


def _further(unit: Unit, place: tuple[float, float] | None, lang: str) -> Suggestion:
    away = None if place is None else distance_m((unit.lon, unit.lat), place)
    return Suggestion(
        kind="unit",
        id=unit.id,
        code=unit.code,
        name=unit.short,
        role="assist",
        role_text=text("desk.role_of.assist", lang),
        distance_m=away,
        minutes=None if away is None else travel_minutes(away, "unit"),
        hands=None,
        jurisdiction="",
        reasons=text("desk.recommended.not_named", lang),
        search=" ".join((unit.name, unit.short, *unit.aliases, *sorted(initials_of_unit(unit)))),
        further=True,
    )


def _all_left_out(ones: Sequence[LeftOut], lang: str) -> tuple[str, ...]:
    """The first few by name and the rest by number: the line says that somebody was left out, not a roll call."""
    named = tuple(_left_out(one, lang) for one in ones[:LEFT_OUT_NAMED])
    more = len(ones) - len(named)
    return (*named, text("desk.recommended.more_left_out", lang, count=more)) if more > 0 else named


def _left_out(one: LeftOut, lang: str) -> str:
    return text("desk.recommended.left_out_one", lang, name=one.name, why=_say(one.reason, lang))


def _reasons(reasons: Sequence[Reason], lang: str) -> str:
    return text("desk.join.reasons", lang).join(_say(reason, lang) for reason in reasons)


def _say(reason: Reason, lang: str) -> str:
    key = f"recommend.{reason.code}"
    return text(key, lang, **reason.params) if has_text(key) else reason.code
