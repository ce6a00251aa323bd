"""Dash's callbacks and the acts of the desk, asked by everybody: the same table says who is let in."""

from __future__ import annotations

import json

import pytest

import callbacks.desk.acts
import callbacks.desk.features
import callbacks.desk.leave
from callbacks.desk.features import FEATURES, acts_of
from callbacks.desk.wiring import RIGHT_OF_ACT, act_targets, output_key
from dashboard.service import Refused
from layouts import ids
from layouts.catalogue import text
from tests.security.busy_city import KEYS, PEOPLE
from tests.security.desk_requests import asked, call, outputs_of
from tests.security.matrix import CALLBACKS, DESK_ACTS, DESKS
from tests.security.test_matrix import KEPT_OUT
from tests.security.whole_web import WholeWeb

MALFORMED = text("desk.failed.malformed")


def test_every_callback_is_in_the_table(web: WholeWeb) -> None:
    assert set(outputs_of(web)) == set(CALLBACKS)
    assert set(acts_of(FEATURES)) | set(RIGHT_OF_ACT) == {act.partition(":")[0] for act in DESK_ACTS}


@pytest.mark.parametrize("component", sorted(CALLBACKS))
def test_who_may_call_a_callback_is_who_is_named(web: WholeWeb, component: str) -> None:
    page, output = outputs_of(web)[component]
    let_in = set()
    for who in (*PEOPLE, *KEYS):
        status = call(web, who, page, output, {}).status_code
        assert status in (200, 204, 401, 403), status
        let_in |= {who} if status in (200, 204) else set()
    assert let_in == CALLBACKS[component]


@pytest.mark.parametrize("act", sorted(DESK_ACTS))
def test_whose_act_of_the_desk_is_done_is_who_is_named(
    web: WholeWeb, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def code(refused: Refused, _lang: str) -> str:
        said.append(refused.code)
        return refused.code

    for module in (callbacks.desk.acts, callbacks.desk.features, callbacks.desk.leave):
        monkeypatch.setattr(module, "refusal_text", code)
    name = act if act in RIGHT_OF_ACT else "form"
    let_in = set()
    for who in sorted(DESKS):
        said.clear()
        answer = call(
            web, who, "/desk", output_key(act_targets(name)), {ids.act_request(name): asked(web, act)}
        )
        assert answer.status_code in (200, 403), answer.text
        assert MALFORMED not in json.dumps(answer.json() if answer.content else "", ensure_ascii=False)
        kept_out = answer.status_code == 403 or any(KEPT_OUT.fullmatch(one) for one in said)
        let_in |= set() if kept_out else {who}
    assert let_in == DESK_ACTS[act]
