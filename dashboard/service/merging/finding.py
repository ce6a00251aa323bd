"""Finding matters that say the same: when they come in, and when an officer asks."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from dashboard.domain.matter import Matter
from dashboard.domain.merging import (
    FIXED_STAGES,
    METRES_PER_DEGREE,
    Alike,
    Described,
    DuplicateIndex,
    grams_of,
)
from dashboard.service.act import Act
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import merges, news, tables
from dashboard.store.merges import Pair
from dashboard.store.records import MATTERS

# Beyond this the bounds of a query say nothing: a degree of longitude is at least this part of one of latitude here.
LEAST_COSINE = 0.5


def described(matter: Matter) -> Described:
    """Return what a matter is compared by: its title, never a citizen's own words; its place counts by distance."""
    return Described(
        matter.id, matter.kind, matter.category, matter.lon, matter.lat, matter.opened_at,
        grams_of(matter.title),
    )  # fmt: skip


def alike_to(act: Act, matter: Matter) -> list[Alike]:
    """Return the open matters that are likely the same as an open one, the likeliest first.

    One query bounded by kind, category, time and place; then the index compares neighbours alone.
    """
    if matter.lon is None or matter.lat is None or not matter.is_open:
        return []
    return DuplicateIndex(act.pack.merging, _candidates(act, [matter])).alike(described(matter))


def propose_new(act: Act, opened: Sequence[Matter]) -> None:
    """Propose merges for matters that have just come in; part of the transaction that takes them in.

    A matter joins the head of the one it is likest: one ask for a burst, not one per pair. Those of one delivery are
    looked at in the order in which they were opened, so that the earliest is the head.
    """
    placed = [
        one
        for one in sorted(opened, key=lambda one: (one.opened_at, one.id))
        if one.is_open and one.lon is not None and one.merged_into is None and one.stage not in FIXED_STAGES
    ]
    if not placed:
        return
    index = DuplicateIndex(act.pack.merging, _candidates(act, placed))
    found: dict[str, Alike] = {}
    for matter in placed:
        own = described(matter)
        likeliest = index.likeliest(own)
        if likeliest is not None:
            found[matter.id] = likeliest
        index.add(own)
    heads = merges.heads_of(act.connection, {one.id for one in found.values()})
    pairs = []
    for matter_id, alike in found.items():
        heads[matter_id] = heads.get(alike.id, alike.id)
        facts = {"metres": alike.metres, "apart_ms": alike.apart_ms, "text": alike.text}
        pairs.append(
            Pair(heads[matter_id], matter_id, "proposed", act.now, alike.likeness, json.dumps(facts))
        )
    merges.put(act.connection, pairs)
    for head in dict.fromkeys(one.carrier_id for one in pairs):
        show_merge_ask(act, head)


def show_merge_ask(act: Act, head_id: str) -> None:
    """Show, change or take away the ask of a matter into which merges are proposed, and tell its count."""
    head = act.work.matter(head_id)
    if head is not None:
        news.tell(act.connection, news.MERGES, head.scope)
    found = merges.proposed_heads(act.connection, head_id).get(head_id)
    if head is None or not head.is_open or found is None or found[0] < act.pack.merging.ask_from:
        act.drop_ask(f"merge:{head_id}")
        return
    act.tell("MergeProposed", matter=head.id, no=head.no, title=head.title, count=found[0])
    act.show_ask(_ask_row(head, *found))


def freshen_merge_ask(act: Act, head: Matter) -> None:
    """Show the ask of a matter again whose title or place its source has changed."""
    found = merges.proposed_heads(act.connection, head.id).get(head.id)
    if found is not None and head.is_open and found[0] >= act.pack.merging.ask_from:
        act.show_ask(_ask_row(head, *found))


def open_merge_asks(services: Services, connection: Connection) -> list[Row]:
    """Return the asks of every matter into which merges are proposed."""
    least = services.pack.merging.ask_from
    heads = {head: found for head, found in merges.proposed_heads(connection).items() if found[0] >= least}
    statement = MATTERS.select().where(
        tables.matters.c.id.in_(list(heads)) & tables.matters.c.closed_at.is_(None)
    )
    return [_ask_row(one, *heads[one.id]) for one in map(MATTERS.value, connection.execute(statement))]


def _ask_row(head: Matter, count: int, made_at: int) -> Row:
    return {
        "id": f"merge:{head.id}",
        "kind": "merge",
        "matter_id": head.id,
        "no": head.no,
        "title": head.title,
        "scope": list(head.scope),
        "made_at": made_at,
        "due_at": None,
        "params": {"form": "merge", "count": count},
    }


def _candidates(act: Act, matters: Collection[Matter]) -> list[Described]:
    rules, column = act.pack.merging, tables.matters.c
    margin = rules.near_m / METRES_PER_DEGREE
    lons = [one.lon for one in matters if one.lon is not None]
    lats = [one.lat for one in matters if one.lat is not None]
    at = [one.opened_at for one in matters]
    statement = select(
        column.id,
        column.kind,
        column.category,
        column.lon,
        column.lat,
        column.opened_at,
        column.title,
    ).where(
        column.closed_at.is_(None)
        & column.category.in_({one.category for one in matters})
        & column.opened_at.between(min(at) - rules.apart_ms, max(at) + rules.apart_ms)
        & column.lat.between(min(lats) - margin, max(lats) + margin)
        & column.lon.between(min(lons) - margin / LEAST_COSINE, max(lons) + margin / LEAST_COSINE)
        & column.stage.not_in(FIXED_STAGES)
        & column.whistle.is_(None)
    )
    return [
        Described(row.id, row.kind, row.category, row.lon, row.lat, row.opened_at, grams_of(row.title))
        for row in act.connection.execute(statement)
    ]
