"""Kiosk tokens of walls and keys of gateways: opened by an administrator, shown once, revocable at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dashboard.domain.principal import Principal
from dashboard.domain.refusal import Done, Outcome, Refused
from dashboard.domain.rights import no_right
from dashboard.service.services import Services
from dashboard.store import audit, tokens
from dashboard.store.tokens import Token

MAX_RECEIVERS = 500


@dataclass(frozen=True, slots=True)
class TokenOpened:
    """A new token; `token` is shown once and then only its hash remains."""

    id: str
    token: str


def open_kiosk_token(services: Services, actor: Principal, name: str, jurisdiction: str, now: int) -> Outcome:
    """Open a token for one wall; `Done.value` is a `TokenOpened`. Refused: no_right, no_such_division."""
    return _open(services, actor, "kiosk", name, jurisdiction, (), now)


def open_gateway_key(
    services: Services, actor: Principal, name: str, jurisdiction: str, receivers: tuple[str, ...], now: int
) -> Outcome:
    """Open a key for a gateway that carries `receivers` (empty: all in the jurisdiction); value as for a kiosk."""
    return _open(services, actor, "gateway", name, jurisdiction, receivers, now)


def revoke_kiosk_token(services: Services, actor: Principal, token_id: str, now: int) -> Outcome:
    """Revoke a token or key by its id. Refused: no_right, no_such_token."""
    with services.store.write() as connection:
        refused = no_right(actor, "manage_tokens")
        if refused is None and not tokens.revoke(connection, token_id, now):
            refused = Refused("no_such_token")
        audit.record(
            connection, actor, "revoke_token", token_id, refused.code if refused else "done", {}, now
        )
    return refused or Done(token_id)


def kiosk(services: Services, token: str, now: int, address: str = "") -> Principal | None:
    """Return the view-only principal of a wall's token, None when it is unknown or revoked."""
    return _principal(services, "kiosk", token, address)


def gateway(services: Services, key: str, now: int, address: str = "") -> Principal | None:
    """Return the principal of a gateway's key, None when it is unknown or revoked."""
    return _principal(services, "gateway", key, address)


def list_tokens(services: Services, kind: Literal["kiosk", "gateway"]) -> list[Token]:
    """Return all tokens of a kind without their secret part."""
    with services.store.read() as connection:
        return tokens.all_tokens(connection, kind)


def kiosk_tokens(services: Services, actor: Principal, now: int) -> list[Token] | Refused:
    """Return every kiosk token by name and state, without its secret part. Refused: no_right."""
    return no_right(actor, "manage_tokens") or list_tokens(services, "kiosk")


def gateway_keys(services: Services, actor: Principal, now: int) -> list[Token] | Refused:
    """Return every gateway's key by name and state, without its secret part. Refused: no_right."""
    return no_right(actor, "manage_tokens") or list_tokens(services, "gateway")


def _open(
    services: Services,
    actor: Principal,
    kind: Literal["kiosk", "gateway"],
    name: str,
    jurisdiction: str,
    receivers: tuple[str, ...],
    now: int,
) -> Outcome:
    refused = no_right(actor, "manage_tokens")
    if refused is None and jurisdiction not in services.pack.divisions:
        refused = Refused("no_such_division", {"division": jurisdiction})
    if refused is None and len(receivers) > MAX_RECEIVERS:
        refused = Refused("too_many_receivers", {"limit": MAX_RECEIVERS})
    with services.store.write() as connection:
        if refused is not None:
            audit.record(connection, actor, f"open_{kind}", name, refused.code, {}, now)
            return refused
        token_id, token = tokens.open_token(
            connection, kind, name[:60], jurisdiction, receivers, actor.id, now
        )
        detail = {"id": token_id, "jurisdiction": jurisdiction, "receivers": list(receivers)}
        audit.record(connection, actor, f"open_{kind}", name, "done", detail, now)
    return Done(TokenOpened(token_id, token))


def _principal(
    services: Services, kind: Literal["kiosk", "gateway"], token: str, address: str
) -> Principal | None:
    if not token:
        return None
    with services.store.read() as connection:
        found = tokens.find(connection, kind, token)
    if found is None:
        return None
    role = "viewer_wall" if kind == "kiosk" else "gateway"
    return Principal(found.id, found.name, kind, role, found.jurisdiction, address=address)
