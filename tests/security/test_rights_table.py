"""Each act with the roles that may do it, to be read by a person; the code's own table says the same by role."""

from __future__ import annotations

import ast
from typing import Final

import pytest

from dashboard.domain.principal import Principal
from dashboard.domain.rights import RIGHTS, no_right
from tests.conftest import PROJECT_ROOT

OFFICERS: Final = "duty_officer duty_leader commander"

WHO_MAY: Final[dict[str, str]] = {
    # on a matter
    "see_replay": f"{OFFICERS} leader",
    **dict.fromkeys(("see_briefs", "export_brief"), f"{OFFICERS} leader"),
    **dict.fromkeys(("make_brief", "edit_brief"), OFFICERS),
    "approve_brief": "leader",
    "export_table": f"{OFFICERS} leader sysadmin secadmin auditor",
    "see_hotline": f"{OFFICERS} leader",
    "read_wording": f"{OFFICERS} leader",
    "give_wording": OFFICERS,
    "report_wording_reads": "gateway",
    "see": f"{OFFICERS} leader unit_liaison grid_worker viewer_wall",
    "note": f"{OFFICERS} leader unit_liaison grid_worker",
    "advance": f"{OFFICERS} unit_liaison grid_worker",
    "keep_attachment": f"{OFFICERS} leader unit_liaison grid_worker citizen system",
    "reveal_citizen": f"{OFFICERS} unit_liaison",
    "answer_supervision": f"{OFFICERS} unit_liaison",
    "urge": f"{OFFICERS} leader",
    "supervise": "duty_leader commander leader",
    "keep_finding": "duty_leader commander leader",
    "instruct": "leader",
    **dict.fromkeys(("extend_deadline", "stop_deadline"), "duty_leader commander"),
    **dict.fromkeys(
        (
            "acknowledge", "set_urgency", "transfer", "close_matter", "record_callback", "register_dispute",
            "recommend", "merge", "reject_merge", "unmerge", "propose_move", "propose_share", "answer_proposal",
            "withdraw_proposal", "override_proposal", "end_share", "resolve_telling", "mute_sound",
            "drive_wall", "mute_wall", "set_up_wall",
        ),
        OFFICERS,
    ),
    # on a command
    **dict.fromkeys(
        (
            "dispatch", "raise_whistle", "record_decision", "raise_to_consultation", "recall", "add_receivers",
            "reassign", "recall_receiver", "rule_decline", "rate_unit",
        ),
        OFFICERS,
    ),
    "answer": f"{OFFICERS} unit_liaison grid_worker gateway",
    "confirm_arrival": f"{OFFICERS} unit_liaison grid_worker gateway",
    "request_leave": f"{OFFICERS} unit_liaison grid_worker",
    **dict.fromkeys(("sign_register", "replace_attendee", "complete_decision"), f"{OFFICERS} unit_liaison"),
    "receipt_telling": f"{OFFICERS} leader unit_liaison grid_worker gateway",
    "inbox": "gateway",
    # in a consultation room
    **dict.fromkeys(("speak_in_room", "read_room", "complete_room_decision"), f"{OFFICERS} leader unit_liaison"),
    **dict.fromkeys(
        (
            "open_room", "invite_to_room", "decide_in_room", "edit_minutes", "sign_minutes", "close_room",
            "book_specialist", "answer_booking",
        ),
        OFFICERS,
    ),
    # on duty
    **dict.fromkeys(
        ("take_post", "leave_post", "begin_handover", "confirm_item", "complete_handover", "cancel_handover"),
        f"{OFFICERS} leader",
    ),
    "relieve_post": "duty_leader commander",
    # in the field, and the citizens
    **dict.fromkeys(("report_event", "call_for_help"), "grid_worker"),
    "report": "citizen",
    # the three administrators, who see no matters, and the product itself
    **dict.fromkeys(("edit_policy", "manage_webhooks", "import_roster", "import_specialists"), "sysadmin system"),
    "see_policies": "sysadmin auditor system",
    **dict.fromkeys(("see_tellings", "edit_catalogue"), "sysadmin"),
    **dict.fromkeys(("manage_accounts", "manage_tokens"), "secadmin system"),
    "release_device": "secadmin",
    **dict.fromkeys(("verify_audit", "export_audit"), "auditor system"),
    "see_audit": "auditor",
    **dict.fromkeys(("intake", "escalate"), "system"),
}  # fmt: skip


@pytest.mark.parametrize("role", sorted(RIGHTS))
def test_a_role_may_do_what_is_listed_for_it_and_is_refused_everything_else(role: str) -> None:
    person = Principal("p", "王大明", "officer", role, "371100")
    acts = {*WHO_MAY, *(act for acts in RIGHTS.values() for act in acts), "something_new"}
    assert {act for act in acts if no_right(person, act) is None} == {
        act for act, roles in WHO_MAY.items() if role in roles.split()
    }


def test_every_act_that_the_service_asks_a_right_for_is_listed() -> None:
    asked: set[str] = set()
    for file in (PROJECT_ROOT / "dashboard" / "service").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = node.func if isinstance(node, ast.Call) else None
            name = getattr(named, "id", getattr(named, "attr", ""))
            # Where the act stands among the arguments: perform(services, actor, ACT, ...), no_right(actor, ACT)
            place = {"perform": 2, "perform_on_matter": 2, "no_right": 1, "may": 1}.get(name)
            if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
                argument = node.args[place]
                options = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
                asked |= {str(one.value) for one in options if isinstance(one, ast.Constant)}
    assert len(asked) > 50
    assert asked <= set(WHO_MAY)
