"""The machine of a 12345 hotline order. Sources of each rule: `docs/acts.md`; as a table: `docs/machines.md`."""

from __future__ import annotations

from dashboard.domain.machine import LEADERS, OFFICERS, UNIT, Machine, Stage, Transition

REPLY_FIELDS = ("request_true", "contacted", "contacted_at", "resolved", "handling", "public_reply")
"""What a reply must say before it goes to review (the Tai'an form); `unresolved_reason` too when not resolved."""
MORE_REPLY_FIELDS = ("unresolved_reason", "beyond_duty")
CLOSING_GUARDS = ("called_back", "dissatisfied_once_is_redone", "merged_called_back", "supervision_answered")
"""结案 needs the callback's result or three tries; resolved and satisfied stay two answers, both the citizen's."""

_WHISTLED_FROM = ("TO_DISPATCH", "TO_SIGN", "RETURN_REQUESTED", "HANDLING", "SUB_DISPATCHED", "REDO")

HOTLINE_ORDER = Machine(
    kind="order",
    stages=(
        Stage("TO_ACCEPT", ("accept",)),
        Stage("SUPPLEMENT", ("supplement",), pauses=("accept",)),
        Stage("TO_DISPATCH", ("dispatch",)),
        Stage("TO_SIGN", ("sign", "feedback")),
        Stage("RETURN_REQUESTED", ("return_ruling", "feedback")),
        Stage("HANDLING", ("feedback",)),
        Stage("SUB_DISPATCHED", ("feedback",)),
        Stage("CO_HANDLING", ("feedback",)),
        Stage("EXTENSION_APPLIED", ("extension_ruling",), pauses=("feedback",)),
        Stage("SUSPENDED", ("suspended_review",), pauses=("feedback",)),
        Stage("REPLIED", ("review",)),
        Stage("TO_CALLBACK", ("callback",)),
        Stage("REDO", ("redo",)),
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
        Transition(
            "TO_SIGN", "RETURN_REQUESTED", "return", UNIT, ("reason",), ("returns_left", "return_in_time")
        ),
        Transition(
            "RETURN_REQUESTED", "TO_DISPATCH", "uphold_return", OFFICERS, ("reason",), ("return_may_be_upheld",)
        ),
        Transition("RETURN_REQUESTED", "HANDLING", "force", OFFICERS, ("reason",), ("forced_by_leader",)),
        Transition("HANDLING", "SUB_DISPATCHED", "sub_dispatch", UNIT),
        Transition("SUB_DISPATCHED", "HANDLING", "child_replied", UNIT),
        *(Transition(stage, "CO_HANDLING", "raise_whistle", OFFICERS) for stage in _WHISTLED_FROM),
        Transition("CO_HANDLING", "HANDLING", "whistle_ended", OFFICERS),
        Transition(
            "HANDLING", "EXTENSION_APPLIED", "apply_extension", UNIT, ("reason", "until_at"),
            ("extension_unused", "before_the_end", "extension_fits"),
        ),
        Transition(
            "EXTENSION_APPLIED", "HANDLING", "rule_extension", OFFICERS, ("granted", "reason"),
            ("other_than_applicant", "granted_fits"), ("until_at", "sent_back"),
        ),
        Transition(
            "HANDLING", "REPLIED", "reply", UNIT, REPLY_FIELDS, ("unresolved_explained",), MORE_REPLY_FIELDS
        ),
        Transition("REPLIED", "HANDLING", "reject_reply", OFFICERS, ("reason",)),
        Transition("REPLIED", "TO_CALLBACK", "pass_review", OFFICERS),
        Transition("TO_CALLBACK", "CLOSED", "close", OFFICERS, (), CLOSING_GUARDS, ("explanation", "resolved")),
        Transition("TO_CALLBACK", "REDO", "redo", OFFICERS, ("reason",)),
        Transition("REDO", "REPLIED", "reply", UNIT, REPLY_FIELDS, ("unresolved_explained",), MORE_REPLY_FIELDS),
        Transition(
            "TO_CALLBACK", "SUSPENDED", "suspend", LEADERS, ("plan", "leader", "target_at"), ("target_ahead",)
        ),
        Transition(
            "SUSPENDED", "SUSPENDED", "review_suspension", LEADERS, ("handling", "target_at"), ("target_ahead",)
        ),
        Transition("SUSPENDED", "HANDLING", "resume", OFFICERS),
    ),
)  # fmt: skip
