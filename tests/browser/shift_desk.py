"""A desk with the addresses that tell it of its shift."""

from __future__ import annotations

from typing import Any

from dash import Dash

import callbacks.desk
from dashboard.domain.principal import Principal
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.shift_api import shift_router
from layouts.refusal import refusal_text
from tests.browser.desk_city import DeskCity
from tests.browser.desk_server import DeskServer


class NoLive:
    """What the shift's addresses do not ask for."""

    def fleet_summary(self, principal: Principal, now: int) -> dict[str, Any]:
        return {}

    def health(self) -> dict[str, Any]:
        return {}

    def rates(self, jurisdiction: str) -> dict[str, Any]:
        return {}


def desk_of(city: DeskCity, who: Principal) -> DeskServer:
    def register(app: Dash) -> None:
        callbacks.desk.register(app, city.services, city.live, city.clock)
        parts = ApiParts(city.services, city.clock, NoLive(), None, refusal_text)  # type: ignore[arg-type]
        app.server.include_router(shift_router(parts))
        add_fault_answers(app.server)

    return DeskServer(who, city.picture, register=register)
