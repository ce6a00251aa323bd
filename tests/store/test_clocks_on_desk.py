"""What a person does at the desk to a matter's clocks and orders, each from its part of the drawer through its form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component

from callbacks.desk.asked import read_form
from callbacks.desk.clocks import CLOCKS
from callbacks.desk.commands import COMMANDS
from callbacks.desk.feature import Feature, FormAct, Opened
from callbacks.desk.merging import MERGING
from callbacks.desk.steps import STEPS
from dashboard import service
from dashboard.domain.principal import Principal
from tests.store.centre import Centre, done, officer, refusal
from tests.store.test_loop import DAY_MS, end_of, handling, loop_of, step, with_unit

Told = dict[str, Any]


class Desk:
    """A person at a desk with one matter open."""

    def __init__(self, centre: Centre, matter: Told, actor: Principal | None = None) -> None:
        self.centre, self.matter, self.actor = centre, matter, actor or centre.officer

    def offered(self, feature: Feature) -> list[tuple[str, Told]]:
        """The buttons of a part that can be pressed: the act, and its arguments."""
        assert feature.part is not None
        part = feature.part(self._opened())
        return [] if part is None else list(pressable(part.to_plotly_json()))

    def fields(self, feature: Feature, act: str, **args: str) -> set[str]:
        """The fields of an act's form by their names."""
        form = plain(self._act(feature, act).form(self._opened(**args)))
        found = {
            one.get("data-field") or one.get("data-choice") or one.get("data-pick") for one in every(form)
        }
        return {str(one) for one in found if one}

    def send(self, feature: Feature, act: str, args: Told | None = None, **fields: Any) -> service.Outcome:
        chosen = self._act(feature, act)
        data = {
            "act": act,
            "key": self.centre.key(),
            "lang": "zh",
            "matter_id": self.matter["id"],
            "args": args or {},
        }
        return chosen.perform(self.centre.services, self.actor, read_form(data | fields), self.centre.now)

    def _act(self, feature: Feature, act: str) -> FormAct:
        return next(one for one in feature.acts if one.act == act)

    def _opened(self, **args: str) -> Opened:
        live: Any = None  # neither these parts nor their forms look at the fleet
        detail = service.matter_detail(self.centre.services, self.actor, self.matter["id"], self.centre.now)
        assert isinstance(detail, service.MatterDetail)
        return Opened(self.centre.services, live, self.actor, detail, self.centre.now, "zh", args)


def plain(component: Component) -> Any:
    said = json.dumps(component.to_plotly_json(), default=lambda one: one.to_plotly_json())
    return json.loads(said)


def every(node: Any) -> Iterator[Told]:
    """The properties of every component of a tree."""
    if isinstance(node, list):
        for one in node:
            yield from every(one)
    elif isinstance(node, dict):
        props = node.get("props", {})
        yield props
        yield from every(props.get("children"))


def pressable(tree: Any) -> Iterator[tuple[str, Told]]:
    for props in every(json.loads(json.dumps(tree, default=lambda one: one.to_plotly_json()))):
        if props.get("data-begin-form") and not props.get("disabled"):
            args = {
                name.removeprefix("data-arg-"): value
                for name, value in props.items()
                if name.startswith("data-arg-")
            }
            yield props["data-begin-form"], args


def test_a_leader_gives_one_clock_more_time_and_stops_one_step(centre: Centre) -> None:
    matter, _, due_at = handling(centre)
    leader = Desk(centre, matter, centre.leader)
    assert [act for act, _ in leader.offered(CLOCKS)] == ["set_urgency", "extend_deadline", "stop_deadline"]
    assert leader.fields(CLOCKS, "extend_deadline") == {"clock", "until", "reason"}
    (clock,) = [one for one in centre.armed(matter["id"]) if one.purpose == "feedback"]
    chosen = {"picked": [{"kind": "clock", "id": clock.id}], "reason": "管线改迁"}
    done(leader.send(CLOCKS, "extend_deadline", **chosen, until=due_at + DAY_MS))
    assert end_of(centre, matter) == due_at + DAY_MS
    (clock,) = [one for one in centre.armed(matter["id"]) if one.purpose == "feedback"]
    chosen["picked"] = [{"kind": "clock", "id": clock.id}]
    done(leader.send(CLOCKS, "stop_deadline", **chosen))
    assert clock.id not in {one.id for one in centre.armed(matter["id"])}
    assert end_of(centre, matter) == due_at + DAY_MS, "the step alone was stopped"
    assert refusal(leader.send(CLOCKS, "stop_deadline", **chosen)) == "deadline_ended"


def test_a_duty_officer_regrades_and_is_offered_no_more_time(centre: Centre) -> None:
    matter, _, _ = handling(centre)
    desk = Desk(centre, matter)
    assert [act for act, _ in desk.offered(CLOCKS)] == ["set_urgency"]
    assert desk.fields(CLOCKS, "set_urgency") == {"urgency", "reason"}
    done(desk.send(CLOCKS, "set_urgency", urgency="1", reason="有人受伤"))
    assert centre.matter(matter["id"])["urgency"] == 1
    assert Desk(centre, matter, officer("leader")).offered(CLOCKS) == []


