"""Reading briefs: the list, one with its numbers and versions, the rows behind a number, and its file."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import case, select

from dashboard.domain.brief import parts_of, sentence_of
from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.briefs.asking import Asking
from dashboard.service.briefs.queries import QUERIES, ask, drawn
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import audit, tables

LISTED: Final = 60
CHARTS: Final = "charts"  # stands for a sentence where the number is a chart
_HEAD = (
    "id", "kind", "jurisdiction", "subject", "from_at", "until_at", "made_at", "title", "state", "version",
    "approved_at", "approved_name", "digest",
)  # fmt: skip


def brief_list(
    services: Services, actor: Principal, kind: str = "", before_at: int | None = None
) -> Row | Refused:
    """Return {"rows": [head, ...], "further"} of the actor's place and those inside it. Refused: no_right.

    The latest end first; of one end by kind, the actor's own place before those inside it. Briefs of one end are never
    torn apart, so that the next page begins at `before_at` of the last row without a gap.
    """
    refused = no_right(actor, "see_briefs")
    if refused is not None:
        return refused
    column = tables.briefs.c
    own_first = case((column.jurisdiction == actor.jurisdiction, 0), else_=1)
    wanted = select(*(column[name] for name in _HEAD)).order_by(
        column.until_at.desc(), column.kind, own_first, column.jurisdiction, column.from_at.desc(), column.id
    )
    if kind:
        wanted = wanted.where(column.kind == kind)
    if before_at is not None:
        wanted = wanted.where(column.until_at < before_at)
    with services.store.read() as connection:
        places = connection.execute(select(column.jurisdiction).distinct()).scalars()
        seen = [one for one in places if _sees(services, actor, one)]
        wanted = wanted.where(column.jurisdiction.in_(seen))
        found = list(connection.execute(wanted.limit(LISTED)))
        further = False
        if len(found) == LISTED:
            ends_at = found[-1].until_at
            found = [one for one in found if one.until_at != ends_at]
            found += connection.execute(wanted.where(column.until_at == ends_at)).all()
            further = connection.execute(wanted.where(column.until_at < ends_at).limit(1)).first() is not None
    return {"rows": [_head(services, row) for row in found], "further": further}


def newest_brief(services: Services, actor: Principal, kind: str = "daily") -> Row | Refused | None:
    """Return the newest brief of a kind for exactly the actor's place, None before there is one. Refused: no_right."""
    refused = no_right(actor, "see_briefs")
    if refused is not None:
        return refused
    column = tables.briefs.c
    statement = (
        select(column.id)
        .where((column.kind == kind) & (column.jurisdiction == actor.jurisdiction))
        .order_by(column.until_at.desc())
        .limit(1)
    )
    with services.store.read() as connection:
        found = connection.execute(statement).scalar()
    return None if found is None else read_brief(services, actor, found)


def read_brief(
    services: Services, actor: Principal, brief_id: str, version: int | None = None
) -> Row | Refused:
    """Return one brief: its head, "sentences", "charts", "versions".

    A sentence is {"id", "section", "text", "generated" (as it was made, None for an added one), "parts": [{"state",
    "text", "number"}], "numbers": [{"query", "field", "shown"}]}; a part of state "unlinked" is a number that no query
    gave. `version` shows an earlier one. Refused: no_right, no_such_brief.
    """
    row = _row(services, actor, brief_id)
    if isinstance(row, Refused):
        return row
    column = tables.brief_versions.c
    with services.store.read() as connection:
        versions = connection.execute(
            select(tables.brief_versions).where(column.brief_id == brief_id).order_by(column.version)
        ).all()
    chosen = next((one for one in versions if one.version == (version or row.version)), None)
    if chosen is None:
        return Refused("no_such_brief")
    generated = json.loads(row.generated)
    made = {one["id"]: one for one in generated["sentences"]}
    return _head(services, row) | {
        "shown_version": chosen.version,
        "sentences": [_sentence(one, made.get(one["id"])) for one in json.loads(chosen.sentences)],
        "left_out": [one["text"] for one in _left_out(made, json.loads(chosen.sentences))],
        "charts": generated["charts"],
        "versions": [
            {"version": one.version, "at": one.edited_at, "by": mask_name(one.edited_name)}
            for one in versions
        ],
    }


