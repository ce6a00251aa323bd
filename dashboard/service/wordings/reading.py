"""The wordings that hold, for the hotline's page and for the call hall that shows them to its seats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.domain.divisions import UnknownDivision
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import may, no_right
from dashboard.domain.wording import AGENT, Wording, WordingRead
from dashboard.service.services import Services
from dashboard.store import calls, wordings


def hotline_wordings(services: Services, actor: Principal, now: int) -> dict[str, Any] | Refused:
    """Return {"wordings": rows, "seats": on duty now, "may_give"}: what holds for the actor's place, the newest first.

    Refused: no_right.
    """
    refused = no_right(actor, "see_hotline")
    if refused is not None:
        return refused
    divisions = services.pack.divisions
    with services.store.read() as connection:
        shown = [
            one for one in wordings.holding(connection) if sees(divisions, actor.jurisdiction, one.place)
        ]
        # A seat that nobody sits on has nothing to read.
        seated = {f"{AGENT}{one}" for one in calls.on_duty(connection)}
        reads = wordings.reads(connection, shown)
        before = {one.id: wordings.versions(connection, one.id)[1:] for one in shown}
    rows = [
        wording_row(divisions, one, reads[one.id], seated)
        | {
            "is_read": any(read.reader == actor.id for read in reads[one.id]),
            "may_change": may(actor, "give_wording") and divisions.is_within(one.place, actor.jurisdiction),
            "before": [
                {"version": version, "text": text, "given_at": at, "by": mask_name(name)}
                for version, text, at, name in before[one.id]
            ],
        }
        for one in shown
    ]
    return {"wordings": rows, "seats": len(seated), "may_give": may(actor, "give_wording")}


def wordings_for_agents(services: Services, actor: Principal, now: int) -> list[dict[str, Any]] | Refused:
    """Return {"id", "version", "place", "category", "text", "given_at"} of those that hold. Refused: no_right."""
    refused = no_right(actor, "report_wording_reads")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        return [
            {
                "id": one.id, "version": one.version, "place": one.place, "category": one.category,
                "text": one.text, "given_at": one.given_at,
            }
            for one in wordings.holding(connection)
            if sees(services.pack.divisions, actor.jurisdiction, one.place)
        ]  # fmt: skip


def wording_row(
    divisions: Any, wording: Wording, reads: Sequence[WordingRead], seated: set[str]
) -> dict[str, Any]:
    """Return a wording for a page. `unread` are the seats on duty that have not read the version that holds."""
    readers = {one.reader for one in reads}
    return {
        "id": wording.id, "place": wording.place, "place_name": divisions.get(wording.place).name,
        "category": wording.category, "version": wording.version, "text": wording.text,
        "given_at": wording.given_at, "by": mask_name(wording.given_name), "ended_at": wording.ended_at,
        "read": len(seated & readers),
        "unread": sorted(one.removeprefix(AGENT) for one in seated - readers),
        "officers": [
            {"name": mask_name(one.name), "read_at": one.read_at} for one in reads if not one.reader.startswith(AGENT)
        ],
    }  # fmt: skip


def sees(divisions: Any, jurisdiction: str, place: str) -> bool:
    """Say whether a wording of `place` concerns a jurisdiction: one inside it, or one that it lies in."""
    try:
        return bool(divisions.is_within(place, jurisdiction) or divisions.is_within(jurisdiction, place))
    except UnknownDivision:
        return False


def scope_of(divisions: Any, place: str) -> tuple[str, ...]:
    """Return the divisions that hear of a wording: a city's is every region's too."""
    if place != divisions.city.code:
        return (place,)
    return (place, *(one.code for one in divisions.regions))
