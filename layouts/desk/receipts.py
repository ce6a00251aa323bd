"""The receipt matrix: who has got the order, who has read it, who is on the way, who may not leave yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.domain.durations import elapsed, since
from layouts.catalogue import text
from layouts.desk.attributes import attributes
from layouts.desk.clock_face import countdown
from layouts.desk.clock_text import MINUTE_MS, time_of_day, whole_minutes
from layouts.desk.drawer import heading
from layouts.desk.form_fields import begin_button
from layouts.desk.glyphs import code, lock
from layouts.desk.recommended import distance_text

Row = Mapping[str, Any]
"""A command row, or one of its receivers, as screens get it (docs/acts.md)."""

STEPS: Final = ("delivered", "read", "accepted", "en_route", "arrived")
ANSWER_EXPECTED_MS: Final = 3 * MINUTE_MS  # the whistle policy calls the duty phone after three minutes
OPEN: Final = ("running", "conferring", "consultation")
DELIVERY_EXPECTED_MS: Final = MINUTE_MS  # later than this a copy counts as not delivered (assumed)
SHORTEST_LIMIT_MS: Final = MINUTE_MS


def receipts(commands: Sequence[Row], now: int, lang: str, acts: frozenset[str] = frozenset()) -> Component:
    """Every order given on the matter, newest first, with one line per receiver.

    `acts` are those of `confirm_arrival` and `rule_decline` that the officer's role includes: a claim and an objection
    then have their buttons.
    """
    if not commands:
        return html.Div(heading(text("desk.receipts.title", lang), text("desk.receipts.none", lang)))
    parts: list[Component] = [heading(text("desk.receipts.title", lang), text("desk.receipts.hint", lang))]
    for command in commands:
        parts.append(_command_line(command, lang))
        if command.get("issued_role") == "leader":
            parts.append(_words(command, lang))
        parts.append(_matrix(command, now, lang, acts))
    return html.Div(parts)


def _command_line(command: Row, lang: str) -> html.Div:
    rows = [row for row in command["receivers"] if not _is_out(row)]
    instructed = command.get("issued_role") == "leader"
    on_site = sum(1 for row in rows if row["arrived_at"] is not None)
    return html.Div(
        [
            html.B(command["no"]),
            html.Span(
                text("desk.command.instruction" if instructed else f"desk.command.{command['kind']}", lang)
            ),
            html.Span(text(f"desk.command_state.{command['state']}", lang)),
            html.Span(text("desk.receipts.on_site", lang, arrived=on_site, called=len(rows))),
            html.Span(
                text(
                    "desk.receipts.instructed" if instructed else "desk.receipts.issued",
                    lang,
                    at=time_of_day(command["issued_at"]),
                    who=command["issued_by"],
                ),
                className="provenance push",
            ),
        ],
        className="command-line",
        **attributes({"data-command": command["id"], "data-state": command["state"]}),
    )


def _words(command: Row, lang: str) -> html.P:
    """What a leader said, and who of each unit has to answer for it: the desk follows it up."""
    in_charge = command.get("in_charge") or "any"
    asked = text("desk.receipts.in_charge", lang, who=text(f"desk.in_charge.{in_charge}", lang))
    due = text("desk.receipts.report_by", lang, at=time_of_day(command["due_at"], seconds=False))
    return html.P(
        [html.B(command["objective"]), " ", html.Span(f"{asked} · {due}", className="provenance")],
        className="instruction",
    )


def _matrix(command: Row, now: int, lang: str, acts: frozenset[str]) -> html.Table:
    last = "left" if command["kind"] == "whistle" else "done"
    header = html.Tr(
        [
            html.Th(text("desk.receipts.unit", lang)),
            *(html.Th(text(f"desk.stage_of.{step}", lang)) for step in (*STEPS, last)),
        ]
    )
    widths = [html.Col(className=f"step-{name}") for name in ("name", *STEPS, "last")]
    body = [_line(command, row, last, now, lang, acts) for row in command["receivers"]]
    return html.Table([html.Colgroup(widths), html.Thead(header), html.Tbody(body)], className="receipts")


def _line(command: Row, row: Row, last: str, now: int, lang: str, acts: frozenset[str]) -> html.Tr:
    role = text(f"desk.role_of.{row['role']}", lang) if row["role"] in ("lead", "assist") else ""
    moved = _moved_end(row, lang)
    name = html.Td(
        [
            code(row["code"] or row["name"][:1], _code_state(row, now)),
            html.Span(row["name"]),
            " ",
            html.Span(role, className="third"),
            *([html.Span(moved, className="proof")] if moved else []),
        ],
        title=" · ".join(one for one in (row["name"], moved) if one),
        className="arrived-cell" if moved else "",
    )
    identity = attributes({"data-receiver-row": row["id"], "data-stage": row["stage"]})
    if _is_out(row):
        return html.Tr([name, _out(command, row, lang, acts)], **identity)
    following = _next_step(row)
    cells = [_cell(command, row, step, step == following, now, lang) for step in STEPS[:-1]]
    cells.append(_arrived(command, row, following, now, lang, acts))
    return html.Tr([name, *cells, _last_cell(command, row, last, following, now, lang)], **identity)


def _moved_end(row: Row, lang: str) -> str:
    """An end that an officer moved, beside the one that was missed before: more time makes nobody have been in time."""
    first_at, missed_at = row.get("first_due_at"), row.get("missed_due_at")
    if first_at is None:
        return ""
    key = "desk.receipts.extended" if missed_at is None else "desk.receipts.extended_late"
    before = time_of_day(first_at if missed_at is None else missed_at, seconds=False)
    return text(key, lang, before=before, until=time_of_day(row["due_at"], seconds=False))


def _is_out(row: Row) -> bool:
    return row["declined_at"] is not None or row.get("recalled_at") is not None


def _out(command: Row, row: Row, lang: str, acts: frozenset[str]) -> html.Td:
    """Why a receiver's part has ended alone, or what it objects and who has to rule on that."""
    if row.get("recalled_at") is not None:
        reason = row.get("recalled_reason") or "–"
        names = {one["id"]: one["name"] for one in command["receivers"]}
        to = names.get(row.get("reassigned_to") or "", "")
        key = "desk.receipts.reassigned" if to else "desk.receipts.recalled"
        words = text(key, lang, to=to, reason=reason) if to else text(key, lang, reason=reason)
        return html.Td(words, colSpan=6, className="out", title=words)
    reason = row.get("declined_reason") or "—"
    released = row.get("decline_ruling") == "released"
    key = "desk.receipts.released" if released else "desk.receipts.declined"
    words = text(key, lang, reason=reason)
    args = {"command": command["id"], "receiver": row["id"]}
    may_rule = not released and command["state"] in OPEN and "rule_decline" in acts
    button = [begin_button("rule_decline", text("desk.on_command.begin_ruling", lang), args)]
    return html.Td(
        [html.Span(words), *(button if may_rule else [])],
        colSpan=6,
        className="out" if released else "out declined",
        title=words,
    )


