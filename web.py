"""Composition root of the web process: the wall, the desk, the live socket and the JSON interface behind one gate.

Run by gunicorn as `web:server`; several processes may run side by side, each folding the same log.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dash.development.base_component import Component
from dash.exceptions import DependencyException
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

import callbacks.admin
import callbacks.desk
import layouts.admin.page
import layouts.desk.map_window
import layouts.desk.page
import layouts.leader.page
import layouts.report.page
import layouts.wall.page
from callbacks.admin.dispatch_rows import category_names, kind_names
from callbacks.admin.places import place_names
from callbacks.hand_pages import (
    briefs_html,
    field_html,
    hotline_html,
    leader_html,
    replay_html,
    report_html,
    room_html,
    unit_html,
)
from callbacks.screen_values import box_of, wall_city
from dashboard import service
from dashboard.administration import means_served
from dashboard.allocator import put_start_aside
from dashboard.citypack import CityPack, load_pack
from dashboard.citypack.policies import CHOICES
from dashboard.clock import Clock, open_clock
from dashboard.domain.principal import Principal
from dashboard.principal_context import current_principal
from dashboard.settings import Settings, sign_in_rules
from dashboard.store.data_keys import DataKeys
from dashboard.store.secret_file import open_secrets
from dashboard.store.store import Store
from data_feeds.bus import Bus
from data_feeds.bus_names import NUDGE_WORKER
from data_feeds.http.answering import ApiParts, add_fault_answers
from data_feeds.http.assets import assets, release_of
from data_feeds.http.described import describe, description_route
from data_feeds.http.gate import CallbackPolicy, Credential, Gate, Identify
from data_feeds.http.hand_pages import hand_route
from data_feeds.http.health import health_routes
from data_feeds.http.live_state import LiveApi, MalformedInputs
from data_feeds.http.metrics import Metrics
from data_feeds.http.page_files import modules_of, styles_of
from data_feeds.http.page_shell import shell_files, shell_routes
from data_feeds.http.recordings import Recordings
from data_feeds.http.report_pages import CitizenPages, citizen_routes
from data_feeds.http.routers import routers
from data_feeds.http.screens import (
    NarrowEndpoint,
    favicon,
    live_endpoint,
    page_entrance,
    render_once,
    wall_entrance,
)
from data_feeds.http.sign_in import SignInPages, SignInRoutes
from data_feeds.http.single_sign_on import SingleSignOn
from data_feeds.http.trace import Traced
from data_feeds.live_socket import LiveHub
from data_feeds.monitor_check import monitor_check
from data_feeds.nudge import NewsTeller, Nudge
from data_feeds.task_ending import end_tasks
from layouts.catalogue import said_or_code, text
from layouts.dash_screen import DashScreen, libraries_of
from layouts.document import document
from layouts.hand.installable import manifest
from layouts.hand.shell import COMMON_WORDS, ENTRY, HandFiles
from layouts.map import MapSources
from layouts.refusal import refusal_text
from layouts.screen_files import ENTRY as SCREEN_ENTRY
from layouts.screen_files import ScreenFiles
from layouts.sign_in import kiosk_refused_page, no_screen_page, sign_in_page, step_page, store_away_page

ROOT = Path(__file__).resolve().parent
# The catalogues that the modules of a screen read.
WORDS = {
    "wall": ("live", "log", "map", "wall", "wall_scenes", "wall_control", "wall_incident"),
    "desk": (
        *("page", "live", "map", "log", "refusals", "desk", "desk_bar", "asks", "tellings", "shift", "steps"),
        "desk_map",
        "desk_map_window",
        "desk_walls",
        "desk_states",
    ),
    "desk_map": ("page", "live", "map", "desk", "desk_map", "desk_map_window", "desk_states"),
}


# The map's own window is a part of the desk: its module lies there, and it looks like it.
PAGE_MODULE = {"desk_map": "desk/map_window.mjs"}
LOOK = {"desk_map": "desk"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What one web process is made of."""

    settings: Settings
    clock: Clock
    pack: CityPack
    bus: Bus
    services: service.Services
    live: LiveHub
    nudge: Nudge
    news: NewsTeller
    release: str
    map_release: str
    metrics: Metrics


