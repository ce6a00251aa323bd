"""Which address exists for whom; whatever is not listed exists for nobody."""

from __future__ import annotations

import itertools

import pytest

from dashboard.domain.principal import Principal
from data_feeds.http.access import ADDRESSES, find_address, unmet

KIOSK = Principal("k1", "大屏-01", "kiosk", "viewer_wall", "371100")
GATEWAY = Principal("g1", "receivers", "gateway", "gateway", "371100")
ROLES = (
    "duty_officer",
    "duty_leader",
    "commander",
    "unit_liaison",
    "grid_worker",
    "leader",
    "sysadmin",
    "secadmin",
    "auditor",
)
# Whoever speaks for one receiver has an account that names it.
OWN: dict[str, dict[str, str]] = {"unit_liaison": {"unit": "rz-heating"}, "grid_worker": {"worker": "w-0001"}}
OFFICERS = {role: Principal(role, role, "officer", role, "371103", **OWN.get(role, {})) for role in ROLES}
EVERYBODY = {"nobody": None, "kiosk": KIOSK, "gateway": GATEWAY, **OFFICERS}

OPEN = {"/healthz", "/readyz", "/sign-in", "/assets/css/tokens.css", "/wall/_dash-component-suites/dash/x.js"}
VIEWERS = {"/api/v1/feeds/health"}
# The picture holds every matter of a jurisdiction: administrators see none of them, a liaison those of one unit.
WATCHERS = {"/live", "/wall", "/wall/", "/wall/_dash-layout", "/api/v1/fleet/summary"}
DESK = {"/desk", "/desk/", "/desk/_dash-layout"}
WITHOUT_A_SCREEN = {"sysadmin", "secadmin", "auditor", "unit_liaison", "grid_worker"}
OFFICERS_ONLY = {"/", "/api/v1/matters", "/api/v1/matters/m1"}


def may(method: str, path: str, who: str) -> bool:
    return unmet(find_address(method, path), EVERYBODY[who], path) is None


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_reader_reaches_exactly_what_is_listed_for_it(who: str) -> None:
    reachable = {path for path in OPEN | VIEWERS | WATCHERS | DESK | OFFICERS_ONLY if may("GET", path, who)}
    expected = set(OPEN)
    if who in OFFICERS:
        expected |= VIEWERS | OFFICERS_ONLY
    elif who == "kiosk":
        expected |= VIEWERS
    if who == "kiosk" or who in OFFICERS.keys() - WITHOUT_A_SCREEN:
        expected |= WATCHERS
    if who in OFFICERS.keys() - WITHOUT_A_SCREEN:
        expected |= DESK
    assert reachable == expected


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/desk/_dash-update-component", set(OFFICERS) - WITHOUT_A_SCREEN),
        ("POST", "/api/v1/commands", set(OFFICERS)),
        ("POST", "/api/v1/whistles", set(OFFICERS)),
        ("GET", "/api/v1/inbox", {"gateway"}),
        ("GET", "/unit", {"unit_liaison"}),
        ("GET", "/leader", {"leader"}),
        ("GET", "/api/v1/leader/picture", {"leader"}),
        ("GET", "/api/v1/leader/lists/red", {"leader"}),
        ("POST", "/api/v1/matters/m1/instructions", set(OFFICERS)),
        ("GET", "/api/v1/own/inbox", set(OWN)),
        ("GET", "/api/v1/own/matters/m1", set(OWN)),
        ("GET", "/api/v1/own/statistics", {"unit_liaison"}),
        ("POST", "/api/v1/own/answers", set(OWN)),
        ("POST", "/api/v1/own/matters/m1/citizen", {"unit_liaison"}),
        ("POST", "/api/v1/receipts", {"gateway"}),
        ("GET", "/api/v1/feeds/malformed", {"sysadmin"}),
        ("POST", "/api/v1/kiosk-tokens", {"secadmin"}),
        ("POST", "/api/v1/kiosk-tokens/k1/revoke", {"secadmin"}),
        ("GET", "/api/v1/audit/verify", {"auditor"}),
        ("GET", "/admin/", {"sysadmin", "secadmin", "auditor"}),
        ("GET", "/admin/live", {"sysadmin", "secadmin", "auditor"}),
        ("POST", "/admin/_dash-update-component", {"sysadmin", "secadmin", "auditor"}),
        ("POST", "/api/v1/policies", {"sysadmin"}),
        ("POST", "/api/v1/policies/preview", {"sysadmin"}),
        ("POST", "/api/v1/webhooks", {"sysadmin"}),
        ("POST", "/api/v1/webhooks/w1/close", {"sysadmin"}),
        ("GET", "/api/v1/tellings/failed", {"sysadmin"}),
        ("POST", "/api/v1/tellings/t1/receipt", {"gateway"}),
        ("POST", "/api/v1/tellings/receipts", set(OFFICERS)),
        ("POST", "/api/v1/attachments", set(OFFICERS)),
        ("GET", "/api/v1/attachments/a1", set(OFFICERS)),
        ("GET", "/api/v1/attachments/a1/preview", set(OFFICERS)),
        ("POST", "/api/v1/rooms", set(OFFICERS)),
        ("GET", "/api/v1/rooms/r1", set(OFFICERS)),
        ("POST", "/api/v1/rooms/r1/messages", set(OFFICERS)),
        ("POST", "/api/v1/rooms/r1/time", set(OFFICERS)),
        ("POST", "/api/v1/rooms/r1/minutes/sign", set(OFFICERS)),
        ("POST", "/api/v1/bookings/b1/answer", set(OFFICERS)),
        ("GET", "/api/v1/specialists", set(OFFICERS)),
        ("GET", "/room/m1", set(OFFICERS)),
    ],
)
def test_acts_reach_only_the_roles_named_for_them(method: str, path: str, allowed: set[str]) -> None:
    assert {who for who in EVERYBODY if may(method, path, who)} == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/docs", "/openapi.json", "/redoc", "/api/v1", "/api/v2/matters", "/wall/_dash-update-component",
        "/_dash-update-component", "/desk/_dash-ws-callback", "/_dash-ws-callback", "/wall/_reload-hash",
        "/desk/_reload-hash", "/assets/", "/desk/anything", "/live/", "/LIVE", "//desk/", "/api/v1/matters/../x",
    ],
)  # fmt: skip
def test_what_is_not_listed_exists_for_nobody(path: str) -> None:
    for method, who in itertools.product(("GET", "POST", "PUT", "DELETE", "PATCH"), EVERYBODY):
        assert not may(method, path, who), (method, path, who)


def test_every_listed_address_refuses_somebody_or_is_meant_to_be_open() -> None:
    refusing = [a for a in ADDRESSES if any(unmet(a, p, "/x") for p in EVERYBODY.values())]
    assert {a.need for a in ADDRESSES if a not in refusing} == {"nobody"}


def test_a_wall_without_a_token_is_told_about_its_token_and_never_asked_to_sign_in() -> None:
    assert unmet(find_address("GET", "/wall/"), None, "/wall/") == "kiosk_token"
    assert unmet(find_address("GET", "/desk/"), None, "/desk/") == "sign_in"


def test_an_account_that_names_no_receiver_has_no_inbox() -> None:
    for role in OWN:
        nameless = Principal(role, role, "officer", role, "371103")
        assert unmet(find_address("GET", "/api/v1/own/inbox"), nameless, "/api/v1/own/inbox") == "forbidden"
        assert unmet(find_address("GET", "/live"), nameless, "/live") == "forbidden"
