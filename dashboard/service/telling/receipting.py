"""Receipts of tellings, and what an officer does about those that did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.domain.telling import SHOWN_MEANS, Telling, again, ended, received
from dashboard.domain.words import ROLE_WORDS
from dashboard.service.act import Act, perform
from dashboard.service.commanding import required_text
from dashboard.service.on_matter import perform_on_matter, row_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.delivery import GatewayReceipt, note_receipts
from dashboard.service.telling.failing import failed_of, show_failed
from dashboard.store import audit, tables
from dashboard.store.records import TELLINGS

MOST_AT_ONCE = 200
MUTE_MS = 15 * 60_000  # look.md: a desk that is muted sounds again by itself


@dataclass(frozen=True, slots=True)
class RetryTellings:
    """Send a matter's given-up tellings once more."""

    matter_id: str


@dataclass(frozen=True, slots=True)
class ToldByHand:
    """Somebody told whom a matter's tellings did not reach; `text` says who, when and how."""

    matter_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MuteSound:
    """Silence a desk for a quarter of an hour."""

    reason: str


def receipt_shown(services: Services, actor: Principal, telling_ids: Sequence[str], now: int) -> Outcome:
    """Say that a screen showed (or played) tellings to the actor; `Done.value` is {"received": ids}.

    A desk answers for the screens and sounds of its jurisdiction, a liaison or a grid worker for what was told to it.
    What others already received, what lies elsewhere and what is unknown is left out without a word: several desks
    show the same line, and the first one counts. Refused: no_right.
    """
    refused = no_right(actor, "receipt_telling")
    if refused is not None:
        return refused
    ids = list(dict.fromkeys(telling_ids))[:MOST_AT_ONCE]
    column = tables.tellings.c
    wanted = column.id.in_(ids) & (column.state == "waiting") & column.means.in_(SHOWN_MEANS)
    with services.store.read() as connection:
        if connection.execute(select(column.id).where(wanted).limit(1)).first() is None:
            return Done({"received": []})
    with services.store.write() as connection:
        act = Act(services, connection, actor, now)
        found = [one for one in act.work.tellings.load(connection, wanted) if is_for(act, one)]
        by = f"{mask_name(actor.name)} {ROLE_WORDS.get(actor.role, ('', ''))[0]}".strip()
        for one in found:
            act.work.tellings.put(received(one, by, now))
        act.commit()
        shown = [one.id for one in found]
        if shown:
            audit.record(
                connection,
                actor,
                "receipt_telling",
                f"matter:{found[0].matter_id}",
                "done",
                {"ids": shown},
                now,
            )
    return Done({"received": shown})


def receipt_sent(
    services: Services, actor: Principal, telling_id: str, state: str, fault: str, now: int
) -> Outcome:
    """Take a gateway's word on a telling that it carried; `Done.value` is {"changed"}. Refused: no_right,
    no_such_telling (also when it lies outside the gateway's jurisdiction)."""
    refused = no_right(actor, "receipt_telling")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        row = connection.execute(TELLINGS.select().where(tables.tellings.c.id == telling_id)).first()
        act = Act(services, connection, actor, now)
        telling = None if row is None else TELLINGS.value(row)
        if actor.role != "gateway" or telling is None or not act.in_jurisdiction(telling.scope):
            return Refused("no_such_telling")
        if telling.means in SHOWN_MEANS:
            return Refused("no_such_telling")
    changed = note_receipts(services, [GatewayReceipt(telling_id, state, fault)], now)
    return Done({"changed": changed})


def is_for(act: Act, telling: Telling) -> bool:
    """Say whether a telling was told to the actor."""
    actor = act.actor
    if telling.recipient_kind == "unit":
        return actor.role == "unit_liaison" and telling.recipient == actor.unit
    if telling.recipient_kind == "worker":
        return actor.role == "grid_worker" and telling.recipient == actor.worker
    if telling.recipient_kind != "desk" or actor.role in ("unit_liaison", "grid_worker", "gateway"):
        return False
    if telling.origin == "room":
        # Another county's desk was asked in: that the asking desk, or the city's, has seen it says nothing.
        return actor.jurisdiction == telling.place
    return act.in_jurisdiction(telling.scope)


def retry_tellings(
    services: Services, actor: Principal, request: RetryTellings, now: int, idempotency_key: str
) -> Outcome:
    """Send what was given up once more; `Done.value` is the matter's row. Refused: nothing_failed (nothing failed, or
    no gateway serves what did)."""

    def decide(act: Act) -> Row:
        matter = act.open_matter(request.matter_id)
        failed = [one for one in failed_of(act, matter.id) if one.means in services.means_served]
        if not failed:
            raise Refusal("nothing_failed", no=matter.no)
        for one in failed:
            act.work.tellings.put(again(one, now))
        show_failed(act, matter)
        act.tell(
            "TellingRetried", matter=matter.id, no=matter.no, by=mask_name(actor.name), count=len(failed)
        )
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "resolve_telling", request, now, idempotency_key, decide)


def told_by_hand(
    services: Services, actor: Principal, request: ToldByHand, now: int, idempotency_key: str
) -> Outcome:
    """Say that those whom a matter's tellings did not reach were told by hand; `Done.value` is the matter's row.

    Refused: nothing_failed, text_missing.
    """

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        text = required_text(request.text, "text_missing")
        failed = failed_of(act, matter.id)
        if not failed:
            raise Refusal("nothing_failed", no=matter.no)
        by = mask_name(actor.name)
        for one in failed:
            act.work.tellings.put(ended(one, "by_hand", now, by))
        show_failed(act, matter)
        act.tell("ToldByHand", matter=matter.id, no=matter.no, by=by, count=len(failed), text=text)
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "resolve_telling", request, now, idempotency_key, decide)


def mute_sound(
    services: Services, actor: Principal, request: MuteSound, now: int, idempotency_key: str
) -> Outcome:
    """Write down that a desk goes silent, and why; `Done.value` is {"until_at"}: 15 minutes from now.

    Refused: reason_missing.
    """

    def decide(_act: Act) -> dict[str, Any]:
        required_text(request.reason, "reason_missing")
        return {"until_at": now + MUTE_MS}

    return perform(
        services, actor, "mute_sound", f"officer:{actor.id}", now, idempotency_key, request, decide
    )
