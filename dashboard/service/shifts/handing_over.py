"""Handing a post over: a sheet that the one who leaves writes and the successor confirms line by line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.shift import ROLES_OF_POST, HandItem, in_order, unconfirmed
from dashboard.domain.words import POST_WORDS, ROLE_WORDS, both, together
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import MAX_TEXT
from dashboard.service.services import Services
from dashboard.service.shifts.alarm import tell_alarms_again
from dashboard.service.shifts.held import held_in
from dashboard.service.shifts.posts import begin_holding, end_holding, own_holding
from dashboard.service.shifts.proposals import proposed
from dashboard.service.shifts.requests import BeginHandover, ConfirmItem, EndHandover
from dashboard.store import tables

MOST_LINES = 20
NAMED_IN_REFUSAL = 3


def begin_handover(
    services: Services, actor: Principal, request: BeginHandover, now: int, idempotency_key: str
) -> Outcome:
    """Write the sheet of one's own post; `Done.value` is {"handover_id", "items": n}.

    What must be handed over is on it whatever was left out. Refused: no_such_post, not_on_post, handover_running,
    text_too_long.
    """

    def decide(act: Act) -> dict[str, Any]:
        holding = own_holding(act, request.post)
        if open_sheet(act.connection, actor.jurisdiction, request.post) is not None:
            raise Refusal("handover_running", **both(POST_WORDS, request.post, "post_name"))
        lines = [line.strip() for line in request.lines if line.strip()][:MOST_LINES]
        if any(len(line) > MAX_TEXT for line in lines):
            raise Refusal("text_too_long", limit=MAX_TEXT)
        taken = [
            one
            for one in proposed(services, act.connection, actor.jurisdiction, now, holding)
            if one.must or one.ref not in request.left_out
        ]
        taken += [HandItem(f"own:{number}", "own", line) for number, line in enumerate(lines, start=1)]
        handover_id = new_id()
        act.connection.execute(
            insert(tables.handovers),
            {
                "id": handover_id,
                "jurisdiction": actor.jurisdiction,
                "post": request.post,
                "from_account": actor.id,
                "from_name": actor.name,
                "begun_at": now,
            },
        )
        _write_items(act.connection, handover_id, taken, 0)
        act.tell(
            "HandoverBegun", within=(actor.jurisdiction,), post=request.post, by=mask_name(actor.name),
            count=len(taken), **both(POST_WORDS, request.post, "post_name"),
        )  # fmt: skip
        return {"handover_id": handover_id, "items": len(taken)}

    return perform(
        services, actor, "begin_handover", f"post:{request.post}", now, idempotency_key, request, decide
    )


def confirm_item(
    services: Services, actor: Principal, request: ConfirmItem, now: int, idempotency_key: str
) -> Outcome:
    """Take note of one line; the first to do so is the successor. `Done.value` is {"left": lines still unconfirmed}.

    Refused: no_such_handover, own_handover, not_the_successor, not_for_this_post, no_such_item, already_confirmed.
    """

    def decide(act: Act) -> dict[str, Any]:
        sheet = _open_sheet_by_id(act, request.handover_id)
        _check_successor(act, sheet)
        items = sheet_items(services, act.connection, sheet, now)
        item = next((one for one in items if one.ref == request.ref), None)
        if item is None:
            raise Refusal("no_such_handover_item")
        if item.confirmed_at is not None:
            raise Refusal("already_confirmed")
        stored = tables.handover_items.c
        confirmed = {"confirmed_at": now, "confirmed_by": actor.name}
        changed = act.connection.execute(
            update(tables.handover_items)
            .where((stored.handover_id == sheet.id) & (stored.ref == item.ref))
            .values(**confirmed)
        )
        if not changed.rowcount:  # it came up after the sheet was written
            late = replace(item, confirmed_at=now, confirmed_by=actor.name)
            _write_items(act.connection, sheet.id, [late], len(items))
        if sheet.to_account is None:
            act.connection.execute(
                update(tables.handovers)
                .where(tables.handovers.c.id == sheet.id)
                .values(to_account=actor.id, to_name=actor.name)
            )
        left = len(unconfirmed(items)) - 1
        act.tell(
            "HandoverItemConfirmed", within=(sheet.jurisdiction,), matter=item.matter_id, no=item.no,
            title=item.title, item_kind=item.kind, post=sheet.post, by=mask_name(actor.name), left=left,
            **both(POST_WORDS, sheet.post, "post_name"),
        )  # fmt: skip
        return {"left": left}

    return perform(
        services,
        actor,
        "confirm_item",
        f"handover:{request.handover_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def complete_handover(
    services: Services, actor: Principal, request: EndHandover, now: int, idempotency_key: str
) -> Outcome:
    """Take the post over; `Done.value` is {"post", "until_at"}.

    Refused: no_such_handover, own_handover, not_the_successor, not_for_this_post, handover_unconfirmed (how many and
    which first; what came up since the sheet was written counts).
    """

    def decide(act: Act) -> dict[str, Any]:
        sheet = _open_sheet_by_id(act, request.handover_id)
        _check_successor(act, sheet)
        left = unconfirmed(sheet_items(services, act.connection, sheet, now))
        if left:
            named = (" ".join((one.no, one.title)).strip() for one in left[:NAMED_IN_REFUSAL])
            raise Refusal("handover_unconfirmed", count=len(left), **together(named, "named"))
        posts = held_in(act.connection, sheet.jurisdiction)
        if sheet.post in posts:
            end_holding(act, posts[sheet.post], "handed_over")
        other = next((one for one in posts.values() if one.account == actor.id), None)
        if other is not None:
            end_holding(act, other, "moved")
        holding = begin_holding(act, sheet.post, actor.id, actor.name)
        _end(act, sheet, "completed", to_account=actor.id, to_name=actor.name)
        tell_alarms_again(act, sheet.jurisdiction)
        act.tell(
            "HandoverCompleted", within=(sheet.jurisdiction,), post=sheet.post, by=mask_name(actor.name),
            before=mask_name(sheet.from_name), **both(POST_WORDS, sheet.post, "post_name"),
        )  # fmt: skip
        return {"post": holding.post, "until_at": holding.until_at}

    return perform(
        services,
        actor,
        "complete_handover",
        f"handover:{request.handover_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def cancel_handover(
    services: Services, actor: Principal, request: EndHandover, now: int, idempotency_key: str
) -> Outcome:
    """Take one's own sheet back; `Done.value` is {"post"}. Refused: no_such_handover, not_your_handover."""

    def decide(act: Act) -> dict[str, Any]:
        sheet = _open_sheet_by_id(act, request.handover_id)
        if sheet.from_account != actor.id:
            raise Refusal("not_your_handover", by=mask_name(sheet.from_name))
        _end(act, sheet, "cancelled")
        act.tell(
            "HandoverCancelled", within=(sheet.jurisdiction,), post=sheet.post, by=mask_name(actor.name),
            **both(POST_WORDS, sheet.post, "post_name"),
        )  # fmt: skip
        return {"post": sheet.post}

    return perform(
        services,
        actor,
        "cancel_handover",
        f"handover:{request.handover_id}",
        now,
        idempotency_key,
        request,
        decide,
    )


