"""Briefs: made once when due, every number its query's answer, edited beside what was made, frozen by 批准."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from dashboard import service
from dashboard.domain.brief_period import BriefPeriod, due_periods
from dashboard.domain.principal import Principal
from dashboard.service.briefs import asking as asking_room
from dashboard.service.briefs import making, reading
from dashboard.service.briefs.asking import Asking
from dashboard.service.briefs.composing import TARGETS, compose
from dashboard.service.briefs.editing import digest_of
from dashboard.service.briefs.queries import QUERIES, ask
from dashboard.store import tables
from data_feeds import briefs_keeper
from data_feeds.task_ending import end_tasks
from layouts.catalogue import text
from tests.conftest import PROJECT_ROOT
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
MAYOR = officer("leader", name="李为民")


def look(centre: Centre) -> list[str]:
    """What the worker does at every look."""
    asyncio.run(briefs_keeper.count_days(centre.services, centre.clock))
    return service.make_due_briefs(centre.services, text, centre.now)


def at(centre: Centre, day: str, hour: int, minute: int = 0) -> None:
    midnight = centre.services.calendar.midnight_at(date.fromisoformat(day))
    centre.clock.advance_to(midnight + hour * HOUR_MS + minute * MINUTE_MS)


def of_kind(centre: Centre, kind: str, place: str = CITY) -> list[Any]:
    column = tables.briefs.c
    with centre.services.store.read() as connection:
        return list(
            connection.execute(
                select(tables.briefs)
                .where((column.kind == kind) & (column.jurisdiction == place))
                .order_by(column.subject)
            )
        )


def answered(centre: Centre, order: dict[str, Any], resolved: bool, satisfied: bool) -> None:
    """Close an order with what its citizen said, as its platform does."""
    with centre.services.store.write() as connection:
        connection.execute(
            tables.matters.update()
            .where(tables.matters.c.id == order["id"])
            .values(closed_at=centre.now, resolved=resolved, satisfied=satisfied, stage="CLOSED")
        )


def busy_days(centre: Centre) -> None:
    """Two weeks with calls, orders of two kinds, a whistle, an instruction, and answers that get worse."""
    unit, other = centre.units(2)
    for back in range(14):
        for number in range(2 + back % 3):
            order = centre.order(category="0203" if number else "0201", urgency=3)
            done(centre.dispatch(order, unit))
            if number:
                answered(centre, order, resolved=back < 9 or number > 1, satisfied=number > 1)
        call = {
            "source": "hotline",
            "channel": "phone",
            "origin_number": "12345",
            "category": "",
            "agent": "a",
        }
        call |= {"agent_state": "", "order_no": ""}
        with centre.services.store.write() as connection:
            connection.execute(
                insert(tables.calls),
                [
                    call | {"call_id": f"{back}", "kind": kind, "at": centre.now}
                    for kind in ("arrived", "answered")
                ],
            )
        centre.clock.advance(minutes=24 * 60)
    late = centre.order(urgency=1)
    whistle = done(centre.whistle(late, unit, other))
    done(centre.answer(whistle["id"], unit, "arrived"))
    told = service.Instruct(late["id"], "报原因", (other,), centre.now + HOUR_MS)
    done(centre.do(service.instruct, told, MAYOR))
    centre.wait(minutes=50)


def test_a_day_s_brief_is_made_at_eight_and_only_once(centre: Centre) -> None:
    centre.order()
    at(centre, "2026-11-24", 7, 59)
    assert look(centre) == []
    at(centre, "2026-11-24", 8)
    assert len(look(centre)) == 1
    (brief,) = of_kind(centre, "daily")
    assert (brief.subject, brief.made_at, brief.state) == ("2026-11-23", centre.now, "draft")
    assert brief.title == "日照市社会治理日报 2026-11-23"
    assert look(centre) == []
    at(centre, "2026-11-24", 23)
    assert look(centre) == []


def test_what_was_slept_over_is_made_at_the_next_look_and_a_leader_s_place_has_its_own(
    centre: Centre,
) -> None:
    centre.order()
    account = {
        "id": "a1", "name": "leader", "display_name": "赵", "role": "leader", "jurisdiction": DONGGANG,
        "password_hash": "", "created_at": centre.now,
    }  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.accounts), account)
    at(
        centre, "2026-12-01", 9
    )  # a Tuesday, the first: two days of weekend, a Monday and the month's end slept over
    look(centre)
    days = [f"2026-11-{day}" for day in range(24, 31)]
    assert [one.subject for one in of_kind(centre, "daily")] == days
    assert [one.subject for one in of_kind(centre, "weekly")] == ["2026-W48"]
    assert [one.subject for one in of_kind(centre, "monthly")] == ["2026-11"]
    assert len(of_kind(centre, "daily", DONGGANG)) == len(days)
    assert look(centre) == []


def test_every_number_of_every_sentence_is_what_its_query_answers(centre: Centre) -> None:
    busy_days(centre)
    asked = checked_numbers(centre, look(centre))
    at(centre, "2026-12-08", 8)
    asked |= checked_numbers(centre, look(centre))
    assert asked >= {"orders_opened", "orders_closed", "category_orders", "missed_ends", "red_cards", "calls"}
    assert asked >= {"rates", "whistles", "instructions", "rates_by_week"}


def checked_numbers(centre: Centre, made: list[str]) -> set[str]:
    """Ask the query of every number of briefs that were made now again; returns the queries' names."""
    asked: set[str] = set()
    for brief in made:
        found = service.read_brief(centre.services, MAYOR, brief)
        assert isinstance(found, dict)
        for sentence in found["sentences"]:
            assert "unlinked" not in [one["state"] for one in sentence["parts"]], sentence["text"]
            shown = [one["text"] for one in sentence["parts"] if one["state"] == "query"]
            assert shown == [one["shown"] for one in sentence["numbers"]], sentence["text"]
            for place, number in enumerate(sentence["numbers"]):
                again = service.brief_number(centre.services, MAYOR, brief, sentence["id"], place)
                assert isinstance(again, dict)
                assert again["now"] == again["value"], (sentence["text"], number)
                assert float(number["shown"].replace(",", "")) == again["now"]
                assert all(len(row) == len(again["columns"]) for row in again["rows"])
                asked.add(again["query"])
        for place, chart in enumerate(found["charts"]):
            again = service.brief_number(centre.services, MAYOR, brief, "charts", place)
            assert isinstance(again, dict)
            assert again["now"] == again["value"] == [one["values"] for one in chart["series"]]
            assert again["rows"] and len(again["rows"][0]) == len(again["columns"])
            asked.add(again["query"])
    return asked


