"""The whole web process in one test: its real gate, pages, callbacks and interface, on a city that is busy.

Requests go through the gate with real sessions; there is no Redis (nothing that is asked here needs it), no network and
no browser.
"""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
from sqlalchemy import Connection

from dashboard.settings import Settings
from dashboard.store.store import Store
from data_feeds.live_socket import LiveHub
from tests.browser.hand_server import NothingMalformed
from tests.security.busy_city import ADDRESS, enrol, fill
from tests.store.centre import Centre


@dataclasses.dataclass
class WholeWeb:
    """The process, the city behind it, and what there is in the city by what it is."""

    gate: Any
    inner: Any
    centre: Centre
    secrets: dict[str, str]
    there: dict[str, str]
    loop: asyncio.AbstractEventLoop
    asked: int = 0

    def headers(self, who: str) -> dict[str, str]:
        """What a request of this person carries."""
        own = {"host": "localhost", "origin": "http://localhost"}
        if who == "nobody":
            return own
        if who in ("gateway", "kiosk"):
            return own | {"authorization": f"Bearer {self.secrets[who]}"}
        return own | {"cookie": f"zhongshu_session={self.secrets[who]}"}

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        """One request through the gate; what the process raises is raised here."""
        self.asked += 1
        headers = self.headers(who) | more.pop("headers", {})

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self.gate, client=(ADDRESS, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return await client.request(method, path, headers=headers, **more)

        return self.loop.run_until_complete(asked())

    def post(self, who: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """One act, with a key of its own."""
        headers = {
            "idempotency-key": key or self.centre.key() + "-whole-web",
            "content-type": "application/json",
        }
        return self.ask(who, "POST", path, content=json.dumps(body).encode(), headers=headers)


@contextmanager
def nothing_stays(web: WholeWeb) -> Iterator[None]:
    """Undo every transaction once it is done, so that everybody is asked about the same city."""
    store = web.centre.services.store
    original = store.write

    @contextmanager
    def undone() -> Iterator[Connection]:
        try:
            with original() as connection:
                yield connection
                raise _Undone
        except _Undone:
            return

    store.write = undone  # type: ignore[method-assign]
    try:
        yield
    finally:
        store.write = original  # type: ignore[method-assign]


class _Undone(Exception):
    pass


@contextmanager
def whole_web(folder: Path, database_url: str = "", redis_url: str = "") -> Iterator[WholeWeb]:
    """Open the web process with its files under `folder`, on a fresh SQLite there or on an empty database.

    With `redis_url` its live picture can be started too, by the same standing clock.
    """
    settings = {
        "ZHONGSHU_VAR_DIR": str(folder), "DATABASE_URL": database_url or f"sqlite:///{folder / 'web.sqlite3'}",
        "REDIS_URL": redis_url or f"unix://{folder / 'no.sock'}",
    }  # fmt: skip
    store = Store(settings["DATABASE_URL"])
    store.migrate()
    store.close()
    # The module opens a server of its own as it is imported, as gunicorn wants it.
    tile = folder / "tiles" / "9" / "425" / "201.png"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(b"a picture")
    settings["ZHONGSHU_MAP_TILES"] = str(folder / "tiles")
    (folder / "voice").mkdir()
    (folder / "voice" / "wall.voice.new.mp3").write_bytes(b"a voice")
    settings["ZHONGSHU_VOICE_FOLDER"] = str(folder / "voice")
    with mock.patch.dict(os.environ, settings):
        web = importlib.import_module("web")
        opened = web.open_parts(Settings.from_environment(dict(os.environ)))
    centre = Centre(dataclasses.replace(opened.services, after_commit=lambda: None))
    parts = dataclasses.replace(opened, clock=centre.clock, services=centre.services)
    if redis_url:
        live = LiveHub(parts.bus, parts.services, centre.clock, parts.pack, release=parts.release)
        gate = web.build_server(dataclasses.replace(parts, live=live))
    else:
        with mock.patch.object(web, "MalformedInputs", return_value=NothingMalformed()):
            gate = web.build_server(parts)
    loop = asyncio.new_event_loop()
    try:
        # What the process does as it starts, but for the live stream, which needs a Redis.
        loop.run_until_complete(web.render_pages(gate._app, centre.pack.code))
        secrets, there = enrol(centre), fill(centre)
        yield WholeWeb(gate, gate._app, centre, secrets, there, loop)
    finally:
        loop.close()
        centre.services.store.close()
