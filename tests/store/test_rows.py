"""Old rows and the rows of the log make the fresh rows: for every kind of event there is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from dashboard import service
from dashboard.citypack import CityPack
from dashboard.domain.principal import Principal
from dashboard.service import EventReport, RosterWorker, Services
from dashboard.store import event_log
from dashboard.store.store import Store
from layouts.catalogue import text
from tests.conftest import PROJECT_ROOT
from tests.store import (
    test_arrival,
    test_districts,
    test_merging,
    test_receivers_changed,
    test_walls,
    test_whistle_whole,
)
from tests.store.centre import DONGGANG, MINUTE_MS, RONGAN, SECRET, Centre, done, officer
from tests.store.room_morning import confer
from tests.store.shift_morning import hand_over
from tests.store.telling_morning import tell

REPLY = {
    "request_true": True, "contacted": True, "contacted_at": 1, "resolved": True, "handling": "已修好",
    "public_reply": "已修好",
}  # fmt: skip


def loop_of(centre: Centre, matter_id: str) -> service.Loop:
    loop = service.matter_loop(centre.services, centre.leader, matter_id, centre.now)
    assert isinstance(loop, service.Loop)
    return loop


def folded_asks(entries: list[event_log.Entry]) -> dict[str, Any]:
    """What waits for somebody's ruling, on a screen that has seen every entry."""
    asks: dict[str, Any] = {}
    for entry in entries:
        asks |= {row["id"]: row for row in entry.rows.get("asks", [])}
        for ask_id in entry.rows["gone"].get("asks", []):
            asks.pop(ask_id, None)
    return asks


