"""What matters said of doors before doors were cut at intake: moved under the seal, some at a time, once.

A migration has no key to seal with, so the worker does it with its hourly clearing. Cut are the matter, its commands,
the lines of its history and its tellings; the audit is a chain and stays as it was written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from dashboard.domain.address import community_of, whole_address, without_doors
from dashboard.domain.principal import Principal
from dashboard.service.act import Act
from dashboard.service.services import Services
from dashboard.store import audit, citizens, tables

BATCH_ROWS = 500  # looked through outside the writer's turn, which is taken for those alone that name a door
KEEPER = Principal("worker:addresses", "", "system", "system", "", address="worker")
_LOOKED_THROUGH = "addresses_looked_through"
_ALL = "~"  # behind every id
_AFTER = (
    select(*(tables.matters.c[name] for name in (
        "id", "no", "place", "title", "closed_at", "category", "grid", "village", "township", "region",
    )))
    .order_by(tables.matters.c.id)
    .limit(BATCH_ROWS)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cut:
    """One matter whose place or title names a door: what to seal, and what stands in the open for each old text."""

    matter_id: str
    no: str
    is_open: bool
    address: str
    said: tuple[str, str]
    place: str
    title: str
    instead: Mapping[str, str]


def seal_old_addresses(services: Services, now: int) -> int:
    """Cut and seal the doors of matters that were taken in before; returns of how many. 0 for good once it is through.

    Raises StoreBusy: the batches before it are done, the rest at the next call.
    """
    sealed = 0
    if services.secret is None:
        return 0
    with services.store.read() as connection:
        after = _looked_through(connection)
    while after != _ALL:
        with services.store.read() as connection:
            rows = connection.execute(_AFTER.where(tables.matters.c.id > after)).all()
        cuts = [cut for row in rows if (cut := _cut_of(services, row)) is not None]
        after = rows[-1].id if rows else _ALL
        if cuts or after == _ALL:
            with services.store.write() as connection:
                sealed += _apply(services, connection, cuts, now)
                _note_looked_through(connection, after)
            services.after_commit()
    return sealed


def _cut_of(services: Services, row: Row[Any]) -> _Cut | None:
    place, title = community_of(row.place), without_doors(row.title)
    if (place, title) == (row.place, row.title):
        return None
    finest = row.grid or row.village or row.township or row.region
    category = services.pack.categories.get(row.category)
    place = place or (services.pack.divisions.place_name(finest) if finest in services.pack.divisions else "")
    title = title or (category.name if category else row.category)
    address = whole_address("", row.place, row.title)
    instead = {old: new for old, new in ((row.place, place), (row.title, title)) if old and old != new}
    return _Cut(row.id, row.no, row.closed_at is None, address, (row.place, row.title), place, title, instead)


def _apply(services: Services, connection: Connection, cuts: list[_Cut], now: int) -> int:
    cuts = [one for one in cuts if _cut_matter(connection, one)]
    if not cuts:
        return 0
    citizens.keep_addresses(connection, services.seal, [(one.matter_id, one.address) for one in cuts])
    act = Act(services, connection, KEEPER, now)
    for one in cuts:
        commands = _cut_commands(connection, one)
        _cut_history(connection, one)
        _cut_tellings(connection, one)
        if one.is_open:  # screens have the old words
            act.tell("MatterUpdated", matter=one.matter_id, no=one.no)
            for command_id in commands:
                act.tell("MatterUpdated", matter=one.matter_id, command=command_id, no=one.no)
    act.commit()
    audit.record(connection, KEEPER, "seal_addresses", "citizens", "done", {"matters": len(cuts)}, now)
    return len(cuts)


def _cut_matter(connection: Connection, cut: _Cut) -> bool:
    """Cut the matter itself, and say whether it still said what was read: its source may have been taken in since."""
    column = tables.matters.c
    still = (column.id == cut.matter_id) & (column.place == cut.said[0]) & (column.title == cut.said[1])
    changed = connection.execute(update(tables.matters).where(still).values(place=cut.place, title=cut.title))
    return changed.rowcount > 0


def _cut_commands(connection: Connection, cut: _Cut) -> list[str]:
    column = tables.commands.c
    changed = []
    for row in connection.execute(
        select(column.id, column.place, column.title).where(column.matter_id == cut.matter_id)
    ).all():
        after = {
            "place": cut.instead.get(row.place, row.place),
            "title": cut.instead.get(row.title, row.title),
        }
        if after != {"place": row.place, "title": row.title}:
            connection.execute(update(tables.commands).where(column.id == row.id).values(after))
            changed.append(str(row.id))
    return changed


def _cut_history(connection: Connection, cut: _Cut) -> None:
    column = tables.log.c
    # Whole values alone: a place that is a number stands inside many others.
    instead = {_written(old): _written(new) for old, new in cut.instead.items()}
    for row in connection.execute(
        select(column.seq, column.params, column.rows).where(column.matter_id == cut.matter_id)
    ).all():
        after = {"params": _replaced(row.params, instead), "rows": _replaced(row.rows, instead)}
        if after != {"params": row.params, "rows": row.rows}:
            connection.execute(update(tables.log).where(column.seq == row.seq).values(after))


def _cut_tellings(connection: Connection, cut: _Cut) -> None:
    column = tables.tellings.c
    for row in connection.execute(
        select(column.id, column.text, column.text_en).where(column.matter_id == cut.matter_id)
    ).all():
        after = {name: _replaced(getattr(row, name), cut.instead) for name in ("text", "text_en")}
        if after != {"text": row.text, "text_en": row.text_en}:
            connection.execute(update(tables.tellings).where(column.id == row.id).values(after))


def _written(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _replaced(text: str, instead: Mapping[str, str]) -> str:
    for old, new in instead.items():
        text = text.replace(old, new)
    return text


def _looked_through(connection: Connection) -> str:
    column = tables.meta.c
    found = connection.execute(select(column.value).where(column.key == _LOOKED_THROUGH)).scalar()
    return str(found) if found is not None else ""


def _note_looked_through(connection: Connection, after: str) -> None:
    column = tables.meta.c
    done = connection.execute(
        update(tables.meta).where(column.key == _LOOKED_THROUGH).values(value=after)
    ).rowcount
    if not done:
        connection.execute(insert(tables.meta), {"key": _LOOKED_THROUGH, "value": after})
