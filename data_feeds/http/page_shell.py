"""Addresses that make a page of the hand installable: its worker script, its manifest, the list of files it keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from data_feeds.http.page_files import modules_of

_FILES: Final = ("hand/theme.js", "css/tokens.css", "css/hand.css")
# The heaviest and the least changed files keep their address over all releases.
_OF_ALL_RELEASES: Final = ("/assets/css/fonts.css",)


def shell_files(
    page: str, assets: Path, words: Sequence[str], address: Callable[[str], str], styles: Sequence[str] = ()
) -> list[str]:
    """Return the addresses of everything that `page` loads: modules by their imports, styles, words, Latin fonts.

    `words` and `styles` name catalogues and stylesheets beside the page's own, `address` gives a file's address in this
    release. The thousands of Chinese characters are left to the phone's own fonts, and kept where they were loaded.
    """
    catalogues = [f"catalogue/{name}.json" for name in (*words, page)]
    fonts = [f"/assets/fonts/{path.name}" for path in sorted((assets / "fonts").glob("*latin*.woff2"))]
    of_release = [
        address(name)
        for name in (
            *modules_of(assets, ("hand/entry.mjs", f"{page}/page.mjs")),
            *_FILES,
            *(f"css/{name}.css" for name in (*styles, page)),
            *catalogues,
        )
    ]
    return [*of_release, *_OF_ALL_RELEASES, *fonts]


def shell_routes(page: str, assets: Path, files: Sequence[str], manifest: Mapping[str, Any]) -> list[Route]:
    """Routes of a page's worker script, of the list of `files` that it keeps, and of the manifest."""

    async def worker(_request: Request) -> Response:
        # The script lies below /field/, the page is /field itself: the browser asks for leave to reach that high.
        headers = {"service-worker-allowed": f"/{page}", "cache-control": "no-cache"}
        return FileResponse(assets / "hand" / "worker.js", media_type="text/javascript", headers=headers)

    async def listed(_request: Request) -> Response:
        return JSONResponse({"files": list(files)})

    async def described(_request: Request) -> Response:
        return JSONResponse(dict(manifest), media_type="application/manifest+json")

    return [
        Route(f"/{page}/worker.js", worker, methods=["GET"]),
        Route(f"/{page}/shell.json", listed, methods=["GET"]),
        Route(f"/{page}/manifest.webmanifest", described, methods=["GET"]),
    ]
