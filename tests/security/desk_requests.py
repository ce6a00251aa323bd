"""What the pages of a desk and of an administrator send, exactly as their callbacks are wired."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.security.whole_web import WholeWeb


def outputs_of(web: WholeWeb) -> dict[str, tuple[str, str]]:
    """(page, Dash's key of the callback) by the first component that it fills."""
    return {
        key.strip(".").partition(".")[0]: (page, key)
        for page, policy in web.gate._callbacks.items()
        for key in policy.callback_map()
        if "clientside_function" not in policy.callback_map()[key]
        or not policy.callback_map()[key]["clientside_function"]
    }


def call(
    web: WholeWeb, who: str, page: str, output: str, values: dict[str, Any], pressed: str = ""
) -> httpx.Response:
    """A callback exactly as it is wired, with `values` by component, called by its input `pressed`, else its first."""
    registered = web.gate._callbacks[page].callback_map()[output]

    def given(part: str) -> list[dict[str, Any]]:
        return [
            {"id": one["id"], "property": one["property"], "value": values.get(one["id"])}
            for one in registered[part]
        ]

    names = output.strip(".").split("...") if output.startswith("..") else [output]
    outputs = [dict(zip(("id", "property"), one.rsplit(".", 1), strict=True)) for one in names]
    first = next((one for one in registered["inputs"] if one["id"] == pressed), registered["inputs"][0])
    body = {
        "output": output, "outputs": outputs if output.startswith("..") else outputs[0], "inputs": given("inputs"),
        "state": given("state"), "changedPropIds": [f"{first['id']}.{first['property']}"],
    }  # fmt: skip
    return web.ask(
        who, "POST", f"{page}/_dash-update-component", content=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )  # fmt: skip


def asked(web: WholeWeb, act: str) -> dict[str, Any]:
    """What the page would send for an act on the city's things: every field that any act reads."""
    there = web.there
    act, _, ruling = act.partition(":")
    is_call = act in ("record_callback", "carried_callback")
    command, receiver = there[COMMAND_OF.get(act, "whistle")], there[RECEIVER_OF.get(act, "called")]
    local, later = there["local"], int(there["later"])
    names = (
        "objective", "override_reason", "decider", "place", "decision", "owner", "verifier", "host", "note", "word",
        "reason", "text", "title", "applicant", "opponent", "words", "topic", "lines", "reply",
    )  # fmt: skip
    args = {
        name: there[name]
        for name in ("supervision", "proposal", "handover", "region", "booking")
    } | {"command": command, "receiver": receiver, "item": "1", "post": "A",
           "to": "TO_DISPATCH", "of": "0"}  # fmt: skip
    return dict.fromkeys(names, "说明") | {
        "act": act, "args": args, "key": web.centre.key() + "-desk", "lang": "zh", "expected_version": None,
        "matter_id": there[MATTER_OF.get(act, "matter")], "command_id": command, "receiver": receiver,
        "receiver_id": there["called"], "receivers": [{"kind": "unit", "id": local, "role": "assist"}],
        "units": [local], "unit": local, "picked": [{"id": there[PICKED.get(act, "local")]}], "agenda": ["定什么"],
        "item": "1", "due_at": None, "next_at": later, "until": later, "meets_at": later, "post": "B", "kind": "share",
        "result": "no_answer" if is_call else "已办", "resolved": "no" if act == "carried_callback" else "",
        "satisfaction": "unasked", "answer": "accepted",
        "ruling": ruling or "insisted", "people": "2" if act == "register_dispute" else "赵 科员",
        "leaving": there["leaving"], "taking_over": there["taking_over"], "punctual": "5", "competent": "5",
        "solved": "5", "category": "2201", "urgency": "3", "channel": "window", "eligible": "yes",
    }  # fmt: skip


def draft(web: WholeWeb) -> dict[str, Any]:
    """What an administrator's page keeps of a policy that is being edited."""
    del web
    return {
        "owner": "account-sysadmin", "version": 1, "shown": None, "removed": [], "changed": [], "key": "key-00000001",
        "kind": "whistle_receiver", "step": "whistle-amber",
    }  # fmt: skip


MATTER_OF = {
    "dispatch": "fresh", "whistle": "signed", "transfer": "signed", "record_callback": "replied", "step": "returning",
    "merge": "alike", "reject_merge": "alike", "unmerge": "carrier", "carried_callback": "carrier",
    "district_propose": "fresh", "end_share": "proposed", "district_answer": "proposed",
}  # fmt: skip
COMMAND_OF = {
    "rate_unit": "decided",
    "complete_decision": "decided",
    "reassign": "command",
    "recall_receiver": "command",
}
RECEIVER_OF = {
    "confirm_arrival": "refusing",
    "rule_decline": "refusing",
    "reassign": "lead",
    "recall_receiver": "lead",
}
PICKED = {
    "merge": "carrier", "reject_merge": "carrier", "unmerge": "carried", "carried_callback": "carried",
    "extend_deadline": "deadline", "stop_deadline": "deadline",
    "register_dispute": "township", "district_propose": "region",
}  # fmt: skip
