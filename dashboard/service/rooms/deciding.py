"""What a consultation decided: an owner, a deadline, and a clock that runs until it is done."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from dashboard.domain.clocks import is_after_parent
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act, perform
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.rooms.requests import CompleteRoomDecision, DecideInRoom
from dashboard.service.rooms.seeing import leads_room, room_of, room_to_act_in
from dashboard.service.rooms.speaking import add_notice
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables


def decide_in_room(
    services: Services, actor: Principal, request: DecideInRoom, now: int, idempotency_key: str
) -> Outcome:
    """Record a decision of a room; with a deadline its own clock starts. `Done.value` is {"room_id", "item"}.

    Refused: no_such_room, room_closed, decision_missing, owner_missing, no_such_unit, decision_in_the_past,
    later_than_parent.
    """

    def decide(act: Act) -> Row:
        room = room_to_act_in(act, request.room_id)
        matter = leads_room(act, room)
        decision = required_text(request.decision, "decision_missing")
        owner = required_text(request.owner, "owner_missing")
        _check(act, matter, request)
        table = tables.room_decisions
        last = act.connection.execute(
            select(func.max(table.c.item)).where(table.c.room_id == room["id"])
        ).scalar_one()
        item = int(last or 0) + 1
        act.connection.execute(
            insert(table),
            {
                "room_id": room["id"],
                "item": item,
                "matter_id": matter.id,
                "decision": decision,
                "owner": owner,
                "owner_unit": request.owner_unit,
                "due_at": request.due_at,
                "decided_at": now,
                "recorded_by": actor.name,
            },
        )
        add_notice(act, room, "decided", owner, decision)
        keep_clocks(act, matter.id)
        act.tell(
            "RoomDecided", matter=matter.id, no=matter.no, item=item, decision=decision, owner=owner,
            due_at=request.due_at,
        )  # fmt: skip
        return {"room_id": room["id"], "item": item}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "decide_in_room", subject, now, idempotency_key, request, decide)


def complete_room_decision(
    services: Services, actor: Principal, request: CompleteRoomDecision, now: int, idempotency_key: str
) -> Outcome:
    """Report a decision done; its clock ends. A closed room's decisions go on. `Done.value` is {"room_id", "item"}.

    A liaison reports only what its own unit was to do. Refused: no_such_item, already_completed, not_your_decision,
    result_missing.
    """

    def decide(act: Act) -> Row:
        room = room_of(act, request.room_id)
        table = tables.room_decisions
        mine = (table.c.room_id == room["id"]) & (table.c.item == request.item)
        found = act.connection.execute(select(table).where(mine)).first()
        if found is None:
            raise Refusal("no_such_item", item=request.item)
        if found.completed_at is not None:
            raise Refusal("already_completed", question=found.decision)
        if actor.role == "unit_liaison" and found.owner_unit != actor.unit:
            raise Refusal("not_your_decision", question=found.decision, owner=found.owner)
        result = required_text(request.result, "result_missing")
        act.connection.execute(
            update(table).where(mine).values(completed_at=now, completed_by=actor.name, result=result)
        )
        add_notice(act, room, "completed", found.owner, f"{found.decision}：{result}")
        keep_clocks(act, room["matter_id"])
        matter = act.work.matter(room["matter_id"])
        assert matter is not None
        late_ms = max(now - found.due_at, 0) if found.due_at is not None else 0
        act.tell(
            "RoomDecisionCompleted", matter=matter.id, no=matter.no, item=found.item, decision=found.decision,
            owner=found.owner, result=result, late_ms=late_ms,
        )  # fmt: skip
        return {"room_id": room["id"], "item": found.item}

    subject = f"room:{request.room_id}"
    return perform(services, actor, "complete_room_decision", subject, now, idempotency_key, request, decide)


def _check(act: Act, matter: Matter, request: DecideInRoom) -> None:
    if request.owner_unit is not None and request.owner_unit not in act.pack.units:
        raise Refusal("no_such_unit", unit=request.owner_unit)
    if request.due_at is None:
        return
    if request.due_at <= act.now:
        raise Refusal("decision_in_the_past")
    if is_after_parent(request.due_at, matter, act.now):
        raise Refusal(
            "later_than_parent",
            parent_due_at=matter.final_due_at,
            until=local_minute(act.services, matter.final_due_at),
        )
