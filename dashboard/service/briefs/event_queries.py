"""The queries of a 专报: one matter with its orders, or a surge of one kind at one place."""

from __future__ import annotations

from sqlalchemy import select

from dashboard.service.briefs.asking import MATTER_COLUMNS, MOST_ROWS, Answer, Asking, Params
from dashboard.store import tables

WEEK_MS = 7 * 24 * 60 * 60_000
USUAL_WEEKS = 4


def matter_facts(asking: Asking, params: Params) -> Answer:
    """One matter until an instant: citizens who reported it, its orders, receivers, arrivals, decisions."""
    matter, command, receipt = tables.matters.c, tables.commands.c, tables.receipts.c
    decision = tables.decisions.c
    of_it = command.matter_id == params["matter_id"]
    standing = (of_it, command.state != "recalled", command.issued_at < params["until_at"])
    statement = (
        select(
            command.scope, command.no, receipt.name, receipt.stage, receipt.arrived_at, receipt.late,
            receipt.recalled_at,
        )
        .select_from(tables.receipts.join(tables.commands, command.id == receipt.command_id))
        .where(*standing)
        .order_by(command.issued_at, receipt.position)
    )  # fmt: skip
    called = [row for row in asking.rows(statement) if row.recalled_at is None or row.late]
    decided = select(command.scope, decision.decided_at).select_from(
        tables.decisions.join(tables.commands, command.id == decision.command_id)
    )
    agenda = asking.rows(decided.where(*standing))
    merged = asking.rows(select(matter.scope, matter.merged).where(matter.id == params["matter_id"]))
    fields: dict[str, float | None] = {
        "reports": float(merged[0].merged if merged else 0),
        "orders": float(asking.count(command.scope, *standing)),
        "called": float(len(called)),
        "arrived": float(sum(row.arrived_at is not None for row in called)),
        "late": float(sum(bool(row.late) for row in called)),
        "decided": float(sum(row.decided_at is not None for row in agenda)),
        "agenda": float(len(agenda)),
    }
    rows = [[row.no, row.name, row.stage, row.arrived_at] for row in called[:MOST_ROWS]]
    return Answer(fields, ("no", "unit", "receipt", "arrived_at"), rows)


def matter_orders(asking: Asking, params: Params) -> Answer:
    """Orders of a matter's category in its township since it was opened: how far it spread."""
    column = tables.matters.c
    wanted = (
        column.kind == "order",
        column.category == params["category"],
        column.township == params["township"],
        column.opened_at >= params["from_at"],
        column.opened_at < params["until_at"],
    )
    count = asking.count(column.scope, *wanted)
    return Answer({"count": float(count)}, MATTER_COLUMNS, asking.matter_rows(*wanted))


def surge_orders(asking: Asking, params: Params) -> Answer:
    """Orders of a category (and township) in a span, beside the mean of the same span in the four weeks before."""
    column = tables.matters.c
    kind = [column.kind == "order", column.category == params["category"]]
    if params.get("township"):
        kind.append(column.township == params["township"])

    def opened(back: int) -> int:
        first, end = params["from_at"] - back * WEEK_MS, params["until_at"] - back * WEEK_MS
        return asking.count(column.scope, *kind, (column.opened_at >= first) & (column.opened_at < end))

    count, earlier = opened(0), [opened(back) for back in range(1, USUAL_WEEKS + 1)]
    usual = sum(earlier) / USUAL_WEEKS
    in_span = (column.opened_at >= params["from_at"]) & (column.opened_at < params["until_at"])
    fields = {
        "count": float(count),
        "usual": round(usual, 1),
        "times": round(count / usual, 1) if usual else None,
    }
    return Answer(fields, MATTER_COLUMNS, asking.matter_rows(*kind, in_span))
