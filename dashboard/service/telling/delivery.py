"""What the worker does with tellings that are sent: take those due under a lease, settle what became of each.

A telling is taken in one transaction, sent outside of any, and settled in another. A worker that dies in between leaves
a lease that runs out; the next one sends again under the same id, by which its receiver knows it. So a telling is
sent at least once, and never lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, insert, select, update

from dashboard.domain.masking import mask_text
from dashboard.domain.principal import Principal
from dashboard.domain.telling import LEASE_MS, Telling, ended, failed, received, sent, taken
from dashboard.domain.words import MEANS_WORDS, ROLE_WORDS, TELLING_FAULT_WORDS, both
from dashboard.service.act import Act, tell_desks
from dashboard.service.rooms.specialists import number_of
from dashboard.service.services import Services
from dashboard.service.telling.failing import show_failed
from dashboard.service.telling.running import still_hold
from dashboard.store import tables
from dashboard.store.records import TELLINGS
from dashboard.store.seal import Unsealable

LONGEST_DETAIL = 300


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A telling as a gateway gets it. `attempt` counts from 1; `url` and `secret` are a webhook's.

    `to` says who: {"kind", "id", "name", "role", "phone"}; a gateway with a directory of its own goes by the id.
    """

    id: str
    attempt: int
    means: str
    to: dict[str, str]
    text: str
    text_en: str
    matter_id: str
    policy_id: str
    level: int
    made_at: int
    url: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one attempt: the gateway's id of it, or a fault (`is_final`: no use trying again)."""

    telling_id: str
    attempt: int
    gateway_id: str = ""
    fault: str = ""
    detail: str = ""
    is_final: bool = False


@dataclass(frozen=True, slots=True)
class GatewayReceipt:
    """What a gateway says later of a telling that it took: "received", or "failed" with its fault."""

    telling_id: str
    state: str
    fault: str = ""
    by: str = ""


def next_telling_at(services: Services) -> int | None:
    """Return when the next telling is due to be sent or given up, None when none is."""
    column = tables.tellings.c
    with services.store.read() as connection:
        found = connection.execute(
            select(func.min(column.next_at)).where(column.state.in_(("waiting", "sent")))
        ).scalar_one()
    return None if found is None else int(found)


