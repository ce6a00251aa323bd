"""What the desk makes of a line of the command bar: whose matter, which unit, and why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plotly.utils import PlotlyJSONEncoder

from callbacks.desk.asked import read_opening
from callbacks.desk.dialogs import Opening
from callbacks.desk.line import Prepared, prepare, shown_line
from dashboard import service
from dashboard.domain.principal import Principal
from layouts.desk.bar import Understood
from tests.browser.desk_city import NOW, OFFICER, DeskCity

BURST = "热力一次管网爆管"
ELSEWHERE = Principal("officer-2", "李芳", "officer", "duty_officer", "371122")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> DeskCity:
    return DeskCity(tmp_path_factory.mktemp("bar"))


def line(city: DeskCity, written: str, actor: Principal = OFFICER, chosen: str = "") -> Prepared:
    return prepare(city.services, city.live, actor, written, chosen)


def bar(city: DeskCity, written: str, actor: Principal = OFFICER, chosen: str = "") -> Understood:
    return shown_line(line(city, written, actor, chosen), written, NOW, "zh")


def dialog(city: DeskCity, kind: str, written: str) -> str:
    row = city.matter(BURST)
    asked = read_opening({"kind": kind, "matter_id": row["id"], "line": written, "revision": 1, "lang": "zh"})
    content, _ = Opening(city.services, OFFICER, asked, NOW).build(kind, city.live)
    return json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)


def ticked(shown: str) -> list[str]:
    """Ids of the rows that a dialog begins with ticked."""

    def rows(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [one for part in node for one in rows(part)]
        if not isinstance(node, dict):
            return []
        props = node.get("props", {})
        return ([props] if "data-receiver" in props else []) + rows(props.get("children"))

    return [one["data-receiver"] for one in rows(json.loads(shown)) if one["aria-selected"] == "true"]


def test_a_line_with_everything_is_ready_and_says_what_it_understood(city: DeskCity) -> None:
    no = city.matter(BURST)["no"]
    said = bar(city, f"派 供电 {no} 断电配合 30分")
    assert [(one.part, one.state) for one in said.chips] == [
        ("verb", ""), ("unit", ""), ("matter", ""), ("objective", ""), ("limit", ""),
    ]  # fmt: skip
    assert said.chips[-1].value == "11:12 · 30 分"
    assert said.matter_id == city.matter(BURST)["id"] and said.blocks == ()
    assert any(note.startswith("供电＝") for note in said.notes)


def test_without_a_number_the_chosen_matter_is_meant(city: DeskCity) -> None:
    chosen = city.matter(BURST)["id"]
    assert bar(city, "催", chosen=chosen).matter_id == chosen
    assert "没写编号" in bar(city, "催").blocks[0]


def test_a_word_for_several_units_is_offered_and_not_guessed(city: DeskCity) -> None:
    said = bar(city, "派 xf 看看")  # 信访 and 消防
    assert [one.state for one in said.chips if one.part == "unit"] == ["unclear"]
    assert 1 < len(said.offers) <= 5
    taken = line(city, said.offers[0].line)
    assert [one.name for one in taken.units] == [said.offers[0].name]


def test_of_the_bureaus_of_all_counties_the_one_of_the_matter_is_meant(city: DeskCity) -> None:
    row = city.matter(BURST)
    found = line(city, f"派 综合行政执法 {row['no']} 劝离")
    assert [one.region for one in found.units] == [row["region"]]
    assert len(line(city, "派 综合行政执法 劝离").unclear[0][1]) > 1


def test_a_unit_of_another_county_is_refused_with_the_reason(city: DeskCity) -> None:
    said = bar(city, "派 供电 断电", ELSEWHERE)
    assert [one.state for one in said.chips if one.part == "unit"] == ["refused"]
    assert any("不在本辖区" in block for block in said.blocks)


def test_a_matter_of_another_county_is_not_there(city: DeskCity) -> None:
    no = city.matter(BURST)["no"]
    said = bar(city, no, ELSEWHERE)
    assert said.matter_id == "" and said.blocks == (f"辖区内没有 {no}。",)


def test_who_may_not_do_it_is_told_so(city: DeskCity) -> None:
    officer = Principal("officer-3", "陈", "officer", "duty_officer", "371100")
    assert any(
        "值班员" in block for block in bar(city, f"督办 {city.matter(BURST)['no']} 两次未回", officer).blocks
    )


def test_the_dispatch_is_opened_with_what_was_written_and_with_nobody_else(city: DeskCity) -> None:
    (power,) = line(city, "派 供电").units
    shown = dialog(city, "dispatch", "派 供电 断电配合 45分")
    assert ticked(shown) == [power.id]
    assert "断电配合" in shown and '"segment on", "type": "button", "data-value": "45"' in shown
    assert ticked(dialog(city, "dispatch", "派 断电配合")) == []


def test_whistle_transfer_and_reasons_are_prepared_too(city: DeskCity) -> None:
    (power,) = line(city, "派 供电").units
    assert ticked(dialog(city, "whistle", "吹哨 供电 谁来断电")) == [power.id]
    assert "谁来断电" in dialog(city, "whistle", "吹哨 供电 谁来断电")
    assert ticked(dialog(city, "transfer", "转办 供电 职责不符")) == [power.id]
    assert "两次未回" in dialog(city, "supervise", "督办 两次未回")


def test_a_decision_without_a_whistle_says_why_not(city: DeskCity) -> None:
    said = bar(city, f"记决定 {city.matter(BURST)['no']} 关阀")
    assert any("没有等着定的事" in block for block in said.blocks)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=60), st.sampled_from(["", "派 ", "吹哨 ", "转办 ", "并 G0001 "]))
def test_no_line_fails_and_only_what_was_written_is_ticked(city: DeskCity, written: str, verb: str) -> None:
    found = line(city, verb + written)
    assert isinstance(shown_line(found, verb + written, NOW, "en"), Understood)
    named = {one for word in found.said.units for one in word.ids}
    assert {one.id for one in found.units} <= named


def test_the_log_of_the_centre_is_not_touched_by_reading_lines(city: DeskCity, tmp_path: Path) -> None:
    before = service.snapshot(city.services).seq
    for written in ("派 供电 断电", "吹哨 供电", "G0001"):
        bar(city, written)
    assert service.snapshot(city.services).seq == before
