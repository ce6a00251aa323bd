"""Two that may both happen, whoever is first: what follows is right in either order, and nothing said is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from dashboard import service
from dashboard.service import Done, EndHandover
from dashboard.store import tables
from tests.store.centre import MINUTE_MS, Centre, done
from tests.store.race_people import ANNE, BELLA, LEADER, by, holders, of_receiver, sheet_to_complete, step
from tests.store.racing import Check, Deed, Scene, in_words, play


def a_recall_and_an_answer(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    row = done(centre.dispatch(centre.order(), unit))

    def check(outcomes: tuple[Any, Any]) -> None:
        assert sorted(map(in_words, outcomes)) in (["", ""], ["", "command_ended"])
        answered = all(isinstance(one, Done) for one in outcomes)
        assert (of_receiver(centre, row, unit)["accepted_at"] is not None) == answered, (
            "an answer is never lost"
        )
        assert centre.detail(row["matter_id"]).commands[0]["state"] == "recalled"

    return (
        by(ANNE, service.recall, service.Recall(row["id"], "派错")), lambda at: at.answer(row["id"], unit, "accepted"),
        check,
    )  # fmt: skip


def a_decision_and_its_clock(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    row = done(centre.whistle(centre.order(urgency=3), unit))
    done(centre.answer(row["id"], unit, "arrived"))
    chain = f"whistle:{row['id']}"
    centre.clock.advance_to(next(one.due_at for one in centre.armed(row["matter_id"]) if one.chain == chain))
    decided = service.RecordDecision(row["id"], 1, "今日清空", "石臼街道")

    def check(outcomes: tuple[Any, Any]) -> None:
        assert [in_words(one) for one in outcomes] == ["", ""]
        told = [one for one in centre.log("EscalationFired") if one.command_id == row["id"]]
        with centre.services.store.read() as connection:
            column = tables.deadlines.c
            ended = connection.execute(select(column.state).where(column.chain == chain)).scalars().all()
        assert "armed" not in ended
        assert len([one for one in told if not one.params["receiver_id"]]) == list(ended).count("fired")
        assert centre.detail(row["matter_id"]).commands[0]["state"] == "resolved"

    return by(ANNE, service.record_decision, decided), lambda at: at.fire(), check


def more_time_and_the_end(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit, other = centre.units(2)
    row = done(centre.whistle(centre.order(urgency=3), unit, other))
    due_at = of_receiver(centre, row, unit)["due_at"]
    centre.clock.advance_to(due_at)
    clock = next(one for one in centre.armed(row["matter_id"]) if one.receiver_id == unit)
    until_at = due_at + 30 * MINUTE_MS
    extend = service.ExtendDeadline(clock.id, until_at, "道路封闭")

    def check(outcomes: tuple[Any, Any]) -> None:
        words = [in_words(one) for one in outcomes]
        assert "".join(words) in ("", "deadline_ended")
        shown = of_receiver(centre, row, unit)
        assert (shown["late"], shown["missed_due_at"]) == (True, due_at), "late, whoever was first"
        assert shown["due_at"] == (due_at if "deadline_ended" in words else until_at)

    return by(LEADER, service.extend_deadline, extend), lambda at: at.fire(), check


def more_time_granted_and_the_clock_of_its_ruling(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    matter = centre.order(urgency=3, category="0101")
    done(centre.dispatch(matter, unit))
    done(centre.do(service.advance, service.Advance(matter["id"], "HANDLING", {}), expected_version=None))
    until_at = centre.detail(matter["id"]).fields["final_due_at"] + 24 * 60 * MINUTE_MS
    asked = service.Advance(matter["id"], "EXTENSION_APPLIED", {"reason": "待料", "until_at": until_at})
    done(centre.do(service.advance, asked, expected_version=None))
    centre.clock.advance_to(next(one.due_at for one in centre.armed(matter["id"]) if one.command_id is None))
    before = len(fired_on(centre, matter["id"]))

    def check(outcomes: tuple[Any, Any]) -> None:
        assert [in_words(one) for one in outcomes] == ["", ""]
        detail = centre.detail(matter["id"])
        assert (detail.row["stage"], detail.fields["final_due_at"]) == ("HANDLING", until_at)
        own = [one.purpose for one in centre.armed(matter["id"]) if one.command_id is None]
        assert own == ["feedback"], "the ruling's clock has ended, fired before or not"
        assert len(fired_on(centre, matter["id"])) - before <= 1

    return step(LEADER, matter, "HANDLING", granted=True, reason="属实"), lambda at: at.fire(), check


def fired_on(centre: Centre, matter_id: str) -> list[Any]:
    """What was escalated on a matter itself."""
    return [
        one for one in centre.log("EscalationFired") if one.matter_id == matter_id and one.command_id is None
    ]


def two_workers(centre: Centre) -> tuple[Deed, Deed, Check]:
    row = done(centre.whistle(centre.order(urgency=3), *centre.units(3)))
    centre.clock.advance_to(min(one.due_at for one in centre.armed(row["matter_id"])))

    def check(outcomes: tuple[Any, Any]) -> None:
        assert sum(outcomes) >= 3
        column = tables.deadlines.c
        with centre.services.store.read() as connection:
            fired = connection.execute(select(column.id).where(column.state == "fired")).all()
        told = [one for one in centre.log() if one.kind in ("EscalationFired", "EscalationRepeated")]
        assert len(fired) == len(told), "each clock fires once, whoever takes it"

    return lambda at: at.fire(), lambda at: at.fire(), check


def the_same_act_sent_twice(centre: Centre) -> tuple[Deed, Deed, Check]:
    unit = centre.units(1)[0]
    row = done(centre.dispatch(centre.order(), unit))
    said = by(
        ANNE,
        service.answer,
        service.Answer(row["id"], unit, "accepted"),
        idempotency_key=f"again-{row['id']}",
    )

    def check(outcomes: tuple[Any, Any]) -> None:
        assert isinstance(outcomes[0], Done) and outcomes[0] == outcomes[1]

    return said, said, check


def a_hand_over_completed_while_a_calls_units(centre: Centre) -> tuple[Deed, Deed, Check]:
    """What came up before it was completed has to be confirmed; what came up after it is the successor's from the
    beginning."""
    sheet = sheet_to_complete(centre)
    matter, unit = centre.order(), centre.units(1)[0]

    def check(outcomes: tuple[Any, Any]) -> None:
        assert sorted(map(in_words, outcomes)) in (["", ""], ["", "handover_unconfirmed"])
        refused = any(in_words(one) for one in outcomes)
        (holder,) = holders(centre)
        assert holder == (ANNE.id if refused else BELLA.id)
        assert centre.matter(matter["id"])["whistle"] is not None, "what A ordered stands"

    return (
        by(BELLA, service.complete_handover, EndHandover(sheet)),
        lambda at: at.whistle(matter, unit, actor=ANNE), check,
    )  # fmt: skip


BOTH: tuple[Scene, ...] = (
    a_recall_and_an_answer, a_decision_and_its_clock, more_time_and_the_end,
    more_time_granted_and_the_clock_of_its_ruling, two_workers, the_same_act_sent_twice,
    a_hand_over_completed_while_a_calls_units,
)  # fmt: skip


@pytest.mark.parametrize("scene", BOTH, ids=lambda one: one.__name__)
def test_either_order_is_right(centre: Centre, rival: Centre, scene: Scene) -> None:
    play(centre, rival, scene)


@pytest.mark.parametrize("stage", ["accepted", "en_route", "more_time"])
def test_an_act_that_a_firing_overtook_while_it_waited_for_its_turn_lets_no_step_be_said_twice(
    centre: Centre, stage: str
) -> None:
    """The act bears the instant at which it was asked for, which is before the step was due that has fired."""
    unit = centre.units(1)[0]
    row = done(centre.whistle(centre.order(urgency=3), unit))
    amber = "whistle-amber"
    while (clock := of_unit(centre, row, unit)).policy_id != amber:
        centre.clock.advance_to(clock.due_at)
        centre.fire()
    asked_at = clock.due_at - 1
    centre.clock.advance_to(clock.due_at + 1)
    centre.fire()
    centre.clock.now = asked_at
    if stage == "more_time":
        following = of_unit(centre, row, unit)
        until_at = following.objective_at + 30 * MINUTE_MS
        done(
            centre.do(
                service.extend_deadline, service.ExtendDeadline(following.id, until_at, "道路封闭"), LEADER
            )
        )
    else:
        done(centre.answer(row["id"], unit, stage))
    centre.wait(minutes=60)
    said = [one.params["policy_id"] for one in centre.log("EscalationFired") if one.command_id == row["id"]]
    assert said.count(amber) == 1
    assert "whistle-late" in said


def of_unit(centre: Centre, row: dict[str, Any], unit: str) -> Any:
    return next(one for one in centre.armed(row["matter_id"]) if one.receiver_id == unit)