def take_due(
    services: Services, worker: str, now: int, lease_ms: int = LEASE_MS, limit: int = 50
) -> list[Outgoing]:
    """Take what is due to be sent, the oldest first; also gives up what no gateway confirmed in time.

    Raises:
        StoreBusy: nothing was taken.
    """
    due_at = next_telling_at(services)
    if due_at is None or due_at > now:
        return []
    column = tables.tellings.c
    with services.store.write() as connection:
        act = Act(services, connection, Principal("worker", "", "system", "system", services.city), now)
        statement = (
            select(column.id)
            .where(column.state.in_(("waiting", "sent")) & (column.next_at <= now))
            .order_by(column.next_at, column.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list(connection.execute(statement).scalars())
        found = act.work.tellings.load(connection, column.id.in_(ids))
        hold = still_hold(connection, found)
        going: list[Telling] = []
        for one in sorted(found, key=lambda one: (one.next_at or 0, one.id)):
            if one.id not in hold:
                act.work.tellings.put(ended(one, "lapsed", now))
            elif one.state == "sent":
                _give_up(act, one, failed(one, "no_receipt", now))
            else:
                going.append(taken(one, worker, now, lease_ms))
        for one in going:
            act.work.tellings.put(one)
        act.commit()
        numbers = {one.id: _attempt_no(act, one) for one in going}
        if going:
            attempts = [
                {"telling_id": one.id, "n": numbers[one.id], "begun_at": now, "by": worker} for one in going
            ]
            connection.execute(insert(tables.telling_attempts), attempts)
        return [_outgoing(act, one, numbers[one.id]) for one in going]


def settle(services: Services, results: Sequence[Settled], now: int) -> None:
    """Write what became of attempts.

    Raises:
        StoreBusy: nothing was written; call again, or let the lease run out.
    """
    if not results:
        return
    with services.store.write() as connection:
        act = Act(services, connection, Principal("worker", "", "system", "system", services.city), now)
        act.work.tellings.load(connection, tables.tellings.c.id.in_([one.telling_id for one in results]))
        for one in results:
            _write_attempt(act, one)
            telling = act.work.tellings.get(one.telling_id)
            # While it was being sent its receipt may have come, or somebody told by hand.
            if telling is None or telling.state != "waiting":
                continue
            if one.fault:
                _give_up(act, telling, failed(telling, one.fault, now, is_final=one.is_final))
            else:
                act.work.tellings.put(sent(telling, one.gateway_id[:120], now))
        if act.commit():
            services.after_commit()


def note_receipts(services: Services, receipts: Sequence[GatewayReceipt], now: int) -> int:
    """Write what gateways said of tellings that they took; said twice it changes nothing. Returns how many changed."""
    wanted = {one.telling_id: one for one in receipts if one.state in ("received", "failed")}
    if not wanted:
        return 0
    column = tables.tellings.c
    with services.store.read() as connection:
        open_ids = set(
            connection.execute(
                select(column.id).where(
                    column.id.in_(list(wanted)) & column.state.in_(("waiting", "sent", "failed"))
                )
            ).scalars()
        )
    if not open_ids:
        return 0
    count = 0
    with services.store.write() as connection:
        act = Act(services, connection, Principal("worker", "", "system", "system", services.city), now)
        for telling in act.work.tellings.load(connection, column.id.in_(open_ids)):
            count += _note_receipt(act, telling, wanted[telling.id])
        if act.commit():
            services.after_commit()
    return count


def lapse_ended(services: Services, now: int) -> int:
    """End what was never shown and no longer holds: its clock has ended, its room wants nobody any more. Returns how
    many."""
    column, clock = tables.tellings.c, tables.deadlines.c
    unseen = (column.state == "waiting") & column.next_at.is_(None)
    is_running = exists(select(clock.id).where((clock.chain == column.chain) & (clock.state == "armed")))
    with services.store.read() as connection:
        of_rooms = [
            TELLINGS.value(row)
            for row in connection.execute(TELLINGS.select().where(unseen & (column.origin == "room")))
        ]
        over_ids = {one.id for one in of_rooms} - still_hold(connection, of_rooms)
        over = unseen & (((column.origin == "clock") & ~is_running) | column.id.in_(over_ids))
        if connection.execute(select(column.id).where(over).limit(1)).first() is None:
            return 0
    with services.store.write() as connection:
        for row in connection.execute(TELLINGS.select().where(over)):
            tell_desks(connection, TELLINGS.value(row))
        statement = update(tables.tellings).where(over).values(state="lapsed", ended_at=now)
        return int(connection.execute(statement).rowcount)


def _note_receipt(act: Act, telling: Telling, receipt: GatewayReceipt) -> bool:
    if receipt.state == "received":
        # Also after it was given up: late is better than a call by hand for nothing.
        act.work.tellings.put(
            received(telling, mask_text(receipt.by)[:80] or telling.recipient_name, act.now)
        )
        if telling.state == "failed":
            matter = act.work.matter(telling.matter_id)
            assert matter is not None
            show_failed(act, matter)
            act.tell("TellingArrived", matter=matter.id, **_named(telling), no=matter.no)
        return True
    if telling.state != "sent":
        return False
    fault = receipt.fault if receipt.fault in TELLING_FAULT_WORDS else "gateway_refused"
    _give_up(act, telling, failed(telling, fault, act.now))
    return True


def _give_up(act: Act, before: Telling, after: Telling) -> None:
    """Keep a telling after a failed attempt; once it is given up the desks of its scope are asked to tell by hand."""
    act.work.tellings.put(after)
    if after.state != "failed" or before.state == "failed":
        return
    matter = act.work.matter(after.matter_id)
    assert matter is not None
    if not matter.is_open:
        return
    show_failed(act, matter)
    fault: dict[str, Any] = both(TELLING_FAULT_WORDS, after.fault, "fault")
    act.tell("TellingFailed", matter=matter.id, tone="note", no=matter.no, **_named(after), **fault)


def _named(telling: Telling) -> dict[str, Any]:
    role = both(ROLE_WORDS, telling.role, "role_name")
    return {
        "telling_id": telling.id,
        "recipient": f"{telling.recipient_name}（{role['role_name']}）",
        "recipient_en": f"{telling.recipient_name} ({role['role_name_en']})",
        **both(MEANS_WORDS, telling.means, "means"),
    }


def _attempt_no(act: Act, telling: Telling) -> int:
    """Return the number of the attempt over the telling's whole life: asking for a retry counts on."""
    column = tables.telling_attempts.c
    last = act.connection.execute(
        select(func.max(column.n)).where(column.telling_id == telling.id)
    ).scalar_one()
    return int(last or 0) + 1


def _write_attempt(act: Act, result: Settled) -> None:
    column = tables.telling_attempts.c
    act.connection.execute(
        update(tables.telling_attempts)
        .where((column.telling_id == result.telling_id) & (column.n == result.attempt))
        .values(ended_at=act.now, result=result.fault or "sent", detail=result.detail[:LONGEST_DETAIL])
    )


def _outgoing(act: Act, telling: Telling, attempt: int) -> Outgoing:
    to = {
        "kind": telling.recipient_kind, "id": telling.recipient, "name": telling.recipient_name, "role": telling.role,
        "phone": _phone(act, telling),
    }  # fmt: skip
    url, secret = _address(act, telling) if telling.means == "webhook" else ("", "")
    return Outgoing(
        telling.id, attempt, telling.means, to, telling.text, telling.text_en, telling.matter_id, telling.policy_id,
        telling.level, telling.made_at, url, secret,
    )  # fmt: skip


def _phone(act: Act, telling: Telling) -> str:
    """Return the number to call: a unit's duty phone from the city pack, a specialist's own, unsealed for its gateway
    alone; the gateway's directory has all others."""
    if telling.recipient_kind == "unit" and telling.recipient in act.pack.units:
        return act.pack.units.get(telling.recipient).duty_phone or ""
    if telling.recipient_kind == "specialist":
        return number_of(act.services, act.connection, telling.recipient)
    return ""


def _address(act: Act, telling: Telling) -> tuple[str, str]:
    """Return a webhook's address and secret; empty when it was closed or its secret does not open."""
    column = tables.webhooks.c
    row = act.connection.execute(
        select(column.url, column.secret_sealed).where(
            (column.id == telling.recipient) & column.closed_at.is_(None)
        )
    ).first()
    if row is None:
        return "", ""
    try:
        return str(row.url), act.services.seal.open(row.secret_sealed, telling.recipient)
    except Unsealable:
        return "", ""