def test_a_number_s_rows_are_as_many_as_it_says_and_no_number_of_a_person_is_in_them(centre: Centre) -> None:
    for _ in range(3):
        centre.order(title="请打 13812345678")
    at(centre, "2026-11-24", 8)
    (brief,) = look(centre)
    found = service.read_brief(centre.services, MAYOR, brief)
    assert isinstance(found, dict)
    topic = next(one for one in found["sentences"] if one["numbers"][0]["query"] == "category_orders")
    again = service.brief_number(centre.services, MAYOR, brief, topic["id"], 0)
    assert isinstance(again, dict)
    assert (again["now"], len(again["rows"])) == (3, 3)
    assert "13812345678" not in json.dumps(again) and "138****5678" in json.dumps(again)


def edited(centre: Centre, brief: str, version: int, **changed: str) -> service.Outcome:
    found = service.read_brief(centre.services, MAYOR, brief)
    assert isinstance(found, dict)
    sentences = tuple((one["id"], changed.pop(one["id"], one["text"])) for one in found["sentences"])
    sentences += tuple(changed.items())
    return centre.do(service.edit_brief, service.EditBrief(brief, version, sentences))


def test_an_edited_number_that_is_no_query_s_answer_is_marked_and_the_made_text_stays(centre: Centre) -> None:
    centre.order()
    at(centre, "2026-11-24", 8)
    (brief,) = look(centre)
    made = service.read_brief(centre.services, MAYOR, brief)
    assert isinstance(made, dict)
    first = made["sentences"][0]
    assert first["text"] == "周一受理 1 件。"
    value = done(
        edited(
            centre, brief, 1, **{"lead-1": "周一受理 2 件，另有 3 件口头反映。", "new-1": "请 5 家单位注意。"}
        )
    )
    assert value == {"version": 2, "unlinked": 3}
    found = service.read_brief(centre.services, MAYOR, brief)
    assert isinstance(found, dict)
    sentence = found["sentences"][0]
    assert (sentence["generated"], sentence["text"][:8]) == (first["text"], "周一受理 2 件")
    assert [one["text"] for one in sentence["parts"] if one["state"] == "unlinked"] == ["2", "3"]
    assert found["sentences"][-1]["section"] == "added"
    back = done(edited(centre, brief, 2, **{"lead-1": "周一一共受理 1 件。", "new-1": ""}))
    assert back == {"version": 3, "unlinked": 0}
    assert [one["version"] for one in service.read_brief(centre.services, MAYOR, brief)["versions"]] == [
        1,
        2,
        3,
    ]  # type: ignore[call-overload,index]
    old = service.read_brief(centre.services, MAYOR, brief, 2)
    assert isinstance(old, dict) and old["shown_version"] == 2
    assert refusal(edited(centre, brief, 1, **{"lead-1": "改"})) == "brief_moved_on"
    assert refusal(edited(centre, brief, 3)) == "brief_unchanged"