def test_an_order_is_taken_back_as_a_whole_while_that_is_possible(centre: Centre) -> None:
    matter, _, _ = with_unit(centre)
    desk = Desk(centre, matter)
    (args,) = [args for act, args in desk.offered(COMMANDS) if act == "recall_command"]
    assert desk.fields(COMMANDS, "recall_command", **args) == {"reason"}
    done(desk.send(COMMANDS, "recall_command", args, reason="派错"))
    assert [one["state"] for one in centre.detail(matter["id"]).commands] == ["recalled"]
    assert "recall_command" not in [act for act, _ in desk.offered(COMMANDS)]


def test_a_whistle_can_be_taken_back_in_its_first_minute_only(centre: Centre) -> None:
    matter = centre.order()
    done(centre.whistle(matter, *centre.units(2)))
    desk = Desk(centre, matter)
    assert "recall_command" in [act for act, _ in desk.offered(COMMANDS)]
    centre.clock.advance(minutes=2)
    assert "recall_command" not in [act for act, _ in desk.offered(COMMANDS)]


def test_a_unit_s_application_for_more_time_is_ruled_on_in_the_drawer(centre: Centre) -> None:
    matter, liaison, due_at = handling(centre)
    desk = Desk(centre, matter)
    assert ("step", {"to": "EXTENSION_APPLIED"}) in desk.offered(STEPS), (
        "the desk can enter it for a unit that calls"
    )
    until_at = due_at + 3 * DAY_MS
    done(step(centre, matter, "EXTENSION_APPLIED", liaison, reason="待料", until_at=until_at))
    (args,) = [args for act, args in desk.offered(STEPS) if act == "step"]
    assert desk.fields(STEPS, "step", **args) == {"granted", "reason", "until_at", "sent_back"}
    done(desk.send(STEPS, "step", args, granted="yes", sent_back="", reason="属实"))
    assert end_of(centre, matter) == until_at
    assert loop_of(centre, matter).extended == 1
    assert ("step", {"to": "EXTENSION_APPLIED"}) not in desk.offered(STEPS), "asked once"


def test_a_leader_parks_a_matter_with_its_plan_and_a_third_return_is_forced_by_a_leader(
    centre: Centre,
) -> None:
    replied = {"unit": centre.units(1)[0], "dispatched_at": centre.now, "replied_at": centre.now}
    matter = centre.order(status="TO_CALLBACK", **replied)
    park = ("step", {"to": "SUSPENDED"})
    assert park not in Desk(centre, matter).offered(STEPS)
    leader = Desk(centre, matter, centre.leader)
    assert park in leader.offered(STEPS)
    assert leader.fields(STEPS, "step", to="SUSPENDED") == {"plan", "leader", "target_at"}
    plan = {"plan": "分期改造", "leader": "李某", "target_at": centre.now + 90 * DAY_MS}
    done(leader.send(STEPS, "step", {"to": "SUSPENDED"}, **plan))
    assert [args["to"] for act, args in leader.offered(STEPS) if act == "step"] == ["SUSPENDED", "HANDLING"]

    returned = centre.order(
        status="RETURN_REQUESTED", unit=centre.units(1)[0], dispatched_at=centre.now, returned=2
    )
    force = ("step", {"to": "HANDLING"})
    assert force not in Desk(centre, returned).offered(STEPS)
    leader = Desk(centre, returned, centre.leader)
    assert force in leader.offered(STEPS)
    done(leader.send(STEPS, "step", force[1], reason="提级裁定"))
    assert centre.matter(returned["id"])["stage"] == "HANDLING"


def test_a_supervision_order_s_answer_by_telephone_is_written_down(centre: Centre) -> None:
    matter, _, _ = handling(centre)
    done(centre.do(service.supervise, service.Supervise(matter["id"], "三日内报结果"), centre.leader))
    desk = Desk(centre, matter)
    (args,) = [args for act, args in desk.offered(STEPS) if act == "answer_supervision"]
    assert desk.fields(STEPS, "answer_supervision", **args) == {"text"}
    done(desk.send(STEPS, "answer_supervision", args, text="已整改"))
    assert "answer_supervision" not in [act for act, _ in desk.offered(STEPS)]


def test_a_merged_matter_is_taken_out_again(centre: Centre) -> None:
    first, second = centre.order(), centre.order()
    merge = service.MergeMatters(first["id"], (second["id"],), reason="同一处")
    done(centre.do(service.merge, merge, expected_version=None))
    desk = Desk(centre, first)
    assert "unmerge" in [act for act, _ in desk.offered(MERGING)]
    done(desk.send(MERGING, "unmerge", picked=[{"kind": "matters", "id": second["id"]}], reason="另有原因"))
    assert "unmerge" not in [act for act, _ in desk.offered(MERGING)]
