"""Who was told by what, and what still waits: for the drawer, the desks and a unit's page."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.telling import Telling
from dashboard.domain.words import MEANS_WORDS, ROLE_WORDS, TELLING_FAULT_WORDS, both
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.receipting import is_for
from dashboard.store import tables
from dashboard.store.records import TELLINGS

LISTED = 200
# A desk that opens shows what it missed; what nobody was there to see for longer than this is history (assumed).
SHOWN_WITHIN_MS = 60 * 60_000


def tellings_of(services: Services, actor: Principal, matter_id: str, now: int) -> list[Row] | Refused:
    """Return a matter's tellings, the newest first, each with its attempts. Refused: no_right, no_such_matter."""
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    column = tables.tellings.c
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        try:
            matter = act.matter(matter_id)
        except Refusal as refusal:
            return refusal.refused
        statement = (
            TELLINGS.select()
            .where(column.matter_id == matter.id)
            .order_by(column.made_at.desc(), column.id)
            .limit(LISTED)
        )
        found = [TELLINGS.value(row) for row in connection.execute(statement)]
        if actor.own_receiver is not None:
            found = [one for one in found if is_for(act, one)]
        attempts = attempts_of(connection, [one.id for one in found])
    return [telling_row(one) | {"tries": attempts.get(one.id, [])} for one in found]


def waiting_tellings(services: Services, actor: Principal, now: int) -> list[Row] | Refused:
    """Return what was told to the actor within the last hour and nobody has shown yet, the oldest first: for a desk its
    screens and sounds, for a liaison or a grid worker its own page. Refused: no_right."""
    refused = no_right(actor, "receipt_telling")
    if refused is not None:
        return refused
    column = tables.tellings.c
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        statement = (
            TELLINGS.select()
            .where(_is_waiting(actor, now))
            .order_by(column.made_at, column.id)
            .limit(5 * LISTED)
        )
        found = [one for one in map(TELLINGS.value, connection.execute(statement)) if is_for(act, one)]
    return [telling_row(one) for one in found[:LISTED]]


def is_told(connection: Connection, actor: Principal, now: int) -> bool:
    """Say whether something was told to the actor that nobody has shown yet."""
    statement = select(tables.tellings.c.id).where(_is_waiting(actor, now)).limit(1)
    return connection.execute(statement).first() is not None


def _is_waiting(actor: Principal, now: int) -> ColumnElement[bool]:
    column = tables.tellings.c
    kind = {"unit_liaison": "unit", "grid_worker": "worker"}.get(actor.role, "desk")
    wanted = (column.state == "waiting") & column.next_at.is_(None) & (column.recipient_kind == kind)
    if kind == "desk":
        return wanted & (column.made_at >= now - SHOWN_WITHIN_MS)
    return wanted & (column.recipient == (actor.own_receiver or ""))


def telling_row(one: Telling) -> Row:
    """Return a telling as screens show it."""
    return {
        "id": one.id,
        "origin": one.origin,
        "matter_id": one.matter_id,
        "command_id": one.command_id,
        "policy_id": one.policy_id,
        "role": one.role,
        "means": one.means,
        "recipient_kind": one.recipient_kind,
        "recipient": one.recipient,
        "recipient_name": one.recipient_name,
        "text": one.text,
        "text_en": one.text_en,
        "level": one.level,
        "made_at": one.made_at,
        "state": one.state,
        "attempts": one.attempts,
        "next_at": one.next_at,
        "sent_at": one.sent_at,
        "received_at": one.received_at,
        "received_by": one.received_by,
        "ended_at": one.ended_at,
        "fault": one.fault,
        **both(ROLE_WORDS, one.role, "role_name"),
        **both(MEANS_WORDS, one.means, "means_name"),
        **(both(TELLING_FAULT_WORDS, one.fault, "fault_name") if one.fault else {}),
    }


def attempts_of(connection: Connection, ids: list[str]) -> dict[str, list[Row]]:
    """Return telling id -> its attempts in order: n, begun_at, ended_at, result."""
    column = tables.telling_attempts.c
    rows = connection.execute(
        select(column.telling_id, column.n, column.begun_at, column.ended_at, column.result)
        .where(column.telling_id.in_(ids))
        .order_by(column.telling_id, column.n)
    )
    found: dict[str, list[Row]] = {}
    for row in rows.mappings():
        found.setdefault(str(row["telling_id"]), []).append(
            {name: row[name] for name in ("n", "begun_at", "ended_at", "result")}
        )
    return found