def open_sheet(connection: Connection, jurisdiction: str, post: str | None = None) -> Row[Any] | None:
    """Return the running hand-over of a post, or of any post of the jurisdiction (A first)."""
    column = tables.handovers.c
    wanted = (column.jurisdiction == jurisdiction) & column.ended_at.is_(None)
    if post is not None:
        wanted &= column.post == post
    return connection.execute(select(tables.handovers).where(wanted).order_by(column.post)).first()


def sheet_items(services: Services, connection: Connection, sheet: Row[Any], now: int) -> list[HandItem]:
    """Return the lines of a running sheet, and what must be handed over and came up since it was written."""
    column = tables.handover_items.c
    rows = connection.execute(
        select(tables.handover_items).where(column.handover_id == sheet.id).order_by(column.position)
    )
    stored = [_item(row) for row in rows]
    known = {one.ref for one in stored}
    later = [
        one
        for one in proposed(services, connection, sheet.jurisdiction, now, None)
        if one.must and one.ref not in known
    ]
    return [*stored, *in_order(later)]


def _open_sheet_by_id(act: Act, handover_id: str) -> Row[Any]:
    column = tables.handovers.c
    sheet = act.connection.execute(select(tables.handovers).where(column.id == handover_id)).first()
    if sheet is None or sheet.ended_at is not None or sheet.jurisdiction != act.actor.jurisdiction:
        raise Refusal("no_such_handover")
    return sheet


def _check_successor(act: Act, sheet: Row[Any]) -> None:
    if sheet.from_account == act.actor.id:
        raise Refusal("own_handover")
    if sheet.to_account not in (None, act.actor.id):
        raise Refusal("not_the_successor", by=mask_name(sheet.to_name))
    if act.actor.role not in ROLES_OF_POST[sheet.post]:
        raise Refusal(
            "not_for_this_post",
            **both(POST_WORDS, sheet.post, "post_name"),
            **both(ROLE_WORDS, act.actor.role, "role_name"),
        )


def _end(act: Act, sheet: Row[Any], how: str, **more: str) -> None:
    act.connection.execute(
        update(tables.handovers)
        .where(tables.handovers.c.id == sheet.id)
        .values(ended_at=act.now, ended_how=how, **more)
    )


def _write_items(connection: Connection, handover_id: str, items: Sequence[HandItem], first: int) -> None:
    rows = [
        {
            "handover_id": handover_id,
            "ref": one.ref,
            "position": first + place,
            "kind": one.kind,
            "matter_id": one.matter_id,
            "no": one.no,
            "title": one.title,
            "due_at": one.due_at,
            "details": json.dumps(one.details, ensure_ascii=False),
            "confirmed_at": one.confirmed_at,
            "confirmed_by": one.confirmed_by or None,
        }
        for place, one in enumerate(items)
    ]
    if rows:
        connection.execute(insert(tables.handover_items), rows)


def _item(row: Row[Any]) -> HandItem:
    return HandItem(
        row.ref, row.kind, row.title, row.matter_id, row.no, row.due_at, True, json.loads(row.details),
        row.confirmed_at, row.confirmed_by or "",
    )  # fmt: skip
