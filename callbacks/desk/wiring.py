"""Which output each desk callback has, and who may call it: the gate reads this table before Dash is reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.domain.rights import RIGHTS
from layouts import ids
from layouts.drawn import DRAWN

Target = tuple[str, str]
"""An output: component id and property."""

DRAWER: Final[tuple[Target, ...]] = tuple(
    (part, DRAWN)
    for part in (
        ids.DESK_DRAWER_HEAD,
        ids.DESK_DRAWER_RECEIPTS,
        ids.DESK_DRAWER_DECISIONS,
        ids.DESK_DRAWER_TIMELINE,
    )
)
FEATURES: Final[tuple[Target, ...]] = ((ids.DESK_DRAWER_FEATURES, DRAWN),)
RECOMMENDED: Final[tuple[Target, ...]] = ((ids.DESK_DRAWER_RECOMMENDED, DRAWN),)
LINE: Final[tuple[Target, ...]] = ((ids.DESK_BAR_SAID, DRAWN),)
VIEWS: Final[tuple[Target, ...]] = ((ids.DESK_VIEWS, DRAWN),)
DIALOG: Final[tuple[Target, ...]] = ((ids.DESK_DIALOG_BODY, DRAWN), (ids.DESK_ADVICE, "data"))

RIGHT_OF_ACT: Final[dict[str, str]] = {
    "dispatch": "dispatch",
    "whistle": "raise_whistle",
    "transfer": "transfer",
    "supervise": "supervise",
    "urge": "urge",
    "acknowledge": "acknowledge",
    "decision": "record_decision",
    "consultation": "raise_to_consultation",
    "note": "note",
    "leave": "request_leave",
    "reveal": "reveal_citizen",
}
"""The desk's name of an act -> the right that the service checks."""


def act_targets(act: str) -> tuple[Target, ...]:
    """Outputs of an act's callback; asking to leave also fills the guard."""
    outcome = (ids.act_outcome(act), "children")
    return (outcome, (ids.DESK_GUARD, DRAWN)) if act == "leave" else (outcome,)


def output_key(targets: Sequence[Target]) -> str:
    """Dash's own key of a callback with these outputs."""
    names = [f"{component}.{prop}" for component, prop in targets]
    return names[0] if len(names) == 1 else f"..{'...'.join(names)}.."


NEVER_AT_A_DESK: Final = frozenset({"system", "gateway", "viewer_wall", "unit_liaison", "grid_worker"})
"""What a desk shows is filtered by division alone: who may see less than a division must not call it."""


def roles_with(right: str) -> frozenset[str]:
    """Roles whose rights include `right`; kinds that never sit at a desk are left out."""
    return frozenset(
        role for role, rights in RIGHTS.items() if right in rights and role not in NEVER_AT_A_DESK
    )


CALLBACK_RIGHTS: Final[dict[str, frozenset[str]]] = {
    output_key(DRAWER): roles_with("see"),
    output_key(RECOMMENDED): roles_with("see"),
    output_key(DIALOG): roles_with("see"),
    output_key(LINE): roles_with("see"),
    output_key(VIEWS): roles_with("see"),
    output_key(act_targets("form")): roles_with("see"),  # the callback checks the right of the act it names
    output_key(FEATURES): roles_with("see"),
    **{output_key(act_targets(act)): roles_with(right) for act, right in RIGHT_OF_ACT.items()},
}
"""Output key -> roles that may call it. What is not listed is callable by nobody."""
