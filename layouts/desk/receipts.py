"""The receipt matrix: who has got the order, who has read it, who is on the way, who may not leave yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.domain.command import Command, Receipt
from layouts.catalogue import text
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import elapsed, since, time_of_day, whole_minutes
from layouts.desk.drawer import heading
from layouts.desk.glyphs import code, lock

STEPS: Final = ("delivered", "read", "accepted", "en_route", "arrived")
ANSWER_EXPECTED_MS: Final = 3 * 60_000  # the whistle policy calls the duty phone after three minutes


def receipts(orders: Sequence[tuple[Command, Sequence[Receipt]]], now: int, lang: str) -> Component:
    """Every order given on the matter, newest first, with one row per receiver."""
    if not orders:
        return html.Div(heading(text("desk.receipts.title", lang), text("desk.receipts.none", lang)))
    parts: list[Component] = [heading(text("desk.receipts.title", lang), text("desk.receipts.hint", lang))]
    for command, rows in orders:
        parts.append(_command_line(command, rows, lang))
        parts.append(_matrix(command, rows, now, lang))
    return html.Div(parts)


def _command_line(command: Command, rows: Sequence[Receipt], lang: str) -> html.Div:
    on_site = sum(1 for row in rows if row.arrived_at is not None)
    return html.Div(
        [
            html.B(command.no),
            html.Span(text(f"desk.command.{command.kind}", lang)),
            html.Span(text(f"desk.command_state.{command.state}", lang)),
            html.Span(text("desk.receipts.on_site", lang, arrived=on_site, called=len(rows))),
            html.Span(
                text(
                    "desk.receipts.issued", lang, at=time_of_day(command.issued_at), who=command.issued_name
                ),
                className="provenance push",
            ),
        ],
        className="command-line",
    )


def _matrix(command: Command, rows: Sequence[Receipt], now: int, lang: str) -> html.Table:
    last = "left" if command.kind == "whistle" else "done"
    header = html.Tr(
        [
            html.Th(text("desk.receipts.unit", lang)),
            *(html.Th(text(f"desk.stage_of.{step}", lang)) for step in (*STEPS, last)),
        ]
    )
    widths = [html.Col(style={"width": "36%"}), *(html.Col() for _ in range(6))]
    body = [_row(command, row, last, now, lang) for row in rows]
    return html.Table([html.Colgroup(widths), html.Thead(header), html.Tbody(body)], className="receipts")


def _row(command: Command, row: Receipt, last: str, now: int, lang: str) -> html.Tr:
    name = html.Td(
        [
            code(row.code or row.name[:1], _code_state(row, now)),
            row.name,
            " ",
            html.Span(_role(row, lang), className="third"),
        ],
        title=row.name,
    )
    if row.declined_at is not None:
        reason = text("desk.receipts.declined", lang, reason=row.declined_reason or "—")
        return html.Tr(
            [name, html.Td(reason, colSpan=6, className="declined", title=reason)], **_identity(row)
        )
    following = _next_step(row)
    cells = [_cell(command, row, step, step == following, now, lang) for step in STEPS]
    return html.Tr([name, *cells, _last_cell(command, row, last, following, now, lang)], **_identity(row))


def _identity(row: Receipt) -> dict[str, Any]:
    return {"data-receiver": row.receiver_id, "data-stage": row.stage}


def _role(row: Receipt, lang: str) -> str:
    return text(f"desk.role_of.{row.role}", lang) if row.role in ("lead", "assist") else row.role


def _code_state(row: Receipt, now: int) -> str:
    if row.arrived_at is not None or row.done_at is not None:
        return "person" if row.kind == "worker" else ""
    if row.due_at < now:
        return "overdue"
    if row.eta_at is not None and row.eta_at > row.due_at:
        return "late"
    return "person" if row.kind == "worker" else "moving"


def _next_step(row: Receipt) -> str | None:
    """The first step that no later receipt has already implied."""
    times = [getattr(row, f"{step}_at") for step in STEPS]
    reached = [place for place, at in enumerate(times) if at is not None]
    following = reached[-1] + 1 if reached else 0
    return STEPS[following] if following < len(STEPS) else None


def _cell(command: Command, row: Receipt, step: str, is_next: bool, now: int, lang: str) -> html.Td:
    at: int | None = getattr(row, f"{step}_at")
    if at is not None:
        slow = step == "accepted" and at - command.issued_at > ANSWER_EXPECTED_MS
        return html.Td(since(command.issued_at, at), className="slow" if slow else "")
    if not is_next:
        return html.Td("–", className="pending")
    return html.Td(_what_is_left(row, step, now, lang), className="next", **_state(row, now))


def _what_is_left(row: Receipt, step: str, now: int, lang: str) -> Component:
    clock = countdown(row.due_at, _limit(row), now, "left")
    if step != "arrived" or row.eta_at is None:
        return clock
    margin = row.due_at - row.eta_at
    key = "desk.receipts.spare" if margin >= 0 else "desk.receipts.will_miss"
    minutes = whole_minutes(row.eta_at - now)
    return html.Span(text(key, lang, minutes=minutes, margin=elapsed(abs(margin))))


def _limit(row: Receipt) -> int:
    started_at = row.delivered_at or row.due_at - 30 * 60_000
    return max(60_000, row.due_at - started_at)


def _state(row: Receipt, now: int) -> dict[str, Any]:
    if row.due_at < now:
        return {"data-state": "overdue"}
    return {"data-state": "risk"} if row.eta_at is not None and row.eta_at > row.due_at else {}


def _last_cell(
    command: Command, row: Receipt, last: str, following: str | None, now: int, lang: str
) -> html.Td:
    at: int | None = getattr(row, f"{last}_at")
    if at is not None:
        return html.Td(since(command.issued_at, at))
    if last == "left" and row.arrived_at is not None:
        locked = command.state in ("running", "conferring")
        refused = (
            text("desk.receipts.refused_times", lang, count=row.leave_refused) if row.leave_refused else ""
        )
        return html.Td(
            [lock() if locked else text("desk.receipts.may_leave", lang), " ", refused], title=refused
        )
    if last == "done" and following is None:
        return html.Td(countdown(row.due_at, _limit(row), now, "left"), className="next", **_state(row, now))
    return html.Td("–", className="pending")
