"""The one gate in front of the web process, for HTTP and WebSocket alike; deny by default.

Dash's own WebSocket and callbacks are not covered by HTTP middleware or `before_request`, so the gate is the
outermost ASGI application: it checks the host, the origin, who asks and whether the address exists for them,
sets the principal for the request, and only then lets the request in.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any, Literal, Protocol
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import principal_context
from dashboard.domain.principal import Principal
from dashboard.store.store import StoreBusy
from data_feeds.http.access import MAX_BODY_BYTES, MONITOR, WRITE, Address, Unmet, find_address, unmet
from data_feeds.http.answering import store_busy_answer, wants_page
from data_feeds.http.callback_guard import check_callback_request

SESSION_COOKIE = "zhongshu_session"
KIOSK_COOKIE = "zhongshu_kiosk"
LANGUAGE_COOKIE = "zhongshu_language"  # set by the desk's own switch
# A browser takes this prefix only from the host itself, over HTTPS, for all of its addresses: no neighbouring host
# of the same domain and nobody on a plain line can put a session of theirs into an officer's browser.
HOST_PREFIX = "__Host-"

MAX_QUERY_FIELDS = 8
LIVE_PATHS = frozenset({"/live", "/admin/live", "/hotline/live"})  # our own sockets

CredentialKind = Literal["session", "kiosk", "key"]

TRY_AGAIN_LATER = 1013  # of the protocol: the screen comes back by itself
# Close codes of the live socket: 44xx mirrors the HTTP status that the same refusal has.
_CLOSE_CODE: dict[Unmet, int] = {
    "unknown_address": 4404,
    "sign_in": 4401,
    "kiosk_token": 4401,
    "forbidden": 4403,
}
_STATUS: dict[Unmet, int] = {"unknown_address": 404, "sign_in": 401, "kiosk_token": 403, "forbidden": 403}


def cookie_name(name: str, *, secure: bool) -> str:
    """Return how a cookie is called: with the prefix behind HTTPS; without HTTPS a browser would not keep that."""
    return f"{HOST_PREFIX}{name}" if secure else name


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request carries to say who it is; `secret` is never logged."""

    kind: CredentialKind
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CallbackPolicy:
    """Dash's callback registrations and who may call each output, read at every request because both may grow."""

    callback_map: Callable[[], Mapping[str, Mapping[str, Any]]]
    rights: Mapping[str, frozenset[str]]


class Identify(Protocol):
    """Turns a credential and a remote address into a principal, or None; may block."""

    def __call__(self, credential: Credential, address: str, *, counts_as_use: bool) -> Principal | None: ...


