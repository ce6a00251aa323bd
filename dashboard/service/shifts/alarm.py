"""An alarm that A does not answer goes to B: a clock of its own on every alarm of a manned desk.

An alarm is a new emergency, or a step that gave a red card. It is answered when an officer acknowledges the matter or
acts on it. While it is not, the rows of `duty_alarm` in the policies say what happens: three minutes, then B is told
and stands in; then the leaders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import Connection, update

from dashboard.domain import deadline as clock
from dashboard.domain.clocks import Wanted
from dashboard.domain.deadline import Deadline
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.shift import ALARM_PURPOSE, DESK_ROLES, Holding, is_silent
from dashboard.service.act import Act, new_id
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.shifts.held import desk_of, held_in
from dashboard.store import tables
from dashboard.store.records import DEADLINES, MATTERS

if TYPE_CHECKING:
    from dashboard.service.fired import Firing

NEW_MS = (
    10 * 60_000
)  # an emergency taken over from its platform later than this is a backlog, not an alarm (assumed)


def alarm_clocks(act: Act, matter: Matter) -> Iterable[Wanted]:
    """Return the alarm's clock while nobody at the desk has answered it."""
    armed = armed_alarm(act, matter.id)
    if armed is None:
        place = desk_of(act.services, act.connection, matter) if _is_new_emergency(act, matter) else None
        return () if place is None else (_wanted(act, matter, place, act.now),)
    if not matter.is_open or matter.acknowledged or _acts_at_a_desk(act):
        act.drop_ask(_ask_id(matter.id))
        return ()
    return (_wanted(act, matter, _place(armed), armed.anchor_at),)


def alarm_effect(act: Act, firing: Firing) -> None:
    """Arm the alarm's clock when a red card was given, and hand the alarm on when that clock itself fires."""
    matter = firing.matter
    if firing.deadline.purpose == ALARM_PURPOSE:
        _hand_on(act, firing)
    elif (
        firing.step.card == "red" and firing.deadline.phase == "step" and armed_alarm(act, matter.id) is None
    ):
        place = desk_of(act.services, act.connection, matter)
        if place is None:
            return
        policies = act.services.steps_of(matter.policy_version)
        steps = policies.steps(ALARM_PURPOSE, "", matter.urgency)
        wanted = _wanted(act, matter, place, act.now)
        act.work.deadlines.put(
            clock.arm(
                wanted, matter.id, matter.urgency, steps, act.services.calendar, act.now, new_id, _never
            )
        )


def answer_alarm(act: Act, matter_id: str) -> None:
    """End the alarm's clock, if it runs: somebody has answered."""
    armed = armed_alarm(act, matter_id)
    if armed is None:
        return
    act.work.deadlines.put(replace(armed, state="acknowledged", ended_at=act.now))
    act.drop_ask(_ask_id(matter_id))


def armed_alarm(act: Act, matter_id: str) -> Deadline | None:
    """Return the alarm's clock of a matter, None when none runs."""
    return next((one for one in act.work.clocks_of(matter_id) if one.purpose == ALARM_PURPOSE), None)


def open_alarms(services: Services, connection: Connection) -> list[Row]:
    """Return the alarms that were handed on and still wait, for a fresh snapshot."""
    column = tables.deadlines.c
    armed = DEADLINES.select().where((column.state == "armed") & (column.purpose == ALARM_PURPOSE))
    clocks = [DEADLINES.value(row) for row in connection.execute(armed)]
    shown = []
    for one in clocks:
        found = connection.execute(MATTERS.select().where(tables.matters.c.id == one.matter_id)).first()
        if found is None:
            continue
        matter = MATTERS.value(found)
        steps = services.steps_of(matter.policy_version).steps(ALARM_PURPOSE, "", one.urgency)
        if one.phase == "step" and one.policy_id == steps[0].policy_id:
            continue
        shown.append(_ask(matter, _place(one), held_in(connection, _place(one)), one))
    return shown


def tell_alarms_again(act: Act, place: str) -> None:
    """Show the waiting alarms of a desk anew: whose turn it is has changed with its posts."""
    for row in open_alarms(act.services, act.connection):
        if row["scope"] == [place]:
            act.show_ask(row)


def _hand_on(act: Act, firing: Firing) -> None:
    matter, since_at = firing.matter, firing.deadline.anchor_at
    place = _place(firing.deadline)
    posts = held_in(act.connection, place)
    holder, deputy = posts.get("A"), posts.get("B") or posts.get("leader")
    armed = armed_alarm(act, matter.id)
    assert armed is not None  # a chain that fires is armed again in the same transaction
    act.show_ask(_ask(matter, place, posts, armed))
    policies = act.services.steps_of(matter.policy_version)
    first = policies.steps(ALARM_PURPOSE, "", matter.urgency)[0]
    if firing.deadline.phase != "step" or firing.step.policy_id != first.policy_id:
        return
    if holder is not None and is_silent(holder, since_at) and holder.silent_at is None:
        act.connection.execute(
            update(tables.posts).where(tables.posts.c.id == holder.id).values(silent_at=act.now)
        )
    act.tell(
        "AlarmHandedOn",
        matter=matter.id,
        tone="alarm",
        no=matter.no,
        title=matter.title,
        minutes=max((act.now - since_at) // 60_000, 0),
        silent=_name(holder),
        deputy=_name(deputy),
        since_at=since_at,
    )


def _ask(matter: Matter, place: str, posts: dict[str, Holding], armed: Deadline) -> Row:
    return {
        "id": _ask_id(matter.id),
        "kind": "duty_alarm",
        "matter_id": matter.id,
        "no": matter.no,
        "title": matter.title,
        "scope": [place],
        "made_at": armed.armed_at,
        "due_at": None,
        "params": {
            "silent": _name(posts.get("A")),
            "deputy": _name(posts.get("B") or posts.get("leader")),
            "since_at": armed.anchor_at,
            "tone": "risk",
        },
    }


def _wanted(act: Act, matter: Matter, place: str, anchor_at: int) -> Wanted:
    policies = act.services.steps_of(matter.policy_version)
    step = policies.steps(ALARM_PURPOSE, "", matter.urgency)[0]
    return Wanted(
        chain=f"{ALARM_PURPOSE}:{place}:{matter.id}",
        purpose=ALARM_PURPOSE,
        applies_to=ALARM_PURPOSE,
        stage="",
        anchor_at=anchor_at,
        objective_at=anchor_at + max(step.after_ms, 1),
        owner="duty_officer",
    )


def _is_new_emergency(act: Act, matter: Matter) -> bool:
    """True for an emergency that came in just now; what happens to it later is told by its own steps."""
    return (
        matter.is_open
        and matter.urgency == 1
        and matter.version == 1
        and matter.touched_kind == "MatterOpened"
        and not matter.acknowledged
        and act.now - matter.opened_at < NEW_MS
        and not _acts_at_a_desk(act)
    )


def _acts_at_a_desk(act: Act) -> bool:
    return act.actor.kind == "officer" and act.actor.role in DESK_ROLES


def _place(armed: Deadline) -> str:
    """The division whose desk the alarm was given to; it stays with that desk, whoever comes on duty elsewhere."""
    return armed.chain.split(":")[1]


def _ask_id(matter_id: str) -> str:
    return f"duty_alarm:{matter_id}"


def _name(holding: Holding | None) -> str:
    return mask_name(holding.name) if holding is not None else "—"


def _never(_unless: str) -> bool:
    return False
