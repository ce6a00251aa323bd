"""A replay for whoever may see one: boards as they stood, changes in order, lanes, facts; written to the audit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, select

from dashboard.domain.masking import mask_name, mask_numbers
from dashboard.domain.matter import Matter
from dashboard.domain.past import PastStep, Sees
from dashboard.domain.past_lanes import clock_facts, lane_of, per_minute, receiver_lanes
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refusal, Refused
from dashboard.domain.rights import may, no_right
from dashboard.service.act import Act, is_inside
from dashboard.service.replay.boards import Boards, IsWanted, read_boards
from dashboard.service.replay.findings import findings_of
from dashboard.service.replay.period import ReadReplay, period_of
from dashboard.service.retention import SCREEN_ROWS_KEPT_MS
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import audit, calls, tables
from dashboard.store.event_log import SILENT_KINDS, Entry
from dashboard.store.records import DEADLINES

MOST_MARKS: Final = 1_500  # on the lanes; what has no tone gives way first
MOST_LANES: Final = 60

MATTER_FIELDS: Final = (
    "id", "no", "kind", "title", "urgency", "stage", "region", "township", "place", "lon", "lat", "unit_name", "level",
    "card", "must_act", "acknowledged", "due_at", "due_for", "limit_ms", "whistle",
)  # fmt: skip
COMMAND_FIELDS: Final = (
    "id", "no", "kind", "matter_id", "title", "place", "lon", "lat", "issued_at", "due_at", "limit_ms", "state",
    "state_at", "decisions", "level", "must_act",
)  # fmt: skip
RECEIVER_FIELDS: Final = (
    "id", "kind", "code", "name", "stage", "accepted_at", "en_route_at", "arrived_at", "done_at", "left_at",
    "declined_at", "recalled_at", "due_at", "late", "eta_at", "origin", "at",
)  # fmt: skip


def read_replay(
    services: Services, actor: Principal, request: ReadReplay, now: int, is_wanted: IsWanted = lambda: True
) -> Row | Refused:
    """Return a past period: {"from", "to", "now", "matter", "boards", "base", "changes", "lines", "lanes", "facts",
    "calls"}.

    `boards` is {"from": instant from which they are known or None, "missing": rows that stood there and are not known
    any more, "kept_ms": how long the log keeps them}. `base` has the rows at that instant by table, `changes` what came
    after in order as {"at", "upserts", "gone"}. `lines` are the period's events with the `lane` they stand in, `lanes`
    one per receiver (`receiver_lanes`), `facts` minutes against limits (`clock_facts`), `calls` {"per_minute"} or
    {"absent": why}, `findings` what persons found since (`findings_of`), `may_find` whether the asker may add one. With
    a matter, lines, lanes and facts are the matter's own; the boards are the whole
    jurisdiction's. It ends early, with replay_given_up, once `is_wanted` says that nobody waits any more.

    Refused: no_right, no_such_matter, and as `period_of` and `read_boards`.
    """
    refused = no_right(actor, "see_replay")
    if refused is not None:
        return refused
    found: Row | Refused
    try:
        found = _read(services, actor, request, now, is_wanted)
    except Refusal as refusal:
        found = refusal.refused
    _record(services, actor, request, found, now)
    return found


def record_export(services: Services, actor: Principal, request: ReadReplay, now: int) -> Outcome:
    """Write down that somebody takes away what a replay shows: the page makes the file out of what it was given.

    Refused: no_right, no_such_matter.
    """
    refused = no_right(actor, "see_replay")
    subject = f"division:{actor.jurisdiction}"
    with services.store.write() as connection:
        if refused is None and request.matter_id:
            subject = f"matter:{request.matter_id}"
            try:
                Act(services, connection, actor, now).matter(request.matter_id)
            except Refusal as refusal:
                refused = refusal.refused
        result = "done" if refused is None else refused.code
        detail = {"from": request.from_at, "to": request.to_at}
        audit.record(connection, actor, "export_replay", subject, result, detail, now)
    return refused or Done({"by": mask_name(actor.name), "at": now})


def _record(
    services: Services, actor: Principal, request: ReadReplay, found: Row | Refused, now: int
) -> None:
    subject = f"matter:{request.matter_id}" if request.matter_id else f"division:{actor.jurisdiction}"
    if isinstance(found, Refused):
        result, detail = found.code, {"from": request.from_at, "to": request.to_at}
    else:
        result, detail = "done", {"from": found["from"], "to": found["to"]}
    with services.store.write() as connection:
        audit.record(connection, actor, "see_replay", subject, result, detail, now)


def _read(services: Services, actor: Principal, request: ReadReplay, now: int, is_wanted: IsWanted) -> Row:
    sees = scope_filter(services, actor)
    with services.store.read() as connection:
        act = Act(services, connection, actor, now)
        matter = act.matter(request.matter_id) if request.matter_id else None
        from_at, to_at = period_of(connection, request, matter, now)
        boards = read_boards(services, connection, sees, from_at, to_at, is_wanted)
        commands = [act.command_row(one) for one in act.work.commands_of([matter.id])] if matter else []
        if matter is None:
            commands = _whistles_of(boards)
        lines = _lines(boards.entries, matter)
        clocks = []
        if matter is not None:
            of_matter = DEADLINES.select().where(tables.deadlines.c.matter_id == matter.id)
            clocks = [DEADLINES.value(row) for row in connection.execute(of_matter)]
        lanes = [one for one in receiver_lanes(commands) if one["sent_at"] <= to_at]
        return {
            "from": from_at,
            "to": to_at,
            "now": now,
            "matter": None if matter is None else _headline(services, matter),
            "boards": {"from": boards.from_at, "missing": boards.missing, "kept_ms": SCREEN_ROWS_KEPT_MS},
            "base": {
                "matters": [_slim(row, MATTER_FIELDS) for row in boards.base["matters"]],
                "commands": [_slim_command(row) for row in boards.base["commands"]],
            },
            "changes": [_change(one) for one in boards.steps],
            "lines": sorted(lines[:MOST_MARKS], key=lambda one: one["seq"]),
            "lines_left": max(len(lines) - MOST_MARKS, 0),
            "lanes": lanes[:MOST_LANES],
            "lanes_left": max(len(lanes) - MOST_LANES, 0),
            "facts": clock_facts(clocks, to_at),
            "calls": _calls(services, connection, actor, from_at, to_at),
            "findings": [] if matter is None else findings_of(connection, matter.id),
            "may_find": matter is not None and may(actor, "keep_finding"),
        }


def scope_filter(services: Services, actor: Principal) -> Sees:
    """Return whether the actor's jurisdiction sees a scope; the rule of the live picture, answers are kept."""
    if actor.jurisdiction == services.city:
        return lambda _scope: True
    known: dict[tuple[str, ...], bool] = {}

    def sees(scope: tuple[str, ...]) -> bool:
        if scope not in known:
            known[scope] = is_inside(services.pack.divisions, scope, actor.jurisdiction)
        return known[scope]

    return sees


