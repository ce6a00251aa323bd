"""The machine of a grid event: 网格发现、社区呼叫、分级响应、协同处置.

Sources of each rule: `docs/acts.md`; as a table: `docs/machines.md`.
"""

from __future__ import annotations

from dashboard.domain.machine import CHECKERS, FIELD, OFFICERS, UNIT, Machine, Stage, Transition

_ASSIGNED_FROM = ("REPORTED", "VERIFYING", "CALLED", "TRIAGED", "RETURNED", "ESCALATED")
_WHISTLED_FROM = (
    "REPORTED", "VERIFYING", "SELF_HANDLING", "CALLED", "TRIAGED", "RETURNED", "ESCALATED",
    "ASSIGNED", "ACCEPTED", "ON_SITE", "DISPOSING",
)  # fmt: skip
CLOSING_FIELDS = ("handling", "resolved")
"""The checker's words and whether it is solved; the photographs stay with the grid platform."""

GRID_EVENT = Machine(
    kind="event",
    stages=(
        Stage("REPORTED", ("verify",)),
        Stage("VERIFYING", ("verify",)),
        Stage("SELF_HANDLING", ("handling",)),
        Stage("CALLED", ("triage",)),
        Stage("TRIAGED", ("triage",)),
        Stage("ESCALATED", ("triage",)),
        Stage("ASSIGNED", ("sign", "handling")),
        Stage("RETURNED", ("return_ruling", "handling")),
        Stage("ACCEPTED", ("on_site", "handling")),
        Stage("ON_SITE", ("handling",)),
        Stage("WHISTLED", ("handling",)),
        Stage("DISPOSING", ("handling",)),
        Stage("DISPOSED", ("check",)),
        Stage("CHECKING", ("check",)),
    ),
    terminal=frozenset({"CLOSED"}),
    transitions=(
        Transition("REPORTED", "VERIFYING", "notify_worker", FIELD),
        Transition("VERIFYING", "SELF_HANDLING", "handle_in_grid", FIELD),
        Transition("VERIFYING", "CALLED", "call", FIELD),
        Transition("VERIFYING", "CLOSED", "found_untrue", FIELD, CLOSING_FIELDS, ("merged_called_back",)),
        Transition("SELF_HANDLING", "DISPOSED", "dispose", FIELD, ("handling",)),
        Transition("SELF_HANDLING", "CALLED", "call", FIELD),
        Transition("CALLED", "TRIAGED", "triage", OFFICERS),
        Transition("TRIAGED", "ESCALATED", "report_up", OFFICERS, ("reason",)),
        Transition("ESCALATED", "TRIAGED", "triage", OFFICERS),
        *(Transition(stage, "ASSIGNED", "dispatch", OFFICERS, ("unit",)) for stage in _ASSIGNED_FROM),
        Transition("ASSIGNED", "RETURNED", "return", UNIT, ("reason",), ("returns_left", "return_in_time")),
        Transition("RETURNED", "TRIAGED", "uphold_return", OFFICERS, ("reason",), ("return_may_be_upheld",)),
        Transition("RETURNED", "ACCEPTED", "force", OFFICERS, ("reason",), ("forced_by_leader",)),
        Transition("ASSIGNED", "ACCEPTED", "sign", FIELD),
        Transition("ASSIGNED", "ON_SITE", "arrive", FIELD),
        Transition("ACCEPTED", "ON_SITE", "arrive", FIELD),
        Transition("ON_SITE", "DISPOSING", "begin", FIELD),
        Transition("ON_SITE", "DISPOSED", "dispose", FIELD, ("handling",)),
        Transition("DISPOSING", "DISPOSED", "dispose", FIELD, ("handling",)),
        *(Transition(stage, "WHISTLED", "raise_whistle", OFFICERS) for stage in _WHISTLED_FROM),
        Transition("WHISTLED", "DISPOSING", "whistle_ended", OFFICERS),
        Transition("DISPOSED", "CHECKING", "check", CHECKERS),
        Transition(
            "CHECKING", "CLOSED", "close", CHECKERS, CLOSING_FIELDS, ("merged_called_back", "supervision_answered")
        ),
        Transition("CHECKING", "ASSIGNED", "reject_check", CHECKERS, ("reason",)),
    ),
)  # fmt: skip
