"""Addresses that begin and end a session, and the one that turns a kiosk address into a wall's cookie."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import service
from dashboard.clock import Clock
from dashboard.domain.principal import Principal
from dashboard.domain.sign_in_step import Step
from dashboard.principal_context import current_principal
from dashboard.store.seal import Unsealable
from data_feeds.http.gate import KIOSK_COOKIE, SESSION_COOKIE, cookie_name
from data_feeds.http.single_sign_on import ATTEMPT_S, Attempt, SignOnFailed, SingleSignOn

logger = logging.getLogger(__name__)

ATTEMPT_COOKIE = "zhongshu_attempt"
MAX_FORM_BYTES = 4_096
# A wall runs unattended for months; its token ends when it is revoked, not when a cookie is forgotten.
KIOSK_COOKIE_SECONDS = 400 * 24 * 3600
_WAY = {"factor": "/sign-in/code", "enrol": "/sign-in/code", "password": "/sign-in/password"}
_DEVICE = "/sign-in/device"  # at which the owner of an open session takes a first device in
_HOMES = {
    "unit_liaison": "/unit",
    "grid_worker": "/field",
    "leader": "/leader",
    "sysadmin": "/admin/",
    "secadmin": "/admin/",
    "auditor": "/admin/",
}


@dataclass(frozen=True, slots=True)
class SignInPages:
    """The HTML that these addresses answer with, and the words of a refusal in a language."""

    sign_in: Callable[..., str]
    step: Callable[..., str]
    refusal: Callable[[service.Refused, str], str]
    malformed: Callable[[str], str]
    upgraded: Callable[[], str]
    single_failed: Callable[[], str]


@dataclass(frozen=True, slots=True)
class SignInRoutes:
    """Addresses `/sign-in` with its steps `/code`, `/device` and `/password`, `/sign-out` and `/`.

    `secure` keeps the cookies to HTTPS and to this host (`__Host-`). What blocks (hashing, the store) runs in a thread.
    """

    services: service.Services
    clock: Clock
    pages: SignInPages
    secure: bool
    single: SingleSignOn | None = None

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/sign-in", self._show, methods=["GET"]),
            Route("/sign-in", self._enter, methods=["POST"]),
            Route("/sign-in/code", self._show_step, methods=["GET"]),
            Route("/sign-in/code", self._enter_code, methods=["POST"]),
            Route(_DEVICE, self._show_step, methods=["GET"]),
            Route(_DEVICE, self._take_device, methods=["POST"]),
            Route("/sign-in/password", self._show_step, methods=["GET"]),
            Route("/sign-in/password", self._choose_password, methods=["POST"]),
            Route("/sign-in/single", self._set_out, methods=["GET"]),
            Route("/sign-in/single/return", self._come_back, methods=["GET"]),
            Route("/sign-out", self._end, methods=["POST"]),
            Route("/", self._home, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        if not self.secure or SESSION_COOKIE not in request.cookies:
            return HTMLResponse(self.pages.sign_in())
        # A session of before cookies were kept to the host: it is over, and that is said once.
        response = HTMLResponse(self.pages.sign_in(refusal=self.pages.upgraded()))
        response.delete_cookie(SESSION_COOKIE, path="/")
        return response

    @property
    def _session_cookie(self) -> str:
        return cookie_name(SESSION_COOKIE, secure=self.secure)

    @property
    def _attempt_cookie(self) -> str:
        return cookie_name(ATTEMPT_COOKIE, secure=self.secure)

    def _keep(self, response: Response, name: str, value: str, max_age: int | None = None) -> None:
        # Lax: an answer of the identity server is a visit from another site.
        response.set_cookie(
            name, value, httponly=True, samesite="lax", secure=self.secure, path="/", max_age=max_age
        )

    def _drop(self, response: Response, name: str) -> None:
        """A cookie with the prefix can only be taken back as it was set."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")

    async def _enter(self, request: Request) -> Response:
        form = _form(await request.body(), ("name", "password"))
        if form is None or not form["name"].strip():
            return HTMLResponse(self.pages.sign_in(refusal=self.pages.malformed("zh")), 400)
        outcome = await asyncio.to_thread(
            service.sign_in,
            self.services,
            form["name"],
            form["password"],
            address=_address(request),
            now=self.clock.now_ms(),
            agent=request.headers.get("user-agent", ""),
        )
        if isinstance(outcome, service.Refused):
            page = self.pages.sign_in(refusal=self.pages.refusal(outcome, "zh"), name=form["name"].strip())
            return HTMLResponse(page, 401)
        return self._onward(outcome.value)

    async def _set_out(self, request: Request) -> Response:
        if self.single is None:
            return RedirectResponse("/sign-in", 303)
        try:
            address, attempt = await self.single.begin(self._return_to(request))
        except SignOnFailed as error:
            return self._not_known(error)
        response = RedirectResponse(address, 303)
        sealed = self.services.seal.close(msgspec.json.encode(attempt).decode(), ATTEMPT_COOKIE) or b""
        self._keep(response, self._attempt_cookie, base64.urlsafe_b64encode(sealed).decode(), ATTEMPT_S)
        return response

    async def _come_back(self, request: Request) -> Response:
        if self.single is None:
            return RedirectResponse("/sign-in", 303)
        asked = request.query_params
        try:
            attempt = self._attempt(request.cookies.get(self._attempt_cookie, ""))
            if "code" not in asked:
                raise SignOnFailed(f"no code: {asked.get('error', '')[:60]}")
            known = await self.single.finish(
                attempt, asked.get("state", ""), asked["code"], self._return_to(request)
            )
        except SignOnFailed as error:
            return self._not_known(error)
        outcome = await asyncio.to_thread(
            service.sign_in_known,
            self.services,
            known.name,
            _address(request),
            self.clock.now_ms(),
            request.headers.get("user-agent", ""),
            passed_factor=known.passed_factor,
        )
        if isinstance(outcome, service.Refused):
            response: Response = HTMLResponse(
                self.pages.sign_in(refusal=self.pages.refusal(outcome, "zh")), 401
            )
        else:
            response = self._onward(outcome.value)
        self._drop(response, self._attempt_cookie)
        return response

    def _attempt(self, cookie: str) -> Attempt:
        try:
            sealed = base64.urlsafe_b64decode(cookie.encode())
            return msgspec.json.decode(self.services.seal.open(sealed, ATTEMPT_COOKIE), type=Attempt)
        except (ValueError, Unsealable, msgspec.DecodeError) as error:
            raise SignOnFailed("this browser did not set out") from error

    def _not_known(self, error: SignOnFailed) -> Response:
        logger.warning("single sign-on: %s", error)
        return HTMLResponse(self.pages.sign_in(refusal=self.pages.single_failed()), 502)

    def _return_to(self, request: Request) -> str:
        """The gate has held the host against the list of allowed ones."""
        return f"{'https' if self.secure else 'http'}://{request.headers['host']}/sign-in/single/return"

    async def _show_step(self, request: Request) -> Response:
        step = await self._step(request)
        if step is None:
            return RedirectResponse("/sign-in", 303)
        path = request.url.path
        passed = step.stage == "open" and path != "/sign-in/password" and step.device is None
        if passed or path != _WAY.get(step.stage, path):
            return RedirectResponse(_WAY.get(step.stage, "/"), 303)
        return HTMLResponse(self.pages.step(step))

    async def _enter_code(self, request: Request) -> Response:
        return await self._take(request, ("code",), service.enter_code)

    async def _take_device(self, request: Request) -> Response:
        def take(services: service.Services, token: str, code: str, old: str, **more: Any) -> service.Outcome:
            return service.enter_code(services, token, code, password=old, **more)

        return await self._take(request, ("code", "old"), take)

    async def _choose_password(self, request: Request) -> Response:
        return await self._take(request, ("old", "new", "again"), service.choose_password)

    async def _take(
        self, request: Request, names: tuple[str, ...], act: Callable[..., service.Outcome]
    ) -> Response:
        form = _form(await request.body(), names)
        if form is None:
            return await self._again(request, None)
        token = request.cookies.get(self._session_cookie, "")
        given = (form[name] for name in names)
        outcome = await asyncio.to_thread(
            act, self.services, token, *given, address=_address(request), now=self.clock.now_ms()
        )
        if isinstance(outcome, service.Refused):
            return await self._again(request, outcome)
        return self._onward(outcome.value)

    async def _again(self, request: Request, refused: service.Refused | None) -> Response:
        step = await self._step(request)
        if step is None:
            return RedirectResponse("/sign-in", 303)
        said = self.pages.refusal(refused, step.language) if refused else self.pages.malformed(step.language)
        return HTMLResponse(self.pages.step(step, refusal=said), 400 if refused is None else 401)

    async def _step(self, request: Request) -> Step | None:
        token = request.cookies.get(self._session_cookie, "")
        wanted = request.url.path == _DEVICE
        now = self.clock.now_ms()
        return await asyncio.to_thread(service.step_of, self.services, token, now, new_device=wanted)

    def _onward(self, opened: service.SessionOpened) -> Response:
        where = home_of(opened.principal) if opened.stage == "open" else _WAY[opened.stage]
        response = RedirectResponse(where, 303)
        self._keep(response, self._session_cookie, opened.token)
        return response

    async def _end(self, request: Request) -> Response:
        token = request.cookies.get(self._session_cookie)
        if token:
            await asyncio.to_thread(service.sign_out, self.services, token, now=self.clock.now_ms())
        response = RedirectResponse("/sign-in", 303)
        self._drop(response, self._session_cookie)
        return response

    async def _home(self, _request: Request) -> Response:
        return RedirectResponse(home_of(current_principal()), 303)


def home_of(principal: Principal) -> str:
    """Return the page that a role works at."""
    return _HOMES.get(principal.role, "/desk/")


def kiosk_redirect(token: str, page: str, *, secure: bool) -> Response:
    """Move a kiosk token from the address into a cookie, so that it stays out of history and screen captures."""
    response = RedirectResponse(page, 303)
    response.set_cookie(
        cookie_name(KIOSK_COOKIE, secure=secure),
        token,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
        max_age=KIOSK_COOKIE_SECONDS,
    )
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _form(body: bytes, names: Collection[str]) -> dict[str, str] | None:
    """Return the fields of a form by their names; None where one is missing, empty or no text."""
    if len(body) > MAX_FORM_BYTES:
        return None
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=8, strict_parsing=True)
    except ValueError:
        return None
    found = {name: fields.get(name, [""])[0] for name in names}
    return found if all(found.values()) and not any("\0" in one for one in found.values()) else None
