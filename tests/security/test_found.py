"""What attacks on the whole process found, each sent again as it was sent."""

from __future__ import annotations

import json
from typing import Any

import pytest

from layouts import ids
from layouts.admin import ids as admin
from layouts.catalogue import text
from tests.security.desk_requests import asked, call, draft, outputs_of
from tests.security.whole_web import WholeWeb

BEYOND = 2**53 - 1  # an instant that no calendar can write
MALFORMED = text("desk.failed.malformed")


def said(web: WholeWeb, who: str, component: str, values: dict[str, Any], pressed: str = "") -> str:
    answer = call(web, who, *outputs_of(web)[component], values, pressed)
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ("dispatch", {"receivers": [{"kind": "unit", "id": "rz-heating", "role": "lead", "due_at": 2**63}]}),
        ("dispatch", {"due_at": BEYOND}),
        ("consultation", {"next_at": BEYOND}),
        ("step", {"until_at": BEYOND}),
    ],
)
def test_the_desk_takes_no_instant_that_a_calendar_cannot_write(
    web: WholeWeb, act: str, field: dict[str, Any]
) -> None:
    name = "form" if act == "step" else act
    values = {ids.act_request(name): asked(web, act) | field}
    assert MALFORMED in said(web, "commander", f"desk-outcome-{name}", values)


@pytest.mark.parametrize(
    "bent",
    [{"version": 2**31}, {"version": 2**63}, {"version": -1}, {"version": True}, {"key": "short"}, {"removed": [1]},
     {"changed": [[]]}, {"shown": 2**63}],
)  # fmt: skip
@pytest.mark.parametrize("component", ["admin-policy", "admin-preview-shown"])
def test_a_draft_that_is_none_is_refused_in_words(
    web: WholeWeb, component: str, bent: dict[str, Any]
) -> None:
    values = {admin.POLICY_WHY: "试", admin.PREVIEW_NUMBERS: "", admin.POLICY: draft(web) | bent}
    pressed = admin.POLICY_PUBLISH if component == "admin-policy" else ""
    assert MALFORMED in said(web, "sysadmin", component, values, pressed)


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-31T23:59", "0001-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_answered_in_words(web: WholeWeb, day: str) -> None:
    values = dict.fromkeys((admin.AUDIT_ACTOR, admin.AUDIT_ACT, admin.AUDIT_SUBJECT), "")
    said(web, "auditor", "admin-audit-grid", values | {admin.AUDIT_FROM: day, admin.AUDIT_UNTIL: day})


@pytest.mark.parametrize("number", ["9" * 30, "-1", "²", "x", ""])
def test_a_row_of_the_audit_is_asked_for_by_a_number_that_a_row_can_have(web: WholeWeb, number: str) -> None:
    chosen = {admin.AUDIT_GRID: [{"n": number}]}
    assert MALFORMED in said(web, "auditor", "admin-audit-opened", chosen)


@pytest.mark.parametrize("key", ["key-of-\x00nul", "key with blanks", "键键键键键键键键", "short", "x" * 65])
def test_a_key_is_printable_ascii_also_inside_a_batch(web: WholeWeb, key: str) -> None:
    item = {"kind": "note", "key": key, "matter_id": web.there["matter"], "text": "记"}
    assert web.post("liaison_lead", "/api/v1/own/answers", {"items": [item]}).status_code == 422


def test_who_holds_no_post_is_told_so_when_leaving_it(web: WholeWeb) -> None:
    values = {ids.act_request("form"): asked(web, "leave_post")}
    shown = said(web, "relief", "desk-outcome-form", values)
    assert MALFORMED not in shown
    assert text("refusal.not_on_post", "zh", post_name="A岗") in shown


def test_a_path_that_climbs_serves_nothing(web: WholeWeb) -> None:
    for page in ("desk", "admin", "wall"):
        answer = web.ask("nobody", "GET", f"/{page}/_dash-component-suites/dash/%2e%2e/x.js")
        assert (answer.status_code, answer.json()) == (404, {"error": "unknown_address"})


def test_a_webhooks_secret_is_said_once_and_never_again(web: WholeWeb) -> None:
    opened = web.post(
        "sysadmin", "/api/v1/webhooks", {"name": "b", "url": "https://b.example/", "jurisdiction": "371100"}
    )
    secret = opened.json()["value"]["secret"]
    assert len(secret) > 30
    listed = web.ask("sysadmin", "GET", "/api/v1/webhooks").text
    assert "https://a.example/" in listed and "secret" not in listed
    rows = web.ask("auditor", "GET", "/api/v1/audit/rows?act=open_webhook").text
    assert "https://a.example/" in rows and "secret" not in rows
