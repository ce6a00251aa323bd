"""The machine of a 12345 order. Sources of each rule: `docs/acts.md`."""

from __future__ import annotations

from dashboard.domain.machine import LEADERS, OFFICERS, UNIT, Machine, Transition

REPLY_FIELDS = ("request_true", "contacted", "contacted_at", "resolved", "handling", "public_reply")
"""What a reply must say before it goes to review (the Tai'an form); `unresolved_reason` too when not resolved."""
CLOSING_FIELDS = ("callback", "resolved", "satisfaction")
"""结案 needs the callback's result or three tries; resolved and satisfied stay two answers."""

_WHISTLED_FROM = ("TO_DISPATCH", "TO_SIGN", "RETURN_REQUESTED", "HANDLING", "SUB_DISPATCHED", "REDO")

HOTLINE_ORDER = Machine(
    kind="order",
    line=(
        "TO_ACCEPT", "SUPPLEMENT", "TO_DISPATCH", "TO_SIGN", "RETURN_REQUESTED", "HANDLING", "SUB_DISPATCHED",
        "CO_HANDLING", "EXTENSION_APPLIED", "SUSPENDED", "REPLIED", "TO_CALLBACK", "REDO", "CLOSED",
    ),
    terminal=frozenset({"CLOSED", "INVALID", "DIRECT_ANSWERED"}),
    transitions=(
        Transition("TO_ACCEPT", "SUPPLEMENT", "ask_facts", OFFICERS, ("reason",)),
        Transition("SUPPLEMENT", "TO_ACCEPT", "add_facts", OFFICERS),
        Transition("SUPPLEMENT", "INVALID", "give_up", OFFICERS, ("reason",)),
        Transition("TO_ACCEPT", "INVALID", "refuse_scope", OFFICERS, ("reason",)),
        Transition("TO_ACCEPT", "DIRECT_ANSWERED", "answer_directly", OFFICERS, ("handling",)),
        Transition("TO_ACCEPT", "TO_DISPATCH", "accept", OFFICERS),
        Transition("TO_DISPATCH", "TO_SIGN", "dispatch", OFFICERS, ("unit",)),
        Transition("TO_DISPATCH", "INVALID", "refuse_scope", OFFICERS, ("reason",)),
        Transition("TO_SIGN", "HANDLING", "sign", UNIT),
        Transition("TO_SIGN", "RETURN_REQUESTED", "return", UNIT, ("reason",)),
        Transition("RETURN_REQUESTED", "TO_DISPATCH", "uphold_return", OFFICERS, ("reason",)),
        Transition("RETURN_REQUESTED", "HANDLING", "force", OFFICERS, ("reason",)),
        Transition("HANDLING", "SUB_DISPATCHED", "sub_dispatch", UNIT),
        Transition("SUB_DISPATCHED", "HANDLING", "child_replied", UNIT),
        *(Transition(stage, "CO_HANDLING", "raise_whistle", OFFICERS) for stage in _WHISTLED_FROM),
        Transition("CO_HANDLING", "HANDLING", "whistle_ended", OFFICERS),
        Transition("HANDLING", "EXTENSION_APPLIED", "apply_extension", UNIT, ("reason", "until_at")),
        Transition("EXTENSION_APPLIED", "HANDLING", "rule_extension", OFFICERS, ("granted", "reason")),
        Transition("HANDLING", "REPLIED", "reply", UNIT, REPLY_FIELDS),
        Transition("REPLIED", "HANDLING", "reject_reply", OFFICERS, ("reason",)),
        Transition("REPLIED", "TO_CALLBACK", "pass_review", OFFICERS),
        Transition("TO_CALLBACK", "CLOSED", "close", OFFICERS, CLOSING_FIELDS),
        Transition("TO_CALLBACK", "REDO", "redo", OFFICERS, ("reason",)),
        Transition("REDO", "REPLIED", "reply", UNIT, REPLY_FIELDS),
        Transition("TO_CALLBACK", "SUSPENDED", "suspend", LEADERS, ("plan", "leader", "target_at")),
        Transition("SUSPENDED", "HANDLING", "resume", OFFICERS),
    ),
)  # fmt: skip
