"""催办 and 督办单: pressure in writing, each with the clock of its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import insert, update

from dashboard.domain.masking import mask_name
from dashboard.domain.matter import Matter
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal
from dashboard.domain.words import ROLE_WORDS, both
from dashboard.service.act import Act, new_id
from dashboard.service.clock_keeping import keep_clocks
from dashboard.service.commanding import local_minute, required_text
from dashboard.service.machines.supervision_clock import answer_due_at
from dashboard.service.on_matter import perform_on_matter, row_of
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import loop_rows, tables
from dashboard.store.numbers import supervision_number


@dataclass(frozen=True, slots=True)
class AnswerSupervision:
    """The unit's answer to a reminder or a supervision order, in its own words."""

    matter_id: str
    supervision_id: str
    text: str


def issue(act: Act, matter: Matter, level: str, cause: str, text: str) -> str:
    """Write a reminder ("urge") or a supervision order ("order") to the handling unit; returns its number.

    A reminder while one is waiting starts no second clock and does not move the first: it is said again in the log.
    """
    waiting = (
        loop_rows.open_supervisions(act.connection, matter.id) if matter.supervised_at is not None else []
    )
    already = next((one.no for one in waiting if one.level == "urge" and level == "urge"), None)
    if already is not None:
        return str(already)
    no = supervision_number(act.connection, level, act.services.calendar.local_date(act.now))
    act.connection.execute(
        insert(tables.supervisions),
        {
            "id": new_id(), "no": no, "matter_id": matter.id, "level": level, "cause": cause, "unit": matter.unit or "",
            "text": text, "issued_at": act.now, "issued_by": act.actor.id, "issued_name": act.actor.name,
        },
    )  # fmt: skip
    act.change(replace(matter, supervised_at=matter.supervised_at or act.now, touched_at=act.now))
    keep_clocks(act, matter.id)
    return no


def issue_order(act: Act, matter: Matter, cause: str, text: str) -> None:
    """Issue a supervision order and tell of it, with the end of its answer."""
    if not matter.unit or matter.unit not in act.pack.units:
        return
    no = issue(act, matter, "order", cause, text)
    due_at = answer_due_at(act, matter, "order", act.now)
    by = both(ROLE_WORDS, "system", "by") if act.actor.kind == "system" else {"by": mask_name(act.actor.name)}
    act.tell(
        "MatterSupervised", matter=matter.id, tone="note", no=no, matter_no=matter.no, cause=cause,
        unit=act.pack.units.get(matter.unit).short, unit_id=matter.unit, text=text,
        until=local_minute(act.services, due_at), due_at=due_at, **by,
    )  # fmt: skip


def answer_supervision(
    services: Services, actor: Principal, request: AnswerSupervision, now: int, idempotency_key: str
) -> Outcome:
    """Record the unit's answer, by the unit itself or by an officer who has it by phone; its clock ends.

    `Done.value` is the matter's row. Refused: no_such_supervision, supervision_ended, not_your_matter, text_missing.
    """

    def decide(act: Act) -> Row:
        matter = act.matter(request.matter_id)
        text = required_text(request.text, "text_missing")
        column = tables.supervisions.c
        row = act.connection.execute(
            tables.supervisions.select().where(
                (column.id == request.supervision_id) & (column.matter_id == matter.id)
            )
        ).first()
        if row is None:
            raise Refusal("no_such_supervision", no=matter.no)
        if actor.own_receiver is not None and actor.own_receiver != row.unit:
            raise Refusal("not_your_matter", no=matter.no)
        if row.answered_at is not None:
            raise Refusal("supervision_ended", no=row.no)
        _close(act, row.id, text)
        still = loop_rows.open_supervisions(act.connection, matter.id)
        since_at = min((one.issued_at for one in still), default=None)
        act.change(replace(matter, supervised_at=since_at, touched_at=now))
        keep_clocks(act, matter.id)
        late_ms = max(now - answer_due_at(act, matter, row.level, row.issued_at), 0)
        act.tell(
            "SupervisionAnswered", matter=matter.id, tone="risk" if late_ms else "", no=row.no, matter_no=matter.no,
            unit_id=row.unit, text=text, late_ms=late_ms, by=mask_name(actor.name),
        )  # fmt: skip
        return row_of(act, matter.id)

    return perform_on_matter(services, actor, "answer_supervision", request, now, idempotency_key, decide)


def end_urges(act: Act, matter: Matter) -> Matter:
    """End the reminders that the unit answered by doing: it replied. A supervision order still wants its answer."""
    if matter.supervised_at is None:
        return matter
    waiting = loop_rows.open_supervisions(act.connection, matter.id)
    for row in waiting:
        if row.level == "urge":
            _close(act, row.id, "")
    since_at = min((one.issued_at for one in waiting if one.level != "urge"), default=None)
    return replace(matter, supervised_at=since_at)


def _close(act: Act, supervision_id: str, text: str) -> None:
    act.connection.execute(
        update(tables.supervisions)
        .where(tables.supervisions.c.id == supervision_id)
        .values(answered_at=act.now, answered_by=act.actor.id, answered_name=act.actor.name, answer=text)
    )
