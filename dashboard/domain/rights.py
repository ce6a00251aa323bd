"""Which role may do what. One table: what is not in it is not allowed."""

from __future__ import annotations

from typing import Final

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Refused
from dashboard.domain.words import ACT_WORDS, ROLE_WORDS, both

SPEAKING_ACTS = frozenset({"keep_attachment", "speak_in_room", "read_room", "complete_room_decision"})
"""In a consultation room: what everybody who was asked into it may do."""
ROOM_ACTS = SPEAKING_ACTS | {
    "open_room", "invite_to_room", "decide_in_room", "edit_minutes", "sign_minutes", "close_room",
    "book_specialist",
    "answer_booking",
}  # fmt: skip
DISTRICT_ACTS = frozenset(
    {
        "propose_move", "propose_share", "answer_proposal", "withdraw_proposal", "override_proposal", "end_share",
    }
)  # fmt: skip
"""Between counties; who speaks for a county, and who for the city, the act itself checks."""
SHIFT_ACTS = frozenset(
    {"take_post", "leave_post", "begin_handover", "confirm_item", "complete_handover", "cancel_handover"}
)
"""Coming on duty and handing over; which post is for which role: `dashboard.domain.shift`."""
WALL_ACTS = frozenset({"drive_wall", "mute_wall", "set_up_wall"})
"""What a wall shows, whether it speaks, how it is built; which wall it may be, the act itself checks."""
COMMAND_ACTS = frozenset(
    {
        "confirm_arrival", "add_receivers", "reassign", "recall_receiver", "rule_decline", "sign_register",
        "replace_attendee", "complete_decision", "rate_unit",
    }
)  # fmt: skip
"""On a command that is out; whose unit or whistle it must be, the act itself checks."""
UNIT_COMMAND_ACTS = frozenset({"confirm_arrival", "sign_register", "replace_attendee", "complete_decision"})
MERGE_ACTS = frozenset({"merge", "reject_merge", "unmerge"})
DESK_ACTS = COMMAND_ACTS | DISTRICT_ACTS | MERGE_ACTS | ROOM_ACTS | SHIFT_ACTS | WALL_ACTS | frozenset(
    {
        "see", "receipt_telling", "resolve_telling", "mute_sound", "dispatch", "raise_whistle", "answer",
        "request_leave", "record_decision", "raise_to_consultation",
        "recall", "acknowledge", "urge", "set_urgency", "transfer", "advance", "close_matter", "note",
        "recommend", "see_replay", "export_table", "see_briefs", "make_brief", "edit_brief", "export_brief",
        "see_hotline", "give_wording", "read_wording",
        "reveal_citizen", "record_callback", "register_dispute", "answer_supervision",
    }
)  # fmt: skip
LEADING_ACTS = DESK_ACTS | {"keep_finding", "supervise", "extend_deadline", "stop_deadline", "relieve_post"}

RIGHTS: dict[str, frozenset[str]] = {
    "duty_officer": DESK_ACTS,
    "duty_leader": LEADING_ACTS,
    "commander": LEADING_ACTS,
    "unit_liaison": UNIT_COMMAND_ACTS | SPEAKING_ACTS | frozenset(
        {
            "see", "receipt_telling", "answer", "request_leave", "advance", "note",
            "reveal_citizen", "answer_supervision",
        }
    ),
    "grid_worker": frozenset(
        {
            "confirm_arrival", "keep_attachment", "see", "report_event", "call_for_help", "receipt_telling",
            "answer", "request_leave", "advance", "note",
        }
    ),
    "leader": SPEAKING_ACTS | SHIFT_ACTS | frozenset(
        {
            "see", "see_replay", "keep_finding", "export_table", "receipt_telling", "instruct", "supervise", "urge",
            "note", "see_briefs", "approve_brief", "export_brief", "see_hotline", "read_wording",
        }
    ),
    "sysadmin": frozenset(
        {
            "see_policies", "edit_policy", "edit_catalogue", "manage_webhooks", "see_tellings", "import_roster",
            "import_specialists", "export_table",
        }
    ),
    "secadmin": frozenset({"manage_accounts", "manage_tokens", "release_device", "export_table"}),
    "auditor": frozenset({"see_policies", "see_audit", "verify_audit", "export_audit", "export_table"}),
    "viewer_wall": frozenset({"see"}),
    "citizen": frozenset({"report", "keep_attachment"}),
    "gateway": frozenset({"confirm_arrival", "inbox", "receipt_telling", "answer", "report_wording_reads"}),
    "system": frozenset(
        {"intake", "escalate", "keep_attachment", "import_specialists", "edit_policy", "see_policies",
         "manage_webhooks", "manage_tokens", "manage_accounts", "import_roster", "verify_audit", "export_audit"}
    ),
}  # fmt: skip
"""Role -> acts. System, security and audit administrators are three people and see no matters."""

RIGHT_OF_SECTION: Final = {
    "policies": "see_policies",
    "catalogue": "edit_catalogue",
    "webhooks": "manage_webhooks",
    "delivery": "see_tellings",
    "accounts": "manage_accounts",
    "tokens": "manage_tokens",
    "feeds": "release_device",
    "audit": "see_audit",
}
"""Section of the administrators' page -> the act that it needs; in the order of the page's navigation."""

ADMINISTRATORS: Final = frozenset({"sysadmin", "secadmin", "auditor"})
"""The three separate administrators; none of them sees a matter."""

ROLES = tuple(role for role in RIGHTS if role not in ("system", "gateway", "viewer_wall", "citizen"))
"""Roles that an account may have; the others come from tokens or from the product itself."""


def may(principal: Principal, act: str) -> bool:
    """Say whether the principal's role includes the act, wherever it happens."""
    return act in RIGHTS.get(principal.role, frozenset())


def no_right(principal: Principal, act: str) -> Refused | None:
    """Return the refusal for an act that the principal's role does not include, None when it does."""
    if may(principal, act):
        return None
    named = both(ACT_WORDS, act, "act_name") | both(ROLE_WORDS, principal.role, "role_name")
    return Refused("no_right", {"act": act, "role": principal.role, **named})