def test_an_approved_brief_is_frozen_and_its_digest_is_in_the_chain(centre: Centre) -> None:
    centre.order()
    at(centre, "2026-11-24", 8)
    (brief,) = look(centre)
    request = service.ApproveBrief(brief, 1)
    assert refusal(centre.do(service.approve_brief, request)) == "no_right"
    assert (
        refusal(centre.do(service.approve_brief, service.ApproveBrief(brief, 2), MAYOR)) == "brief_moved_on"
    )
    elsewhere = officer("leader", LANSHAN)
    assert refusal(centre.do(service.approve_brief, request, elsewhere)) == "no_such_brief"
    digest = done(centre.do(service.approve_brief, request, MAYOR))["digest"]
    found = service.read_brief(centre.services, MAYOR, brief)
    assert isinstance(found, dict)
    assert (found["state"], found["approved_by"], found["digest"]) == ("approved", "李**", digest)
    assert refusal(edited(centre, brief, 1, **{"lead-1": "改"})) == "brief_approved"
    assert refusal(centre.do(service.approve_brief, request, MAYOR)) == "brief_approved"
    with centre.services.store.read() as connection:
        column = tables.audit.c
        kept = connection.execute(
            select(column.detail).where(column.act == "approve_brief", column.result == "done")
        )
        assert digest in kept.scalar_one()
        row = connection.execute(select(tables.briefs).where(tables.briefs.c.id == brief)).one()
        version = tables.brief_versions.c
        sentences = json.loads(
            connection.execute(select(version.sentences).where(version.brief_id == brief)).scalar_one()
        )
    assert digest_of(row._mapping, sentences, MAYOR.id, row.approved_at) == digest
    sentences[0]["text"] += "改"
    assert digest_of(row._mapping, sentences, MAYOR.id, row.approved_at) != digest


def test_a_special_brief_is_about_a_matter_or_a_surge(centre: Centre) -> None:
    matter = centre.order(title="热力爆管", urgency=1)
    unit, other = centre.units(2)
    whistle = done(centre.whistle(matter, unit, other))
    done(centre.answer(whistle["id"], unit, "arrived"))

    def make(request: service.MakeBrief, actor: Principal | None = None) -> service.Outcome:
        return centre.do(service.make_brief, request, actor, say=text)

    made = done(make(service.MakeBrief(matter_id=matter["id"])))["id"]
    found = service.read_brief(centre.services, centre.officer, made)
    assert isinstance(found, dict)
    words = "".join(one["text"] for one in found["sentences"])
    assert "热力爆管" in words and "召集 2 方，已到场 1 方" in words
    assert all(part["state"] != "unlinked" for one in found["sentences"] for part in one["parts"])
    assert refusal(make(service.MakeBrief(matter_id=matter["id"]))) == "brief_known"
    there = officer(jurisdiction=LANSHAN)
    assert refusal(make(service.MakeBrief(matter_id=matter["id"]), there)) == "no_such_matter"
    surge = service.MakeBrief(category="0203", from_at=centre.now - HOUR_MS, until_at=centre.now + 1)
    found = service.read_brief(centre.services, centre.officer, done(make(surge))["id"])
    assert isinstance(found, dict)
    assert [one["shown"] for one in found["sentences"][0]["numbers"]] == ["1"]
    assert refusal(make(service.MakeBrief(category="0203"))) == "brief_subject"
    assert refusal(make(surge, MAYOR)) == "no_right"


