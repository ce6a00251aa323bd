"""民意通: a citizen scans a grid's code and says what is wrong; it becomes a grid event that the grid's worker checks.

Nobody signs in. The sender gets a number to say aloud and a code to follow the report with.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, insert, select

from dashboard.citypack.categories import Category
from dashboard.domain.follow_code import address_hash, follow_code, hash_of
from dashboard.domain.principal import Principal
from dashboard.domain.readings import GridEventReading
from dashboard.domain.refusal import Done, Outcome, Refusal, Refused
from dashboard.service.act import Act, new_id, perform
from dashboard.service.commanding import MAX_TEXT, required_text
from dashboard.service.field.roster_of_grid import worker_of_grid
from dashboard.service.intake import take_one
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import tables

SOURCE, CHANNEL = "mintong", "minyitong"
CITIZEN = "citizen"
LEVEL_FOR_VERIFICATION = 2  # the grid's worker says whether the grid handles it or the township is called


@dataclass(frozen=True, slots=True)
class CitizenReport:
    """What a citizen sends: the scanned grid, a kind of event, words, a point (WGS-84), a telephone and an address to
    the door if given.

    Words, telephone and address stay out of the audit log, which keeps how requests look; `digest` stands for the words
    there.
    """

    grid: str
    category: str
    text: str = field(repr=False)
    place: str = field(default="", repr=False)
    lon: float | None = None
    lat: float | None = None
    phone: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        said = "\n".join((self.text, self.place, self.address)).encode()
        object.__setattr__(self, "digest", hashlib.sha256(said).hexdigest()[:16])


def citizen(services: Services, address: str) -> Principal:
    """Return who acts when nobody signed in: the citizen at a network address."""
    return Principal(CITIZEN, "", "system", CITIZEN, services.city, address=address)


def report(
    services: Services, request: CitizenReport, address: str, now: int, idempotency_key: str
) -> Outcome:
    """Open the event; `Done.value` is {"no", "code", "check_by", "close_by"}: its number, what follows it (never
    stored), until when somebody looks on the spot and until when it is closed.

    Refused: report_too_many (with the minutes to wait), no_such_grid, report_too_far, text_missing,
    no_such_category. A refusal for frequency writes nothing: a flood must not fill the audit log.
    """
    secrets = services.secrets
    senders = [address_hash(secret, address) for secret in secrets]
    actor = citizen(services, address)
    with services.store.read() as connection:
        if not _is_repeat(connection, idempotency_key):
            refused = _too_many(connection, services, request.grid, senders, now)
            if refused is not None:
                return refused

    def decide(act: Act) -> Row:
        category = _checked(act, request)
        refused = _too_many(act.connection, services, request.grid, senders, now)
        if refused is not None:
            raise Refusal(refused.code, **refused.params)
        text = required_text(request.text, "text_missing")
        worker = worker_of_grid(act.connection, request.grid)
        reading = GridEventReading(
            event_no=new_id(), grid=request.grid, category=request.category, level=LEVEL_FOR_VERIFICATION,
            reported_at=now, status="REPORTED" if worker is None else "VERIFYING",
            urgency=category.urgency, text=text, place=request.place.strip()[:MAX_TEXT],
            lon=request.lon, lat=request.lat, channel=CHANNEL, citizen_name=request.name,
            citizen_phone=request.phone, address=request.address.strip(), source=SOURCE,
        )  # fmt: skip
        matter = take_one(act, reading, worker=worker)
        act.connection.execute(
            insert(tables.reports),
            {
                "code_hash": hash_of(follow_code(secrets[0], matter.id)),
                "matter_id": matter.id,
                "grid": request.grid,
                "at": now,
                "address_hash": senders[0],
            },
        )
        return {"no": matter.no, "matter_id": matter.id, **_ends(act, matter.id)}

    outcome = perform(
        services, actor, "report", f"grid:{request.grid}", now, idempotency_key, request, decide
    )
    if isinstance(outcome, Refused):
        return outcome
    kept = outcome.value
    ends = {name: kept.get(name) for name in ("check_by", "close_by")}
    return Done({"no": kept["no"], "code": _code_given(services, kept["matter_id"]), **ends}, outcome.seq)


def _code_given(services: Services, matter_id: str) -> str:
    """The code that the report was answered with, of whichever secret; "" once that was retired."""
    column = tables.reports.c
    with services.store.read() as connection:
        given = connection.execute(select(column.code_hash).where(column.matter_id == matter_id)).scalar()
    codes = (follow_code(secret, matter_id) for secret in services.secrets)
    return next((code for code in codes if hash_of(code) == given), "")


def _ends(act: Act, matter_id: str) -> Row:
    """The two ends that a citizen is told, from the clocks that were just set."""
    matter = act.work.matter(matter_id)
    assert matter is not None
    return {"check_by": matter.due_at, "close_by": matter.final_due_at}


def _is_repeat(connection: Connection, key: str) -> bool:
    column = tables.idempotency.c
    found = connection.execute(select(column.key).where((column.actor == CITIZEN) & (column.key == key)))
    return found.first() is not None


def _too_many(
    connection: Connection, services: Services, grid: str, senders: list[str], now: int
) -> Refused | None:
    rules, column = services.pack.citizen_reports, tables.reports.c
    for condition, most, span_ms in (
        (column.address_hash.in_(senders), rules.per_address, rules.per_address_ms),
        (column.grid == grid, rules.per_grid, rules.per_grid_ms),
    ):
        since = select(func.count(), func.min(column.at)).where(condition & (column.at > now - span_ms))
        count, first_at = connection.execute(since).one()
        if count >= most:
            return Refused("report_too_many", {"minutes": max(1, -(-(first_at + span_ms - now) // 60_000))})
    return None


def _checked(act: Act, request: CitizenReport) -> Category:
    """Return the kind of a report that may be taken in, else refuse."""
    grid = act.pack.divisions.by_code.get(request.grid)
    if grid is None or grid.level != "grid":
        raise Refusal("no_such_grid")
    category = act.pack.categories.get(request.category)
    if category is None or category.tree != "event":
        raise Refusal("no_such_category")
    if request.lon is not None and request.lat is not None:
        metres = act.pack.locator.metres_outside(request.grid, request.lon, request.lat)
        if metres > act.pack.citizen_reports.near_m:
            raise Refusal("report_too_far", grid=grid.name, metres=round(metres))
    return category