def folded(entries: list[event_log.Entry]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a screen holds that has seen every entry: the last row per id."""
    matters: dict[str, Any] = {}
    commands: dict[str, Any] = {}
    for entry in entries:
        matters |= {row["id"]: row for row in entry.rows["matters"]}
        commands |= {row["id"]: row for row in entry.rows["commands"]}
        for matter_id in entry.rows["gone"]["matters"]:
            matters.pop(matter_id, None)
        for command_id in entry.rows["gone"]["commands"]:
            commands.pop(command_id, None)
    return matters, commands


def check(centre: Centre) -> None:
    fresh = service.snapshot(centre.services)
    matters, commands = folded(centre.log())
    assert matters == json.loads(json.dumps({row["id"]: row for row in fresh.matters}))
    assert commands == json.loads(json.dumps({row["id"]: row for row in fresh.commands}))
    assert folded_asks(centre.log()) == json.loads(json.dumps({row["id"]: row for row in fresh.asks}))
    assert [entry.seq for entry in centre.log()] == list(range(1, fresh.seq + 1))


def a_long_morning(centre: Centre) -> None:
    """Everything that can happen to matters, once; after each act the folded rows are compared with fresh ones."""

    def act(function: Any, request: Any, actor: Any = None, **more: Any) -> Any:
        value = done(centre.do(function, request, actor, **more))
        check(centre)
        return value

    def step(matter_id: str, to: str, **fields: Any) -> None:
        act(service.advance, service.Advance(matter_id, to, fields), centre.leader, expected_version=None)

    lead, assist, third = centre.units(3)
    gas = centre.order(urgency=1, title="燃气异味")
    check(centre)
    row = done(centre.dispatch(gas, lead, assist))
    check(centre)
    word = service.Instruct(gas["id"], "请主要负责人到场", (lead, third), centre.now + 5 * MINUTE_MS)
    act(service.instruct, word, officer("leader"))
    for stage in ("delivered", "read", "accepted", "en_route", "arrived"):
        centre.clock.advance(seconds=20)
        done(centre.answer(row["id"], lead, stage, eta_at=centre.now + 1, lon=119.5, lat=35.4))
        check(centre)
    done(centre.answer(row["id"], lead, "arrived", lon=119.51, lat=35.41))
    done(centre.answer(row["id"], assist, "declined", reason="不归我们"))
    check(centre)
    whistle = done(centre.whistle(centre.matter(gas["id"]), lead, third, agenda=("关阀", "疏散")))
    check(centre)
    centre.wait(minutes=52)
    check(centre)
    act(service.acknowledge, service.Acknowledge(gas["id"]))
    done(centre.answer(whistle["id"], lead, "arrived"))
    done(centre.answer(whistle["id"], third, "arrived"))
    check(centre)
    centre.do(service.request_leave, service.RequestLeave(whistle["id"], lead))
    check(centre)
    act(service.record_decision, service.RecordDecision(whistle["id"], 1, "已关", "燃气公司"))
    act(
        service.raise_to_consultation,
        service.RaiseToConsultation(whistle["id"], "李**", centre.now + 60 * MINUTE_MS),
    )
    act(service.request_leave, service.RequestLeave(whistle["id"], third))
    act(service.record_decision, service.RecordDecision(whistle["id"], 2, "已疏散", "街道"))
    act(service.request_leave, service.RequestLeave(whistle["id"], lead))
    act(service.urge, service.Urge(gas["id"]))
    act(service.supervise, service.Supervise(gas["id"], "限今日办结"), centre.leader)
    act(service.set_urgency, service.SetUrgency(gas["id"], 2, "险情解除"), expected_version=None)
    act(service.note, service.Note(gas["id"], "记一笔"))
    act(service.reveal_citizen, service.RevealCitizen(gas["id"], "回访"))
    clock = centre.armed(gas["id"])[0]
    act(service.stop_deadline, service.StopDeadline(clock.id, "已电话联系"), centre.leader)
    feedback = next(one for one in centre.armed(gas["id"]) if one.purpose == "feedback")
    later = service.ExtendDeadline(
        feedback.id, max(feedback.objective_at, centre.now) + 60 * MINUTE_MS, "待料"
    )
    act(service.extend_deadline, later, centre.leader)
    second = done(centre.dispatch(centre.matter(gas["id"]), third))
    act(service.recall, service.Recall(second["id"], "派错"))
    third_command = done(centre.dispatch(centre.matter(gas["id"]), third))
    step(gas["id"], "REPLIED", **REPLY)
    step(gas["id"], "TO_CALLBACK")
    order = next(one for one in loop_of(centre, gas["id"]).supervisions if one["level"] == "order")
    act(service.answer_supervision, service.AnswerSupervision(gas["id"], order["id"], "已整改"))
    called = service.RecordCallback(gas["id"], "answered", resolved=True, satisfaction="satisfied")
    act(service.record_callback, called)
    act(service.close_matter, service.CloseMatter(gas["id"], {}), expected_version=None)
    assert third_command["id"] not in folded(centre.log())[1]

    about = service.RegisterDispute("邻里漏水", "2201", "李小明", "王小红", "楼上漏水", division=DONGGANG)
    act(service.register_dispute, about)
    centre.order(status="HANDLING", urgency=1, unit=lead, dispatched_at=centre.now - 119 * MINUTE_MS)
    centre.wait(minutes=2)
    check(centre)

    moved = centre.order()
    act(service.transfer, service.Transfer(moved["id"], assist, "归口办理"), expected_version=None)
    step(moved["id"], "RETURN_REQUESTED", reason="不属职责")
    step(moved["id"], "TO_DISPATCH", reason="同意退单")

    carrier = centre.reading()
    centre.take(carrier)
    small = centre.reading(status="TO_SIGN", dispatched_at=centre.now, unit=lead)
    centre.take(small)
    check(centre)
    same = {
        "order_no": small.order_no,
        "opened_at": small.opened_at,
        "unit": lead,
        "dispatched_at": small.dispatched_at,
    }
    centre.take(centre.reading(**same, status="HANDLING", signed_at=centre.now))
    centre.take(centre.reading(**same, status="HANDLING", signed_at=centre.now, place="楼下", returned=1))
    check(centre)
    centre.take(centre.reading(**same, status="HANDLING", merged_into=carrier.order_no))
    check(centre)
    assert centre.row_of(carrier.order_no)["merged"] == 2
    centre.take(centre.reading(**same, status="REDO"))
    check(centre)
    shown = centre.row_of(small.order_no)
    held = done(centre.whistle(shown, assist))
    centre.take(centre.reading(**same, status="CLOSED", closed_at=centre.now))
    check(centre)
    act(service.record_decision, service.RecordDecision(held["id"], 1, "定", "甲"))
    event = centre.event(status="ASSIGNED", unit=lead, assigned_at=centre.now)
    done(centre.dispatch(event, lead))
    check(centre)
    tell(centre)
    check(centre)
    confer(centre, act)
    hand_over(centre, check)


def calls_for_help(centre: Centre) -> None:
    """A worker in the field: an event written down without network, a call for help and a second one."""
    divisions = centre.pack.divisions
    grid = divisions.children(RONGAN)[0]
    here = divisions.get(grid)
    worker = RosterWorker(
        slot=0, worker_id="W-1", name="刘强", grid=grid, township=divisions.township_of(grid) or "",
        region=divisions.region_of(grid) or "", assessed=True, skills=(), device_id="D-1", key_generation=1,
    )  # fmt: skip
    done(service.import_roster(centre.services, officer("sysadmin"), [worker], centre.now))
    actor = Principal("acc-1", "刘强", "officer", "grid_worker", RONGAN, worker="W-1")
    said_at = centre.now
    centre.clock.advance(minutes=40)
    event = EventReport("2104", "下陷", "self", lon=here.lon, lat=here.lat, said_at=said_at)
    done(service.report_event(centre.services, actor, event, now=centre.now, idempotency_key=centre.key()))
    for moved in (0.0, 0.001):
        request = service.CallForHelp(here.lon + moved, here.lat, 12)
        done(
            service.call_for_help(
                centre.services, actor, request, now=centre.now, idempotency_key=centre.key()
            )
        )


def decisions_left_behind(centre: Centre) -> None:
    """The source closes a matter over a decision that nobody has said is done."""
    (unit,) = centre.units(1)
    reading = centre.reading(status="HANDLING", unit=unit, dispatched_at=centre.now)
    centre.take(reading)
    row = done(centre.whistle(centre.row_of(reading.order_no), unit))
    done(centre.answer(row["id"], unit, "arrived"))
    due_at = centre.now + 60 * MINUTE_MS
    decided = service.RecordDecision(row["id"], 1, "已定", "石臼街道", due_at=due_at)
    done(centre.do(service.record_decision, decided))
    done(centre.do(service.request_leave, service.RequestLeave(row["id"], unit)))
    centre.take(
        centre.reading(
            order_no=reading.order_no, opened_at=reading.opened_at, status="CLOSED", closed_at=centre.now
        )
    )


def a_wording_and_its_end(centre: Centre) -> None:
    """What agents are to say, changed once and ended."""
    given = done(centre.do(service.give_wording, service.GiveWording("停暖：管网抢修中。")))
    done(centre.do(service.revise_wording, service.ReviseWording(given["id"], "已恢复供暖。", 1)))
    done(centre.do(service.end_wording, service.EndWording(given["id"], "已恢复")))


def a_finding_of_a_replay(centre: Centre) -> None:
    """What a duty leader found in what became of a matter."""
    finding = service.KeepFinding(centre.order()["id"], "到位", "值守电话占线", "设第二值守号")
    done(centre.do(service.keep_finding, finding, officer("duty_leader")))


SCENARIOS: Final[tuple[Callable[..., None], ...]] = (
    a_long_morning,
    test_walls.test_each_act_on_a_wall_stands_in_the_log_and_in_the_audit,
    test_whistle_whole.test_five_units_are_called_one_is_late_one_refuses_and_all_is_told,
    test_whistle_whole.test_a_decision_is_followed_by_a_clock_until_it_is_done,
    test_whistle_whole.test_a_matter_is_not_ended_by_its_source_while_decided_units_are_on_site,
    test_receivers_changed.test_a_receiver_added_later_has_its_own_time_from_then,
    test_receivers_changed.test_reassigning_the_lead_hands_the_matter_on_and_keeps_its_clock,
    test_receivers_changed.test_one_receiver_is_taken_back_and_does_not_hold_the_command_open,
    test_arrival.test_an_arrival_from_afar_is_a_claim_and_the_clock_runs_on,
    test_arrival.test_the_register_says_who_came_and_a_colleague_may_take_over,
    test_districts.test_the_other_side_may_read_what_is_proposed_masked_and_do_nothing_to_it,
    test_districts.test_an_accepted_move_takes_the_matter_over_and_no_clock_begins_anew,
    test_districts.test_a_declined_move_is_overridden_by_the_city_with_a_reason,
    test_districts.test_a_shared_matter_is_seen_by_both_and_lets_each_order_the_others_units,
    test_merging.test_thirty_one_calls_are_merged_in_one_act_and_one_is_taken_out_again,
    test_merging.test_a_rejected_merge_is_not_proposed_again,
    test_merging.test_the_source_cannot_close_a_carrier_over_citizens_who_wait,
    calls_for_help,
    decisions_left_behind,
    a_wording_and_its_end,
    a_finding_of_a_replay,
)
"""What happens in a centre, told by the tests of each part; together they cause every kind of event."""


@pytest.fixture
def centres(pack: CityPack, migrated_file: Path, tmp_path: Path) -> Iterator[Callable[[], Centre]]:
    """Make a fresh, empty centre each time it is called."""
    stores: list[Store] = []

    def make() -> Centre:
        file = tmp_path / f"{len(stores)}.sqlite3"
        shutil.copy(migrated_file, file)
        stores.append(Store(f"sqlite:///{file}"))
        files = tmp_path / f"{len(stores)}.attachments"
        return Centre(Services(stores[-1], pack, secret=SECRET, attachments_dir=files))

    yield make
    for store in stores:
        store.close()


def test_every_kind_of_event_carries_the_rows_it_changed(centres: Callable[[], Centre]) -> None:
    seen: set[str] = set()
    for scenario in SCENARIOS:
        centre = centres()
        scenario(centre)
        check(centre)
        seen |= {entry.kind for entry in centre.log()}
    named = json.loads((PROJECT_ROOT / "assets/catalogue/log.json").read_text(encoding="utf-8"))
    assert sorted({key.removeprefix("log.") for key in named} ^ seen) == []


def test_every_event_reads_as_a_sentence_in_both_languages(centre: Centre) -> None:
    a_long_morning(centre)
    for entry in centre.log():
        for language in ("zh", "en"):
            assert text(f"log.{entry.kind}", language, **entry.params)


def test_a_snapshot_is_one_consistent_moment(centre: Centre) -> None:
    centre.order()
    fresh = service.snapshot(centre.services)
    assert fresh.seq == centre.seq()
    assert fresh.epoch == centre.services.store.epoch()
    assert fresh.log[0]["seq"] == fresh.seq
    assert "rows" not in fresh.log[0]
    assert "actor" not in fresh.log[0]


def test_a_shared_matter_disappears_for_nobody_when_somebody_else_looks(centre: Centre) -> None:
    centre.order()
    assert len(service.queue(centre.services, officer("leader"), centre.now)) == 1
