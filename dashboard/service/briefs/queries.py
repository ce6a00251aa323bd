"""The named queries behind a brief's numbers. The same name with the same parameters gives the same number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from dashboard.service.briefs.asking import MATTER_COLUMNS, MOST_ROWS, Answer, Asking, Params, change, share
from dashboard.service.briefs.event_queries import matter_facts, matter_orders, surge_orders
from dashboard.service.rates_history import (
    RATES,
    pair_of,
    percent,
    rates_between,
    regions_inside,
    weeks_before,
)
from dashboard.store import tables

Query = Callable[[Asking, Params], Answer]
DIRECT: Final = "DIRECT_ANSWERED"


def _spans(at: Any, params: Params, prefix: str = "") -> Any:
    first, end = params[f"{prefix}from_at"], params[f"{prefix}until_at"]
    return (at >= first) & (at < end)


def orders_opened(asking: Asking, params: Params) -> Answer:
    """Hotline orders opened, merged ones too (each was a request), beside those of the earlier span; day by day."""
    column = tables.matters.c
    is_order = column.kind == "order"
    count = asking.count(column.scope, is_order, _spans(column.opened_at, params))
    before = asking.count(column.scope, is_order, _spans(column.opened_at, params, "before_"))
    rows = [
        [day.isoformat(), asking.count(column.scope, is_order, (column.opened_at >= first) & (column.opened_at < end))]
        for day, first, end in asking.days(params["from_at"], params["until_at"])
    ]  # fmt: skip
    fields = {"count": float(count), "before": float(before), "change": change(count, before)}
    return Answer(fields, ("day", "opened"), rows)


def orders_closed(asking: Asking, params: Params) -> Answer:
    """Hotline orders closed, and of these the ones answered at once."""
    column = tables.matters.c
    wanted = (column.kind == "order", _spans(column.closed_at, params))
    stages = asking.per(column.stage, column.scope, *wanted)
    count, direct = sum(stages.values()), stages.get(DIRECT, 0)
    fields = {"count": float(count), "direct": float(direct), "direct_percent": share(direct, count)}
    return Answer(fields, ("stage", "count"), [[stage, one] for stage, one in sorted(stages.items())])


def category_orders(asking: Asking, params: Params) -> Answer:
    """Orders of one category opened: how many, of all how much, and how many times as many as in the earlier span."""
    column = tables.matters.c
    in_span = _spans(column.opened_at, params)
    is_order = column.kind == "order"
    of_kind = column.category == params["category"]
    count = asking.count(column.scope, is_order, in_span, of_kind)
    of = asking.count(column.scope, is_order, in_span)
    before = asking.count(column.scope, is_order, _spans(column.opened_at, params, "before_"), of_kind)
    fields = {
        "count": float(count),
        "percent": share(count, of),
        "before": float(before),
        "times": round(count / before, 1) if before else None,
    }
    return Answer(fields, MATTER_COLUMNS, asking.matter_rows(is_order, in_span, of_kind))


def missed_ends(asking: Asking, params: Params) -> Answer:
    """Matters that first ran over their end in the span."""
    column = tables.matters.c
    wanted = _spans(column.missed_due_at, params)
    count = asking.count(column.scope, wanted)
    return Answer({"count": float(count)}, MATTER_COLUMNS, asking.matter_rows(wanted))


def red_cards(asking: Asking, params: Params) -> Answer:
    """Red cards issued, by unit in the units' own order: nothing is ranked."""
    card, matter = tables.cards.c, tables.matters.c
    joined = tables.cards.join(tables.matters, matter.id == card.matter_id)
    units = asking.per(
        card.unit, matter.scope, card.card == "red", _spans(card.issued_at, params), joined=joined
    )
    rows = [[asking.unit_name(unit) or unit, count] for unit, count in sorted(units.items())]
    return Answer({"count": float(sum(units.values()))}, ("unit", "count"), rows[:MOST_ROWS])