class Gate:
    """Outermost ASGI application.

    `identify` turns a credential and the remote address into a principal, or None when it is not (or no longer)
    valid; it may block, so it runs in a thread, and raise StoreBusy, which is answered as something to try again
    (`store_away_page` to a person). What lives longer than a request (the live socket) finds the same
    question in `scope["state"]["recheck"]` and asks it again. `callbacks` holds the policy of each Dash page by its
    address ("/desk"). `kiosk_refused_page` is the HTML that a wall without
    a valid token shows, `no_screen_page` what someone signed in sees at a screen that is not for the role.
    `content_security_policy` is sent with every answer. `is_monitor` says of a bearer token ("" for none) and an
    address whether the figures are for it; nobody's, where it is left out. `secure` says that HTTPS is in front: a
    session is then taken from the cookie with the prefix alone.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        identify: Identify,
        allowed_hosts: frozenset[str],
        callbacks: Mapping[str, CallbackPolicy],
        kiosk_refused_page: Callable[[], str],
        no_screen_page: Callable[[], str],
        store_away_page: Callable[[], str],
        content_security_policy: Callable[[str], str],
        is_monitor: Callable[[str, str], bool] = lambda _token, _address: False,
        secure: bool = False,
    ) -> None:
        self._app = app
        self._identify = identify
        self._allowed_hosts = allowed_hosts
        self._callbacks = callbacks
        self._kiosk_refused_page = kiosk_refused_page
        self._no_screen_page = no_screen_page
        self._store_away_page = store_away_page
        self._policy = content_security_policy
        self._is_monitor = is_monitor
        self._session_cookie = cookie_name(SESSION_COOKIE, secure=secure)
        # A wall that nobody attends keeps the name that it was opened with before; its token shows a wall and no more.
        self._kiosk_cookies = dict.fromkeys((cookie_name(KIOSK_COOKIE, secure=secure), KIOSK_COOKIE))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] not in ("http", "websocket"):
            return
        await self._admit(scope, receive, self._with_headers(scope, send))

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        if _host_name(headers) not in self._allowed_hosts:
            await _refuse(scope, receive, send, 400, "host not allowed")
            return
        method = "GET" if scope["type"] == "websocket" else scope["method"]
        address = find_address(method, scope["path"])
        credential = _kiosk_in_address(scope) or self._credential(headers, prefer_kiosk=_is_wall(scope))
        try:
            principal = await self._principal(address, credential, scope)
        except StoreBusy as error:
            await self._answer_store_away(error, scope, receive, send)
            return
        why = unmet(address, principal, scope["path"])
        if why is not None:
            await self._answer_unmet(why, scope, receive, send)
            return
        if _needs_same_origin(scope, credential) and not _is_same_origin(scope, headers):
            await _refuse(scope, receive, send, 403, "cross-site request")
            return
        if scope["type"] == "http" and scope["method"] in WRITE:
            body = await _read_body(receive, address.body_bytes if address else MAX_BODY_BYTES)
            if body is None:
                await _refuse(scope, receive, send, 413, "too large")
                return
            receive = _replay(body, receive)
        if principal is None or credential is None:
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["recheck"] = partial(self._identify, credential, _address(scope), counts_as_use=False)
        # The server's own send: frameworks further in wrap it, and the live hub then cannot reach the transport.
        state["send"] = send
        await self._enter(_in_chosen_language(principal, headers), scope, receive, send)

    def _credential(self, headers: Mapping[str, str], *, prefer_kiosk: bool) -> Credential | None:
        """A bearer key wins over cookies; on the wall a kiosk token wins over a session, elsewhere the session wins."""
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and secret:
            return Credential("key", secret)
        found = _cookies(headers)
        kiosk = next((found[name] for name in self._kiosk_cookies if found.get(name)), "")
        session = found.get(self._session_cookie, "")
        if kiosk and (prefer_kiosk or not session):
            return Credential("kiosk", kiosk)
        return Credential("session", session) if session else None

    async def _principal(
        self, address: Address | None, credential: Credential | None, scope: Scope
    ) -> Principal | None:
        if address is None or address.need == "nobody":
            return None
        if address.need == MONITOR:
            token = credential.secret if credential is not None and credential.kind == "key" else ""
            is_monitor = self._is_monitor(token, _address(scope))
            return Principal(MONITOR, "", "system", MONITOR, "") if is_monitor else None
        if credential is None:
            return None
        remote = _address(scope)
        return await asyncio.to_thread(self._identify, credential, remote, counts_as_use=address.is_use)

    async def _enter(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        token = principal_context.enter(principal)
        try:
            if scope["path"].endswith("/_dash-update-component"):
                await self._enter_callback(principal, scope, receive, send)
            else:
                await self._app(scope, receive, send)
        finally:
            principal_context.leave(token)

    async def _enter_callback(self, principal: Principal, scope: Scope, receive: Receive, send: Send) -> None:
        if not _headers(scope).get("content-type", "").startswith("application/json"):
            await _refuse(scope, receive, send, 415, "content type")
            return
        body: bytes = (await receive())["body"]  # whole: it was read before anybody was let in
        policy = self._callbacks[scope["path"].removesuffix("/_dash-update-component")]
        rejected = check_callback_request(body, policy.callback_map(), policy.rights, principal)
        if rejected is not None:
            await _refuse(scope, receive, send, rejected.status, rejected.reason)
            return
        await self._app(scope, _replay(body, receive), send)

    async def _answer_unmet(self, why: Unmet, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _close(scope, receive, send, _CLOSE_CODE[why], why)
            return
        is_person = "text/html" in _headers(scope).get("accept", "")
        response: Response
        if why == "sign_in" and _wants_page(scope):
            response = RedirectResponse("/sign-in", 303)
        elif why == "kiosk_token" and is_person:
            response = HTMLResponse(self._kiosk_refused_page(), 403)
        elif why == "forbidden" and is_person:
            response = HTMLResponse(self._no_screen_page(), 403)
        else:
            response = JSONResponse({"error": why}, _STATUS[why])
        await response(scope, receive, send)

    async def _answer_store_away(self, error: StoreBusy, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await _close(scope, receive, send, TRY_AGAIN_LATER, "store_busy")
            return
        page = self._store_away_page() if _wants_page(scope) else ""
        await store_busy_answer(error, page)(scope, receive, send)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        if scope["type"] != "http":
            return send
        extra = [
            (b"content-security-policy", self._policy(scope["path"]).encode("ascii")),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"x-frame-options", b"DENY"),
        ]

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message.get("headers", []), *extra, *_cache_header(scope, message)],
                }
            await send(message)

        return send_with_headers


def _wants_page(scope: Scope) -> bool:
    return wants_page(scope["path"], _headers(scope).get("accept", ""))


def _cache_header(scope: Scope, message: Any) -> list[tuple[bytes, bytes]]:
    """Static files may be kept but must be asked for again (module children have no fingerprint); the rest never."""
    present = {name.lower() for name, _ in message.get("headers", [])}
    if b"cache-control" in present:
        return []
    static = scope["path"].startswith("/assets/") or "/_dash-component-suites/" in scope["path"]
    return [(b"cache-control", b"no-cache" if static else b"no-store")]


def _in_chosen_language(principal: Principal, headers: Mapping[str, str]) -> Principal:
    """An officer may read in another language than the account's; a wall always speaks Chinese."""
    chosen = _cookies(headers).get(LANGUAGE_COOKIE)
    if principal.kind != "officer" or chosen not in ("zh", "en"):
        return principal
    return replace(principal, language=chosen)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _host_name(headers: Mapping[str, str]) -> str:
    host = headers.get("host", "")
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def _is_wall(scope: Scope) -> bool:
    """The wall's page and the wall's live socket; a socket has no page of its own, so its query names the view."""
    path: str = scope["path"]
    return path.startswith("/wall") or (path == "/live" and b"view=wall" in scope.get("query_string", b""))


