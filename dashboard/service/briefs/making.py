"""Making a brief once: by the worker when it is due, by an officer about a matter or a surge."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from dashboard.domain.brief import sentence_row
from dashboard.domain.brief_period import BriefPeriod, due_periods
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Outcome, Refusal, Refused
from dashboard.domain.rights import no_right
from dashboard.service.act import Act, new_id, perform
from dashboard.service.briefs.asking import Asking
from dashboard.service.briefs.composing import compose
from dashboard.service.briefs.events import compose_matter, compose_surge
from dashboard.service.briefs.writing import Row, Say
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.store import StoreBusy

_LOG = logging.getLogger(__name__)
SYSTEM = Principal("system:briefs", "", "system", "system", "")
HOUR_MS = 60 * 60_000


@dataclass(frozen=True, slots=True)
class MakeBrief:
    """A 专报: about a matter, or about the orders of a category (and township) opened in [from_at, until_at)."""

    matter_id: str = ""
    category: str = ""
    township: str = ""
    from_at: int = 0
    until_at: int = 0


def make_due_briefs(services: Services, say: Say, now: int) -> list[str]:
    """Make every regular brief that is due and missing, of the city and of each leader's place; returns their ids.

    Safe to call at any time and from several workers: a brief is looked for and kept in one write, and its kind, place
    and subject are unique in the store. One that fails is left for the next call, and the others are made.

    Raises:
        StoreBusy: the database is away; what was made before stays.
    """
    calendar = services.calendar
    wanted = due_periods(calendar.local_date(now), now, calendar.midnight_at)
    if not wanted:
        return []
    with services.store.read() as connection:
        first_at = connection.execute(select(func.min(tables.matters.c.opened_at))).scalar()
        places = _places(services, connection)
        missing = [
            (one, place)
            for one in wanted
            for place in places
            if first_at is not None
            and calendar.midnight_at(one.end_day) > first_at
            and not _known(connection, one.kind, place, one.subject)
        ]
    found = []
    for one, place in missing:
        try:
            made = _make_regular(services, say, one, place, now)
        except StoreBusy:
            raise
        except Exception:
            _LOG.exception("the %s brief %s of %s failed", one.kind, one.subject, place)
            continue
        if made is not None:
            found.append(made)
    return found


def _make_regular(services: Services, say: Say, period: BriefPeriod, place: str, now: int) -> str | None:
    with services.store.read() as connection:
        content = compose(Asking(services, connection, place), period, say)
    midnight_at = services.calendar.midnight_at
    name = services.pack.divisions.get(place).name
    title = say(f"brief.title.{period.kind}", "zh", place=name, day=_named(period))
    span = midnight_at(period.first_day), midnight_at(period.end_day)
    with services.store.write() as connection:
        if _known(connection, period.kind, place, period.subject):
            return None  # another worker was quicker
        brief_id = keep(connection, period.kind, place, period.subject, span, title, content, SYSTEM, now)
        detail = {"kind": period.kind, "jurisdiction": place, "subject": period.subject}
        audit.record(connection, SYSTEM, "make_brief", f"brief:{brief_id}", "done", detail, now)
    return brief_id


def _named(period: BriefPeriod) -> str:
    if period.kind == "daily":
        return period.first_day.isoformat()
    return period.subject


def _places(services: Services, connection: Connection) -> list[str]:
    """The city, and the places of those who would read a brief of their own."""
    account = tables.accounts.c
    found = connection.execute(
        select(account.jurisdiction).where((account.role == "leader") & account.disabled_at.is_(None))
    ).scalars()
    divisions = services.pack.divisions
    return [services.city, *sorted({one for one in found if one in divisions} - {services.city})]


def _known(connection: Connection, kind: str, place: str, subject: str) -> bool:
    column = tables.briefs.c
    wanted = (column.kind == kind) & (column.jurisdiction == place) & (column.subject == subject)
    return connection.execute(select(column.id).where(wanted)).first() is not None


def keep(
    connection: Connection,
    kind: str,
    place: str,
    subject: str,
    span: tuple[int, int],
    title: str,
    content: Row,
    actor: Principal,
    now: int,
) -> str:
    """Keep a brief as it was made, and its first version, which is the same sentences; returns its id."""
    brief_id = new_id()
    sentences = [sentence_row(one) for one in content["sentences"]]
    row: dict[str, Any] = {
        "id": brief_id,
        "kind": kind,
        "jurisdiction": place,
        "subject": subject,
        "from_at": span[0],
        "until_at": span[1],
        "made_at": now,
        "made_by": actor.id,
        "title": title,
        "generated": json.dumps({"sentences": sentences, "charts": content["charts"]}, ensure_ascii=False),
        "state": "draft",
        "version": 1,
    }
    connection.execute(insert(tables.briefs), row)
    first = [{name: one[name] for name in ("id", "section", "text")} for one in sentences]
    connection.execute(
        insert(tables.brief_versions),
        {
            "brief_id": brief_id,
            "version": 1,
            "sentences": json.dumps(first, ensure_ascii=False),
            "edited_at": now,
            "edited_by": actor.id,
            "edited_name": actor.name,
        },
    )
    return brief_id


def make_brief(
    services: Services, actor: Principal, request: MakeBrief, now: int, idempotency_key: str, say: Say
) -> Outcome:
    """Make a 专报; `Done.value` is {"id"}. Refused: no_such_matter, brief_subject, brief_known.

    It is composed on a snapshot of its own: a span of a month is much to read, and nobody else can act while one holds
    the store's only writer.
    """
    try:
        composed: _Special | Refused = _compose_special(services, actor, request, now, say)
    except Refusal as refusal:
        composed = refusal.refused  # said, and audited, within the act

    def decide(act: Act) -> Row:
        if isinstance(composed, Refused):
            raise Refusal(composed.code, **composed.params)
        if request.matter_id:
            act.matter(request.matter_id)  # given away since?
        place, subject = actor.jurisdiction, composed.subject
        if _known(act.connection, "special", place, subject):
            raise Refusal("brief_known")
        span, title, content = composed.span, composed.title, composed.content
        made = keep(act.connection, "special", place, subject, span, title, content, actor, now)
        act.changes |= {"brief": made, "subject": subject}
        return {"id": made}

    return perform(services, actor, "make_brief", "brief:special", now, idempotency_key, request, decide)


class _Special(NamedTuple):
    subject: str
    span: tuple[int, int]
    title: str
    content: Row


def _compose_special(
    services: Services, actor: Principal, request: MakeBrief, now: int, say: Say
) -> _Special:
    refused = no_right(actor, "make_brief")
    if refused is not None:
        raise Refusal(refused.code, **refused.params)
    place = actor.jurisdiction
    with services.store.read() as connection:
        asking = Asking(services, connection, place)
        if request.matter_id:
            matter = Act(services, connection, actor, now).matter(request.matter_id)
            subject = f"matter:{matter.id}:{now // HOUR_MS}"
            span = matter.opened_at, now
        else:
            matter = None
            _check_surge(services, request)
            subject = f"surge:{request.category}:{request.township}:{request.from_at}:{request.until_at}"[:80]
            span = request.from_at, request.until_at
        if _known(connection, "special", place, subject):
            raise Refusal("brief_known")
        if matter is not None:
            title, content = compose_matter(asking, matter, now, say)
        else:
            title, content = compose_surge(asking, request.category, request.township, *span, say)
    return _Special(subject, span, title, content)


def _check_surge(services: Services, request: MakeBrief) -> None:
    divisions, categories = services.pack.divisions, services.pack.categories
    if categories.get(request.category) is None or (request.township and request.township not in divisions):
        raise Refusal("brief_subject")
    # A month: longer than any surge, and what the four weeks before are compared with.
    if not 0 < request.until_at - request.from_at <= 31 * 24 * HOUR_MS:
        raise Refusal("brief_subject")