def calls(asking: Asking, params: Params) -> Answer:
    """Calls of the whole hotline, which has no counties: arrived, answered, given up."""
    column = tables.calls.c
    statement = select(column.kind, func.count()).where(_spans(column.at, params)).group_by(column.kind)
    kinds = {kind: int(count) for kind, count in asking.connection.execute(statement)}
    arrived, answered = kinds.get("arrived", 0), kinds.get("answered", 0)
    fields = {
        "arrived": float(arrived),
        "answered": float(answered),
        "abandoned": float(kinds.get("abandoned", 0)),
        "percent": share(answered, arrived),
    }
    return Answer(fields, ("call", "count"), [[kind, count] for kind, count in sorted(kinds.items())])


def whistles(asking: Asking, params: Params) -> Answer:
    """Whistles blown, units called, units that were there in time; calls taken back before their end are left out."""
    command, receipt = tables.commands.c, tables.receipts.c
    blown = (command.kind == "whistle", command.state != "recalled", _spans(command.issued_at, params))
    statement = (
        select(
            command.scope, command.no, receipt.name, receipt.arrived_at, receipt.late, receipt.recalled_at,
            receipt.due_at,
        )
        .select_from(tables.receipts.join(tables.commands, command.id == receipt.command_id))
        .where(*blown)
        .order_by(command.issued_at, receipt.position)
    )  # fmt: skip
    called = [row for row in asking.rows(statement) if row.recalled_at is None or row.late]
    on_time = sum(row.arrived_at is not None and not row.late for row in called)
    fields = {
        "count": float(asking.count(command.scope, *blown)),
        "called": float(len(called)),
        "on_time": float(on_time),
        "late": float(sum(bool(row.late) for row in called)),
        "percent": share(on_time, len(called)),
    }
    rows = [[row.no, row.name, row.arrived_at, row.due_at] for row in called[:MOST_ROWS]]
    return Answer(fields, ("no", "unit", "arrived_at", "due_at"), rows)


def instructions(asking: Asking, params: Params) -> Answer:
    """领导批示 of the span: given, done, and still open past their end at the span's end."""
    command = tables.commands.c
    statement = select(
        command.scope, command.no, command.state, command.due_at, command.issued_at, command.state_at
    ).where(
        command.kind == "dispatch",
        command.issued_role == "leader",
        command.state != "recalled",
        _spans(command.issued_at, params),
    )  # fmt: skip
    found = asking.rows(statement.order_by(command.issued_at))
    late = [row for row in found if row.state == "running" and row.due_at < params["until_at"]]
    fields: dict[str, float | None] = {
        "count": float(len(found)),
        "done": float(sum(row.state == "done" for row in found)),
        "late": float(len(late)),
    }
    return Answer(
        fields, ("no", "issued_at", "due_at"), [[row.no, row.issued_at, row.due_at] for row in found[:MOST_ROWS]]
    )  # fmt: skip


def rates(asking: Asking, params: Params) -> Answer:
    """The three rates of whole local days with their denominators, beside the earlier days; by county or by unit."""
    codes = regions_inside(asking.services, asking.place)
    first, end = date.fromisoformat(params["first_day"]), date.fromisoformat(params["end_day"])
    before = date.fromisoformat(params["before_day"]), date.fromisoformat(params["before_end"])
    by = "region" if len(codes) > 1 else "unit"
    found = rates_between(asking.connection, first, end, codes, by)
    earlier = rates_between(asking.connection, *before, codes, by)
    fields: dict[str, float | None] = {}
    for rate in RATES:
        yes, of = pair_of(found.values(), rate)
        now, then = percent(yes, of), percent(*pair_of(earlier.values(), rate))
        fields |= {f"{rate}_yes": float(yes), f"{rate}_all": float(of), f"{rate}_percent": now}
        fields[f"{rate}_points"] = None if now is None or then is None else round(abs(now - then), 1)
        fields[f"{rate}_before"] = then
    name = asking.place_name if by == "region" else asking.unit_name
    rows = [
        [name(key) or "–", *(value for rate in RATES for value in pair_of([found[key]], rate))]
        for key in found
    ]
    heads = (by, *(f"{rate}_{part}" for rate in RATES for part in ("yes", "all")))
    return Answer(fields, heads, rows[:MOST_ROWS])


