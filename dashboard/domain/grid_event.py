"""The machine of a grid event: 网格发现、社区呼叫、分级响应、协同处置. Sources of each rule: `docs/acts.md`."""

from __future__ import annotations

from dashboard.domain.machine import OFFICERS, UNIT, Machine, Transition

_ASSIGNED_FROM = ("REPORTED", "VERIFYING", "CALLED", "TRIAGED", "RETURNED", "ESCALATED")
_WHISTLED_FROM = (
    "REPORTED", "VERIFYING", "SELF_HANDLING", "CALLED", "TRIAGED", "RETURNED", "ESCALATED",
    "ASSIGNED", "ACCEPTED", "ON_SITE", "DISPOSING",
)  # fmt: skip
CLOSING_FIELDS = ("handling", "resolved")
"""The checker's words and whether it is solved; the photographs stay with the grid platform."""

GRID_EVENT = Machine(
    kind="event",
    line=(
        "REPORTED", "VERIFYING", "SELF_HANDLING", "CALLED", "TRIAGED", "ESCALATED", "ASSIGNED", "RETURNED", "ACCEPTED",
        "ON_SITE", "WHISTLED", "DISPOSING", "DISPOSED", "CHECKING", "CLOSED",
    ),
    terminal=frozenset({"CLOSED"}),
    transitions=(
        Transition("REPORTED", "VERIFYING", "notify_worker", UNIT),
        Transition("VERIFYING", "SELF_HANDLING", "handle_in_grid", UNIT),
        Transition("VERIFYING", "CALLED", "call", UNIT),
        Transition("VERIFYING", "CLOSED", "found_untrue", UNIT, CLOSING_FIELDS),
        Transition("SELF_HANDLING", "DISPOSED", "dispose", UNIT, ("handling",)),
        Transition("SELF_HANDLING", "CALLED", "call", UNIT),
        Transition("CALLED", "TRIAGED", "triage", OFFICERS),
        Transition("TRIAGED", "ESCALATED", "report_up", OFFICERS, ("reason",)),
        Transition("ESCALATED", "TRIAGED", "triage", OFFICERS),
        *(Transition(stage, "ASSIGNED", "dispatch", OFFICERS, ("unit",)) for stage in _ASSIGNED_FROM),
        Transition("ASSIGNED", "RETURNED", "return", UNIT, ("reason",)),
        Transition("RETURNED", "TRIAGED", "uphold_return", OFFICERS, ("reason",)),
        Transition("RETURNED", "ACCEPTED", "force", OFFICERS, ("reason",)),
        Transition("ASSIGNED", "ACCEPTED", "sign", UNIT),
        Transition("ASSIGNED", "ON_SITE", "arrive", UNIT),
        Transition("ACCEPTED", "ON_SITE", "arrive", UNIT),
        Transition("ON_SITE", "DISPOSING", "begin", UNIT),
        Transition("ON_SITE", "DISPOSED", "dispose", UNIT, ("handling",)),
        Transition("DISPOSING", "DISPOSED", "dispose", UNIT, ("handling",)),
        *(Transition(stage, "WHISTLED", "raise_whistle", OFFICERS) for stage in _WHISTLED_FROM),
        Transition("WHISTLED", "DISPOSING", "whistle_ended", OFFICERS),
        Transition("DISPOSED", "CHECKING", "check", UNIT),
        Transition("CHECKING", "CLOSED", "close", UNIT, CLOSING_FIELDS),
        Transition("CHECKING", "ASSIGNED", "reject_check", UNIT, ("reason",)),
    ),
)  # fmt: skip
