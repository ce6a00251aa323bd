"""The picture of `/leader`: a verdict, at most five numbers, what needs a word, what became of the words given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, select

from dashboard.domain.leading import GRAVE, Need, by_urgency, control_of
from dashboard.domain.masking import mask_numbers
from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.rights import no_right
from dashboard.service.commands.statistics import UnitCalls, whistle_statistics
from dashboard.service.leading.mine import own_words
from dashboard.service.leading.needs import found_needs, unit_name
from dashboard.service.leading.open_matters import OpenMatter, Reach, open_matters
from dashboard.service.rows import Row
from dashboard.service.services import Services
from dashboard.store import event_log, tables
from dashboard.store.records import MATTERS

MOST_NEEDS = 20  # rows; a leader's page that scrolls for ever says nothing. The count stands beside them
MOST_MARKS = 120  # overdue points of the map
TOPICS = 3
TREND_HOURS = 12
HOUR_MS = 60 * 60_000
DAY_MS = 24 * 60 * 60_000
MINUTE_MS = 60_000


def leader_picture(services: Services, actor: Principal, now: int) -> Row | Refused:
    """Return what `/leader` shows of the actor's jurisdiction. Refused: no_right.

    {"seq", "control": {"code", "why"}, "numbers": {"intake", "overdue", "red", "whistles", "topics"},
    "needs": {"count", "rows"}, "mine": see `own_words`, "marks": [[lon, lat], ...] of overdue matters}. A need's row is
    {"matter_id", "no", "title", "urgency", "place", "unit", "unit_name", "called", "due_at", "limit_ms", "lon", "lat",
    "reasons": [{"reason", "due_at", ...}]}; one row per matter. Whoever has a running instruction of the actor's own
    that is not overdue does not need another word and is left out, counted in "answered".
    """
    refused = no_right(actor, "instruct")
    if refused is not None:
        return refused
    reach = Reach(services, actor)
    with services.store.read() as connection:
        seq = event_log.last_seq(connection)
        matters = {one.id: one for one in open_matters(connection, reach)}
        mine = own_words(services, connection, actor, now)
        needs = _by_matter(found_needs(services, connection, matters, now))
        has_word = set(mine["running_on"])
        waiting = {one: needs[one] for one in needs if one not in has_word}
        first = sorted(
            waiting, key=lambda one: (by_urgency(_end_of(waiting[one]), _is_grave(waiting[one]), now), one)
        )
        rows = _rows(services, connection, {one: waiting[one] for one in first[:MOST_NEEDS]})
        numbers = _numbers(services, connection, reach, matters, now)
    late = [one for one in matters.values() if _is_late(one, now)]
    every = [need for found in waiting.values() for need, _ in found]
    code, why = control_of(len(matters), len(late), every, now)
    numbers["whistles"] = _whistles(services, actor, now, numbers.pop("whistles_today"))
    return {
        "seq": seq,
        "control": {"code": code, "why": list(why)},
        "numbers": numbers,
        "needs": {"count": len(waiting), "answered": len(needs) - len(waiting), "rows": rows},
        "mine": {name: value for name, value in mine.items() if name != "running_on"},
        "marks": [
            [round(one.lon, 4), round(one.lat, 4)]
            for one in late
            if one.lon is not None and one.lat is not None
        ][:MOST_MARKS],
    }


def _by_matter(found: Iterable[tuple[Need, Row]]) -> dict[str, list[tuple[Need, Row]]]:
    grouped: dict[str, list[tuple[Need, Row]]] = {}
    for need, said in found:
        grouped.setdefault(need.matter_id, []).append((need, said))
    return grouped


def _is_grave(found: list[tuple[Need, Row]]) -> bool:
    return any(need.reason in GRAVE for need, _ in found)


def _end_of(found: list[tuple[Need, Row]]) -> int | None:
    """The clock that a row shows: the whistle's where there is one, else the soonest."""
    ends = {need.reason: need.due_at for need, _ in reversed(found)}
    if ends.get("whistle") is not None:
        return ends["whistle"]
    return min((one for one in ends.values() if one is not None), default=None)


def _rows(services: Services, connection: Connection, wanted: dict[str, list[tuple[Need, Row]]]) -> list[Row]:
    statement = MATTERS.select().where(tables.matters.c.id.in_(list(wanted)))
    matters = {one.id: one for one in map(MATTERS.value, connection.execute(statement))}
    rows = []
    for matter_id, found in wanted.items():
        matter = matters[matter_id]
        whistle = next((said for need, said in found if need.reason == "whistle"), None)
        township = matter.township or matter.region or services.city
        rows.append(
            {
                "matter_id": matter.id,
                "no": matter.no,
                "title": mask_numbers(matter.title),
                "urgency": matter.urgency,
                "place": services.pack.divisions.get(township).name,
                "unit": matter.unit,
                "unit_name": unit_name(services, matter.unit),
                "due_at": _end_of(found),
                "limit_ms": whistle["limit_ms"] if whistle else matter.limit_ms,
                "lon": matter.lon,
                "lat": matter.lat,
                "reasons": [{"reason": need.reason, "due_at": need.due_at} | said for need, said in found],
            }
        )
    return rows


