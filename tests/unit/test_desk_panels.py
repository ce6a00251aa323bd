"""The desk's panels as component trees: what an officer is shown for which values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from dashboard.domain.durations import remaining
from dashboard.domain.principal import Principal
from layouts.desk import page
from layouts.desk.clock_face import countdown
from layouts.desk.decisions import decisions
from layouts.desk.forms import Option, leave_form
from layouts.desk.glyphs import arrival
from layouts.desk.guard import leave_refused
from layouts.desk.head import MatterHead, NextClock, matter_head
from layouts.desk.keys import ACT_KEYS, keys_of
from layouts.desk.receipts import receipts
from layouts.desk.recommended import Suggestion, Suggestions, recommended
from layouts.map import Bounds

NOW = 1_795_401_738_000
MINUTE = 60_000


def tree(component: Component) -> dict[str, Any]:
    """The component as the JSON that is sent to the browser."""
    found = json.loads(json.dumps(component, cls=PlotlyJSONEncoder))
    assert isinstance(found, dict)
    return found


def parts(component: Component, **wanted: str) -> list[dict[str, Any]]:
    """All nodes of the tree whose props have these values; `_` in a name stands for `-`."""
    names = {name.replace("_", "-") if name != "className" else name: value for name, value in wanted.items()}
    found: list[dict[str, Any]] = []

    def walk(node: Any) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict) and "props" in node:
            if all(node["props"].get(name) == value for name, value in names.items()):
                found.append(node["props"])
            walk(node["props"].get("children"))

    walk(tree(component))
    return found


def words(component: Component) -> str:
    """All text of the tree, in order."""

    def read(node: Any) -> str:
        if isinstance(node, list):
            return "".join(read(one) for one in node)
        if isinstance(node, dict):
            return read(node.get("props", {}).get("children"))
        return "" if node is None else str(node)

    return read(tree(component))


def officer(role: str) -> Principal:
    return Principal("officer-1", "王建国", "officer", role, "371100")


def build(role: str = "duty_officer", lang: str = "zh") -> Component:
    return page.build(
        officer(role),
        jurisdiction_name="日照市",
        bounds=Bounds(118.6, 35.05, 119.7, 36.05),
        demonstration=True,
        place_names={"371102004": "秦楼街道"},
        lang=lang,
    )


def receiver(**fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        f"{step}_at": None
        for step in ("delivered", "read", "accepted", "en_route", "arrived", "done", "left", "declined")
    }
    return row | {
        "id": "u-1",
        "kind": "unit",
        "code": "应",
        "name": "应急管理局",
        "role": "assist",
        "stage": "sent",
        "due_at": NOW + 20 * MINUTE,
        "eta_at": None,
        "declined_reason": None,
        "leave_refused": 0,
        **fields,
    }


def command(*receivers: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "c-1",
        "no": "哨03",
        "kind": "whistle",
        "state": "running",
        "issued_at": NOW - 10 * MINUTE,
        "issued_by": "王**",
        "receivers": list(receivers),
        **fields,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_desk_is_built_in_both_languages_and_names_its_page(lang: str) -> None:
    (root,) = parts(build(lang=lang), id="desk-root")
    assert root["data-page"] == "desk"
    assert root["data-lang"] == lang
    assert json.loads(root["data-places"]) == {"371102004": "秦楼街道"}


def test_the_demonstration_tag_cannot_be_missing_from_a_demonstration() -> None:
    assert len(parts(build(), className="demonstration-tag")) == 1


def test_a_duty_officer_sees_no_key_that_does_not_work() -> None:
    shown = {one["data-act"] for one in parts(build("duty_officer")) if "data-act" in one}
    assert shown == {entry.act for entry in ACT_KEYS if entry.has_button} - {"supervise"}
    assert {entry.act for entry in keys_of(officer("duty_leader"))} == {entry.act for entry in ACT_KEYS}


def test_no_two_acts_share_a_key() -> None:
    assert len({entry.key for entry in ACT_KEYS}) == len(ACT_KEYS)


@pytest.mark.parametrize(
    ("left_ms", "shown"),
    [
        (522_000, "08:42"),
        (-167_000, "+02:47"),
        (3_966_000, "1:06:06"),
        (-274_320_000, "+3天04:12"),
        (0, "00:00"),
    ],
)
def test_remaining_time_reads_as_in_the_queue(left_ms: int, shown: str) -> None:
    assert remaining(left_ms, "zh") == shown


def test_a_countdown_carries_what_the_browser_repaints_it_from() -> None:
    props = tree(countdown(NOW + MINUTE, 30 * MINUTE, NOW, "zh"))["props"]
    assert (props["data-due"], props["data-limit"], props["data-state"]) == (
        str(NOW + MINUTE),
        "1800000",
        "risk",
    )


def test_receipts_show_time_since_issue_and_box_the_next_step() -> None:
    row = receiver(delivered_at=NOW - 9 * MINUTE, read_at=NOW - 8 * MINUTE, stage="read")
    shown = receipts([command(row)], NOW, "zh")
    assert "+1:00" in words(shown)
    (boxed,) = parts(shown, className="next")
    assert "20:00" in words_of(boxed)


def test_a_predicted_miss_is_at_risk_before_it_is_late() -> None:
    row = receiver(
        delivered_at=NOW,
        read_at=NOW,
        accepted_at=NOW,
        en_route_at=NOW,
        stage="en_route",
        eta_at=NOW + 22 * MINUTE,
    )
    shown = receipts([command(row)], NOW, "zh")
    (boxed,) = parts(shown, className="next")
    assert boxed["data-state"] == "risk"
    assert "22′ 迟2:00" in words(shown)


def test_a_copy_that_was_not_delivered_says_so_for_its_receiver_alone() -> None:
    shown = receipts(
        [command(receiver(), receiver(id="u-2", delivered_at=NOW, stage="delivered"))], NOW, "zh"
    )
    assert words(shown).count("未送达") == 1


def test_a_receiver_that_declined_gives_its_reason() -> None:
    row = receiver(declined_at=NOW, declined_reason="不在职责内", stage="declined")
    assert "有异议：不在职责内" in words(receipts([command(row)], NOW, "zh"))


def test_an_instruction_says_from_whom_it_is_what_it_asks_and_who_answers() -> None:
    given = {
        "kind": "dispatch",
        "no": "批01",
        "issued_by": "李**",
        "objective": "请说明迟到原因",
        "due_at": NOW,
    }
    row = command(receiver(), **given, issued_role="leader", in_charge="head")
    shown = words(receipts([row], NOW, "zh"))
    for said in ("批01", "批示", "领导 李**", "请说明迟到原因", "由主要负责人报告"):
        assert said in shown
    assert "批示" not in words(receipts([command(receiver(), **given, issued_role="commander")], NOW, "zh"))


def test_a_unit_on_site_is_locked_while_the_whistle_is_undecided() -> None:
    row = receiver(arrived_at=NOW, stage="arrived")
    assert parts(receipts([command(row)], NOW, "zh"), className="lock")
    assert not parts(receipts([command(row, state="resolved")], NOW, "zh"), className="lock")


@pytest.mark.parametrize(
    ("missed_at", "shown"), [(None, "原限 10:42，延至 11:02"), (NOW, "限 10:42 已迟，延至 11:02")]
)
def test_an_end_that_was_moved_stands_beside_the_one_that_was_missed(
    missed_at: int | None, shown: str
) -> None:
    row = receiver(
        first_due_at=NOW, missed_due_at=missed_at, due_at=NOW + 20 * MINUTE, late=missed_at is not None
    )
    assert shown in words(receipts([command(row)], NOW, "zh"))
    assert "延至" not in words(receipts([command(receiver())], NOW, "zh"))


@pytest.mark.parametrize(
    ("fault", "metres", "cell", "title"),
    [
        ("unsaid", 20, "自报 未报精度", "定位距现场 20 m，但未报精度"),
        ("vague", 20, "自报 精度不够", "定位距现场 20 m，但精度不够"),
        ("nowhere", None, "自报 无定位", "没有定位"),
        ("placeless", None, "自报 令无坐标", "指令没有坐标"),
        ("far", 2219, "自报 2.2 km", "定位距现场 2219 m"),
        ("", 2219, "自报 2.2 km", "定位距现场 2219 m"),  # a claim of an earlier release
    ],
)
def test_a_claim_says_why_it_is_not_proven(fault: str, metres: int | None, cell: str, title: str) -> None:
    row = receiver(claimed_at=NOW, claim_fault=fault, proof_m=metres, stage="en_route")
    (claim,) = parts(receipts([command(row)], NOW, "zh"), className="claim")
    assert cell in words_of(claim)
    assert title in claim["title"]


def test_the_guard_names_every_missing_decision_and_both_ways_out() -> None:
    shown = leave_refused("m-1", "莒县市场监管局", ["检测费用由谁承担"], NOW, "zh")
    assert "不能撤离：事未决" in words(shown)
    assert "检测费用由谁承担" in words(shown)
    assert {one["data-begin"] for one in parts(shown) if "data-begin" in one} == {"decision", "consultation"}


def test_decisions_say_whether_leaving_is_locked() -> None:
    item = {
        "item": 1, "question": "清运谁出钱", "decision": None, "owner": None, "due_at": None, "decided_at": None,
    }  # fmt: skip
    assert "撤离锁定" in words(decisions(command(), [item], NOW, "zh"))
    assert "可以撤离" in words(decisions(command(state="consultation"), [item], NOW, "zh"))


def test_the_head_shows_the_soonest_clock_and_who_acts_next() -> None:
    head = MatterHead(
        no="G0417", title="热力爆管", urgency=1, where="秦楼街道", unit="热力公司", merged=31, returned=0,
        external_id="2611", citizen="138****5678 李**", must_act="unit_liaison", may_reveal=True,
        clocks=(NextClock("到场", NOW + 522_000, 30 * MINUTE), NextClock("反馈", NOW + 90 * MINUTE, 120 * MINUTE)),
    )  # fmt: skip
    shown = words(matter_head(head, NOW, "zh"))
    assert "08:42" in shown
    assert "轮到 单位联络员" in shown
    assert "138****5678 李**" in shown


def test_a_recommendation_gives_reasons_left_out_and_shortfall() -> None:
    one = Suggestion(
        "worker", "w-1", "网", "王** 0009", "assist", "协办", 830.0, 4, 0, "本社区", "空闲", 119.5, 35.4
    )
    shown = recommended(
        Suggestions((one,), ("刘**（失联 12 分钟）",), ("最近的空闲网格员在 1.9 公里外",)), "zh"
    )
    assert "830 m" in words(shown)
    assert "未列入：刘**（失联 12 分钟）" in words(shown)
    assert "1.9 公里外" in words(shown)
    (row,) = [props for props in parts(shown) if "data-lon" in props]
    assert row["data-number"] == "1"


def test_an_arrival_past_twenty_minutes_is_at_risk_on_the_axis() -> None:
    assert tree(arrival(6))["props"]["data-state"] == "ok"
    assert tree(arrival(26))["props"]["data-state"] == "risk"


def test_leaving_asks_for_one_unit() -> None:
    shown = leave_form(
        "哨03", [Option("u-1", "热力公司", "主办", chosen=True), Option("u-2", "交警支队")], "zh"
    )
    assert [one["aria-selected"] for one in parts(shown) if "data-receiver" in one] == ["true", "false"]
    assert parts(shown, data_single="1")


def words_of(props: dict[str, Any]) -> str:
    """Text of a node given by its props."""

    def read(node: Any) -> str:
        if isinstance(node, list):
            return "".join(read(one) for one in node)
        if isinstance(node, dict):
            return read(node.get("props", {}).get("children"))
        return "" if node is None else str(node)

    return read(props.get("children"))
