"""The administrators' page without a browser: who sees what, labels of every field, and delivery read at night."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from dash import Dash, dcc, html
from dash.development.base_component import Component

from callbacks.admin import wiring
from callbacks.admin.accounts import register_accounts
from dashboard.citypack.policies import CHOICES
from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHT_OF_SECTION, RIGHTS
from dashboard.domain.words import ACT_WORDS, TELLING_FAULT_WORDS
from layouts.admin import audit, overview, versions
from layouts.admin.delivery import LISTED, delivery
from layouts.admin.page import Ground, build
from layouts.catalogue import has_text, text

NOW = 1_795_399_200_000  # 2026-11-23 10:00 in Rizhao
MINUTE_MS = 60_000
GROUND = Ground(
    True, CHOICES, {"zh": [("371100", "日照市")], "en": [("371100", "Rizhao")]}, [("rz-heating", "热力公司")]
)
LANGUAGES = ("zh", "en")
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")


def page(role: str, language: str = "zh") -> html.Div:
    return build(Principal("a", "吴某某", "officer", role, "371100", language=language), GROUND)


def everything(component: Any) -> Iterator[Component]:
    if isinstance(component, Component):
        yield component
        component = getattr(component, "children", None)
    if isinstance(component, list | tuple):
        for child in component:
            yield from everything(child)
    elif isinstance(component, Component):
        yield from everything(component)


def words(component: Any) -> str:
    """All text of a component in one line."""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return "".join(words(one) for one in component)
    return f"{words(getattr(component, 'children', None))} " if isinstance(component, Component) else ""


@pytest.mark.parametrize(
    ("role", "sections"),
    [
        ("sysadmin", ["overview", "policies", "catalogue", "webhooks", "delivery"]),
        ("secadmin", ["overview", "accounts", "tokens", "feeds"]),
        ("auditor", ["overview", "policies", "audit"]),
    ],
)
def test_each_administrator_sees_their_own_sections(role: str, sections: list[str]) -> None:
    found = [getattr(one, "data-section") for one in everything(page(role)) if hasattr(one, "data-section")]
    assert found == sections


def test_every_section_has_a_right_and_every_callback_a_role_that_has_it() -> None:
    for name, right in RIGHT_OF_SECTION.items():
        assert any(right in RIGHTS[role] for role in ADMINISTRATORS), name
    for roles in wiring.CALLBACK_RIGHTS.values():
        assert roles
        assert roles <= set(ADMINISTRATORS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_every_field_has_a_label_and_every_id_is_there_once(role: str, language: str) -> None:
    shown = list(everything(page(role, language)))
    fields = [
        one for one in shown if isinstance(one, dcc.Input | dcc.Dropdown | dcc.RadioItems | dcc.Checklist)
    ]
    assert fields
    labelled = {one.htmlFor for one in shown if isinstance(one, html.Label)}
    grouped = {id(inside) for one in shown if isinstance(one, html.Fieldset) for inside in everything(one)}
    assert [one.id for one in fields if one.id not in labelled and id(one) not in grouped] == []
    for group in (one for one in shown if isinstance(one, html.Fieldset)):
        assert any(isinstance(one, html.Legend) for one in everything(group))
    ids = [one.id for one in shown if getattr(one, "id", None)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_the_first_page_says_what_the_role_may_do_and_what_not(role: str) -> None:
    principal = Principal("a", "", "officer", role, "371100")
    shown = words(overview.overview_section(principal, "zh"))
    assert text(f"admin.overview.task_{role}") in shown
    assert text(f"admin.overview.not_{role}") in shown
    names = overview.sections_of(principal)
    cards = words(
        overview.cards(names, {name: f"standing of {name}" for name in names}, role == "auditor", "zh")
    )
    for name in names:
        assert text(f"admin.nav.{name}") in cards
        assert f"standing of {name}" in cards
    assert ("只有" in cards or "查看升级规则" in cards) == (role == "auditor")


def test_every_act_of_the_chain_and_every_refusal_is_said_in_words() -> None:
    for act in (*audit.OTHER_ACTS, *ACT_WORDS):
        assert audit.act_word(act, "zh") != act
    assert audit.result_word("wrong_name_or_password", "zh") == text("refusal.wrong_name_or_password")
    # Its sentence has values that the chain has not.
    assert audit.result_word("no_right", "zh") == "拒绝：no_right"


def _version(number: int, by: str, open_matters: int) -> dict[str, Any]:
    origin = "edit" if by else "pack"
    return {
        "version": number, "made_at": NOW, "made_by": by, "origin": origin, "steps": 88, "why": "",
        "open_matters": open_matters,
    }  # fmt: skip


def test_an_older_version_says_how_many_open_matters_keep_it() -> None:
    rows = [
        _version(2, "吴**", 3),
        _version(1, "", 140),
    ]
    shown = words(versions.versions(rows, "zh"))
    assert "第 2 版 当前" in shown
    assert "140 件在用" in shown
    assert "吴**" in shown


# -- delivery, read at night ------------------------------------------------------------------------------------


def telling(**given: Any) -> dict[str, Any]:
    row = {
        "origin": "clock", "no": "G0417", "desk": "东港区", "desk_en": "Donggang", "means": "phone",
        "means_name": "电话", "means_name_en": "phone", "role": "unit_head", "role_name": "单位负责人",
        "role_name_en": "unit head",
        "recipient_kind": "unit", "recipient": "rz-heating", "recipient_name": "热力公司", "state": "failed",
        "fault": "no_answer", "fault_name": "无人接听", "fault_name_en": "nobody answered", "attempts": 3,
        "most_tries": 3, "next_at": None, "made_at": NOW - 20 * MINUTE_MS, "ended_at": NOW - 5 * MINUTE_MS,
        "next_step": "超反馈时限：报带班领导", "next_step_en": "Overdue", "next_step_at": NOW + 10 * MINUTE_MS,
        "tries": [{"n": 1, "begun_at": NOW - 9 * MINUTE_MS, "ended_at": None, "result": "no_answer"}],
    }  # fmt: skip
    return row | given


def standing(failed: list[dict[str, Any]], retrying: list[dict[str, Any]]) -> dict[str, Any]:
    means = {
        "means": "phone", "served": True, "waiting": 0, "sent": 0, "received": 12, "failed": len(failed),
        "retrying": len(retrying), "since": NOW - 20 * MINUTE_MS if failed else None, "last_received_at": NOW,
    }  # fmt: skip
    return {
        "at": NOW, "counts": {}, "means": [means], "failed": failed, "retrying": retrying, "further": 0, "ended": 0,
    }  # fmt: skip


def test_what_failed_says_to_whom_since_when_what_comes_next_and_what_a_person_does() -> None:
    shown = words(delivery(standing([telling()], []), "zh"))
    for part in (
        "1 条通知未送达，涉及 1 件在办事项，最早自 11-23 09:40",
        "电话 → 热力公司 单位负责人",
        "G0417 · 归东港区值班台",
        "已 20:00",
        "无人接听",
        "试 1 次，最后 09:51:00",
        "升级照走，11-23 10:10：超反馈时限：报带班领导",
        "东港区值班台：换人、换号再打，或派人去。",
    ):
        assert part in shown


def test_what_a_consultation_said_has_no_step_after_it() -> None:
    said = telling(origin="room", next_step="", next_step_en="", next_step_at=None)
    shown = words(delivery(standing([said], []), "zh"))
    assert "会商通知，后面没有升级步骤" in shown
    assert "升级照走" not in shown


def test_what_is_tried_again_says_when_and_which_attempt_and_needs_nobody() -> None:
    waiting = telling(state="waiting", attempts=1, next_at=NOW + 65_000)
    shown = words(delivery(standing([], [waiting]), "zh"))
    assert "10:01:05 再试（还有 1:05），第 2 次，共 3 次" in shown
    assert "暂不需要人" in shown


def test_a_try_that_nobody_made_points_at_the_worker() -> None:
    waiting = telling(state="waiting", attempts=1, next_at=NOW - 2 * MINUTE_MS)
    assert "后台进程可能停了" in words(delivery(standing([], [waiting]), "zh"))


def test_nothing_failed_is_said_with_the_time_of_the_data() -> None:
    shown = words(delivery(standing([], []), "zh"))
    assert "没有未送达的通知" in shown
    assert "数据 10:00:00" in shown


def test_a_channel_that_is_down_is_a_few_lines_and_not_hundreds() -> None:
    same = [telling(id=f"t{number}") for number in range(300)]
    shown = delivery(standing(same, []), "zh")
    assert words(shown).count("升级照走") == 1
    assert "热力公司 单位负责人 × 300" in words(shown)
    many = [telling(id=f"t{number}", no=f"G{number:04}") for number in range(LISTED + 7)]
    assert "另有 7 条" in words(delivery(standing(many, []), "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_says_what_a_person_should_do(language: str) -> None:
    for fault in TELLING_FAULT_WORDS:
        assert has_text(f"admin.todo.{fault}"), fault
        assert words(delivery(standing([telling(fault=fault)], []), language))


@pytest.mark.parametrize(
    ("made", "button"),
    [("admin-account-made", "admin-account-create"), ("admin-token-made", "admin-token-open")],
)
def test_no_other_press_can_replace_the_answer_that_shows_a_secret_once(made: str, button: str) -> None:
    """Of two requests of one callback Dash keeps the answer of the later: what makes a secret answers only to its own
    button, which is disabled until it was answered, and no other callback writes where it is shown."""
    app = Dash("test-admin")
    register_accounts(app, None, None)  # type: ignore[arg-type]
    writing = [one for one in app._callback_list if f"{made}.children" in one["output"]]
    assert [[given["id"] for given in one["inputs"]] for one in writing] == [[button]]
    assert all(one["prevent_initial_call"] for one in writing)
    (one,) = writing
    assert one["running"]["running"] == {f"{button}.disabled": True}
