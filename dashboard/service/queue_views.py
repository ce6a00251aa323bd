"""The views of the queue that an officer keeps: one's own, on every desk at which one signs in.

How somebody looks at the queue changes nothing in the centre, so keeping a view is no act: it has no line in the log
and no audit row.
"""

from __future__ import annotations

import json

from sqlalchemy import delete, func, insert, select

from dashboard.domain.principal import Principal
from dashboard.domain.queue_view import LONGEST_NAME, MOST_VIEWS, QueueView, view_of
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import tables


def queue_views(services: Services, actor: Principal) -> dict[str, QueueView]:
    """Return the actor's views by name, in the order in which they were first kept."""
    kept = tables.queue_views.c
    with services.store.read() as connection:
        rows = connection.execute(
            select(kept.name, kept.view).where(kept.account == actor.id).order_by(kept.kept_at, kept.name)
        ).all()
    read = {row.name: view_of(json.loads(row.view)) for row in rows}
    return {name: view for name, view in read.items() if view is not None}


def keep_queue_view(services: Services, actor: Principal, name: str, view: QueueView, now: int) -> Outcome:
    """Keep a view under a name, in place of what had that name. Refused: no_right, view_name, too_many_views."""
    name = name.strip()
    if (refused := no_right(actor, "see")) is not None:
        return refused
    if not name or len(name) > LONGEST_NAME:
        return Refused("view_name", {"most": LONGEST_NAME})
    kept = tables.queue_views.c
    with services.store.write() as connection:
        mine = kept.account == actor.id
        others = select(func.count()).where(mine & (kept.name != name))
        if connection.execute(others).scalar_one() >= MOST_VIEWS:
            return Refused("too_many_views", {"most": MOST_VIEWS})
        first = connection.execute(select(kept.kept_at).where(mine & (kept.name == name))).scalar()
        connection.execute(delete(tables.queue_views).where(mine & (kept.name == name)))
        row = {"account": actor.id, "name": name, "view": json.dumps(view.as_dict()), "kept_at": first or now}
        connection.execute(insert(tables.queue_views), row)
    return Done(name)


def drop_queue_view(services: Services, actor: Principal, name: str) -> Outcome:
    """Forget one of the actor's views; one that is not there is forgotten already."""
    kept = tables.queue_views.c
    with services.store.write() as connection:
        connection.execute(delete(tables.queue_views).where((kept.account == actor.id) & (kept.name == name)))
    return Done(name)