def _numbers(
    services: Services, connection: Connection, reach: Reach, matters: dict[str, OpenMatter], now: int
) -> Row:
    calendar = services.calendar
    today = calendar.local_date(now)
    today_at = calendar.midnight_at(today)
    before_at = calendar.midnight_at(today - timedelta(days=1))
    monday_at = calendar.midnight_at(today - timedelta(days=today.weekday()))
    now_of, until_now = _requests(connection, reach, today_at, now + 1), now - today_at
    before_of = _requests(connection, reach, before_at, before_at + until_now + 1)
    topics = now_of.most_common(TOPICS)
    trend = _hourly(connection, reach, [code for code, _ in topics], now)
    ends = [one.due_at for one in matters.values() if _is_late(one, now) and one.due_at is not None]
    red = [one for one in matters.values() if one.card == "red"]
    return {
        "intake": {"count": sum(now_of.values()), "before": sum(before_of.values())},
        "overdue": {"count": len(ends), "of": len(matters), "since_at": min(ends, default=None)},
        "red": {"count": len(red), "of": len(matters), "week": _cards(connection, reach, monday_at)},
        "whistles_today": _blown(connection, reach, today_at),
        "topics": [
            {
                "category": code,
                **_category(services, code),
                "count": count,
                "before": before_of[code],
                "trend": trend[code],
            }
            for code, count in topics
        ],
    }


def _requests(connection: Connection, reach: Reach, from_at: int, until_at: int) -> Counter[str]:
    """Hotline orders of a span by category, merged ones too: each was a request."""
    column = tables.matters.c
    statement = select(column.category, column.scope).where(
        (column.kind == "order") & (column.opened_at >= from_at) & (column.opened_at < until_at)
    )
    return Counter(row.category for row in connection.execute(statement) if reach.sees(row.scope))


def _hourly(connection: Connection, reach: Reach, categories: list[str], now: int) -> dict[str, list[int]]:
    """Orders of each of the last `TREND_HOURS` hours by category; the hours end on the hour, the last one runs."""
    first_at = now // HOUR_MS * HOUR_MS - (TREND_HOURS - 1) * HOUR_MS
    column = tables.matters.c
    statement = select(column.category, column.opened_at, column.scope).where(
        (column.kind == "order")
        & (column.opened_at >= first_at)
        & (column.opened_at <= now)
        & column.category.in_(categories)
    )
    found = {one: [0] * TREND_HOURS for one in categories}
    for row in connection.execute(statement):
        if reach.sees(row.scope):
            found[row.category][(row.opened_at - first_at) // HOUR_MS] += 1
    return found


def _cards(connection: Connection, reach: Reach, from_at: int) -> int:
    """Red cards issued since then."""
    card = tables.cards.c
    statement = (
        select(tables.matters.c.scope)
        .join(tables.cards, card.matter_id == tables.matters.c.id)
        .where((card.card == "red") & (card.issued_at >= from_at))
    )
    return sum(reach.sees(row.scope) for row in connection.execute(statement))


def _blown(connection: Connection, reach: Reach, from_at: int) -> int:
    command = tables.commands.c
    statement = select(command.scope).where(
        (command.kind == "whistle") & (command.issued_at >= from_at) & (command.state != "recalled")
    )
    return sum(reach.sees(row.scope) for row in connection.execute(statement))


def _whistles(services: Services, actor: Principal, now: int, today: int) -> Row:
    """Of thirty days: calls of units whose coming is known, those in time; with today's whistles beside them."""
    found = whistle_statistics(services, actor, now)
    units = [one for one in found if isinstance(one, UnitCalls)] if not isinstance(found, Refused) else []
    limit = services.policies.limit_or_net("whistle", "arrive", 2)
    return {
        "on_time": sum(one.on_time for one in units),
        "judged": sum(one.judged for one in units),
        "pending": sum(one.pending for one in units),
        "today": today,
        "minutes": round((limit.due_at(now, services.calendar) - now) / MINUTE_MS),
    }


def _category(services: Services, code: str) -> Row:
    found = services.pack.categories.get(code)
    return (
        {"name": code, "name_en": code} if found is None else {"name": found.name, "name_en": found.name_en}
    )


def _is_late(one: OpenMatter, now: int) -> bool:
    return one.due_at is not None and one.due_at < now
