"""Screen rows: the JSON objects that walls and desks hold, built from values; never any citizen's data.

Whatever people wrote stands in them with telephone and identity numbers masked: rows go to every screen of a scope. An
order's own receivers read it whole (`order_words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.citypack import CityPack
from dashboard.domain.command import Command, Decision, Receipt
from dashboard.domain.masking import mask_all, mask_name, mask_numbers
from dashboard.domain.matter import Matter

Row = dict[str, Any]


def matter_row(matter: Matter, pack: CityPack) -> Row:
    """Return the screen row of an open matter."""
    unit = pack.units.get(matter.unit) if matter.unit and matter.unit in pack.units else None
    return {
        "id": matter.id,
        "no": matter.no,
        "kind": matter.kind,
        "title": mask_numbers(matter.title),
        "urgency": matter.urgency,
        "category": matter.category,
        "stage": matter.stage,
        "tier": matter.grid_level if matter.kind == "event" else None,
        "region": matter.region,
        "township": matter.township,
        "village": matter.village,
        "grid": matter.grid,
        "place": mask_numbers(matter.place),
        "lon": matter.lon,
        "lat": matter.lat,
        "unit": matter.unit,
        "unit_name": unit.short if unit else None,
        "unit_region": unit.region if unit else None,
        "worker": matter.worker,
        "source": matter.channel,
        "superior": matter.superior_source,
        "merged": matter.merged,
        "carrier": matter.carrier,
        "moved_to": matter.moved_to,
        "shared_with": list(matter.shared_with),
        "proposals": matter.proposals,
        "returned": matter.returned,
        "opened_at": matter.opened_at,
        "dispatched_at": matter.dispatched_at,
        "due_at": matter.due_at,
        "due_for": matter.due_for,
        "limit_ms": matter.limit_ms,
        "level": matter.level,
        "card": matter.card,
        "must_act": matter.must_act,
        "acknowledged": matter.acknowledged,
        "whistle": matter.whistle,
        "version": matter.version,
        "scope": list(matter.scope),
        "touched_at": matter.touched_at,
    }


def command_row(command: Command, receipts: Sequence[Receipt], decisions: Sequence[Decision]) -> Row:
    """Return the screen row of a command with its receivers."""
    made = sum(not one.is_open for one in decisions)
    return {
        "id": command.id,
        "no": command.no,
        "kind": command.kind,
        "matter_id": command.matter_id,
        "title": mask_numbers(command.title),
        "region": command.region,
        "township": command.township,
        "place": mask_numbers(command.place),
        "lon": command.lon,
        "lat": command.lat,
        "issued_at": command.issued_at,
        "issued_by": mask_name(command.issued_name),
        "issued_role": command.issued_role,
        "in_charge": command.in_charge,
        "due_at": command.due_at,
        "limit_ms": command.limit_ms,
        "state": command.state,
        "state_at": command.state_at,
        "decisions": {"made": made, "open": len(decisions) - made},
        "agenda": [agenda_row(one) for one in sorted(decisions, key=lambda one: one.item)],
        "consultation_at": command.consultation_at,
        "consultation_host": mask_all(command.consultation_host),
        **{name: mask_numbers(words) for name, words in order_words(command).items()},
        "level": command.level,
        "must_act": command.must_act,
        "version": command.version,
        "scope": list(command.scope),
        "receivers": [receiver_row(one) for one in receipts],
    }


def agenda_row(decision: Decision) -> Row:
    """Return one item of a whistle's agenda: what was asked, what was decided, by when, whether it is done."""
    return {
        "item": decision.item,
        "question": mask_numbers(decision.question),
        "decision": mask_all(decision.decision),
        "owner": mask_all(decision.owner),
        "due_at": decision.due_at,
        "decided_at": decision.decided_at,
        "completed_at": decision.completed_at,
    }


def order_words(command: Command) -> Row:
    """Return what an order says to its receivers, whole: whom to call may stand in it."""
    return {
        "objective": command.objective,
        "decider": command.decider,
        "message": command.message,
        "reception": command.reception,
        "fallback": command.fallback,
    }


def receiver_row(receipt: Receipt) -> Row:
    """Return one receiver's part of a command row."""
    return {
        "id": receipt.receiver_id,
        "kind": receipt.kind,
        "code": receipt.code,
        "name": receipt.name,
        "role": receipt.role,
        "stage": receipt.stage,
        "delivered_at": receipt.delivered_at,
        "read_at": receipt.read_at,
        "accepted_at": receipt.accepted_at,
        "en_route_at": receipt.en_route_at,
        "arrived_at": receipt.arrived_at,
        "done_at": receipt.done_at,
        "left_at": receipt.left_at,
        "declined_at": receipt.declined_at,
        "decline_ruling": receipt.decline_ruling,
        "recalled_at": receipt.recalled_at,
        "recalled_reason": mask_all(receipt.recalled_reason),
        "reassigned_to": receipt.reassigned_to,
        "added_at": receipt.added_at,
        "claimed_at": receipt.claimed_at,
        "claim_fault": receipt.claim_fault,
        "proof": receipt.arrival_proof,
        "proof_by": receipt.arrival_by,
        "proof_m": receipt.arrival_m,
        "said_at": receipt.said_at,
        "said_in_time": receipt.said_in_time,
        "objective": mask_numbers(receipt.objective),
        "result": mask_all(receipt.result),
        "leave_refused": receipt.leave_refused,
        "declined_reason": mask_all(receipt.declined_reason),
        "due_at": receipt.due_at,
        "late": receipt.late,
        "first_due_at": receipt.first_due_at,
        "missed_due_at": receipt.missed_due_at,
        "eta_at": receipt.eta_at,
        "people": receipt.people,
        "origin": _point(receipt.origin_lon, receipt.origin_lat),
        "at": _point(receipt.lon, receipt.lat),
    }


def _point(lon: float | None, lat: float | None) -> list[float] | None:
    return None if lon is None or lat is None else [lon, lat]
