"""What the administrators' page asks of the server."""

from __future__ import annotations

from dash import Dash

from callbacks.admin.accounts import register_accounts
from callbacks.admin.audit import register_audit
from callbacks.admin.delivery import register_delivery
from callbacks.admin.dispatch_rows import register_dispatch_rows
from callbacks.admin.feeds import Health, register_feeds
from callbacks.admin.overview import register_overview
from callbacks.admin.policies import register_policies
from callbacks.admin.webhooks import register_webhooks
from callbacks.admin.wiring import CALLBACK_RIGHTS
from dashboard.clock import Clock
from dashboard.service import Services

__all__ = ["CALLBACK_RIGHTS", "register"]


def register(app: Dash, services: Services, clock: Clock, health: Health) -> None:
    """Register every callback of the administrators' page on `app`; `health` returns `zs:health` as last heard."""
    register_overview(app, services, clock)
    register_policies(app, services, clock)
    register_dispatch_rows(app, services, clock)
    register_webhooks(app, services, clock)
    register_delivery(app, services, clock)
    register_accounts(app, services, clock)
    register_feeds(app, services, clock, health)
    register_audit(app, services)
