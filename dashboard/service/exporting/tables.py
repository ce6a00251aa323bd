"""The tables that can be taken away: columns, whose they are, where their rows come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.service.exporting import administration, centre, results
from dashboard.service.exporting.found import Found, Period
from dashboard.service.exporting.results import FindTold
from dashboard.service.services import Services

Kind = Literal["text", "number", "instant"]
FindRows = Callable[[Services, Principal, Period, int], Found | Refused]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `words` is the catalogue's room in which its values are named ("stage"), "" where they are shown."""

    name: str
    kind: Kind = "text"
    words: str = ""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table: `right` is the act that reading it on a screen needs; with `has_period` its rows have a time.

    Its rows are read from the store (`find`), or are those that the asker's screen is told (`find_told`).
    """

    id: str
    right: str
    columns: tuple[Column, ...]
    find: FindRows | None = None
    find_told: FindTold | None = None
    has_period: bool = False


def _columns(*names: str) -> tuple[Column, ...]:
    return tuple(_column(one) for one in names)


def _column(written: str) -> Column:
    name, _, kind = written.partition(":")
    if kind in ("number", "instant"):
        return Column(name, "number" if kind == "number" else "instant")
    return Column(name, "text", kind)


_QUEUE: Final = _columns(
    "no", "title", "kind:kind", "urgency:urgency", "category", "stage:stage", "region", "township", "place", "unit",
    "opened_at:instant", "dispatched_at:instant", "due_at:instant", "due_for:due_for", "level:number", "card:card",
    "merged:number", "returned:number",
)  # fmt: skip
_LISTED: Final = _columns(
    "no",
    "title",
    "urgency:urgency",
    "stage:stage",
    "place",
    "unit",
    "due_at:instant",
    "card:card",
    "level:number",
)

TABLES: Final[dict[str, ExportTable]] = {
    one.id: one
    for one in (
        ExportTable("queue", "see", _QUEUE, centre.queue_rows),
        ExportTable(
            "orders",
            "see",
            _columns(
                "no", "title", "category", "urgency:urgency", "stage:stage", "region", "township", "unit",
                "superior_source", "opened_at:instant", "dispatched_at:instant", "signed_at:instant",
                "replied_at:instant", "closed_at:instant", "missed_due_at:instant", "returned:number",
                "merged:number", "card:card", "resolved:export.answer", "satisfied:export.answer",
            ),
            centre.order_rows,
            has_period=True,
        ),
        ExportTable(
            "receipts",
            "see",
            _columns(
                "command", "command_kind:kind", "title", "issued_at:instant", "receiver", "receiver_role:export.part",
                "step:receipt", "delivered_at:instant", "read_at:instant", "accepted_at:instant",
                "arrived_at:instant", "done_at:instant", "due_at:instant", "late:export.answer",
                "declined_reason", "result",
            ),
            centre.receipt_rows,
            has_period=True,
        ),
        ExportTable(
            "tellings",
            "see",
            _columns(
                "no", "told_role:role", "means:means", "recipient", "words", "level:number", "made_at:instant",
                "telling_state:export.telling", "attempts:number", "received_at:instant", "received_by",
                "fault:fault",
            ),
            centre.telling_rows,
            has_period=True,
        ),
        ExportTable("overdue", "instruct", _LISTED, centre.overdue_rows),
        ExportTable("red", "instruct", _LISTED, centre.red_rows),
        ExportTable(
            "audit",
            "export_audit",
            _columns(
                "n:number", "at:instant", "actor", "role:role", "address", "act:may", "subject", "outcome", "detail",
                "hash",
            ),
            administration.audit_table_rows,
            has_period=True,
        ),
        ExportTable(
            "accounts",
            "manage_accounts",
            _columns(
                "account", "person", "role:role", "jurisdiction", "unit", "worker", "created_at:instant",
                "signed_in_at:instant", "disabled_at:instant", "sessions:number",
            ),
            administration.account_rows,
        ),
        ExportTable(
            "delivery",
            "see_tellings",
            _columns(
                "no", "desk", "told_role:role", "means:means", "recipient", "telling_state:export.telling",
                "made_at:instant", "attempts:number", "fault:fault", "next_at:instant",
            ),
            administration.delivery_rows,
        ),
        ExportTable(
            "rates",
            "see",
            _columns(
                "month", "place", "region", "response:number", "response_of:number", "resolved_count:number",
                "resolved_of:number", "satisfied_count:number", "satisfied_of:number", "called_back:number",
                "to_call_back:number", "open:number", "redo:number", "as_of:instant",
            ),
            find_told=results.rate_rows,
        ),
        ExportTable(
            "returns",
            "see",
            _columns(
                "month", "unit", "region", "dispatched:number", "returns_asked:number", "returns_upheld:number",
                "returns_forced:number", "returns_waiting:number", "bounced:number", "bounced_twice:number",
                "as_of:instant",
            ),
            find_told=results.return_rows,
        ),
        ExportTable(
            "repeats",
            "see",
            _columns(
                "caller", "times:number", "open:number", "no", "category", "region", "last_at:instant", "as_of:instant"
            ),
            find_told=results.repeat_rows,
        ),
        ExportTable(
            "groups",
            "see",
            _columns(
                "no", "title", "citizens:number", "category", "region", "township", "opened_at:instant",
                "due_at:instant", "as_of:instant",
            ),
            find_told=results.group_rows,
        ),
    )
}  # fmt: skip
"""Every table by its id."""