def test_a_special_brief_is_composed_while_others_act_and_kept_once(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.order()
    surge = service.MakeBrief(category="0203", from_at=centre.now - HOUR_MS, until_at=centre.now + 1)
    made: list[str] = []
    compose = making.compose_surge

    def slow(*given: Any) -> Any:
        monkeypatch.setattr(making, "compose_surge", compose)
        assert not centre.services.store._turn.locked()
        made.append(done(centre.do(service.make_brief, surge, say=text, idempotency_key="quicker"))["id"])
        return compose(*given)

    monkeypatch.setattr(making, "compose_surge", slow)
    assert refusal(centre.do(service.make_brief, surge, say=text)) == "brief_known"
    assert [one.id for one in of_kind(centre, "special")] == made
    again = centre.do(service.make_brief, surge, say=text, idempotency_key="quicker")
    assert done(again)["id"] == made[0]  # the same key is told the same
    with centre.services.store.read() as connection:
        results = connection.execute(
            select(tables.audit.c.result).where(tables.audit.c.act == "make_brief").order_by(tables.audit.c.n)
        ).scalars()
        assert list(results) == ["done", "brief_known"]


def test_one_brief_that_fails_does_not_hold_the_others_up(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.order()
    at(centre, "2026-11-26", 8)
    compose = making.compose

    def faulty(asking: Asking, period: Any, say: Any) -> Any:
        if period.subject == "2026-11-23":
            raise KeyError("a row of another release")
        return compose(asking, period, say)

    with monkeypatch.context() as patched:
        patched.setattr(making, "compose", faulty)
        assert len(look(centre)) == 2
    assert [one.subject for one in of_kind(centre, "daily")] == ["2026-11-24", "2026-11-25"]
    look(centre)
    assert [one.subject for one in of_kind(centre, "daily")] == ["2026-11-23", "2026-11-24", "2026-11-25"]


async def test_the_keeper_outlives_any_fault(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    centre.order()
    at(centre, "2026-11-24", 8)
    counted = asyncio.Event()

    async def fail(*_: Any) -> int:
        if of_kind(centre, "daily"):
            counted.set()  # the second look, after a first that failed and yet made the brief
        raise KeyError("a row of another release")

    monkeypatch.setattr(briefs_keeper, "count_days", fail)
    monkeypatch.setattr(briefs_keeper, "LOOK_S", 0.0)
    keeping = asyncio.create_task(briefs_keeper.run(centre.services, centre.clock, text))
    try:
        await counted.wait()
        assert not keeping.done()
    finally:
        await end_tasks([keeping])


def test_the_rows_beneath_a_number_are_fetched_in_pieces_and_no_further_than_shown(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        centre.order()
    monkeypatch.setattr(asking_room, "MOST_ROWS", 3)
    monkeypatch.setattr(asking_room, "PIECE_ROWS", 2)
    cursors: list[Any] = []

    def note(_connection: Any, cursor: Any, *_: Any) -> None:
        cursors.append(cursor)

    with centre.services.store.read() as connection:
        event.listen(connection, "after_cursor_execute", note)
        asking = Asking(centre.services, connection, CITY)
        assert len(asking.matter_rows(tables.matters.c.kind == "order")) == 3
        if not centre.services.store.is_sqlite:
            assert [type(one).__name__ for one in cursors] == ["ServerCursor"]  # the rows stay at the server
        assert len(asking.rows(select(tables.matters.c.scope))) == 5
        assert asking.count(tables.matters.c.scope, tables.matters.c.kind == "order") == 5


def test_a_township_s_brief_says_whose_rates_it_tells(centre: Centre) -> None:
    answered(centre, centre.order(), resolved=True, satisfied=True)
    at(centre, "2026-11-24", 8)
    look(centre)
    divisions = centre.services.pack.divisions
    township = next(
        one.code for one in divisions.at_level("township") if divisions.region_of(one.code) == DONGGANG
    )
    (period,) = [one for one in due(centre) if one.kind == "daily"][-1:]
    with centre.services.store.read() as connection:
        said = {
            place: compose(Asking(centre.services, connection, place), period, text)
            for place in (CITY, DONGGANG, township)
        }
    for place, content in said.items():
        told = [one.text for one in content["sentences"] if one.section == "rates"]
        assert told and all(one.startswith("所在东港区") for one in told) is (place == township), place
        assert content["charts"][1]["title"].startswith("所在东港区") is (place == township), place


def due(centre: Centre) -> list[BriefPeriod]:
    calendar = centre.services.calendar
    return list(due_periods(calendar.local_date(centre.now), centre.now, calendar.midnight_at))


def test_the_list_goes_by_day_the_own_place_first_and_pages_on_without_a_gap(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    with centre.services.store.write() as connection:
        for day in range(1, 6):
            for place in (DONGGANG, LANSHAN, CITY):
                span, content = (day * DAY_MS, (day + 1) * DAY_MS), {"sentences": [], "charts": []}
                named = f"{day} {place}"
                making.keep(connection, "daily", place, str(day), span, named, content, MAYOR, centre.now)
    monkeypatch.setattr(reading, "LISTED", 4)  # in the middle of a day's briefs
    shown: list[str] = []
    before: int | None = None
    for is_last in (False, False, True):
        found = service.brief_list(centre.services, MAYOR, "daily", before)
        assert isinstance(found, dict) and found["further"] is not is_last
        shown += [one["title"] for one in found["rows"]]
        before = found["rows"][-1]["until_at"]
    assert shown == [f"{day} {place}" for day in (5, 4, 3, 2, 1) for place in (CITY, DONGGANG, LANSHAN)]


def test_a_county_reads_its_own_and_a_liaison_none(centre: Centre) -> None:
    centre.order()
    at(centre, "2026-11-24", 8)
    look(centre)
    city = service.brief_list(centre.services, MAYOR)
    assert isinstance(city, dict) and len(city["rows"]) == 1
    county = service.brief_list(centre.services, officer("leader", DONGGANG))
    assert isinstance(county, dict) and county["rows"] == []
    brief = city["rows"][0]["id"]
    assert (
        refusal(service.read_brief(centre.services, officer(jurisdiction=DONGGANG), brief)) == "no_such_brief"
    )  # type: ignore[arg-type]
    liaison = officer("unit_liaison", unit=centre.units(1)[0])
    assert refusal(service.brief_list(centre.services, liaison)) == "no_right"  # type: ignore[arg-type]
    assert refusal(service.take_brief(centre.services, liaison, brief, "pdf", centre.now)) == "no_right"
    value = done(service.take_brief(centre.services, MAYOR, brief, "pdf", centre.now))
    assert value["mark"]["name"] == "李**" and value["n"] > 0


@pytest.mark.parametrize("query", sorted(QUERIES))
def test_a_query_has_no_number_where_there_is_nothing(centre: Centre, query: str) -> None:
    params = {
        "from_at": centre.now, "until_at": centre.now + HOUR_MS, "before_from_at": 0, "before_until_at": 1,
        "category": "0203", "township": "371102001", "matter_id": "none", "region": DONGGANG, "rate": "resolved",
        "first_day": "2026-11-01", "end_day": "2026-11-02", "before_day": "2026-10-01", "before_end": "2026-10-02",
        "monday": "2026-11-23", "weeks": 4,
    }  # fmt: skip
    with centre.services.store.read() as connection:
        answer = ask(Asking(centre.services, connection, CITY), query, params)
    assert {value for value in answer.fields.values() if value} == set()


def test_the_targets_of_a_brief_s_chart_are_those_of_the_screens() -> None:
    written = (PROJECT_ROOT / "assets" / "wall" / "rate_targets.mjs").read_text(encoding="utf-8")
    shown = {
        name: float(target) * 100 for name, target in re.findall(r'key: "(\w+)", target: ([\d.]+)', written)
    }
    assert shown == TARGETS
