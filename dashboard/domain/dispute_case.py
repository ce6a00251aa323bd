"""The machine of a dispute: 统一受理、分流、归口办理、调解/仲裁/诉讼、协议/司法确认/立案、回访、归档.

Mediation comes before the court where the case is fit for it. Sources: `docs/acts.md`; as a table: `docs/machines.md`.
"""

from __future__ import annotations

from dashboard.domain.hotline_order import CLOSING_GUARDS
from dashboard.domain.machine import OFFICERS, UNIT, Machine, Stage, Transition

_WHISTLED_FROM = ("SORTED", "INTERVIEWED", "MEDIATING", "MEDIATION_FAILED")
_BEFORE_COURT = ("INTERVIEWED", "MEDIATION_FAILED")

DISPUTE_CASE = Machine(
    kind="dispute",
    stages=(
        Stage("REGISTERED", ("register",)),
        Stage("SORTED", ("interview", "settle")),
        Stage("RETURN_REQUESTED", ("return_ruling", "settle")),
        Stage("INTERVIEWED", ("settle",)),
        Stage("WHISTLED", ("settle",)),
        Stage("MEDIATING", ("mediate", "settle")),
        Stage("MEDIATION_FAILED", ("choose", "settle")),
        Stage("ARBITRATION", ("arbitrate",)),
        Stage("LITIGATION", ("file",)),
        Stage("AGREED", ("agreement",)),
        Stage("CONFIRMING", ("confirm",)),
        Stage("FOLLOW_UP", ("callback",)),
    ),
    terminal=frozenset({"ARCHIVED", "WITHDRAWN"}),
    closed="ARCHIVED",
    transitions=(
        Transition("REGISTERED", "SORTED", "sort", OFFICERS, ("unit", "window")),
        Transition("REGISTERED", "WITHDRAWN", "refuse_scope", OFFICERS, ("reason",)),
        Transition("SORTED", "INTERVIEWED", "interview", UNIT, ("handling",)),
        Transition(
            "SORTED", "RETURN_REQUESTED", "return", UNIT, ("reason",), ("returns_left", "return_in_time")
        ),
        Transition(
            "RETURN_REQUESTED", "REGISTERED", "uphold_return", OFFICERS, ("reason",), ("return_may_be_upheld",)
        ),
        Transition("RETURN_REQUESTED", "INTERVIEWED", "force", OFFICERS, ("reason",), ("forced_by_leader",)),
        Transition("INTERVIEWED", "AGREED", "agree", UNIT, ("agreement",)),
        Transition("INTERVIEWED", "MEDIATING", "mediate", UNIT, ("mediator",)),
        Transition("MEDIATION_FAILED", "MEDIATING", "mediate", UNIT, ("mediator",)),
        Transition("LITIGATION", "MEDIATING", "mediate", UNIT, ("mediator",)),
        Transition("MEDIATING", "AGREED", "agree", UNIT, ("agreement",)),
        Transition("MEDIATING", "MEDIATION_FAILED", "fail_mediation", UNIT, ("reason",)),
        *(Transition(stage, "ARBITRATION", "arbitrate", UNIT, ("body",)) for stage in _BEFORE_COURT),
        *(
            Transition(stage, "LITIGATION", "sue", UNIT, ("body",), ("mediation_tried",))
            for stage in (*_BEFORE_COURT, "ARBITRATION")
        ),
        *(
            Transition(stage, "WITHDRAWN", "withdraw", UNIT, ("reason",), ("merged_called_back",))
            for stage in ("INTERVIEWED", "MEDIATING", "MEDIATION_FAILED", "ARBITRATION", "LITIGATION")
        ),
        Transition("AGREED", "CONFIRMING", "apply_confirmation", UNIT, ("body",), ("confirmation_in_time",)),
        Transition("AGREED", "FOLLOW_UP", "fulfil", UNIT, ("handling",)),
        Transition("AGREED", "MEDIATION_FAILED", "break_agreement", UNIT, ("reason",)),
        Transition("CONFIRMING", "FOLLOW_UP", "confirmed", UNIT, ("document_no",)),
        Transition("CONFIRMING", "MEDIATION_FAILED", "confirmation_refused", UNIT, ("reason",)),
        Transition("ARBITRATION", "FOLLOW_UP", "awarded", UNIT, ("document_no",)),
        Transition("LITIGATION", "FOLLOW_UP", "filed", UNIT, ("document_no",)),
        *(Transition(stage, "WHISTLED", "raise_whistle", OFFICERS) for stage in _WHISTLED_FROM),
        Transition("WHISTLED", "INTERVIEWED", "whistle_ended", OFFICERS),
        Transition("FOLLOW_UP", "ARCHIVED", "close", OFFICERS, (), CLOSING_GUARDS, ("explanation", "resolved")),
        Transition("FOLLOW_UP", "INTERVIEWED", "redo", OFFICERS, ("reason",)),
    ),
)  # fmt: skip