def _arrived(
    command: Row, row: Row, following: str | None, now: int, lang: str, acts: frozenset[str]
) -> html.Td:
    """The arrival with its proof, a claim that nobody has proven, or the clock that still runs."""
    at: int | None = row["arrived_at"]
    if at is not None:
        proof = _proof(row, lang)
        shown = html.Span(since(command["issued_at"], at, lang))
        said = _said(row, lang)
        late = "slow" if row.get("late") else ""
        return html.Td(
            [shown, html.Span([proof, said], className="proof")] if proof or said else shown,
            className=f"arrived-cell {late}".strip(),
            title=" ".join(one for one in (proof, said) if one),
        )
    if row.get("claimed_at") is None:
        return _cell(command, row, "arrived", following == "arrived", now, lang)
    fault = claim_fault(row)
    words = text(f"desk.receipts.claim.{fault}", lang, distance=distance_text(row["proof_m"]))
    args = {"command": command["id"], "receiver": row["id"]}
    may_confirm = command["state"] in OPEN and "confirm_arrival" in acts
    button = [begin_button("confirm_arrival", text("desk.on_command.begin_confirm", lang), args)]
    why = text(f"claim.{fault}", lang, metres=row["proof_m"])
    title = text("desk.receipts.claim_title", lang, why=why)
    clock = countdown(row["due_at"], _limit(row), now, lang, "left")  # a claim stops no clock
    return html.Td(
        [html.Span([words, " ", clock]), *(button if may_confirm else [])], className="claim", title=title
    )