def open_parts(settings: Settings) -> Parts:
    """Open store, bus, clock and city pack; nothing connects to Redis before the process starts serving."""
    pack, clock, bus = load_pack(settings.city_pack), open_clock(settings), Bus(settings.redis_url)
    store, nudge, news = Store(settings.database_url), Nudge(bus, NUDGE_WORKER), NewsTeller(bus)
    store.on_news = news
    services = service.Services(
        store,
        pack,
        secret=open_secrets(settings.secret_file),
        data_keys=DataKeys(settings.data_keys_file, settings.data_keys),
        after_commit=nudge,
        session_idle_ms=settings.session_idle_ms,
        session_absolute_ms=settings.session_absolute_ms,
        sign_in=sign_in_rules(settings),
        attachments_dir=settings.var_dir / "attachments",
        attachments_copy=settings.attachments_copy,
        means_served=means_served(settings),
    )
    release = release_of(ROOT / "assets")
    live = LiveHub(bus, services, clock, pack, release=release)
    map_release = release_of(settings.city_pack / "boundaries")
    return Parts(settings, clock, pack, bus, services, live, nudge, news, release, map_release, Metrics())


def build_server(parts: Parts) -> Gate:
    """Wire screens, socket and interface behind the gate."""
    inner = FastAPI(lifespan=_lifespan(parts), docs_url=None, redoc_url=None, openapi_url=None)
    add_fault_answers(inner, lambda: store_away_page("zh"))
    inner.add_exception_handler(DependencyException, _no_such_file)
    for router in routers(_api_parts(parts)):
        inner.include_router(router)
    describe(inner)
    inner.router.routes.extend([*_routes(parts), description_route(inner)])
    wall = _dash_page(inner, "wall", _wall_layout(parts), text("page.wall"), _screen_files(parts, "wall"))
    wall.libraries = libraries_of(_wall_layout(parts)())  # it has no callbacks that could bring others
    desk = _dash_page(inner, "desk", _desk_layout(parts), text("page.desk"), _screen_files(parts, "desk"))
    callbacks.desk.register(desk, parts.services, parts.live, parts.clock)
    map_window = _dash_page(
        inner,
        "desk_map",
        _map_window_layout(parts),
        text("desk_map.window.page"),
        _screen_files(parts, "desk_map"),
    )
    nobody = Principal("start", "", "system", "duty_officer", parts.pack.code)
    shape = layouts.desk.map_window.build(nobody, **_of_map(parts)(parts.pack.code))
    map_window.libraries = libraries_of(shape)  # as the wall it has no callbacks
    admin = _dash_page(inner, "admin", _admin_layout(parts), text("page.admin"), None)
    callbacks.admin.register(admin, parts.services, parts.clock, parts.live.health)
    base = parts.settings.map_base()
    script_hashes = sorted(
        {hash for screen in (wall, desk, map_window, admin) for hash in screen.csp_hashes()}
    )
    return Gate(
        inner,
        identify=_identify(parts),
        allowed_hosts=frozenset(parts.settings.allowed_hosts),
        callbacks={
            "/desk": CallbackPolicy(lambda: desk.callback_map, callbacks.desk.CALLBACK_RIGHTS),
            "/admin": CallbackPolicy(lambda: admin.callback_map, callbacks.admin.CALLBACK_RIGHTS),
        },
        kiosk_refused_page=lambda: kiosk_refused_page("zh"),
        no_screen_page=lambda: no_screen_page("zh"),
        store_away_page=lambda: store_away_page("zh"),
        content_security_policy=lambda path: _content_security_policy(
            script_hashes, base.origins() if base and path.startswith("/desk") else ()
        ),
        is_monitor=monitor_check(parts.settings.metrics_token, parts.settings.metrics_addresses),
        secure=parts.settings.https,
    )


