"""Component ids of the administrators' page."""

from __future__ import annotations

from typing import Final

POLICY: Final = "admin-policy"  # store: {"version", "key"} of the table on screen
POLICY_GRID: Final = "admin-policy-grid"
POLICY_LOAD: Final = "admin-policy-load"
POLICY_ADD: Final = "admin-policy-add"
POLICY_REMOVE: Final = "admin-policy-remove"
POLICY_WHY: Final = "admin-policy-why"
POLICY_PUBLISH: Final = "admin-policy-publish"
POLICY_OUTCOME: Final = "admin-policy-outcome"
POLICY_VERSIONS: Final = "admin-policy-versions"
PREVIEW: Final = "admin-preview"
PREVIEW_SHOWN: Final = "admin-preview-shown"
WEBHOOK_GRID: Final = "admin-webhook-grid"
WEBHOOK_NAME: Final = "admin-webhook-name"
WEBHOOK_URL: Final = "admin-webhook-url"
WEBHOOK_PLACE: Final = "admin-webhook-place"
WEBHOOK_OPEN: Final = "admin-webhook-open"
WEBHOOK_CLOSE: Final = "admin-webhook-close"
WEBHOOK_OUTCOME: Final = "admin-webhook-outcome"
DELIVERY_LOAD: Final = "admin-delivery-load"
DELIVERY_EVERY: Final = "admin-delivery-every"
DELIVERY_SHOWN: Final = "admin-delivery-shown"
