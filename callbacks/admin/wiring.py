"""Which output each callback of the administrators' page has, and who may call it: the gate reads this table."""

from __future__ import annotations

from typing import Final

from callbacks.desk.wiring import Target, output_key, roles_with
from layouts.admin import ids

TABLE: Final[tuple[Target, ...]] = (
    (ids.POLICY_GRID, "rowData"),
    (ids.POLICY, "data"),
    (ids.POLICY_VERSIONS, "children"),
    (ids.POLICY_OUTCOME, "children"),
    (ids.POLICY_WHY, "value"),
)
PREVIEW: Final[tuple[Target, ...]] = ((ids.PREVIEW_SHOWN, "children"),)
WEBHOOKS: Final[tuple[Target, ...]] = ((ids.WEBHOOK_GRID, "rowData"), (ids.WEBHOOK_OUTCOME, "children"))
DELIVERY: Final[tuple[Target, ...]] = ((ids.DELIVERY_SHOWN, "children"),)
AUDIT_ROWS: Final[tuple[Target, ...]] = ((ids.AUDIT_SHOWN, "children"),)
AUDIT_WALK: Final[tuple[Target, ...]] = ((ids.AUDIT_VERIFIED, "children"),)

CALLBACK_RIGHTS: Final[dict[str, frozenset[str]]] = {
    # An auditor reads the table; that only the system administrator publishes is the service's to say.
    output_key(TABLE): roles_with("see_policies"),
    output_key(PREVIEW): roles_with("edit_policy"),
    output_key(WEBHOOKS): roles_with("manage_webhooks"),
    output_key(DELIVERY): roles_with("see_tellings"),
    output_key(AUDIT_ROWS): roles_with("see_audit"),
    output_key(AUDIT_WALK): roles_with("verify_audit"),
}
"""Output key -> roles that may call it. What is not listed is callable by nobody."""