async def _no_such_file(_request: Request, _error: Exception) -> Response:
    """A component file that Dash does not serve; by itself it answers with a server error."""
    return JSONResponse({"error": "unknown_address"}, 404)


async def render_pages(app: FastAPI, city: str) -> None:
    """Render each of Dash's pages once, as the process does before it serves anybody."""
    pages = {"wall": "duty_officer", "desk": "duty_officer", "desk_map": "duty_officer", "admin": "sysadmin"}
    for surface, role in pages.items():
        await render_once(app, f"/{surface}/", Principal("start", "", "system", role, city))


def _lifespan(parts: Parts) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        await render_pages(app, parts.pack.code)
        for sender in (parts.nudge, parts.news):
            sender.bind(asyncio.get_running_loop())
        await parts.live.start()
        counting = asyncio.create_task(parts.metrics.keep_looking(parts.live), name="metrics")
        put_start_aside()
        try:
            yield
        finally:
            await end_tasks([counting])
            await parts.live.stop()
            await parts.bus.close()

    return live


def _routes(parts: Parts) -> list[BaseRoute]:
    settings = parts.settings
    boundaries = settings.city_pack / "boundaries"
    single = single_sign_on(settings)
    pages = SignInPages(
        sign_in=lambda **shown: sign_in_page(
            parts.pack.name,
            "zh",
            demonstration=parts.clock.is_demonstration,
            single=single is not None,
            **shown,
        ),
        step=lambda step, **shown: step_page(
            parts.pack.name, step, demonstration=parts.clock.is_demonstration, **shown
        ),
        refusal=refusal_text,
        malformed=lambda lang: text("sign_in.malformed", lang),
        upgraded=lambda: text("sign_in.upgraded"),
        single_failed=lambda: text("sign_in.single_failed"),
    )
    return [
        *health_routes(parts.services.store, parts.live, parts.metrics, parts.clock, parts.release),
        *SignInRoutes(parts.services, parts.clock, pages, settings.https, single).routes(),
        Route("/favicon.ico", favicon),
        Route("/wall", wall_entrance(secure=settings.https), methods=["GET"]),
        page_entrance("desk"),
        page_entrance("desk_map"),
        page_entrance("admin"),
        WebSocketRoute("/live", live_endpoint(parts.live)),
        WebSocketRoute("/admin/live", NarrowEndpoint(parts.live.administrators)),
        WebSocketRoute("/hotline/live", NarrowEndpoint(parts.live.hotline_pages)),
        *_hand_routes(parts),
        Mount("/assets", assets(ROOT / "assets", parts.release)),
        Mount("/citypack/boundaries", assets(boundaries, parts.map_release, kept_by="private")),
        *_tile_folder(parts),
        *_voice_folder(parts),
    ]


def _tile_folder(parts: Parts) -> list[BaseRoute]:
    """The centre's own tiles, when the base map is a folder."""
    tiles = parts.settings.map_tiles
    return [Mount("/map/tiles", StaticFiles(directory=tiles))] if isinstance(tiles, Path) else []


def _voice_folder(parts: Parts) -> list[BaseRoute]:
    """The city's recordings of what walls say, when there is a folder of them."""
    folder = parts.settings.voice_folder
    return [Mount("/voice", StaticFiles(directory=folder))] if folder is not None else []


