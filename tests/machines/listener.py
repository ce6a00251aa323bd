"""A screen that notes when it was told what about the machine that it hangs on."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from dashboard.live.wire import Kind, decode_json, kind_of


class Listener(threading.Thread):
    """Follows `/live` of one machine; `said` holds (monotonic seconds, the machine's own health)."""

    def __init__(self, address: str, name: str, password: str) -> None:
        super().__init__(daemon=True)
        with httpx.Client(base_url=address, headers={"origin": address}, timeout=30) as client:
            signed = client.post("/sign-in", data={"name": name, "password": password})
            assert signed.status_code == 303, signed.text
            cookie = "; ".join(f"{one}={value}" for one, value in client.cookies.items())
        self.said: list[tuple[float, dict[str, Any]]] = []
        self.is_closed = False
        self._socket = connect(
            address.replace("http://", "ws://") + "/live?view=desk", origin=address, proxy=None, compression=None,
            additional_headers={"cookie": cookie}, max_size=None,
        )  # type: ignore[arg-type]  # fmt: skip

    def run(self) -> None:
        try:
            for frame in self._socket:
                if isinstance(frame, bytes) and kind_of(frame) is Kind.HEALTH:
                    self.said.append((time.monotonic(), decode_json(frame)["live"]))
        except ConnectionClosed:
            self.is_closed = True

    def told_at(self, after: float, **wanted: str) -> float | None:
        """When it was first told all of that, at `after` (monotonic seconds) or later."""
        for at, live in self.said:
            if at >= after and all(live[name] == value for name, value in wanted.items()):
                return at
        return None

    def close(self) -> None:
        self._socket.close()
