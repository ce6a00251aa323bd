"""The files of the screens: texts compressed on their way, and addresses that name the release they belong to.

`/assets/css/hand.css` may change and is asked for again at every use. `/assets/v-<release>/css/hand.css` never changes:
a browser keeps it and asks no more, and the modules that a module imports stand beside it, of the same release. An
address of another release answers 404, so that no page is ever made of two releases.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

_OF_RELEASE: Final = re.compile(r"v-([0-9a-z]+)/(.+)")
_FOR_EVER: Final = "max-age=31536000, immutable"
_SMALLEST_COMPRESSED: Final = 600  # bytes; below it the answer fits one packet as it is


def release_of(folder: Path) -> str:
    """Return what changes when any file below `folder` changes, and is the same on every machine that has the same."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()


def assets(folder: Path, release: str, *, kept_by: str = "public") -> ASGIApp:
    """Return what answers below `/assets`; `release` is what the pages of this process were built with.

    `kept_by` is "private" for files that not everybody may have: a proxy between must not keep them.
    """
    files = _OfRelease(folder, release, f"{kept_by}, {_FOR_EVER}")
    return GZipMiddleware(files, minimum_size=_SMALLEST_COMPRESSED, compresslevel=6)


class _OfRelease(StaticFiles):
    def __init__(self, folder: Path, release: str, kept: str) -> None:
        super().__init__(directory=folder)
        self._release, self._kept = release, kept

    async def get_response(self, path: str, scope: Scope) -> Response:
        named = _OF_RELEASE.fullmatch(path)
        if named is None:
            return await super().get_response(path, scope)
        if named[1] != self._release:
            raise HTTPException(404)
        answer = await super().get_response(named[2], scope)
        answer.headers["cache-control"] = self._kept
        return answer
