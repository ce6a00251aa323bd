"""Noting that whoever holds a post has acted: one indexed write in the transaction of every officer's act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from dashboard.domain.masking import mask_name
from dashboard.store import news, tables

if TYPE_CHECKING:
    from dashboard.service.act import Act


def acted(act: Act) -> None:
    """Note that the actor acted; one for whom another stood in is back, and everybody is told."""
    if act.actor.kind != "officer":
        return
    column = tables.posts.c
    mine = (column.account == act.actor.id) & column.ended_at.is_(None)
    held = act.connection.execute(
        select(column.post, column.jurisdiction, column.silent_at, column.name).where(mine)
    ).all()
    if not held:
        return
    act.connection.execute(update(tables.posts).where(mine).values(acted_at=act.now, silent_at=None))
    for row in held:
        news.tell(act.connection, news.POSTS, (row.jurisdiction,), is_exact=True)
        if row.silent_at is not None:
            act.tell("PostActsAgain", within=(row.jurisdiction,), post=row.post, by=mask_name(row.name))