def _hand_routes(parts: Parts) -> list[Route]:
    services, folder = parts.services, ROOT / "assets"
    demonstration = parts.clock.is_demonstration

    def files(*entries: str) -> HandFiles:
        return HandFiles(parts.release, modules_of(folder, entries))

    field, leader = files(ENTRY, "field/page.mjs"), files(ENTRY, "leader/page.mjs")
    room = room_html(services, files(ENTRY, "room/page.mjs"), demonstration=demonstration)
    briefs = briefs_html(parts.pack, files(ENTRY, "briefs/page.mjs"), demonstration=demonstration)
    townships = MapSources.of_release(parts.map_release).townships
    replay = replay_html(parts.pack, files(ENTRY, "replay/page.mjs"), townships, demonstration=demonstration)
    kept = {
        "field": shell_files("field", folder, COMMON_WORDS, field.address),
        "leader": shell_files(
            "leader", folder, layouts.leader.page.WORDS, leader.address, layouts.leader.page.STYLES
        ),
    }
    citizens = _citizen_pages(parts, files(layouts.report.page.ENTRY))
    return [
        hand_route(
            "/unit", unit_html(parts.pack, files(ENTRY, "unit/page.mjs"), demonstration=demonstration)
        ),
        hand_route("/briefs", briefs),
        hand_route("/room", room),
        hand_route("/room/{matter_id}", room),
        hand_route(
            "/hotline",
            hotline_html(parts.pack, files(ENTRY, "hotline/page.mjs"), demonstration=demonstration),
        ),
        hand_route("/replay", replay),
        hand_route("/replay/{matter_id}", replay),
        *citizen_routes(services, parts.clock, citizens),
        hand_route("/field", field_html(services, field, demonstration=demonstration)),
        *shell_routes("field", folder, kept["field"], manifest("field", "zh", orientation="portrait")),
        hand_route("/leader", leader_html(parts.pack, leader, demonstration=demonstration)),
        *shell_routes("leader", folder, kept["leader"], manifest("leader", "zh")),
    ]


def _citizen_pages(parts: Parts, files: HandFiles) -> CitizenPages:
    demonstration, layout = parts.clock.is_demonstration, layouts.report.page
    return CitizenPages(
        report=report_html(parts.pack, files, demonstration=demonstration),
        follow=partial(layout.follow_page, demonstration=demonstration, files=files),
        no_such_grid=partial(layout.no_such_grid_page, demonstration=demonstration, files=files),
    )


def _api_parts(parts: Parts) -> ApiParts:
    return ApiParts(
        parts.services,
        parts.clock,
        LiveApi(parts.live),
        MalformedInputs(parts.bus),
        refusal_text,
        parts.release,
        Recordings(parts.settings.voice_folder, parts.clock.is_demonstration),
        said_or_code,
        parts.live.broken,
    )


def _screen_files(parts: Parts, surface: str) -> ScreenFiles:
    folder, sources = ROOT / "assets", MapSources.of_release(parts.map_release)
    return ScreenFiles(
        parts.release,
        modules_of(folder, (SCREEN_ENTRY, PAGE_MODULE.get(surface, f"{surface}/page.mjs"))),
        styles=styles_of(folder, LOOK.get(surface, surface)),
        words=WORDS[surface],
        data=(
            f"/{surface}/_dash-layout",
            f"/{surface}/_dash-dependencies",
            sources.townships,
            sources.regions,
        ),
    )


def _dash_page(
    inner: FastAPI, surface: str, layout: Callable[[], Component], title: str, files: ScreenFiles | None
) -> DashScreen:
    """`files` None for a page without the live picture: it has a module of its own, and none of the others' scripts."""
    app = DashScreen(
        f"zhongshu.{surface}",
        server=inner,  # type: ignore[arg-type]  # Dash names the type of one of its three backends only
        routes_pathname_prefix=f"/{surface}/",
        requests_pathname_prefix=f"/{surface}/",
        assets_folder=str(ROOT / "assets"),
        assets_url_path="/assets",
        assets_external_path="/",
        assets_ignore=".*" if files else r".*\.m?js$",
        external_scripts=[] if files else [{"src": f"/assets/{surface}/page.mjs", "type": "module"}],
        # The layout depends on who asks; without this Dash would build it a second time into every index page.
        suppress_callback_exceptions=True,
        index_string=document(
            title,
            language="zh",
            surface=LOOK.get(surface, surface),
            theme="dark",
            before_paint="" if files else f"/assets/{surface}/theme.js",
            files=files,
        ),
        title=title,
        update_title=None,  # type: ignore[arg-type]  # Dash's own documented way to leave the title alone
    )
    # Dash's own socket is unbounded and past the gate's reach; without this its page keeps knocking for one.
    app.backend.websocket_capability = False
    app.layout = layout
    return app


