"""Single lines of the desk: a history without its subject, a claim with its clock, a notice by name and role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from callbacks.desk.shift import item_text
from layouts.catalogue import sentence
from layouts.desk.decisions import decisions
from layouts.desk.forms import Option, pick_table
from layouts.desk.receipts import receipts
from layouts.desk.recommended import Suggestion, Suggestions, recommended
from layouts.desk.tellings import tellings_part
from layouts.desk.timeline import HistoryLine, Subject, timeline, without_subject
from tests.unit.test_desk_panels import MINUTE, NOW, command, parts, receiver, words

BURST = Subject("G0417", "热力爆管")


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("G0417 登记：热力爆管", "登记：热力爆管"),
        ("G0417 热力爆管：岚山区接收", "岚山区接收"),
        ("G0417 热力爆管 → 待签收", "→ 待签收"),
        ("G0417: photo.jpg kept", "Photo.jpg kept"),
        ("哨03 热力公司 已到场", "哨03 热力公司 已到场"),
        ("G04170 another matter", "G04170 another matter"),
        ("G0417", "G0417"),
    ],
)
def test_a_line_does_not_say_again_which_matter_it_is_about(line: str, shown: str) -> None:
    assert without_subject(line, BURST) == shown


def test_the_history_is_told_without_its_subject() -> None:
    opened = HistoryLine(NOW, "MatterOpened", {"no": "G0417", "title": "热力爆管"})
    assert "登记：热力爆管" in words(timeline([opened], NOW, "zh", BURST))
    assert "G0417" not in words(timeline([opened], NOW, "zh", BURST))
    assert "G0417 登记" in words(timeline([opened], NOW, "zh"))


def test_headings_begin_with_a_capital_where_the_script_has_them() -> None:
    assert [sentence(one) for one in ("rule on it", "裁定", "")] == ["Rule on it", "裁定", ""]


def test_a_claim_runs_on_and_can_be_vouched_for() -> None:
    row = receiver(claimed_at=NOW, proof_m=1_442, due_at=NOW + 18 * MINUTE)
    shown = receipts([command(row)], NOW, "zh", frozenset({"confirm_arrival"}))
    (cell,) = parts(shown, className="claim")
    assert "data-state" not in cell  # its colour is the clock's inside it
    assert "自报 1.4 km 18:00确认到场" in words(shown)
    assert len(parts(shown, data_begin_form="confirm_arrival")) == 1
    assert "确认到场" not in words(receipts([command(row)], NOW, "zh"))


def test_the_area_has_a_column_only_where_somebodys_area_is_known() -> None:
    unit = Suggestion("unit", "u-1", "热", "热力公司", "lead", "主办", 1_400.0, 6, 0, "", "派单目录：主办")
    worker = Suggestion("worker", "w-1", "网", "王** 0009", "assist", "协办", 830.0, 4, 0, "本社区", "空闲")
    assert "管辖" not in words(recommended(Suggestions((unit,)), "zh"))
    assert "本社区" in words(recommended(Suggestions((unit, worker)), "zh"))


def _telling(**fields: Any) -> Mapping[str, Any]:
    both = {name: value for name in ("role_name", "means_name") for value in ("",)}
    return both | {
        "state": "received", "made_at": NOW, "received_at": NOW, "received_by": "王** 值班长", "recipient_kind": "desk",
        "recipient_name": "", "origin": "step", "role_name_en": "duty leader", "means_name_en": "screens",
        "text": "x", "text_en": "x",
    } | fields  # fmt: skip


def test_who_received_a_notice_is_said_in_the_screens_language() -> None:
    part = tellings_part([_telling()], NOW, "en", may_resolve=False)
    assert part is not None
    assert "(王** duty leader)" in words(part)
    part = tellings_part([_telling(received_by="热力公司")], NOW, "en", may_resolve=False)
    assert part is not None
    assert "(热力公司)" in words(part)


def test_a_decision_shows_what_is_left_and_then_that_it_is_done() -> None:
    item = {
        "item": 1, "question": "何时恢复", "decision": "12:00 前", "owner": "热力公司", "decided_at": NOW,
        "due_at": NOW + 20 * MINUTE, "completed_at": None, "completed_by": "",
    }  # fmt: skip
    running = decisions(command(), [item], NOW, "zh", may_complete=True)
    assert "余 20:00" in words(running)
    assert len(parts(running, data_begin_form="complete_decision")) == 1
    done = decisions(
        command(), [item | {"completed_at": NOW, "completed_by": "赵**"}], NOW, "zh", may_complete=True
    )
    assert "办结 赵**" in words(done)
    assert parts(done, data_begin_form="complete_decision") == []


def test_what_must_be_handed_over_cannot_be_taken_off_the_sheet() -> None:
    table = pick_table("items", "交接", [Option("a", "哨01", locked=True), Option("b", "超时")], single=False)
    assert [one.get("data-locked") for one in parts(table, data_kind="items")] == ["1", None]


def test_a_ruling_that_is_handed_over_says_what_waits() -> None:
    ask = {
        "ref": "ask:decline:1", "kind": "ask", "no": "哨01", "title": "热力爆管",
        "details": {"ask": "decline", "params": {"receiver": "卫健委", "reason": "无伤员"}},
    }  # fmt: skip
    assert item_text(ask, "zh") == "哨01 卫健委 有异议：无伤员"
    bounced = {"ask": "return", "params": {"unit": "城管局", "count": 1, "reason": ""}}
    assert "未写理由" in item_text(ask | {"no": "G1", "details": bounced}, "zh")
