"""How delivery stands, for the system administrator: what is in trouble, since when, and what the product does next.

Says which matter by its number and which desk deals with it, never what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.domain.telling import SENT_MEANS, Telling, backoff_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.service.telling.reading import attempts_of, telling_row
from dashboard.store import tables
from dashboard.store.records import DEADLINES, TELLINGS

LISTED = 200
DAY_MS = 24 * 3_600_000
_HIDDEN = ("text", "text_en", "matter_id", "command_id")


def failed_tellings(services: Services, actor: Principal, now: int) -> dict[str, Any] | Refused:
    """Return how delivery stands. Refused: no_right.

    "counts": means -> state -> number, all that are kept. "means": one row for each means of sending: whether a
    gateway serves it, how many wait, were received within a day, are in trouble and since when (made_at of the oldest
    of them), and when one was received last. "failed": the newest that were given up and whose matter is open:
    somebody has to tell by hand. "retrying": those that failed and are tried again, the next first. "ended": how many
    were given up within a day whose matter has closed since.
    """
    refused = no_right(actor, "see_tellings")
    if refused is not None:
        return refused
    telling, matter = tables.tellings.c, tables.matters.c
    in_trouble = or_(telling.state == "failed", and_(telling.state == "waiting", telling.fault != ""))
    opened = select(matter.id).where(matter.closed_at.is_(None))
    with services.store.read() as connection:
        counts, received = _counts(connection), _received(connection, now)
        statement = TELLINGS.select().where(in_trouble & telling.matter_id.in_(opened))
        newest_first = statement.order_by(telling.made_at.desc(), telling.id)
        troubled = [TELLINGS.value(row) for row in connection.execute(newest_first)]
        ended = connection.execute(
            select(func.count()).where(
                (telling.state == "failed")
                & (telling.ended_at > now - DAY_MS)
                & telling.matter_id.not_in(opened)
            )
        ).scalar_one()
        matters = _matters(connection, in_trouble)
        attempts = attempts_of(connection, [one.id for one in troubled[: 2 * LISTED]])
        following = _following(connection, [one.chain for one in troubled])
        rows = [_row(services, one, matters[one.matter_id], attempts, following) for one in troubled]
    failed = [one for one in rows if one["state"] == "failed"]
    retrying = sorted((one for one in rows if one["state"] != "failed"), key=lambda one: one["next_at"] or 0)
    return {
        "at": now,
        "counts": counts,
        "means": [_means(services, one, counts, received, rows) for one in SENT_MEANS],
        "failed": failed[:LISTED],
        "retrying": retrying[:LISTED],
        "further": max(len(failed) - LISTED, 0) + max(len(retrying) - LISTED, 0),
        "ended": int(ended),
    }


def _counts(connection: Connection) -> dict[str, dict[str, int]]:
    column = tables.tellings.c
    counts: dict[str, dict[str, int]] = {}
    rows = connection.execute(
        select(column.means, column.state, func.count()).group_by(column.means, column.state)
    )
    for means, state, number in rows:
        counts.setdefault(means, {})[state] = number
    return counts


def _received(connection: Connection, now: int) -> dict[str, tuple[int, int]]:
    """Return means -> (how many were received within a day, when the last one ever was)."""
    column = tables.tellings.c
    is_fresh = column.received_at > now - DAY_MS
    statement = (
        select(column.means, func.count().filter(is_fresh), func.max(column.received_at))
        .where(column.received_at.is_not(None) & column.means.in_(SENT_MEANS))
        .group_by(column.means)
    )
    return {means: (int(fresh), int(last)) for means, fresh, last in connection.execute(statement)}


def _matters(connection: Connection, in_trouble: ColumnElement[bool]) -> dict[str, Any]:
    """Return id -> number, region and policy version of the matters that have a telling in trouble."""
    column = tables.matters.c
    named = select(tables.tellings.c.matter_id).where(in_trouble)
    statement = select(column.id, column.no, column.region, column.policy_version).where(column.id.in_(named))
    return {row.id: row for row in connection.execute(statement)}


def _following(connection: Connection, chains: Sequence[str]) -> dict[str, Any]:
    """Return chain -> its armed clock: what the escalation does next, whoever was or was not told before."""
    statement = DEADLINES.select().where(tables.deadlines.c.state == "armed")
    wanted = set(chains)
    if len(wanted) <= LISTED:
        statement = statement.where(tables.deadlines.c.chain.in_(wanted))
    clocks = map(DEADLINES.value, connection.execute(statement))
    return {one.chain: one for one in clocks if one.chain in wanted}


def _row(
    services: Services,
    one: Telling,
    matter: Any,
    attempts: Mapping[str, list[Row]],
    following: Mapping[str, Any],
) -> Row:
    divisions, english = services.pack.divisions, {one.code: one.name_en for one in services.pack.regions}
    place = matter.region if matter.region in divisions else services.city
    shown = {name: value for name, value in telling_row(one).items() if name not in _HIDDEN}
    shown |= {
        "no": matter.no,
        "desk": divisions.get(place).name,
        "desk_en": english.get(place, services.pack.name_en),
        "tries": attempts.get(one.id, []),
        "most_tries": len(backoff_of(one.means)) + 1,
        "next_step": "",
        "next_step_en": "",
        "next_step_at": None,
    }
    clock = following.get(one.chain)
    if clock is not None:
        steps = services.steps_of(matter.policy_version).steps(clock.applies_to, clock.stage, clock.urgency)
        step = next((step for step in steps if step.policy_id == clock.policy_id), steps[-1])
        shown |= {"next_step": step.name, "next_step_en": step.name_en, "next_step_at": clock.due_at}
    return shown


def _means(
    services: Services,
    means: str,
    counts: Mapping[str, Mapping[str, int]],
    received: Mapping[str, tuple[int, int]],
    troubled: Sequence[Row],
) -> Row:
    here = [one for one in troubled if one["means"] == means]
    of_states, (fresh, last_at) = counts.get(means, {}), received.get(means, (0, None))
    return {
        "means": means,
        "served": means in services.means_served,
        "waiting": of_states.get("waiting", 0),
        "sent": of_states.get("sent", 0),
        "received": fresh,
        "failed": sum(one["state"] == "failed" for one in here),
        "retrying": sum(one["state"] != "failed" for one in here),
        "since": min((one["made_at"] for one in here), default=None),
        "last_received_at": last_at,
    }
