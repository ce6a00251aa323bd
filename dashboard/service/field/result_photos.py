"""现场照片: a grid worker's own result stands on pictures; how many is a row of the city pack."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import func, or_, select

from dashboard.domain.command import Command, Receipt
from dashboard.domain.matter import Matter
from dashboard.domain.refusal import Refusal
from dashboard.service.act import Act
from dashboard.service.attachment_content import PICTURE
from dashboard.service.commands.places import OFFICERS
from dashboard.store import tables

PICTURED_STEPS: Final = frozenset({"dispose", "close"})
"""A worker's own steps of an event that say what was done, or that it was looked at."""


def check_answer(act: Act, command: Command, receipt: Receipt, photos: Collection[str], reason: str) -> None:
    """Refuse "done" of a worker's order without its pictures, or without a reason when an officer says it instead.

    A gateway answers for its own terminals, as it does for units: how they prove a result is agreed with who runs it.
    """
    if receipt.kind != "worker":
        return
    if act.actor.role in OFFICERS and not reason:
        raise Refusal("worker_done_reason", receiver=receipt.name)
    if act.actor.role == "grid_worker":
        column = tables.attachments.c
        ordered_at = receipt.added_at or command.issued_at
        shows = or_(column.command_id == command.id, column.id.in_(list(photos)))
        _check(act, command.matter_id, shows & (column.kept_at >= ordered_at))


def check_step(act: Act, matter: Matter, step: str, photos: Collection[str]) -> None:
    """Refuse a worker's own result of an event without the pictures it names, kept since the event came so far."""
    if act.actor.role == "grid_worker" and step in PICTURED_STEPS:
        column = tables.attachments.c
        _check(act, matter.id, column.id.in_(list(photos)) & (column.kept_at >= matter.stage_at))


def _check(act: Act, matter_id: str, shows: object) -> None:
    least = act.pack.results.photos
    column = tables.attachments.c
    own = (column.matter_id == matter_id) & (column.kept_by == act.actor.id) & (column.media_type == PICTURE)
    # The same bytes kept twice are one picture.
    count = act.connection.execute(
        select(func.count(func.distinct(column.content_sha256))).where(own & shows)
    ).scalar_one()
    if count < least:
        raise Refusal("photos_missing", least=least, count=count)
