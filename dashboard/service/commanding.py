"""What dispatch and whistle share: the receivers of a command, who they are and when they are due."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select

from dashboard.domain.clocks import default_due_at, is_after_parent, not_after_parent
from dashboard.domain.command import Command, Receipt
from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.districts.consent import may_order
from dashboard.service.placing import scope_of
from dashboard.service.requests import ReceiverOrder
from dashboard.service.services import Services
from dashboard.store import tables

MAX_TEXT = 500  # characters of an objective, a reason, a note
MAX_RECEIVERS = 60


def required_text(text: str | None, code: str) -> str:
    """Return a text that must be there and not too long, else refuse with `code`."""
    cleaned = re.sub(r"\s+", " ", text or "").strip()
    if not cleaned:
        raise Refusal(code)
    if len(cleaned) > MAX_TEXT:
        raise Refusal("text_too_long", limit=MAX_TEXT)
    return cleaned


def local_minute(services: Services, at: int | None) -> str:
    """Return an instant as an officer reads it inside a sentence: 11-23 11:02, city time."""
    if at is None:
        return ""
    local = datetime.fromtimestamp((at + services.calendar.offset_ms) / 1000, UTC)
    return local.strftime("%m-%d %H:%M")


def receipts_for(
    act: Act,
    matter: Matter,
    command_id: str,
    kind: str,
    orders: tuple[ReceiverOrder, ...],
    first_position: int = 0,
) -> list[Receipt]:
    """Return the receipts of a new command, or of receivers added to one from `first_position` on.

    Refused: receivers that are unknown, repeated, or neither in the jurisdiction nor of a county that shares it.
    """
    if not orders:
        raise Refusal("no_receivers")
    if len(orders) > MAX_RECEIVERS:
        raise Refusal("too_many_receivers", limit=MAX_RECEIVERS)
    if len({one.id for one in orders}) < len(orders):
        raise Refusal("receiver_twice")
    if sum(one.role == "lead" for one in orders) > 1:
        raise Refusal("two_leads")
    default = default_due_at(matter, kind, act.now, act.services.policies, act.services.calendar)
    default = default if kind == "whistle" else not_after_parent(default, matter, act.now)
    made = []
    for position, order in enumerate(orders, first_position):
        receipt = _unit(act, matter, order) if order.kind == "unit" else _worker(act, matter, order)
        due_at = order.due_at if order.due_at is not None else default
        if due_at <= act.now:
            raise Refusal("due_in_the_past", receiver=receipt.name)
        if order.due_at is not None and is_after_parent(order.due_at, matter, act.now):
            raise Refusal(
                "later_than_parent",
                parent_due_at=matter.final_due_at,
                until=local_minute(act.services, matter.final_due_at),
            )
        made.append(
            replace(
                receipt,
                command_id=command_id,
                position=position,
                role=order.role,
                objective=order.objective[:MAX_TEXT],
                due_at=due_at,
            )
        )
    return made


def scope_with(act: Act, matter: Matter, receipts: list[Receipt]) -> tuple[str, ...]:
    """Return the matter's scope widened by the receivers' regions: a cross-district command is seen by both."""
    scope = matter.scope
    for region in (one.region for one in receipts):
        if region and region != act.services.city:
            inside = any(act.pack.divisions.is_within(code, region) for code in scope)
            if not inside:
                scope = (*scope, *scope_of(act.pack, region))
    return scope


def put_command(act: Act, command: Command, receipts: list[Receipt]) -> None:
    """Keep a new command with its receipts."""
    act.work.commands.put(command)
    for one in receipts:
        act.work.receipts.put(one)


def _unit(act: Act, matter: Matter, order: ReceiverOrder) -> Receipt:
    if order.id not in act.pack.units:
        raise Refusal("no_such_unit", unit=order.id)
    unit = act.pack.units.get(order.id)
    _check_jurisdiction(act, matter, unit.region, unit.short)
    lon, lat = (order.lon, order.lat) if order.lon is not None else (unit.lon, unit.lat)
    return Receipt(
        command_id="", receiver_id=unit.id, position=0, kind="unit", name=unit.short, role=order.role, due_at=0,
        code=unit.code, region=unit.region, origin_lon=lon, origin_lat=lat,
    )  # fmt: skip


def _worker(act: Act, matter: Matter, order: ReceiverOrder) -> Receipt:
    row = act.connection.execute(select(tables.roster).where(tables.roster.c.worker_id == order.id)).first()
    if row is None:
        raise Refusal("no_such_worker", worker=order.id)
    name = mask_name(row.name)
    _check_jurisdiction(act, matter, row.grid, name)
    return Receipt(
        command_id="", receiver_id=row.worker_id, position=0, kind="worker", name=name, role=order.role, due_at=0,
        code="网", region=row.region, origin_lon=order.lon, origin_lat=order.lat,
    )  # fmt: skip


def _check_jurisdiction(act: Act, matter: Matter, division: str, name: str) -> None:
    if not may_order(act, matter, division):
        raise Refusal("receiver_outside", receiver=name)
