"""Who is acting in the current request.

The gate sets the principal once per HTTP request or WebSocket; Dash callbacks read it here because Dash's own
context carries no cookies or headers in WebSocket callbacks.
"""

from __future__ import annotations

from contextvars import ContextVar, Token

from dashboard.domain.principal import Principal

_PRINCIPAL: ContextVar[Principal | None] = ContextVar("principal", default=None)


class NoPrincipal(RuntimeError):
    """Raised when code that needs to know who acts runs outside an authenticated request."""


def enter(principal: Principal) -> Token[Principal | None]:
    """Make `principal` the actor of the current context; returns the token that `leave` wants."""
    return _PRINCIPAL.set(principal)


def leave(token: Token[Principal | None]) -> None:
    """Forget the actor set by the matching `enter`."""
    _PRINCIPAL.reset(token)


def current_principal() -> Principal:
    """Return the actor of this request.

    Raises:
        NoPrincipal: outside a request that passed the gate.
    """
    principal = _PRINCIPAL.get()
    if principal is None:
        raise NoPrincipal("no principal in this context: the request did not pass the gate")
    return principal
