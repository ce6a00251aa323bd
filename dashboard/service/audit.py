"""The audit chain for the audit administrator alone: looking, verifying, taking it out of the system."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tables
from dashboard.store.audit import FIRST_HASH, Link

FORMATS = ("jsonl", "csv")
FILE_KIND = "zhongshu-audit"
COLUMNS = (
    "n",
    "at",
    "actor",
    "role",
    "address",
    "act",
    "subject",
    "result",
    "detail",
    "previous_hash",
    "hash",
)
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class AuditState:
    """How many rows the chain has, and its first break: the row's number and what is wrong, or None and ""."""

    rows: int
    broken_at: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which rows to look at, newest first: before row `before_n`, from and until an instant, by exact words.

    `actor` is an id or the name that somebody signs in with; `result` done, refused (for whatever reason) or a code.
    """

    from_at: int | None = None
    until_at: int | None = None
    actor: str = ""
    act: str = ""
    subject: str = ""
    result: str = ""
    before_n: int | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True)
class AuditExport:
    """A period [from_at, until_at) to take out; without ends the whole chain."""

    from_at: int | None = None
    until_at: int | None = None
    format: str = "jsonl"


@dataclass(frozen=True, slots=True)
class ExportedAudit:
    """What an export holds. `lines()` reads the rows as they are asked for, each with its end of line."""

    head: dict[str, Any]
    format: str
    services: Services

    @property
    def file_name(self) -> str:
        """A name that says which rows are in the file."""
        return f"audit-{self.head['first_n']}-{self.head['last_n']}.{self.format}"

    def lines(self) -> Iterator[str]:
        """Yield the file line by line."""
        return _csv_lines(self) if self.format == "csv" else _json_lines(self)


def verify_audit(services: Services, actor: Principal) -> AuditState | Refused:
    """Walk the whole chain. Refused: no_right."""
    refused = no_right(actor, "verify_audit")
    if refused is not None:
        return refused
    with services.store.read() as connection:
        rows = int(connection.execute(select(func.count()).select_from(tables.audit)).scalar_one())
        found = audit.first_break(connection)
    return AuditState(rows, found.n if found else None, found.reason if found else "")


def audit_rows(services: Services, actor: Principal, query: AuditQuery) -> list[dict[str, Any]] | Refused:
    """Return rows of the chain, newest first, at most `MOST_ROWS`, each with the name that its actor signs in with
    (actor_name, "" for who has no account). Refused: no_right."""
    refused = no_right(actor, "see_audit")
    if refused is not None:
        return refused
    column = tables.audit.c
    wanted = select(tables.audit).order_by(column.n.desc()).limit(min(max(query.limit, 1), MOST_ROWS))
    for name in ("act", "subject"):
        if value := getattr(query, name):
            wanted = wanted.where(column[name] == value)
    if query.result == "refused":
        wanted = wanted.where(column.result != "done")
    elif query.result:
        wanted = wanted.where(column.result == query.result)
    account = tables.accounts.c
    if query.actor:
        named = select(account.id).where(account.name == query.actor)
        wanted = wanted.where((column.actor == query.actor) | column.actor.in_(named))
    if query.from_at is not None:
        wanted = wanted.where(column.at >= query.from_at)
    if query.until_at is not None:
        wanted = wanted.where(column.at < query.until_at)
    if query.before_n is not None:
        wanted = wanted.where(column.n < query.before_n)
    with services.store.read() as connection:
        found = [dict(row._mapping) for row in connection.execute(wanted)]
        ids = {row["actor"] for row in found}
        names = connection.execute(select(account.id, account.name).where(account.id.in_(ids)))
        name_of: dict[str, str] = {row[0]: row[1] for row in names}
    return [row | {"actor_name": name_of.get(row["actor"], "")} for row in found]


def export_audit(services: Services, actor: Principal, request: AuditExport, now: int) -> Outcome:
    """Take a period out of the system; `Done.value` is an `ExportedAudit`.

    That it was taken is itself a row of the chain, written before the first line leaves, and not in the file.
    Refused: no_right, no_such_format, audit_period_empty.
    """
    refused = no_right(actor, "export_audit")
    if refused is None and request.format not in FORMATS:
        refused = Refused("no_such_format", {"allowed": ", ".join(FORMATS)})
    with services.store.write() as connection:
        head = _head(services, connection, actor, request, now) if refused is None else None
        if refused is None and head is None:
            refused = Refused("audit_period_empty")
        subject = f"audit:{request.format}"[:140]
        if refused is not None or head is None:
            assert refused is not None
            audit.record(
                connection, actor, "export_audit", subject, refused.code, {"request": repr(request)}, now
            )
            return refused
        audit.record(connection, actor, "export_audit", subject, "done", head, now)
    return Done(ExportedAudit(head, request.format, services))


def first_break_in_file(lines: Iterable[str]) -> AuditState:
    """Walk an exported JSONL file, needing nothing else; `broken_at` is the first row number that does not fit.

    Raises:
        ValueError: it is no such file.
    """
    walk = iter(lines)
    head = _object(next(walk, ""))
    if head.get("kind") != FILE_KIND:
        raise ValueError("not an exported audit file: its first line must be the file's head")
    link, rows = Link(int(head["first_n"]), str(head["previous_hash"])), 0
    for line in walk:
        try:
            row = _object(line)
            reason = link.misfit(row)
        except (ValueError, KeyError) as error:
            return AuditState(rows, link.n, f"unreadable ({error})")
        if reason:
            return AuditState(rows, link.n, reason)
        link, rows = link.after(row), rows + 1
    if rows != head["rows"] or link.previous_hash != head["last_hash"]:
        return AuditState(rows, link.n, "missing at the end")
    return AuditState(rows, None, "")


def _head(
    services: Services, connection: Connection, actor: Principal, request: AuditExport, now: int
) -> dict[str, Any] | None:
    column = tables.audit.c
    period = select(func.min(column.n), func.max(column.n))
    if request.from_at is not None:
        period = period.where(column.at >= request.from_at)
    if request.until_at is not None:
        period = period.where(column.at < request.until_at)
    first_n, last_n = connection.execute(period).one()
    if first_n is None:
        return None
    hashes: dict[int, str] = {
        row.n: row.hash
        for row in connection.execute(
            select(column.n, column.hash).where(column.n.in_((first_n - 1, last_n)))
        )
    }
    return {
        "kind": FILE_KIND,
        "version": 1,
        "city": services.city,
        "from_at": request.from_at,
        "until_at": request.until_at,
        "exported_at": now,
        "exported_by": actor.id,
        # The chain's numbers have no gaps, so a row that is missing between the two shows.
        "first_n": first_n,
        "last_n": last_n,
        "rows": last_n - first_n + 1,
        "previous_hash": hashes.get(first_n - 1, FIRST_HASH),
        "last_hash": hashes[last_n],
    }


def _rows(exported: ExportedAudit) -> Iterator[dict[str, Any]]:
    # A page per transaction: the chain only grows, and a slow reader must not hold a snapshot open.
    last_n, place = int(exported.head["last_n"]), int(exported.head["first_n"])
    while place <= last_n:
        with exported.services.store.read() as connection:
            page = list(audit.rows_between(connection, place, min(place + audit.PAGE - 1, last_n)))
        yield from page
        place += audit.PAGE


def _json_lines(exported: ExportedAudit) -> Iterator[str]:
    yield json.dumps(exported.head, ensure_ascii=False, separators=(",", ":")) + "\n"
    for row in _rows(exported):
        yield (
            json.dumps({name: row[name] for name in COLUMNS}, ensure_ascii=False, separators=(",", ":"))
            + "\n"
        )


def _csv_lines(exported: ExportedAudit) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def written(cells: Iterable[Any]) -> str:
        writer.writerow(_harmless(cell) for cell in cells)
        line = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return line

    yield written(COLUMNS)
    for row in _rows(exported):
        yield written(row[name] for name in COLUMNS)


def _harmless(cell: Any) -> Any:
    """What a stranger typed (the name at a sign-in) must not become a formula in the auditor's spreadsheet."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _object(line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("a line is no object")
    return found
