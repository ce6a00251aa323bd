"""Reads frames (JSON list of hex, a snapshot and deltas) from standard input; prints what one costs a browser.

As JSON, us: `decode_us` for reading a delta, `apply_us` with everything that the fleet does on its arrival.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]


class _Quiet(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def chromium_path() -> str:
    """Return the program of an installed Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise SystemExit("no Chromium here: install the system's package")


def main() -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    chromium = chromium_path()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/tools/bench_page.html")
        page.wait_for_function("() => window.measure")
        found = page.evaluate("frames => window.measure(frames)", json.load(sys.stdin))
        browser.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