def claim_fault(row: Row) -> str:
    """Why a claimed arrival is not proven; a claim of an earlier release says only how far it was."""
    return row.get("claim_fault") or ("nowhere" if row["proof_m"] is None else "far")


def _proof(row: Row, lang: str) -> str:
    if row.get("proof") == "position":
        return text("desk.receipts.proof_position", lang, metres=row["proof_m"])
    if row.get("proof") == "officer":
        return text("desk.receipts.proof_officer", lang, who=row["proof_by"])
    return ""


def _said(row: Row, lang: str) -> str:
    if row.get("said_at") is None:
        return ""
    key = "desk.receipts.said_in_time" if row.get("said_in_time") else "desk.receipts.said"
    return " · " + text(key, lang, at=time_of_day(row["said_at"], seconds=False))


def _code_state(row: Row, now: int) -> str:
    settled = "person" if row["kind"] == "worker" else ""
    if row["arrived_at"] is not None or row["done_at"] is not None:
        return settled
    if row["due_at"] < now:
        return "overdue"
    if _will_miss(row):
        return "late"
    return settled or "moving"


def _will_miss(row: Row) -> bool:
    return row["eta_at"] is not None and row["eta_at"] > row["due_at"]


def _next_step(row: Row) -> str | None:
    """The first step that no later receipt has already implied; after a claim that is the arrival it claims."""
    if row.get("claimed_at") is not None and row["arrived_at"] is None:
        return "arrived"
    reached = [place for place, step in enumerate(STEPS) if row[f"{step}_at"] is not None]
    following = reached[-1] + 1 if reached else 0
    return STEPS[following] if following < len(STEPS) else None


def _cell(command: Row, row: Row, step: str, is_next: bool, now: int, lang: str) -> html.Td:
    at: int | None = row[f"{step}_at"]
    if at is not None:
        slow = step == "accepted" and at - command["issued_at"] > ANSWER_EXPECTED_MS
        return html.Td(since(command["issued_at"], at, lang), className="slow" if slow else "")
    if not is_next:
        return html.Td("–", className="pending")
    if step == "delivered" and now - command["issued_at"] > DELIVERY_EXPECTED_MS:
        return html.Td(
            text("desk.receipts.undelivered", lang), className="next", **attributes({"data-state": "risk"})
        )
    return html.Td(_what_is_left(row, step, now, lang), className="next", **_state(row, now))


def _what_is_left(row: Row, step: str, now: int, lang: str) -> Component:
    if step != "arrived" or row["eta_at"] is None:
        return countdown(row["due_at"], _limit(row), now, lang, "left")
    margin = row["due_at"] - row["eta_at"]
    key = "desk.receipts.spare" if margin >= 0 else "desk.receipts.will_miss"
    minutes = whole_minutes(row["eta_at"] - now)
    return html.Span(text(key, lang, minutes=minutes, margin=elapsed(abs(margin), lang)))


def _limit(row: Row) -> int:
    """The receiver's limit as far as its row tells: from delivery to its end."""
    started_at = row["delivered_at"] or row["due_at"] - 30 * MINUTE_MS
    return max(SHORTEST_LIMIT_MS, int(row["due_at"] - started_at))


def _state(row: Row, now: int) -> dict[str, Any]:
    if row["due_at"] < now:
        return attributes({"data-state": "overdue"})
    return attributes({"data-state": "risk"}) if _will_miss(row) else {}


def _last_cell(command: Row, row: Row, last: str, following: str | None, now: int, lang: str) -> html.Td:
    at: int | None = row[f"{last}_at"]
    if at is not None:
        return html.Td(since(command["issued_at"], at, lang))
    if last == "left" and row["arrived_at"] is not None:
        locked = command["state"] in ("running", "conferring")
        count = row.get("leave_refused") or 0
        refused = text("desk.receipts.refused_times", lang, count=count) if count else ""
        shown = lock() if locked else text("desk.receipts.may_leave", lang)
        return html.Td([shown, html.Span(f"×{count}") if count else ""], title=refused)
    if last == "done" and following is None:
        return html.Td(
            countdown(row["due_at"], _limit(row), now, lang, "left"), className="next", **_state(row, now)
        )
    return html.Td("–", className="pending")