def rate_weeks(asking: Asking, params: Params) -> Answer:
    """One rate of one county over whole weeks up to a Monday: the last one, and for how many weeks it has fallen."""
    monday = date.fromisoformat(params["monday"])
    weeks = [monday - timedelta(days=7 * back) for back in range(params["weeks"], 0, -1)]
    pairs = [
        pair_of(
            rates_between(asking.connection, one, one + timedelta(days=7), [params["region"]]).values(),
            params["rate"],
        )
        for one in weeks
    ]
    shares = [percent(*one) for one in pairs]
    falls = 0
    for earlier, later in zip(shares[-2::-1], shares[:0:-1], strict=True):
        if earlier is None or later is None or later >= earlier:
            break
        falls += 1
    fields = {
        "percent": shares[-1],
        "falls": float(falls),
        "yes": float(pairs[-1][0]),
        "all": float(pairs[-1][1]),
    }
    rows = [[one.isoformat(), *pair] for one, pair in zip(weeks, pairs, strict=True)]
    return Answer(fields, ("week", "yes", "all"), rows)


def rates_by_week(asking: Asking, params: Params) -> Answer:
    """The three rates of the brief's place over the weeks up to a day (excluded); the last may be cut short."""
    codes = regions_inside(asking.services, asking.place)
    end = date.fromisoformat(params["end_day"])
    rows: list[list[Any]] = []
    for monday in weeks_before(end - timedelta(days=1), params["weeks"]):
        found = rates_between(asking.connection, monday, min(monday + timedelta(days=7), end), codes).values()
        rows.append([monday.isoformat(), *(value for rate in RATES for value in pair_of(found, rate))])
    last = [percent(*rows[-1][1 + 2 * place : 3 + 2 * place]) for place in range(len(RATES))]
    fields = {f"{rate}_percent": value for rate, value in zip(RATES, last, strict=True)}
    heads = ("week", *(f"{rate}_{part}" for rate in RATES for part in ("yes", "all")))
    return Answer(fields, heads, rows)


def drawn(query: str, rows: list[list[Any]]) -> list[list[float | None]]:
    """Return what a chart of these rows shows: the values of each of its series."""
    if query != "rates_by_week":
        return [[row[1] for row in rows]]
    return [[percent(*row[1 + 2 * place : 3 + 2 * place]) for row in rows] for place in range(len(RATES))]


def returns(asking: Asking, params: Params) -> Answer:
    """Orders that units gave back in the span, by category, and their share of those dispatched in it."""
    given, matter = tables.returns.c, tables.matters.c
    joined = tables.returns.join(tables.matters, matter.id == given.matter_id)
    here = matter.region == params["region"]
    by_category = asking.per(
        matter.category, matter.scope, _spans(given.asked_at, params), here, joined=joined
    )
    sent = asking.count(matter.scope, _spans(matter.dispatched_at, params), here)
    count = sum(by_category.values())
    rows = [[asking.category_name(code), one] for code, one in sorted(by_category.items())]
    return Answer({"count": float(count), "percent": share(count, sent)}, ("category", "count"), rows)


QUERIES: Final[dict[str, Query]] = {
    "orders_opened": orders_opened,
    "orders_closed": orders_closed,
    "category_orders": category_orders,
    "missed_ends": missed_ends,
    "red_cards": red_cards,
    "calls": calls,
    "whistles": whistles,
    "instructions": instructions,
    "rates": rates,
    "rate_weeks": rate_weeks,
    "rates_by_week": rates_by_week,
    "returns": returns,
    "matter_facts": matter_facts,
    "matter_orders": matter_orders,
    "surge_orders": surge_orders,
}
"""Every query by the name that a brief keeps."""


def ask(asking: Asking, query: str, params: Params) -> Answer:
    """Return the answer of a named query."""
    return QUERIES[query](asking, params)