def brief_number(
    services: Services, actor: Principal, brief_id: str, sentence_id: str, number: int
) -> Row | Refused:
    """Ask the query of a number again: {"query", "params", "field", "shown", "value", "now", "columns", "rows"}.

    `value` is what it answered when the brief was made, `now` what it answers today: a reopened order changes a day
    that is over. Of the sentence `charts` the number is a chart: both are the values of its series. Refused: no_right,
    no_such_brief.
    """
    row = _row(services, actor, brief_id)
    if isinstance(row, Refused):
        return row
    if sentence_id == CHARTS:
        return _chart(services, row, number)
    found = next((one for one in json.loads(row.generated)["sentences"] if one["id"] == sentence_id), None)
    if found is None or not 0 <= number < len(found["numbers"]):
        return Refused("no_such_brief")
    named: dict[str, Any] = found["numbers"][number]
    if named["query"] not in QUERIES:  # of a release that is gone
        return Refused("no_such_brief")
    with services.store.read() as connection:
        answer = ask(Asking(services, connection, row.jurisdiction), named["query"], named["params"])
    again: Row = named | {
        "now": answer.fields.get(named["field"]),
        "columns": list(answer.columns),
        "rows": answer.rows,
    }
    return again


def _chart(services: Services, row: Any, number: int) -> Row | Refused:
    charts = json.loads(row.generated)["charts"]
    # A brief of an earlier release keeps a chart without its query.
    if number >= len(charts) or charts[number].get("query") not in QUERIES:
        return Refused("no_such_brief")
    chart = charts[number]
    with services.store.read() as connection:
        answer = ask(Asking(services, connection, row.jurisdiction), chart["query"], chart["params"])
    return {
        "query": chart["query"],
        "params": chart["params"],
        "field": "",
        "shown": chart["title"],
        "value": [one["values"] for one in chart["series"]],
        "now": drawn(chart["query"], answer.rows),
        "columns": list(answer.columns),
        "rows": answer.rows,
    }


def take_brief(services: Services, actor: Principal, brief_id: str, kind: str, now: int) -> Outcome:
    """Take a brief out as pdf or docx; `Done.value`: `read_brief`'s with "mark" (the watermark) and its audit row "n".

    Refused: no_right, no_such_brief.
    """
    refused = no_right(actor, "export_brief")
    found = read_brief(services, actor, brief_id) if refused is None else None
    if isinstance(found, Refused):
        refused = found
    subject = f"brief:{brief_id}.{kind}"[:140]
    with services.store.write() as connection:
        if refused is not None or found is None or isinstance(found, Refused):
            assert refused is not None
            audit.record(connection, actor, "export_brief", subject, refused.code, {}, now)
            return refused
        detail = {"version": found["version"], "state": found["state"], "digest": found["digest"]}
        n = audit.record(connection, actor, "export_brief", subject, "done", detail, now)
    mark = {
        "name": mask_name(actor.name),
        "role": actor.role,
        "person": actor.id,
        "address": actor.address,
        "at": now,
        "n": n,
    }
    return Done(found | {"n": n, "mark": mark})


def _row(services: Services, actor: Principal, brief_id: str) -> Any:
    refused = no_right(actor, "see_briefs")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        row = connection.execute(select(tables.briefs).where(tables.briefs.c.id == brief_id)).first()
    return row if row is not None and _sees(services, actor, row.jurisdiction) else Refused("no_such_brief")


def _sees(services: Services, actor: Principal, place: str) -> bool:
    return services.pack.divisions.is_within(place, actor.jurisdiction)


def _head(services: Services, row: Any) -> Row:
    found = {name: getattr(row, name) for name in _HEAD}
    found["approved_by"] = mask_name(found.pop("approved_name"))
    found["place"] = services.pack.divisions.get(row.jurisdiction).name
    return found


def _sentence(written: Row, made: Row | None) -> Row:
    sentence = sentence_of(made) if made else None
    numbers, fixed = (sentence.numbers, sentence.fixed) if sentence else ((), ())
    parts = parts_of(written["text"], numbers, fixed)
    return written | {
        "generated": sentence.text if sentence else None,
        "parts": [{"state": one.state, "text": one.text, "number": one.number} for one in parts],
        "numbers": [
            {"query": one.query, "params": one.params, "field": one.field, "shown": one.shown}
            for one in numbers
        ],
    }


def _left_out(made: dict[str, Row], kept: list[Row]) -> list[Row]:
    ids = {one["id"] for one in kept}
    return [one for name, one in made.items() if name not in ids]
