"""要点 of a replay: what a person found, why it was so, what is to change, who does it and by when.

Each is an entry of the log, as everything that was said of a matter: it is kept as long as the log, and the last one of
a fact is the one that counts. Nothing that was decided then is touched by it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from dashboard.domain.masking import mask_name
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.service.act import Act
from dashboard.service.commanding import required_text
from dashboard.service.on_matter import perform_on_matter
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

KIND: Final = "FindingKept"
FIELDS: Final = ("fact", "cause", "improvement", "owner", "due_on", "by")


@dataclass(frozen=True, slots=True)
class KeepFinding:
    """One finding. `fact` names what happened, as the page lists it; `due_on` is a day as YYYY-MM-DD, "" for none."""

    matter_id: str
    fact: str
    cause: str
    improvement: str
    owner: str = ""
    due_on: str = ""


def keep_finding(
    services: Services, actor: Principal, request: KeepFinding, now: int, idempotency_key: str
) -> Outcome:
    """Keep a finding of a matter, open or closed; `Done.value` is it as it was kept.

    Refused: no_right, no_such_matter, finding_incomplete, text_too_long, finding_day.
    """

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        kept: dict[str, Any] = {
            name: required_text(getattr(request, name), "finding_incomplete")
            for name in ("fact", "cause", "improvement")
        }
        kept["owner"] = required_text(request.owner, "finding_incomplete") if request.owner.strip() else ""
        kept["due_on"] = _day(request.due_on)
        kept["by"] = mask_name(actor.name)
        act.tell(KIND, matter=matter.id, no=matter.no, **kept)
        return kept

    return perform_on_matter(services, actor, "keep_finding", request, now, idempotency_key, decide)


def findings_of(connection: Connection, matter_id: str) -> list[Row]:
    """Return the last finding of each fact of a matter, in the order in which the facts were first found, with `at`."""
    column = tables.log.c
    rows = connection.execute(
        select(column.at, column.params)
        .where((column.matter_id == matter_id) & (column.kind == KIND))
        .order_by(column.seq)
    )
    found: dict[str, Row] = {}
    for row in rows:
        said = json.loads(row.params)
        found[said["fact"]] = {name: said[name] for name in FIELDS} | {"at": row.at}
    return list(found.values())


def _day(written: str) -> str:
    if not written:
        return ""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        raise Refusal("finding_day") from None
