"""Forged callbacks of the desk's and the administrators' pages: wired as they should be, with anything in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import service
from tests.security.desk_requests import asked, call, draft, outputs_of
from tests.security.fuzzing import some
from tests.security.matrix import CALLBACKS, DESK_ACTS
from tests.security.request_shapes import ANYTHING, HOSTILE_TEXTS
from tests.security.whole_web import WholeWeb
from tests.store.centre import officer

ASKS = ("kind", "step", "look", "back", "take", "own", "undo", "after", "remove", "earlier", "later", "x")
OF = ("whistle-amber", "whistle_receiver", "order:sign:2", "1", "9" * 30, "x")
WRITTEN = (
    *HOSTILE_TEXTS,
    "duty_officer",
    "kiosk",
    "gateway",
    "en",
    "3",
    "371100",
    "9999-12-31",
    "2026-11-23T10:00",
)

WRONG_KINDS = (True, 3, 0.5, "x\x00", [[[]]], {"ask": []})


@pytest.mark.parametrize("component", sorted(CALLBACKS))
def test_no_callback_ends_in_a_server_error(city: WholeWeb, component: str) -> None:
    page, key = outputs_of(city)[component]
    people = sorted(CALLBACKS[component])
    registered = city.gate._callbacks[page].callback_map()[key]
    policy = service.policy_rows(city.centre.services, officer("sysadmin"), None, city.centre.now)
    assert isinstance(policy, dict)

    @some(8)
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        values = {
            one["id"]: _value(data, city, one["id"], one["property"], policy["rows"])
            for one in (*registered["inputs"], *registered["state"])
        }
        pressed = data.draw(st.sampled_from([one["id"] for one in registered["inputs"]]))
        answer = call(city, data.draw(st.sampled_from(people)), page, key, values, pressed)
        assert answer.status_code in (200, 204, 400), (key, values, answer.text)

    attack()


@pytest.mark.parametrize("component", sorted(CALLBACKS))
def test_one_field_of_the_wrong_kind_is_no_server_error(city: WholeWeb, component: str) -> None:
    page, key = outputs_of(city)[component]
    who = sorted(CALLBACKS[component])[0]
    registered = city.gate._callbacks[page].callback_map()[key]
    pressed = registered["inputs"][-1]["id"]
    for one in (*registered["inputs"], *registered["state"]):
        for wrong in WRONG_KINDS:
            answer = call(city, who, page, key, {one["id"]: wrong}, pressed)
            assert answer.status_code in (200, 204, 400), (key, one["id"], wrong, answer.text)


def _value(
    data: st.DataObject, city: WholeWeb, component: str, prop: str, policy: list[dict[str, str]]
) -> Any:
    bent = data.draw(st.integers(0, 3))
    if bent == 0:
        return data.draw(ANYTHING)
    found: dict[str, Any]
    if component == "admin-policy":
        found = draft(city) | {"changed": [dict(policy[0])], "owner": data.draw(st.sampled_from(OWNERS))}
    elif component.startswith("admin") and prop == "data":
        found = {"ask": data.draw(st.sampled_from(ASKS)), "of": data.draw(st.sampled_from(OF)), "n": 1}
    elif prop == "data":
        found = asked(city, data.draw(st.sampled_from(sorted(DESK_ACTS))))
    elif prop == "selectedRows":
        found = {"n": "1", "id": "x", "name": "x", "policy_id": "whistle-amber"}
    else:
        return data.draw(st.sampled_from(WRITTEN))
    for _ in range(bent - 1):
        found[data.draw(st.sampled_from(sorted(found)))] = data.draw(ANYTHING)
    return [found] if prop == "selectedRows" else found


OWNERS = ("account-sysadmin", "account-auditor", "x")
