"""Which output each callback of the administrators' page has, and who may call it: the gate reads this table."""

from __future__ import annotations

from typing import Final

from callbacks.desk.wiring import Target, output_key, roles_with
from dashboard.domain.rights import ADMINISTRATORS
from layouts.admin import ids
from layouts.admin.step_form import FAULT_SLOTS, FIELDS

POLICY: Final[tuple[Target, ...]] = (
    (ids.POLICY, "data"),
    (ids.POLICY_KINDS, "children"),
    (ids.POLICY_CHAINS, "children"),
    (ids.POLICY_LOOKED, "children"),
    (ids.POLICY_BAR, "children"),
    (ids.POLICY_CHANGES, "children"),
    (ids.POLICY_VERSIONS, "children"),
    (ids.POLICY_OUTCOME, "children"),
    (ids.POLICY_WHY, "value"),
    (ids.STEP_TITLE, "children"),
    (ids.STEP_ACTS, "children"),
    (ids.STEP_FORM, "hidden"),
    (ids.STEP_BESIDE, "children"),
    (ids.STEP_PERCENT, "hidden"),
    (ids.STEP_WHEN, "children"),
    (ids.STEP_TOLD, "children"),
    *((ids.step_fault(name), "children") for name in FAULT_SLOTS),
    *((ids.step_field(name), "value") for name in FIELDS),
)
PREVIEW: Final[tuple[Target, ...]] = ((ids.PREVIEW_SHOWN, "children"),)
DIRECTIONS: Final[tuple[Target, ...]] = (
    (ids.DIRECTIONS_SHOWN, "children"),
    (ids.DIRECTION_OUTCOME, "children"),
    (ids.DIRECTION_LEAD, "value"),
    (ids.DIRECTION_ASSISTS, "value"),
    (ids.DIRECTION_LEVEL, "value"),
    (ids.DIRECTION_BASED, "data"),
    (ids.DIRECTION_WHY, "value"),
)
WEBHOOKS: Final[tuple[Target, ...]] = ((ids.WEBHOOK_SHOWN, "children"), (ids.WEBHOOK_OUTCOME, "children"))
DELIVERY: Final[tuple[Target, ...]] = ((ids.DELIVERY_SHOWN, "children"),)
OVERVIEW: Final[tuple[Target, ...]] = ((ids.OVERVIEW, "children"),)
ACCOUNTS: Final[tuple[Target, ...]] = ((ids.ACCOUNT_GRID, "rowData"), (ids.ACCOUNT_OUTCOME, "children"))
ACCOUNT_MADE: Final[tuple[Target, ...]] = ((ids.ACCOUNT_MADE, "children"), (ids.ACCOUNT_LISTED, "data"))
PASSWORD_SHOWN: Final[tuple[Target, ...]] = ((ids.PASSWORD_SHOWN, "children"), (ids.PASSWORD_LISTED, "data"))
ACCOUNT: Final[tuple[Target, ...]] = ((ids.ACCOUNT_CHOSEN, "children"),)
TOKENS: Final[tuple[Target, ...]] = ((ids.TOKENS_SHOWN, "children"), (ids.TOKEN_OUTCOME, "children"))
TOKEN_MADE: Final[tuple[Target, ...]] = ((ids.TOKEN_MADE, "children"), (ids.TOKEN_LISTED, "data"))
FEEDS: Final[tuple[Target, ...]] = ((ids.FEEDS_SHOWN, "children"), (ids.FEED_OUTCOME, "children"))
FEED_MADE: Final[tuple[Target, ...]] = ((ids.FEED_MADE, "children"), (ids.FEED_LISTED, "data"))
AUDIT_ROWS: Final[tuple[Target, ...]] = ((ids.AUDIT_GRID, "rowData"), (ids.AUDIT_SHOWN, "children"))
AUDIT_ROW: Final[tuple[Target, ...]] = ((ids.AUDIT_OPENED, "children"),)
AUDIT_WALK: Final[tuple[Target, ...]] = ((ids.AUDIT_VERIFIED, "children"),)

CALLBACK_RIGHTS: Final[dict[str, frozenset[str]]] = {
    # An auditor reads the policy; that only the system administrator publishes is the service's to say.
    output_key(POLICY): roles_with("see_policies"),
    output_key(PREVIEW): roles_with("edit_policy"),
    output_key(DIRECTIONS): roles_with("edit_catalogue"),
    output_key(WEBHOOKS): roles_with("manage_webhooks"),
    output_key(DELIVERY): roles_with("see_tellings"),
    output_key(OVERVIEW): ADMINISTRATORS,
    output_key(ACCOUNTS): roles_with("manage_accounts"),
    output_key(ACCOUNT_MADE): roles_with("manage_accounts"),
    output_key(PASSWORD_SHOWN): roles_with("manage_accounts"),
    output_key(ACCOUNT): roles_with("manage_accounts"),
    output_key(TOKENS): roles_with("manage_tokens"),
    output_key(TOKEN_MADE): roles_with("manage_tokens"),
    output_key(FEEDS): roles_with("release_device"),
    output_key(FEED_MADE): roles_with("manage_tokens"),
    output_key(AUDIT_ROWS): roles_with("see_audit"),
    output_key(AUDIT_ROW): roles_with("see_audit"),
    output_key(AUDIT_WALK): roles_with("verify_audit"),
}
"""Output key -> roles that may call it. What is not listed is callable by nobody."""
