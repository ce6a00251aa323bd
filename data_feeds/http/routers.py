"""Every part of the JSON interface: each feature's addresses are one router, and `access` says who may reach them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter

from data_feeds.http.answering import ApiParts
from data_feeds.http.api import api_router
from data_feeds.http.attachments_api import attachments_router
from data_feeds.http.audit_api import audit_router
from data_feeds.http.briefs_api import briefs_router
from data_feeds.http.commands_api import commands_router
from data_feeds.http.districts_api import districts_router
from data_feeds.http.exports_api import exports_router
from data_feeds.http.field_api import field_router
from data_feeds.http.hotline_api import hotline_router
from data_feeds.http.leader_api import leader_router
from data_feeds.http.machines_api import machines_router
from data_feeds.http.map_api import map_router
from data_feeds.http.merging_api import merging_router
from data_feeds.http.own_api import own_router
from data_feeds.http.policies_api import policies_router
from data_feeds.http.presence_api import presence_router
from data_feeds.http.replay_api import replay_router
from data_feeds.http.reports_api import reports_router
from data_feeds.http.rooms_api import rooms_router
from data_feeds.http.session_api import session_router
from data_feeds.http.shift_api import shift_router
from data_feeds.http.tellings_api import tellings_router
from data_feeds.http.walls_api import walls_router

ROUTERS: Final[tuple[Callable[[ApiParts], APIRouter], ...]] = (
    api_router,
    audit_router,
    attachments_router,
    briefs_router,
    commands_router,
    districts_router,
    exports_router,
    hotline_router,
    leader_router,
    machines_router,
    map_router,
    merging_router,
    own_router,
    rooms_router,
    replay_router,
    reports_router,
    field_router,
    presence_router,
    session_router,
    shift_router,
    tellings_router,
    policies_router,
    walls_router,
)


def routers(parts: ApiParts) -> list[APIRouter]:
    """Build every router."""
    return [build(parts) for build in ROUTERS]