def _headline(services: Services, matter: Matter) -> Row:
    place = matter.grid or matter.village or matter.township or matter.region or services.city
    return {
        "id": matter.id, "no": matter.no, "title": mask_numbers(matter.title), "urgency": matter.urgency,
        "place": services.pack.divisions.place_name(place), "lon": matter.lon, "lat": matter.lat,
        "opened_at": matter.opened_at, "dispatched_at": matter.dispatched_at, "closed_at": matter.closed_at,
    }  # fmt: skip


def _whistles_of(boards: Boards) -> list[Row]:
    """The newest row of each whistle that stood on the boards: without a matter their receivers are the lanes."""
    newest: dict[str, Row] = {}
    for row in boards.base["commands"]:
        newest[row["id"]] = row
    for step in boards.steps:
        for row in step.upserts.get("commands", ()):
            newest[row["id"]] = row
    return [row for row in newest.values() if row["kind"] == "whistle"]


def _lines(entries: Iterable[Entry], matter: Matter | None) -> list[Row]:
    """The events that screens tell, of one matter or all, in order; where too many, those with a tone stay."""
    told = [
        {
            "seq": one.seq, "at": one.at, "kind": one.kind, "tone": one.tone, "params": one.params,
            "matter_id": one.matter_id, "command_id": one.command_id, "lane": lane_of(one.kind),
        }
        for one in entries
        if one.kind not in SILENT_KINDS and (matter is None or one.matter_id == matter.id)
    ]  # fmt: skip
    if len(told) <= MOST_MARKS:
        return told
    return sorted(told, key=lambda one: (not one["tone"], one["seq"]))


def _change(step: PastStep) -> Row:
    upserts: Row = {}
    if "matters" in step.upserts:
        upserts["matters"] = [_slim(row, MATTER_FIELDS) for row in step.upserts["matters"]]
    if "commands" in step.upserts:
        upserts["commands"] = [_slim_command(row) for row in step.upserts["commands"]]
    return {"at": step.at, "upserts": upserts, "gone": step.gone}


def _slim(row: Row, names: tuple[str, ...]) -> Row:
    """An entry of an older release may lack a column that came later."""
    return {name: row.get(name) for name in names}


def _slim_command(row: Row) -> Row:
    receivers = [_slim(one, RECEIVER_FIELDS) for one in row.get("receivers") or ()]
    return _slim(row, COMMAND_FIELDS) | {"receivers": receivers}


def _calls(
    services: Services, connection: Connection, actor: Principal, from_at: int, to_at: int
) -> dict[str, Any]:
    """A call has no place until it became an order, so that only the city has calls per minute."""
    if actor.jurisdiction != services.city:
        return {"absent": "of_the_city"}
    if connection.execute(select(tables.calls.c.at).limit(1)).first() is None:
        return {"absent": "no_calls"}
    return {"per_minute": per_minute(calls.arrivals_between(connection, from_at, to_at), from_at, to_at)}
