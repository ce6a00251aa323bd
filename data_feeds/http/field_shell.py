"""Addresses that make `/field` installable: its worker script, its manifest, and the list of files it keeps.

The files are found by following the page's imports, so that none is forgotten when a module is added.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

SCOPE: Final = "/field"
_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[\w./-]+\.m?js)["']""")
_ENTRIES: Final = ("hand/theme.js", "hand/entry.mjs", "field/page.mjs")
_STYLES: Final = ("css/fonts.css", "css/tokens.css", "css/hand.css", "css/field.css")


def shell_files(assets: Path) -> list[str]:
    """Return the addresses of everything that the page loads: modules by their imports, styles, words, Latin fonts.

    The thousands of Chinese characters are left to the phone's own fonts, and kept as they are used.
    """
    found: list[str] = []
    waiting = list(_ENTRIES)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        source = (assets / name).read_text(encoding="utf-8")
        folder = posixpath.dirname(name)
        waiting += [posixpath.normpath(f"{folder}/{target}") for target in _IMPORT.findall(source)]
    words = [f"catalogue/{path.name}" for path in sorted((assets / "catalogue").glob("*.json"))]
    fonts = [f"fonts/{path.name}" for path in sorted((assets / "fonts").glob("*latin*.woff2"))]
    return [f"/assets/{name}" for name in (*sorted(found), *_STYLES, *words, *fonts)]


def shell_routes(assets: Path, manifest: Mapping[str, Any]) -> list[Route]:
    """Routes of the worker script, the list, the manifest and the sign."""
    files = shell_files(assets)

    async def worker(_request: Request) -> Response:
        # The script lies below /field/, the page is /field itself: the browser asks for leave to reach that high.
        headers = {"service-worker-allowed": SCOPE, "cache-control": "no-cache"}
        return FileResponse(assets / "field" / "worker.js", media_type="text/javascript", headers=headers)

    async def listed(_request: Request) -> Response:
        return JSONResponse({"files": files})

    async def described(_request: Request) -> Response:
        return JSONResponse(dict(manifest), media_type="application/manifest+json")

    async def icon(_request: Request) -> Response:
        return FileResponse(assets / "field" / "icon.svg", media_type="image/svg+xml")

    return [
        Route("/field/worker.js", worker, methods=["GET"]),
        Route("/field/shell.json", listed, methods=["GET"]),
        Route("/field/manifest.webmanifest", described, methods=["GET"]),
        Route("/field/icon.svg", icon, methods=["GET"]),
    ]
