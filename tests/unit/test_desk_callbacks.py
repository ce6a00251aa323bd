"""What the desk asks of the service: wiring and rights, parsing, one act per request, refusals in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from plotly.utils import PlotlyJSONEncoder

import callbacks.desk
from callbacks.desk import asked
from callbacks.desk.acts import ACT_CALLS, told
from callbacks.desk.asked import Malformed
from callbacks.desk.dialogs import Opening
from callbacks.desk.wiring import CALLBACK_RIGHTS, RIGHT_OF_ACT
from dashboard import service
from dashboard.domain.principal import Principal
from layouts.desk.dialog import ACTS
from tests.browser.desk_city import OFFICER, DeskCity

BURST = "热力一次管网爆管"
GARBAGE = "商铺二层堆积建筑垃圾，易发生火灾"
ELSEWHERE = Principal("officer-2", "李芳", "officer", "duty_officer", "371122")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> DeskCity:
    return DeskCity(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def city(running: DeskCity, tmp_path: Path) -> DeskCity:
    running.start_again(tmp_path)
    return running


def ask(city: DeskCity, act: str, title: str, actor: Principal = OFFICER, **fields: Any) -> service.Outcome:
    """Do what the callback of `act` does with a request from the browser."""
    row = city.matter(title)
    request = {
        "matter_id": row["id"],
        "command_id": row["whistle"],
        "expected_version": row["version"],
        "key": f"{act}-{title}",
        "lang": "zh",
        **fields,
    }
    (call,) = [one for one in ACT_CALLS if one.act == act]
    return call.perform(city.services, actor, asked.read(request), city.clock.now_ms())


def shown(act: str, outcome: service.Outcome, **fields: Any) -> str:
    """The outcome as the browser gets it."""
    wanted = asked.read({"matter_id": "m-1", "key": "k", "lang": "zh", **fields})
    return json.dumps(
        told(act, wanted, outcome, 1_795_401_738_000), cls=PlotlyJSONEncoder, ensure_ascii=False
    )


def test_every_callback_is_listed_with_who_may_call_it_and_nothing_else_is(city: DeskCity) -> None:
    app = Dash(__name__, suppress_callback_exceptions=True)
    callbacks.desk.register(app, city.services, city.live, city.clock)
    assert set(CALLBACK_RIGHTS) == set(app.callback_map)
    assert {*RIGHT_OF_ACT, "form"} == set(ACTS)


def test_administrators_and_kiosks_may_call_nothing_of_the_desk() -> None:
    callers = frozenset().union(*CALLBACK_RIGHTS.values())
    assert not callers & {"sysadmin", "secadmin", "auditor", "viewer_wall", "gateway", "system"}


def test_only_those_who_lead_a_shift_may_supervise() -> None:
    assert CALLBACK_RIGHTS["desk-outcome-supervise.children"] == {"duty_leader", "commander", "leader"}


@pytest.mark.parametrize(
    "request_value",
    [
        None,
        "text",
        {},
        {"matter_id": 7},
        {"matter_id": "m", "expected_version": "1"},
        {"matter_id": "m", "expected_version": True},
        {"matter_id": "m", "key": 3},
        {"matter_id": "m", "lang": "fr"},
        {"matter_id": "x" * 65},
    ],
)
def test_a_request_of_the_wrong_form_is_refused_before_any_service(request_value: object) -> None:
    with pytest.raises(Malformed):
        asked.read(request_value)


@pytest.mark.parametrize(
    "receivers",
    ["rz-heating", [{"kind": "unit", "id": 3, "role": "lead"}], [{"kind": "car", "id": "x", "role": "lead"}]],
)
def test_receivers_of_the_wrong_form_reach_no_service(city: DeskCity, receivers: Any) -> None:
    with pytest.raises(Malformed):
        ask(city, "dispatch", BURST, receivers=receivers, objective="抢修")


@pytest.mark.parametrize("candidates", [7, "x", [1], [{}], [{"id": 7}], {"id": "u"}])
def test_a_recommendation_of_the_wrong_form_reaches_no_service(city: DeskCity, candidates: Any) -> None:
    advice = {"matter_id": city.matter(BURST)["id"], "candidates": candidates}
    with pytest.raises(Malformed):
        ask(city, "dispatch", BURST, receivers=[], objective="x", advice=advice)


@pytest.mark.parametrize("key", [None, "", 7, "k\0"])
def test_an_act_without_a_key_is_refused_before_any_service(key: object) -> None:
    request = {"matter_id": "m-1", "lang": "zh"} if key is None else {"matter_id": "m-1", "key": key}
    with pytest.raises(Malformed):
        asked.read_act(request)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 2**53, 10**30, True, "1"])
def test_an_instant_that_no_store_can_keep_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        asked.read({"matter_id": "m-1", "due_at": value}).instant("due_at")


def test_a_text_with_a_nul_is_refused() -> None:
    with pytest.raises(Malformed):
        asked.read({"matter_id": "m-1", "note": "a\0b"}).text("note")
    with pytest.raises(Malformed):
        asked.read({"matter_id": "m-1", "units": ["a\0b"]}).texts("units")


def test_a_dispatch_lists_every_receiver_as_committed_and_not_as_delivered(city: DeskCity) -> None:
    receivers = [
        {"kind": "unit", "id": "rz-heating", "role": "lead"},
        {"kind": "worker", "id": "w-0001", "role": "assist"},
    ]
    outcome = ask(city, "dispatch", BURST, receivers=receivers, objective="关阀抢修", override_reason="就近")
    assert isinstance(outcome, service.Done)
    text = shown("dispatch", outcome)
    assert '"data-outcome": "done"' in text
    assert text.count("已提交，等回执") == 2


def test_the_same_key_acts_once(city: DeskCity) -> None:
    first = ask(city, "note", BURST, note="已联系热力公司")
    again = ask(city, "note", BURST, note="已联系热力公司")
    assert isinstance(first, service.Done)
    assert isinstance(again, service.Done)
    detail = service.matter_detail(city.services, OFFICER, city.matter(BURST)["id"], city.clock.now_ms())
    assert isinstance(detail, service.MatterDetail)
    assert len([line for line in detail.timeline if line["kind"].startswith("Note")]) == 1


def test_an_officer_of_another_county_is_told_there_is_no_such_matter(city: DeskCity) -> None:
    outcome = ask(city, "note", BURST, actor=ELSEWHERE, note="x")
    assert isinstance(outcome, service.Refused)
    text = shown("note", outcome)
    assert '"data-outcome": "refused"' in text
    assert "refusal." not in text


def test_a_whistle_without_an_agenda_is_refused_in_words(city: DeskCity) -> None:
    outcome = ask(
        city,
        "whistle",
        GARBAGE,
        units=["rz-fire"],
        agenda=["  "],
        decider="石臼街道 值班领导",
        place="荣安社区",
    )
    assert isinstance(outcome, service.Refused)
    assert outcome.code == "no_agenda"


def test_the_dispatch_dialog_keeps_the_recommendation_it_showed(city: DeskCity) -> None:
    request = {"matter_id": city.matter(BURST)["id"], "lang": "zh", "kind": "dispatch", "revision": 1}
    opening = Opening(city.services, OFFICER, asked.read(request), city.clock.now_ms())
    content, advice = opening.build("dispatch", city.live)
    assert advice is not None
    assert advice["matter_id"] == request["matter_id"]
    text = json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)
    offered: list[Mapping[str, Any]] = advice["candidates"]
    assert {one["kind"] for one in offered} == {"unit", "worker"}
    assert all(one["id"] in text for one in offered)


def test_a_dialog_on_a_matter_outside_the_jurisdiction_shows_the_refusal(city: DeskCity) -> None:
    request = {"matter_id": city.matter(BURST)["id"], "lang": "zh"}
    opening = Opening(city.services, ELSEWHERE, asked.read(request), city.clock.now_ms())
    content, advice = opening.build("dispatch", city.live)
    assert advice is None
    assert "不能办理" in json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False)
