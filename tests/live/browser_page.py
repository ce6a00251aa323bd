"""A page of the product's own origin in a real Chromium, for tests of the modules under assets/live."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from playwright.async_api import Page, async_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from tests.conftest import CHROMIUM_FLAGS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = '<!doctype html><html lang="zh-CN"><head><title>live</title></head><body></body></html>'


async def _blank(_request: Any) -> HTMLResponse:
    return HTMLResponse(DOCUMENT)


# What the browser loads: our modules, their catalogue, and the golden frames.
STATIC = Starlette(
    routes=[
        Route("/", _blank),
        Mount("/assets", StaticFiles(directory=ROOT / "assets")),
        Mount("/golden", StaticFiles(directory=ROOT / "tests" / "golden")),
        Mount("/probes", StaticFiles(directory=ROOT / "tests" / "live" / "probes")),
    ]
)


@asynccontextmanager
async def open_page(chromium_path: str, address: str) -> AsyncIterator[Page]:
    """Open the blank page at `address`; fails when the page has thrown by the end."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 800})
            thrown: list[str] = []
            page.on("pageerror", lambda error: thrown.append(str(error)))
            await page.goto(address)
            yield page
            assert thrown == []
        finally:
            await browser.close()


@asynccontextmanager
async def open_static(chromium_path: str) -> AsyncIterator[Page]:
    """Open the blank page on a server of its own that has nothing but the modules."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(STATIC, lifespan="off", log_level="warning"))
    serving = asyncio.create_task(server.serve([listener]))
    try:
        async with open_page(chromium_path, f"http://127.0.0.1:{listener.getsockname()[1]}/") as opened:
            yield opened
    finally:
        server.should_exit = True
        await serving


async def probe(page: Page, name: str, argument: Any = None) -> Any:
    """Run one function of the test's own modules (tests/live/probes/NAME.mjs, its default export) in the page."""
    return await page.evaluate(
        "([name, argument]) => import(`/probes/${name}.mjs`).then((it) => it.default(argument))",
        [name, argument],
    )