def _kiosk_in_address(scope: Scope) -> Credential | None:
    """A wall is opened once by an address that carries its token; the route behind moves it into a cookie."""
    if scope["path"] != "/wall":
        return None
    try:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=MAX_QUERY_FIELDS)
    except ValueError:  # more fields than any address of ours has
        return None
    tokens = asked.get("kiosk")
    return Credential("kiosk", tokens[0]) if tokens else None


def _cookies(headers: Mapping[str, str]) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _needs_same_origin(scope: Scope, credential: Credential | None) -> bool:
    """Cookies are sent by the browser on its own, so whatever changes something, and the socket, prove their page."""
    if credential is not None and credential.kind == "key":
        return False
    return scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")


def _is_same_origin(scope: Scope, headers: Mapping[str, str]) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin.split("://", 1)[-1] == headers.get("host")
    return scope["type"] == "http" and headers.get("sec-fetch-site") == "same-origin"


async def _read_body(receive: Receive, limit_bytes: int) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit_bytes:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [body]

    async def receive_again() -> Any:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return receive_again


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await _close(scope, receive, send, 4000 + status, reason)
        return
    body = json.dumps({"error": reason}).encode()
    await Response(body, status, media_type="application/json")(scope, receive, send)


async def _close(scope: Scope, receive: Receive, send: Send, code: int, reason: str) -> None:
    """End a socket. Ours is accepted first, or its page would see a bare failure without the reason; a socket that
    does not exist is refused outright, or a page that tries it would take the acceptance for success."""
    await receive()
    if scope["path"] in LIVE_PATHS:
        await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason})
