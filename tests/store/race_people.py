"""Who races whom, and what two of them do at once: deeds to be let loose on each other by `tests.store.racing`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import BeginHandover, ConfirmItem, RelievePost, TakePost
from dashboard.store import tables
from tests.store.centre import Centre, done, officer
from tests.store.racing import Check, Deed, one_of

ANNE, BELLA = officer(name="王建国"), officer(name="陈秀英")
LEADER = officer("duty_leader", name="李卫东")


def by(actor: Principal, act: Any, request: Any, **more: Any) -> Deed:
    return lambda at: at.do(act, request, actor, **more)


def step(
    actor: Principal, matter: dict[str, Any], to: str, version: int | None = None, **fields: Any
) -> Deed:
    return by(actor, service.advance, service.Advance(matter["id"], to, fields), expected_version=version)


def wins_one(*codes: str) -> Check:
    return lambda outcomes: one_of(outcomes, *codes)


def of_receiver(centre: Centre, row: dict[str, Any], unit: str) -> dict[str, Any]:
    commands = centre.detail(row["matter_id"]).commands
    return next(
        one
        for command in commands
        if command["id"] == row["id"]
        for one in command["receivers"]
        if one["id"] == unit
    )


def sheet_to_complete(centre: Centre) -> str:
    """A is Anne again, whoever it was, and Bella has confirmed every line of Anne's sheet."""
    if holders(centre):
        done(centre.do(service.relieve_post, RelievePost("A", "下班"), LEADER))
    done(centre.do(service.take_post, TakePost("A"), ANNE))
    sheet = str(done(centre.do(service.begin_handover, BeginHandover("A", ("钥匙",)), ANNE))["handover_id"])
    board = service.duty_board(centre.services, BELLA, centre.now)
    assert isinstance(board, dict)
    for item in board["handover"]["items"]:
        done(centre.do(service.confirm_item, ConfirmItem(sheet, item["ref"]), BELLA))
    return sheet


def holders(centre: Centre) -> list[str]:
    """Who holds post A of the city."""
    column = tables.posts.c
    with centre.services.store.read() as connection:
        held = select(column.account).where((column.post == "A") & column.ended_at.is_(None))
        return list(connection.execute(held).scalars())
