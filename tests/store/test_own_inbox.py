"""What a unit's liaison and a grid worker find waiting, and that they find nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, update

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import OwnInbox, Refused
from dashboard.store import tables
from tests.store.centre import DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal

WORKER = "w-0001"


def liaison(unit: str) -> Principal:
    return officer("unit_liaison", unit=unit, name="郑爱国")


def worker(worker_id: str = WORKER, jurisdiction: str = DONGGANG) -> Principal:
    return Principal(f"officer:{worker_id}", "刘强", "officer", "grid_worker", jurisdiction, worker=worker_id)


def enrol(centre: Centre, worker_id: str = WORKER, slot: int = 0) -> None:
    """Put one grid worker on the roster."""
    grid = next(one for one in centre.pack.divisions.at_level("grid"))
    row = {
        "slot": slot, "worker_id": worker_id, "name": "刘强", "grid": grid.code, "township": grid.code[:9],
        "region": DONGGANG, "assessed": True, "device_id": f"d-{worker_id}",
    }  # fmt: skip
    with centre.services.store.write() as connection:
        connection.execute(insert(tables.roster), row)


def inbox(centre: Centre, actor: Principal) -> OwnInbox:
    return service.own_inbox(centre.services, actor, centre.now)


def acts(row: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["act"], one["to"]) for one in row["next"]]


def give_in_charge(centre: Centre, matter_id: str, worker_id: str) -> None:
    with centre.services.store.write() as connection:
        connection.execute(
            update(tables.matters).where(tables.matters.c.id == matter_id).values(worker=worker_id)
        )


def test_a_unit_finds_its_matters_by_clock_with_what_can_be_done_next(centre: Centre) -> None:
    mine, other = centre.units(2)
    slow, fast, foreign = centre.order(urgency=3), centre.order(urgency=1), centre.order()
    for matter, unit in ((slow, mine), (fast, mine), (foreign, other)):
        done(centre.dispatch(matter, unit))
    found = inbox(centre, liaison(mine))
    assert found.seq == centre.seq()
    assert [row["id"] for row in found.matters] == [fast["id"], slow["id"]]
    assert ("sign", "HANDLING") in acts(found.matters[0])
    returning = next(one for one in found.matters[0]["next"] if one["act"] == "return")
    assert "reason" in returning["required"]
    assert {row["matter_id"] for row in found.commands} == {fast["id"], slow["id"]}


def test_a_unit_waiting_for_the_centre_has_nothing_to_do_and_stands_last(centre: Centre) -> None:
    unit = centre.units(1)[0]
    returned, signed = centre.order(urgency=1), centre.order(urgency=3)
    for matter in (returned, signed):
        done(centre.dispatch(matter, unit))
    step = service.Advance(returned["id"], "RETURN_REQUESTED", {"reason": "不属本单位职责"})
    done(centre.do(service.advance, step, liaison(unit), expected_version=None))
    found = inbox(centre, liaison(unit))
    assert [(row["id"], row["waiting"]) for row in found.matters] == [
        (signed["id"], False),
        (returned["id"], True),
    ]
    assert found.matters[1]["next"] == []


def test_an_order_offers_the_next_answers_of_where_it_stands(centre: Centre) -> None:
    unit = centre.units(1)[0]
    command = done(centre.dispatch(centre.order(), unit))

    def offered() -> list[str]:
        return [one["to"] for one in inbox(centre, liaison(unit)).commands[0]["next"]]

    assert offered() == ["accepted", "declined"]
    for stage, then in (
        ("accepted", ["en_route", "arrived", "done", "declined"]),
        ("en_route", ["arrived", "done", "declined"]),
    ):
        done(centre.answer(command["id"], unit, stage, liaison(unit)))
        assert offered() == then


def test_a_whistle_says_why_nobody_may_leave_before_the_decision(centre: Centre) -> None:
    unit = centre.units(1)[0]
    command = done(centre.whistle(centre.order(), unit, agenda=("谁来关阀",)))
    row = inbox(centre, liaison(unit)).commands[0]
    assert row["due_at"] == command["receivers"][0]["due_at"]
    assert [one["question"] for one in row["agenda"]] == ["谁来关阀"]
    # A duty officer vouches by phone: how an arrival is proven is the command's business.
    done(centre.answer(command["id"], unit, "arrived"))
    row = inbox(centre, liaison(unit)).commands[0]
    if row["mine"]["stage"] == "arrived":
        assert (row["next"], row["due_at"], row["leave"]["code"]) == ([], None, "whistle_undecided")
        done(
            centre.do(
                service.record_decision, service.RecordDecision(command["id"], 1, "立即关阀", "热力公司")
            )
        )
        row = inbox(centre, liaison(unit)).commands[0]
        assert acts(row) == [("request_leave", "left")]
        assert row["leave"] is None


def test_a_recalled_order_is_still_shown_for_a_shift_with_nothing_to_do(centre: Centre) -> None:
    unit = centre.units(1)[0]
    command = done(centre.dispatch(centre.order(), unit))
    done(centre.do(service.recall, service.Recall(command["id"], "派错")))
    row = inbox(centre, liaison(unit)).commands[0]
    assert (row["state"], row["next"], row["due_at"]) == ("recalled", [], None)
    centre.clock.advance(hours=9)
    assert inbox(centre, liaison(unit)).commands == []


def test_a_grid_worker_sees_and_answers_only_for_itself(centre: Centre) -> None:
    enrol(centre)
    enrol(centre, "w-0002", 1)
    matter, unseen = centre.order(), centre.order()
    order = service.Dispatch(matter["id"], (service.ReceiverOrder("worker", WORKER, "assist"),), "入户查看")
    command = done(centre.do(service.dispatch, order, expected_version=None))
    assert [row["id"] for row in inbox(centre, worker()).commands] == [command["id"]]
    assert inbox(centre, worker("w-0002")).commands == []
    assert [row["id"] for row in service.queue(centre.services, worker(), centre.now)] == [matter["id"]]
    assert (
        refusal(service.own_matter(centre.services, worker("w-0002"), matter["id"], centre.now))
        == "no_such_matter"
    )
    assert (
        refusal(service.own_matter(centre.services, worker(), unseen["id"], centre.now)) == "no_such_matter"
    )
    assert refusal(centre.answer(command["id"], WORKER, "accepted", worker("w-0002"))) == "no_such_command"
    done(centre.answer(command["id"], WORKER, "accepted", worker()))
    assert refusal(centre.do(service.dispatch, order, worker(), expected_version=None)) == "no_right"


def test_an_order_reaches_a_grid_worker_wherever_its_matter_lies(centre: Centre) -> None:
    enrol(centre)
    matter = centre.order()
    order = service.Dispatch(matter["id"], (service.ReceiverOrder("worker", WORKER),), "入户查看")
    done(centre.do(service.dispatch, order, expected_version=None))
    assert [row["matter_id"] for row in inbox(centre, worker(jurisdiction=LANSHAN)).commands] == [
        matter["id"]
    ]


def test_a_worker_in_charge_finds_the_matter_itself(centre: Centre) -> None:
    enrol(centre)
    event = centre.event()
    give_in_charge(centre, event["id"], WORKER)
    assert [row["id"] for row in inbox(centre, worker()).matters] == [event["id"]]
    assert inbox(centre, worker("w-0002")).matters == []
    step = service.Advance(event["id"], "VERIFYING", {})
    assert (
        refusal(centre.do(service.advance, step, worker("w-0002"), expected_version=None)) == "no_such_matter"
    )


def test_one_matter_shows_its_receiver_nothing_of_orders_to_others(centre: Centre) -> None:
    enrol(centre)
    mine, other = centre.units(2)
    matter = centre.order()
    done(centre.dispatch(matter, mine))
    done(centre.dispatch(centre.matter(matter["id"]), other, override_reason="协办"))
    order = service.Dispatch(matter["id"], (service.ReceiverOrder("worker", WORKER),), "入户查看")
    done(centre.do(service.dispatch, order, expected_version=None))
    seen = service.own_matter(centre.services, worker(), matter["id"], centre.now)
    assert not isinstance(seen, Refused)
    assert [row["mine"]["id"] for row in seen["commands"]] == [WORKER]
    assert (seen["is_handled_here"], seen["matter"]["next"]) == (False, [])
    assert seen["citizen"]["phone"] == "138****5678"
    assert "13812345678" not in repr(seen)
    of_others = {line["command_id"] for line in seen["timeline"]} - {None, seen["commands"][0]["id"]}
    assert of_others == set()


@pytest.mark.parametrize("role", ["duty_officer", "leader", "auditor", "sysadmin"])
def test_nobody_else_has_an_inbox_of_his_own(centre: Centre, role: str) -> None:
    done(centre.dispatch(centre.order(), centre.units(1)[0]))
    found = inbox(centre, officer(role))
    assert (found.matters, found.commands) == ([], [])


def test_what_a_device_said_earlier_is_kept_between_the_order_and_now(centre: Centre) -> None:
    unit = centre.units(1)[0]
    command = done(centre.dispatch(centre.order(), unit))
    issued_at = centre.now
    centre.clock.advance(minutes=12)
    said = {
        "accepted": issued_at + 5 * MINUTE_MS,
        "en_route": issued_at - MINUTE_MS,
        "done": centre.now + MINUTE_MS,
    }
    kept = []
    for stage, said_at in said.items():
        done(centre.answer(command["id"], unit, stage, liaison(unit), said_at=said_at, result="已办"))
        kept.append(inbox(centre, liaison(unit)).commands[0]["mine"]["said_at"])
    assert kept == [issued_at + 5 * MINUTE_MS, issued_at, centre.now]
    assert inbox(centre, liaison(unit)).commands[0]["mine"]["result"] == "已办"


def test_receivers_are_held_while_somebody_is_signed_in_for_them(centre: Centre) -> None:
    enrol(centre)
    unit = centre.units(1)[0]
    operator = Principal("operator", "", "system", "system", centre.services.city)
    people = (
        ("lly", "unit_liaison", unit, None),
        ("wgy", "grid_worker", None, WORKER),
        ("zby", "duty_officer", None, None),
    )
    for name, role, of_unit, of_worker in people:
        account = service.NewAccount(name, "某某", role, DONGGANG, of_unit, worker=of_worker)
        done(
            service.create_account(
                centre.services, operator, account, "a long password", centre.now, must_change=False
            )
        )

    def held() -> frozenset[str]:
        with centre.services.store.read() as connection:
            return service.held_receivers(connection, centre.now)

    assert held() == frozenset()
    opened = {
        name: done(service.sign_in(centre.services, name, "a long password", "10.0.0.1", centre.now))
        for name, *_ in people
    }
    assert held() == {unit, WORKER}
    assert opened["wgy"].principal.own_receiver == WORKER
    service.sign_out(centre.services, opened["lly"].token, centre.now)
    assert held() == {WORKER}
    centre.clock.advance(minutes=6)
    assert held() == frozenset()
    assert service.session(centre.services, opened["wgy"].token, centre.now) is not None
    assert held() == {WORKER}


def test_a_grid_workers_account_names_somebody_on_the_roster(centre: Centre) -> None:
    operator = Principal("operator", "", "system", "system", centre.services.city)
    for given, code in (({}, "worker_missing"), ({"worker": "nobody"}, "no_such_worker")):
        account = service.NewAccount("wgy", "某某", "grid_worker", DONGGANG, **given)
        made = service.create_account(
            centre.services, operator, account, "a long password", centre.now, must_change=False
        )
        assert refusal(made) == code


def test_a_gateway_is_told_which_receivers_answer_for_themselves(centre: Centre) -> None:
    unit, other = centre.units(2)
    operator = Principal("operator", "", "system", "system", centre.services.city)
    account = service.NewAccount("lly", "某某", "unit_liaison", centre.services.city, unit)
    done(
        service.create_account(
            centre.services, operator, account, "a long password", centre.now, must_change=False
        )
    )
    done(service.sign_in(centre.services, "lly", "a long password", "10.0.0.1", centre.now))
    done(centre.whistle(centre.order(), unit, other))
    gateway = Principal("g", "", "gateway", "gateway", centre.services.city)
    page = service.inbox(centre.services, gateway, 0, now=centre.now)
    assert (page.held, page.commands[0]["held"]) == ([unit], [unit])
    centre.clock.advance(minutes=6)
    assert service.inbox(centre.services, gateway, page.seq, now=centre.now).held == []


def test_a_device_without_network_knows_what_comes_after_each_answer(centre: Centre) -> None:
    unit = centre.units(1)[0]
    done(centre.dispatch(centre.order(), unit))
    ahead = inbox(centre, liaison(unit)).commands[0]["ahead"]
    assert {stage: [one["to"] for one in steps] for stage, steps in ahead.items()} == {
        "accepted": ["en_route", "arrived", "done", "declined"],
        "en_route": ["arrived", "done", "declined"],
        "arrived": ["done"],
        "done": [],
    }


def test_the_figures_of_a_unit_are_its_own(centre: Centre) -> None:
    unit, other = centre.units(2)
    late, mine, foreign = centre.order(urgency=1), centre.order(urgency=3), centre.order()
    for matter, handler in ((late, unit), (mine, unit), (foreign, other)):
        done(centre.dispatch(matter, handler))
    done(centre.whistle(centre.order(), unit, other))
    centre.clock.advance(minutes=90)
    found = service.own_statistics(centre.services, liaison(unit), centre.now)
    assert not isinstance(found, Refused)
    assert (found.matters.open, found.matters.overdue, found.matters.closed) == (2, 1, 0)
    assert (found.whistles.called, found.whistles.late, found.whistles.on_time) == (1, 1, 0)
    assert found.matters.sign_minutes is None
    done(
        centre.do(
            service.advance, service.Advance(mine["id"], "HANDLING"), liaison(unit), expected_version=None
        )
    )
    found = service.own_statistics(centre.services, liaison(unit), centre.now)
    assert not isinstance(found, Refused)
    assert found.matters.sign_minutes == 90.0
    assert refusal(service.own_statistics(centre.services, officer(), centre.now)) == "not_your_unit"


def test_what_wants_a_written_answer_is_counted_until_it_is_given(centre: Centre) -> None:
    unit = centre.units(1)[0]
    matter = centre.order()
    done(centre.dispatch(matter, unit))
    for _ in range(2):
        done(centre.do(service.supervise, service.Supervise(matter["id"], "今天答复进展"), centre.leader))
    [row] = inbox(centre, liaison(unit)).matters
    assert row["to_answer"] == 2
    found = service.own_matter(centre.services, liaison(unit), matter["id"], centre.now)
    assert not isinstance(found, Refused) and found["matter"]["to_answer"] == 2
    answer = service.AnswerSupervision(matter["id"], found["supervisions"][0]["id"], "下午四点前修好")
    done(centre.do(service.answer_supervision, answer, liaison(unit)))
    [row] = inbox(centre, liaison(unit)).matters
    assert row["to_answer"] == 1
