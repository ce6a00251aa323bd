"""Who is on now and what waits to be handed over: what the desk's bar and its duty pane show."""

from __future__ import annotations

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.domain.shift import POSTS, ROLES_OF_POST, HandItem, Holding, shift_at
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.shifts.handing_over import open_sheet, sheet_items
from dashboard.service.shifts.held import held_in
from dashboard.service.shifts.proposals import proposed


def duty_board(services: Services, actor: Principal, now: int) -> Row | Refused:
    """Return the duty board of the actor's jurisdiction. Refused: no_right.

    `{"jurisdiction", "shift": {"from_at", "until_at"}, "posts": {post: holder | null}, "mine": post | null,
    "may_take": [posts], "handover": sheet | null, "proposed": [items]}`; names masked. A running sheet has
    `role`: from, to (the successor), other.
    """
    refused = no_right(actor, "see")
    if refused is not None:
        return refused
    place = actor.jurisdiction
    from_at, until_at = shift_at(now, services.pack.shifts_ms, services.pack.offset_ms)
    with services.store.read() as connection:
        posts = held_in(connection, place)
        mine = next((one for one in posts.values() if one.account == actor.id), None)
        sheet = open_sheet(connection, place)
        lines = [] if sheet is None else sheet_items(services, connection, sheet, now)
        items = [] if sheet is not None else proposed(services, connection, place, now, mine)
    can_take = [one for one in POSTS if one not in posts and actor.role in ROLES_OF_POST[one]]
    handover = None
    if sheet is not None:
        role = "from" if sheet.from_account == actor.id else "other"
        if (
            role == "other"
            and sheet.to_account in (None, actor.id)
            and actor.role in ROLES_OF_POST[sheet.post]
        ):
            role = "to"
        handover = {
            "id": sheet.id,
            "post": sheet.post,
            "from": mask_name(sheet.from_name),
            "to": mask_name(sheet.to_name) if sheet.to_name else None,
            "role": role,
            "begun_at": sheet.begun_at,
            "items": [_item(one) for one in lines],
        }
    return {
        "jurisdiction": place,
        "shift": {"from_at": from_at, "until_at": until_at},
        "posts": {post: _holder(posts.get(post), actor) for post in POSTS},
        "mine": mine.post if mine else None,
        "may_take": [] if mine else can_take,
        "handover": handover,
        "proposed": [_item(one) for one in items],
    }


def _holder(holding: Holding | None, actor: Principal) -> Row | None:
    if holding is None:
        return None
    return {
        "name": mask_name(holding.name),
        "mine": holding.account == actor.id,
        "since_at": holding.since_at,
        "until_at": holding.until_at,
        "acted_at": holding.acted_at,
        "silent_at": holding.silent_at,
    }


def _item(one: HandItem) -> Row:
    return {
        "ref": one.ref,
        "kind": one.kind,
        "matter_id": one.matter_id,
        "no": one.no,
        "title": one.title,
        "due_at": one.due_at,
        "must": one.must,
        "details": one.details,
        "confirmed_at": one.confirmed_at,
        "confirmed_by": mask_name(one.confirmed_by) if one.confirmed_by else "",
    }