def _wall_layout(parts: Parts) -> Callable[[], Component]:
    city = wall_city(parts.pack, MapSources.of_release(parts.map_release))
    return lambda: layouts.wall.page.build("zh", parts.clock.is_demonstration, city)


def _desk_layout(parts: Parts) -> Callable[[], Component]:
    of_map = _of_map(parts)

    def layout() -> Component:
        principal = current_principal()
        return layouts.desk.page.build(principal, **of_map(principal.jurisdiction))

    return layout


def _map_window_layout(parts: Parts) -> Callable[[], Component]:
    of_map = _of_map(parts)

    def layout() -> Component:
        principal = current_principal()
        return layouts.desk.map_window.build(principal, **of_map(principal.jurisdiction))

    return layout


def _of_map(parts: Parts) -> Callable[[str], dict[str, Any]]:
    """What desk and map window are built from besides who asks, by jurisdiction."""
    divisions = parts.pack.divisions
    place_names = {
        one.code: one.name for one in (*divisions.at_level("region"), *divisions.at_level("township"))
    }
    base = parts.settings.map_base()  # once: a folder that is gone later must not take the desk with it

    def of(jurisdiction: str) -> dict[str, Any]:
        return {
            "jurisdiction_name": divisions.get(jurisdiction).name,
            "bounds": box_of(parts.pack, jurisdiction),
            "demonstration": parts.clock.is_demonstration,
            "place_names": place_names,
            "sources": MapSources.of_release(parts.map_release),
            "base": base,
        }

    return of


def _admin_layout(parts: Parts) -> Callable[[], Component]:
    divisions = parts.pack.divisions
    codes = [one.code for one in (divisions.city, *divisions.at_level("region"))]
    ground = layouts.admin.page.Ground(
        demonstration=parts.clock.is_demonstration,
        choices=CHOICES,
        places={lang: list(place_names(parts.pack, codes, lang).items()) for lang in ("zh", "en")},
        units=[(one.id, one.name) for one in parts.pack.units],
        gateway=parts.settings.telling_gateway,
        categories={lang: category_names(parts.pack, lang) for lang in ("zh", "en")},
        kinds={lang: kind_names(parts.pack, lang) for lang in ("zh", "en")},
    )
    return lambda: layouts.admin.page.build(current_principal(), ground)


def single_sign_on(settings: Settings) -> SingleSignOn | None:
    """Return the city's identity server, None where none is set; the settings hold that its secret is there."""
    if not settings.oidc_issuer or settings.oidc_secret_file is None:
        return None
    secret = settings.oidc_secret_file.read_text(encoding="utf-8").strip()
    return SingleSignOn(settings.oidc_issuer, settings.oidc_client, secret, settings.oidc_claim)


def _identify(parts: Parts) -> Identify:
    def identify(credential: Credential, address: str, *, counts_as_use: bool) -> Principal | None:
        now, services = parts.clock.now_ms(), parts.services
        if credential.kind == "session":
            return service.session(services, credential.secret, now, address, counts_as_use=counts_as_use)
        if credential.kind == "kiosk":
            return service.kiosk(services, credential.secret, address=address, now=now)
        gateway = service.gateway(services, credential.secret, address=address, now=now)
        return gateway or service.kiosk(services, credential.secret, address=address, now=now)

    return identify


def _content_security_policy(script_hashes: list[str], pictures_from: tuple[str, ...] = ()) -> str:
    """No script but our own files and Dash's one start line; styles inline, because Leaflet and AG Grid set them.

    `pictures_from` are the origins of a base map's tiles, for the page that draws it alone.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {' '.join(script_hashes)}",
            "style-src 'self' 'unsafe-inline'",
            " ".join(("img-src 'self' data: blob:", *pictures_from)),
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def open_server(settings: Settings) -> Traced:
    """Open the parts and return what the server runs."""
    parts = open_parts(settings)
    return Traced(build_server(parts), parts.metrics.answered)


server = open_server(Settings.from_environment(os.environ))
