"""批示 and what `/leader` reads: by role and jurisdiction, once, with the receipts of the one order there is."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard import service
from dashboard.domain.principal import Principal
from dashboard.service import Refused
from tests.store.centre import CITY, DONGGANG, LANSHAN, MINUTE_MS, Centre, done, officer, refusal

HOUR_MS = 60 * MINUTE_MS
MAYOR = officer("leader", name="李为民")


def instruct(
    centre: Centre, matter: dict[str, Any], *units: str, actor: Principal = MAYOR, **more: Any
) -> service.Outcome:
    given = {"text": "请主要负责人一小时内电话说明", "due_at": centre.now + HOUR_MS} | more
    key = given.pop("key", None)
    named = {"idempotency_key": key} if key else {}
    request = service.Instruct(matter["id"], units=units, **given)
    return centre.do(service.instruct, request, actor, **named)


def seen(centre: Centre, actor: Principal = MAYOR) -> dict[str, Any]:
    found = service.leader_picture(centre.services, actor, centre.now)
    assert not isinstance(found, Refused), found
    return found


def test_an_instruction_is_an_order_with_clock_and_receipts_and_says_from_whom(centre: Centre) -> None:
    matter = centre.order()
    unit, other = centre.units(2)
    done(centre.dispatch(matter, unit))
    row = done(instruct(centre, matter, unit, other, in_charge="head"))
    assert (row["no"], row["kind"], row["issued_role"], row["in_charge"]) == (
        "批01",
        "dispatch",
        "leader",
        "head",
    )
    assert row["issued_by"] == "李**"
    assert [one["role"] for one in row["receivers"]] == ["lead", "assist"]
    assert centre.matter(matter["id"])["unit"] == unit
    clocks = [one for one in centre.armed(matter["id"]) if one.command_id == row["id"]]
    assert {one.receiver_id for one in clocks} == {unit, other}
    assert {one.objective_at for one in clocks} == {centre.now + HOUR_MS}
    (line,) = centre.log("MatterInstructed")
    assert "电话说明" not in str(
        line.params
    )  # a line goes to every wall, the words to the receivers and the desks

    liaison = officer("unit_liaison", unit=other, name="郑爱国")
    inbox = service.own_inbox(centre.services, liaison, centre.now)
    (ordered,) = inbox.commands
    assert (ordered["objective"], ordered["issued_role"]) == ("请主要负责人一小时内电话说明", "leader")

    done(centre.answer(row["id"], unit, "accepted"))
    done(centre.answer(row["id"], other, "done", result="已说明"))
    (mine,) = seen(centre)["mine"]["rows"]
    assert [(one["stage"], one["result"]) for one in mine["receivers"]] == [
        ("accepted", None),
        ("done", "已说明"),
    ]


def test_the_same_key_gives_one_instruction(centre: Centre) -> None:
    matter, unit = centre.order(), centre.units(1)[0]
    due_at = centre.now + HOUR_MS
    first = instruct(centre, matter, unit, key="the-same-key", due_at=due_at)
    again = instruct(centre, matter, unit, key="the-same-key", due_at=due_at)
    assert done(first)["id"] == done(again)["id"]
    assert seen(centre)["mine"]["month"] == 1
    other = instruct(centre, matter, unit, key="the-same-key", due_at=due_at, text="另一件")
    assert refusal(other) == "key_reused"


@pytest.mark.parametrize("role", ["duty_officer", "duty_leader", "commander", "unit_liaison", "auditor"])
def test_only_a_leader_instructs_and_reads_the_leaders_page(centre: Centre, role: str) -> None:
    matter, unit = centre.order(), centre.units(1)[0]
    actor = officer(role, unit=unit if role == "unit_liaison" else None)
    assert refusal(instruct(centre, matter, unit, actor=actor)) == "no_right"
    for read in (service.leader_picture, service.leader_day):
        assert refusal(read(centre.services, actor, centre.now)) == "no_right"
    assert refusal(service.leader_list(centre.services, actor, "overdue", centre.now)) == "no_right"
    assert centre.count("commands") == 0


def test_a_word_reaches_no_further_than_the_jurisdiction(centre: Centre) -> None:
    matter = centre.order()  # in 东港区
    city_unit, own_unit = centre.units(1)[0], centre.units(1, DONGGANG)[0]
    here, elsewhere = officer("leader", DONGGANG), officer("leader", LANSHAN)
    assert refusal(instruct(centre, matter, own_unit, actor=elsewhere)) == "no_such_matter"
    supervise = service.Supervise(matter["id"], "抓紧")
    assert refusal(centre.do(service.supervise, supervise, elsewhere)) == "no_such_matter"
    assert refusal(instruct(centre, matter, city_unit, actor=here)) == "receiver_outside"
    done(instruct(centre, matter, own_unit, actor=here))
    done(centre.do(service.supervise, supervise, here))
    assert len(seen(centre, here)["mine"]["rows"]) == 1
    assert len(seen(centre, here)["mine"]["supervisions"]) == 1
    assert seen(centre, elsewhere)["numbers"]["intake"]["count"] == 0
    assert seen(centre, here)["numbers"]["intake"]["count"] == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"text": "  "}, "instruction_missing"),
        ({"due_at": 1}, "due_in_the_past"),
        ({"due_at": 4_000_000_000_000}, "later_than_parent"),
    ],
)
def test_what_cannot_be_is_refused_in_words(centre: Centre, more: dict[str, Any], code: str) -> None:
    matter, unit = centre.order(), centre.units(1)[0]
    assert refusal(instruct(centre, matter, unit, **more)) == code
    assert refusal(instruct(centre, matter, *centre.units(7))) == "too_many_receivers"
    assert refusal(instruct(centre, matter)) == "no_receivers"
    assert centre.count("commands") == 0


def test_a_whistle_that_nobody_reached_in_time_needs_a_word_until_it_is_given(centre: Centre) -> None:
    matter = centre.order(urgency=1)
    unit, other = centre.units(2)
    whistle = done(centre.whistle(matter, unit, other))
    assert seen(centre)["needs"]["count"] == 0
    centre.wait(minutes=31)
    picture = seen(centre)
    (row,) = picture["needs"]["rows"]
    assert row["matter_id"] == matter["id"]
    said = next(one for one in row["reasons"] if one["reason"] == "whistle")
    assert (said["no"], said["on_site"], said["called"]) == (whistle["no"], 0, 2)
    assert picture["control"]["code"] == "pressing"
    assert picture["numbers"]["overdue"]["count"] == len(
        service.leader_list(centre.services, MAYOR, "overdue", centre.now)["rows"]  # type: ignore[call-overload,index]
    )

    done(instruct(centre, matter, unit, due_at=centre.now + 10 * MINUTE_MS))
    answered = seen(centre)["needs"]
    assert (answered["count"], answered["answered"]) == (0, 1)
    centre.wait(minutes=11)
    assert seen(centre)["needs"]["count"] == 1  # the word was not heeded
    assert seen(centre)["mine"]["late"] == 1


def test_an_objection_and_a_late_supervision_order_need_a_word(centre: Centre) -> None:
    matter = centre.order()
    unit = centre.units(1)[0]
    command = done(centre.dispatch(matter, unit))
    done(centre.answer(command["id"], unit, "declined", reason="不属本单位，请打 13812345678"))
    (row,) = seen(centre)["needs"]["rows"]
    (said,) = row["reasons"]
    assert said["reason"] == "declined"
    assert "13812345678" not in str(said)
    assert seen(centre)["control"]["code"] == "strained"

    ruled = service.RuleDecline(command["id"], unit, "insisted", "按原令")
    done(centre.do(service.rule_decline, ruled))
    assert seen(centre)["needs"]["count"] == 0
    done(centre.do(service.supervise, service.Supervise(matter["id"], "限时答复"), MAYOR))
    assert seen(centre)["needs"]["count"] == 0
    (order,) = seen(centre)["mine"]["supervisions"]
    centre.clock.advance_to(order["due_at"] + 1)
    reasons = [one["reason"] for row in seen(centre)["needs"]["rows"] for one in row["reasons"]]
    assert "supervision" in reasons


def test_the_day_counts_what_the_store_has(centre: Centre) -> None:
    centre.order()
    centre.clock.advance_to(centre.now + 24 * HOUR_MS)
    matter = centre.order()
    centre.order()
    done(instruct(centre, matter, centre.units(1)[0]))
    day = service.leader_day(centre.services, MAYOR, centre.now)
    assert not isinstance(day, Refused)
    assert [one["opened"] for one in day["week"]] == [0, 0, 0, 0, 0, 0, 1, 2]
    assert (day["yesterday"]["day"], day["yesterday"]["opened"]) == ("2026-11-23", 1)
    assert (day["today"]["opened"], day["today"]["instructions"], day["today"]["instructions_done"]) == (
        2,
        1,
        0,
    )
    picture = seen(centre)
    assert picture["numbers"]["intake"] == {"count": 2, "before": 1}
    assert picture["numbers"]["topics"][0] | {"name": "", "name_en": ""} == {
        "category": "0203", "name": "", "name_en": "", "count": 2, "before": 1, "trend": [0] * 11 + [2],
    }  # fmt: skip
    assert MAYOR.jurisdiction == CITY
