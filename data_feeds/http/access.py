"""Who may reach which address of the web process: one table, deny by default.

The table decides only on method, path and the kind of principal. What a principal may see or do inside an
address is decided by the service from the principal's role and jurisdiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dashboard.domain.principal import Principal
from dashboard.domain.rights import ADMINISTRATORS, may

Need = Literal[
    "nobody",
    "officer",
    "viewer",
    "watcher",
    "desk",
    "gateway",
    "receiver",
    "liaison",
    "grid_worker",
    "leader",
    "hotline",
    "system_administrator",
    "security_administrator",
    "auditor",
    "administrator",
    "monitor",
    "anybody known",
]
"""What an address asks for: nobody = open; viewer = a kiosk or an officer; watcher = one of them who sees all
matters of a jurisdiction (administrators see none, a liaison those of one unit); desk = a watcher who is an officer;
hotline = one of them whose role sees the hotline's page;
administrator = one of the three; gateway = a receivers' gateway; receiver = a person of a
unit or of the field, who sees and answers for that alone; monitor = the program that reads the figures, by its token or
its address; anybody known = whoever has a credential of any kind."""

Unmet = Literal["unknown_address", "sign_in", "kiosk_token", "forbidden"]

READ = frozenset({"GET", "HEAD"})
WRITE = frozenset({"POST"})
BOTH = READ | WRITE


USED_PATH = "/api/v1/session/use"  # a page says that its person touched it: data_feeds/http/session_api.py

# Of any request's body, also a stranger's: what a desk sends, a few kB, with room for a long recommendation.
MAX_BODY_BYTES = 1_000_000
# One file as its bytes alone (`dashboard.service.attachment_content.MAX_BYTES`); one byte over it is told in words.
MAX_FILE_BODY_BYTES = 10 * 1024 * 1024 + 1


@dataclass(frozen=True, slots=True)
class Address:
    """One reachable address: methods, a full-match pattern of the path, what it asks for, how large a body may be.

    `is_use` False where a page asks or says by itself, without a person: that must not keep a session alive.
    """

    methods: frozenset[str]
    pattern: re.Pattern[str]
    need: Need
    body_bytes: int = MAX_BODY_BYTES
    is_use: bool = True


def _at(methods: frozenset[str], pattern: str, need: Need, body_bytes: int = MAX_BODY_BYTES) -> Address:
    return Address(methods, re.compile(pattern), need, body_bytes)


def _unattended(methods: frozenset[str], pattern: str, need: Need) -> Address:
    """An address that an office's page asks by itself. Its person is known by USED_PATH instead, which the page asks
    while it is touched. A phone's own (/api/v1/own, /field, /leader) are none of these: a phone in a pocket is locked
    by itself, and whoever carries it has to be called."""
    return Address(methods, re.compile(pattern), need, is_use=False)


_ID = r"[A-Za-z0-9_:-]{1,64}"
ID_PATTERN = f"^{_ID}$"
_GRID = r"[A-Za-z0-9-]{1,24}"
_FOLLOW_CODE = r"[a-z2-9]{20}"

ADDRESSES: tuple[Address, ...] = (
    _at(READ, r"/(healthz|readyz|favicon\.ico)", "nobody"),
    _at(READ, r"/metrics", "monitor"),
    _at(READ, r"/assets/[A-Za-z0-9_./-]+", "nobody"),
    _at(READ, r"/(wall|desk|desk_map)/_dash-component-suites/\w+/[A-Za-z0-9_.@/-]+", "nobody"),
    _at(READ, r"/(wall|desk|desk_map)/_favicon\.ico", "nobody"),
    # Whoever stands at the steps behind the password is nobody yet: their handlers ask the session for its step.
    _at(BOTH, r"/sign-in(/(code|device|password))?", "nobody"),
    _at(READ, r"/sign-in/single(/return)?", "nobody"),
    _at(WRITE, r"/sign-out", "nobody"),  # whoever stands at a step leaves it by this too
    _at(WRITE, USED_PATH, "officer"),
    _at(READ, r"/", "officer"),
    _at(READ, r"/wall/?", "watcher"),
    _at(READ, r"/wall/_dash-(layout|dependencies)", "watcher"),
    _at(READ, r"/citypack/boundaries/(v-[0-9a-z]+/)?[a-z_]+\.geojson", "viewer"),
    _at(READ, r"/map/tiles/[0-9]{1,2}/[0-9]{1,8}/[0-9]{1,8}\.(png|jpg|jpeg|webp)", "desk"),
    _unattended(READ, r"/voice/wall\.voice\.[a-z]{1,20}\.(mp3|m4a|ogg|wav)", "watcher"),
    _unattended(READ, r"/live", "watcher"),
    _unattended(READ, r"/admin/live", "administrator"),
    _at(READ, r"/desk(_map)?/?", "desk"),
    _at(READ, r"/desk(_map)?/_dash-(layout|dependencies)", "desk"),
    _unattended(WRITE, r"/desk/_dash-update-component", "desk"),
    _at(READ, rf"/report/{_GRID}", "nobody"),
    _at(READ, rf"/report/follow/{_FOLLOW_CODE}", "nobody"),
    _at(WRITE, r"/api/v1/reports", "nobody"),
    _at(WRITE, rf"/api/v1/reports/{_FOLLOW_CODE}/photos", "nobody"),
    _at(READ, rf"/api/v1/reports/{_FOLLOW_CODE}", "nobody"),
    _at(READ, r"/api/v1/openapi\.json", "anybody known"),
    _unattended(READ, r"/api/v1/fleet/summary", "watcher"),
    _unattended(READ, r"/api/v1/feeds/health", "viewer"),
    _at(READ, r"/api/v1/feeds/malformed", "system_administrator"),
    _at(READ, r"/api/v1/matters", "officer"),
    _at(READ, rf"/api/v1/matters/{_ID}", "officer"),
    _at(WRITE, r"/api/v1/attachments", "officer", MAX_FILE_BODY_BYTES),
    _at(READ, rf"/api/v1/attachments/{_ID}(/preview)?", "officer"),
    _at(READ, rf"/api/v1/matters/{_ID}/attachments", "officer"),
    _at(READ, rf"/api/v1/matters/{_ID}/loop", "officer"),
    _at(WRITE, rf"/api/v1/matters/{_ID}/(steps|callbacks|supervisions/{_ID}/answer)", "officer"),
    _at(WRITE, r"/api/v1/disputes", "officer"),
    _at(READ, rf"/api/v1/units/{_ID}/pressure", "officer"),
    _at(READ, r"/api/v1/windows", "officer"),
    _at(BOTH, r"/api/v1/rooms", "officer"),
    _unattended(READ, rf"/api/v1/rooms/{_ID}(/minutes-draft)?", "officer"),
    _at(
        WRITE,
        rf"/api/v1/rooms/{_ID}/(messages|time|participants(/remove)?|decisions(/[0-9]{{1,6}}/done)?"
        r"|minutes(/sign)?|close|bookings)",
        "officer",
    ),
    _unattended(WRITE, rf"/api/v1/rooms/{_ID}/reads", "officer"),
    _at(WRITE, rf"/api/v1/bookings/{_ID}/answer", "officer"),
    _at(READ, r"/api/v1/specialists", "officer"),
    _at(READ, rf"/room(/{_ID})?", "officer"),
    _at(BOTH, rf"/api/v1/matters/{_ID}/(proposals|merges)", "officer"),
    _at(WRITE, rf"/api/v1/matters/{_ID}/(merges/reject|unmerge|shares/{_ID}/end)", "officer"),
    _at(WRITE, rf"/api/v1/proposals/{_ID}/(answer|withdraw|override)", "officer"),
    _at(WRITE, r"/api/v1/(commands|whistles)", "officer"),
    _at(READ, r"/api/v1/kiosk-tokens", "security_administrator"),
    _at(WRITE, r"/api/v1/kiosk-tokens", "security_administrator"),
    _at(WRITE, rf"/api/v1/kiosk-tokens/{_ID}/revoke", "security_administrator"),
    _at(READ, r"/api/v1/audit/(verify|rows)", "auditor"),
    _at(WRITE, r"/api/v1/audit/exports", "auditor"),
    _unattended(READ, rf"/api/v1/map/(places/{_ID}|found|cameras)", "desk"),
    _unattended(READ, r"/api/v1/(shift|presence)", "desk"),
    _at(BOTH, r"/api/v1/briefs", "officer"),
    _at(READ, r"/api/v1/rates/history", "officer"),
    _at(READ, rf"/api/v1/briefs/{_ID}(/numbers/{_ID}/[0-9]{{1,2}})?", "officer"),
    _at(WRITE, rf"/api/v1/briefs/{_ID}/(versions|approval|file)", "officer"),
    _at(READ, r"/briefs", "desk"),
    _at(WRITE, r"/api/v1/exports/[a-z_]{1,40}", "officer"),
    _at(WRITE, r"/api/v1/shift/(posts|posts/leave|posts/relieve|handovers)", "desk"),
    _at(WRITE, rf"/api/v1/shift/handovers/{_ID}/(items|complete|cancel)", "desk"),
    _unattended(READ, r"/api/v1/walls", "desk"),
    _unattended(READ, r"/api/v1/walls/own", "watcher"),
    _at(WRITE, rf"/api/v1/walls/{_ID}/(show|mute|build)", "desk"),
    _unattended(READ, r"/api/v1/tellings/waiting", "officer"),
    _at(READ, r"/api/v1/policies(/versions)?", "officer"),
    _unattended(WRITE, r"/api/v1/tellings/receipts", "officer"),
    _at(WRITE, r"/api/v1/tellings/mute", "officer"),
    _at(READ, rf"/api/v1/matters/{_ID}/tellings", "officer"),
    _at(WRITE, rf"/api/v1/matters/{_ID}/tellings/(retry|by-hand)", "officer"),
    _at(WRITE, rf"/api/v1/tellings/{_ID}/receipt", "gateway"),
    _at(READ, r"/api/v1/(tellings/failed|webhooks)", "system_administrator"),
    _at(WRITE, rf"/api/v1/(policies(/preview)?|webhooks(/{_ID}/close)?)", "system_administrator"),
    _at(READ, r"/admin/_dash-component-suites/\w+/[A-Za-z0-9_.@/-]+", "nobody"),
    _at(READ, r"/admin/_favicon\.ico", "nobody"),
    _at(READ, r"/admin/?", "administrator"),
    _at(READ, r"/admin/_dash-(layout|dependencies)", "administrator"),
    _unattended(WRITE, r"/admin/_dash-update-component", "administrator"),
    _at(READ, r"/api/v1/inbox", "gateway"),
    _at(WRITE, r"/api/v1/receipts(/arrivals)?", "gateway"),
    _at(READ, r"/api/v1/whistles/statistics", "officer"),
    _at(READ, rf"/api/v1/matters/{_ID}/register", "officer"),
    _at(
        WRITE,
        rf"/api/v1/commands/{_ID}/(receivers|recall|reassign|rulings|arrivals|register|replacements|leave|decisions"
        r"|consultation|ratings)",
        "officer",
    ),
    _at(WRITE, rf"/api/v1/commands/{_ID}/decisions/[0-9]{{1,2}}/completion", "officer"),
    _at(WRITE, rf"/api/v1/matters/{_ID}/(instructions|supervisions|urges)", "officer"),
    _at(READ, r"/api/v1/leader/(picture|day|lists/(overdue|red))", "leader"),
    _at(READ, r"/leader", "leader"),
    # Its worker script, manifest and list of files carry nothing of anybody, as those of /field.
    _at(READ, r"/leader/(worker\.js|shell\.json|manifest\.webmanifest)", "nobody"),
    _at(READ, r"/hotline(/live)?", "hotline"),
    _at(BOTH, r"/api/v1/hotline/wordings", "hotline"),
    _at(READ, r"/api/v1/hotline/merges", "hotline"),
    _at(WRITE, rf"/api/v1/hotline/wordings/{_ID}/(revise|end|read)", "hotline"),
    _at(READ, r"/api/v1/agents/wordings", "gateway"),
    _at(WRITE, rf"/api/v1/agents/wordings/{_ID}/reads", "gateway"),
    _at(READ, rf"/replay(/{_ID})?", "desk"),
    _at(READ, r"/api/v1/replay", "desk"),
    _at(WRITE, rf"/api/v1/replay/(exports|{_ID}/findings)", "desk"),
    _at(READ, r"/unit", "liaison"),
    _at(READ, r"/field", "grid_worker"),
    # The page's worker script, manifest and list carry nothing of anybody: a phone asks for them without cookies.
    _at(READ, r"/field/(worker\.js|shell\.json|manifest\.webmanifest)", "nobody"),
    _at(READ, r"/api/v1/field/day", "grid_worker"),
    _at(WRITE, r"/api/v1/field/reports/[A-Za-z0-9-]{8,64}/photos", "grid_worker", MAX_FILE_BODY_BYTES),
    _at(READ, r"/api/v1/own/inbox", "receiver"),
    _at(READ, r"/api/v1/own/statistics", "liaison"),
    _at(READ, rf"/api/v1/own/matters/{_ID}", "receiver"),
    _at(WRITE, r"/api/v1/own/answers", "receiver"),
    _at(WRITE, rf"/api/v1/own/matters/{_ID}/citizen", "liaison"),
)

MONITOR = "monitor"
_ROLE_OF_NEED: dict[Need, str] = {
    "liaison": "unit_liaison",
    "grid_worker": "grid_worker",
    "leader": "leader",
    "system_administrator": "sysadmin",
    "security_administrator": "secadmin",
    "auditor": "auditor",
}


def find_address(method: str, path: str, addresses: Iterable[Address] = ADDRESSES) -> Address | None:
    """Return the address that serves `method` on `path`, or None: then it does not exist for anybody.

    A path that climbs (an encoded "..") serves nothing, whatever would become of it further in.
    """
    if ".." in path.split("/"):
        return None
    for address in addresses:
        if method in address.methods and address.pattern.fullmatch(path):
            return address
    return None


def unmet(address: Address | None, principal: Principal | None, path: str) -> Unmet | None:
    """Say why `principal` may not use `address`, or None when it may.

    A wall without a valid token never answers with a sign-in page: an unattended screen has nobody to sign in.
    """
    if address is None:
        return "unknown_address"
    if address.need == "nobody":
        return None
    if address.need == "monitor":
        return None if principal is not None and principal.role == MONITOR else "forbidden"
    if principal is None:
        return "kiosk_token" if path.startswith("/wall") else "sign_in"
    return None if _meets(address.need, principal) else "forbidden"


def _meets(need: Need, principal: Principal) -> bool:
    if need == "anybody known":
        return True
    if need == "viewer":
        return principal.kind in ("kiosk", "officer")
    if need == "watcher":
        return principal.kind in ("kiosk", "officer") and _sees_jurisdiction(principal)
    if need == "desk":
        return principal.kind == "officer" and _sees_jurisdiction(principal)
    if need == "hotline":
        return principal.kind == "officer" and _sees_jurisdiction(principal) and may(principal, "see_hotline")
    if need == "gateway":
        return principal.kind == "gateway"
    if need == "receiver":
        return principal.kind == "officer" and bool(principal.own_receiver)
    if principal.kind != "officer":
        return False
    if need == "administrator":
        return principal.role in ADMINISTRATORS
    return need == "officer" or principal.role == _ROLE_OF_NEED.get(need)


def _sees_jurisdiction(principal: Principal) -> bool:
    """The live picture is filtered by division only, so whoever may see less than a division must not be given it."""
    return may(principal, "see") and principal.unit is None and principal.own_receiver is None
