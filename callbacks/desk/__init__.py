"""What the desk's page asks of the server: to show a matter, to advise on it, to act on it."""

from __future__ import annotations

from typing import Any

from dash import Dash

from callbacks.desk.acts import register_acts
from callbacks.desk.dialogs import register_dialogs
from callbacks.desk.drawer import register_drawer
from callbacks.desk.features import FEATURES, register_features
from callbacks.desk.leave import register_leave
from callbacks.desk.line import register_line
from callbacks.desk.recommended import register_recommended
from callbacks.desk.views import register_views
from callbacks.desk.wiring import CALLBACK_RIGHTS
from dashboard.clock import Clock
from dashboard.service import Services

__all__ = ["CALLBACK_RIGHTS", "register"]


def register(app: Dash, services: Services, live: Any, clock: Clock) -> None:
    """Register every callback of the desk on `app`.

    Args:
        app: the desk's Dash application.
        services: the doors of the system.
        live: the process's live hub; its `fleet` says where workers are now.
        clock: gives `now` once per request.
    """
    register_drawer(app, services, clock)
    register_recommended(app, services, live, clock)
    register_dialogs(app, services, live, clock)
    register_line(app, services, live, clock)
    register_views(app, services, clock)
    register_acts(app, services, clock)
    register_leave(app, services, clock)
    register_features(app, FEATURES, services, live, clock)
